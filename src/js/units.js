// From JavaScript values to units and back.
//
// What always holds: a value that its unit cannot hold is refused, never wrapped or cut. What was
// written is what is read, NaN payloads in typed arrays, -0 of f32 and f64, and lone surrogates included.
// Nothing is made of data before it is known that there is room for it: `encode` is told how, in
// `assertRoom(count)`, which throws where there is none.

import { named, wrongKind, wrongValue } from "./errors.js";
import { countCodePoints, fromCodePoints, toCodePoints, valid } from "./text.js";

const MISMATCH = "ERR_TYPE_MISMATCH";
/** A text that is no longer takes no memory worth a look at the block first. */
const SHORT = 65_536;

const char = {
  Array: Uint32Array,
  kind: "Uint32Array",
  check(codePoints, count) {
    for (let place = 0; place < count; place++) {
      if (codePoints[place] === valid(codePoints[place])) continue;
      throw wrongValue(`"char" units cannot hold ${codePoints[place]} (value ${place}): it is no code point`, MISMATCH);
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

/** The length of a typed array of this kind; what it says of itself is not believed. */
export function lengthOfKind(what, data, codec, code = MISMATCH) {
  const { kind, expected = `a ${kind}` } = codec;
  if (!isOfKind(data, codec)) throw wrongKind(what, data, expected, code);
  const length = lengthOf.call(data);
  if (length === 0 && isGone(data)) throw wrongValue(`${what} has no memory any more: its buffer is detached or was cut`, code);
  return length;
}

function isGone(data) {
  try {
    typed.set.call(data, []);
    return false;
  } catch {
    return true;
  }
}

/** The bytes of a typed array that is not gone. */
export function bytesOf(data) {
  return new Uint8Array(bufferOf.call(data), firstOf.call(data), sizeOf.call(data));
}

/** A typed array that is not gone, as one that says of itself what is so. */
export function plain(Kind, data) {
  return new Kind(bufferOf.call(data), firstOf.call(data), lengthOf.call(data));
}

/** No array has more values, nor any block more units. */
const MOST = 2 ** 32 - 1;

/** A codec for a typed array; `fits` says whether one of its units can hold a value. */
function numbers(name, Array, fits) {
  return {
    Array,
    // Not to be asked for each time: that takes as long as copying a few values.
    kind: Array.name,
    encode(data, assertRoom) {
      if (isOfKind(data, this)) {
        lengthOfKind("the data", data, this);
        return data;
      }
      const length = data !== null && typeof data === "object" ? data.length : undefined;
      if (!whole(0, MOST)(length)) {
        throw wrongKind(`the data of "${name}" units`, data, `a ${this.kind} or an array of values`, MISMATCH);
      }
      assertRoom(length);
      const units = new Array(length);
      for (let place = 0; place < length; place++) {
        const value = data[place];
        if (!fits(value)) throw wrongValue(`"${name}" units cannot hold ${named(value)} (value ${place})`, MISMATCH);
        units[place] = value;
      }
      return units;
    },
    decode: (units) => units,
    value: (unit) => unit,
  };
}

const whole = (least, most) => (value) => Number.isInteger(value) && value >= least && value <= most;
const big = (least, most) => (value) => typeof value === "bigint" && value >= least && value <= most;
// A number too large for single precision would become infinite.
const single = (value) => typeof value === "number" && (!Number.isFinite(value) || Number.isFinite(Math.fround(value)));

export const codecs = {
  char,
  u8: numbers("u8", Uint8Array, whole(0, 2 ** 8 - 1)),
  i8: numbers("i8", Int8Array, whole(-(2 ** 7), 2 ** 7 - 1)),
  u16: numbers("u16", Uint16Array, whole(0, 2 ** 16 - 1)),
  i16: numbers("i16", Int16Array, whole(-(2 ** 15), 2 ** 15 - 1)),
  u32: numbers("u32", Uint32Array, whole(0, 2 ** 32 - 1)),
  i32: numbers("i32", Int32Array, whole(-(2 ** 31), 2 ** 31 - 1)),
  u64: numbers("u64", BigUint64Array, big(0n, 2n ** 64n - 1n)),
  i64: numbers("i64", BigInt64Array, big(-(2n ** 63n), 2n ** 63n - 1n)),
  f32: numbers("f32", Float32Array, single),
  f64: numbers("f64", Float64Array, (value) => typeof value === "number"),
};
