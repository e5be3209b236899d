// PlayCanvas's BlockAllocator. It plans; whoever has the data copies it, and so has to know where
// each block was.
import { filled, filling } from "./filled.mjs";

const engine = import.meta.resolve("playcanvas");

export async function open(arena, option, { data }) {
  const { BlockAllocator } = await import(new URL("core/block-allocator.js", engine));
  return new Peer(new BlockAllocator(arena), data ? new Uint8Array(arena) : null);
}

class Peer {
  inSteps = true;
  #allocator;
  #bytes;
  #moved = new Set();

  constructor(allocator, bytes) {
    this.#allocator = allocator;
    this.#bytes = bytes;
  }

  alloc(size) {
    const block = this.#allocator.allocate(size);
    if (block === null || this.#bytes === null) return block;
    this.#bytes.set(filling(size), block.offset);
    block.copiedTo = block.offset;
    return block;
  }

  free(block) {
    this.#allocator.free(block);
  }

  compact(maxMoves = 0) {
    this.#allocator.defrag(maxMoves, this.#moved);
    if (this.#bytes !== null) this.#copy();
  }

  /** In the order in which blocks were moved, lowest first in a full defragmentation. */
  #copy() {
    for (const block of this.#moved) {
      const { offset, size, copiedTo } = block;
      this.#bytes.copyWithin(offset, copiedTo, copiedTo + size);
      block.copiedTo = offset;
    }
  }

  tally() {
    let units = 0;
    for (const { size } of this.#moved) units += size;
    return { moves: this.#moved.size, units, done: this.#moved.size === 0 };
  }

  address(block) {
    return block.offset;
  }

  /** It does not tell, so its lists are looked into: the last that is not empty has the largest. */
  largestFree() {
    let largest = 0;
    let block = this.#allocator._freeBucketHeads.findLast((head) => head !== null);
    for (; block; block = block._nextFree) largest = Math.max(largest, block._size);
    return largest;
  }

  holds({ offset, size }) {
    return filled(this.#bytes.subarray(offset, offset + size));
  }

  close() {}
}
