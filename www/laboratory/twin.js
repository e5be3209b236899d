// The pictures side by side as a table of figures. Always: a row for each picture, in their order.
import { bodyRow, headRow } from "../page/element.js";

const HEADINGS = ["Placement", "Used", "Free", "Blocks", "Free extents", "Largest free extent", "External fragmentation",
  "Internal fragmentation", "Extents per block", "Refused"];

/** @param {HTMLTableElement} table @param {string[][]} rows the figures of each picture, its placement first */
export function drawTwin({ tHead, tBodies: [body] }, rows) {
  tHead.replaceChildren(headRow(HEADINGS));
  body.replaceChildren(...rows.map(([placement, ...figures]) => bodyRow(placement, figures)));
}
