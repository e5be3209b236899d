// The list of what is free, as the placement looks at it. Always: filled only while it is open, with a page of rows at
// most, saying how much is left out; one of the rows is a stop of the Tab key, and arrow keys move between them; the
// row that is pointed at is marked in the picture, and those that the request in the form would take, in the list.
import { aboutFree, freeRows } from "./free-order.js";
import { element } from "../page/element.js";
import { bounds } from "../picture/units.js";
import { count, places, plural, spans } from "../page/words.js";

const MOST_ROWS = 18;
/** Lists name so many of their extents. */
const NAMED = 3;
/** Where so much of the page is seen, there is room for it. */
const ROOMY = "(min-width: 60rem)";

export class FreeList {
  #parts;
  #callbacks;
  /** @type {import("./free-order.js").Row[]} */
  #rows = [];
  #state = null;
  #expected = [];
  /** The indexes of rows, or -1. */
  #hovered = -1;
  #focused = -1;

  /**
   * @param {{root: HTMLDetailsElement, about: HTMLElement, rows: HTMLElement, rest: HTMLElement, keys: HTMLElement}} parts
   * @param {{changed: () => void, point: (extents: object[]) => void, go: (unit: number) => void}} callbacks
   *   changed: it was opened or closed; point: these units are pointed at, none any more where it is empty; go: to a unit
   */
  constructor(parts, callbacks) {
    this.#parts = parts;
    this.#callbacks = callbacks;
    parts.root.open = matchMedia(ROOMY).matches;
    parts.root.addEventListener("toggle", callbacks.changed);
    this.#listen(parts.rows);
  }

  /** @param {object} state the session's @param {object} manager in that state
   *  @param {boolean} resting the manager changes faster than anybody reads */
  draw(state, manager, resting) {
    const { root, about, rest, keys } = this.#parts;
    if (!root.open || resting) {
      this.#state = null;
      this.#show([]);
      rest.textContent = "Not shown while the recording plays.";
    } else if (state !== this.#state) {
      this.#state = state;
      const { placement, freeUnits } = state.snapshot;
      const all = freeRows(state.snapshot, manager, MOST_ROWS);
      this.#show(all.slice(0, MOST_ROWS));
      about.textContent = aboutFree(placement);
      rest.textContent = freeUnits === 0 ? "No unit is free." : leftOut(all, freeUnits);
    }
    rest.hidden = rest.textContent === "";
    keys.hidden = about.hidden = this.#rows.length === 0;
    this.#point();
  }

  /** Marks what a request would take. @param {object[]} extents none where that is not known, or it would be refused */
  expect(extents) {
    this.#expected = extents;
    this.#buttons.forEach((button, at) => markTaken(button, unitsTaken(this.#rows[at], extents)));
  }

  get #buttons() {
    return Array.from(this.#parts.rows.children, (item) => item.firstChild);
  }

  #show(rows) {
    const { rows: list, root } = this.#parts;
    const focused = this.#buttons.indexOf(document.activeElement);
    this.#rows = rows;
    while (list.children.length < rows.length) list.append(makeRow());
    while (list.children.length > rows.length) list.lastChild.remove();
    list.hidden = rows.length === 0;
    const buttons = this.#buttons;
    buttons.forEach((button, at) => fillRow(button, rows[at]));
    this.expect(this.#expected);
    this.#hovered = Math.min(this.#hovered, rows.length - 1);
    this.#stopAt(Math.max(0, Math.min(buttons.findIndex(({ tabIndex }) => tabIndex === 0), rows.length - 1)));
    if (focused < rows.length) return;
    this.#focused = -1;
    (buttons.at(-1) ?? root.firstElementChild).focus();
  }

  /** The row where the Tab key stops. */
  #stopAt(stop) {
    this.#buttons.forEach((button, at) => (button.tabIndex = at === stop ? 0 : -1));
  }

  #point() {
    const row = this.#rows[this.#hovered] ?? this.#rows[this.#focused];
    this.#callbacks.point(row?.extents ?? []);
  }

  #listen(list) {
    const indexOf = ({ target }) => this.#buttons.indexOf(target.closest("button"));
    list.addEventListener("pointerover", (event) => this.#hover(indexOf(event)));
    list.addEventListener("pointerleave", () => this.#hover(-1));
    list.addEventListener("focusin", (event) => this.#focus(indexOf(event)));
    list.addEventListener("focusout", () => this.#focus(-1));
    list.addEventListener("click", (event) => {
      const row = this.#rows[indexOf(event)];
      if (row) this.#callbacks.go(row.extents[0].start);
    });
    list.addEventListener("keydown", (event) => this.#key(event));
  }

  #hover(at) {
    this.#hovered = at;
    this.#point();
  }

  #focus(at) {
    this.#focused = at;
    if (at >= 0) this.#stopAt(at);
    this.#point();
  }

  #key(event) {
    const last = this.#rows.length - 1;
    const at = { ArrowUp: this.#focused - 1, ArrowDown: this.#focused + 1, Home: 0, End: last }[event.key];
    if (at === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    this.#buttons[Math.min(Math.max(at, 0), last)].focus();
  }
}

function makeRow() {
  // The spaces keep the words apart for screen readers.
  const words = [element("b"), " ", element("small"), " ", element("strong")];
  return element("li", {}, element("button", { type: "button", tabIndex: -1 }, ...words));
}

function fillRow(button, { extents, tail }) {
  const [where, amount] = [button.querySelector("b"), button.querySelector("small")];
  const [{ length }] = extents;
  if (extents.length > 1) {
    where.textContent = `units ${spans(extents, NAMED)}`;
    amount.textContent = `${count(extents.length)} of ${plural(length, "unit")}`;
  } else {
    where.textContent = `${tail ? "the tail, " : ""}${places(extents)}`;
    amount.textContent = plural(length, "unit");
  }
}

/** @param {number} units of the row */
function markTaken(button, units) {
  button.toggleAttribute("data-taken", units > 0);
  button.querySelector("strong").textContent = units > 0 ? `gives ${count(units)}` : "";
}

function unitsTaken({ extents }, taken) {
  let units = 0;
  for (const extent of extents) {
    const [low, high] = bounds(extent);
    for (const other of taken) {
      const [from, to] = bounds(other);
      units += Math.max(0, Math.min(high, to) - Math.max(low, from) + 1);
    }
  }
  return units;
}

/** @param {import("./free-order.js").Row[]} rows */
function leftOut(rows, freeUnits) {
  const units = freeUnits - unitsOf(rows.slice(0, MOST_ROWS));
  if (units === 0) return "";
  const extents = rows.slice(MOST_ROWS).reduce((sum, row) => sum + row.extents.length, 0);
  const listed = unitsOf(rows) === freeUnits ? plural(extents, "more extent") : "more extents";
  return `And ${listed}, with ${plural(units, "unit")}.`;
}

const unitsOf = (rows) => rows.flatMap(({ extents }) => extents).reduce((sum, { length }) => sum + length, 0);
