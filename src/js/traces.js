// Allocation traces: what real programs asked of their allocator.
//
// What always holds: a Trace is read whole or not at all, and its figures never change. Once disposed of
// it has them alone; what works on it by then works on.

import { wrongKind } from "./errors.js";

const holds = new WeakMap();

/** The module's trace, for what works on it. */
export function rawOf(trace) {
  return heldOf(trace).raw;
}

function heldOf(trace) {
  const held = holds.get(trace);
  if (held !== undefined) return held;
  throw wrongKind("the trace", trace, "what parseTrace returned");
}

export class Trace {
  constructor(held, name) {
    holds.set(this, held);
    const { raw } = held;
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

  dispose() {
    heldOf(this).dispose();
  }

  [Symbol.dispose]() {
    this.dispose();
  }
}
