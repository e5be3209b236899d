// What a worker does to the manager that it shares with others: it frees a block and allocates another,
// again and again. Always: a block's values follow from its ID, so that whoever has the ID can check them,
// and every block is checked before it is freed; blocks change hands through a mailbox.

/** Units of the largest block; sizes are even from 1 up to it. */
export const LARGEST = 64;
/** Whether to go on, in the first place of `control`. */
export const [STOP, GO] = [0, 1];

/** Pairs between two looks at whether to go on. */
const BATCH = 64;
/** One pair in so many goes with an exchange of blocks. */
const TRADE = 16;

/**
 * @param {object} memory a SharedMemoryManager of unit u32
 * @param {{number: number, blocks: number, seed: number, control: Int32Array, pairs: BigInt64Array,
 *   mailbox: BigInt64Array}} work
 *   number: this worker's place in pairs, where it says how many it has done; blocks: how many it keeps
 * @returns {{ids: number[], allocations: number, frees: number, failures: number}} what it is left with, and
 *   what it counted
 * @throws Error a block holds what nobody wrote to it
 */
export function hammer(memory, { number, blocks, seed, control, pairs, mailbox }) {
  const random = generator(seed);
  const values = new Uint32Array(LARGEST);
  const slots = new Array(blocks).fill(0);
  const counted = { allocations: 0, frees: 0, failures: 0 };

  function put(slot) {
    slots[slot] = 0;
    const size = 1 + random(LARGEST);
    const id = attempt(() => memory.alloc(size));
    if (id === undefined) return counted.failures++;
    counted.allocations++;
    for (let unit = 0; unit < size; unit++) values[unit] = valueOf(id, unit);
    memory.write(id, values.subarray(0, size));
    slots[slot] = id;
  }

  function take(slot) {
    const id = slots[slot];
    if (id === 0) return;
    check(memory, id);
    memory.free(id);
    counted.frees++;
  }

  slots.forEach((_, slot) => put(slot));
  for (let done = 0; Atomics.load(control, 0) === GO; Atomics.store(pairs, number, BigInt(done))) {
    for (const end = done + BATCH; done < end; done++) {
      const slot = random(blocks);
      if (random(TRADE) === 0) {
        slots[slot] = Number(Atomics.exchange(mailbox, random(mailbox.length), BigInt(slots[slot])));
      }
      take(slot);
      put(slot);
    }
  }
  return { ids: slots.filter((id) => id !== 0), ...counted };
}

/** Throws where a block does not hold what was written to it. */
export function check(memory, id) {
  const found = memory.read(id);
  const wrong = found.length !== memory.size(id) || found.some((value, unit) => value !== valueOf(id, unit));
  if (wrong) throw new Error(`block ${id} does not hold what was written to it.`);
}

const valueOf = (id, unit) => (id + unit) % 2 ** 32;

function attempt(action) {
  try {
    return action();
  } catch (error) {
    if (error.code !== "ERR_OUT_OF_MEMORY" && error.code !== "ERR_FRAGMENTED") throw error;
  }
}

/** Whole numbers below a bound, by xorshift32. */
function generator(seed) {
  let state = seed | 0 || 1;
  return (bound) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
}
