// A recording on its way through a manager. Always: operations run in order, each once; a block that
// was refused is not freed later; a resize is a free and an alloc, since the manager has no resize yet.

/** The kinds of operations in a trace. */
export const ALLOC = 0;
export const RESIZE = 1;
export const FREE = 2;
/** An operation without an effect: a free of null, say. */
export const NOTHING = 3;
const NONE = -1;

export class Replay {
  #operations;
  #scale;
  #ids;

  /**
   * @param {{kind: Uint8Array, block: Uint32Array, size: ArrayLike<number>}} operations
   * @param {import("./scale.js").Scale} scale @param {number} blocks how many the recording names
   */
  constructor(operations, scale, blocks) {
    this.#operations = operations;
    this.#scale = scale;
    this.#ids = new Float64Array(blocks).fill(NONE);
    this.position = 0;
    this.refused = 0;
    /** How many of the refused there were units for, but no extent. */
    this.fragmented = 0;
  }

  get length() {
    return this.#operations.kind.length;
  }

  get ended() {
    return this.position >= this.length;
  }

  /** Runs operations up to, not including, `until`, or until there is no more time. */
  run(manager, until, inTime = () => true) {
    const end = Math.min(until, this.length);
    // The clock is asked now and then only: asking costs more than an operation.
    while (this.position < end && ((this.position & 63) !== 0 || inTime())) this.#one(manager, this.position++);
  }

  #one(manager, at) {
    const { kind, block, size } = this.#operations;
    const name = block[at];
    try {
      if (kind[at] === RESIZE || kind[at] === FREE) this.#free(manager, name);
      if (kind[at] === RESIZE || kind[at] === ALLOC) this.#ids[name] = manager.alloc(this.#scale.units(size[at]));
    } catch (error) {
      this.refused++;
      if (error.code === "ERR_FRAGMENTED") this.fragmented++;
    }
  }

  #free(manager, name) {
    const id = this.#ids[name];
    if (id === NONE) return;
    this.#ids[name] = NONE;
    manager.free(id);
  }
}
