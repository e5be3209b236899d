// Several workers and one manager: W4, which is W1 in each of two workers, on slots of their own.
//
// What always holds: workers begin each round together, after all have filled their slots and run
// once to be compiled; a round lasts from the first beginning to the last end, by the workers' own
// clocks, so that no message is measured. Of several rounds the median counts.
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { median } from "../numbers.mjs";
import { processorTime } from "../processor.mjs";
import { Random } from "../random.mjs";
import { churn, prefill } from "./churn.mjs";

const ROUNDS = 5;

export const workloads = {
  W4: { kind: "crew", inPairs: true, ratios: ["nanoseconds", "processor"], arena: 2 ** 26, blocks: 10_000 },
};

/** Time for each pair of all workers together, by the clock and of the processor. */
export async function measure(open, { arena, blocks, pairs }, { warmUp, seed }) {
  const { workers, handle, close } = await open(arena);
  const barrier = new Int32Array(new SharedArrayBuffer(4));
  const shape = { arena, handle, blocks, pairs, barrier, workers, rounds: ROUNDS, warmUp: Math.ceil(pairs * warmUp) };
  const crew = await Promise.all(Array.from({ length: workers }, async (_, number) => {
    const workerData = { ...shape, seed: seed + 1000 * number };
    const worker = new Worker(new URL("./threads-worker.mjs", import.meta.url), { workerData });
    await once(worker, "message");
    return worker;
  }));
  const ended = crew.map((worker) => once(worker, "message"));
  const before = processorTime();
  for (const worker of crew) worker.postMessage("begin");
  const answers = (await Promise.all(ended)).map(([answer]) => answer);
  const processor = processorTime() - before;
  for (const worker of crew) await worker.terminate();
  close();
  const lasted = Array.from({ length: ROUNDS }, (_, round) =>
    Math.max(...answers.map(({ ends }) => ends[round])) - Math.min(...answers.map(({ begins }) => begins[round])));
  const all = pairs * workers;
  return {
    nanoseconds: (median(lasted) * 1e6) / all,
    processor: (processor * 1e6) / (all * ROUNDS),
    checksum: answers[0].checksum,
  };
}

/** The checksum of what the first worker draws. */
export function replay(nothing, { blocks, pairs }, seed) {
  const state = prefill(nothing, blocks, new Random(seed));
  for (let round = 0; round < ROUNDS; round++) churn(state, pairs);
  return state.checksum;
}
