// A worker of W4: it fills its slots, runs once to be compiled, and runs its rounds when told to.
import { parentPort, workerData } from "node:worker_threads";
import { join } from "../peers/threads/twingate.mjs";
import { Random } from "../random.mjs";
import { churn, prefill } from "./churn.mjs";

const { arena, handle, blocks, pairs, barrier, workers, rounds, warmUp, seed } = workerData;
const manager = await join(arena, handle);
const first = prefill(manager, blocks, new Random(seed + 1));
churn(first, warmUp);
for (const block of first.slots) manager.free(block);
const state = prefill(manager, blocks, new Random(seed));

parentPort.on("message", () => {
  const [begins, ends] = [[], []];
  for (let round = 1; round <= rounds; round++) {
    meet(round * workers);
    begins.push(now());
    churn(state, pairs);
    ends.push(now());
  }
  parentPort.postMessage({ begins, ends, checksum: state.checksum });
});
parentPort.postMessage("ready");

/** Waits until so many have come. */
function meet(all) {
  Atomics.add(barrier, 0, 1);
  Atomics.notify(barrier, 0);
  for (let here; (here = Atomics.load(barrier, 0)) < all;) Atomics.wait(barrier, 0, here);
}

/** The same clock in every worker. */
function now() {
  return performance.timeOrigin + performance.now();
}
