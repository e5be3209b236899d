// What can be said of one unit: its block, its place in it, its value. Always: values come from the
// manager; a block's text is read once for each state and then kept.
import { Units } from "./units.js";
import { showValue } from "../page/values.js";
import { count, plural } from "../page/words.js";

export class Reader {
  #manager;
  #state;
  #texts = new Map();

  constructor(manager, state) {
    this.#manager = manager;
    this.#state = state;
    this.units = new Units(state.snapshot);
  }

  get capacity() {
    return this.#state.snapshot.capacity;
  }

  /** @returns {{unit: number, block: object | null, beyond: object | null, offset: number, tail: boolean,
   *   value: unknown}} */
  at(unit) {
    const found = this.units.at(unit);
    return { unit, ...found, value: found.block ? this.#value(unit, found) : null };
  }

  /** The same as a sentence. */
  describe(unit) {
    const { block, beyond, offset, tail, value } = this.at(unit);
    const name = `Unit ${count(unit)}`;
    if (beyond) return `${name}: handed out with block ${beyond.id}, beyond the ${plural(beyond.size, "unit")} asked for.`;
    if (!block) return tail ? `${name}: free, in the tail.` : `${name}: free, below the tail.`;
    const holds = value === null ? "empty" : `value “${showValue(value)}”`;
    const pinned = block.pinned ? " (pinned)" : "";
    return `${name}: block ${block.id}${pinned}, its unit ${count(offset + 1)} of ${plural(block.size, "unit")}, ${holds}.`;
  }

  #value(unit, { block, offset }) {
    const { contents } = this.#state.snapshot;
    if (contents?.length) return contents[unit] ?? null;
    if (offset >= block.length) return null;
    if (!this.#texts.has(block.id)) this.#texts.set(block.id, Array.from(this.#manager.read(block.id)));
    return this.#texts.get(block.id)[offset] ?? null;
  }
}
