// The figures of the workers, live. Always: each is what the manager or the worker itself counted.
import { bodyRow, element, nameValues } from "../page/element.js";
import { dress, lookOfKind } from "../picture/palette.js";
import { count, percent } from "../page/words.js";

/** @typedef {{stats: object, pairs: number[], rates: number[], steps: number}} State */

const sum = (numbers) => numbers.reduce((all, number) => all + number, 0);

const TOTALS = [
  ["Pairs a second, together", ({ rates }) => count(sum(rates))],
  ["Pairs, together", ({ pairs }) => count(sum(pairs))],
  ["Live blocks", ({ stats }) => count(stats.blockCount)],
  ["Free units", ({ stats }) => count(stats.freeUnits)],
  ["Requests refused", ({ stats }) => count(stats.failures)],
  ["Defragment steps", ({ steps }) => count(steps)],
  ["Units moved", ({ stats }) => count(stats.unitsMoved)],
  ["External fragmentation", ({ stats }) => percent(stats.externalFragmentation)],
];

/** @param {{totals: HTMLElement, rows: HTMLElement}} parts
 *  @returns {(state: State, colours: ReturnType<typeof import("../picture/palette.js").palette>) => void} */
export function figures({ totals, rows }) {
  const values = nameValues(totals, TOTALS.map(([name]) => name));

  let dressed = null;
  function dressRows(colours) {
    if (dressed === colours) return;
    dressed = colours;
    // The page has part 0, and each worker the next one.
    Array.from(rows.children, ({ cells: [head] }, number) => dress(head.firstChild, number + 1, colours, lookOfKind));
  }

  return (state, colours) => {
    TOTALS.forEach(([, text], at) => write(values[at], text(state)));
    if (rows.children.length !== state.pairs.length) {
      rows.replaceChildren(...state.pairs.map((_, number) => row(number)));
      dressed = null;
    }
    dressRows(colours);
    Array.from(rows.children, ({ cells: [, rate, pairs] }, number) => {
      write(rate, count(state.rates[number]));
      write(pairs, count(state.pairs[number]));
    });
  };
}

const row = (number) => bodyRow([element("i", { className: "key" }), ` Worker ${number + 1}`], ["", ""]);

function write(place, text) {
  if (place.textContent !== text) place.textContent = text;
}
