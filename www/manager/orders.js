// The orders that a defragmentation can work towards, and what is known beforehand of its moves. Always:
// the names are the package's; a number said here is a count over the snapshot, and no order is said to be better
// than another where that is not always so.
import { isContiguous } from "./placements.js";
import { movableFrom, outOfOrder } from "./moves.js";
import { count, plural } from "../page/words.js";

/** @type {{name: string, about: string}[]} */
export const ORDERS = [
  { name: "allocation", about: "Blocks are laid out from unit 0 in the order in which they were allocated, as in the original." },
  { name: "address", about: "Blocks slide down and stay in the order in which they lie." },
  { name: "any", about: "Blocks go wherever the fewest units have to move." },
];

const NEARLY = "Blocks go wherever few units have to move, until one free extent has 24 of 25 free units, or fewer beside pinned or aligned blocks.";
const BUDDY = "Buddy blocks stay at multiples of their rounded size, so free extents can remain between them";

/** What to know of an order, in a line. @param {string} order @param {string} placement */
export function aboutOrder(order, placement) {
  // Buddy blocks slide down then, too.
  if (order === "any" && isContiguous(placement)) return placement === "buddy" ? aboutOrder("address", placement) : NEARLY;
  const { about } = ORDERS.find(({ name }) => name === order);
  return placement === "buddy" ? `${about} ${BUDDY}; there may even be more of them than before.` : about;
}

/** Why there are more free extents than before, where that can be. @param {string} placement */
export const whyMoreExtents = (placement) => (placement === "buddy" ? `${BUDDY}.` : "");

/** What helps where steps towards allocation order found no free place, besides address order. @param {object} snapshot */
export const insteadOfSteps = ({ placement, blocks }) => (placement === "buddy" || blocks.some(({ pinned }) => pinned)
  ? "" : "Nor does allocation order all at once, unless blocks are aligned: clear Moves per step.");

const UNKNOWN = { ahead: "", past: "" };

/** What an order costs at least, or at most. What another order would have cost is said, what this one did is not.
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
  // What buddy moves is rounded up.
  if (snapshot.placement === "buddy") return UNKNOWN;
  const [first] = snapshot.freeExtents;
  return first ? sliding(movableFrom(snapshot, first.start), order) : UNKNOWN;
}

const least = (units, where) => ({
  ahead: `At least ${plural(units, "unit")} must move: those ${where}.`,
  past: `At least ${plural(units, "unit")} had to move: those ${where}.`,
});

function sliding(units, order) {
  const [amount, where] = [plural(units, "unit"), "those above the first free one"];
  if (order === "address") return { ahead: `At most ${amount} must move: ${where}.`, past: "" };
  return { ahead: `Sliding down could move up to ${amount}: ${where}.`, past: `Sliding down could have moved up to ${amount}: ${where}.` };
}
