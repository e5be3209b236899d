// A trace run through a placement, at once or in parts.

import { atLeastOne, nameOf, place } from "./counts.js";
import { optionsOf, wrongKind } from "./errors.js";
import { Held } from "./held.js";
import { RawReplay } from "./raw/twingate_memory_trace.js";
import { reportOf } from "./shapes.js";
import { rawOf } from "./traces.js";

export class Replay {
  #held;

  constructor(trace, options) {
    rawOf(trace); // Refuses what is not a trace; a getter among the options may dispose of one.
    const { capacity, placement, autoDefragment, samples } = checkReplay(options, ["samples"]);
    const most = Math.min(samples, trace.operations);
    this.#held = new Held(new RawReplay(rawOf(trace), capacity, placement, autoDefragment, most));
    this.operations = trace.operations;
  }

  get position() {
    return this.#held.raw.position;
  }

  run(maxOperations = Infinity) {
    const done = this.#held.raw.run(atLeastOne(maxOperations));
    if (done < 0) this.#held.refuse();
    return done === 1;
  }

  report() {
    return reportOf(this.#held.raw.report());
  }

  samples() {
    const rows = this.#held.raw.samples();
    const column = (at) => Float64Array.from({ length: rows.length / 5 }, (_, row) => rows[5 * row + at]);
    return {
      position: column(0), usedUnits: column(1), internalFragmentation: column(2),
      externalFragmentation: column(3), extentsPerBlock: column(4),
    };
  }

  dispose() {
    this.#held.dispose();
  }

  [Symbol.dispose]() {
    this.dispose();
  }
}

export function replay(trace, options) {
  const replay = new Replay(trace, checkReplay(options));
  try {
    replay.run();
    return replay.report();
  } finally {
    replay.dispose();
  }
}

/** The options of a replay, and others; how much it is, the module says. */
export function checkReplay(options, others = []) {
  const names = ["capacity", "placement", "autoDefragment", ...others];
  const { capacity, placement, autoDefragment = false, samples = 0 } = optionsOf(options, names);
  if (typeof capacity !== "number") throw wrongKind("the capacity", capacity, "a number");
  if (typeof autoDefragment !== "boolean") throw wrongKind("autoDefragment", autoDefragment, "a boolean");
  return { capacity, placement: nameOf("placement", placement), autoDefragment, samples: place("samples", samples) };
}
