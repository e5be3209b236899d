// How many pairs a second each worker does. Always: counted over about the last second while they work, and
// over all the time when they have stopped.

/** Milliseconds. */
const WINDOW = 1000;

export class Rates {
  #begin = performance.now();
  #end;
  #marks = [];

  /** They have stopped. */
  end() {
    this.#end = performance.now();
  }

  /** Seconds from the beginning to the end. */
  get seconds() {
    return ((this.#end ?? performance.now()) - this.#begin) / 1000;
  }

  /** @param {number[]} pairs of each worker so far @returns {number[]} whole pairs a second */
  now(pairs) {
    const now = performance.now();
    this.#marks.push({ at: now, pairs });
    // The oldest one stays that is at least so old.
    while (this.#marks.length > 2 && this.#marks[1].at <= now - WINDOW) this.#marks.shift();
    return between(this.#marks[0], { at: now, pairs });
  }

  /** The same over all the time. */
  whole(pairs) {
    return between({ at: this.#begin, pairs: pairs.map(() => 0) }, { at: this.#end ?? performance.now(), pairs });
  }
}

function between(from, to) {
  const seconds = (to.at - from.at) / 1000;
  return to.pairs.map((pairs, number) => (seconds > 0 ? Math.round((pairs - from.pairs[number]) / seconds) : 0));
}
