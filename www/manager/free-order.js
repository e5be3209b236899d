// The free units in the order in which a placement looks at them. Always: extents, and what is on a stack, are what
// the manager tells; where it does not tell an order, the words about it say so.
import { bounds } from "../picture/units.js";

/** @typedef {{start: number, length: number, step: 1 | -1}} Extent
 *  @typedef {{extents: Extent[], tail: boolean}} Row what the placement does not tell apart */

const UNTOLD = "Which extent of a list comes first is not told; here they are by address.";

/** @type {Record<string, {about: string, rows: (snapshot: object, manager: object, most: number) => Row[]}>} */
const ORDERS = {
  "lifo": { about: "Units are taken from the top: those freed last come first, then the tail.", rows: stacked },
  "contiguous-first": { about: "Units are taken from the top: the tail first, then those freed last.", rows: stacked },
  "address-ordered": { about: "Units are taken from the top: the lowest come first.", rows: byAddress },
  "first-fit": { about: "By address. The first extent that is long enough is taken.", rows: byAddress },
  "next-fit": {
    about: "By address, beginning where the next search does. The first extent that is long enough is taken.", rows: fromRover,
  },
  "best-fit": {
    about: "Shortest first, the lowest on a tie. The first extent that is long enough is taken.",
    rows: (snapshot) => sorted(snapshot, (a, b) => a.length - b.length || a.start - b.start),
  },
  "worst-fit": {
    about: "Longest first, the lowest on a tie. The first extent is taken if it is long enough.",
    rows: (snapshot) => sorted(snapshot, (a, b) => b.length - a.length || a.start - b.start),
  },
  "buddy": {
    about: "A list for each power of two. A request is rounded up and takes an extent from the first list from there on that "
      + `is not empty; a longer extent is halved. ${UNTOLD}`,
    rows: byLength,
  },
  "tlsf": {
    about: "A list for each size class. A request takes an extent from the first class that is sure to fit. Where one class "
      + `ends and the next begins is not told, so here each length has a row. ${UNTOLD}`,
    rows: byLength,
  },
};

/** The order, in words. @param {string} placement */
export const aboutFree = (placement) => ORDERS[placement].about;

/** What is free, what the placement looks at first on top. @param {object} snapshot
 *  @param {{explain: (size: number) => {extents: Extent[]}}} manager in that state
 *  @param {number} most a stack may be cut off below so many rows @returns {Row[]} */
export const freeRows = (snapshot, manager, most = Infinity) =>
  (snapshot.freeUnits > 0 ? ORDERS[snapshot.placement].rows(snapshot, manager, most) : []);

const ascending = ({ start, length }) => ({ start, length, step: 1 });
const rowOf = (extent) => ({ extents: [extent], tail: false });

function byAddress({ freeExtents }) {
  return freeExtents.map(ascending).map(rowOf);
}

function sorted({ freeExtents }, compare) {
  return [...freeExtents].sort(compare).map(ascending).map(rowOf);
}

// A request lists what it would take in the order of the stack; all of the stack may be a hundred thousand extents.
function stacked({ freeUnits, nextAllocIndex }, manager, most) {
  for (let units = Math.min(most, freeUnits); ; units = Math.min(4 * units, freeUnits)) {
    // One of the extents may run on into the tail.
    const extents = manager.explain(units).extents.flatMap((extent) => splitAt(extent, nextAllocIndex));
    // The last one may be cut off.
    if (units === freeUnits || extents.length > most) {
      return extents.map((extent) => ({ extents: [extent], tail: bounds(extent)[0] >= nextAllocIndex }));
    }
  }
}

function splitAt({ start, length, step }, border) {
  const first = step > 0 ? border - start : start - border + 1;
  if (first <= 0 || first >= length) return [{ start, length, step }];
  return [{ start, length: first, step }, { start: start + first * step, length: length - first, step }];
}

// A single unit fits into the extent that the search looks at first.
function fromRover(snapshot, manager) {
  const [{ start: unit }] = manager.explain(1).extents;
  const rows = byAddress(snapshot);
  const at = rows.findIndex(({ extents: [{ start, length }] }) => start <= unit && unit < start + length);
  return [...rows.slice(at), ...rows.slice(0, at)];
}

function byLength({ freeExtents }) {
  const lists = new Map();
  for (const extent of freeExtents.map(ascending)) {
    if (!lists.has(extent.length)) lists.set(extent.length, []);
    lists.get(extent.length).push(extent);
  }
  return [...lists].sort(([a], [b]) => a - b).map(([, extents]) => ({ extents, tail: false }));
}
