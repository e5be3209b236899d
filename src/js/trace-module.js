// The module of the entry `twingate-memory/trace`.
//
// What always holds: it is loaded along with the main one, or by its own `init`, or, where neither
// happened before its first use, at once.

import { accompany, Loader } from "./load.js";
import load, { initSync } from "./raw/twingate_memory_trace.js";

export const module = new Loader(load, initSync);
accompany(module);

module.find = () => (address().protocol === "file:" ? fromDisk() : undefined);
module.findSync = () => (address().protocol === "file:" ? fromDisk() : overNetwork());

function address() {
  return new URL("./raw/twingate_memory_trace_bg.wasm", import.meta.url);
}

/** In Node, without an import that bundlers would follow. */
function fromDisk() {
  return globalThis.process.getBuiltinModule("node:fs").readFileSync(address());
}

function overNetwork() {
  const request = new XMLHttpRequest();
  request.open("GET", address(), false);
  // A page may not ask for bytes at once, only for text; this kind keeps every byte apart.
  request.overrideMimeType("text/plain; charset=x-user-defined");
  request.send();
  return request.status < 400 && Uint8Array.from(request.responseText, (unit) => unit.charCodeAt(0));
}
