// From JavaScript values to units and back.
//
// What always holds: a value that its unit cannot hold is refused, never wrapped or cut. What was
// written is what is read, NaN payloads in typed arrays, -0 of f32 and f64, and lone surrogates included.
// Nothing is made of data before it is known that there is room for it: `encode` is told how, in
// `assertRoom(count)`, which throws where there is none.

import { named, wrongKind, wrongValue } from "./errors.js";
import { countCodePoints, fromCodePoints, toCodePoints, valid } from "./text.js";

const MISMATCH = "ERR_TYPE_MISMATCH";
/** A text of up to this length takes too little memory to look at the block first. */
const SHORT = 65_536;

const char = {
  Typed: Uint32Array,
  kind: "Uint32Array",
  check(codePoints, count) {
    for (let place = 0; place < count; place++) {
      if (codePoints[place] === valid(codePoints[place])) continue;
      throw wrongValue(`source[${place}] is ${codePoints[place]}, but "char" units hold code points, from 0 to 1114111`, MISMATCH);
    }
  },
  encode(data, assertRoom) {
    if (typeof data !== "string") throw wrongKind('the data of "char" units', data, "a string", MISMATCH);
    if (data.length > SHORT) assertRoom(countCodePoints(data));
    return toCodePoints(data);
  },
  decode: fromCodePoints,
  value: (unit) => String.fromCodePoint(valid(unit)),
};

const typed = Object.getPrototypeOf(Uint8Array.prototype);
const own = (property) => Object.getOwnPropertyDescriptor(typed, property).get;
const [kindOf, lengthOf] = [own(Symbol.toStringTag), own("length")];
const [bufferOf, firstOf, sizeOf] = [own("buffer"), own("byteOffset"), own("byteLength")];

/** Of whatever realm it is. */
export const isOfKind = (data, { kind }) => kindOf.call(data) === kind;

/** The length of a typed array of this kind; its own properties are not trusted. */
export function lengthOfKind(what, data, codec, code = MISMATCH) {
  const { kind, expected = `a ${kind}` } = codec;
  if (!isOfKind(data, codec)) throw wrongKind(what, data, expected, code);
  assertNotGone(what, data, code);
  return lengthOf.call(data);
}

/** Throws where a typed array, of whatever kind, has lost its memory: it looks like an empty one. */
function assertNotGone(what, data, code) {
  if (lengthOf.call(data) > 0) return;
  try {
    typed.set.call(data, []);
  } catch {
    throw wrongValue(`${what}: the buffer is detached or was cut`, code);
  }
}

/** The bytes of a typed array that is not gone. */
export function bytesOf(data) {
  return new Uint8Array(bufferOf.call(data), firstOf.call(data), sizeOf.call(data));
}

/** A typed array that is not gone, without properties of the user's. */
export function plain(Kind, data) {
  return new Kind(bufferOf.call(data), firstOf.call(data), lengthOf.call(data));
}

/** No array has more values, nor any block more units. */
const MOST = 2 ** 32 - 1;

/** A codec for a typed array: what its units hold, and whether one can hold a value. */
function numbers(name, Typed, { held, fits }) {
  return {
    Typed,
    // Looking it up each time would take as long as copying a few values.
    kind: Typed.name,
    encode(data, assertRoom) {
      if (kindOf.call(data) !== undefined) assertNotGone("the data", data, MISMATCH);
      if (isOfKind(data, this)) return data;
      const length = data !== null && typeof data === "object" ? data.length : undefined;
      if (!whole(0, MOST)(length)) {
        throw wrongKind(`the data of "${name}" units`, data, `a ${this.kind} or an array of values`, MISMATCH);
      }
      assertRoom(length);
      const units = new Typed(length);
      for (let place = 0; place < length; place++) {
        const value = data[place];
        if (!fits(value)) throw unfit(value, place, name, held, fits);
        units[place] = value;
      }
      return units;
    },
    decode: (units) => units,
    value: (unit) => unit,
  };
}

/** The error for a value that its unit cannot hold; where it is the other kind of number, how to write it. */
function unfit(value, place, name, held, fits) {
  const [other, shown] = typeof value === "bigint" ? [Number(value), "the bigint "]
    : Number.isInteger(value) ? [BigInt(value), "the number "] : [];
  const help = other !== undefined && fits(other) ? `: write ${named(other)}` : "";
  return wrongValue(`data[${place}] is ${help && shown}${named(value)}, but "${name}" units hold ${held}${help}`, MISMATCH);
}

const whole = (least, most) => (value) => Number.isInteger(value) && value >= least && value <= most;
const wholeNumbers = (least, most) => ({ held: `whole numbers from ${least} to ${most}`, fits: whole(least, most) });
const bigints = (least, most) => ({
  held: `bigints from ${least} to ${most}`,
  fits: (value) => typeof value === "bigint" && value >= least && value <= most,
});
const doubles = { held: "numbers", fits: (value) => typeof value === "number" };
// A number too large for single precision would become infinite.
const singles = {
  held: "numbers up to some 3.4e38",
  fits: (value) => typeof value === "number" && (!Number.isFinite(value) || Number.isFinite(Math.fround(value))),
};

export const codecs = {
  char,
  u8: numbers("u8", Uint8Array, wholeNumbers(0, 2 ** 8 - 1)),
  i8: numbers("i8", Int8Array, wholeNumbers(-(2 ** 7), 2 ** 7 - 1)),
  u16: numbers("u16", Uint16Array, wholeNumbers(0, 2 ** 16 - 1)),
  i16: numbers("i16", Int16Array, wholeNumbers(-(2 ** 15), 2 ** 15 - 1)),
  u32: numbers("u32", Uint32Array, wholeNumbers(0, 2 ** 32 - 1)),
  i32: numbers("i32", Int32Array, wholeNumbers(-(2 ** 31), 2 ** 31 - 1)),
  u64: numbers("u64", BigUint64Array, bigints(0n, 2n ** 64n - 1n)),
  i64: numbers("i64", BigInt64Array, bigints(-(2n ** 63n), 2n ** 63n - 1n)),
  f32: numbers("f32", Float32Array, singles),
  f64: numbers("f64", Float64Array, doubles),
};
