// A trace at any position, forwards and backwards, with pictures of it.

import { atLeastOne, nameOf, place, whole } from "./counts.js";
import { optionsOf, wrongKind, wrongValue } from "./errors.js";
import { Held } from "./held.js";
import { RawPlayer } from "./raw/twingate_memory_trace.js";
import { checkReplay } from "./replay.js";
import { explanationOf, snapshotOf, statsOf } from "./shapes.js";
import { apart, module } from "./trace-module.js";
import { rawOf } from "./traces.js";
import { codecs, isOfKind, lengthOfKind, plain } from "./units.js";

const KINDS = ["alloc", "resize", "free", "nothing"];
const VIEW = ["first", "unitsPerPixel", "width", "height", "colourBy", "colours"];
/** There are no more. */
const MOST_COLOURS = 2 ** 24;

export class Player {
  #held;
  #placement;

  constructor(trace, options) {
    rawOf(trace); // Refuses what is not a trace; a getter among the options may dispose of one.
    const { capacity, placement, autoDefragment } = checkReplay(options);
    this.#held = new Held(new RawPlayer(rawOf(trace), capacity, placement, autoDefragment));
    this.#placement = placement;
    this.operations = trace.operations;
  }

  get position() {
    return this.#held.raw.position;
  }

  get failures() {
    return this.#held.raw.failures;
  }

  seek(position, maxOperations = Infinity) {
    const reached = this.#held.raw.seek(place("the position", position), atLeastOne(maxOperations));
    if (reached < 0) this.#held.refuse();
    return reached === 1;
  }

  operation(position) {
    const [kind, block, size, align, id] = this.#held.raw.operation(place("the position", position));
    return kind === undefined ? undefined : { kind: KINDS[kind], block, size, align, id: id || null };
  }

  why(position = this.position) {
    return this.#result(this.#held.raw.why(place("the position", position)));
  }

  foresee() {
    const foreseen = this.#result(this.#held.raw.foresee());
    return foreseen && explanationOf(foreseen);
  }

  stats() {
    return statsOf(this.#result(this.#held.raw.stats()));
  }

  snapshot() {
    const table = this.#result(this.#held.raw.snapshot());
    return { ...snapshotOf(table, "u8", this.#placement), contents: [] };
  }

  paint(view) {
    if (typeof view !== "object" || view === null) throw wrongKind("the view", view, "an object");
    optionsOf(view, VIEW);
    const { first = 0, unitsPerPixel = 1, width, height, colourBy = "block", colours } = view;
    const pixels = whole("width times height", whole("width", width, 0) * whole("height", height, 0), 0);
    const units = [place("first", first), whole("unitsPerPixel", unitsPerPixel, 1)];
    const [colouring, pixelColours] = [nameOf("colourBy", colourBy), asPixels(colours)];
    const begin = this.#held.raw.paint(...units, pixels, colouring, pixelColours);
    if (begin === 0) this.#held.refuse();
    return new Uint8ClampedArray(module.exports.memory.buffer, begin, 4 * pixels);
  }

  rows(first, limit = 1000) {
    const table = this.#result(this.#held.raw.rows(place("first", first), place("limit", limit)));
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

/** Colours as the module takes them: red, green, blue, opacity, from the lowest byte up. */
function asPixels(colours) {
  if (isOfKind(colours, codecs.u32)) {
    checkCount(lengthOfKind("the colours", colours, codecs.u32, "ERR_INVALID_ARGUMENT"));
    return apart(plain(Uint32Array, colours));
  }
  if (!Array.isArray(colours)) throw wrongKind("the colours", colours, "a Uint32Array or an array of numbers");
  const count = colours.length;
  checkCount(count);
  return Uint32Array.from({ length: count }, (_, at) => asPixel(`colour ${at}`, colours[at]));
}

function checkCount(count) {
  if (count <= MOST_COLOURS) return;
  throw wrongValue(`a picture has at most ${MOST_COLOURS} colours, not ${count}: paint with fewer`);
}

/** From 0xrrggbb. */
function asPixel(what, rgb) {
  if (!(Number.isInteger(rgb) && rgb >= 0 && rgb <= 0xffffff)) throw wrongKind(what, rgb, "a whole number from 0 to 0xffffff");
  return ((255 << 24) | ((rgb & 255) << 16) | (rgb & 0xff00) | (rgb >> 16)) >>> 0;
}
