// The manager in use and every action on it. Always: an action is plain data, ends in one sentence
// (done or refused), and is followed by a change event; nothing else on the page alters the manager
// except a recording, which says so by touch().
import { count, plural, quote, refusal } from "./words.js";

/** The largest buffer that the page draws. */
export const LARGEST_CAPACITY = 1_000_000;

/** Up to this capacity the values of all units are asked for, to be drawn into the cells. */
export const CONTENTS_UP_TO = 1024;

/**
 * @typedef {{do: "renew", capacity: number, placement: string}
 *   | {do: "alloc", size: number, align?: number} | {do: "free", id: number}
 *   | {do: "write", id: number, text: string} | {do: "read", id: number}
 *   | {do: "defragment"} | {do: "clear"}} Action
 * @typedef {{done: boolean, text: string, value?: unknown}} Outcome
 */

export class Session extends EventTarget {
  #Manager;
  #state = null;

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
    this.touch();
    return outcome;
  }

  /** A manager of that capacity and placement, not in use yet. */
  make(capacity, placement) {
    return new this.#Manager(capacity, { placement });
  }

  /** What the manager would do with a request. @param {{size: number, align?: number}} request */
  explain({ size, align }) {
    return this.manager.explain(size, alignment(align));
  }

  /** Takes another manager into use, and lets go of the one before. */
  adopt(manager) {
    this.manager.dispose();
    this.manager = manager;
    this.touch();
  }

  /** Says that the manager has changed. */
  touch() {
    this.#state = null;
    this.dispatchEvent(new Event("change"));
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
      case "defragment": return this.#defragment();
      case "clear": return this.#clear();
    }
  }

  #renew({ capacity, placement }) {
    if (capacity > LARGEST_CAPACITY) {
      throw new RangeError(`this page draws at most ${plural(LARGEST_CAPACITY, "unit")}.`);
    }
    this.adopt(this.make(capacity, placement));
    return { text: `New manager: ${plural(capacity, "unit")} under ${placement}, all of them free.` };
  }

  #alloc({ size, align }) {
    // Asked for first: afterwards it would be about the next block.
    const { reason } = this.explain({ size, align });
    const id = this.manager.alloc(size, alignment(align));
    return { text: `Allocated block ${id}. Why here: ${reason}`, value: id };
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

  #defragment() {
    const before = this.manager.stats();
    const report = this.manager.defragment();
    const after = this.manager.stats();
    if (report.unitsMoved === 0) return { text: "Defragmented: nothing had to move." };
    const moved = `${plural(report.unitsMoved, "unit")} moved in ${plural(report.moves, "move")}`;
    const compare = (name, read) => `${name} ${read(before)} before, ${read(after)} now`;
    const facts = [
      compare("extents per block", (stats) => stats.extentsPerBlock.toFixed(2)),
      compare("free extents", (stats) => count(stats.freeExtents)),
      compare("largest free extent", (stats) => count(stats.largestFreeExtent)),
    ];
    return { text: `Defragmented: ${moved}; ${facts.join("; ")}.` };
  }

  #clear() {
    const blocks = this.manager.blockCount;
    this.manager.clear();
    return { text: blocks === 0 ? "Cleared: there was no block." : `Cleared: ${plural(blocks, "block")} freed.` };
  }
}

const alignment = (align) => (align === undefined ? undefined : { align });
