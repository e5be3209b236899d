// The package itself: with data it plans and copies in one call, without it keeps the books.
import init, { MemoryError, MemoryManager } from "twingate-memory";
import { filled, filling } from "./filled.mjs";

export async function open(arena, placement, { data }) {
  await init();
  const storage = data ? "owned" : "external";
  return new Peer(new MemoryManager(arena, { placement, storage, unit: "u8" }), data);
}

class Peer {
  inSteps = true;
  #manager;
  #data;
  #report;

  constructor(manager, data) {
    this.#manager = manager;
    this.#data = data;
  }

  alloc(size) {
    try {
      const block = this.#manager.alloc(size);
      if (this.#data) this.#manager.write(block, filling(size));
      return block;
    } catch (error) {
      if (error instanceof MemoryError) return null;
      throw error;
    }
  }

  free(block) {
    this.#manager.free(block);
  }

  compact(maxMoves) {
    this.#report = this.#manager.defragment({ order: "any", maxMoves });
  }

  tally() {
    const { moves, unitsMoved: units, done } = this.#report;
    return { moves, units, done };
  }

  address(block) {
    return this.#manager.address(block);
  }

  largestFree() {
    return this.#manager.stats().largestFreeExtent;
  }

  holds(block) {
    return filled(this.#manager.read(block));
  }

  close() {
    this.#manager.dispose();
  }
}
