// W1 in two steps: slots are filled, and then freed and allocated anew at random.
import { Random } from "../random.mjs";
import { fold } from "./fill.mjs";

/** Fills the slots of a manager. */
export function prefill(manager, blocks, seed) {
  const state = { manager, random: new Random(seed), slots: [], checksum: 0 };
  for (let slot = 0; slot < blocks; slot++) {
    const size = state.random.size();
    state.checksum = fold(state.checksum, size);
    state.slots.push(manager.alloc(size));
  }
  return state;
}

export function churn(state, pairs) {
  const { manager, random, slots } = state;
  let { checksum } = state;
  for (let pair = 0; pair < pairs; pair++) {
    const slot = random.below(slots.length);
    manager.free(slots[slot]);
    const size = random.size();
    checksum = fold(checksum, size + slot);
    slots[slot] = manager.alloc(size);
  }
  state.checksum = checksum;
}

/** Serves anything. */
export class Nothing {
  alloc() {
    return 1;
  }

  free() {}
}
