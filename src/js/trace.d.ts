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

import type { BlockId, Explanation, Placement, Snapshot, Stats, WasmSource } from "./index.js";

export { MemoryError } from "./index.js";

/**
 * Loads the WebAssembly module of this entry, which is another than the main entry's. It need not
 * be called: where this entry was imported, the main entry's `init()` loads both. Where neither was
 * called before the first use, the module is loaded then, which blocks until it is there.
 *
 * A bundler that does not understand `new URL("…", import.meta.url)` needs it, called before the
 * main entry's: `import module from "twingate-memory/trace/wasm"` with a loader for files, then
 * `init(module)`.
 *
 * @param source as for the main entry's `init`
 */
export default function init(source?: WasmSource): Promise<void>;

/** As `init`, at once, from the bytes of the module or from a compiled one. */
export function initSync(source: BufferSource | WebAssembly.Module): void;

/**
 * The form of a trace.
 *
 * - `rep`: the CMU malloc lab's
 * - `wee`: wee_alloc's
 * - `android`: memory_replay's
 * - `heaptrack`: heaptrack's raw form. It has no alignments, and a `realloc` is a free and an allocation,
 *   so of two blocks
 * - `valgrind`: what `valgrind --trace-malloc=yes` prints, of the first process that allocates. A call
 *   that another thread interrupted counts where its result stands; one without a result is left out.
 *   Versions differ in which calls have one: the banner ("Using Valgrind-3.19.0") tells, and without it (`-q`) a
 *   call that has none in some versions gets one that no other call waits for. 3.21 to 3.23 write no pointer for
 *   `posix_memalign`, 3.22 and 3.23 none for `aligned_alloc`: such blocks are not known, and their frees are
 *   `skipped`. Where the process runs another program (`--trace-children=yes`) its blocks are freed, and
 *   `inferred`; without the banner that is not seen
 * - `mtrace`: glibc's mtrace. It has no alignments. A last line that nothing ends, as `_exit` leaves it, is
 *   passed over where it cannot be read. A program that forks may leave a log that cannot be read, since both
 *   processes write what the buffer had at the fork
 * - `ostep`: *Operating Systems: Three Easy Pieces*, malloc.py's `-A`, or what it prints
 */
export type TraceFormat =
  | "rep" | "wee" | "android" | "heaptrack" | "valgrind" | "mtrace" | "ostep";

/** What a trace is, in figures. */
export interface TraceFigures {
  readonly name: string;
  readonly format: TraceFormat;
  /** How many operations, those without an effect (a free of null) among them. */
  readonly operations: number;
  /** How many blocks lived at some time. */
  readonly blocks: number;
  /** Highest sum of live requested sizes, in bytes. */
  readonly peakBytes: number;
}

/** A trace that was read whole. It takes memory until it is disposed of, or is garbage. */
export interface Trace extends TraceFigures {
  /** How many frees were left out, because nothing had returned their pointer: a recording may begin in
   *  the middle. They are no operations. 0 in rep, wee and ostep, where that is an error. */
  readonly skipped: number;
  /** How many frees were put in, among the operations, because a pointer was returned that was live: its
   *  free had been missed; or because another program began in the process. 0 in rep, wee and ostep. */
  readonly inferred: number;
  /**
   * The operations, one entry each: `kind` (0 alloc, 1 resize, 2 free, 3 nothing), `block` (its
   * index, from 0 to blocks - 1, never used for two blocks; 0 for nothing), `size` in bytes (0 for a
   * free and for nothing). Copies. Costs O(operations).
   */
  ops(): { kind: Uint8Array; block: Uint32Array; size: Uint32Array };
  /** Releases its memory, or leaves that to the last replay, search or player that works on it, which
   *  works on. Any later use but of the figures and `dispose`: ERR_DISPOSED. */
  dispose(): void;
  [Symbol.dispose](): void;
}

/**
 * Reads a trace; the format is recognised when it is not named. Blank lines and CRLF are
 * tolerated, lines that are not about allocation too where the format has such. A size of 0 is a block
 * of 1 byte; sizes end at 2^32 - 1. Costs O(text).
 *
 * A file that was cut looks whole where the cut is between two lines, or inside of the last number, which
 * is then a shorter one; only rep says how many operations there are.
 *
 * @throws MemoryError ERR_TRACE: the first bad line, with its number in `line`, what was found
 *   there and what was expected; what is compressed, or UTF-16; or there is no memory for a trace as
 *   long as this
 * @throws TypeError ERR_INVALID_ARGUMENT: text of the wrong kind, or an unknown format
 * @throws Error ERR_NOT_INITIALIZED: `init` was called and is not done, or the server has no module
 */
export function parseTrace(
  text: string | Uint8Array,
  options?: { format?: TraceFormat; name?: string },
): Trace;

/** How a trace is replayed. */
export interface ReplayOptions {
  /** Units in the buffer, from 1 to 2^32 - 1. A byte of the trace is a unit. */
  capacity: number;
  placement: Placement;
  /** Contiguous placements: compact where that makes an operation fit. Default false. */
  autoDefragment?: boolean;
}

/** What came of a replay. Sizes are in units. */
export interface ReplayReport {
  placement: Placement;
  capacity: number;
  /** Operations done, those that do nothing among them. */
  operations: number;
  /** Allocations and resizes that were refused. What was refused is not freed later; what could
   *  not be resized keeps its size. Resizing what was refused allocates it, as `realloc` does. */
  failures: number;
  /** The most units that blocks had at once, those beyond what was asked for among them. */
  peakUsed: number;
  /** As `Stats.externalFragmentation`, at the end. */
  externalFragmentation: number;
  /** The highest after any operation. */
  peakExternalFragmentation: number;
  /** Units handed out beyond what was asked for, at the end. */
  internalFragmentation: number;
  /** The most after any operation. */
  peakInternalFragmentation: number;
  /** Extents of all blocks divided by blocks, at the end; 0 without a block. */
  extentsPerBlock: number;
  /** The same when the most units were in use, for the first time. */
  extentsPerBlockAtPeak: number;
  /** Units that compaction and resizing gave a new address. */
  unitsMoved: number;
  /** Free extents examined while searching, over all allocations. */
  searchSteps: number;
  /** With autoDefragment: the most units that one operation moved. */
  longestPauseUnits: number;
  /** With autoDefragment: the longest time, in microseconds, of an operation that moved units. The
   *  storage is external, so it is the time for deciding what moves where; copying comes on top. */
  longestPauseMicros: number;
}

/**
 * Replays a trace on a manager with external storage. Blocks are aligned as the program asked, but
 * for scattered placements, which cannot. The trace is one that `parseTrace` returned. Costs what the placement's operations cost: millions a
 * second where blocks lie in few extents.
 *
 * @throws RangeError ERR_INVALID_CAPACITY: no whole number from 1 to 2^32 - 1
 * @throws TypeError ERR_INVALID_ARGUMENT: no such placement, or a value of the wrong kind
 * @throws MemoryError ERR_OUT_OF_MEMORY: no memory for the manager's own records; ERR_DISPOSED: the trace was
 *   disposed of
 */
export function replay(trace: TraceFigures, options: ReplayOptions): ReplayReport;

/**
 * The smallest capacity at which the replay has no failure.
 *
 * More units do not always help: with most contiguous placements a trace may be served by one
 * capacity and refused by a larger one. What is returned serves the trace, and one unit less does
 * not. It is the smallest of all for scattered placements (there it is `trace.peakBytes`), for
 * "first-fit" where no block is resized, and wherever `CapacitySearch.exact` says so, because every
 * smaller capacity was tried. For longer traces some are tried, evenly spaced. Costs some 20 replays,
 * and up to some 4 million operations for looking below.
 *
 * @throws RangeError ERR_INVALID_CAPACITY: no capacity up to 2^32 - 1 was found that serves; on the way
 *   there ever fewer are tried
 * @throws as `replay`
 */
export function smallestCapacity(trace: TraceFigures, placement: Placement): number;

/**
 * A replay that can stop and go on: for progress, and for cancelling in a worker.
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
   * @param options `samples`: how many samples there are at the end, a whole number or Infinity, evenly
   *   spaced, at most one for each operation. Default 0. Each costs O(extents) with "lifo" and "contiguous-first"
   * @throws as `replay`
   */
  constructor(trace: Trace, options: ReplayOptions & { samples?: number });
  /** Operations of the trace. */
  readonly operations: number;
  /** Operations done. */
  readonly position: number;
  /**
   * Runs at most so many more operations, by default all; returns whether the end is reached.
   *
   * @throws TypeError ERR_INVALID_ARGUMENT: no whole number of at least 1, nor Infinity
   * @throws MemoryError ERR_OUT_OF_MEMORY: no memory for the manager's own records
   */
  run(maxOperations?: number): boolean;
  /** What came of it so far. */
  report(): ReplayReport;
  /** The samples so far, a column each: after so many operations, units in use, those of them
   *  beyond what was asked for, external fragmentation, and extents per block. Copies. */
  samples(): {
    position: Float64Array;
    usedUnits: Float64Array;
    internalFragmentation: Float64Array;
    externalFragmentation: Float64Array;
    extentsPerBlock: Float64Array;
  };
  /** Releases its memory. Any later call but `operations` and `dispose`: ERR_DISPOSED. */
  dispose(): void;
  [Symbol.dispose](): void;
}

/** `smallestCapacity` that can stop and go on. */
export class CapacitySearch {
  /** @throws as `smallestCapacity` */
  constructor(trace: Trace, placement: Placement);
  /** What was found, once it is. */
  readonly capacity: number | undefined;
  /** Whether what was found is known to be the smallest of all. */
  readonly exact: boolean;
  /** Operations run so far, over all capacities that were tried. */
  readonly operations: number;
  /** Runs at most so many more operations, by default all that it takes; returns whether it was
   *  found. @throws as `smallestCapacity` and `Replay.run` */
  run(maxOperations?: number): boolean;
  /** Releases its memory. Any later call but `capacity` and `dispose`: ERR_DISPOSED. */
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
  /** What the first unit was asked to be a multiple of. */
  align: number;
  /** The block's ID if it lives at the player's position, else null. */
  id: BlockId | null;
}

/** A part of the buffer and how to paint it. */
export interface View {
  /** The first unit of the first pixel, a whole number; past the last unit, Infinity for one, there is
   *  nothing to see. Default 0. */
  first?: number;
  /** A whole number of at least 1; a pixel is the mean of the colours of its units. Default 1. To
   *  zoom in further, enlarge the picture. */
  unitsPerPixel?: number;
  /** In pixels. Rows follow each other: the last pixel of one is followed by the first of the next. */
  width: number;
  height: number;
  /** What decides the colour of a block: the block itself; its age, from the first colour for the first that
   *  the trace allocated to the last colour for the last, live or not; its size, a colour for each power of two; how many extents it has, a colour for each number.
   *  Default "block". */
  colourBy?: "block" | "age" | "size" | "extents";
  /** The colour of free units, then those of blocks: whole numbers from 0 to 0xffffff, which are
   *  0xrrggbb, or a Uint32Array of pixels as a canvas has them (red in the lowest byte, opacity in the
   *  highest). At most 2^24. */
  colours: readonly number[] | Uint32Array;
}

/** Units that lie next to each other and are free, or of one block. */
export interface Row {
  start: number;
  length: number;
  /** null where they are free, as is `size`. */
  id: BlockId | null;
  /** Units of the block. */
  size: number | null;
}

/**
 * A trace at any position, forwards and backwards, with what is where, why, and pictures of it.
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
  /** Operations refused up to here. */
  readonly failures: number;
  /**
   * Goes to a position, or towards it by at most so many operations; returns whether it is reached.
   *
   * The first way to a position costs its operations. From then on it costs what lies between it and
   * the nearest of up to 128 checkpoints before it, and O(E): with a million operations, up to eight
   * thousand.
   *
   * @param position how many operations are done then; past the end, Infinity for one, it is the end
   * @param maxOperations by default all that it takes
   * @throws TypeError ERR_INVALID_ARGUMENT: a position that is no whole number of at least 0, a number of
   *   operations that is none of at least 1, and neither Infinity
   * @throws MemoryError ERR_OUT_OF_MEMORY: no memory for the manager's own records
   */
  seek(position: number, maxOperations?: number): boolean;
  /** The operation at a position; undefined past the end. The next one is `operation(position)`.
   *  @throws TypeError ERR_INVALID_ARGUMENT: no whole number of at least 0, nor Infinity */
  operation(position: number): Operation | undefined;
  /**
   * Why the last operation went as it did: which units were chosen and by which rule, what they were
   * cut from (not with "lifo" and "contiguous-first", which do not join what is free), how many free extents were too short, what freed units coalesced into. From the core's
   * `explain` and the extents before and after, so it cannot disagree with what happened. Empty
   * before the first operation.
   *
   * @param position where to go first (default: where it stands). Asked on the way it costs as much
   *   as `seek` and O(E); where it stands, a step back and one forward besides
   * @throws as `seek`
   */
  why(position?: number): string;
  /** Where the next operation will go, and why, if it allocates; else null. Costs O(E). */
  foresee(): Explanation | null;
  /** As `MemoryManager.stats`. */
  stats(): Stats;
  /** As `MemoryManager.snapshot`, of units "u8", without contents. */
  snapshot(): Snapshot;
  /**
   * Paints into the module's memory, and returns the bytes there: red, green, blue, opacity for each
   * pixel; 0 past the last unit. They are good until the next call of anything here: show or copy
   * them at once. Costs O(E up to the end of the view), and the pixels.
   *
   * @throws TypeError ERR_INVALID_ARGUMENT: a value of the wrong kind, or more than 2^32 - 1 pixels
   * @throws MemoryError ERR_OUT_OF_MEMORY: no memory for the pixels or the colours
   */
  paint(view: View): Uint8ClampedArray<ArrayBuffer>;
  /** The picture as a table: what is in the units from `first` on, by ascending address, at most
   *  `limit` rows (default 1000). Free units are one row where they are one free extent of a snapshot.
   *  Costs O(E up to the last row).
   *  @throws TypeError ERR_INVALID_ARGUMENT: no whole numbers of at least 0, nor Infinity */
  rows(first: number, limit?: number): Row[];
  /** Releases its memory. Any later call but `operations` and `dispose`: ERR_DISPOSED. */
  dispose(): void;
  [Symbol.dispose](): void;
}
