// A worker of W4: it fills its slots, runs once to be compiled, and runs again when told to.
import { parentPort, workerData } from "node:worker_threads";
import { join } from "../peers/threads/twingate.mjs";
import { churn, prefill } from "./churn.mjs";

const { arena, handle, blocks, pairs, warmUp, seed } = workerData;
const manager = await join(arena, handle);
const first = prefill(manager, blocks, seed + 1);
churn(first, warmUp);
for (const block of first.slots) manager.free(block);
const state = prefill(manager, blocks, seed);
parentPort.on("message", () => {
  churn(state, pairs);
  parentPort.postMessage(state.checksum);
});
parentPort.postMessage("ready");
