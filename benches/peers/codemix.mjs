// codemix's `malloc`: offsets into an ArrayBuffer that also holds its books.
import Allocator from "malloc";

export async function open(arena) {
  return new Peer(new Allocator(new ArrayBuffer(arena)));
}

class Peer {
  #allocator;

  constructor(allocator) {
    this.#allocator = allocator;
  }

  alloc(size) {
    return this.#allocator.alloc(size) || null;
  }

  free(block) {
    this.#allocator.free(block);
  }

  close() {}
}
