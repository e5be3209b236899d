// The figures of the workers, live. Always: each is what the manager or the worker itself counted.
import { count, percent } from "../page/words.js";

/** @typedef {{stats: object, pairs: number[], rates: number[], steps: number}} State */

const sum = (numbers) => numbers.reduce((all, number) => all + number, 0);

const TOTALS = [
  ["Pairs a second, together", ({ rates }) => count(sum(rates))],
  ["Pairs, together", ({ pairs }) => count(sum(pairs))],
  ["Live blocks", ({ stats }) => count(stats.blockCount)],
  ["Free units", ({ stats }) => count(stats.freeUnits)],
  ["Failures", ({ stats }) => count(stats.failures)],
  ["Defragment steps", ({ steps }) => count(steps)],
  ["Units moved", ({ stats }) => count(stats.unitsMoved)],
  ["External fragmentation", ({ stats }) => percent(stats.externalFragmentation)],
];

/** @param {{totals: HTMLElement, rows: HTMLElement}} parts
 *  @returns {(state: State, hues: string[]) => void} hues: the colours of blocks */
export function figures({ totals, rows }) {
  const values = TOTALS.map(([name]) => {
    const [pair, term, value] = ["div", "dt", "dd"].map((tag) => document.createElement(tag));
    term.textContent = name;
    pair.append(term, value);
    totals.append(pair);
    return value;
  });

  return (state, hues) => {
    TOTALS.forEach(([, text], at) => write(values[at], text(state)));
    if (rows.children.length !== state.pairs.length) rows.replaceChildren(...state.pairs.map((_, number) => row(number)));
    Array.from(rows.children, ({ cells: [head, rate, pairs] }, number) => {
      // The page has part 0, and each worker the next one; the part is what an ID ends in.
      head.firstChild.style.backgroundColor = hues[number + 1];
      write(rate, count(state.rates[number]));
      write(pairs, count(state.pairs[number]));
    });
  };
}

function row(number) {
  const line = document.createElement("tr");
  const head = document.createElement("th");
  head.scope = "row";
  const key = document.createElement("i");
  key.className = "key";
  head.append(key, ` Worker ${number + 1}`);
  line.append(head, document.createElement("td"), document.createElement("td"));
  return line;
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
