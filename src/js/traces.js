// Allocation traces: what real programs asked of their allocator.
//
// What always holds: a Trace is read whole or not at all, and never changes.

import { nameOf } from "./counts.js";
import { wrongKind } from "./errors.js";
import { TextEncoder } from "./globals.js";
import { keepReserve, RawTrace } from "./raw/twingate_memory_trace.js";
import { errorOf } from "./shapes.js";
import { module } from "./trace-module.js";
import { bytesOf, codecs, lengthOfKind } from "./units.js";

const raws = new WeakMap();

/** The module's trace, for what works on it. */
export function rawOf(trace) {
  const raw = raws.get(trace);
  if (raw !== undefined) return raw;
  throw wrongKind("the trace", trace, "what parseTrace returned");
}

class Trace {
  constructor(raw, name) {
    raws.set(this, raw);
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
    rawOf(this).ops(kind, block, size);
    return { kind, block, size };
  }
}

export function parseTrace(text, options) {
  module.assertReady();
  if (typeof (options ?? {}) !== "object") throw wrongKind("the options", options, "an object");
  const { format, name = "" } = options ?? {};
  if (typeof name !== "string") throw wrongKind("name", name, "a string");
  const raw = new RawTrace(encoded(text), format === undefined ? format : nameOf("format", format));
  const refusal = raw.takeError();
  if (refusal !== undefined) {
    raw.free();
    keepReserve();
    throw errorOf(refusal);
  }
  return new Trace(raw, name);
}

function encoded(text) {
  if (typeof text === "string") return new TextEncoder().encode(text);
  lengthOfKind("the trace", text, { kind: codecs.u8.kind, expected: "a string or a Uint8Array" }, "ERR_INVALID_ARGUMENT");
  return bytesOf(text);
}
