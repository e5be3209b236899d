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

import type * as main from "../index.js";
import type {
  BlockId, ManagerOptions, Unit, WasmBytes, WasmMemory, WasmModule, WasmSource,
} from "../index.js";

export { MemoryError } from "../index.js";
export type * from "../index.js";

/** As the main entry's, over the module and the shared memory of this entry, with its rules for views and
 *  pins. It is a class of its own: a manager of one entry is not an `instanceof` the other's class.
 *  MemoryError is the same class in both. */
export interface MemoryManager<U extends Unit = Unit, Memory extends ArrayBufferLike = SharedArrayBuffer>
  extends main.MemoryManager<U, Memory> {
  /**
   * As {@link main.MemoryManager.views}, except that the package never ends these views, because shared
   * memory cannot be taken back: once the block has moved, an old view shows whatever lies there now.
   * `viewsEpoch` says nothing about them.
   *
   * Once another worker has attached, it may move a block at any time, so views are only of a block that this
   * worker has pinned. The protocol: call `pin`, then `views`, use the views, call `unpin`, and use them no
   * more. In between nobody moves the block, and no other worker can free or resize it (ERR_PINNED). Others
   * may `write` to it: who sees what when is for the workers to settle, for instance with `Atomics` on the
   * views.
   *
   * @throws MemoryError ERR_UNSUPPORTED: another worker has attached, and this one has not pinned the block
   */
  views(id: BlockId): [main.UnitArrays<Memory>[U], ...main.UnitArrays<Memory>[U][]];

  /** Pins a block for this worker. Several workers can pin the same block; each ends its own pin, however
   *  often it pinned, with `unpin` or `dispose`. A worker that ends without doing so leaves its pins; an
   *  object that has pins is not garbage-collected. If another worker is lost or slow in the middle of an
   *  operation on the block's part, `dispose` leaves the block pinned: anybody can free, resize or
   *  `unpin` it. */
  pin(id: BlockId): void;
  /** Whether any worker has the block pinned. O(1). */
  isPinned(id: BlockId): boolean;
}
export const MemoryManager: main.MemoryManagerConstructor<SharedArrayBuffer>;

/**
 * Loads the WebAssembly module. Importing the package does no work; this does it once, and later
 * calls return the same promise. A worker that only attaches need not call it: the module comes with what
 * `share` returned.
 *
 * @throws Error ERR_NOT_ISOLATED: there is no SharedArrayBuffer, because the page is not
 *   cross-origin isolated
 * @throws as the main entry's `init`
 */
export default function init(source?: WasmSource): Promise<void>;

/** The same synchronously, from the module's bytes or from a compiled module.
 *  @throws Error ERR_NOT_ISOLATED: as `init`
 *  @throws as the main entry's `initSync` */
export function initSync(source: WasmBytes | WasmModule): void;

declare const unit: unique symbol;

/** What `share` returns: post it to a worker or to the main thread. It keeps nothing alive. */
export interface SharedHandle<U extends Unit = Unit> {
  /** For TypeScript alone: there is no such property. */
  readonly [unit]?: U;
  readonly kind: "twingate-memory/threads";
  readonly module: WasmModule;
  readonly memory: WasmMemory;
  /** Through which workers come to the memory one at a time. */
  readonly gate: Int32Array;
  readonly id: string;
  readonly manager: number;
}

export interface WorkerOptions {
  /**
   * How many milliseconds a single operation of another worker may take before that worker counts as
   * lost. Default 10,000. Once one worker counts another as lost, all workers do, until the lost one is
   * back; so the smallest patience among the workers is in effect the patience of all. See
   * {@link SharedMemoryManager}.
   */
  patience?: number | undefined;
}

/**
 * A memory manager that any number of workers use at once. Each attached object has a part of the
 * units to allocate from, so that workers seldom wait for each other; together they are one manager.
 * "Another worker" below means any other attached object, even one in the same thread.
 *
 * IDs are unique, but they do not ascend, nor start at 1; `ids` and the blocks of a snapshot are in allocation
 * order only if a single worker allocates and none compacts with a budget. `id % 16` is the number of the part
 * that the block was allocated in: the first worker has part 0, in which all allocate while compaction is under
 * way, and who attaches has one that the fewest have, the lowest of those. `clear` is refused with ERR_PINNED
 * while another worker has a block pinned.
 *
 * `save` and `defragment` gather all blocks in the first worker's part, where they stay, so that
 * afterwards workers have to wait for each other there. `explain` names the units that this worker's
 * `alloc` would take now, if its own part has them; if not, all blocks are gathered, and the answer holds
 * for the first worker. `takeRelocations` returns what all workers moved, in the order in which it moved.
 *
 * Let a worker call `dispose` before it ends. Otherwise its pins stay for ever, its part does not pass to
 * the next worker, and the manager's memory is not given back.
 *
 * To everybody else every operation is a single step: it is done or it is not. The exceptions are
 * `snapshot`, whose `contents` are read after the rest, and `toString`, which first counts units, then
 * blocks, and then reads them all. Waiting is done by spinning on the main thread of a page, which may not
 * wait on an atomic, and by short sleeps elsewhere.
 *
 * In addition to the errors of {@link MemoryManager}, `share`, `pin`, `clear`, `stats` and the counts may throw a
 * MemoryError with code ERR_OUT_OF_MEMORY: there is no memory for the manager's own records. And every method and
 * every count may throw an Error with code ERR_WORKER_LOST: another worker started an operation and did not finish it within the patience; it
 * was probably terminated. What it was working on is lost:
 * - The part that it used, with the blocks in it; the first worker's as well, if the operation was about a block
 *   that is gathered there or was being gathered; all parts, if the operation held all of them (`save`, say). What
 *   needs a lost part is refused from then on, without waiting, and everything else goes on working.
 * - During a `resize` in external storage, the relocations too: with a contiguous placement, `resize` and
 *   `takeRelocations` are refused to all workers.
 * - During `pin` or `unpin`, the pins of all workers: what is pinned stays pinned, and `pin`, `unpin`,
 *   `views`, `clear`, and `free` and `resize` of pinned blocks are refused to all workers.
 */
export interface SharedMemoryManager<U extends Unit = Unit> extends MemoryManager<U> {
  /**
   * What another worker needs to attach to this manager; good for as long as anyone is attached. Costs
   * O(managers in this memory). If a worker is terminated inside `share`, nobody can share or attach to
   * the managers of that memory any more.
   */
  share(): SharedHandle<U>;
}

/** How shared managers are made. To extend the class, name the unit: `extends SharedMemoryManager<"u8">`.
 *  `load` of a class makes one of that class; `attach` makes a plain {@link SharedMemoryManager}. */
export interface SharedMemoryManagerConstructor {
  /**
   * @throws as {@link MemoryManager}
   * @throws TypeError ERR_INVALID_ARGUMENT: a patience that is not a number above 0
   */
  new (
    capacity: number, options?: ManagerOptions & WorkerOptions & { unit?: undefined },
  ): SharedMemoryManager<"char">;
  new <U extends Unit>(capacity: number, options?: ManagerOptions<U> & WorkerOptions): SharedMemoryManager<U>;
  readonly prototype: SharedMemoryManager;

  /** As {@link main.MemoryManagerConstructor.load}, for what a manager of this entry saved. What was pinned
   *  is pinned, but by no worker: anybody can free, resize or unpin it, and once another worker has attached, `views`
   *  asks for a pin first.
   *  @throws TypeError ERR_INVALID_ARGUMENT: a patience that is not a number above 0 */
  load<U extends Unit = Unit>(
    this: SharedMemoryManagerConstructor, bytes: Uint8Array, options?: WorkerOptions): SharedMemoryManager<U>;
  /** The same, as a manager of a class of yours. */
  load<Manager extends MemoryManager<Unit, ArrayBufferLike>>(
    this: { prototype: Manager }, bytes: Uint8Array, options?: WorkerOptions): Manager;

  /**
   * This manager in another worker, or once more in this one. `dispose` ends the attachment; the last one
   * to call it releases the manager's memory. `attach` waits for whoever shares or attaches. It takes
   * memory for a part and, in a worker that is new to this memory, for the worker's stack.
   *
   * @throws MemoryError ERR_DISPOSED: nobody is attached to the manager any more
   * @throws MemoryError ERR_OUT_OF_MEMORY: no memory is left for it. If it was needed for the stack of a
   *   worker that is new to this memory, no other new worker can attach any more
   * @throws Error ERR_OTHER_MEMORY: this worker works on another memory. A worker works on a single one:
   *   that of the first manager that it created or attached to, even if that was refused
   * @throws Error ERR_WORKER_LOST: another worker was terminated while it attached to this memory for the
   *   first time, or there was no memory for its stack, and no new worker can attach; or it was terminated
   *   inside `share`, or while it attached to one more manager, and nobody at all can attach
   * @throws Error ERR_NOT_ISOLATED: as `init`
   * @throws TypeError ERR_INVALID_ARGUMENT: not what `share` returned, an unknown option, or a patience that is not
   *   a number above 0
   */
  attach<U extends Unit = Unit>(
    handle: SharedHandle<U>, options?: WorkerOptions): Promise<SharedMemoryManager<U>>;
}

export const SharedMemoryManager: SharedMemoryManagerConstructor;
