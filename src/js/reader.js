// A trace that is read, at once or in parts.
//
// What always holds: once it is whole, the reader has no part in the trace; what was refused stays refused.

import { atLeastOne, nameOf } from "./counts.js";
import { optionsOf, wrongKind } from "./errors.js";
import { TextEncoder } from "./globals.js";
import { Held } from "./held.js";
import { RawTraceReader } from "./raw/twingate_memory_trace.js";
import { apart, module } from "./trace-module.js";
import { Trace } from "./traces.js";
import { bytesOf, codecs, lengthOfKind } from "./units.js";

export class TraceReader {
  #held;
  #name;
  #trace;

  constructor(text, options) {
    module.assertReady();
    const { format, name = "" } = optionsOf(options ?? {}, ["format", "name"]);
    if (typeof name !== "string") throw wrongKind("name", name, "a string");
    const bytes = encoded(text);
    this.#held = new Held(new RawTraceReader(bytes, format === undefined ? format : nameOf("format", format)));
    this.#name = name;
    this.length = bytes.length;
  }

  get position() {
    return this.#held.raw.position;
  }

  get trace() {
    return this.#trace;
  }

  run(maxBytes = Infinity) {
    const most = atLeastOne(maxBytes, "maxBytes");
    const { raw } = this.#held;
    const read = this.#trace ? 1 : raw.run(most);
    if (read < 0) this.#held.refuse();
    if (read > 0) this.#trace ??= new Trace(new Held(raw.trace()), this.#name);
    return read > 0;
  }

  dispose() {
    this.#held.dispose();
  }

  [Symbol.dispose]() {
    this.dispose();
  }
}

export function parseTrace(text, options) {
  const reader = new TraceReader(text, options);
  try {
    reader.run();
    return reader.trace;
  } finally {
    reader.dispose();
  }
}

function encoded(text) {
  if (typeof text === "string") return new TextEncoder().encode(text);
  lengthOfKind("the trace", text, { kind: codecs.u8.kind, expected: "a string or a Uint8Array" }, "ERR_INVALID_ARGUMENT");
  return apart(bytesOf(text));
}
