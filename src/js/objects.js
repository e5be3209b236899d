// Objects in a module, from when they are made to when they are let go.
//
// What always holds: one whose making was refused is let go at once, and the refusal is thrown.

import { errorOf } from "./shapes.js";

/** What the module made; throws the refusal, if it refused.
 *  @param keepReserve of the same module: the reserve that a refused object took is kept again */
export function made(raw, keepReserve) {
  const refusal = raw.takeError();
  if (refusal === undefined) return raw;
  letGo(raw);
  keepReserve();
  throw errorOf(refusal);
}

/** Gives an object's memory back. */
export function letGo(raw) {
  try {
    raw.free();
  } catch {
    // The stack overflowed in one of its calls, which never ended. It stays where it is.
  }
}
