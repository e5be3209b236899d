/**
 * The public interface as it is fixed: names and shapes that every version has. What the package ships
 * is documented, may add to it, and must be assignable to it; types.test.mjs asks TypeScript.
 */

// ---------------------------------------------------------------- loading: "twingate-memory"

export type WasmSource =
  | string | URL | Request | Response | Promise<Response> | BufferSource | WebAssembly.Module;

/** Loads the module once; later calls return the same promise. With no argument it works in a
 *  plain browser page, under a bundler, and in Node. Importing the package does no work. */
export default function init(source?: WasmSource): Promise<void>;
export function initSync(source: BufferSource | WebAssembly.Module): void;

// ---------------------------------------------------------------- the manager

/** A safe integer (<= 2^53 - 1). Stays valid over every move. Once freed it is stale, and every
 *  use of a stale id is refused until a documented generation limit, where the slot is retired. */
export type BlockId = number;

export type Unit =
  | "char"                                   // one Unicode code point; the default
  | "u8" | "i8" | "u16" | "i16" | "u32" | "i32" | "u64" | "i64" | "f32" | "f64";

export type Placement =
  // scattered: a block may lie in many extents, so an allocation fails only when units run out
  | "lifo"                // the original: freed units first, newest first, then the tail. Default
  | "contiguous-first"    // the tail first, then freed units, newest first
  | "address-ordered"     // freed units by ascending address, then the tail
  // contiguous: a block is one extent
  | "first-fit" | "next-fit" | "best-fit" | "worst-fit" | "buddy" | "tlsf";

export interface ManagerOptions {
  unit?: Unit;
  placement?: Placement;
  /** "external": offsets only, for memory that the manager does not own (a GPU buffer, a file).
   *  read, write, views and contents are then refused. Default "owned". */
  storage?: "owned" | "external";
  /** Contiguous placements: when an allocation does not fit but its units exist, compact just
   *  enough to make it fit. Default false. */
  autoDefragment?: boolean;
}

/** A run of units in block order: start, start + step, ... (step -1: the run descends). */
export interface Extent { start: number; length: number; step: 1 | -1 }

export class MemoryManager {
  constructor(capacity: number, options?: ManagerOptions);
  readonly capacity: number;
  readonly unit: Unit;
  readonly placement: Placement;
  readonly storage: "owned" | "external";
  readonly usedUnits: number;
  readonly freeUnits: number;
  readonly blockCount: number;

  /** align: a power of two, in units; contiguous placements only. */
  alloc(size: number, options?: { align?: number }): BlockId;
  free(id: BlockId): void;
  /** Grows or shrinks in place where it can, else moves; keeps the id and min(old, new) units. */
  resize(id: BlockId, size: number): void;
  /** Frees every block. */
  clear(): void;

  has(id: BlockId): boolean;
  /** Units allocated to the block. */
  size(id: BlockId): number;
  /** Units last written to it, from its first unit on; the rest are empty, as in the original. */
  length(id: BlockId): number;
  /** Overwrites the block from its first unit; units past the data become empty. */
  write(id: BlockId, data: string | ArrayLike<number> | ArrayLike<bigint>): void;
  /** What was last written: a string for "char", else the unit's typed array. A copy. */
  read(id: BlockId): string | ArrayBufferView;
  /** Zero-copy typed arrays over the block's extents, in block order. A block with a descending
   *  extent (only "lifo" and "contiguous-first" make them): ERR_SCATTERED, defragment first.
   *  Valid until the block moves or the module's memory grows. */
  views(id: BlockId): ArrayBufferView[];
  extents(id: BlockId): Extent[];
  /** First unit of a block that lies in one ascending extent; else ERR_SCATTERED. */
  address(id: BlockId): number;
  /** A pinned block is never moved. */
  pin(id: BlockId): void;
  unpin(id: BlockId): void;

  defragment(options?: DefragmentOptions): DefragmentReport;
  /** Why a request would fail or what it would take, without doing it. */
  explain(size: number, options?: { align?: number }): Explanation;
  stats(): Stats;
  snapshot(): Snapshot;
  /** The whole state, compact and versioned; load rejects damaged or foreign bytes. */
  save(): Uint8Array;
  static load(bytes: Uint8Array): MemoryManager;
  /** The original's picture: counts, then the units in order, "-" for an empty one. */
  toString(): string;

  /** Releases the manager's own memory. Any later call: ERR_DISPOSED. */
  dispose(): void;
  [Symbol.dispose](): void;
}

export interface DefragmentOptions {
  /** "allocation": blocks laid out from unit 0 in the order in which they were allocated, the
   *  original's result, and the default without a budget. "address": blocks keep their address
   *  order (sliding). "any": fewest units moved, and the default with a budget. */
  order?: "allocation" | "address" | "any";
  maxMoves?: number;
  maxUnits?: number;
  /** Includes the planning. */
  maxMicros?: number;
}

export interface DefragmentReport {
  /** True when there is nothing left to do for this order. */
  done: boolean;
  moves: number;
  unitsMoved: number;
  /** In an order in which each is a plain memmove on a mirror of the buffer. Always present for
   *  "address" and "any"; "allocation" on external storage is refused. */
  relocations: Relocation[];
}
/** The units from, from + step, … go to to, to + 1, … */
export interface Relocation { id: BlockId; from: number; to: number; length: number; step: 1 | -1 }

export interface Explanation {
  fits: boolean;
  requested: number;
  freeUnits: number;
  largestFreeExtent: number;
  /** Units that compaction would move to make it fit; null where even that does not help. */
  unitsToMove: number | null;
  /** One sentence for a person: where it would go and why, or why it cannot. */
  reason: string;
}

export interface Stats {
  capacity: number; usedUnits: number; freeUnits: number; blockCount: number;
  freeExtents: number; largestFreeExtent: number;
  /** 1 - largestFreeExtent / freeUnits; 0 when nothing is free. */
  externalFragmentation: number;
  /** Units handed out beyond what was asked for (buddy rounding). */
  internalFragmentation: number;
  extentsPerBlock: number;
  allocations: number; frees: number; failures: number; unitsMoved: number;
}

export interface Snapshot {
  capacity: number; unit: Unit; placement: Placement;
  /** First unit of the free tail: the original's next_alloc_index. */
  nextAllocIndex: number;
  /** Free units below the tail: the length of the original's freed_fragmented_units. */
  freedFragmentedUnits: number;
  freeUnits: number;
  /** In allocation order. */
  blocks: { id: BlockId; size: number; length: number; extents: Extent[] }[];
  freeExtents: { start: number; length: number }[];
  /** One entry per unit: its value, or null where it is free or empty. Owned storage only. */
  contents: (string | number | bigint | null)[];
}

// ---------------------------------------------------------------- errors

/** Every error that the package throws on purpose has a stable code and a message that says what
 *  was asked, what was found and what would help. After any of them the manager is unchanged. */
export class MemoryError extends Error {
  readonly code:
    | "ERR_OUT_OF_MEMORY"        // fewer free units than asked for
    | "ERR_FRAGMENTED"           // the units exist, but in no single extent: defragmenting helps
    | "ERR_UNKNOWN_BLOCK"        // never allocated here, freed already, or stale
    | "ERR_OUT_OF_BOUNDS"        // more data than the block holds
    | "ERR_SCATTERED" | "ERR_PINNED" | "ERR_NO_STORAGE" | "ERR_UNSUPPORTED"
    | "ERR_CORRUPT_SAVE" | "ERR_TRACE" | "ERR_DISPOSED";
  readonly requested?: number;
  readonly freeUnits?: number;
  readonly largestFreeExtent?: number;
  readonly id?: BlockId;
  /** ERR_TRACE: the 1-based line. */
  readonly line?: number;
}
// RangeError with code ERR_INVALID_CAPACITY, ERR_INVALID_SIZE, ERR_INVALID_ALIGNMENT:
//   zero, negative, fractional, NaN, or past what the module can hold.
// TypeError with code ERR_INVALID_ARGUMENT or ERR_TYPE_MISMATCH: a value of the wrong kind.

// ---------------------------------------------------------------- "twingate-memory/trace"

export type TraceFormat =
  | "rep" | "wee" | "android" | "heaptrack" | "valgrind" | "mtrace" | "ostep";
export interface Trace {
  readonly name: string; readonly format: TraceFormat;
  readonly operations: number; readonly blocks: number;
  /** Highest sum of live requested sizes, in bytes. */
  readonly peakBytes: number;
}
/** The format is recognised when it is not named. Bad input: MemoryError ERR_TRACE with its line. */
export function parseTrace(text: string | Uint8Array,
  options?: { format?: TraceFormat; name?: string }): Trace;

export interface ReplayReport {
  placement: Placement; capacity: number; operations: number;
  failures: number; peakUsed: number;
  externalFragmentation: number; peakExternalFragmentation: number;
  internalFragmentation: number; extentsPerBlock: number; unitsMoved: number;
  /** Units examined while searching, over all allocations. */
  searchSteps: number;
}
export function replay(trace: Trace,
  options: { capacity: number; placement: Placement; autoDefragment?: boolean }): ReplayReport;
/** The smallest capacity at which the replay has no failure. */
export function smallestCapacity(trace: Trace, placement: Placement): number;

// ---------------------------------------------------------------- "twingate-memory/threads"
// Needs SharedArrayBuffer (a cross-origin isolated page, or Node). Its init and its MemoryManager
// have the interface above, safe to call from any number of workers at once, and:
export interface SharedHandle { /* structured-cloneable: post it to a worker */ }
export declare class SharedMemoryManager extends MemoryManager {
  share(): SharedHandle;
  static attach(handle: SharedHandle): Promise<SharedMemoryManager>;
}
