// Loading the WebAssembly modules of the package: each entry has its own.
//
// What always holds: importing does no work; a module is instantiated at most once, and a failed
// attempt can be repeated.

export class Loader {
  #load;
  #loadSync;
  #loading;
  #ready = false;

  /** Where the module is, for `init` without a source. The generated code looks beside itself. */
  find;
  /** The module's bytes, at once: with it the entry works without `init`. */
  findSync;
  /** What the module exports, its memory among it. */
  exports;

  /** @param load what wasm-bindgen generated @param loadSync the same, at once */
  constructor(load, loadSync) {
    this.#load = load;
    this.#loadSync = loadSync;
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
    const found = source ?? this.find?.();
    this.exports = await this.#load(found === undefined ? undefined : { module_or_path: found });
    this.#ready = true;
  }

  /** Loads the module at once from its bytes or from a compiled module. */
  initSync(source) {
    if (this.#ready) return;
    this.exports = this.#loadSync({ module: source });
    this.#ready = true;
    this.#loading = Promise.resolve();
  }

  /** Throws unless the module is loaded, or can be at once. */
  assertReady() {
    if (this.#ready) return;
    const bytes = this.#loading ? undefined : this.findSync?.();
    if (bytes) return this.initSync(bytes);
    throw Object.assign(
      new Error("twingate-memory is not loaded yet: await init() before anything else"),
      { code: "ERR_NOT_INITIALIZED" },
    );
  }
}

const companions = new Set();

/** An entry that was imported: its module is loaded along with the main one. */
export function accompany(loader) {
  companions.add(loader);
}

/** Loads the modules of the entries that were imported. */
export function loadCompanions() {
  return Promise.all(Array.from(companions, (loader) => loader.init()));
}
