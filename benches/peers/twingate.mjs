// The package itself, through the interface that everyone uses, with each placement.
import init, { MemoryError, MemoryManager } from "twingate-memory";

export async function open(arena, placement) {
  await init();
  return new Peer(new MemoryManager(arena, { placement, storage: "external" }));
}

class Peer {
  #manager;

  constructor(manager) {
    this.#manager = manager;
  }

  alloc(size) {
    try {
      return this.#manager.alloc(size);
    } catch (error) {
      if (error instanceof MemoryError) return null;
      throw error;
    }
  }

  free(block) {
    this.#manager.free(block);
  }

  close() {
    this.#manager.dispose();
  }
}
