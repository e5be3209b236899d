// The units around the cursor, large enough to read, for pictures whose cells are too small for it.
// Always: a picture only; the same facts are in the readout's words.
import { dress } from "./palette.js";
import { shortValue } from "../page/values.js";

const WIDTH = 52;
/** Pixels to the side of a cell that can be read as it is. */
export const READABLE = 30;

/**
 * @param {HTMLElement} element @param {import("./reader.js").Reader} reader @param {number} unit
 * @param {number} cell the side of the picture's cells in CSS pixels
 */
export function showLens(element, reader, unit, cell, colours) {
  element.hidden = cell >= READABLE;
  if (element.hidden) return;
  const room = Math.max(1, Math.floor(element.clientWidth / WIDTH));
  const number = Math.min(room, reader.capacity);
  const first = Math.min(Math.max(0, unit - (number >> 1)), reader.capacity - number);
  const cells = Array.from({ length: number }, (_, at) => lensCell(reader.at(first + at), unit, colours));
  element.replaceChildren(...cells);
}

function lensCell({ unit, block, beyond, value }, current, colours) {
  const cell = document.createElement("span");
  cell.className = unit === current ? "lens-unit current" : "lens-unit";
  const name = part("b", block ? String(block.id) : beyond ? `(${beyond.id})` : "–");
  if (block) dress(name, block.id, colours);
  cell.append(name, part("span", value === null ? " " : shortValue(value)), part("small", String(unit)));
  return cell;
}

function part(tag, text) {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}
