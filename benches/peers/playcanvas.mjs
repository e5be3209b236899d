// PlayCanvas's BlockAllocator. The engine's main entry does not export it, so its file is imported.

const engine = import.meta.resolve("playcanvas");

export async function open(arena) {
  const { BlockAllocator } = await import(new URL("core/block-allocator.js", engine));
  return new Peer(new BlockAllocator(arena));
}

class Peer {
  #allocator;

  constructor(allocator) {
    this.#allocator = allocator;
  }

  alloc(size) {
    return this.#allocator.allocate(size);
  }

  free(block) {
    this.#allocator.free(block);
  }

  close() {}
}
