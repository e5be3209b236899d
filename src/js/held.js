// An object of the trace module, until it is disposed of.
//
// What always holds: after `dispose` every use is refused.

import { MemoryError } from "./errors.js";
import { letGo, made } from "./objects.js";
import { keepReserve } from "./raw/twingate_memory_trace.js";
import { errorOf } from "./shapes.js";

export class Held {
  #raw;

  /** @param raw what the module made, or the refusal of it */
  constructor(raw) {
    this.#raw = made(raw, keepReserve);
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
    if (this.#raw !== undefined) letGo(this.#raw);
    this.#raw = undefined;
  }
}
