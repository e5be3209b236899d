/// <reference lib="esnext.disposable" />

/**
 * twingate-memory: a memory manager over one fixed buffer whose blocks keep their IDs while it
 * scatters, packs and moves them.
 *
 * A *unit* is the smallest addressable cell. Sizes, addresses and counts are in units. In the
 * costs below, *k* is the number of extents of a block, *n* of free extents, *E* of all extents,
 * *B* of blocks.
 *
 * @example
 * ```js
 * import init, { MemoryManager } from "twingate-memory";
 * await init();
 * const memory = new MemoryManager(6);
 * const [a, b, c] = [memory.alloc(2), memory.alloc(2), memory.alloc(2)];
 * memory.write(b, "CD");
 * memory.free(a);
 * memory.free(c);
 * const d = memory.alloc(3); // scattered over units 5, 4 and 1
 * memory.write(d, "XYZ");
 * console.log(String(memory)); // "capacity 6, used 5, free 1, blocks 2\n- Z C D Y X"
 * memory.defragment();
 * console.log(String(memory)); // "capacity 6, used 5, free 1, blocks 2\nC D X Y Z -"
 * ```
 */

/** Where the WebAssembly module comes from. */
export type WasmSource =
  | string | URL | Request | Response | Promise<Response> | BufferSource | WebAssembly.Module;

/**
 * Loads the WebAssembly module. Importing the package does no work; this does it once, and later
 * calls return the same promise. After a failed attempt the next call tries again.
 *
 * Without a source the module is found beside the package's files: in a plain page, under a
 * bundler that understands `new URL("…", import.meta.url)`, and in Node.
 *
 * @param source a URL to fetch, a response, the bytes, or a compiled module
 * @throws TypeError ERR_INVALID_ARGUMENT: another module than this entry's; and what fetching or
 *   compiling throws
 */
export default function init(source?: WasmSource): Promise<void>;

/**
 * Loads the module at once from its bytes or from a compiled module. Does nothing when it is
 * loaded already, and may be called while `init` is under way: the module is loaded once. On a page's
 * main thread browsers refuse to compile large modules this way.
 *
 * @throws TypeError ERR_INVALID_ARGUMENT: another module than this entry's; and what compiling throws
 */
export function initSync(source: BufferSource | WebAssembly.Module): void;

/**
 * Names a block: a safe integer (at most 2^53 - 1) that stays valid over every move. IDs ascend, from
 * 1 on: a later block has a greater one. None is handed out twice by one manager: once its block is
 * freed it is stale, and every use of it is refused. After 2^53 - 1 a manager allocates no more.
 * Those of `twingate-memory/threads` are unique as well, but neither ascend nor begin with 1.
 */
export type BlockId = number;

/** What a unit holds. "char" is one Unicode code point, in 4 bytes; the others are numbers of so
 *  many bits, unsigned, signed or floating point. */
export type Unit =
  | "char" | "u8" | "i8" | "u16" | "i16" | "u32" | "i32" | "u64" | "i64" | "f32" | "f64";

/** The typed array of each unit; for "char", of its code points. */
export interface UnitArrays<Memory extends ArrayBufferLike = ArrayBufferLike> {
  char: Uint32Array<Memory>;
  u8: Uint8Array<Memory>; i8: Int8Array<Memory>;
  u16: Uint16Array<Memory>; i16: Int16Array<Memory>;
  u32: Uint32Array<Memory>; i32: Int32Array<Memory>;
  u64: BigUint64Array<Memory>; i64: BigInt64Array<Memory>;
  f32: Float32Array<Memory>; f64: Float64Array<Memory>;
}

/** What can be written to a block: a string for "char", else an array of numbers or of bigints. */
export type Data<U extends Unit> =
  U extends "char" ? string : U extends "u64" | "i64" ? ArrayLike<bigint> : ArrayLike<number>;

/** What is read of a block: a string for "char", else the unit's typed array. */
export type Values<U extends Unit> = U extends "char" ? string : UnitArrays<ArrayBuffer>[U];

/**
 * The policy that chooses units; the README has a guide. Costs with k the extents of the block and
 * n the free extents.
 */
export type Placement =
  // Scattered: a block may lie in many extents, so an allocation fails only when units run out.
  /** Freed units first, newest first, then the tail: the original. O(k). */
  | "lifo"
  /** The tail first, then freed units, newest first. O(k). */
  | "contiguous-first"
  /** The lowest free units, in ascending order. O(k log n). */
  | "address-ordered"
  // Contiguous: a block is one extent.
  /** The lowest free extent that fits. O(log n). */
  | "first-fit"
  /** The first free extent that fits after the last allocation, wrapping. O(log n). */
  | "next-fit"
  /** The smallest free extent that fits, the lowest on a tie. O(log n). */
  | "best-fit"
  /** The largest free extent, the lowest on a tie. O(log n). */
  | "worst-fit"
  /** Powers of two that split in halves and merge again; the capacity is cut into such, and no block
   *  is larger than the largest of them. O(log capacity). */
  | "buddy"
  /** Two-level segregated fit (Masmano et al. 2004). O(1). */
  | "tlsf";

export interface ManagerOptions<U extends Unit = Unit> {
  /** Default "char". */
  unit?: U;
  /** Default "lifo". */
  placement?: Placement;
  /** "external": offsets only, for memory that the manager does not own (a GPU buffer, a file);
   *  `read` and `write` are then refused, and memory is proportional to blocks. Default "owned". */
  storage?: "owned" | "external";
  /** Contiguous placements: when an allocation or a growing block does not fit but its units exist,
   *  compact just enough to make it fit, O(E) and the moves; where pins, alignments or the rounding of
   *  "buddy" are in the way, it is refused and nothing has moved. With external storage
   *  `takeRelocations` then tells what moved. Scattered placements never need it. Default false. */
  autoDefragment?: boolean;
}

/** A run of units in block order: `start`, `start + step`, … for `length` units. A single unit
 *  has step 1. */
export interface Extent { start: number; length: number; step: 1 | -1 }

/**
 * A memory manager over one fixed buffer.
 *
 * Every method but `dispose` throws a {@link MemoryError} with code ERR_DISPOSED after `dispose`;
 * every method that takes an ID, but `has`, throws ERR_UNKNOWN_BLOCK for one that no live block has,
 * and a TypeError with code ERR_INVALID_ARGUMENT for one that is no number. After any error the
 * manager is as it was before, but that `stats().failures` counts what was refused for want of units,
 * and that what `autoDefragment` had moved when memory for the manager's own records ended stays moved.
 *
 * Where the stack overflows in a call, that call throws the engine's error, and from then on the manager
 * can only be disposed of: everything else throws ERR_DISPOSED.
 *
 * @typeParam U the unit, which TypeScript knows from the options: "char" where they name none
 */
export interface MemoryManager<U extends Unit = Unit> {
  /** Units in the buffer. */
  readonly capacity: number;
  readonly unit: U;
  readonly placement: Placement;
  readonly storage: "owned" | "external";
  /** Units that blocks have, those beyond what was asked for among them. */
  readonly usedUnits: number;
  /** Units that no block has. */
  readonly freeUnits: number;
  /** Live blocks. */
  readonly blockCount: number;

  /**
   * Allocates a block; its units are empty. The cost is the placement's, however many units those
   * are. A refusal costs some microseconds; with "lifo" and "contiguous-first" and hundreds of thousands
   * of extents it can cost tens of milliseconds, since it finds the largest free one.
   *
   * @param size units, a whole number from 1 to 2^32 - 1
   * @param options.align a power of two, in units, of which the first unit is a multiple;
   *   contiguous placements only
   * @throws RangeError ERR_INVALID_SIZE, ERR_INVALID_ALIGNMENT: no such number
   * @throws TypeError ERR_INVALID_ARGUMENT: a size, options or an alignment of the wrong kind
   * @throws MemoryError ERR_OUT_OF_MEMORY: fewer units are free, or the manager's own records
   *   cannot grow; carries `requested`, `freeUnits`, `largestFreeExtent`
   * @throws MemoryError ERR_FRAGMENTED: the units are free, but no single free extent fits; `explain`
   *   says whether compaction helps; carries the same
   * @throws MemoryError ERR_UNSUPPORTED: an alignment above 1 with a scattering placement
   */
  alloc(size: number, options?: { align?: number }): BlockId;
  /** Frees a block; its units are empty again. The cost is the placement's. */
  free(id: BlockId): void;
  /**
   * Gives a block another size. Its ID stays, its first min(old, new) units stay what they are, and
   * the units it gains are empty.
   *
   * Scattered placements take units as `alloc` would, onto the end of the block, and give back
   * those at its end; nothing moves. Contiguous ones grow into the free units directly above the
   * block; where those are too few it moves: to where the placement would put a new block of this
   * size or, if that is nowhere, down into the free units around it. Alignment stays. With external
   * storage `takeRelocations` then tells what moved.
   *
   * Costs what the placement's `alloc` costs, O(k), and the block's units if it moves.
   *
   * @param size units, a whole number from 1 to 2^32 - 1
   * @throws RangeError ERR_INVALID_SIZE: no such number
   * @throws TypeError ERR_INVALID_ARGUMENT: no number
   * @throws MemoryError ERR_OUT_OF_MEMORY: fewer units are free than the block lacks, or the
   *   manager's own records cannot grow
   * @throws MemoryError ERR_FRAGMENTED: the units are free, but the block fits nowhere; both carry
   *   `requested`, `freeUnits`, `largestFreeExtent`
   * @throws MemoryError ERR_PINNED: the block cannot grow where it is, and must not move
   */
  resize(id: BlockId, size: number): void;
  /** Frees every block, one after the other in allocation order. Costs O(B) and what the frees cost. */
  clear(): void;

  /** The IDs of all live blocks in allocation order. Costs O(B).
   *  @throws MemoryError ERR_OUT_OF_MEMORY: no memory for the list */
  ids(): BlockId[];
  /** Whether a live block has this ID; false for anything that is no ID. O(1). */
  has(id: BlockId): boolean;
  /** Units allocated to the block. O(1). */
  size(id: BlockId): number;
  /** Units last written to the block, from its first on; the rest are empty. O(1). */
  length(id: BlockId): number;
  /**
   * Overwrites the block from its first unit on; units past the data become empty. Costs O(data): a
   * memcpy for each extent from the unit's own typed array, a check of every value from others. Data that
   * is too long is refused before it is read.
   *
   * @param data "char": a string, each code point in one unit, a lone surrogate too. Otherwise the
   *   unit's typed array, or any array of values that fit it: whole numbers in range, bigints for
   *   "u64" and "i64", numbers for "f32" (rounded) and "f64"
   * @throws TypeError ERR_TYPE_MISMATCH: data of another kind, or a value that the unit cannot hold
   * @throws MemoryError ERR_OUT_OF_BOUNDS: more values than units
   * @throws MemoryError ERR_NO_STORAGE: the storage is external
   */
  write(id: BlockId, data: Data<U>): void;
  /** What was last written: a string for "char", else the unit's typed array. A copy. Costs
   *  O(length).
   *  @throws MemoryError ERR_NO_STORAGE: the storage is external
   *  @throws MemoryError ERR_OUT_OF_MEMORY: no string or typed array can be as long; `readInto` reads parts */
  read(id: BlockId): Values<U>;
  /**
   * Overwrites a part of the block, from its unit `offset` on; the others stay what they are, but
   * that empty ones before the part become zero. Costs a memcpy for each extent; with "char" a check
   * of every value too.
   *
   * @param source the unit's typed array; for "char" a Uint32Array of code points
   * @throws MemoryError ERR_OUT_OF_BOUNDS: the part does not lie in the block
   * @throws TypeError ERR_TYPE_MISMATCH: another kind of data, or a number that is no code point
   * @throws TypeError ERR_INVALID_ARGUMENT: an offset that is no whole number from 0 to 2^32 - 1
   * @throws MemoryError ERR_NO_STORAGE: the storage is external
   */
  writeFrom(id: BlockId, offset: number, source: UnitArrays[U]): void;
  /**
   * Copies the block's units from `offset` on into `target`, as many as it has room for and were
   * written; returns how many. What follows in `target` stays as it is. Costs a memcpy for each
   * extent.
   *
   * @param target the unit's typed array; for "char" a Uint32Array
   * @throws MemoryError ERR_OUT_OF_BOUNDS: the offset is past the block's end
   * @throws TypeError ERR_TYPE_MISMATCH, ERR_INVALID_ARGUMENT; MemoryError ERR_NO_STORAGE: as
   *   `writeFrom`
   */
  readInto(id: BlockId, offset: number, target: UnitArrays[U]): number;
  /**
   * Typed arrays straight onto the block's memory, one for each extent in block order: the unit's,
   * a Uint32Array of code points for "char" (a number that is no code point reads as U+FFFD). To
   * write through a view is to write to the block. All its units count as written from now on;
   * those that were empty are zero.
   *
   * Views end when a block that has any moves, shrinks or is freed (a pinned one moves never), when
   * its manager is disposed of, and when the module's memory grows, which any manager can cause.
   * Then *all* views have a length of 0, so that none ever shows another block's data, and
   * `viewsEpoch` is another: ask for them anew. Keep the manager as long as arrays that were made
   * of a view, as by `subarray`.
   *
   * Costs O(k) and the units that were empty.
   *
   * @throws MemoryError ERR_SCATTERED: an extent of the block descends; defragment first
   * @throws MemoryError ERR_NO_STORAGE: the storage is external
   * @throws MemoryError ERR_OUT_OF_MEMORY: no memory for the list
   */
  views(id: BlockId): UnitArrays[U][];
  /** Changes when views have ended: those that were handed out while it was the same are valid. */
  readonly viewsEpoch: number;
  /** First unit of a block that lies in one ascending extent. O(1).
   *  @throws MemoryError ERR_SCATTERED: it does not; defragment first */
  address(id: BlockId): number;
  /** Where the block lies, in block order. Costs O(k).
   *  @throws MemoryError ERR_OUT_OF_MEMORY: no memory for the list */
  extents(id: BlockId): Extent[];

  /** A pinned block is never moved, whatever the order, until it is unpinned. Pins do not nest: one
   *  `unpin` ends however many. O(1). */
  pin(id: BlockId): void;
  unpin(id: BlockId): void;

  /**
   * Works towards an order, within a budget; IDs and data stay. What was planned is kept for the
   * next call with the same order, whatever happens in between: call again until the report says
   * `done`.
   *
   * Costs no more than the budget, planning included. Without one O(E) and the moves. The orders
   * "allocation" and "any" take O(E + B) memory for lists; none needs a second buffer. See the README
   * for how each order works.
   *
   * @throws MemoryError ERR_UNSUPPORTED: the order "allocation" with external storage
   * @throws MemoryError ERR_OUT_OF_MEMORY: no memory for the records
   * @throws TypeError ERR_INVALID_ARGUMENT: an unknown order, or a budget that is no number of at
   *   least 0
   */
  defragment(options?: DefragmentOptions): DefragmentReport;
  /**
   * With external storage: what `resize` and, with `autoDefragment`, `alloc` moved since the last
   * call, in the order in which it moved, each a plain memmove. Take it after each of them, before
   * a new block or new units are used, and before a `defragment`, whose own relocations come after it;
   * until then it is kept.
   */
  takeRelocations(): Relocation[];
  /**
   * Where a request would go and why, or why it would be refused and what compaction would
   * change; nothing is allocated. Costs O(E). Throws what `alloc` throws for bad arguments.
   *
   * @throws MemoryError ERR_OUT_OF_MEMORY: no memory to say it
   */
  explain(size: number, options?: { align?: number }): Explanation;
  /** Figures about the manager. Amortised O(log n) with n free extents; with "tlsf", where the longest has
   *  gone since the last time, O(extents in the highest size class). */
  stats(): Stats;
  /**
   * Where everything is. Costs O(E), and with `contents` O(capacity).
   *
   * @param options.contents default true; false leaves `contents` empty
   * @throws TypeError ERR_INVALID_ARGUMENT: no such option
   * @throws MemoryError ERR_OUT_OF_MEMORY: no memory for the lists, or no array can have a value for each
   *   unit, as with some 10^8 of them; without `contents` there is no such limit
   */
  snapshot(options?: { contents?: boolean }): Snapshot;
  /**
   * The whole state as bytes, compact, with a version and a checksum. What placements remember is
   * part of it; a compaction that is not done starts anew at its next step, here as in the loaded
   * manager. The form is documented in the README.
   *
   * Costs O(E) and the units written. As many bytes as the units written have, a few more for each
   * extent, and at least one for each 256 bytes of the buffer past the first MiB.
   *
   * @throws MemoryError ERR_OUT_OF_MEMORY: no memory for the records
   */
  save(): Uint8Array<ArrayBuffer>;
  /** The original's picture: a line of counts, then the units in order, "-" for an empty one. Costs
   *  O(capacity).
   *  @throws MemoryError ERR_OUT_OF_MEMORY: as `snapshot` */
  toString(): string;

  /** Releases the manager's memory. A second call does nothing. */
  dispose(): void;
  [Symbol.dispose](): void;
}

/** How managers are made. To extend the class, name the unit: `extends MemoryManager<"u8">`. */
export interface MemoryManagerConstructor {
  /**
   * Costs O(capacity), to zero the buffer; O(1) with external storage.
   *
   * @param capacity units in the buffer, a whole number from 1 to 2^32 - 1; an owned buffer has less
   *   than 2 GiB
   * @throws RangeError ERR_INVALID_CAPACITY: no such number, or more than the module can hold
   * @throws TypeError ERR_INVALID_ARGUMENT: options of the wrong kind or with an unknown value
   * @throws MemoryError ERR_OUT_OF_MEMORY: no memory for the manager's own records
   * @throws Error ERR_NOT_INITIALIZED: the module is not loaded; `await init()` first
   */
  new (capacity: number, options?: ManagerOptions & { unit?: undefined }): MemoryManager<"char">;
  new <U extends Unit>(capacity: number, options?: ManagerOptions<U>): MemoryManager<U>;
  readonly prototype: MemoryManager;
  /**
   * The manager that was saved as these bytes. It goes on exactly as the saved one would: with the
   * same IDs at the same addresses. Any other bytes are refused, and take at most 1 MiB of memory
   * and 400 bytes for each of them.
   *
   * Costs O(bytes), and O(capacity) to zero the buffer.
   *
   * @throws MemoryError ERR_CORRUPT_SAVE: damaged, truncated or foreign bytes, or a version to come
   * @throws RangeError ERR_INVALID_CAPACITY: the save is whole, but there is no memory for the
   *   buffer
   * @throws MemoryError ERR_OUT_OF_MEMORY: the same, for the records
   * @throws TypeError ERR_INVALID_ARGUMENT: no Uint8Array, or a class of yours whose constructor does
   *   not give `super` all that it is given
   * @throws Error ERR_NOT_INITIALIZED: as the constructor
   */
  load<Manager extends MemoryManager>(
    this: { prototype: Manager }, bytes: Uint8Array): Manager;
}

export const MemoryManager: MemoryManagerConstructor;

export interface DefragmentOptions {
  /**
   * - "allocation": blocks laid out from unit 0 in the order in which they were allocated, the
   *   original's result, and the default without a budget. Owned storage only.
   * - "address": blocks keep their address order and slide down.
   * - "any": the fewest units moved, and the default with a budget. Scattered placements: the live
   *   units at or above the number of live units move below it. Contiguous ones: until one free
   *   extent has 24 of 25 free units (all, where fewer than 25 are free).
   *
   * With "buddy", blocks stay at multiples of their rounded sizes; "any" is "address" there.
   */
  order?: "allocation" | "address" | "any";
  /** At most so many moves; a fraction is cut off. With 0 nothing moves, and the report is not `done`
   *  while there is something to move. */
  maxMoves?: number;
  /** At most so many units; a fraction is cut off. A block of a contiguous placement with more stays
   *  where it is, with 0 every block; else 0 is as with `maxMoves`. */
  maxUnits?: number;
  /** At most so many microseconds, planning included, by the clock `performance.now()`. A block of
   *  a contiguous placement with more than 1,000 bytes for each of them stays where it is (with external
   *  storage none does), with 0 every block; else 0 is as with `maxMoves`. */
  maxMicros?: number;
}

export interface DefragmentReport {
  /** True when nothing is left to do for this order but what `left` counts. */
  done: boolean;
  /** Moves of extents. With the order "allocation" without a budget: extents of which at least one
   *  unit has a new address. */
  moves: number;
  unitsMoved: number;
  /** In an order in which each is a plain memmove on a mirror of the buffer. Made when first read.
   *  Empty when units were exchanged in place: order "allocation" of scattered placements, or
   *  without a budget. */
  readonly relocations: Relocation[];
  /** The same as a table, four numbers a relocation: id, from, to, length. */
  readonly relocationTable: Float64Array;
  /** Blocks (of scattered placements: extents) that were in the way and stayed: pinned, too large
   *  for the budget, or without any free place to move to. The calls up to one that is "done" count
   *  each once, unless blocks came, went or were pinned in between: then some are gone over, and
   *  counted, again. */
  left: { pinned: number; tooLarge: number; blocked: number };
}

/** The units from, from + step, … go to to, to + 1, …; step is always 1 here. */
export interface Relocation { id: BlockId; from: number; to: number; length: number; step: 1 | -1 }

export interface Explanation {
  /** Whether the request would be served without compaction; with `autoDefragment`, one that does not
   *  fit is served all the same where `unitsToMove` is a number. */
  fits: boolean;
  requested: number;
  freeUnits: number;
  largestFreeExtent: number;
  /** How many units compaction on demand (`autoDefragment`) moves to make it fit, exactly, 0 when it
   *  fits; null where even that does not help. Pins, alignments and the rounding of "buddy" are taken
   *  into account. */
  unitsToMove: number | null;
  /** Where the block would lie, in block order; empty when it does not fit. */
  extents: Extent[];
  /** One sentence for a person. */
  reason: string;
}

export interface Stats {
  capacity: number; usedUnits: number; freeUnits: number; blockCount: number;
  /** Runs of free units, each as long as can be; with "buddy", free powers of two. */
  freeExtents: number;
  /** Units in the longest of them. */
  largestFreeExtent: number;
  /** 1 - largestFreeExtent / freeUnits; 0 when nothing is free. */
  externalFragmentation: number;
  /** Units handed out beyond what was asked for. */
  internalFragmentation: number;
  /** Extents of all blocks divided by blocks; 0 without a block. */
  extentsPerBlock: number;
  /** Totals since the manager was made; failures are allocations, and resizes, refused for want of
   *  units; units moved are those that compaction and resizing gave a new address. */
  allocations: number; frees: number; failures: number; unitsMoved: number;
}

export interface Snapshot {
  capacity: number; unit: Unit; placement: Placement;
  /** First unit of the free tail: the original's next_alloc_index. */
  nextAllocIndex: number;
  /** Free units below the tail: the length of the original's freed_fragmented_units. */
  freedFragmentedUnits: number;
  freeUnits: number;
  /** In allocation order; with several workers only where one of them allocates. */
  blocks: { id: BlockId; size: number; length: number; pinned: boolean; extents: Extent[] }[];
  /** By ascending address, each as long as can be; with "buddy", free powers of two. */
  freeExtents: { start: number; length: number }[];
  /** One entry per unit: its value, or null where it is free or empty. Owned storage only. */
  contents: (string | number | bigint | null)[];
}

/**
 * Thrown when the manager refuses. The message says what was asked, what was found and what would
 * help. A RangeError with code ERR_INVALID_CAPACITY, ERR_INVALID_SIZE or ERR_INVALID_ALIGNMENT,
 * a TypeError with code ERR_INVALID_ARGUMENT or ERR_TYPE_MISMATCH, and an Error with code
 * ERR_NOT_INITIALIZED are thrown beside it.
 */
export class MemoryError extends Error {
  readonly code:
    | "ERR_OUT_OF_MEMORY" | "ERR_FRAGMENTED" | "ERR_UNKNOWN_BLOCK" | "ERR_OUT_OF_BOUNDS"
    | "ERR_SCATTERED" | "ERR_PINNED" | "ERR_NO_STORAGE" | "ERR_UNSUPPORTED"
    | "ERR_CORRUPT_SAVE" | "ERR_TRACE" | "ERR_DISPOSED";
  /** Units that were asked for. */
  readonly requested?: number;
  readonly freeUnits?: number;
  readonly largestFreeExtent?: number;
  /** The ID that was given. */
  readonly id?: BlockId;
  /** ERR_TRACE: the 1-based line. */
  readonly line?: number;
}
