// What passes through a module as an exception: a stack that overflows, and what a module throws itself
// when it is asked for an object that such an exception left in use.
//
// What always holds: before an object is made in a module, and after what it throws itself, its stack is
// whole. WebAssembly sets the stack pointer back only where functions return, so that every exception
// would leave less of it; and what lies below the stack of a worker is the memory of others.

import { MemoryError } from "./errors.js";

const stacks = [];

/** Where the stack of a module begins, as it is before anything was called. */
export function rememberStack({ __stack_pointer: pointer }) {
  stacks.push({ pointer, top: pointer.value });
}

/** Where no function of a module will go on: none calls what is not the package's. */
export function restoreStacks() {
  for (const { pointer, top } of stacks) pointer.value = top;
}

/** What the generated scripts throw as an Error. */
export function Unwound() {
  restoreStacks();
  const message = "the stack overflowed in a call of this object, which cannot be used any more: dispose of it, and make a new one";
  return new MemoryError(message, { code: "ERR_DISPOSED" });
}
