// Serves numbers and keeps no books: what a workload itself costs, and a replay of what it draws.

/** Serves as many requests as each entry of `counts` says, with one refusal between; without end
 *  after the last. */
export async function open(arena, counts = []) {
  return new Peer(counts);
}

export class Peer {
  #limits;
  #served = 0;

  constructor(counts) {
    this.#limits = counts.slice();
  }

  alloc() {
    if (this.#limits.length > 0 && this.#served === this.#limits[0]) {
      this.#limits.shift();
      this.#served = 0;
      return null;
    }
    this.#served += 1;
    return this.#served;
  }

  free() {}

  close() {}
}
