// The random numbers of the workloads: xorshift32, the same bits in every language.

export class Random {
  // Kept as a signed 32-bit integer, which engines store without a heap object.
  #state;

  constructor(seed) {
    this.#state = (0x9e3779b9 + Math.imul(seed, 0x85ebca6b)) | 0;
    for (let discarded = 0; discarded < 16; discarded++) this.next();
  }

  next() {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state;
    return state >>> 0;
  }

  /** `next() % count`, said so that engines divide integers. */
  below(count) {
    return ((this.next() >>> 0) % (count >>> 0)) >>> 0;
  }

  /** From 16 to 4095, on average about 765; small sizes are the more frequent. */
  size() {
    const random = this.next();
    const base = 16 << (random & 7);
    return base + ((random >>> 8) & (base - 1));
  }
}
