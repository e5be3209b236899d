// The gate through which workers come to a memory, one at a time.
//
// What always holds: nobody waits here for ever. What sets a worker up in the module takes a lock of
// the generated code, which a worker that is terminated meanwhile never gives back; behind the gate
// nobody else waits for that lock.

import { errorFrom } from "./errors.js";
import { performance } from "../globals.js";

const OPEN = 0;
const SHUT = -1;
const BREATH = 1;

/** A gate that is open; it is shared by all who are given it. */
export function newGate() {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
}

/**
 * Does what one worker at a time may. Where that throws, or whoever does it does not end it within
 * the patience, in milliseconds, the gate stays shut, and all who come are refused.
 */
export function pass(gate, patience, action) {
  const mine = 1 + Math.floor(Math.random() * (2 ** 31 - 1));
  let holder, since;
  for (;;) {
    const found = Atomics.compareExchange(gate, 0, OPEN, mine);
    if (found === OPEN) break;
    const now = performance.now();
    if (found !== holder) [holder, since] = [found, now];
    if (found === SHUT) throw lost("failed to attach, perhaps for want of memory for its stack, and so");
    if (now - since > patience) throw lost(tooSlow(patience));
    breathe(gate, found);
  }
  let next = SHUT;
  try {
    action();
    next = OPEN;
  } finally {
    Atomics.store(gate, 0, next);
  }
}

/** Waits a moment, by spinning on the main thread of a page. */
function breathe(gate, found) {
  try {
    Atomics.wait(gate, 0, found, BREATH);
  } catch {
    // It may not wait.
  }
}

function tooSlow(patience) {
  return `has been attaching for more than ${patience} ms: try again if it is only slow; if it was terminated,`;
}

function lost(how) {
  return errorFrom({
    name: "Error",
    code: "ERR_WORKER_LOST",
    message: `another worker ${how} nobody else can attach any more: make a new manager in a worker that has none`,
  });
}
