// From JavaScript values to units and back.
//
// What always holds: a value that its unit cannot hold is refused, never wrapped or cut. What was
// written is what is read, NaN payloads in typed arrays, -0 of f32 and f64, and lone surrogates included.

import { wrongKind, wrongValue } from "./errors.js";
import { fromCodePoints, toCodePoints, valid } from "./text.js";

const MISMATCH = "ERR_TYPE_MISMATCH";

const char = {
  Array: Uint32Array,
  kind: "Uint32Array",
  check(codePoints, count) {
    for (let place = 0; place < count; place++) {
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
const own = (property) => Object.getOwnPropertyDescriptor(typed, property).get;
const [kindOf, lengthOf] = [own(Symbol.toStringTag), own("length")];
const [bufferOf, firstOf, sizeOf] = [own("buffer"), own("byteOffset"), own("byteLength")];

/** The length of a typed array of this kind; what it says of itself is not believed. */
export function lengthOfKind(what, data, { kind }, code = MISMATCH) {
  if (kindOf.call(data) !== kind) throw wrongKind(what, data, `a ${kind}`, code);
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

/** More values than any block has units. */
const TOO_MANY = 2 ** 32;

/** A codec for a typed array; `fits` says whether one of its units can hold a value. */
function numbers(name, Array, fits) {
  return {
    Array,
    // Not to be asked for each time: that takes as long as copying a few values.
    kind: Array.name,
    encode(data) {
      if (kindOf.call(data) === Array.name) {
        lengthOfKind("the data", data, { kind: Array.name });
        return data;
      }
      if (data === null || typeof data !== "object" || !(whole(0, TOO_MANY - 1)(data.length))) {
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
