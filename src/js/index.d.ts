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

/** The type of a global class, or never if the project does not declare it: one for Node may do without
 *  `lib: ["DOM"]`. */
type Instance<Name extends string, Home = typeof globalThis> =
  Home extends { [Key in Name]: { prototype: infer Type } } ? Type : never;
type InWebAssembly<Name extends string> =
  typeof globalThis extends { WebAssembly: infer Home } ? Instance<Name, Home> : never;

/** The bytes of a WebAssembly module. */
export type WasmBytes = ArrayBufferView | ArrayBufferLike;
/** A `WebAssembly.Module`. */
export type WasmModule = InWebAssembly<"Module">;
/** A `WebAssembly.Memory`. */
export type WasmMemory = InWebAssembly<"Memory">;

/** Where the WebAssembly module comes from. A string is a URL: on a page it may be relative, in Node it has
 *  to be absolute, such as `new URL("./module.wasm", import.meta.url).href`. */
export type WasmSource =
  | string | Instance<"URL"> | Instance<"Request"> | Instance<"Response"> | Promise<Instance<"Response">>
  | WasmBytes | WasmModule;

/**
 * Loads the WebAssembly module. Importing the package does no work; this does it once, and later
 * calls return the same promise. After a failed attempt the next call tries again.
 *
 * Without a source the module is found beside the package's files: in a plain page, under a
 * bundler that understands `new URL("…", import.meta.url)`, and in Node.
 *
 * If `twingate-memory/trace` has been imported, its module is loaded along, from beside the package's files. With
 * a source here it does not matter if it is missing there: give it to that entry's own `init`.
 *
 * @param source a URL to fetch, a response, the bytes, or a compiled module
 * @throws TypeError ERR_INVALID_ARGUMENT: none of these, not the module of this entry, or a relative URL where
 *   there is nothing that it could be relative to
 * @throws Error ERR_MODULE_MISSING: the module is not at its address; a bundler may not have shipped it.
 *   Besides, what fetching and compiling throw
 */
export default function init(source?: WasmSource): Promise<void>;

/**
 * Loads the module synchronously, from its bytes or from a compiled module. Does nothing if it is
 * loaded already, and may be called while `init` is under way: the module is loaded once. On a page's
 * main thread browsers refuse to compile large modules this way.
 *
 * @throws TypeError ERR_INVALID_ARGUMENT: none of these, or not the module of this entry; besides, what compiling
 *   throws
 */
export function initSync(source: WasmBytes | WasmModule): void;

/**
 * Names a block: a safe integer (at most 2^53 - 1) that stays valid however often the block moves. IDs
 * ascend from 1: a later block has a greater ID. A manager never hands out an ID twice: once its block is
 * freed, an ID is stale, and every use of it is refused. After the ID 2^53 - 1 a manager allocates no
 * more. The IDs of `twingate-memory/threads` are unique too, but they do not ascend, nor start at 1.
 */
export type BlockId = number;

/** What a unit holds. "char" is one Unicode code point, in 4 bytes; the others are unsigned (u), signed (i)
 *  or floating-point (f) numbers of that many bits. */
export type Unit =
  | "char" | "u8" | "i8" | "u16" | "i16" | "u32" | "i32" | "u64" | "i64" | "f32" | "f64";

/** The typed array for each unit; for "char", that of its code points. */
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

/** What is read from a block: a string for "char", else the unit's typed array. */
export type Values<U extends Unit> = U extends "char" ? string : UnitArrays<ArrayBuffer>[U];

/** What a snapshot shows of a unit: a string of one character for "char", else a number or a bigint. */
export type Value<U extends Unit> = U extends "char" ? string : U extends "u64" | "i64" ? bigint : number;

/**
 * The policy that chooses units; the README has a guide. Costs are those of an allocation and of a free, with k
 * the extents of the block and n the free extents. An aligned request also costs each free extent that is long
 * enough but does not fit, and under "tlsf" a request that only its own size class might serve costs each extent of
 * that class.
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
  /** The first free extent that fits and ends after the end of the last allocation, wrapping round; the block goes
   *  to its lowest unit (Knuth's roving pointer). O(log n). */
  | "next-fit"
  /** The smallest free extent that fits, the lowest on a tie. O(log n). */
  | "best-fit"
  /** The largest free extent that fits, the lowest on a tie. O(log n). */
  | "worst-fit"
  /** Powers of two that split into halves and merge again. The capacity is cut into powers of two, and no
   *  block can be larger than the largest of them. `size`, `extents` and `views` show what was asked for;
   *  `usedUnits`, and what `defragment` reports, count the rounded sizes. O(log capacity). */
  | "buddy"
  /** Two-level segregated fit (Masmano et al. 2004). O(1). */
  | "tlsf";

export interface ManagerOptions<U extends Unit = Unit> {
  /** Default "char". */
  unit?: U | undefined;
  /** Default "lifo". */
  placement?: Placement | undefined;
  /** "external": offsets only, for memory that the manager does not own (a GPU buffer, a file).
   *  Everything that reads or writes data is then refused (`toString` shows the counts alone, and a snapshot's
   *  `contents` are empty), and the manager needs memory for its blocks and their extents only. Default "owned". */
  storage?: "owned" | "external" | undefined;
  /**
   * Contiguous placements: when an allocation or a growing block does not fit although enough units are
   * free, compact just enough to make it fit. Such a request costs O(E) and the moves. Where pins or alignments leave few possibilities it
   * costs some thirty times O(E), even if it is then refused. Where pins or alignments stand in
   * the way, the request is refused and nothing has moved; with "buddy", which needs as many free units as it rounds
   * up to, rarely otherwise. Scattered
   * placements never need it. Default false.
   *
   * With external storage the data is yours to move: call {@link MemoryManager.takeRelocations} right
   * after every `alloc`, `tryAlloc` and `resize`, and carry out what it returns *before* you write to the new block
   * or the new units, which may be where other data still lies.
   */
  autoDefragment?: boolean | undefined;
}

export interface AllocOptions {
  /** The address of the block's first unit is a multiple of this power of two. Contiguous placements only.
   *  Default 1. It counts units from unit 0, which lies at a multiple of 8 bytes in the module's memory: the
   *  `byteOffset` of a view is a multiple of `align` units if these are 8 bytes or less, and of 8 bytes if
   *  they are more. */
  align?: number | undefined;
}

/** A run of units in block order: `start`, `start + step`, … for `length` units. A single unit
 *  has step 1. */
export interface Extent { start: number; length: number; step: 1 | -1 }

/**
 * A memory manager over one fixed buffer.
 *
 * After `dispose`, everything except `dispose` throws a {@link MemoryError} with code ERR_DISPOSED. Every
 * method that takes an ID, except `has`, throws a MemoryError with code ERR_UNKNOWN_BLOCK if no live block
 * has that ID, and a TypeError with code ERR_INVALID_ARGUMENT if it is not a number. Options with a name
 * that does not exist are a TypeError with code ERR_INVALID_ARGUMENT too, so that a misspelled option does
 * not pass unnoticed; so are options in a list, a Map or a Set. `null` counts as no options, and an option that is undefined as one that is not given.
 *
 * After any error the manager is as it was before, with two exceptions: `stats().failures` counts requests
 * that were refused for want of units; and if memory for the manager's own records runs out while
 * `autoDefragment` compacts, what has moved by then stays moved.
 *
 * If the stack overflows during a call, the call throws the engine's error. From then on the manager can
 * only be disposed of: everything else throws ERR_DISPOSED.
 *
 * A manager does not work through a `Proxy`, such as those of reactive frameworks, and `JSON.stringify` makes
 * `{}` of it: `snapshot` and `save` have its state.
 *
 * A manager that you forget without disposing of it is eventually released by the garbage collector, but
 * never in the middle of a synchronous loop. The module's memory never shrinks.
 *
 * @typeParam U the unit, which TypeScript infers from the options: "char" if they name none
 * @typeParam Memory what the views lie in: a SharedArrayBuffer in `twingate-memory/threads`
 */
export interface MemoryManager<U extends Unit = Unit, Memory extends ArrayBufferLike = ArrayBuffer> {
  /** Units in the buffer. */
  readonly capacity: number;
  readonly unit: U;
  readonly placement: Placement;
  readonly storage: "owned" | "external";
  /** Whether it compacts when that is what a request needs: the option, which `save` keeps. */
  readonly autoDefragment: boolean;
  /** Units that belong to blocks, including those beyond what was asked for. O(1), as are the two below. */
  readonly usedUnits: number;
  /** Units that belong to no block. */
  readonly freeUnits: number;
  /** Live blocks. */
  readonly blockCount: number;

  /**
   * Allocates a block; its units are empty. The cost is that of the placement, whatever the size. A
   * refusal costs some microseconds more; with "lifo", "contiguous-first" and "tlsf" and hundreds of thousands of
   * extents it can cost tens of milliseconds, because it looks for the largest free extent.
   *
   * With `autoDefragment` and external storage other blocks may have moved: take the relocations right
   * afterwards, before you write to the new block (see {@link MemoryManager.takeRelocations}).
   *
   * @param size in units, a whole number from 1 to 2^32 - 1
   * @throws RangeError ERR_INVALID_SIZE, ERR_INVALID_ALIGNMENT: not a valid size, not a power of two
   * @throws TypeError ERR_INVALID_ARGUMENT: a size, options or an alignment of the wrong kind, or an
   *   unknown option
   * @throws MemoryError ERR_OUT_OF_MEMORY: too few units are free (the error then carries `requested`,
   *   `freeUnits` and `largestFreeExtent`), or the manager's own records cannot grow
   * @throws MemoryError ERR_FRAGMENTED: enough units are free, but no single free extent fits; carries
   *   the same. `explain` says whether compaction helps
   * @throws MemoryError ERR_UNSUPPORTED: an alignment above 1 with a scattered placement
   */
  alloc(size: number, options?: AllocOptions): BlockId;
  /**
   * As `alloc`, but returns undefined where `alloc` would throw because no free units serve the request
   * (ERR_FRAGMENTED, or ERR_OUT_OF_MEMORY with too few units free). It still throws everything else:
   * bad arguments, and ERR_OUT_OF_MEMORY if the manager's own records cannot grow. A refusal costs no more
   * than an allocation, because no error is made for it, and counts in `stats().failures`. (With
   * `autoDefragment` it also costs the search for what compaction would do.)
   */
  tryAlloc(size: number, options?: AllocOptions): BlockId | undefined;
  /** Frees a block; its units are empty again. The cost is that of the placement. */
  free(id: BlockId): void;
  /**
   * Gives a block another size. Its ID stays, its first min(old, new) units stay what they are, and
   * the units it gains are empty.
   *
   * Scattered placements append units, taken as `alloc` would take them, or give back units from the
   * end of the block; nothing moves. Contiguous placements let the block grow into the free units
   * directly above it. If those are too few, the block moves: to where the placement would put a new
   * block of this size or, if there is no such place, down into the free units around it. It stays
   * aligned.
   *
   * With external storage and a contiguous placement, the block or (with `autoDefragment`) other blocks
   * may have moved: take the relocations right afterwards, before you write to the new units (see
   * {@link MemoryManager.takeRelocations}).
   *
   * Costs what the placement's `alloc` costs, O(k), and the block's units if it moves.
   *
   * @param size in units, a whole number from 1 to 2^32 - 1
   * @throws RangeError ERR_INVALID_SIZE: not a valid size
   * @throws TypeError ERR_INVALID_ARGUMENT: not a number
   * @throws MemoryError ERR_OUT_OF_MEMORY: fewer units are free than the block needs to grow (carries
   *   `id`, `requested`, `freeUnits` and `largestFreeExtent`), or the manager's own records cannot grow
   * @throws MemoryError ERR_FRAGMENTED: enough units are free, but the block fits nowhere; carries the
   *   same. The message says what would help
   * @throws MemoryError ERR_PINNED: the block cannot grow where it is, and must not move
   */
  resize(id: BlockId, size: number): void;
  /** Frees every block, one after the other, in allocation order. Costs O(B), a bit for each of the most blocks there
   *  ever were, and what the frees cost. */
  clear(): void;

  /** The IDs of all live blocks in allocation order. Costs O(B) and a bit for each of the most there ever were.
   *  @throws MemoryError ERR_OUT_OF_MEMORY: no memory for the list */
  ids(): BlockId[];
  /** Whether a live block has this ID; false for anything that is not an ID. O(1). */
  has(id: BlockId): boolean;
  /** Units of the block, as many as were asked for. O(1). */
  size(id: BlockId): number;
  /** How many units were last written, counted from the block's first; the rest are empty. O(1). */
  length(id: BlockId): number;
  /**
   * Overwrites the block from its first unit on; units past the data become empty. Costs O(data): for the
   * unit's own typed array a memcpy for each extent, for other arrays a check of every value. Data that
   * is too long is refused before it is read.
   *
   * @param data for "char" a string; each code point takes one unit, and so does a lone surrogate.
   *   Otherwise the unit's typed array, or any array of values that fit: whole numbers in range, bigints
   *   for "u64" and "i64", numbers for "f32" (rounded) and "f64"
   * @throws TypeError ERR_TYPE_MISMATCH: data of another kind, or a value that the unit cannot hold
   * @throws MemoryError ERR_OUT_OF_BOUNDS: more values than units
   * @throws MemoryError ERR_NO_STORAGE: the storage is external
   */
  write(id: BlockId, data: Data<U>): void;
  /** What was last written: a string for "char", else the unit's typed array. A copy. Costs
   *  O(length).
   *  @throws MemoryError ERR_NO_STORAGE: the storage is external
   *  @throws MemoryError ERR_OUT_OF_MEMORY: longer than a string or typed array can be; `readInto` reads parts */
  read(id: BlockId): Values<U>;
  /**
   * Overwrites a part of the block, from its unit `offset` on. The other units keep what they hold, except
   * that empty units before the part become zero. Costs a memcpy for each extent, and with "char" a check
   * of every value.
   *
   * @param source the unit's typed array; for "char" a Uint32Array of code points
   * @throws MemoryError ERR_OUT_OF_BOUNDS: the part does not lie within the block
   * @throws TypeError ERR_TYPE_MISMATCH: data of another kind, or a number that is not a code point
   * @throws TypeError ERR_INVALID_ARGUMENT: an offset that is not a whole number from 0 to 2^32 - 1
   * @throws MemoryError ERR_NO_STORAGE: the storage is external
   */
  writeFrom(id: BlockId, offset: number, source: UnitArrays[U]): void;
  /**
   * Copies units of the block, from `offset` on, into `target`: as many as were written and as `target`
   * has room for. Returns how many. The rest of `target` stays as it is. Costs a memcpy for each extent.
   *
   * @param target the unit's typed array; for "char" a Uint32Array
   * @throws MemoryError ERR_OUT_OF_BOUNDS: the offset is past the block's end
   * @throws TypeError ERR_TYPE_MISMATCH, ERR_INVALID_ARGUMENT; MemoryError ERR_NO_STORAGE: as
   *   `writeFrom`
   */
  readInto(id: BlockId, offset: number, target: UnitArrays[U]): number;
  /**
   * Typed arrays directly onto the block's memory, one for each extent, in block order: the unit's typed
   * array; for "char" a Uint32Array of code points (a number that is not a code point reads as U+FFFD).
   * Writing through a view writes to the block. From now on all its units count as written; those that
   * were empty are zero.
   *
   * **All** views, of every manager on this page or in this worker, end together:
   * - when any block that has views moves, shrinks or is freed;
   * - when the manager of such a block is disposed of;
   * - when the module's memory grows, which creating a manager, and any call that needs memory for a
   *   manager's records, can cause.
   *
   * After a `write` of fewer units than the block has, the others are empty, and zero; what an older view
   * writes there does not count. After growing in place an older view is as short as it was. In both cases
   * call `views` again, although `viewsEpoch` is what it was.
   *
   * Pinning keeps a block in place, but it does not keep its views. Views that have ended have a length
   * of 0, so that they never show another block's data, and writes to them are lost. Views have not ended for
   * as long as `viewsEpoch` is what it was just after you called `views`; after that, call `views` again.
   *
   * Hold on to the manager for as long as you use arrays made from a view, such as by `subarray`: only the
   * view itself keeps the manager from being collected.
   *
   * Costs O(k) and the units that were empty.
   *
   * @throws MemoryError ERR_SCATTERED: an extent of the block descends, as only "lifo" and
   *   "contiguous-first" make them; defragment first
   * @throws MemoryError ERR_NO_STORAGE: the storage is external
   * @throws MemoryError ERR_OUT_OF_MEMORY: no memory for the list
   */
  views(id: BlockId): [UnitArrays<Memory>[U], ...UnitArrays<Memory>[U][]];
  /** A number that changes whenever views end: views are valid as long as it is what it was just after
   *  they were handed out. It does not change when a block grows in place, but older views do not show the new
   *  units. Compare it only with that of the same manager. O(1). */
  readonly viewsEpoch: number;
  /** First unit of a block that lies in one ascending extent. O(1).
   *  @throws MemoryError ERR_SCATTERED: it does not; defragment first */
  address(id: BlockId): number;
  /** Where the block lies, in block order. Costs O(k).
   *  @throws MemoryError ERR_OUT_OF_MEMORY: no memory for the list */
  extents(id: BlockId): Extent[];

  /** Pins a block: it is never moved, by whatever order, until it is unpinned. Pins do not nest: a single
   *  `unpin` ends them all. O(1). */
  pin(id: BlockId): void;
  /** Ends a block's pin, if it has one. O(1). */
  unpin(id: BlockId): void;
  /** Whether the block is pinned. O(1). */
  isPinned(id: BlockId): boolean;

  /**
   * Works towards an order, within a budget; IDs and data stay. The plan is kept for the next call with
   * the same order, whatever happens in between: call again until the report says `done`.
   *
   * With a budget it costs no more than that, planning included. Without one it costs the moves and
   * - "address": O(E);
   * - "any": O(E), once for each round, of which there may be several where pinned or aligned blocks stay;
   * - "allocation": O(the most extents and blocks there ever were). Scattered placements exchange units for it, each
   *   up to O(log² k) times, k being the extents of a block; where whole blocks move, O(log n) for each.
   *
   * "any" and "allocation" take as much memory for lists; none needs a second buffer. The README explains how each
   * order works.
   *
   * @throws MemoryError ERR_UNSUPPORTED: the order "allocation" with external storage. It is the default
   *   without a budget: name "address" or "any" there
   * @throws MemoryError ERR_OUT_OF_MEMORY: no memory for the records
   * @throws TypeError ERR_INVALID_ARGUMENT: an unknown option or order, or a budget that is not a number
   *   of at least 0
   */
  defragment(options?: DefragmentOptions): DefragmentReport;
  /**
   * With external storage: what `resize` and, with `autoDefragment`, `alloc` and `tryAlloc` have moved since
   * the last call, in order, each a plain memmove. Always empty with owned storage.
   *
   * Call it right after each `resize` and, with `autoDefragment`, each `alloc` and `tryAlloc`, and carry the
   * moves out before you write to the new block or the new units, which may be where data lay that has moved; and
   * before `defragment`, whose own relocations (in its report) come after these. A refused request has
   * moved nothing, except where memory for the manager's own records ran out: then take them too.
   *
   * Relocations that you never take accumulate, in memory and in what `save` returns. Costs O(relocations).
   */
  takeRelocations(): Relocation[];
  /**
   * Where a request would go and why, or why it would be refused and what compaction would
   * change. Nothing is allocated. Costs O(E).
   *
   * @throws RangeError, TypeError; MemoryError ERR_UNSUPPORTED: as `alloc`
   * @throws MemoryError ERR_OUT_OF_MEMORY: no memory for the answer
   */
  explain(size: number, options?: AllocOptions): Explanation;
  /** Figures about the manager. O(1), except with "tlsf" after the longest free extent was used: O(extents in the
   *  highest size class); with "best-fit": O(log n); and with "lifo" and "contiguous-first": O(log n) for each change
   *  since the last time, at most O(the most extents there ever were); n being the free extents. */
  stats(): Stats;
  /**
   * Where everything is. Costs O(E), and with `contents` O(capacity).
   *
   * @param options.contents default true; false leaves `contents` empty
   * @throws TypeError ERR_INVALID_ARGUMENT: an unknown option, or `contents` is not a boolean
   * @throws MemoryError ERR_OUT_OF_MEMORY: no memory for the lists; or more units than an array can have
   *   values, which is some 10^8; without `contents` there is no such limit
   */
  snapshot(options?: { contents?: boolean | undefined }): Snapshot<U>;
  /**
   * The whole state as bytes: compact, with a version and a checksum. It includes what the placement
   * remembers and relocations that were not taken. Compaction starts over at its next step, here and in the
   * loaded manager, also where it had come to rest (see `done` in {@link DefragmentReport}). The crate
   * documents the form, in `save_format`.
   *
   * Costs O(the most extents and blocks there ever were) and the units written. It takes the bytes of the
   * units written, a few more for each extent, and at least one byte for each 256 bytes of the buffer past
   * the first MiB.
   *
   * @throws MemoryError ERR_OUT_OF_MEMORY: no memory for the records, or for the bytes
   */
  save(): Uint8Array<ArrayBuffer>;
  /** The original's picture: a line of counts, then, with owned storage, the units in order, "-" for an empty one.
   *  Costs O(capacity).
   *  @throws MemoryError ERR_OUT_OF_MEMORY: as `snapshot` */
  toString(): string;

  /** Releases the manager's memory, for other managers: the module's memory itself never shrinks. A second
   *  call does nothing. O(1). */
  dispose(): void;
  [Symbol.dispose](): void;
}

/** How managers are made. To extend the class, name the unit: `extends MemoryManager<"u8">`. */
export interface MemoryManagerConstructor<Memory extends ArrayBufferLike = ArrayBuffer> {
  /**
   * Costs O(capacity), to zero the buffer; O(1) with external storage.
   *
   * @param capacity units in the buffer, a whole number from 1 to 2^32 - 1; an owned buffer is smaller
   *   than 2 GiB
   * @throws RangeError ERR_INVALID_CAPACITY: not a valid capacity, or there is no memory for the buffer
   * @throws TypeError ERR_INVALID_ARGUMENT: a capacity that is not a number; options of the wrong kind, with an
   *   unknown name or value
   * @throws MemoryError ERR_OUT_OF_MEMORY: no memory for the manager's own records
   * @throws Error ERR_NOT_INITIALIZED: the module is not loaded; `await init()` first
   */
  new (capacity: number, options?: ManagerOptions & { unit?: undefined }): MemoryManager<"char", Memory>;
  new <U extends Unit>(capacity: number, options?: ManagerOptions<U>): MemoryManager<U, Memory>;
  readonly prototype: MemoryManager<Unit, Memory>;
  /**
   * The manager that was saved as these bytes. It goes on exactly as the saved one would, with the same
   * IDs at the same addresses. All other bytes are refused; checking them takes at most 1 MiB of memory
   * and 400 bytes for each byte.
   *
   * TypeScript does not know what was saved: name the unit, `MemoryManager.load<"f32">(bytes)`, or compare `unit`.
   *
   * Costs O(bytes), and O(capacity) to zero the buffer.
   *
   * @throws MemoryError ERR_CORRUPT_SAVE: damaged, truncated or foreign bytes, the save of a manager of
   *   the other entry, or of a later version
   * @throws RangeError ERR_INVALID_CAPACITY: the save is intact, but there is no memory for the buffer
   * @throws MemoryError ERR_OUT_OF_MEMORY: the same, for the records
   * @throws TypeError ERR_INVALID_ARGUMENT: not a Uint8Array; or a class of yours whose constructor does
   *   not pass all its arguments on to `super`. Besides, what that constructor throws
   * @throws Error ERR_NOT_INITIALIZED: as the constructor
   */
  load<U extends Unit = Unit>(this: MemoryManagerConstructor<Memory>, bytes: Uint8Array): MemoryManager<U, Memory>;
  /** The same, as a manager of a class of yours. */
  load<Manager extends MemoryManager<Unit, ArrayBufferLike>>(
    this: { prototype: Manager }, bytes: Uint8Array): Manager;
}

export const MemoryManager: MemoryManagerConstructor;

export interface DefragmentOptions {
  /**
   * - "allocation": blocks laid out from unit 0 in the order in which they were allocated, the
   *   original's result, and the default without a budget. Owned storage only. Units are exchanged in
   *   place, which takes no free units. With a contiguous placement whole blocks move instead where there is
   *   a budget, under "buddy", and where pins or alignments stand in the way: into free extents elsewhere, and
   *   where they do not fit, the block that belongs there stays.
   * - "address": blocks keep their address order and slide down.
   * - "any": the fewest units moved, and the default with a budget. Scattered placements: with n live
   *   units, those that lie at unit n or above move below it. Contiguous placements: blocks move until
   *   one free extent has 24 of 25 free units (all of them, if fewer than 25 are free). Where pinned or
   *   aligned blocks keep free units apart, the aim is 24 of 25 units of the longest free extent that
   *   "address" would leave, and 23 are enough; from there it begins anew, as long as that makes the extent a
   *   25th longer.
   *
   * With "buddy", blocks stay at multiples of their rounded sizes; "any" is "address" there. With "buddy" or aligned
   * blocks the longest free extent may be shorter afterwards.
   */
  order?: "allocation" | "address" | "any" | undefined;
  /** The most moves; a fraction is cut off. With 0 nothing moves, and the report is not `done` while
   *  there is something to move. */
  maxMoves?: number | undefined;
  /** The most units to move; a fraction is cut off. In a contiguous placement a block with more units
   *  than this stays where it is, and with 0 every block does; scattered, the order "allocation" exchanges
   *  units, which takes 2 at least. Otherwise 0 is as with `maxMoves`. */
  maxUnits?: number | undefined;
  /** The most microseconds, planning included, by the clock `performance.now()`. In a contiguous placement
   *  a block with more than 1,000 bytes for each microsecond stays where it is, and with 0 every block does
   *  (none because of its size with external storage). Otherwise 0 is as with `maxMoves`. */
  maxMicros?: number | undefined;
}

export interface DefragmentReport {
  /** True when nothing is left to do for this order, apart from what `left` counts. With pinned or aligned blocks, or
   *  under `buddy`, a further compaction may still find something to move, though rarely; after eight in a row
   *  without any other change, calls with a budget move nothing. */
  done: boolean;
  /** Moves of extents; an exchange of two is one. Where "allocation" packs all blocks at once (no budget, nothing
   *  pinned): the extents of which at least one unit has a new address. */
  moves: number;
  unitsMoved: number;
  /** In an order in which each is a plain memmove on a mirror of the buffer: keep it, since one block may
   *  move twice, and one move onto what another has left. Made when first read.
   *  Empty if units were exchanged in place, as the order "allocation" does: with scattered placements always;
   *  with contiguous ones without a budget, except with "buddy", and where pins or alignments do not allow it. */
  readonly relocations: Relocation[];
  /** The same as a table with four numbers for each relocation: id, from, to, length. Its buffer holds
   *  the table and nothing else. Made when first read. (A report that is posted, or made JSON, has both.) */
  readonly relocationTable: Float64Array;
  /** Blocks (for scattered placements: extents) that stood in the way and stayed: pinned, too large for
   *  the budget, or with no free place that was found ("tlsf" and "buddy" look at a few of each size class).
   *  Taken together, the calls up to the one that is `done` count each of them once; if blocks were allocated,
   *  freed or pinned in between, some may be counted again. While nothing changes, further calls with a budget tell the same again, at once. */
  left: { pinned: number; tooLarge: number; blocked: number };
}

/** The units from, from + step, … go to to, to + 1, …; step is always 1 here. With "buddy", `defragment` moves all
 *  units of the rounded size. */
export interface Relocation { id: BlockId; from: number; to: number; length: number; step: 1 | -1 }

export interface Explanation {
  /** Whether the request would be served without compaction. With `autoDefragment`, a request that does
   *  not fit is served all the same if `unitsToMove` is a number. */
  fits: boolean;
  requested: number;
  freeUnits: number;
  largestFreeExtent: number;
  /** Exactly how many units compaction on demand (`autoDefragment`) moves to make it fit: 0 if it fits,
   *  null if it finds no room. Pins, alignments and the rounding of "buddy" are taken into account.
   *  (`defragment`, which may choose otherwise, may still help with aligned or pinned blocks.) */
  unitsToMove: number | null;
  /** Where the block would lie, in block order; empty when it does not fit. */
  extents: Extent[];
  /** One sentence for a person. */
  reason: string;
}

export interface Stats {
  capacity: number; usedUnits: number; freeUnits: number; blockCount: number;
  /** How many runs of free units there are, each as long as possible; with "buddy", free powers of two. */
  freeExtents: number;
  /** Units in the longest of them. */
  largestFreeExtent: number;
  /** 1 - largestFreeExtent / freeUnits; 0 when nothing is free. */
  externalFragmentation: number;
  /** Units handed out beyond what was asked for. */
  internalFragmentation: number;
  /** Extents of all blocks divided by blocks; 0 without a block. */
  extentsPerBlock: number;
  /** Totals since the manager was created. Failures are allocations and resizes that were refused for
   *  want of units; moved units are those to which compaction or resizing gave a new address. Exact up to 2^53. */
  allocations: number; frees: number; failures: number; unitsMoved: number;
}

export interface Snapshot<U extends Unit = Unit> {
  capacity: number; unit: U; placement: Placement;
  /** First unit of the free tail: the original's next_alloc_index. With several workers, the first of the free
   *  units at the end. */
  nextAllocIndex: number;
  /** Free units below the tail: the length of the original's freed_fragmented_units. */
  freedFragmentedUnits: number;
  freeUnits: number;
  /** In allocation order; with several workers, only if a single one of them allocates and none compacts with a
   *  budget. */
  blocks: { id: BlockId; size: number; length: number; pinned: boolean; extents: Extent[] }[];
  /** By ascending address, each as long as possible; with "buddy", free powers of two. */
  freeExtents: { start: number; length: number }[];
  /** One entry for each unit: its value, or null if it is free or empty. Owned storage only. */
  contents: (Value<U> | null)[];
}

/** The `code` of every error that the package throws on purpose, whatever its class. Compare with these, not
 *  with messages, which may be worded anew. */
export type ErrorCode =
  | MemoryError["code"]
  // RangeError
  | "ERR_INVALID_CAPACITY" | "ERR_INVALID_SIZE" | "ERR_INVALID_ALIGNMENT"
  // TypeError
  | "ERR_INVALID_ARGUMENT" | "ERR_TYPE_MISMATCH"
  // Error; the last three from "twingate-memory/threads" only
  | "ERR_NOT_INITIALIZED" | "ERR_MODULE_MISSING"
  | "ERR_NOT_ISOLATED" | "ERR_OTHER_MEMORY" | "ERR_WORKER_LOST";

/**
 * Thrown when a manager refuses a request that makes sense in itself. The message says what was asked, what
 * was found and what would help. Requests that make no sense throw a RangeError (with the number in `requested`) or
 * a TypeError, and a package that is not ready throws an Error, each with a code as well: see {@link ErrorCode}.
 *
 * A structured clone of an error, such as `postMessage` makes, has its message, but neither its code nor its
 * figures: post those beside it.
 */
export class MemoryError extends Error {
  readonly code:
    | "ERR_OUT_OF_MEMORY" | "ERR_FRAGMENTED" | "ERR_UNKNOWN_BLOCK" | "ERR_OUT_OF_BOUNDS"
    | "ERR_SCATTERED" | "ERR_PINNED" | "ERR_NO_STORAGE" | "ERR_UNSUPPORTED"
    | "ERR_CORRUPT_SAVE" | "ERR_TRACE" | "ERR_DISPOSED";
  /** Units asked for; ERR_OUT_OF_BOUNDS: units of the data. */
  readonly requested?: number;
  readonly freeUnits?: number;
  readonly largestFreeExtent?: number;
  /** The ID that was given. */
  readonly id?: BlockId;
  /** ERR_TRACE: the line, counted from 1. If the text ends too early, the line after its last one. */
  readonly line?: number;
}
