// The module for several workers: the same source, over a memory that workers share.
//
// What always holds: importing does no work. `init` only compiles; the module is instantiated when
// the first manager is made or attached to, since only then it is known whose memory it works on.
// A worker works on one memory for good: the one that it made, or that of the first manager it
// attached to.

import { compile, compileAtOnce } from "../compile.js";
import { errorFrom } from "../errors.js";
import { assertOurs, notLoaded } from "../load.js";
import { rememberStack, restoreStacks } from "../unwound.js";
import { newGate, pass } from "./gate.js";
import { initSync as instantiate, setWaiting } from "./raw/twingate_memory.js";

export const ENTRY = "twingate-memory/threads";

const PAGE = 65_536;
// What 32 bits can address, and less where that much address space cannot be had.
const MAXIMA = [2 ** 16, 2 ** 15, 2 ** 14, 2 ** 12];
// More than the module needs to begin with.
const INITIAL = 64;
/** Bytes that the memory of any manager has. */
export const LEAST = INITIAL * PAGE;
// Of each worker, taken from the memory.
const STACK = 4 * PAGE;

/** Milliseconds after which a worker that does not end its operation is taken for lost. */
export const PATIENCE = 10_000;

let compiling;
let module;
/** What this worker works on: `{ module, memory, gate, id }`. The ID names the memory in all workers. */
let place;
/** Why this worker can work nowhere, if so: it is in a memory that has no room for its stack. */
let refused;
let sleeps;

export const main = {
  /** Compiles the module once. */
  init(source) {
    compiling ??= start(source).catch((error) => {
      compiling = undefined;
      throw error;
    });
    return compiling;
  },

  /** Compiles the module at once, from its bytes, or takes a compiled one. */
  initSync(source) {
    assertShared();
    module ??= ours(compileAtOnce(source));
    compiling ??= Promise.resolve();
  },

  /** Makes sure that managers can be made. */
  assertReady() {
    if (place) return restoreStacks();
    if (refused) throw refused;
    if (module) return settle({ module, memory: newMemory(), gate: newGate(), id: newId() }, PATIENCE);
    throw notLoaded(ENTRY);
  },

  /** Where this worker works; it has been settled. */
  get place() {
    return place;
  },

  /** Works where another worker does, after at most so many milliseconds. */
  join(other, patience) {
    assertShared();
    if (refused) throw refused;
    if (place === undefined) return settle(other, patience);
    if (place.id === other.id) return restoreStacks();
    const message = "this worker has a memory of its own already, with managers in it, "
      + "and works on no other: attach in a new worker";
    throw errorFrom({ name: "Error", code: "ERR_OTHER_MEMORY", message });
  },

  /** Makes managers that wait so many milliseconds for one operation of another. */
  patiently(patience, make) {
    setPatience(patience);
    try {
      return make();
    } finally {
      setPatience(PATIENCE);
    }
  },
};

async function start(source) {
  assertShared();
  try {
    const compiled = ours(await compile(source, address));
    module ??= compiled;
  } catch (error) {
    // Unless it was taken at once meanwhile.
    if (module === undefined) throw error;
  }
}

function ours(compiled) {
  assertOurs(compiled, ENTRY);
  return compiled;
}

/** A page that is not cross-origin isolated cannot share memory. */
function assertShared() {
  if (typeof SharedArrayBuffer === "function" && globalThis.crossOriginIsolated !== false) return;
  const message = "SharedArrayBuffer is missing, because this page is not cross-origin isolated: serve it with "
    + "Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp, "
    + 'or use the entry "twingate-memory"';
  throw errorFrom({ name: "Error", code: "ERR_NOT_ISOLATED", message });
}

function address() {
  return new URL("./raw/twingate_memory_bg.wasm", import.meta.url);
}

function settle(where, patience) {
  pass(where.gate, patience, () => enter(where));
  place = where;
  setPatience(PATIENCE);
}

function setPatience(patience) {
  sleeps ??= maySleep();
  setWaiting(sleeps, patience);
}

function enter({ module, memory }) {
  try {
    rememberStack(instantiate({ module, memory, thread_stack_size: STACK }));
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError)) throw error;
    // What sets a worker up traps where there is no memory for its stack, with its lock taken.
    const message = "the memory that the managers share has no room for this worker's stack, and nobody else can attach "
      + "any more: make a new manager in a worker that has none, and dispose of managers before memory ends";
    refused = errorFrom({ name: "MemoryError", code: "ERR_OUT_OF_MEMORY", message });
    throw refused;
  }
}

function newMemory() {
  let failure;
  for (const maximum of MAXIMA) {
    try {
      return new WebAssembly.Memory({ initial: INITIAL, maximum, shared: true });
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

function newId() {
  return globalThis.crypto?.randomUUID?.() ?? `${Date.now()} ${Math.random()}`;
}

/** Whether this thread may wait on an atomic; the main thread of a page may not. */
function maySleep() {
  try {
    Atomics.wait(newGate(), 0, 0, 0);
    return true;
  } catch {
    return false;
  }
}
