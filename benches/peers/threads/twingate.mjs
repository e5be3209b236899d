// The package itself, for workloads with several workers: on the module for several workers, or on
// the plain one, which has one.
import init, { MemoryManager } from "twingate-memory";
import initThreads, { SharedMemoryManager } from "twingate-memory/threads";

const options = { placement: "tlsf", storage: "external" };

/** Option: "plain", or how many workers share a manager. `handle` is what they `join` with. */
export async function open(arena, option) {
  if (option === "plain") return { workers: 1, close() {} };
  await initThreads();
  const manager = new SharedMemoryManager(arena, options);
  return { workers: Number(option), handle: manager.share(), close: () => manager.dispose() };
}

/** In a worker: its manager. */
export async function join(arena, handle) {
  if (handle) return SharedMemoryManager.attach(handle);
  await init();
  return new MemoryManager(arena, options);
}
