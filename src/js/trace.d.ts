/// <reference lib="esnext.disposable" />

/**
 * Allocation traces: what real programs asked of their allocator, and what becomes of them under
 * each placement.
 *
 * @example
 * ```js
 * import init from "twingate-memory";
 * import { parseTrace, replay, smallestCapacity } from "twingate-memory/trace";
 * await init();
 * const trace = parseTrace("0 3 4 1\na 0 24\na 1 8\nf 0\na 2 30\n");
 * console.log(trace.format, trace.operations, trace.peakBytes); // rep 4 38
 * console.log(smallestCapacity(trace, "lifo"), smallestCapacity(trace, "best-fit")); // 38 62
 * console.log(replay(trace, { capacity: 38, placement: "best-fit" }).failures); // 1
 * ```
 */

import type {
  BlockId, Explanation, Placement, Snapshot, Stats, WasmBytes, WasmModule, WasmSource,
} from "./index.js";

export { MemoryError } from "./index.js";

/**
 * Loads the WebAssembly module of this entry, which is not that of the main entry. You need not call it:
 * if this entry has been imported, the main entry's `init()` loads both modules. If neither was called
 * before the first use, the module is loaded then, synchronously; but not in a service worker or a worklet, where
 * nothing can be (ERR_NOT_INITIALIZED).
 *
 * With a bundler that does not understand `new URL("…", import.meta.url)` you need it: `import module from
 * "twingate-memory/trace/wasm"`, then `init(module)`, whether before the main entry's `init`, after it, or
 * together with it in a `Promise.all`.
 *
 * @param source as for the main entry's `init`
 * @throws as the main entry's `init`
 */
export default function init(source?: WasmSource): Promise<void>;

/** As `init`, synchronously, from the bytes of the module or from a compiled one.
 *  @throws as the main entry's `initSync` */
export function initSync(source: WasmBytes | WasmModule): void;

/**
 * The form of a trace.
 *
 * - `rep`: the CMU malloc lab's. It is easy to write: a header of four numbers (any, how many ids, how many
 *   operations, any), then a line for each operation: `a ID SIZE`, `r ID SIZE` (resize) or `f ID`. IDs are
 *   whole numbers below the number of ids, and one that was freed may be used again
 * - `wee`: wee_alloc's
 * - `android`: memory_replay's
 * - `heaptrack`: heaptrack's raw form. It has no alignments, and a `realloc` is a free and an allocation, so
 *   it makes another block
 * - `valgrind`: what `valgrind --trace-malloc=yes` prints, for the first process that allocates. Other
 *   processes and the program itself may write to the same log, even between a call and its result. If that
 *   leaves two results that the first process may have got, the nearer address counts. A call that another
 *   thread interrupted counts where its result stands; a call without a result is left out. Which calls have
 *   a result depends on the version, which the banner ("Using Valgrind-3.19.0") tells. Without the banner
 *   (`-q`) the version is unknown: a call that has no result in some versions gets one only if no other call waits
 *   for it. Versions 3.21
 *   to 3.23 write no pointer for `posix_memalign`, 3.22 and 3.23 none for `aligned_alloc`, and no version
 *   since 3.21 writes a call of `valloc`: such blocks are unknown, and their frees are `skipped`. From 3.24
 *   on the pointer of `valloc` is written, and a call that waits for its result may get it. macOS's zone
 *   functions (`malloc_zone_malloc`, …) are not read. If the process runs another program
 *   (`--trace-children=yes`), its blocks are freed, and those frees `inferred`; without the banner that
 *   goes unnoticed
 * - `mtrace`: glibc's mtrace. It has no alignments. A last line without a line end, as `_exit` leaves it, is
 *   ignored if it cannot be read. A program that forks may leave a log that cannot be read, because both
 *   processes write what the buffer held at the fork
 * - `ostep`: *Operating Systems: Three Easy Pieces*, malloc.py's `-A`, or what it prints
 */
export type TraceFormat =
  | "rep" | "wee" | "android" | "heaptrack" | "valgrind" | "mtrace" | "ostep";

/** The figures of a trace. What `replay` and `smallestCapacity` take must be more: a {@link Trace}, as `parseTrace`
 *  returned it or a `TraceReader` has it. */
export interface TraceFigures {
  /** As it was given; "" if it was not. */
  readonly name: string;
  readonly format: TraceFormat;
  /** How many operations there are, including those without an effect (a free of null). */
  readonly operations: number;
  /** How many blocks there are, all together. */
  readonly blocks: number;
  /** Highest sum of live requested sizes, in bytes. */
  readonly peakBytes: number;
}

/** A trace that was read completely. It takes memory until it is disposed of or garbage-collected. */
export interface Trace extends TraceFigures {
  /** How many frees were left out because no call had returned their pointer: a recording may begin in the
   *  middle. They do not count as operations. 0 for rep, wee and ostep, where this is an error. */
  readonly skipped: number;
  /** How many frees were added to the operations, because a call returned a pointer that was live, so that
   *  its free must have been missed, or because the process began another program. 0 for rep, wee and
   *  ostep. */
  readonly inferred: number;
  /**
   * The operations, with one entry each in `kind` (0 alloc, 1 resize, 2 free, 3 nothing), `block` (its
   * index, from 0 to blocks - 1, never the same for two blocks; 0 for nothing) and `size` in bytes (0 for
   * a free and for nothing). The arrays are copies. Costs O(operations).
   */
  ops(): { kind: Uint8Array; block: Uint32Array; size: Uint32Array };
  /** Releases its memory, or leaves that to the last replay, search or player that still works on it; those
   *  go on working. Afterwards everything except the figures and `dispose` throws ERR_DISPOSED. */
  dispose(): void;
  [Symbol.dispose](): void;
}

/**
 * Reads a trace; its format is recognised if you do not name it. Blank lines and CRLF are accepted, and so
 * are lines that are not about allocation, if the format has such lines. A size of 0 counts as a block of
 * 1 byte; the largest size is 2^32 - 1. Costs O(text).
 *
 * A file that was cut off between two lines, or inside its last number, looks complete; only rep says how
 * many operations there are.
 *
 * @throws MemoryError ERR_TRACE: a line that cannot be read (the first one, with its number in `line`; the
 *   message says what was found and what was expected), text that is compressed or UTF-16, or no memory
 *   for so long a trace
 * @throws TypeError ERR_INVALID_ARGUMENT: text of the wrong kind, an unknown format or option
 * @throws Error ERR_NOT_INITIALIZED: `init` was called and is not done, or was not called in a service worker or a
 *   worklet
 * @throws Error ERR_MODULE_MISSING: the module is not beside the package's files
 */
export function parseTrace(
  text: string | Uint8Array,
  options?: { format?: TraceFormat | undefined; name?: string | undefined },
): Trace;

/**
 * `parseTrace`, in parts: it can be paused and resumed, to show progress, or given up.
 *
 * @example
 * ```js
 * import { TraceReader } from "twingate-memory/trace";
 * const reader = new TraceReader("0 3 4 1\na 0 24\na 1 8\nf 0\na 2 30\n");
 * while (!reader.run(16)) console.log(`${reader.position} of ${reader.length} bytes`); // 8 of 32 bytes // 24 of 32 bytes
 * console.log(reader.trace.operations); // 4
 * reader.dispose();
 * ```
 */
export class TraceReader {
  /**
   * Copies the text, and reads nothing of it. The copy is released with the reader, or once the trace is whole.
   * Costs O(text).
   *
   * @throws as `parseTrace`; ERR_TRACE here only where there is no memory for the copy
   */
  constructor(
    text: string | Uint8Array,
    options?: { format?: TraceFormat | undefined; name?: string | undefined },
  );
  /** Bytes of the text, in UTF-8. */
  readonly length: number;
  /** Bytes read; at last the length. It never decreases. It is 0 while the format is being recognised: as a rule
   *  the first line that is not blank is enough for that, at worst all of them are looked at. */
  readonly position: number;
  /** The trace, once it is whole; undefined until then. It is the caller's: disposing of the reader leaves it. */
  readonly trace: Trace | undefined;
  /**
   * Looks at `maxBytes` more bytes, by default all that are left; returns whether the trace is whole. A line is read in
   * one go once its end was seen; in the lists of wee and ostep, which may be one line, so is an item. Costs
   * O(maxBytes + the longest line).
   *
   * @throws MemoryError ERR_TRACE: as `parseTrace`; the same each time from then on
   * @throws TypeError ERR_INVALID_ARGUMENT: neither a whole number of at least 1 nor Infinity
   */
  run(maxBytes?: number): boolean;
  /** Releases its memory. Afterwards everything except `length`, `trace` and `dispose` throws ERR_DISPOSED. */
  dispose(): void;
  [Symbol.dispose](): void;
}

/** How a trace is replayed. */
export interface ReplayOptions {
  /** Units in the buffer, from 1 to 2^32 - 1. Each byte of the trace is a unit. */
  capacity: number;
  placement: Placement;
  /** Contiguous placements: compact if that makes an operation fit. Default false. */
  autoDefragment?: boolean | undefined;
}

/** The result of a replay. Sizes are in units. */
export interface ReplayReport {
  placement: Placement;
  capacity: number;
  /** Operations done, including those without an effect. */
  operations: number;
  /** Allocations and resizes that were refused. A block that was refused is not freed later; a block that
   *  could not be resized keeps its size. Resizing a refused block allocates it, as `realloc` does. */
  failures: number;
  /** The most units that blocks had at once, including those beyond what was asked for. */
  peakUsed: number;
  /** As `Stats.externalFragmentation`, at the end. */
  externalFragmentation: number;
  /** The highest value after any operation. */
  peakExternalFragmentation: number;
  /** Units handed out beyond what was asked for, at the end. */
  internalFragmentation: number;
  /** The most after any operation. */
  peakInternalFragmentation: number;
  /** Extents of all blocks divided by blocks, at the end; 0 without a block. */
  extentsPerBlock: number;
  /** The same at the moment when the most units were in use for the first time. */
  extentsPerBlockAtPeak: number;
  /** Units to which compaction or resizing gave a new address. */
  unitsMoved: number;
  /**
   * What was examined to find a place, over all operations: free extents, or entries of the index over
   * them. "first-fit", "next-fit", "best-fit" and "worst-fit" count the entries of their trees, in leaves
   * and branches, that they look at. "tlsf" counts free extents. "buddy" counts the powers of two from the
   * rounded size up to the one it takes or, for an alignment that none of them surely has, free extents.
   * Scattered placements count the extents that they hand out.
   */
  searchSteps: number;
  /** With autoDefragment: the most units that one operation moved. */
  longestPauseUnits: number;
  /** With autoDefragment: the longest time, in microseconds, of an operation that moved units. The
   *  storage is external, so this is the time it takes to decide what moves where; copying the data would
   *  come on top. */
  longestPauseMicros: number;
}

/**
 * Replays a trace on a manager with external storage. Blocks are aligned as the program asked, except with
 * scattered placements, which cannot align. Costs what the placement's operations cost: millions of them a
 * second if blocks lie in few extents.
 *
 * @param trace the very object that `parseTrace` returned or a `TraceReader` has, not a copy of its figures
 * @throws RangeError ERR_INVALID_CAPACITY: not a whole number from 1 to 2^32 - 1
 * @throws TypeError ERR_INVALID_ARGUMENT: an unknown placement or option, or a value of the wrong kind
 * @throws MemoryError ERR_OUT_OF_MEMORY: no memory for the manager's own records; ERR_DISPOSED: the trace
 *   was disposed of
 */
export function replay(trace: TraceFigures, options: ReplayOptions): ReplayReport;

/**
 * The smallest capacity at which the replay has no failure.
 *
 * More units do not always help: with most contiguous placements, one capacity may serve a trace that a
 * larger one does not. The capacity returned serves the trace, and one unit less does not. It is the
 * smallest of all for scattered placements (where it is `trace.peakBytes`), for "first-fit" if no block
 * is resized, and whenever `CapacitySearch.exact` says so, because every smaller capacity was tried. For
 * longer traces some smaller ones are tried, evenly spaced. Costs some 20 replays, and up to some 4 million
 * operations to look at smaller capacities.
 *
 * @param trace as for `replay`
 * @throws RangeError ERR_INVALID_CAPACITY: no capacity up to 2^32 - 1 was found that serves; the larger
 *   they are, the fewer are tried
 * @throws as `replay`
 */
export function smallestCapacity(trace: TraceFigures, placement: Placement): number;

/**
 * A replay that can be paused and resumed: to show progress, or to cancel it in a worker.
 *
 * @example
 * ```js
 * const replay = new Replay(trace, { capacity: 2 ** 20, placement: "tlsf", samples: 500 });
 * while (!replay.run(100_000)) postMessage(replay.position / replay.operations);
 * postMessage(replay.report());
 * replay.dispose();
 * ```
 */
export class Replay {
  /**
   * Costs O(blocks of the trace).
   *
   * @param options `samples`: how many evenly spaced samples to take, a whole number or Infinity; at most
   *   one for each operation. Default 0. With "lifo" and "contiguous-first" each costs O(extents)
   * @throws as `replay`
   */
  constructor(trace: Trace, options: ReplayOptions & { samples?: number | undefined });
  /** Operations of the trace. */
  readonly operations: number;
  /** Operations done. */
  readonly position: number;
  /**
   * Runs at most `maxOperations` more operations, by default all that are left; returns whether the end is
   * reached. Costs what they cost.
   *
   * @throws TypeError ERR_INVALID_ARGUMENT: neither a whole number of at least 1 nor Infinity
   * @throws MemoryError ERR_OUT_OF_MEMORY: no memory for the manager's own records
   */
  run(maxOperations?: number): boolean;
  /** The result so far. O(1). */
  report(): ReplayReport;
  /** The samples so far, in columns: operations done (`position`), units in use, those of them beyond what
   *  was asked for, external fragmentation, and extents per block. The arrays are copies. */
  samples(): {
    position: Float64Array;
    usedUnits: Float64Array;
    internalFragmentation: Float64Array;
    externalFragmentation: Float64Array;
    extentsPerBlock: Float64Array;
  };
  /** Releases its memory. Afterwards everything except `operations` and `dispose` throws ERR_DISPOSED. */
  dispose(): void;
  [Symbol.dispose](): void;
}

/** `smallestCapacity`, in parts: it can be paused and resumed. */
export class CapacitySearch {
  /** @throws as `smallestCapacity` */
  constructor(trace: Trace, placement: Placement);
  /** The capacity that was found; undefined until then. */
  readonly capacity: number | undefined;
  /** The smallest capacity known so far to serve the trace; undefined until there is one. It is what remains
   *  of a search that you give up. */
  readonly serving: number | undefined;
  /** Whether the capacity that was found is known to be the smallest of all. */
  readonly exact: boolean;
  /** Operations run so far, for all capacities that were tried. */
  readonly operations: number;
  /** Runs at most `maxOperations` more operations, by default as many as it takes; returns whether a
   *  capacity has been found. @throws as `smallestCapacity` and `Replay.run` */
  run(maxOperations?: number): boolean;
  /** Releases its memory. Afterwards everything except `capacity` and `dispose` throws ERR_DISPOSED. */
  dispose(): void;
  [Symbol.dispose](): void;
}

/** One operation of a trace. */
export interface Operation {
  /** "nothing": an operation without an effect, such as a free of null. */
  kind: "alloc" | "resize" | "free" | "nothing";
  /** The block's index in the trace, from 0 on; 0 for nothing. */
  block: number;
  /** In bytes, which are units; 0 for a free and for nothing. */
  size: number;
  /** The program asked for the first unit to be a multiple of this. */
  align: number;
  /** The block's ID if it is live at the player's position, else null. */
  id: BlockId | null;
}

/** A part of the buffer, and how to paint it. */
export interface View {
  /** The first unit of the first pixel: a whole number or Infinity. Past the last unit there is nothing to
   *  see. Default 0. */
  first?: number | undefined;
  /** A whole number of at least 1; a pixel has the mean of its units' colours. Default 1. To zoom in
   *  further, enlarge the picture. */
  unitsPerPixel?: number | undefined;
  /** In pixels. The units run on from row to row: after the last pixel of a row comes the first pixel of the
   *  next. */
  width: number;
  height: number;
  /** What decides a block's colour: the block itself; its age, from the first colour for the first block that
   *  the trace allocated to the last colour for the last one so far, live or not; its size, with a colour for each
   *  power of two; or how many extents it has, with a colour for each number. Default "block". */
  colourBy?: "block" | "age" | "size" | "extents" | undefined;
  /** The colour of free units, then the colours of blocks: whole numbers from 0 to 0xffffff, read as
   *  0xrrggbb; or a Uint32Array of pixels as in a canvas (red in the lowest byte, opacity in the highest).
   *  At most 2^24 of them. Without colours for blocks these look like free units. */
  colours: readonly number[] | Uint32Array;
}

/** Units that lie next to each other and are all free, or all belong to one block. */
export interface Row {
  start: number;
  length: number;
  /** The block's ID; null if the units are free. */
  id: BlockId | null;
  /** Units of the block; null if the units are free. */
  size: number | null;
}

/**
 * A trace at any position, forwards and backwards: what lies where, why, and pictures of it.
 *
 * @example
 * ```js
 * const player = new Player(trace, { capacity: 2 ** 20, placement: "tlsf" });
 * player.seek(100_000);
 * console.log(player.why());
 * const view = { unitsPerPixel: 4, width: 512, height: 512, colours: [0xeeeeee, 0x0072b2, 0xe69f00] };
 * context.putImageData(new ImageData(player.paint(view), 512), 0, 0);
 * ```
 */
export class Player {
  /** Costs O(blocks of the trace). @throws as `replay` */
  constructor(trace: Trace, options: ReplayOptions);
  /** Operations of the trace. */
  readonly operations: number;
  /** Operations done. */
  readonly position: number;
  /** Operations refused so far. */
  readonly failures: number;
  /**
   * Goes to a position, or towards it by at most `maxOperations` operations; returns whether it is reached.
   *
   * Going to a position for the first time costs all operations up to it. From then on it costs O(E) and
   * the operations since the nearest of up to 128 checkpoints before it: with a million operations, up to
   * eight thousand.
   *
   * @param position how many operations are to be done there; past the end (Infinity, say) it is the end
   * @param maxOperations by default as many as it takes
   * @throws TypeError ERR_INVALID_ARGUMENT: a position that is neither a whole number of at least 0 nor
   *   Infinity, or `maxOperations` that is neither a whole number of at least 1 nor Infinity
   * @throws MemoryError ERR_OUT_OF_MEMORY: no memory for the manager's own records
   */
  seek(position: number, maxOperations?: number): boolean;
  /** The operation at a position; undefined past the end. The next one is `operation(player.position)`. O(1).
   *  @throws TypeError ERR_INVALID_ARGUMENT: neither a whole number of at least 0 nor Infinity */
  operation(position: number): Operation | undefined;
  /**
   * Why the last operation went as it did: which units were chosen and by which rule, what they were cut
   * from (except with "lifo" and "contiguous-first", which do not join free units), how many free extents
   * were too short, what freed units coalesced into, how much of other blocks was moved. It is derived from
   * the core's `explain`, the extents before and after, and the moves, so it cannot disagree with what
   * happened. Empty before the first operation.
   *
   * @param position where to go first; by default the player stays where it is. Costs what `seek` costs
   *   and O(E), for each extent of a block that was freed; if the player is there already, one step back
   *   and one forward
   * @throws as `seek`
   */
  why(position?: number): string;
  /** If the next operation allocates: where the block will go, and why; else null. Costs O(E).
   *  @throws MemoryError ERR_OUT_OF_MEMORY: no memory for the answer */
  foresee(): Explanation | null;
  /** As `MemoryManager.stats`. */
  stats(): Stats;
  /** As `MemoryManager.snapshot`, for units "u8", without contents. */
  snapshot(): Snapshot<"u8">;
  /**
   * Paints into the module's memory and returns the bytes there: red, green, blue and opacity for each
   * pixel, 0 past the last unit. They are valid until the next call to anything in this entry: show or
   * copy them right away. Costs O(E up to the end of the view) and the pixels.
   *
   * @throws TypeError ERR_INVALID_ARGUMENT: a value of the wrong kind, an unknown name, or more than
   *   2^32 - 1 pixels
   * @throws MemoryError ERR_OUT_OF_MEMORY: no memory for the pixels or the colours
   */
  paint(view: View): Uint8ClampedArray<ArrayBuffer>;
  /** The picture as a table: what lies in the units from `first` on, by ascending address, in at most
   *  `limit` rows (default 1000). Each free extent of a snapshot is one row. Costs O(E up to the last row).
   *  @throws TypeError ERR_INVALID_ARGUMENT: neither whole numbers of at least 0 nor Infinity
   *  @throws MemoryError ERR_OUT_OF_MEMORY: no memory for the rows */
  rows(first: number, limit?: number): Row[];
  /** Releases its memory. Afterwards everything except `operations` and `dispose` throws ERR_DISPOSED. */
  dispose(): void;
  [Symbol.dispose](): void;
}
