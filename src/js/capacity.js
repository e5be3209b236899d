// The smallest capacity at which a trace is served, found at once or in parts.

import { atLeastOne, nameOf } from "./counts.js";
import { Held } from "./held.js";
import { RawCapacitySearch } from "./raw/twingate_memory_trace.js";
import { rawOf } from "./traces.js";

export class CapacitySearch {
  #held;
  #capacity;

  constructor(trace, placement) {
    const raw = rawOf(trace);
    this.#held = new Held(new RawCapacitySearch(raw, nameOf("placement", placement)));
  }

  get capacity() {
    return this.#capacity;
  }

  get serving() {
    return this.#held.raw.serving || undefined;
  }

  get exact() {
    return this.#held.raw.exact;
  }

  get operations() {
    return this.#held.raw.operations;
  }

  run(maxOperations = Infinity) {
    const found = this.#held.raw.run(atLeastOne(maxOperations));
    if (found < 0) this.#held.refuse();
    if (found > 0) this.#capacity = found;
    return found > 0;
  }

  dispose() {
    this.#held.dispose();
  }

  [Symbol.dispose]() {
    this.dispose();
  }
}

export function smallestCapacity(trace, placement) {
  const search = new CapacitySearch(trace, placement);
  try {
    search.run();
    return search.capacity;
  } finally {
    search.dispose();
  }
}
