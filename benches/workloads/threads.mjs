// Several workers and one manager: W4, which is W1 in each of two workers, on slots of their own.
//
// What always holds: workers begin together, after all have filled their slots and run once to be
// compiled, and a run lasts until the last one ends.
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { processorTime } from "../processor.mjs";
import { Nothing, churn, prefill } from "./churn.mjs";

export const workloads = {
  W4: { kind: "crew", inPairs: true, ratios: ["nanoseconds", "processor"], arena: 2 ** 26, blocks: 10_000 },
};

/** Time for each pair of all workers together, by the clock and of the processor. */
export async function measure(open, { arena, blocks, pairs }, { warmUp, seed }) {
  const { workers, handle, close } = await open(arena);
  const crew = await Promise.all(Array.from({ length: workers }, async (_, number) => {
    const workerData = { arena, handle, blocks, pairs, warmUp: Math.ceil(pairs * warmUp), seed: seed + 1000 * number };
    const worker = new Worker(new URL("./threads-worker.mjs", import.meta.url), { workerData });
    await once(worker, "message");
    return worker;
  }));
  const [begin, processorBegin] = [performance.now(), processorTime()];
  for (const worker of crew) worker.postMessage("begin");
  const answers = await Promise.all(crew.map((worker) => once(worker, "message")));
  const [time, processor] = [performance.now() - begin, processorTime() - processorBegin];
  for (const worker of crew) await worker.terminate();
  close();
  const all = pairs * workers;
  return { nanoseconds: (time * 1e6) / all, processor: (processor * 1e6) / all, checksum: answers[0][0] };
}

/** The checksum of what the first worker draws. */
export function replay(_, { blocks, pairs }, seed) {
  const state = prefill(new Nothing(), blocks, seed);
  churn(state, pairs);
  return state.checksum;
}
