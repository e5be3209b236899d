// The comparison as a table. Always: a row a placement, sorted by the column whose head was pressed; the
// best of each column are marked, and what is not compared in it, in words too.
import { apartIn, bestIn, COLUMNS, remark, sorted } from "./figures.js";
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
    const marks = COLUMNS.map((column) => ({ best: bestIn(column, shown), apart: apartIn(column, shown) }));
    table.tBodies[0].replaceChildren(...sorted(shown, order.column, order.descending).map((row) => rowOf(row, marks)));
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

function rowOf(row, marks) {
  return element("tr", {}, element("th", { scope: "row" }, row.placement), ...COLUMNS.map((column, at) => {
    const value = column.of(row);
    const data = element("td", {}, value === null ? "–" : column.show(value));
    const remarked = remark(column, row);
    if (remarked) data.append(element("small", {}, ` ${remarked}`));
    const { best, apart } = marks[at];
    if (best.has(row.placement)) {
      data.className = "best";
      data.append(element("span", { className: "unseen" }, " best"));
    }
    if (apart.has(row.placement)) {
      data.className = "apart";
      data.title = "Not compared: who refuses more requests has less to do";
      data.append(element("span", { className: "unseen" }, " not compared"));
    }
    return data;
  }));
}
