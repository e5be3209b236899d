// W1 in two steps: slots are filled, and then freed and allocated anew at random. A slot whose
// request was refused is null.
import { fold } from "./fill.mjs";

/** Fills the slots of a manager. */
export function prefill(manager, blocks, random) {
  // Of blocks and nulls from the beginning: an array that is of numbers alone until the first refusal
  // would have everything that uses it compiled anew then.
  const slots = Array.from({ length: blocks }, () => null);
  const state = { manager, random, slots, failures: 0, checksum: 0 };
  for (let slot = 0; slot < blocks; slot++) {
    const size = random.size();
    state.checksum = fold(state.checksum, size);
    slots[slot] = manager.alloc(size);
  }
  return state;
}

export function churn(state, pairs) {
  const { manager, random, slots } = state;
  let { checksum, failures } = state;
  for (let pair = 0; pair < pairs; pair++) {
    const slot = random.below(slots.length);
    if (slots[slot] !== null) manager.free(slots[slot]);
    const size = random.size();
    checksum = fold(checksum, size + slot);
    const block = manager.alloc(size);
    // Refusals are rare: a branch that was never taken would have it compiled anew at the first.
    failures += +(block === null);
    slots[slot] = block;
  }
  Object.assign(state, { checksum, failures });
}
