// The beginning of several workloads: an arena that was filled, and then half emptied.
//
// What always holds: the same sizes are drawn whoever serves them, and folded into a checksum, so
// that this can be held against every run; native/src/workloads.rs is the same in Rust.

/** The state after half of the blocks of a full arena were freed; `live` is the units of those that
 *  were `kept`. */
export function fillAndHalve(peer, random) {
  const blocks = fill(peer, random, 0);
  const kept = [];
  let live = blocks.units;
  for (const entry of blocks.list) {
    if (random.next() & 1) {
      peer.free(entry.block);
      live -= entry.size;
    } else {
      kept.push(entry);
    }
  }
  return { live, kept, blocks, checksum: blocks.checksum };
}

/** Allocates until the first refusal. */
export function fill(peer, random, seed) {
  const list = [];
  let [units, checksum] = [0, seed];
  for (;;) {
    const size = random.size();
    checksum = fold(checksum, size);
    const block = peer.alloc(size);
    if (block === null) return { list, units, checksum };
    list.push({ block, size });
    units += size;
  }
}

export function fold(checksum, value) {
  return (Math.imul(checksum, 31) + value) | 0;
}
