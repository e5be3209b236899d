// Compaction: W3, and what a step costs when there are many blocks.
//
// A peer has, beside `alloc`, `free` and `close`:
// - `compact(maxMoves)`, which is what is timed: everything in one call, or a step;
// - `tally()`: `{ moves, units, done }` of the last `compact`; asked after each, and not timed;
// - `address(block)` and `largestFree()`, in units;
// - `holds(block, size)`, for peers with data: whether each unit of the block still has the value
//   that `alloc` gave it, the low byte of the size;
// - `inSteps`: whether it takes a budget.
import { leasts, middleMean, sum } from "../numbers.mjs";
import { processorTime } from "../processor.mjs";
import { Random } from "../random.mjs";
import { fillAndHalve } from "./fill.mjs";
import { leastLive } from "./least-live.mjs";

const ratios = ["milliseconds", "longest"];

export const workloads = {
  W3: { kind: "whole", arena: 2 ** 26, data: true, ratios, steady: true },
  "W3 planning": { kind: "whole", arena: 2 ** 26, data: false, ratios, steady: true },
  W3N: { kind: "growth", few: 1_000, many: 1_000_000 },
};

const wallTime = () => performance.now();

/** Moves in a step. */
const MOVES = 64;
/** More than a bench has seeds. */
const SEEDS = 1_000;
/** Of `Random.size()`. */
const MEAN_SIZE = 765;
/** Of the free units; what one free extent is to have. */
const ENOUGH = 0.95;

const kinds = { whole, growth };

/** Figures and the checksum. */
export function measure(open, workload, settings) {
  return kinds[workload.kind](open, workload, settings);
}

/** The checksum of what a workload draws first, with a peer that serves anything. */
export function replay(peer, workload, seed) {
  return fillAndHalve(peer, new Random(seed)).checksum;
}

/** W3, in one call and in steps, each several times from the same state. A call does the same each
 *  time, so the least of its times is what it costs when nothing else is in the way. */
async function whole(open, { arena, data }, { seed, repeats }) {
  const once = (maxMoves) => compactOnce(open, { arena, data, seed, maxMoves });
  const { moved, moves, share, live, extents, counts, checksum, times: [milliseconds] } = await best(once, repeats);
  const bound = leastLive(extents, arena, Math.ceil(ENOUGH * (arena - live))) / live;
  const figures = { moved, moves, share, bound, milliseconds, counts, checksum };
  const steps = await best(() => once(MOVES), repeats);
  if (steps === null) return figures;
  return {
    ...figures,
    movedInSteps: steps.moved,
    steps: steps.times.length,
    longest: Math.max(...steps.times),
    stepMilliseconds: sum(steps.times),
  };
}

/** Of several runs that do the same, one with the least time of each call. */
async function best(once, repeats) {
  const runs = [];
  for (let repeat = 0; repeat < repeats; repeat++) runs.push(await once());
  return leastOf(runs);
}

function leastOf(runs) {
  const [first] = runs;
  return first && { ...first, times: leasts(runs.map(({ times }) => times)) };
}

/** W3N: what a step of 64 moves takes with few blocks and with many, planning alone. Few blocks make few
 *  steps, so their rounds are many; each begins from a state of its own, since a processor that has seen
 *  one before has learnt its branches by heart. All of it is repeated, twice as often as W3, which takes
 *  longer, and the least of a step's times counts, by a clock that knows less than the microsecond of the
 *  processor's; of these, the middle half is averaged. */
async function growth(open, { few, many }, { seed, repeats }) {
  const seeds = Array.from({ length: 400 }, (_, round) => seed + round * SEEDS);
  const [small, large] = [[], []];
  for (let repeat = 0; repeat < 2 * repeats; repeat++) {
    small.push(await fullSteps(open, few, seeds));
    large.push(await fullSteps(open, many, [seed]));
  }
  const { counts, checksum } = small[0];
  const [fewMicros, manyMicros] = [small, large].map((runs) => 1_000 * middleMean(leastOf(runs).times));
  return { fewMicros, manyMicros, growth: manyMicros / fewMicros, counts, checksum };
}

/** The times of those steps that made all of their moves, with about so many live blocks, from the state
 *  of each seed; what it counted is that of the first. */
async function fullSteps(open, blocks, seeds) {
  const runs = [];
  for (const seed of seeds) {
    runs.push(await compactOnce(open, { arena: 2 * blocks * MEAN_SIZE, data: false, seed, maxMoves: MOVES, clock: wallTime }));
  }
  const times = runs.flatMap(({ times, stepMoves }) => times.filter((_, step) => stepMoves[step] === MOVES));
  const { counts, checksum } = runs[0];
  return { times, counts, checksum };
}

async function compactOnce(open, { arena, data, seed, maxMoves, clock = processorTime }) {
  const peer = await open(arena, { data });
  if (maxMoves !== undefined && !peer.inSteps) return null;
  const { live, kept, blocks, checksum } = fillAndHalve(peer, new Random(seed));
  const free = arena - live;
  const extents = kept.map(({ block, size }) => ({ start: peer.address(block), end: peer.address(block) + size }));
  const { times, tallies } = compact(peer, ENOUGH * free, maxMoves, clock);
  if (data && !kept.every(({ block, size }) => peer.holds(block, size))) throw new Error("data was lost on the way");
  const share = peer.largestFree() / free;
  peer.close();
  const stepMoves = tallies.map(({ moves }) => moves);
  const moved = sum(tallies.map(({ units }) => units)) / live;
  return { times, stepMoves, moves: sum(stepMoves), moved, share, live, extents, counts: [blocks.list.length], checksum };
}

/** Compacts until one free extent has `enough` units, or nothing is left to do. */
function compact(peer, enough, maxMoves, clock) {
  const times = [];
  const tallies = [];
  do {
    const begin = clock();
    peer.compact(maxMoves);
    times.push(clock() - begin);
    tallies.push(peer.tally());
  } while (!tallies.at(-1).done && peer.largestFree() < enough);
  return { times, tallies };
}
