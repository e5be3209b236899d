// What a change of the manager moved, and how much there is to move. Always: read off snapshots; the
// counts are for a sentence, and decide nothing.
import { bounds } from "../picture/units.js";

/** @typedef {{start: number, length: number, step: 1 | -1, id: number, from: {start: number, step: 1 | -1}}} Moved
 *  an extent of a block, and where its units lay before, in the same order */

/** The extents where units lie now that lay elsewhere before. @returns {Moved[]} */
export function movedBetween(before, after) {
  const earlier = new Map(before.blocks.map(({ id, extents }) => [id, extents]));
  return after.blocks.flatMap(({ id, extents }) =>
    earlier.has(id) ? movedOf(earlier.get(id), extents).map((extent) => ({ ...extent, id })) : []);
}

/** Units in order, as many as there are in both, in runs that are one extent before and after. */
function movedOf(before, after) {
  const moved = [];
  let [old, from] = [0, 0];
  for (const { start, length, step } of after) {
    for (let at = 0; at < length && old < before.length;) {
      const piece = Math.min(length - at, before[old].length - from);
      const then = { start: before[old].start + from * before[old].step, step: before[old].step };
      const now = { start: start + at * step, length: piece, step };
      moved.push(...withoutStill(now, then).map((part) => ({ ...part, from: onward(then, (part.start - now.start) * step) })));
      at += piece;
      from += piece;
      if (from === before[old].length) [old, from] = [old + 1, 0];
    }
  }
  return moved;
}

/** An extent from one of its units on, counted from 0. */
const onward = ({ start, step }, units) => ({ start: start + units * step, step });

/** The parts of an extent whose units lay elsewhere in one that had as many. */
function withoutStill({ start, length, step }, then) {
  if (step === then.step) return start === then.start ? [] : [{ start, length, step }];
  const still = meeting(start, then.start, step);
  if (still < 0 || still >= length) return [{ start, length, step }];
  const above = still + 1;
  return [{ start, length: still, step }, { start: start + above * step, length: length - above, step }].filter((part) => part.length > 0);
}

/** How many steps it takes two extents that run towards each other to meet in a unit; no whole number from 0 on
 *  where they never do. @param {1 | -1} step of the one that starts at `one` */
function meeting(one, other, step) {
  const steps = ((other - one) * step) / 2;
  return Number.isInteger(steps) ? steps : -1;
}

/** Live units at or above a unit in blocks that are not pinned. */
export function movableFrom(snapshot, unit) {
  let units = 0;
  for (const { pinned, extents } of snapshot.blocks) {
    if (pinned) continue;
    for (const extent of extents) {
      const [low, high] = bounds(extent);
      units += Math.max(0, high - Math.max(low, unit) + 1);
    }
  }
  return units;
}

/** Live units that lie elsewhere than in allocation order from unit 0. */
export function outOfOrder(snapshot) {
  let units = 0;
  let place = 0;
  for (const { extents } of snapshot.blocks) {
    for (const extent of extents) {
      for (const { length } of withoutStill(extent, { start: place, step: 1 })) units += length;
      place += extent.length;
    }
  }
  return units;
}
