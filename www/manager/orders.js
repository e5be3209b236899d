// The orders that a defragmentation can work towards, and what is known beforehand of its moves. Always:
// the names are the package's; a number said here is a count over the snapshot.
import { isContiguous } from "./placements.js";
import { movableFrom, outOfOrder } from "./moves.js";
import { count, plural } from "../page/words.js";

/** @type {{name: string, about: string}[]} */
export const ORDERS = [
  { name: "allocation", about: "From unit 0 in the order in which blocks were allocated, as in the original." },
  { name: "address", about: "Blocks slide down and keep the order in which they lie." },
  { name: "any", about: "Whatever moves the fewest units." },
];

const UNKNOWN = { ahead: "", past: "" };

/** What an order costs at least, or at most.
 *  @param {object} snapshot before the first move @param {string} order
 *  @returns {{ahead: string, past: string}} a sentence for while it is under way, and one for when it is done; "" where
 *   nothing is known */
export function outlook(snapshot, order) {
  const contiguous = isContiguous(snapshot.placement);
  if (order === "allocation") {
    // A contiguous block may be aligned, and then its place is not known here.
    if (contiguous || snapshot.blocks.some(({ pinned }) => pinned)) return UNKNOWN;
    return least(outOfOrder(snapshot), "not in their place");
  }
  if (order === "any" && !contiguous) {
    const live = snapshot.capacity - snapshot.freeUnits;
    return least(movableFrom(snapshot, live), `at or above unit ${count(live)}`);
  }
  const [first] = snapshot.freeExtents;
  return first ? sliding(movableFrom(snapshot, first.start)) : UNKNOWN;
}

const least = (units, where) => ({
  ahead: `At least ${plural(units, "unit")} must move: those ${where}.`,
  past: `At least ${plural(units, "unit")} had to move: those ${where}.`,
});

const sliding = (units) => ({
  ahead: `Sliding down would move at most ${plural(units, "unit")}: those above the first free one.`,
  past: `Sliding down would have moved at most ${plural(units, "unit")}: those above the first free one.`,
});
