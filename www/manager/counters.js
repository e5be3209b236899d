// The counters under the picture. Always: each is what the manager said, with its name; those of the tail are shown
// only under a placement that has one apart from its other free extents.
import { isContiguous } from "./placements.js";
import { nameValues } from "../page/element.js";
import { count, percent } from "../page/words.js";

const COUNTERS = [
  ["Placement", ({ snapshot }) => snapshot.placement],
  ["Capacity", ({ stats }) => count(stats.capacity)],
  ["Used", ({ stats }) => count(stats.usedUnits)],
  ["Free", ({ stats }) => count(stats.freeUnits)],
  ["Blocks", ({ stats }) => count(stats.blockCount)],
  ["Tail starts at", ({ snapshot }) => ofTail(snapshot, snapshot.nextAllocIndex)],
  ["Free below the tail", ({ snapshot }) => ofTail(snapshot, snapshot.freedFragmentedUnits)],
  ["Free extents", ({ stats }) => count(stats.freeExtents)],
  ["Largest free extent", ({ stats }) => count(stats.largestFreeExtent)],
  ["External fragmentation", ({ stats }) => percent(stats.externalFragmentation)],
  ["Internal fragmentation", ({ stats }) => count(stats.internalFragmentation)],
  ["Extents per block", ({ stats }) => stats.extentsPerBlock.toFixed(2)],
];

const ofTail = ({ placement }, number) => (isContiguous(placement) ? null : count(number));

/** Builds the list once. @returns {(state: {stats: object, snapshot: object}) => void} */
export function counters(list) {
  const values = nameValues(list, COUNTERS.map(([name]) => name));
  return (state) => COUNTERS.forEach(([, read], at) => {
    const text = read(state);
    values[at].parentElement.hidden = text === null;
    if (text !== null && values[at].textContent !== text) values[at].textContent = text;
  });
}
