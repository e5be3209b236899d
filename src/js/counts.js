// Numbers of operations, bytes and units, and names, as the laboratory takes them.
//
// What always holds: a number that is not whole is refused, never cut; no name that is longer than any known
// one goes into the module.

import { shortened, wrongKind } from "./errors.js";

const MOST = 0xffffffff;

/** Where to go or to begin, or how many at most; a larger number means the largest. */
export function place(what, value) {
  if (isCount(value, 0)) return Math.min(value, MOST);
  throw wrongKind(what, value, "a whole number of at least 0, or Infinity");
}

export function whole(what, value, least) {
  if (Number.isInteger(value) && value >= least && value <= MOST) return value;
  throw wrongKind(what, value, `a whole number from ${least} to ${MOST}`);
}

/** How many operations or bytes: without any a loop around `run` would not end. */
export function atLeastOne(most, what = "maxOperations") {
  if (isCount(most, 1)) return most;
  throw wrongKind(what, most, "a whole number of at least 1, or Infinity");
}

const isCount = (value, least) => value === Infinity || (Number.isInteger(value) && value >= least);

/** A name; one that is too long for any is shortened, and the module refuses it. */
export function nameOf(what, value) {
  if (typeof value !== "string") throw wrongKind(what, value, "a string");
  return shortened(value);
}
