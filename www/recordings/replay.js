// A recording on its way through a manager. Always: operations run in order, each once; a block that was refused, or is
// gone, is not freed later, and one that could not be resized keeps its size; what goes wrong otherwise is thrown, and
// that operation is still to come.
import { isRefusal } from "../manager/actions.js";

/** The kinds of operations in a trace that are no requests. */
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
   * @param {import("./checkpoints.js").Checkpoint & {ids: Float64Array} | null} from where to go on
   */
  constructor(operations, scale, blocks, from = null) {
    this.#operations = operations;
    this.#scale = scale;
    this.#ids = from ? from.ids.slice() : new Float64Array(blocks).fill(NONE);
    this.position = from?.position ?? 0;
    this.refused = from?.refused ?? 0;
    /** How many of the refused there were units for, but no extent. */
    this.fragmented = from?.fragmented ?? 0;
  }

  /** The ID that each block of the recording got, if it got one yet. The same recording on the same kind of
   *  manager gives the same IDs, so at its end they are right for every position before. */
  get ids() {
    return this.#ids;
  }

  get length() {
    return this.#operations.kind.length;
  }

  get ended() {
    return this.position >= this.length;
  }

  /** The next operation, as an action would tell it. @returns {{do: string, size?: number, id?: number}} */
  next(manager) {
    const { kind, block, size } = this.#operations;
    const at = this.position;
    if (this.ended || kind[at] === NOTHING) return { do: "nothing" };
    const id = this.#idIn(manager, block[at]);
    if (kind[at] === FREE) return id === NONE ? { do: "nothing" } : { do: "free", id };
    const units = this.#scale.units(size[at]);
    return id === NONE ? { do: "alloc", size: units } : { do: "resize", id, size: units };
  }

  /** Runs operations up to, not including, `until`, or until there is no more time. */
  run(manager, until, inTime = () => true) {
    const end = Math.min(until, this.length);
    // The clock is asked now and then only: asking costs more than an operation.
    while (this.position < end && ((this.position & 63) !== 0 || inTime())) {
      this.#one(manager, this.position);
      this.position++;
    }
  }

  /** Runs the next one. @returns {number} the ID of the block that it was about, or one that no block has */
  step(manager) {
    const name = this.#operations.block[this.position];
    this.run(manager, this.position + 1);
    return this.#ids[name];
  }

  #one(manager, at) {
    const { kind, block, size } = this.#operations;
    if (kind[at] === NOTHING) return;
    const name = block[at];
    const id = this.#idIn(manager, name);
    if (kind[at] !== FREE) this.#request(manager, name, id, this.#scale.units(size[at]));
    else if (id !== NONE) manager.free(id);
  }

  #request(manager, name, id, units) {
    try {
      if (id !== NONE) return void manager.resize(id, units);
      this.#ids[name] = NONE;
      this.#ids[name] = manager.alloc(units);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.refused++;
      if (error.code === "ERR_FRAGMENTED") this.fragmented++;
    }
  }

  // NONE where the block is not live: it may have been freed by hand, or get its ID only later.
  #idIn(manager, name) {
    const id = this.#ids[name];
    return id !== NONE && manager.has(id) ? id : NONE;
  }
}
