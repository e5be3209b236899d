// The canvas and the cursor on it. Always: the canvas shows the last state drawn; the cursor is one
// unit inside the buffer, moved by pointer or keys, and said in words through the slider's value; it is seen as soon as
// somebody has pointed at a unit or come here by keyboard, and the page scrolls to where keys move it.
import { paintBadges, taggedOf } from "./badges.js";
import { cellOf, unitAt } from "./grid.js";
import { paintLabels } from "./labels.js";
import { READABLE } from "./lens.js";
import { paintMarks } from "./marks.js";
import { paintOutline, paintPointed } from "./outline.js";
import { hasShapes, layOutIn, paintUnits } from "./painting.js";
import { Travel } from "./travel.js";
import { count, plural } from "../page/words.js";

/** In wide pictures cells grow until so many stand in a row: people look at them from afar. */
const FEWEST_COLUMNS = 16;
/** What is marked where nothing was guessed. */
const NO_GUESS = { right: [], wrong: null };

export class Picture {
  #parts;
  #grid = null;
  #ratio = 1;
  #reader = null;
  #snapshot = null;
  #colours = null;
  #unit = 0;
  #touched = [];
  #guess = NO_GUESS;
  #order = [];
  #travel;

  /**
   * @param {{frame: HTMLElement, canvas: HTMLCanvasElement, marks: HTMLCanvasElement, outline: HTMLCanvasElement,
   *   pointed: HTMLCanvasElement, labels: HTMLCanvasElement, badges: HTMLCanvasElement, travel: HTMLCanvasElement,
   *   cursor: HTMLElement, scale: HTMLElement}} parts
   * @param {{catchUp: () => void,
   *   moved: (reader: import("./reader.js").Reader, unit: number, cell: number) => void,
   *   picked: (first: number, units: number) => boolean, chosen: (place: object) => void}} callbacks
   *   catchUp: draws what is due, before the reader drawn is asked; cell: the cell's side in CSS pixels; picked: a pixel
   *   was clicked, which may show several units, or Enter pressed on a unit; chosen: and nobody wanted it
   */
  constructor(parts, callbacks) {
    this.#parts = parts;
    this.callbacks = callbacks;
    this.#travel = new Travel(parts.travel, [parts.canvas, parts.labels]);
    this.#listen();
  }

  /** @param {object} snapshot @param {import("./reader.js").Reader} reader
   *  @param {{moved: object[], touched: object[]}} marked extents
   *  @param {{right: object[], wrong: number | null}} [guess] extents where a block is, a unit where it is not
   *  @param {boolean} [hurried] the next state comes soon: nothing travels to this one */
  draw(snapshot, reader, colours, { moved, touched }, guess = NO_GUESS, hurried = false) {
    this.#reader = reader;
    this.#snapshot = snapshot;
    this.#ratio = devicePixelRatio || 1;
    const { canvas } = this.#parts;
    this.#grid = this.#layOut(snapshot.capacity);
    this.#colours = colours;
    this.#guess = guess;
    this.#order = null;
    const large = hasShapes(this.#grid, this.#ratio);
    canvas.classList.toggle("small", !large);
    paintUnits(canvas, this.#grid, snapshot, reader.units.beyond, colours, this.#ratio);
    paintMarks(this.#parts.marks, this.#grid, { moved, touched, blocks: snapshot.blocks }, colours, this.#ratio);
    this.#sayScale();
    this.#moveTo(this.#follow(touched) ?? this.#unit);
    this.#travel.follow(large && !hurried, moved, { grid: this.#grid, snapshot, colours, ratio: this.#ratio });
  }

  // On a phone a few large cells may be as high together as they are wide: else they would leave some of its width empty.
  #layOut(capacity) {
    const { frame } = this.#parts;
    const within = (height) => layOutIn(capacity, frame, height, this.#ratio, FEWEST_COLUMNS);
    const usual = Math.max(240, innerHeight * 0.44);
    const wide = frame.clientWidth;
    const square = wide > usual && wide < innerHeight * 0.55 && within(wide);
    return square && hasShapes(square, this.#ratio) ? square : within(usual);
  }

  // Where cells are too small to be read, the cursor, and with it the lens, goes to what was touched, once.
  #follow(touched) {
    const seen = touched === this.#touched || this.#grid.cell / this.#ratio >= READABLE;
    this.#touched = touched;
    return seen ? undefined : touched[0]?.start;
  }

  /** Outlines units, until the next call; what is outlined must be units of the buffer drawn last. */
  outline(extents) {
    if (this.#grid) paintOutline(this.#parts.outline, this.#grid, extents, this.#colours.muted, this.#ratio);
  }

  /** Marks units that are pointed at elsewhere, likewise. */
  point(extents) {
    if (this.#grid) paintPointed(this.#parts.pointed, this.#grid, extents, this.#colours, this.#ratio);
  }

  /** Puts the cursor on the nearest unit there is. */
  move(unit) {
    this.callbacks.catchUp();
    this.#moveTo(unit);
  }

  #moveTo(unit) {
    this.#unit = Math.min(Math.max(unit, 0), this.#grid.capacity - 1);
    const text = this.#reader.describe(this.#unit);
    const { canvas } = this.#parts;
    canvas.setAttribute("aria-valuemax", this.#grid.capacity - 1);
    canvas.setAttribute("aria-valuenow", this.#unit);
    canvas.setAttribute("aria-valuetext", text);
    this.#placeCursor();
    this.#showOrder();
    this.callbacks.moved(this.#reader, this.#unit, this.#grid.cell / this.#ratio);
  }

  // The extents of what is at the cursor, numbered, and what is written around that; drawn anew only where they are others.
  #showOrder() {
    const order = this.#reader.orderAt(this.#unit);
    if (order === this.#order) return;
    this.#order = order;
    const badged = new Set(taggedOf(order, this.#grid, this.#ratio).map(({ start }) => start));
    paintLabels(this.#parts.labels, this.#grid, this.#snapshot, this.#reader.units.beyond, this.#colours, this.#ratio, badged);
    paintBadges(this.#parts.badges, this.#grid, { order, ...this.#guess }, this.#colours, this.#ratio);
  }

  #sayScale() {
    const { columns, shared } = this.#grid;
    this.#parts.scale.textContent = shared > 1
      ? `Each pixel shows ${count(shared)} units, each row ${count(columns)}.`
      : `Each row shows ${plural(columns, "unit")}.`;
  }

  #placeCursor() {
    const { x, y } = cellOf(this.#grid, this.#unit);
    const side = Math.max(this.#grid.cell / this.#ratio, 9);
    const from = (at, length) => (at + length / 2) / this.#ratio - side / 2;
    const { style } = this.#parts.cursor;
    style.width = style.height = `${side}px`;
    style.translate = `${from(x, this.#grid.cell)}px ${from(y, this.#grid.tall)}px`;
  }

  #listen() {
    const { canvas } = this.#parts;
    for (const event of ["pointermove", "pointerdown", "click", "keydown"]) {
      canvas.addEventListener(event, () => this.#grid && this.callbacks.catchUp());
    }
    const point = (event) => {
      if (!this.#grid) return;
      const unit = unitAt(this.#grid, event.offsetX * this.#ratio, event.offsetY * this.#ratio);
      if (unit < 0) return;
      this.#moveTo(unit);
      this.#parts.cursor.hidden = false;
    };
    canvas.addEventListener("pointermove", point);
    canvas.addEventListener("pointerdown", point);
    canvas.addEventListener("click", () => this.#grid && this.#pick(this.#grid.shared));
    canvas.addEventListener("keydown", (event) => this.#key(event));
    canvas.addEventListener("focus", () => (this.#parts.cursor.hidden = false));
  }

  #key(event) {
    if (!this.#grid || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Enter") {
      this.#pick(1);
    } else {
      const target = this.#target(event.key);
      if (target === null) return;
      this.#moveTo(target);
      this.#parts.cursor.scrollIntoView({ block: "nearest" });
    }
    event.preventDefault();
  }

  #pick(units) {
    if (!this.callbacks.picked(this.#unit, units)) this.callbacks.chosen(this.#reader.at(this.#unit));
  }

  #target(key) {
    const { columns, rows, capacity } = this.#grid;
    const page = columns * Math.max(1, Math.floor(rows / 10));
    switch (key) {
      case "ArrowLeft": return this.#unit - 1;
      case "ArrowRight": return this.#unit + 1;
      case "ArrowUp": return this.#sameColumn(-columns);
      case "ArrowDown": return this.#sameColumn(columns);
      case "PageUp": return this.#sameColumn(-page);
      case "PageDown": return this.#sameColumn(page);
      case "Home": return 0;
      case "End": return capacity - 1;
      default: return null;
    }
  }

  #sameColumn(by) {
    const target = this.#unit + by;
    return target >= 0 && target < this.#grid.capacity ? target : this.#unit;
  }
}
