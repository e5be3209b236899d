// What was done, in order, so that it can be undone and done again. Always: an entry is an action, or an
// origin, which makes a manager from nothing; the first entry is an origin. The state at a position is
// what the last origin up to there made, after every action since.
import { apply } from "./actions.js";

/**
 * @typedef {{make: () => object, autoDefragment: boolean, action: object | null, owner: object | null,
 *   name?: string}} Origin
 *   action: the "renew" that it stands for; null where it cannot be told as one, but
 *   by name;
 *   owner: the recording that it is a state of
 * @typedef {{origin: Origin} | {action: import("./actions.js").Action, id?: number}} Entry
 *   id: that of the block allocated
 */

export class History {
  /** @type {Entry[]} */
  #entries = [];
  #position = -1;

  /** The index of the entry done last. */
  get position() {
    return this.#position;
  }

  /** The index of the last entry, done or undone. */
  get last() {
    return this.#entries.length - 1;
  }

  /** Adds what was done; what was undone before is forgotten. @param {Entry} entry */
  add(entry) {
    this.#entries.splice(this.#position + 1, Infinity, entry);
    this.#position++;
  }

  /** Puts a later state of the same recording in the place of the earlier one, if nothing came between.
   *  @param {Origin} origin */
  addState(origin) {
    if (origin.owner && this.at(this.#position).origin?.owner === origin.owner) this.#position--;
    this.add({ origin });
  }

  /** Begins anew, as if there had been nothing before. @param {Origin} origin */
  restart(origin) {
    this.#entries = [{ origin }];
    this.#position = 0;
  }

  /** @returns {Entry} */
  at(position) {
    return this.#entries[position];
  }

  /** The origin of what is shown, and the actions since. @returns {{origin: Origin, since: Entry[]}} */
  get current() {
    const from = this.#originOf(this.#position);
    return { origin: this.#entries[from].origin, since: this.#entries.slice(from + 1, this.#position + 1) };
  }

  /** Goes to a position. @returns {object} a manager in the state there */
  goTo(position) {
    this.#position = Math.min(Math.max(position, 0), this.last);
    const { origin, since } = this.current;
    const manager = origin.make();
    for (const { action } of since) apply(manager, action);
    return manager;
  }

  #originOf(position) {
    let at = position;
    while (!this.#entries[at].origin) at--;
    return at;
  }
}
