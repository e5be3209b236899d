// The comparison as a table. Always: a row a placement, sorted by the column whose head was pressed; the
// best of each column are marked, in words too.
import { bestIn, COLUMNS, remark, sorted } from "./figures.js";

/** @param {HTMLTableElement} table */
export function comparisonTable(table) {
  let shown = null;
  let order = { column: COLUMNS[0], descending: false };
  const heads = COLUMNS.map((column) => headOf(column, () => {
    order = { column, descending: order.column === column && !order.descending };
    draw();
  }));
  const corner = cell("th", "Placement", { scope: "col" });
  const line = document.createElement("tr");
  line.append(corner, ...heads);
  table.tHead.replaceChildren(line);

  function draw() {
    heads.forEach((head, at) => {
      if (COLUMNS[at] === order.column) head.setAttribute("aria-sort", order.descending ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
    if (!shown) return;
    const best = COLUMNS.map((column) => bestIn(column, shown));
    table.tBodies[0].replaceChildren(...sorted(shown, order.column, order.descending).map((row) => rowOf(row, best)));
  }

  return {
    /** @param {import("./figures.js").Row[]} rows */
    show(rows) {
      shown = rows;
      draw();
    },
  };
}

function headOf({ title, about }, pressed) {
  const head = cell("th", "", { scope: "col" });
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: title });
  button.addEventListener("click", pressed);
  if (about) button.append(" ", cell("small", about));
  head.append(button);
  return head;
}

function rowOf(row, best) {
  const line = document.createElement("tr");
  line.append(cell("th", row.placement, { scope: "row" }), ...COLUMNS.map((column, at) => {
    const value = column.of(row);
    const data = cell("td", value === null ? "–" : column.show(value));
    const remarked = remark(column, row);
    if (remarked) data.append(cell("small", ` ${remarked}`));
    if (best[at].has(row.placement)) {
      data.className = "best";
      data.append(cell("span", " best", { className: "unseen" }));
    }
    return data;
  }));
  return line;
}

const cell = (tag, text, properties = {}) => Object.assign(document.createElement(tag), { textContent: text, ...properties });
