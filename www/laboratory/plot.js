// The plot over time: one line a placement, for the measure chosen. Always: uPlot comes from this page's own
// folder and only when there is something to plot; where it does not come, the plot's place says so, and it is asked
// for again at the next drawing; a click goes to the operation there; below it stand the names, to
// bring lines forward, to hide and to show them, with the values at the operation that is named above them: where the
// pointer is, or else the one that the pictures show, which a line marks; the same numbers are in a table for those who
// do not see it. Lines look alike in the plot, beside their names and in the saved picture.
import { lineOf, MEASURES } from "./series.js";
import { PLACEMENTS } from "../manager/placements.js";
import { bodyRow, element, headRow } from "../page/element.js";
import { show } from "../page/focus.js";
import { importer, overNetwork } from "../page/network.js";
import { count, refusal } from "../page/words.js";

const HEIGHT = 300;
/** Ticks between operations would be none. */
const WHOLE = Array.from({ length: 33 }, (_, at) => [1, 2, 5][at % 3] * 10 ** Math.floor(at / 3));
/** Pixels by which a click may be off before it is a drag, which zooms. */
const STEADY = 3;
/** How much is left of the other lines while one is looked at. */
const FAINT = 0.12;
const TABLE_ROWS = 11;

/** @param {{frame: HTMLElement, measure: HTMLSelectElement, whole: HTMLButtonElement, there: HTMLElement, names: HTMLElement,
 *    table: HTMLTableElement}} parts whole: leaves a zoom; there: which operation the values are of
 *  @param {(position: number) => void} picked an operation was */
export class Plot {
  #parts;
  #picked;
  #rows = [];
  #chart = null;
  #hidden = new Set();
  /** The operation that the pictures show, and what marks it in the plot. */
  #position = 0;
  #mark = element("div", { className: "mark" });
  /** Where the pointer is among the samples; null where it is not in the plot. */
  #pointed = null;
  /** The names below the plot, by placement: they stay, and so does the focus, while lines come and colours change. */
  #names = new Map(PLACEMENTS.map(({ name }) => [name, this.#makeName(name)]));

  constructor(parts, picked) {
    this.#parts = parts;
    this.#picked = picked;
    parts.names.replaceChildren(...Array.from(this.#names.values(), ({ item }) => item));
    parts.measure.replaceChildren(...MEASURES.map(({ title, column }) => new Option(title, column)));
    parts.measure.addEventListener("change", () => this.draw());
    parts.whole.addEventListener("click", () => this.#chart.setScale("x", this.#range));
    new ResizeObserver(() => this.#chart?.setSize(this.#size())).observe(parts.frame);
  }

  /** @param {import("./figures.js").Row[]} rows */
  async show(rows) {
    this.#rows = rows;
    await this.draw();
  }

  /** Marks the operation that the pictures show. */
  goTo(position) {
    if (position === this.#position) return;
    this.#position = position;
    if (!this.#chart) return;
    this.#placeMark(this.#chart);
    this.#sayValues();
  }

  /** Draws anew: another measure, or another theme. */
  async draw() {
    if (this.#rows.length === 0) return;
    const { frame } = this.#parts;
    this.#showTable(this.#measure);
    try {
      await this.#drawLines();
    } catch (error) {
      frame.textContent = refusal(error);
      frame.setAttribute("aria-label", frame.textContent);
    }
  }

  async #drawLines() {
    const { frame } = this.#parts;
    const { default: Chart } = await uplot();
    const measure = this.#measure;
    this.#chart?.destroy();
    frame.replaceChildren();
    this.#chart = new Chart(this.#options(measure, Chart), this.#data(measure), frame);
    this.#chart.over.append(this.#mark);
    this.#placeMark(this.#chart);
    this.#listen(this.#chart);
    frame.setAttribute("aria-label", `${measure.title} under ${this.#rows.length} placements; the table below has the numbers.`);
    this.#showNames();
  }

  /** The plot as a picture, on the page's own background. @param {string} caption @returns {Promise<Blob>}
   *  @throws where there is none, and the network does not give what it takes */
  async picture(caption) {
    if (!this.#chart) await this.#drawLines();
    const source = this.#parts.frame.querySelector("canvas");
    const [line, gap] = [26, 12].map((size) => size * devicePixelRatio);
    const names = this.#placeNames(source.width, line, gap);
    const canvas = new OffscreenCanvas(source.width, line + source.height + (names.at(-1)?.y ?? 0) + line);
    const context = canvas.getContext("2d");
    const { backgroundColor, color } = getComputedStyle(document.body);
    context.fillStyle = backgroundColor;
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.fillStyle = color;
    context.font = `600 ${line * 0.6}px sans-serif`;
    context.fillText(`${this.#measure.title}: ${caption}`, gap, line * 0.75, canvas.width - 2 * gap);
    context.drawImage(source, 0, line);
    context.font = nameFont(line);
    for (const { placement, x, y } of names) {
      stroke(context, placement, [x, line + source.height + y - line * 0.18], line * 1.8, devicePixelRatio);
      context.fillText(placement, x + line * 2, line + source.height + y);
    }
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

  /** The first operation and the last one. */
  get #range() {
    return { min: this.#positions[0], max: this.#positions.at(-1) };
  }

  #options({ show }, Chart) {
    const { color: ink, borderTopColor: line } = getComputedStyle(this.#parts.frame);
    const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
    const lines = this.#rows.map(({ placement }) => {
      const { colour, dash, width } = lineOf(placement, onDark());
      return { label: placement, stroke: colour, width, dash: scaled(dash, devicePixelRatio), points: { show: false }, show: !this.#hidden.has(placement) };
    });
    return {
      ...this.#size(),
      legend: { show: false },
      cursor: { drag: { x: true, y: false }, points: { size: 6 } },
      focus: { alpha: FAINT },
      scales: { x: { time: false }, y: { range: (_, low, high) => rangeOf(Chart, low, high) } },
      series: [{}, ...lines],
      axes: [
        { ...axis, label: "operation", labelSize: 20, incrs: WHOLE, values: (_, values) => values.map(count) },
        { ...axis, size: 90, values: (_, values) => values.map(show) },
      ],
      hooks: {
        setCursor: [({ cursor }) => {
          this.#pointed = cursor.idx ?? null;
          this.#sayValues();
        }],
        setScale: [(chart, axis) => axis === "x" && this.#zoomed(chart)],
        setSize: [(chart) => this.#placeMark(chart)],
      },
    };
  }

  #zoomed(chart) {
    const { min, max } = this.#range;
    const { measure, whole } = this.#parts;
    show(whole, chart.scales.x.min > min || chart.scales.x.max < max, measure);
    this.#placeMark(chart);
  }

  #placeMark(chart) {
    const { min, max } = chart.scales.x;
    // The first sample is of the first operation.
    const at = Math.max(this.#position, this.#range.min);
    this.#mark.hidden = !(at >= min && at <= max);
    this.#mark.style.left = `${chart.valToPos(at, "x")}px`;
  }

  #listen(chart) {
    let from = 0;
    chart.over.addEventListener("mousedown", ({ clientX }) => (from = clientX));
    chart.over.addEventListener("click", ({ clientX, offsetX }) => {
      if (Math.abs(clientX - from) < STEADY) this.#picked(Math.round(chart.posToVal(offsetX, "x")));
    });
  }

  #makeName(placement) {
    const [line, value] = [element("canvas", { width: 72, height: 8, className: "swatch", "aria-hidden": "true" }), element("b")];
    const button = element("button", { type: "button", className: "quiet", "aria-pressed": "true" }, line, ` ${placement} `, value);
    button.addEventListener("click", () => this.#toggle(placement, button));
    // Where lines lie over each other, only the last of them would be seen.
    for (const event of ["pointerenter", "focus"]) button.addEventListener(event, () => this.#chart.setSeries(this.#seriesOf(placement), { focus: true }));
    for (const event of ["pointerleave", "blur"]) button.addEventListener(event, () => this.#chart.setSeries(null, { focus: true }));
    return { item: element("li", { hidden: true }, button), line, value };
  }

  #showNames() {
    for (const [placement, { item, line }] of this.#names) {
      show(item, this.#seriesOf(placement) > 0, this.#parts.measure);
      drawSwatch(line, placement);
    }
    this.#pointed = null;
    this.#sayValues();
  }

  #sayValues() {
    const { column, show } = this.#measure;
    const index = this.#pointed ?? nearest(this.#positions, this.#position);
    const at = this.#positions[index];
    const from = this.#pointed !== null || at === this.#position ? "" : `, the nearest to ${count(this.#position)} that was measured`;
    this.#parts.there.textContent = `At operation ${count(at)}${from}:`;
    for (const { placement, samples } of this.#rows) this.#names.get(placement).value.textContent = shownAt(samples[column], index, show);
  }

  /** The number of a placement's line in the plot; 0 where it has none. */
  #seriesOf(placement) {
    return this.#rows.findIndex((row) => row.placement === placement) + 1;
  }

  #toggle(placement, button) {
    const shown = this.#hidden.delete(placement);
    if (!shown) this.#hidden.add(placement);
    this.#chart.setSeries(this.#seriesOf(placement), { show: shown });
    button.setAttribute("aria-pressed", String(shown));
  }

  #showTable({ title, column, show }) {
    const { table } = this.#parts;
    const positions = this.#positions;
    const picks = Array.from({ length: TABLE_ROWS }, (_, at) => Math.round((at * (positions.length - 1)) / (TABLE_ROWS - 1)));
    table.caption.textContent = `${title} along the recording`;
    table.tHead.replaceChildren(headRow(["Operation", ...this.#rows.map(({ placement }) => placement)]));
    table.tBodies[0].replaceChildren(...picks.map((pick) =>
      bodyRow(count(positions[pick]), this.#rows.map(({ samples }) => shownAt(samples[column], pick, show)))));
  }

  // Where the names of the lines shown stand below the plot, in rows.
  #placeNames(room, line, gap) {
    const context = new OffscreenCanvas(1, 1).getContext("2d");
    context.font = nameFont(line);
    let [x, y] = [gap, line * 0.75];
    return this.#rows.filter((row) => !this.#hidden.has(row.placement)).map(({ placement }) => {
      const width = line * 2 + context.measureText(placement).width + gap;
      if (x > gap && x + width > room) [x, y] = [gap, y + line];
      const place = { placement, x, y };
      x += width + gap;
      return place;
    });
  }
}

const nameFont = (line) => `${line * 0.5}px sans-serif`;

/** Where among ascending numbers the nearest one to another is. */
function nearest(numbers, wanted) {
  const after = numbers.findIndex((number) => number >= wanted);
  if (after <= 0) return after < 0 ? numbers.length - 1 : 0;
  return wanted - numbers[after - 1] <= numbers[after] - wanted ? after - 1 : after;
}

const shownAt = (values, at, show) => (values.at(at) === undefined ? "–" : show(values.at(at)));

const scaled = (lengths, factor) => lengths.map((length) => length * factor);

/** Whether the page is dark, by whoever's choice: colours may be forced. */
function onDark() {
  const [red, green, blue] = getComputedStyle(document.body).backgroundColor.match(/\d+/g).map(Number);
  return red + green + blue < 3 * 128;
}

function drawSwatch(canvas, placement) {
  const context = canvas.getContext("2d");
  context.clearRect(0, 0, canvas.width, canvas.height);
  stroke(context, placement, [0, 4], canvas.width, 2);
}

/** Draws a piece of a placement's line from a place on. @param {number} factor how large a pixel of the page is */
function stroke(context, placement, [x, y], length, factor) {
  const { colour, dash, width } = lineOf(placement, onDark());
  context.strokeStyle = colour;
  context.lineWidth = width * factor;
  context.setLineDash(scaled(dash, factor));
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x + length, y);
  context.stroke();
}

/** What the axis shows; of nothing but zeros 1, where uPlot itself would show 100 and a share 10,000 %. */
const rangeOf = ({ rangeNum }, low, high) => (high > 0 ? rangeNum(low, high, 0.1, true) : [0, 1]);

const importChart = importer("uplot/uplot.js");
let loading;

function uplot() {
  const load = () => Promise.all([importChart(), stylesheet(new URL("uplot/uplot.css", document.baseURI))]);
  loading ??= overNetwork("The plot", load).then(([module]) => module).catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

function stylesheet(url) {
  return new Promise((resolve, reject) => {
    const link = element("link", { rel: "stylesheet", href: url, onload: resolve });
    link.onerror = () => {
      link.remove();
      reject(new TypeError("The style sheet did not load."));
    };
    document.head.append(link);
  });
}
