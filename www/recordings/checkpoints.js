// States along a recording, so that any operation is near one. Always: they are of the recording as it runs
// by itself, under the placement that it was opened with; each is the manager's own saved form.

/** So many, evenly spread. */
const NUMBER = 64;
/** Fewer operations are run again sooner than a state is loaded. */
const LEAST_APART = 2000;

/**
 * @typedef {{position: number, bytes: Uint8Array, refused: number, fragmented: number}} Checkpoint
 */
export class Checkpoints {
  #apart;
  /** @type {Checkpoint[]} */
  #kept = [];

  /** @param {number} length operations of the recording */
  constructor(length) {
    this.#apart = Math.max(LEAST_APART, Math.ceil(length / NUMBER));
  }

  /** The next position that should be kept. */
  get next() {
    return (this.#kept.length + 1) * this.#apart;
  }

  /** Keeps a state that should be, and no other. */
  keep(manager, { position, refused, fragmented }) {
    if (position === this.next) this.#kept.push({ position, refused, fragmented, bytes: manager.save() });
  }

  /** The last one before a position, so that the operation which leads there is run and can be explained; null for
   *  the beginning. @returns {Checkpoint | null} */
  before(position) {
    const number = Math.min(Math.ceil(position / this.#apart) - 1, this.#kept.length);
    return number > 0 ? this.#kept[number - 1] : null;
  }
}
