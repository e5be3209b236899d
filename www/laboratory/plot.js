// The plot over time: one line a placement, for the measure chosen. Always: uPlot comes from this page's own
// folder and only when there is something to plot; a click goes to the operation there; below it stand the names, to bring lines forward, to hide and to show them, with
// the values where the pointer is; the same numbers are in a table for those who do not see it.
import { lineOf, MEASURES } from "./series.js";
import { theme } from "../page/theme.js";
import { count } from "../page/words.js";

const HEIGHT = 300;
/** Ticks between operations would be none. */
const WHOLE = Array.from({ length: 33 }, (_, at) => [1, 2, 5][at % 3] * 10 ** Math.floor(at / 3));
/** Pixels by which a click may be off before it is a drag, which zooms. */
const STEADY = 3;
/** How much is left of the other lines while one is looked at. */
const FAINT = 0.12;
const TABLE_ROWS = 11;

/** @param {{frame: HTMLElement, measure: HTMLSelectElement, names: HTMLElement, table: HTMLTableElement}} parts
 *  @param {(position: number) => void} picked an operation was */
export class Plot {
  #parts;
  #picked;
  #rows = [];
  #chart = null;
  #hidden = new Set();

  constructor(parts, picked) {
    this.#parts = parts;
    this.#picked = picked;
    parts.measure.replaceChildren(...MEASURES.map(({ title, column }) => new Option(title, column)));
    parts.measure.addEventListener("change", () => this.draw());
    new ResizeObserver(() => this.#chart?.setSize(this.#size())).observe(parts.frame);
  }

  /** @param {import("./figures.js").Row[]} rows */
  async show(rows) {
    this.#rows = rows;
    await this.draw();
  }

  /** Draws anew: another measure, or another theme. */
  async draw() {
    if (this.#rows.length === 0) return;
    const { default: Chart } = await uplot();
    const measure = this.#measure;
    this.#chart?.destroy();
    this.#chart = new Chart(this.#options(measure), this.#data(measure), this.#parts.frame);
    this.#listen(this.#chart);
    this.#parts.frame.setAttribute("aria-label", `${measure.title} under ${this.#rows.length} placements; the table below has the numbers.`);
    this.#showNames(measure);
    this.#showTable(measure);
  }

  /** The plot as a picture, on the page's own background. @returns {Promise<Blob>} */
  picture() {
    const source = this.#parts.frame.querySelector("canvas");
    const [line, gap] = [26, 12].map((size) => size * devicePixelRatio);
    const canvas = new OffscreenCanvas(source.width, source.height + line * 4);
    const context = canvas.getContext("2d");
    const { backgroundColor, color } = getComputedStyle(document.body);
    context.fillStyle = backgroundColor;
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.fillStyle = color;
    context.font = `600 ${line * 0.6}px sans-serif`;
    context.fillText(this.#measure.title, gap, line * 0.75);
    context.drawImage(source, 0, line);
    this.#drawNames(context, source.height + line, line, gap, color);
    return canvas.convertToBlob({ type: "image/png" });
  }

  get #measure() {
    return MEASURES[this.#parts.measure.selectedIndex];
  }

  #size() {
    return { width: Math.max(200, this.#parts.frame.clientWidth), height: HEIGHT };
  }

  #data({ column }) {
    return [this.#positions, ...this.#rows.map(({ samples }) => samples[column])];
  }

  // All replays were sampled at the same operations; one that was given up has fewer samples.
  get #positions() {
    return this.#rows.map(({ samples }) => samples.position).reduce((longest, each) => (each.length > longest.length ? each : longest));
  }

  #options({ show }) {
    const { color: ink, borderTopColor: line } = getComputedStyle(this.#parts.frame);
    const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
    const lines = this.#rows.map(({ placement }) => {
      const { colour, dash } = lineOf(placement, theme());
      return { label: placement, stroke: colour, width: 2, dash, points: { show: false }, show: !this.#hidden.has(placement) };
    });
    return {
      ...this.#size(),
      legend: { show: false },
      cursor: { drag: { x: true, y: false }, points: { size: 6 } },
      focus: { alpha: FAINT },
      scales: { x: { time: false } },
      series: [{}, ...lines],
      axes: [
        { ...axis, label: "operation", labelSize: 20, incrs: WHOLE, values: (_, values) => values.map(count) },
        { ...axis, size: 90, values: (_, values) => values.map(show) },
      ],
      hooks: { setCursor: [(chart) => this.#sayValues(chart.cursor.idx)] },
    };
  }

  #listen(chart) {
    let from = 0;
    chart.over.addEventListener("mousedown", ({ clientX }) => (from = clientX));
    chart.over.addEventListener("click", ({ clientX, offsetX }) => {
      if (Math.abs(clientX - from) < STEADY) this.#picked(Math.round(chart.posToVal(offsetX, "x")));
    });
  }

  #showNames({ column, show }) {
    this.#parts.names.replaceChildren(...this.#rows.map(({ placement, samples }, at) => {
      const item = document.createElement("li");
      const button = Object.assign(document.createElement("button"), { type: "button", className: "quiet" });
      button.setAttribute("aria-pressed", String(!this.#hidden.has(placement)));
      button.append(swatch(placement), ` ${placement} `, Object.assign(document.createElement("b"), { textContent: shownAt(samples[column], -1, show) }));
      button.addEventListener("click", () => this.#toggle(placement, at + 1, button));
      // Where lines lie over each other, only the last of them would be seen.
      for (const event of ["pointerenter", "focus"]) button.addEventListener(event, () => this.#chart.setSeries(at + 1, { focus: true }));
      for (const event of ["pointerleave", "blur"]) button.addEventListener(event, () => this.#chart.setSeries(null, { focus: true }));
      item.append(button);
      return item;
    }));
  }

  #sayValues(index) {
    const { column, show } = this.#measure;
    this.#parts.names.querySelectorAll("b").forEach((value, at) => {
      value.textContent = shownAt(this.#rows[at].samples[column], index ?? -1, show);
    });
  }

  #toggle(placement, series, button) {
    const shown = this.#hidden.delete(placement);
    if (!shown) this.#hidden.add(placement);
    this.#chart.setSeries(series, { show: shown });
    button.setAttribute("aria-pressed", String(shown));
  }

  #showTable({ title, column, show }) {
    const { table } = this.#parts;
    const positions = this.#positions;
    const picks = Array.from({ length: TABLE_ROWS }, (_, at) => Math.round((at * (positions.length - 1)) / (TABLE_ROWS - 1)));
    table.caption.textContent = `${title} along the recording`;
    table.tHead.replaceChildren(rowOf("th", ["Operation", ...this.#rows.map(({ placement }) => placement)]));
    table.tBodies[0].replaceChildren(...picks.map((pick) =>
      rowOf("td", [count(positions[pick]), ...this.#rows.map(({ samples }) => shownAt(samples[column], pick, show))])));
  }

  #drawNames(context, top, line, gap, ink) {
    let [x, y] = [gap, top + line * 0.75];
    context.font = `${line * 0.5}px sans-serif`;
    for (const { placement } of this.#rows.filter((row) => !this.#hidden.has(row.placement))) {
      const { colour, dash } = lineOf(placement, theme());
      const width = context.measureText(placement).width + line * 2;
      if (x + width > context.canvas.width) [x, y] = [gap, y + line];
      context.strokeStyle = colour;
      context.lineWidth = line / 8;
      context.setLineDash(dash.map((length) => length * devicePixelRatio / 2));
      context.beginPath();
      context.moveTo(x, y - line * 0.18);
      context.lineTo(x + line, y - line * 0.18);
      context.stroke();
      context.fillStyle = ink;
      context.fillText(placement, x + line * 1.2, y);
      x += width + gap;
    }
  }
}

const shownAt = (values, at, show) => (values.at(at) === undefined ? "–" : show(values.at(at)));

function swatch(placement) {
  const { colour, dash } = lineOf(placement, theme());
  const canvas = Object.assign(document.createElement("canvas"), { width: 44, height: 8, className: "swatch" });
  canvas.setAttribute("aria-hidden", "true");
  const context = canvas.getContext("2d");
  context.strokeStyle = colour;
  context.lineWidth = 4;
  context.setLineDash(dash.map((length) => length * 1.5));
  context.beginPath();
  context.moveTo(0, 4);
  context.lineTo(44, 4);
  context.stroke();
  return canvas;
}

function rowOf(tag, texts) {
  const line = document.createElement("tr");
  line.append(...texts.map((text, at) => {
    const cell = document.createElement(at === 0 || tag === "th" ? "th" : "td");
    cell.scope = tag === "th" ? "col" : "row";
    if (cell.tagName === "TD") cell.removeAttribute("scope");
    cell.textContent = text;
    return cell;
  }));
  return line;
}

let loading;

function uplot() {
  loading ??= Promise.all([import("uplot"), stylesheet(new URL("uplot/uplot.css", document.baseURI))]).then(([module]) => module);
  return loading;
}

function stylesheet(url) {
  return new Promise((resolve, reject) => {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: url, onload: resolve, onerror: reject });
    document.head.append(link);
  });
}
