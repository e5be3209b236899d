// What works on a trace in the module, until it is disposed of.
//
// What always holds: after `dispose` every use is refused; a refusal of the module is thrown.

import { MemoryError } from "./errors.js";
import { keepReserve } from "./raw/twingate_memory_trace.js";
import { errorOf } from "./shapes.js";

export class Held {
  #raw;

  /** @param raw what the module made, or the refusal of it */
  constructor(raw) {
    this.#raw = raw;
    const refusal = raw.takeError();
    if (refusal === undefined) return;
    this.dispose();
    keepReserve();
    throw errorOf(refusal);
  }

  /** The module's part of it. */
  get raw() {
    if (this.#raw !== undefined) return this.#raw;
    throw new MemoryError("this was disposed of: make a new one", { code: "ERR_DISPOSED" });
  }

  /** Throws what the module refused last. */
  refuse() {
    throw errorOf(this.raw.takeError());
  }

  dispose() {
    const raw = this.#raw;
    this.#raw = undefined;
    try {
      raw?.free();
    } catch {
      // The stack overflowed in one of its calls, which never ended. It stays where it is.
    }
  }
}
