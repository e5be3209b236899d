// What must be true when the workers have stopped. Always: it is counted from what the manager says unit by
// unit and block by block, against what the workers counted; the first thing that is not true is told.
import { count, plural } from "../page/words.js";
import { check } from "./hammer.js";

/**
 * @param {object} memory the SharedMemoryManager, which nobody else uses any more
 * @param {{results: {allocations: number, frees: number, failures: number}[], ids: number[]}} done
 * @returns {string} the verdict, as a sentence @throws Error what is wrong
 */
export function audit(memory, { results, ids }) {
  const { blocks, freeExtents } = memory.snapshot({ contents: false });
  const stats = memory.stats();
  ownedOnce([...blocks.flatMap(({ extents }) => extents), ...freeExtents], stats);
  same("blocks", sorted(blocks.map(({ id }) => id)), sorted(ids));
  for (const id of ids) check(memory, id);
  for (const name of ["allocations", "frees", "failures"]) {
    same(name, stats[name], results.reduce((sum, result) => sum + result[name], 0));
  }
  same("used units", stats.usedUnits, blocks.reduce((sum, { size }) => sum + size, 0) + stats.internalFragmentation);
  return `Audited: no unit owned twice and none lost, every block’s data intact (${plural(ids.length, "block")}), and the totals `
    + `exact: ${count(stats.allocations)} allocations less ${count(stats.frees)} frees, ${plural(stats.failures, "request")} refused.`;
}

/** Units beyond what was asked for are handed out with a block, and in none of its extents. */
function ownedOnce(extents, { capacity, internalFragmentation }) {
  const owners = new Uint8Array(capacity);
  for (const { start, length, step = 1 } of extents) {
    for (let unit = 0; unit < length; unit++) owners[start + unit * step]++;
  }
  const twice = owners.findIndex((times) => times > 1);
  if (twice >= 0) throw new Error(`unit ${twice} is owned twice.`);
  same("units of nobody", owners.filter((times) => times === 0).length, internalFragmentation);
}

function same(what, found, expected) {
  if (String(found) !== String(expected)) throw new Error(`${what}: the manager says ${found}, the workers ${expected}.`);
}

const sorted = (ids) => [...ids].sort((a, b) => a - b);
