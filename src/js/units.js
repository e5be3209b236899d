// From JavaScript values to units and back.
//
// What always holds: a value that its unit cannot hold is refused, never wrapped or cut. What was
// written is what is read, NaN payloads in typed arrays, -0 and lone surrogates included.

import { wrongKind, wrongValue } from "./errors.js";
import { fromCodePoints, toCodePoints, valid } from "./text.js";

const MISMATCH = "ERR_TYPE_MISMATCH";

const char = {
  Array: Uint32Array,
  kind: "Uint32Array",
  check(codePoints) {
    for (let place = 0; place < codePoints.length; place++) {
      if (codePoints[place] === valid(codePoints[place])) continue;
      throw wrongValue(`"char" units cannot hold ${codePoints[place]} (value ${place}): it is no code point`, MISMATCH);
    }
  },
  encode(data) {
    if (typeof data === "string") return toCodePoints(data);
    throw wrongKind('the data of "char" units', data, "a string", MISMATCH);
  },
  decode: fromCodePoints,
  value: (unit) => String.fromCodePoint(valid(unit)),
};

const typed = Object.getPrototypeOf(Uint8Array.prototype);
const kindOf = Object.getOwnPropertyDescriptor(typed, Symbol.toStringTag).get;
const lengthOf = Object.getOwnPropertyDescriptor(typed, "length").get;

/** The length of a typed array of this kind; what it says of itself is not believed. */
export function lengthOfKind(what, data, { kind }) {
  if (kindOf.call(data) === kind) return lengthOf.call(data);
  throw wrongKind(what, data, `a ${kind}`, MISMATCH);
}

/** A codec for a typed array; `fits` says whether one of its units can hold a value. */
function numbers(name, Array, fits) {
  return {
    Array,
    // Not to be asked for each time: that takes as long as copying a few values.
    kind: Array.name,
    encode(data) {
      if (data instanceof Array) return data;
      if (data === null || typeof data !== "object" || !Number.isSafeInteger(data.length) || data.length < 0) {
        throw wrongKind(`the data of "${name}" units`, data, `a ${Array.name} or an array of values`, MISMATCH);
      }
      const values = globalThis.Array.from(data);
      const wrong = values.findIndex((value) => !fits(value));
      if (wrong < 0) return Array.from(values);
      throw wrongValue(`"${name}" units cannot hold ${String(values[wrong])} (value ${wrong})`, MISMATCH);
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
