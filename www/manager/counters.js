// The counters under the picture. Always: each is what the manager said, with its name.
import { count, percent } from "../page/words.js";

const COUNTERS = [
  ["Placement", ({ snapshot }) => snapshot.placement],
  ["Capacity", ({ stats }) => count(stats.capacity)],
  ["Used", ({ stats }) => count(stats.usedUnits)],
  ["Free", ({ stats }) => count(stats.freeUnits)],
  ["Blocks", ({ stats }) => count(stats.blockCount)],
  ["Next alloc index", ({ snapshot }) => count(snapshot.nextAllocIndex)],
  ["Freed fragmented units", ({ snapshot }) => count(snapshot.freedFragmentedUnits)],
  ["Free extents", ({ stats }) => count(stats.freeExtents)],
  ["Largest free extent", ({ stats }) => count(stats.largestFreeExtent)],
  ["External fragmentation", ({ stats }) => percent(stats.externalFragmentation)],
  ["Internal fragmentation", ({ stats }) => count(stats.internalFragmentation)],
  ["Extents per block", ({ stats }) => stats.extentsPerBlock.toFixed(2)],
];

/** Builds the list once. @returns {(state: {stats: object, snapshot: object}) => void} */
export function counters(list) {
  const values = COUNTERS.map(([name]) => {
    const [pair, term, value] = ["div", "dt", "dd"].map((tag) => document.createElement(tag));
    term.textContent = name;
    pair.append(term, value);
    list.append(pair);
    return value;
  });
  return (state) => COUNTERS.forEach(([, read], at) => {
    const text = read(state);
    if (values[at].textContent !== text) values[at].textContent = text;
  });
}
