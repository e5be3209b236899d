// Allocation traces: what real programs asked of their allocator.
//
// What always holds: a Trace is read whole or not at all, and never changes.

import { nameOf } from "./counts.js";
import { errorFrom, wrongKind } from "./errors.js";
import { TextEncoder } from "./globals.js";
import { keepReserve, RawTrace } from "./raw/twingate_memory_trace.js";
import { module } from "./trace-module.js";
import { bytesOf, codecs, lengthOfKind } from "./units.js";

/** The module's trace, for what works on it. */
export let rawOf;

class Trace {
  #raw;

  static {
    rawOf = (trace) => {
      if (typeof trace === "object" && trace !== null && #raw in trace) return trace.#raw;
      throw wrongKind("the trace", trace, "what parseTrace returned");
    };
  }

  constructor(raw, name) {
    this.#raw = raw;
    this.name = name;
    this.format = raw.format;
    this.operations = raw.operations;
    this.blocks = raw.blocks;
    this.peakBytes = raw.peakBytes;
    this.skipped = raw.skipped;
    this.inferred = raw.inferred;
    Object.freeze(this);
  }

  ops() {
    const count = this.operations;
    const [kind, block, size] = [new Uint8Array(count), new Uint32Array(count), new Uint32Array(count)];
    this.#raw.ops(kind, block, size);
    return { kind, block, size };
  }
}

export function parseTrace(text, options) {
  module.assertReady();
  const { format, name = "" } = options ?? {};
  if (typeof name !== "string") throw wrongKind("name", name, "a string");
  const raw = new RawTrace(encoded(text), format === undefined ? format : nameOf("format", format));
  const refusal = raw.takeError();
  if (refusal !== undefined) {
    raw.free();
    keepReserve();
    throw errorFrom(refusal);
  }
  return new Trace(raw, name);
}

function encoded(text) {
  if (typeof text === "string") return new TextEncoder().encode(text);
  if (!(text instanceof Uint8Array)) throw wrongKind("the trace", text, "a string or a Uint8Array");
  lengthOfKind("the trace", text, codecs.u8, "ERR_INVALID_ARGUMENT");
  return bytesOf(text);
}
