/**
 * twingate-memory/threads: managers that any number of workers use at once.
 *
 * It needs shared memory: Node, or a page that is cross-origin isolated (served with
 * `Cross-Origin-Opener-Policy: same-origin` and `Cross-Origin-Embedder-Policy: require-corp`).
 * The README says operation by operation what is promised to concurrent callers.
 *
 * @example
 * ```js
 * // in one place
 * import init, { SharedMemoryManager } from "twingate-memory/threads";
 * await init();
 * const memory = new SharedMemoryManager(1024);
 * worker.postMessage(memory.share());
 * // in the worker
 * onmessage = async ({ data }) => {
 *   const memory = await SharedMemoryManager.attach(data);
 *   postMessage(memory.alloc(16)); // an ID is a number, and good everywhere
 *   memory.dispose(); // when nothing more comes
 * };
 * ```
 */

import { BlockId, ManagerOptions, MemoryManager, Unit, UnitArrays, WasmSource } from "../index.js";

/** MemoryManager is another class than the main entry's, over another module: a manager of one is no
 *  `instanceof` the other. MemoryError is the same. */
export { MemoryError, MemoryManager } from "../index.js";
export type * from "../index.js";

/**
 * Loads the WebAssembly module. Importing the package does no work; this does it once, and later
 * calls return the same promise. A worker that only attaches needs none: the module comes with what
 * `share` returned.
 *
 * @throws Error ERR_NOT_ISOLATED: there is no SharedArrayBuffer, because the page is not
 *   cross-origin isolated
 */
export default function init(source?: WasmSource): Promise<void>;

/** The same at once, from the module's bytes or from a compiled module. */
export function initSync(source: BufferSource | WebAssembly.Module): void;

/** What `share` returns: post it to a worker, or to the main thread. It keeps nothing alive. */
export interface SharedHandle {
  readonly kind: "twingate-memory/threads";
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Through which workers come to the memory one at a time. */
  readonly gate: Int32Array;
  readonly id: string;
  readonly manager: number;
}

export interface WorkerOptions {
  /**
   * For how many milliseconds one operation of another worker may last before that worker is taken
   * for lost, default 10,000. Whom one worker takes for lost all are refused for, until it is back: the
   * smallest patience of anybody is everybody's. See {@link SharedMemoryManager}.
   */
  patience?: number;
}

/**
 * A memory manager that any number of workers use at once. Each attached object has a part of the
 * units to allocate from, so that workers seldom wait for each other; all of them are one manager.
 * By another worker any other attached object is meant, even one in the same thread.
 *
 * IDs are unique, but neither ascend nor begin with 1, and the blocks of a snapshot are in allocation
 * order only where one worker allocates. `clear` is refused with ERR_PINNED while another worker has a
 * block pinned.
 *
 * `save` and `defragment` gather all blocks in the first worker's part, where they stay, so that workers
 * meet there for them. `explain` names the units that this worker's `alloc` would take now, if its part has
 * them; where it has not, all blocks are gathered, and what is said holds for the first worker.
 * `stats().failures` counts for a moment a request that other parts are about to serve.
 * `takeRelocations` has what all workers moved, in the order in which it moved.
 *
 * Let a worker `dispose` before it ends: otherwise its pins stay for ever, its part is not the next
 * worker's, and the manager's memory is not given back.
 *
 * Every operation but `toString`, which counts units, then blocks, and then reads them all, is one step
 * for everybody else: it is done, or it is not. Waiting is by spinning on the main thread of a page, which
 * may not wait on an atomic, and by short sleeps elsewhere.
 *
 * Beside the errors of {@link MemoryManager}, every method and every count may throw an Error with code
 * ERR_WORKER_LOST: another worker began an operation and did not end it within the patience; it was
 * probably terminated. The part that it worked on is lost, with the blocks in it, or every part where
 * the operation took all: what needs a lost part is refused from then on, at once, and everything
 * else works on. One lost inside a `resize` in external storage takes with it what was to be told:
 * with a placement that moves blocks, `resize` and `takeRelocations` are refused to all. One lost inside
 * `pin` or `unpin` takes everybody's pins along: what is pinned stays so, and `pin`, `unpin`, `views`,
 * `clear`, and `free` and `resize` of what is pinned are refused to all.
 */
export interface SharedMemoryManager<U extends Unit = Unit> extends MemoryManager<U> {
  /**
   * As {@link MemoryManager.views}, of a block that this worker has pinned. The protocol: `pin`,
   * `views`, use them, `unpin`, and use them no more. Meanwhile nobody moves the block, and no other
   * worker frees or resizes it (ERR_PINNED). Others may `write` to it: who sees what when is theirs
   * to agree upon, with `Atomics` on the views for instance. Views are never ended by the package,
   * since shared memory cannot be taken back.
   *
   * @throws MemoryError ERR_UNSUPPORTED: this worker has not pinned the block
   */
  views(id: BlockId): UnitArrays[U][];

  /** Pins a block for this worker. Several workers can have a block pinned; each ends its own,
   *  however often it pinned it, by `unpin` or by `dispose`. A worker that ends without leaves its pins;
   *  an object that has any is not collected. Where another worker is lost or slow amid an operation on
   *  the block's part, `dispose` leaves the block where it is: anybody can free, resize or `unpin` it. */
  pin(id: BlockId): void;

  /**
   * What another worker needs to attach to this manager, for as long as anyone is attached. Costs
   * O(managers in this memory). A worker that is terminated inside `share` leaves a memory whose managers
   * nobody can share or attach to any more.
   */
  share(): SharedHandle;
}

/** How shared managers are made. To extend the class, name the unit: `extends SharedMemoryManager<"u8">`. */
export interface SharedMemoryManagerConstructor {
  /**
   * @throws as {@link MemoryManager}
   * @throws TypeError ERR_INVALID_ARGUMENT: a patience that is no number above 0
   */
  new (
    capacity: number, options?: ManagerOptions & WorkerOptions & { unit?: undefined },
  ): SharedMemoryManager<"char">;
  new <U extends Unit>(capacity: number, options?: ManagerOptions<U> & WorkerOptions): SharedMemoryManager<U>;
  readonly prototype: SharedMemoryManager;

  /** As {@link MemoryManagerConstructor.load}, of what a shared manager saved.
   *  @throws TypeError ERR_INVALID_ARGUMENT: a patience that is no number above 0 */
  load<Manager extends MemoryManager>(
    this: { prototype: Manager }, bytes: Uint8Array, options?: WorkerOptions): Manager;

  /**
   * This manager in another worker, or in this one again. `dispose` ends it; the last one to do so
   * releases the memory of the manager. It waits for whoever works in the first worker's part, and
   * takes memory for a part, and in a worker that comes to the memory for its stack.
   *
   * @throws MemoryError ERR_DISPOSED: nobody is attached to it any more
   * @throws MemoryError ERR_OUT_OF_MEMORY: no memory is left for it. Where it is the stack of a worker
   *   that comes to this memory, no other can come any more
   * @throws Error ERR_OTHER_MEMORY: this worker works on another memory. A worker works on one: that
   *   of the first manager that it made or attached to, even where that was refused
   * @throws Error ERR_WORKER_LOST: another worker was terminated while it attached to this memory, or
   *   there was no memory for its stack, and nobody new can come; or it was inside `share`, or attached
   *   to one more manager, and nobody at all can attach
   * @throws Error ERR_NOT_ISOLATED: as `init`
   * @throws TypeError ERR_INVALID_ARGUMENT: nothing that `share` returned
   */
  attach<U extends Unit = Unit>(
    handle: SharedHandle, options?: WorkerOptions): Promise<SharedMemoryManager<U>>;
}

export const SharedMemoryManager: SharedMemoryManagerConstructor;
