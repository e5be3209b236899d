// The package itself, for workloads with several workers: on the module for several workers, or on
// the plain one, which has one.
import init, { MemoryManager } from "twingate-memory";
import initThreads, { SharedMemoryManager } from "twingate-memory/threads";

const options = { placement: "tlsf", storage: "external" };

/** Option: how many workers share a manager, or have a plain one each ("2 plain"). `handle` is what
 *  they `join` with. */
export async function open(arena, option) {
  const [workers, plain] = option.split(" ");
  if (plain) return { workers: Number(workers), close() {} };
  await initThreads();
  const manager = new SharedMemoryManager(arena, options);
  return { workers: Number(workers), handle: manager.share(), close: () => manager.dispose() };
}

/** In a worker: its manager. */
export async function join(arena, handle) {
  if (handle) return SharedMemoryManager.attach(handle);
  await init();
  return new MemoryManager(arena, options);
}
