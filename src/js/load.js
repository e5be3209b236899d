// Loading the WebAssembly modules of the package: each entry has its own.
//
// What always holds: importing does no work; a module is instantiated at most once, even where it is
// loaded at once while it is being fetched; and a failed attempt can be repeated.

import { compile, compileAtOnce } from "./compile.js";
import { errorFrom, wrongValue } from "./errors.js";
import { rememberStack, restoreStacks } from "./unwound.js";

export class Loader {
  #entry;
  #instantiate;
  #address;
  #along;
  #loading;

  /** What the module exports, its memory among it, once it is loaded. */
  exports;

  /** The module's bytes, at once: with it the entry works without `init`. */
  findSync;

  /** @param entry the package's, whose module it is
   *  @param instantiate what wasm-bindgen generated: does it once, and later gives the same exports
   *  @param address where the module is, when `init` is not told
   *  @param along loads what `init` loads besides; it is told the source that `init` was given */
  constructor(entry, instantiate, address, along = () => undefined) {
    this.#entry = entry;
    this.#instantiate = instantiate;
    this.#address = address;
    this.#along = along;
  }

  /** Loads the module once. */
  init(source) {
    this.#loading ??= this.#start(source).catch((error) => {
      this.#loading = undefined;
      throw error;
    });
    return this.#loading;
  }

  async #start(source) {
    const own = compile(source, this.#address).then((module) => this.#enter(module));
    await Promise.all([own.catch((error) => this.#assertLoaded(error)), this.#along(source)]);
  }

  /** Throws what went wrong, unless the module was loaded at once meanwhile. */
  #assertLoaded(error) {
    if (this.exports === undefined) throw error;
  }

  /** Loads the module at once from its bytes or from a compiled module. */
  initSync(source) {
    this.#enter(source);
    this.#loading ??= Promise.resolve();
  }

  #enter(source) {
    if (this.exports !== undefined) return;
    const module = compileAtOnce(source);
    assertOurs(module, this.#entry);
    this.exports = this.#instantiate({ module });
    rememberStack(this.exports);
  }

  /** Throws unless the module is loaded, or can be at once; its stack is whole then. */
  assertReady() {
    if (this.exports !== undefined) return restoreStacks();
    const bytes = this.#loading ? undefined : this.findSync?.();
    if (bytes) return this.initSync(bytes);
    throw notLoaded(this.#entry);
  }
}

/** The error before the module of an entry is loaded. */
export function notLoaded(entry) {
  const message = `${entry} is not loaded yet: await init() before anything else`;
  return errorFrom({ name: "Error", code: "ERR_NOT_INITIALIZED", message });
}

/** For each entry, what its module exports and the modules of the entries before it here do not. */
const MARKS = {
  "twingate-memory/threads": "setWaiting",
  "twingate-memory/trace": "rawtracereader_new",
  "twingate-memory": "rawmanager_new",
};

/** Throws for a module of something else, which would be instantiated for good before anybody missed what it lacks. */
export function assertOurs(module, entry) {
  const exported = new Set(WebAssembly.Module.exports(module).map(({ name }) => name));
  const found = Object.keys(MARKS).find((entry) => exported.has(MARKS[entry]));
  if (found === entry) return;
  const what = found ? `the module of ${found}` : "not a module of this package";
  throw wrongValue(`this is ${what}: give ${entry} its own, ${entry}/wasm, or none`);
}

const companions = new Set();

/** An entry that was imported: its module is loaded along with the main one. */
export function accompany(loader) {
  companions.add(loader);
}

/** Loads the modules of the entries that were imported. Whoever gave the main one a source may have put the others
 *  elsewhere as well: then one that is not found is missed at its first use. */
export async function loadCompanions(source) {
  // Their own `init` may be called in the same turn, with sources: these count.
  await undefined;
  const loads = Array.from(companions, (loader) => loader.init());
  await (source === undefined ? Promise.all(loads) : Promise.allSettled(loads));
}
