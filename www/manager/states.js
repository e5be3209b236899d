// States along what was done, so that any position is near one. Always: positions ascend; there are few, and
// each is the manager's own saved form. When there are too many, every other one is dropped, and new ones come
// twice as far apart.

const MOST = 32;
/** Fewer actions are carried out again sooner than a state is loaded. */
const LEAST_APART = 32;

export class States {
  #apart = LEAST_APART;
  /** @type {{position: number, bytes: Uint8Array}[]} */
  #kept = [];

  /** Keeps the state at a position past all others, if it is far enough from them and there is memory for it.
   *  @param {number} position @param {{save: () => Uint8Array}} manager */
  keep(position, manager) {
    if (position - (this.#kept.at(-1)?.position ?? 0) < this.#apart) return;
    const bytes = savedForm(manager);
    if (!bytes) return;
    this.#kept.push({ position, bytes });
    if (this.#kept.length <= MOST) return;
    this.#kept = this.#kept.filter((_, at) => at % 2 === 1);
    this.#apart *= 2;
  }

  /** Forgets what lies past a position. */
  forgetAfter(position) {
    this.#kept = this.#kept.filter((state) => state.position <= position);
  }

  /** The last one at or before a position, and not before another. */
  between(from, position) {
    return this.#kept.findLast((state) => from <= state.position && state.position <= position);
  }
}

function savedForm(manager) {
  try {
    return manager.save();
  } catch {
    // Without it, more is done again.
    return null;
  }
}
