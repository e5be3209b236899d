// The comparison as a table. Always: a row a placement, sorted by the column whose head was pressed; the
// best of each column are marked, in words too.
import { bestIn, COLUMNS, remark, sorted } from "./figures.js";
import { element } from "../page/element.js";

/** @param {HTMLTableElement} table */
export function comparisonTable(table) {
  let shown = null;
  let order = { column: COLUMNS[0], descending: false };
  const heads = COLUMNS.map((column) => headOf(column, () => {
    order = { column, descending: order.column === column && !order.descending };
    draw();
  }));
  table.tHead.replaceChildren(element("tr", {}, element("th", { scope: "col" }, "Placement"), ...heads));

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
  const button = element("button", { type: "button" }, title);
  button.addEventListener("click", pressed);
  if (about) button.append(" ", element("small", {}, about));
  return element("th", { scope: "col" }, button);
}

function rowOf(row, best) {
  return element("tr", {}, element("th", { scope: "row" }, row.placement), ...COLUMNS.map((column, at) => {
    const value = column.of(row);
    const data = element("td", {}, value === null ? "–" : column.show(value));
    const remarked = remark(column, row);
    if (remarked) data.append(element("small", {}, ` ${remarked}`));
    if (best[at].has(row.placement)) {
      data.className = "best";
      data.append(element("span", { className: "unseen" }, " best"));
    }
    return data;
  }));
}
