// What the modules tell as values in an order, under the names of index.d.ts and trace.d.ts.
//
// What always holds: the orders are those of src/bindings/, where shapes.rs says why there are no names.

import { errorFrom } from "./errors.js";

const extentOf = named("start", "length", "step");

/** Three numbers for each. */
export function extentsOf(table) {
  return rowsOf(table.length / 3, reader(table), nextExtent);
}

export function snapshotOf(table, unit, placement) {
  const next = reader(table);
  const [capacity, nextAllocIndex, freedFragmentedUnits, freeUnits] = [next(), next(), next(), next()];
  const block = () => ({ id: next(), size: next(), length: next(), pinned: next() === 1, extents: rowsOf(next(), next, nextExtent) });
  const blocks = rowsOf(next(), next, block);
  const freeExtents = rowsOf(next(), next, () => ({ start: next(), length: next() }));
  return { capacity, unit, placement, nextAllocIndex, freedFragmentedUnits, freeUnits, blocks, freeExtents };
}

const nextExtent = (next) => ({ start: next(), length: next(), step: next() });

/** A function that gives one number after the other. */
function reader(table) {
  let at = 0;
  return () => table[at++];
}

function rowsOf(count, next, make) {
  const rows = [];
  for (let row = 0; row < count; row++) rows.push(make(next));
  return rows;
}

export const statsOf = named("capacity", "usedUnits", "freeUnits", "blockCount", "freeExtents", "largestFreeExtent",
  "externalFragmentation", "internalFragmentation", "extentsPerBlock", "allocations", "frees", "failures", "unitsMoved");

const explanation = named("fits", "requested", "freeUnits", "largestFreeExtent", "unitsToMove", "extents", "reason");

export function explanationOf(values) {
  const explained = explanation(values);
  return { ...explained, extents: explained.extents.map(extentOf) };
}

const reportFigures = named("capacity", "operations", "failures", "peakUsed", "externalFragmentation",
  "peakExternalFragmentation", "internalFragmentation", "peakInternalFragmentation", "extentsPerBlock",
  "extentsPerBlockAtPeak", "unitsMoved", "searchSteps", "longestPauseUnits", "longestPauseMicros");

export const reportOf = ([placement, figures]) => ({ placement, ...reportFigures(figures) });

const refusalOf = named("name", "code", "message", "requested", "freeUnits", "largestFreeExtent", "id", "line");

/** The error for a refusal; of its figures it carries those that it has. */
export function errorOf(refusal) {
  const told = Object.entries(refusalOf(refusal)).filter(([, value]) => value !== null);
  return errorFrom(Object.fromEntries(told));
}

function named(...names) {
  return (values) => {
    const shape = {};
    names.forEach((name, place) => (shape[name] = values[place]));
    return shape;
  };
}
