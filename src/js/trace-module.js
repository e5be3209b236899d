// The module of the entry `twingate-memory/trace`.
//
// What always holds: it is loaded along with the main one, or by its own `init`, or, where neither
// happened before its first use, at once.

import { fromDisk, located, missing, sent } from "./compile.js";
import { accompany, Loader } from "./load.js";
import { initSync } from "./raw/twingate_memory_trace.js";

export const module = new Loader("twingate-memory/trace", initSync, address);
accompany(module);

module.findSync = () => {
  const url = located(address);
  if (url.protocol === "file:") return fromDisk(url);
  return typeof XMLHttpRequest === "undefined" ? undefined : overNetwork(url);
};

/** An array that stays as it is while the module has more memory. */
export function apart(array) {
  return array.buffer === module.exports.memory.buffer ? array.slice() : array;
}

function address() {
  return new URL("./raw/twingate_memory_trace_bg.wasm", import.meta.url);
}

function overNetwork(url) {
  const request = new XMLHttpRequest();
  request.open("GET", url, false);
  // A page may not ask for bytes at once, only for text; this kind keeps every byte apart.
  request.overrideMimeType("text/plain; charset=x-user-defined");
  request.send();
  if (request.status >= 400) throw missing(url, `status ${request.status}`);
  return sent(Uint8Array.from(request.responseText, (unit) => unit.charCodeAt(0)), { url });
}
