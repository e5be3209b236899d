// Allocating and freeing: W1, W2 and their variants.
//
// A peer has `alloc(size)`, which returns a block that is not null, or null when it refuses,
// `free(block)` and `close()`. A workload is told the arena in units (a byte is a unit to peers that
// know only bytes) because what it reports depends on it; that the peer has such an arena is for its
// maker.
import { leasts, sum } from "../numbers.mjs";
import { processorTime } from "../processor.mjs";
import { Random } from "../random.mjs";
import { churn as churnOn, prefill } from "./churn.mjs";
import { fill, fillAndHalve } from "./fill.mjs";

// In one call: what is called often is compiled as a whole, and not as a loop that is under way.
const PAIRS = 10_000;

const perPair = { kind: "churn", inPairs: true, ratios: ["nanoseconds"], steady: true };

export const workloads = {
  W1: { ...perPair, arena: 2 ** 26, blocks: 10_000 },
  W1T: { ...perPair, arena: 2 ** 23, blocks: 10_000 },
  "W1N 1,000": { ...perPair, arena: 2 ** 28, blocks: 1_000 },
  "W1N 10,000": { ...perPair, arena: 2 ** 28, blocks: 10_000 },
  "W1N 100,000": { ...perPair, arena: 2 ** 28, blocks: 100_000 },
  W2: { kind: "refill", arena: 2 ** 26 },
  W2L: { kind: "recover", arena: 2 ** 26 },
};

const kinds = { churn, refill, recover };

/** Figures and the checksum of one run. */
export async function measure(open, workload, settings) {
  const measured = workload.kind === "churn" ? await churnOften(open, workload, settings)
    : run(await open(workload.arena), workload, settings.seed);
  return figures(measured, workload);
}

/** W1 several times from the same state, with the least time of each part: a processor that others use too
 *  is slower for tenths of a second at a time, which is longer than a whole run of some. */
async function churnOften(open, workload, { warmUp, runs, mostRuns, spreadMilliseconds, seed }) {
  // What is timed shall be compiled by then; and to close what it was compiled with might undo that.
  const opened = [await open(workload.arena)];
  run(opened[0], { ...workload, pairs: Math.ceil(workload.pairs * warmUp) }, seed + 1000);
  const all = [];
  let milliseconds = 0;
  while (all.length < runs || (milliseconds < spreadMilliseconds && all.length < mostRuns)) {
    opened.push(await open(workload.arena));
    all.push(run(opened.at(-1), workload, seed));
    milliseconds += sum(all.at(-1).times);
  }
  for (const peer of opened) peer.close();
  return { ...all[0], times: leasts(all.map(({ times }) => times)) };
}

/** Nanoseconds for each pair. */
function figures({ times, ...figures }, { pairs }) {
  return times ? { nanoseconds: (sum(times) * 1e6) / pairs, ...figures } : figures;
}

function run(peer, workload, seed) {
  return kinds[workload.kind](peer, workload, new Random(seed));
}

/** The checksum of what a workload draws, with a peer that serves anything. */
export function replay(peer, workload, seed) {
  return run(peer, workload, seed).checksum;
}

/** W1: a random slot is freed and allocated anew, over and over. */
function churn(peer, { arena, blocks, pairs }, random) {
  const state = prefill(peer, blocks, random);
  // Refusals are few, but the first has engines compile anew; nobody has the whole arena any more.
  peer.alloc(arena);
  const times = [];
  for (let left = pairs; left > 0; left -= PAIRS) {
    const begin = processorTime();
    churnOn(state, Math.min(left, PAIRS));
    times.push(processorTime() - begin);
  }
  const { failures, checksum } = state;
  return { times, failures, checksum };
}

/** W2: how much of the arena can be filled, at first and after half of the blocks were freed. */
function refill(peer, { arena }, random) {
  const { live, blocks, checksum: first } = fillAndHalve(peer, random);
  const more = fill(peer, random, first);
  const checksum = more.checksum;
  return {
    util1: blocks.units / arena,
    util2: (live + more.units) / arena,
    counts: [blocks.list.length, more.list.length],
    checksum,
  };
}

/** W2L: how much of what is free then can still serve 64 Ki units in one block. */
function recover(peer, { arena }, random) {
  const { live, blocks, checksum } = fillAndHalve(peer, random);
  let placed = 0;
  while (peer.alloc(65_536) !== null) placed += 65_536;
  return { recov64K: placed / (arena - live), counts: [blocks.list.length, placed / 65_536], checksum };
}
