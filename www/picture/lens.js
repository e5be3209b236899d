// The units around the cursor, large enough to read, for pictures whose cells are too small for it.
// Always: a picture only; the same facts are in the readout's words.
import { dress } from "./palette.js";
import { element } from "../page/element.js";
import { shortValue } from "../page/values.js";

const WIDTH = 52;
/** Pixels to the side of a cell that can be read as it is. */
export const READABLE = 30;

/**
 * @param {HTMLElement} home @param {import("./reader.js").Reader} reader @param {number} unit
 * @param {number} cell the side of the picture's cells in CSS pixels
 */
export function showLens(home, reader, unit, cell, colours) {
  home.hidden = cell >= READABLE;
  if (home.hidden) return;
  const room = Math.max(1, Math.floor(home.clientWidth / WIDTH));
  const number = Math.min(room, reader.capacity);
  const first = Math.min(Math.max(0, unit - (number >> 1)), reader.capacity - number);
  const cells = Array.from({ length: number }, (_, at) => lensCell(reader.at(first + at), unit, colours));
  home.replaceChildren(...cells);
}

function lensCell({ unit, block, beyond, value }, current, colours) {
  const name = element("b", {}, block ? String(block.id) : beyond ? `(${beyond.id})` : "–");
  if (block) dress(name, block.id, colours);
  const parts = [name, element("span", {}, value === null ? " " : shortValue(value)), element("small", {}, String(unit))];
  return element("span", { className: unit === current ? "lens-unit current" : "lens-unit" }, ...parts);
}
