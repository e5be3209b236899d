// The orders that a defragmentation can work towards, and what is known beforehand of its moves. Always:
// the names are the package's; a number said here is a count over the snapshot.
import { isContiguous } from "./placements.js";
import { movableFrom, outOfOrder } from "./moves.js";
import { count, plural } from "../page/words.js";

/** @type {{name: string, about: string}[]} */
export const ORDERS = [
  { name: "allocation", about: "The original’s: from unit 0 in the order in which blocks were allocated." },
  { name: "address", about: "Blocks slide down and keep the order in which they lie." },
  { name: "any", about: "Whatever moves the fewest units." },
];

/** What an order costs at least, or at most, in a sentence; "" where neither is known.
 *  @param {object} snapshot before the first move @param {string} order */
export function outlook(snapshot, order) {
  const contiguous = isContiguous(snapshot.placement);
  if (order === "allocation") {
    // A contiguous block may be aligned, and then its place is not known here.
    if (contiguous || snapshot.blocks.some(({ pinned }) => pinned)) return "";
    return `At least ${plural(outOfOrder(snapshot), "unit")} must move: those not in their place.`;
  }
  if (order === "any" && !contiguous) {
    const live = snapshot.capacity - snapshot.freeUnits;
    return `At least ${plural(movableFrom(snapshot, live), "unit")} must move: those at or above unit ${count(live)}.`;
  }
  const [first] = snapshot.freeExtents;
  if (!first) return "";
  return `Sliding down would move at most ${plural(movableFrom(snapshot, first.start), "unit")}: those above the first free one.`;
}
