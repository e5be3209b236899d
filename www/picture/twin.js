// The picture in words: the units in order, and a table of extents. Always: filled only while it is
// open, and cut to a length that the page can bear, saying how much is left out.
import { element } from "../page/element.js";
import { count, plural } from "../page/words.js";

const MOST_UNITS = 4096;
const MOST_ROWS = 200;

/**
 * @param {{text: HTMLElement, rows: HTMLElement, rest: HTMLElement}} parts
 * @param {import("./reader.js").Reader} reader @param {{toString(): string}} manager
 */
export function drawTwin({ text, rows, rest }, reader, manager) {
  const places = reader.units.places;
  text.hidden = reader.capacity > MOST_UNITS;
  text.textContent = text.hidden ? "" : manager.toString();
  rows.replaceChildren(...places.slice(0, MOST_ROWS).map((place) => row(place, reader)));
  const left = places.length - MOST_ROWS;
  rest.textContent = left > 0 ? `${plural(left, "more extent")} at higher addresses, not listed here.` : "";
}

function row(place, reader) {
  const { low, high, extent } = place;
  const cells = [`${count(low)} to ${count(high)}`, count(extent.length), holder(place, reader)];
  return element("tr", {}, ...cells.map((text) => element("td", {}, text)));
}

function holder({ low, high, block, beyond, extent }, reader) {
  if (beyond) return `beyond what block ${beyond.id} asked for`;
  if (block) return `block ${block.id}${extent.step < 0 ? ", descending" : ""}${block.pinned ? ", pinned" : ""}`;
  const [first, last] = [reader.units.at(low), reader.units.at(high)];
  if (first.tail) return "free: the tail";
  return last.tail ? "free, then the tail" : "free, not in the tail";
}
