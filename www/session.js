// The manager in use and every action on it. Always: an action is plain data, ends in one sentence
// (done or refused), and is followed by a change event; nothing else on the page alters the manager
// except a recording, which says so by touch().
import { movedBetween } from "./moves.js";
import { ORDERS, outlook } from "./orders.js";
import { count, leftOver, plural, quote, refusal, span } from "./words.js";

/** The largest buffer that the page draws. */
export const LARGEST_CAPACITY = 1_000_000;

/** Up to this capacity the values of all units are asked for, to be drawn into the cells. */
export const CONTENTS_UP_TO = 1024;

/**
 * @typedef {{do: "renew", capacity: number, placement: string, autoDefragment?: boolean}
 *   | {do: "alloc", size: number, align?: number} | {do: "free", id: number}
 *   | {do: "write", id: number, text: string} | {do: "read", id: number}
 *   | {do: "pin", id: number} | {do: "unpin", id: number}
 *   | {do: "defragment", order?: string} | {do: "clear"}} Action
 * @typedef {{done: boolean, text: string, value?: unknown, moved?: object[]}} Outcome
 */

export class Session extends EventTarget {
  #Manager;
  #state = null;

  /** Whether the manager compacts when an allocation does not fit. */
  autoDefragment = false;

  /** The extents that the last change moved. @type {object[]} */
  moved = [];

  /** @param {typeof import("twingate-memory").MemoryManager} Manager */
  constructor(Manager, capacity) {
    super();
    this.#Manager = Manager;
    this.manager = this.make(capacity);
  }

  /** Carries one action out; a refusal is an outcome too. @param {Action} action @returns {Outcome} */
  perform(action) {
    let outcome;
    try {
      outcome = { done: true, ...this.#carryOut(action) };
    } catch (error) {
      outcome = { done: false, text: refusal(error) };
    }
    this.dispatchEvent(new CustomEvent("outcome", { detail: { action, outcome } }));
    this.touch(outcome.moved);
    return outcome;
  }

  /** A manager of that capacity and placement, not in use yet. */
  make(capacity, placement, autoDefragment = false) {
    return new this.#Manager(capacity, { placement, autoDefragment });
  }

  /** What the manager would do with a request. @param {{size: number, align?: number}} request */
  explain({ size, align }) {
    return this.manager.explain(size, alignment(align));
  }

  /** Takes another manager into use, and lets go of the one before. */
  adopt(manager, autoDefragment = false) {
    this.manager.dispose();
    this.manager = manager;
    this.autoDefragment = autoDefragment;
    this.touch();
  }

  /** Says that the manager has changed, and which extents it moved. */
  touch(moved = []) {
    this.#state = null;
    this.moved = moved;
    this.refresh();
  }

  /** Says that what is shown may have changed, though the manager has not. */
  refresh() {
    this.dispatchEvent(new Event("change"));
  }

  /** One step, whose outcome the caller puts into words. @param {object} options the manager's */
  defragment(options) {
    const { snapshot } = this.state;
    const report = this.manager.defragment(options);
    this.touch();
    this.moved = movedBetween(snapshot, this.state.snapshot);
    return report;
  }

  /** What the manager says of itself, asked for once after each change. */
  get state() {
    const contents = this.manager.capacity <= CONTENTS_UP_TO;
    this.#state ??= { snapshot: this.manager.snapshot({ contents }), stats: this.manager.stats() };
    return this.#state;
  }

  #carryOut(action) {
    switch (action.do) {
      case "renew": return this.#renew(action);
      case "alloc": return this.#alloc(action);
      case "free": return this.#free(action.id);
      case "write": return this.#write(action.id, action.text);
      case "read": return this.#read(action.id);
      case "pin": return this.#pin(action.id);
      case "unpin": return this.#unpin(action.id);
      case "defragment": return this.#defragment(action);
      case "clear": return this.#clear();
    }
  }

  #renew({ capacity, placement, autoDefragment }) {
    if (capacity > LARGEST_CAPACITY) {
      throw new RangeError(`this page draws at most ${plural(LARGEST_CAPACITY, "unit")}.`);
    }
    this.adopt(this.make(capacity, placement, autoDefragment), autoDefragment);
    const extra = autoDefragment ? " An allocation that does not fit compacts." : "";
    return { text: `New manager: ${plural(capacity, "unit")} under ${placement}, all of them free.${extra}` };
  }

  #alloc({ size, align }) {
    // Asked for first: afterwards it would be about the next block.
    const { reason } = this.explain({ size, align });
    const { snapshot, stats } = this.state;
    const id = this.manager.alloc(size, alignment(align));
    const units = this.manager.stats().unitsMoved - stats.unitsMoved;
    if (units === 0) return { text: `Allocated block ${id}. Why here: ${reason}`, value: id };
    const [{ start, length }] = this.manager.extents(id);
    return {
      text: `Allocated block ${id} at units ${span({ start, length, step: 1 })}: it did not fit, so the manager moved ${plural(units, "unit")}. Without that: ${reason}`,
      value: id,
      moved: movedBetween(snapshot, this.manager.snapshot({ contents: false })),
    };
  }

  #free(id) {
    const before = this.manager.freeUnits;
    this.manager.free(id);
    return { text: `Freed block ${id}: ${plural(this.manager.freeUnits - before, "unit")} came back.` };
  }

  #write(id, text) {
    this.manager.write(id, text);
    return text === ""
      ? { text: `Emptied block ${id}.` }
      : { text: `Wrote ${quote(text)} to block ${id}.` };
  }

  #read(id) {
    const value = this.manager.read(id);
    const text = value === "" ? `Block ${id} is empty.` : `Block ${id} reads ${quote(value)}.`;
    return { text, value };
  }

  #pin(id) {
    this.manager.pin(id);
    return { text: `Pinned block ${id}: no defragmentation moves it.` };
  }

  #unpin(id) {
    this.manager.unpin(id);
    return { text: `Unpinned block ${id}: it may move again.` };
  }

  #defragment({ order }) {
    const { snapshot, stats: before } = this.state;
    const report = order ? this.manager.defragment({ order }) : this.manager.defragment();
    const after = this.manager.stats();
    const left = leftOver(report.left);
    if (report.unitsMoved === 0) return { text: ["Defragmented: nothing had to move.", left].filter(Boolean).join(" ") };
    const amount = `${plural(report.unitsMoved, "unit")} moved in ${plural(report.moves, "move")}`;
    const compare = (name, read) => `${name} ${read(before)} before, ${read(after)} now`;
    const facts = [
      compare("extents per block", (stats) => stats.extentsPerBlock.toFixed(2)),
      compare("free extents", (stats) => count(stats.freeExtents)),
      compare("largest free extent", (stats) => count(stats.largestFreeExtent)),
    ];
    const sentences = [`Defragmented: ${amount}; ${facts.join("; ")}.`, outlook(snapshot, order ?? ORDERS[0].name), left];
    return {
      text: sentences.filter(Boolean).join(" "),
      moved: movedBetween(snapshot, this.manager.snapshot({ contents: false })),
    };
  }

  #clear() {
    const blocks = this.manager.blockCount;
    this.manager.clear();
    return { text: blocks === 0 ? "Cleared: there was no block." : `Cleared: ${plural(blocks, "block")} freed.` };
  }
}

const alignment = (align) => (align === undefined ? undefined : { align });
