// A trace at any position, forwards and backwards, with pictures of it.

import { wrongKind } from "./errors.js";
import { Held } from "./held.js";
import { RawPlayer } from "./raw/twingate_memory_trace.js";
import { atLeastOne, checkReplay } from "./replay.js";
import { module } from "./trace-module.js";
import { rawOf } from "./traces.js";
import { codecs, lengthOfKind } from "./units.js";

const KINDS = ["alloc", "resize", "free", "nothing"];

export class Player {
  #held;

  constructor(trace, options) {
    const raw = rawOf(trace);
    const { capacity, placement, autoDefragment } = checkReplay(options);
    this.#held = new Held(new RawPlayer(raw, capacity, placement, autoDefragment));
    this.operations = trace.operations;
  }

  get position() {
    return this.#held.raw.position;
  }

  get failures() {
    return this.#held.raw.failures;
  }

  seek(position, maxOperations = Infinity) {
    const reached = this.#held.raw.seek(number("the position", position), atLeastOne(maxOperations));
    if (reached < 0) this.#held.refuse();
    return reached === 1;
  }

  operation(position) {
    const [kind, block, size, align, id] = this.#held.raw.operation(number("the position", position));
    return kind === undefined ? undefined : { kind: KINDS[kind], block, size, align, id: id || null };
  }

  why(position = this.position) {
    return this.#result(this.#held.raw.why(number("the position", position)));
  }

  foresee() {
    return this.#result(this.#held.raw.foresee());
  }

  stats() {
    return this.#result(this.#held.raw.stats());
  }

  snapshot() {
    return { ...this.#result(this.#held.raw.snapshot()), contents: [] };
  }

  paint(view) {
    if (typeof view !== "object" || view === null) throw wrongKind("the view", view, "an object");
    const { first = 0, unitsPerPixel = 1, width, height, colourBy = "block", colours } = view;
    const pixels = number("width times height", whole("width", width) * whole("height", height));
    if (typeof colourBy !== "string") throw wrongKind("colourBy", colourBy, "a string");
    const units = [number("first", first), whole("unitsPerPixel", unitsPerPixel)];
    const pixelColours = asPixels(colours);
    const begin = this.#held.raw.paint(...units, pixels, colourBy, pixelColours);
    if (begin === 0) this.#held.refuse();
    return new Uint8ClampedArray(module.exports.memory.buffer, begin, 4 * pixels);
  }

  rows(first, limit = 1000) {
    const table = this.#result(this.#held.raw.rows(number("first", first), number("limit", limit)));
    return Array.from({ length: table.length / 4 }, (_, row) => {
      const [start, length, id, size] = table.subarray(4 * row, 4 * row + 4);
      return { start, length, id: id || null, size: id ? size : null };
    });
  }

  dispose() {
    this.#held.dispose();
  }

  [Symbol.dispose]() {
    this.dispose();
  }

  #result(result) {
    if (result === undefined) this.#held.refuse();
    return result;
  }
}

/** A count, or a place to start from. */
function number(what, value) {
  if (typeof value === "number" && value >= 0 && value <= 0xffffffff) return value;
  throw wrongKind(what, value, "a number from 0 to 4294967295");
}

function whole(what, value) {
  if (Number.isInteger(value)) return number(what, value);
  throw wrongKind(what, value, "a whole number");
}

/** Colours as the module takes them: red, green, blue, opacity, from the lowest byte up. */
function asPixels(colours) {
  if (colours instanceof Uint32Array) {
    lengthOfKind("the colours", colours, codecs.u32, "ERR_INVALID_ARGUMENT");
    return colours;
  }
  if (!Array.isArray(colours)) throw wrongKind("the colours", colours, "a Uint32Array or an array of numbers");
  // From 0xrrggbb.
  return Uint32Array.from(colours, (rgb) => ((255 << 24) | ((rgb & 255) << 16) | (rgb & 0xff00) | (rgb >> 16)) >>> 0);
}
