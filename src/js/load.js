// Loading the WebAssembly module.
//
// What always holds: importing does no work; the module is instantiated at most once, and a
// failed attempt can be repeated.

import load, { initSync as loadSync } from "./raw/twingate_memory.js";

let loading;
let ready = false;

/**
 * Loads the module once. `findSource` says where from when no source is given; without it, the
 * generated code finds the file beside itself.
 */
export function init(source, findSource) {
  loading ??= start(source, findSource).catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function start(source, findSource) {
  const found = source ?? findSource?.();
  await load(found === undefined ? undefined : { module_or_path: found });
  ready = true;
}

/** Loads the module at once from its bytes or from a compiled module. */
export function initSync(source) {
  if (ready) return;
  loadSync({ module: source });
  ready = true;
  loading = Promise.resolve();
}

/** Throws unless the module is loaded. */
export function assertReady() {
  if (ready) return;
  throw Object.assign(
    new Error("twingate-memory is not loaded yet: await init() before anything else"),
    { code: "ERR_NOT_INITIALIZED" },
  );
}
