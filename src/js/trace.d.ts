/**
 * Allocation traces: what real programs asked of their allocator.
 *
 * @example
 * ```js
 * import init from "twingate-memory";
 * import { parseTrace } from "twingate-memory/trace";
 * await init();
 * const trace = parseTrace("0 2 3 1\na 0 24\na 1 8\nf 0\n");
 * console.log(trace.format, trace.operations, trace.peakBytes); // rep 3 32
 * ```
 */

import type { WasmSource } from "./index.js";

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
 * - `heaptrack`: heaptrack's raw form
 * - `valgrind`: what `valgrind --trace-malloc=yes` prints
 * - `mtrace`: glibc's mtrace
 * - `ostep`: *Operating Systems: Three Easy Pieces*, malloc.py's `-A`
 */
export type TraceFormat =
  | "rep" | "wee" | "android" | "heaptrack" | "valgrind" | "mtrace" | "ostep";

/** A trace that was read whole. */
export interface Trace {
  readonly name: string;
  readonly format: TraceFormat;
  /** How many operations, those without an effect (a free of null) among them. */
  readonly operations: number;
  /** How many blocks lived at some time. */
  readonly blocks: number;
  /** Highest sum of live requested sizes, in bytes. */
  readonly peakBytes: number;
  /**
   * The operations, one entry each: `kind` (0 alloc, 1 resize, 2 free, 3 nothing), `block` (its
   * index, from 0 to blocks - 1, never used for two blocks), `size` in bytes (0 for a free).
   * Copies. Costs O(operations).
   */
  ops(): { kind: Uint8Array; block: Uint32Array; size: Uint32Array };
}

/**
 * Reads a trace; the format is recognised when it is not named. Blank lines and CRLF are
 * tolerated, lines that are not about allocation too where the format has such. Costs O(text).
 *
 * @throws MemoryError ERR_TRACE: the first bad line, with its number in `line`, what was found
 *   there and what was expected
 * @throws TypeError ERR_INVALID_ARGUMENT: text of the wrong kind, or an unknown format
 */
export function parseTrace(
  text: string | Uint8Array,
  options?: { format?: TraceFormat; name?: string },
): Trace;
