// One placement's picture among those side by side. Always: it shows its timeline where that stands, the
// part of the buffer that all pictures show, what the last operation touched, what was guessed of it, and in words
// why; without a timeline it shows nothing but how far the preparation is.
import { REACH } from "./asking.js";
import { isContiguous } from "../manager/placements.js";
import { paintVerdicts } from "../picture/badges.js";
import { MARKS } from "../picture/colours.js";
import { ringTouched } from "../picture/marks.js";
import { strokeOnHalo } from "../picture/outline.js";
import { enlarge } from "../picture/painting.js";
import { bounds } from "../picture/units.js";
import { element } from "../page/element.js";
import { count, percent, plural } from "../page/words.js";

/** Pixels by which a click may be off before it is a drag, which moves the picture. */
const STEADY = 3;
/** Pixels of the page to the side of a unit from which on units have edges, and how strong those are. */
const [COUNTED, FINE] = [10, 0.5];

export class Panel {
  #canvas;
  #context;
  /** The height that the canvas was given. */
  #high = "";
  #select;
  #last;
  #facts;
  #why;
  #unit = 0;
  #shared;
  #preparing = new AbortController();

  /**
   * @param {HTMLElement} home @param {string} placement @param {string[]} placements that can be chosen
   * @param {{viewport: import("./viewport.js").Viewport, changed: () => void, chosen: (panel: Panel) => void,
   *   pointed: (panel: Panel) => void, approached: (panel: Panel, extents: object[]) => void,
   *   picked: (panel: Panel, unit: number, near: {first: number, units: number}[]) => boolean}} shared with the other
   *   panels; approached: the extents of the last operation were; picked: a unit was clicked or Enter pressed on it; near:
   *   what is shown as near to it as one can aim
   */
  constructor(home, placement, placements, shared) {
    this.#shared = shared;
    this.timeline = null;
    /** How far the preparation is, from 0 to 1. */
    this.share = 0;
    /** Whether it will have no timeline. */
    this.refused = false;
    const options = placements.map((name) => new Option(name));
    this.#select = element("select", { "aria-label": "Placement of this picture" }, ...options);
    this.#select.value = placement;
    this.#select.addEventListener("change", () => shared.chosen(this));
    this.#last = element("button", { type: "button", className: "quiet" }, "Last operation");
    this.#canvas = element("canvas", { tabIndex: 0, "aria-valuemin": "0" });
    this.#canvas.setAttribute("role", "slider");
    this.#context = this.#canvas.getContext("2d");
    this.#facts = element("p", { className: "facts" });
    this.#why = element("p", { className: "why" });
    const head = element("div", { className: "line" }, this.#select, this.#last);
    this.element = element("article", { className: "panel" }, head, this.#canvas, this.#facts, this.#why);
    home.append(this.element);
    this.#listen();
  }

  get placement() {
    return this.#select.value;
  }

  get canvas() {
    return this.#canvas;
  }

  /** Lets go of its timeline, and of one that is being prepared. @returns {AbortSignal} ends the preparation
   *  that begins now */
  prepare() {
    this.#preparing.abort();
    this.#preparing = new AbortController();
    this.timeline?.dispose();
    this.timeline = null;
    this.refused = false;
    this.#unit = 0;
    this.#context.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
    this.#facts.textContent = "";
    this.progress(0);
    return this.#preparing.signal;
  }

  /** @param {number} share from 0 to 1 */
  progress(share) {
    this.share = share;
    this.#wait(`Preparing ${this.placement} … ${Math.floor(share * 100)} %`);
  }

  /** @param {string} why there will be no timeline */
  refuse(why) {
    this.refused = true;
    this.#wait(why);
  }

  /** Takes the timeline that was prepared. */
  show(timeline) {
    this.timeline = timeline;
    this.share = 1;
  }

  /** How many device pixels there are for the picture, at most. @returns {[number, number]} */
  room() {
    const { clientWidth } = this.#canvas;
    const height = parseFloat(getComputedStyle(this.#canvas).maxHeight) - this.#border;
    return [clientWidth, height].map((side) => Math.max(1, Math.floor(side * (devicePixelRatio || 1))));
  }

  /** @param {object} look of the blocks @param {boolean} busy whether it changes faster than anybody reads
   *  @param {{right: number | null, wrong: number | null} | null} guess units: where the block went, and where it was
   *   looked for in vain */
  draw(look, busy, guess) {
    const { viewport } = this.#shared;
    const why = busy ? null : this.timeline.why();
    const ratio = devicePixelRatio || 1;
    this.#resize(viewport, ratio);
    this.#paint(this.timeline.paint(viewport, look), viewport.side);
    this.#outline(ratio);
    const touched = busy ? [] : this.timeline.touched();
    ringTouched(this.#context, viewport.grid, inSight(touched, viewport), MARKS, ratio);
    this.#last.disabled = touched.length === 0;
    this.#mark();
    if (guess) this.#judge(guess, ratio);
    if (!busy) this.#say(why);
  }

  /** The place of what the last operation touched; null if none of that is in sight. */
  get lastPlace() {
    const { viewport } = this.#shared;
    const [seen] = inSight(this.timeline.touched(), viewport);
    return seen ? viewport.placeOf(viewport.first + seen.start) : null;
  }

  /** What lies at the unit that was pointed at, in a sentence. */
  get pointed() {
    return `${this.placement}: ${this.timeline.describe(this.#unit)}`;
  }

  /** What stands in the table, in its order. */
  figures() {
    const stats = this.timeline.stats();
    return [
      this.placement, count(stats.usedUnits), count(stats.freeUnits), count(stats.blockCount), count(stats.freeExtents),
      count(stats.largestFreeExtent), percent(stats.externalFragmentation), count(stats.internalFragmentation),
      stats.extentsPerBlock.toFixed(2), count(this.timeline.failures),
    ];
  }

  dispose() {
    this.#preparing.abort();
    this.timeline?.dispose();
    this.element.remove();
  }

  /** Pixels of the page above and below the picture. */
  get #border() {
    return this.#canvas.clientTop * 2;
  }

  #resize({ width, height }, ratio) {
    const canvas = this.#canvas;
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    const high = `${height / ratio + this.#border}px`;
    if (this.#high !== high) canvas.style.height = this.#high = high;
  }

  // Edges of units that are large enough to be counted, and of the buffer where it ends in sight.
  #outline(ratio) {
    const { viewport } = this.#shared;
    const context = this.#context;
    const thin = Math.max(1, Math.floor(ratio));
    context.fillStyle = getComputedStyle(this.#canvas).borderTopColor;
    if (viewport.side >= COUNTED * ratio) outlineUnits(context, viewport, thin);
    outlineEnd(context, viewport, thin);
  }

  #paint(image, side) {
    const context = this.#context;
    if (side === 1) return void context.putImageData(image, 0, 0);
    context.clearRect(0, 0, context.canvas.width, context.canvas.height);
    enlarge(context, image, image.width * side, image.height * side);
  }

  #wait(text) {
    this.#why.textContent = text;
    this.#last.disabled = true;
    this.#last.setAttribute("aria-label", `Show the last operation under ${this.placement}`);
    this.#canvas.setAttribute("aria-label", `Unit of the buffer under ${this.placement}`);
    this.#canvas.setAttribute("aria-valuetext", text);
  }

  #say(why) {
    const stats = this.timeline.stats();
    const kind = isContiguous(this.placement) ? "" : `; ${stats.extentsPerBlock.toFixed(2)} extents per block`;
    const refused = this.timeline.failures > 0 ? `; ${count(this.timeline.failures)} refused` : "";
    this.#facts.textContent = `${plural(stats.blockCount, "block")}; ${plural(stats.freeExtents, "free extent")}, `
      + `external fragmentation ${percent(stats.externalFragmentation)}${kind}${refused}.`;
    this.#why.textContent = why;
    this.#canvas.setAttribute("aria-valuemax", String(this.#shared.viewport.capacity - 1));
    this.#canvas.setAttribute("aria-valuenow", String(this.#unit));
    this.#canvas.setAttribute("aria-valuetext", this.timeline.describe(this.#unit));
    if (document.activeElement === this.#canvas) this.#shared.pointed(this);
  }

  // The unit that the keys are at, where the picture has the focus.
  #mark() {
    if (document.activeElement !== this.#canvas) return;
    const { viewport } = this.#shared;
    const side = Math.max(viewport.side, 7);
    const place = viewport.placeOf(this.#unit);
    const [x, y] = [place.x + viewport.side / 2, place.y + viewport.side / 2];
    strokeOnHalo(this.#context, MARKS.halo, MARKS.ink, 2, () => this.#context.strokeRect(x - side / 2, y - side / 2, side, side));
  }

  #judge({ right, wrong }, ratio) {
    const { viewport } = this.#shared;
    const seen = (unit) => inSight(unit === null ? [] : [{ start: unit, length: 1, step: 1 }], viewport).map(({ start }) => start);
    paintVerdicts({ context: this.#context, grid: viewport.grid, colours: MARKS, ratio }, seen(right), seen(wrong));
  }

  #listen() {
    const canvas = this.#canvas;
    const { viewport, changed } = this.#shared;
    const place = (event) => [event.offsetX, event.offsetY].map((at) => at * (devicePixelRatio || 1));
    this.#last.addEventListener("click", () => {
      const touched = this.timeline.touched();
      viewport.approach(bounds(touched[0])[0]);
      this.#shared.approached(this, touched);
      changed();
    });
    /** The unit that the pointer drags along, and where it was taken. */
    let held = null;
    let dragged = false;
    canvas.addEventListener("pointerdown", (event) => {
      held = { unit: viewport.at(...place(event)), x: event.clientX, y: event.clientY };
      dragged = false;
      canvas.setPointerCapture(event.pointerId);
      this.#point(place(event));
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!held) return this.#point(place(event));
      if (!dragged && Math.hypot(event.clientX - held.x, event.clientY - held.y) < STEADY) return;
      viewport.pull(held.unit, ...place(event));
      dragged = true;
      changed();
    });
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => (held = null));
    canvas.addEventListener("click", (event) => {
      if (!dragged && this.timeline) this.#pick(place(event), event.pointerType === "touch" ? REACH.touch : REACH.pointer);
    });
    canvas.addEventListener("wheel", (event) => {
      // Without the key the wheel scrolls the page, as everywhere.
      if (!event.ctrlKey && !event.shiftKey) return;
      event.preventDefault();
      viewport.zoom((event.deltaY || event.deltaX) < 0, ...place(event));
      changed();
    }, { passive: false });
    canvas.addEventListener("keydown", (event) => this.#key(event));
    for (const event of ["focus", "blur"]) canvas.addEventListener(event, changed);
  }

  #zoomHere() {
    const { x, y } = this.#shared.viewport.placeOf(this.#unit);
    this.#shared.viewport.zoom(true, x, y);
  }

  // By the keys: at the middle of what is marked.
  #pickHere() {
    const { viewport } = this.#shared;
    const { x, y } = viewport.placeOf(this.#unit);
    const middle = Math.floor(viewport.side / 2);
    return this.#pick([x + middle, y + middle], REACH.pointer);
  }

  #pick([x, y], reach) {
    return this.#shared.picked(this, this.#unit, this.#shared.viewport.around(x, y, reach * (devicePixelRatio || 1)));
  }

  #point([x, y]) {
    const unit = this.timeline ? this.#shared.viewport.unitAt(x, y) : -1;
    if (unit < 0) return;
    this.#unit = unit;
    this.#shared.pointed(this);
  }

  #key(event) {
    if (!this.timeline || event.altKey || event.ctrlKey || event.metaKey) return;
    const { viewport, changed } = this.#shared;
    const steps = {
      ArrowLeft: -viewport.perPixel, ArrowRight: viewport.perPixel, ArrowUp: -viewport.row, ArrowDown: viewport.row,
      PageUp: -viewport.row * 16, PageDown: viewport.row * 16, Home: -Infinity, End: Infinity,
    };
    if (event.key in steps) this.#unit = Math.min(Math.max(this.#unit + steps[event.key], 0), viewport.capacity - 1);
    else if (event.key === "+" || event.key === "=") this.#zoomHere();
    else if (event.key === "Enter") return void (this.#pickHere() && event.preventDefault());
    else if (event.key === "-") viewport.zoom(false);
    else if (event.key === "0") viewport.reset();
    else return;
    if (event.key !== "-" && event.key !== "0") viewport.reveal(this.#unit);
    event.preventDefault();
    changed();
  }
}

function outlineUnits(context, { side, painted: { width, height } }, thin) {
  context.globalAlpha = FINE;
  for (let column = 1; column <= width; column++) context.fillRect(column * side - thin, 0, thin, height * side);
  for (let row = 1; row <= height; row++) context.fillRect(0, row * side - thin, width * side, thin);
  context.globalAlpha = 1;
}

// What is below and right of the last unit is cleared of their edges.
function outlineEnd(context, viewport, thin) {
  const { side, last, capacity, painted: { width }, height } = viewport;
  if (last < capacity - 1) return;
  const { x, y } = viewport.placeOf(last);
  const [right, below, across] = [x + side, y + side, width * side];
  context.clearRect(right, y, context.canvas.width - right, side);
  context.clearRect(0, below, context.canvas.width, height - below);
  context.fillRect(right, y, across - right, thin);
  context.fillRect(right, y, thin, side);
  context.fillRect(0, below, right, thin);
  if (across < context.canvas.width) context.fillRect(across, 0, thin, y);
}

/** What of extents a viewport shows, counted from its first unit on. */
function inSight(extents, { first, grid: { capacity } }) {
  return extents.map((extent) => bounds(extent).map((unit) => unit - first))
    .filter(([low, high]) => low < capacity && high >= 0)
    .map(([low, high]) => [Math.max(low, 0), Math.min(high, capacity - 1)])
    .map(([low, high]) => ({ start: low, length: high - low + 1, step: 1 }));
}
