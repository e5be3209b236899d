// The module's memory as typed arrays.
//
// What always holds: an array that is handed out as a view is empty from the moment on at which
// another block could be seen through it.

import { moduleMemory } from "./raw/twingate_memory.js";

let memory;
let ended = 0;

// Its pages, and how often all views were ended: either way none that was made before is valid.
const PAGE = 65536;

/** Changes whenever all typed arrays onto the memory become empty. */
export const memoryEpoch = () => buffer().byteLength / PAGE + ended;

/** All memory as it is now. When it grows, this is another buffer, and arrays onto the old one are empty. */
export function buffer() {
  memory ??= moduleMemory();
  return memory.buffer;
}

/** Whether a buffer may be the memory: shared memory that has grown has one more for the same bytes. */
export function isMemory(other) {
  return other === buffer() || (isShared(other) && isShared(buffer()));
}

/** Of whatever realm it is. */
export function isShared(buffer) {
  return Object.prototype.toString.call(buffer) === "[object SharedArrayBuffer]";
}

/** Makes all typed arrays onto the memory empty, as growing it does, even by nothing. */
export function endViews() {
  memory ??= moduleMemory();
  memory.grow(0);
  ended += 1;
}
