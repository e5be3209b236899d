// @thi.ng/malloc: offsets into an ArrayBuffer that also holds its books.
import { MemPool } from "@thi.ng/malloc";

export async function open(arena) {
  return new Peer(new MemPool({ size: arena }));
}

class Peer {
  #pool;

  constructor(pool) {
    this.#pool = pool;
  }

  alloc(size) {
    return this.#pool.malloc(size) || null;
  }

  free(block) {
    this.#pool.free(block);
  }

  close() {}
}
