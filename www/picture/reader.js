// What can be said of one unit: its block, its place in it, its value. Always: values, and the order in which free
// units would be taken, come from the manager; what was asked for once is kept as long as the state is the same.
import { isContiguous } from "../manager/placements.js";
import { bounds, Units } from "./units.js";
import { showValue } from "../page/values.js";
import { count, ordinal, plural, quote } from "../page/words.js";

/** In larger buffers nobody would count through the free extents. */
const ORDER_UP_TO = 1024;
const NO_ORDER = [];

export class Reader {
  #manager;
  #state;
  #texts = new Map();
  #freeOrder = null;

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
    const order = this.#placeInOrder(unit);
    if (!block) return `${name}: free, ${tail ? "in" : "not in"} the tail${order && `; ${this.#state.snapshot.placement} takes it as ${order}`}.`;
    const holds = value === null ? "empty" : `value ${quote(showValue(value))}`;
    const pinned = block.pinned ? " (pinned)" : "";
    return `${name}: block ${block.id}${pinned}, ${placeIn(block, offset)}${order && `, in ${order}`}, ${holds}.`;
  }

  /** The extents of the block at a unit in block order; at a free unit the free extents in the order in which the
   *  placement would take them, if it has one. @returns {object[]} the same array for the same block */
  orderAt(unit) {
    const { block, beyond } = this.units.at(unit);
    if (block) return block.extents;
    return beyond ? NO_ORDER : this.#free;
  }

  // A scattered placement takes all that is free before it refuses anything.
  get #free() {
    const { snapshot: { capacity, placement, freeUnits } } = this.#state;
    const known = capacity <= ORDER_UP_TO && !isContiguous(placement) && freeUnits > 0;
    this.#freeOrder ??= known ? this.#manager.explain(freeUnits).extents : NO_ORDER;
    return this.#freeOrder;
  }

  // "extent 2 of 3, descending"; nothing where there is one.
  #placeInOrder(unit) {
    const order = this.orderAt(unit);
    const at = order.findIndex((extent) => within(extent, unit));
    if (order.length < 2 || at < 0) return "";
    return `extent ${count(at + 1)} of ${count(order.length)}${order[at].step < 0 ? ", descending" : ""}`;
  }

  #value(unit, { block, offset }) {
    const { contents } = this.#state.snapshot;
    if (contents?.length) return contents[unit] ?? null;
    if (offset >= block.length) return null;
    if (!this.#texts.has(block.id)) this.#texts.set(block.id, Array.from(this.#manager.read(block.id)));
    return this.#texts.get(block.id)[offset] ?? null;
  }
}

const placeIn = ({ size }, offset) => (size === 1 ? "its only unit" : `${ordinal(offset + 1)} of its ${plural(size, "unit")}`);

function within(extent, unit) {
  const [low, high] = bounds(extent);
  return low <= unit && unit <= high;
}
