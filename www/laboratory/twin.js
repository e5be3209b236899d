// The pictures side by side as a table of figures. Always: a row for each picture, in their order.
const HEADINGS = ["Placement", "Used", "Free", "Blocks", "Free extents", "Largest free extent", "External fragmentation",
  "Internal fragmentation", "Extents per block", "Refused"];

/** @param {HTMLTableElement} table @param {string[][]} rows the figures of each picture, its placement first */
export function drawTwin({ tHead, tBodies: [body] }, rows) {
  tHead.replaceChildren(lineOf(HEADINGS.map((text) => heading(text, "col"))));
  body.replaceChildren(...rows.map(([placement, ...figures]) => lineOf([heading(placement, "row"), ...figures.map(cell)])));
}

function lineOf(cells) {
  const line = document.createElement("tr");
  line.append(...cells);
  return line;
}

const heading = (text, scope) => Object.assign(document.createElement("th"), { textContent: text, scope });
const cell = (text) => Object.assign(document.createElement("td"), { textContent: text });
