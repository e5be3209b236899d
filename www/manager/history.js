// What was done, in order, so that it can be undone and done again. Always: an entry is an action, or an
// origin, which makes a manager from nothing; the first entry is an origin. The state at a position is
// what the last origin up to there made, after every action since; a kept state on the way spares actions. What was
// refused changed nothing; it is noted beside the entry before it, so that it can be asked again elsewhere. If anything
// here throws, since memory may run out, the entries and the position are what they were.
import { apply } from "./actions.js";
import { orDispose } from "./making.js";
import { States } from "./states.js";

/**
 * @typedef {{make: () => object, action: object | null, owner: object | null, name?: string,
 *   place?: object | null}} Origin
 *   action: the "renew" that it stands for; null where it cannot be told as one, but
 *   by name;
 *   owner: the recording that it is a state of; place: where that stood, if it had come there by itself
 * @typedef {({origin: Origin} | {action: import("./actions.js").Action, id?: number})
 *   & {midway?: boolean, still?: boolean, refused?: Asked[]}} Entry
 *   id: that of the block allocated;
 *   midway: whether a defragmentation is under way after it, of which a saved state would not know;
 *   still: whether it is steps of one that have moved nothing yet;
 *   refused: what was asked for right after it
 * @typedef {{action: import("./actions.js").Action, id?: number | symbol, undone?: true}} Asked
 *   id: what the block is called that was to be allocated: where it was refused, by a name that is no ID
 */

export class History {
  /** @type {Entry[]} */
  #entries = [];
  #position = -1;
  #states = new States();
  #load;

  /** @param {(bytes: Uint8Array) => object} load makes a manager from its saved form */
  constructor(load) {
    this.#load = load;
  }

  /** The index of the entry done last. */
  get position() {
    return this.#position;
  }

  /** The index of the last entry, done or undone. */
  get last() {
    return this.#entries.length - 1;
  }

  /** Adds what was done; what was undone before is forgotten.
   *  @param {Entry} entry @param {object} [manager] in the state after it */
  add(entry, manager) {
    const midway = !entry.origin && (this.at(this.#position)?.midway ?? false);
    this.#states.forgetAfter(this.#position);
    this.#entries.splice(this.#position + 1, Infinity, { midway, ...entry });
    this.#position++;
    if (manager && !this.at(this.#position).midway) this.#states.keep(this.#position, manager);
  }

  /** Adds a step of a defragmentation. One that moved nothing, since it only planned, and the step before are one entry:
   *  what is undone is seen. @param {import("./actions.js").Action} action @param {{moves: number, done: boolean}} report
   *  @param {object} manager in the state after it */
  addStep(action, { moves, done }, manager) {
    const before = this.at(this.#position);
    const joins = before.midway && !before.refused && isSameStep(before.action, action) && (moves === 0 || before.still);
    const still = moves === 0 && (!joins || before.still);
    if (joins) this.#position--;
    const steps = joins ? (before.action.steps ?? 1) + 1 : undefined;
    this.add({ action: joins ? { ...action, steps } : action, midway: !done, still }, manager);
  }

  /** Notes what was refused in the state that is shown. @param {Asked} asked */
  addRefused(asked) {
    (this.at(this.#position).refused ??= []).push(asked);
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
    this.#states = new States();
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

  /** All that was asked for since the origin of what is shown, done or refused. @returns {Asked[]} */
  get asked() {
    const entries = this.#entries.slice(this.#originOf(this.#position), this.#position + 1);
    return entries.flatMap(({ action, id, refused = [] }) => (action ? [{ action, id }, ...refused] : refused));
  }

  /** Goes to a position. @returns {object} a manager in the state there */
  goTo(position) {
    const to = Math.min(Math.max(position, 0), this.last);
    const manager = this.#managerAt(to);
    this.#position = to;
    return manager;
  }

  #managerAt(position) {
    const from = this.#originOf(position);
    const state = this.#states.between(from, position);
    const rest = this.#entries.slice((state?.position ?? from) + 1, position + 1);
    const manager = state ? this.#load(state.bytes) : this.#entries[from].origin.make();
    return orDispose(manager, () => {
      for (const { action } of rest) apply(manager, action);
      return manager;
    });
  }

  #originOf(position) {
    let at = position;
    while (!this.#entries[at].origin) at--;
    return at;
  }
}

const isSameStep = (one, other) => one.do === other.do && one.order === other.order && one.maxMoves === other.maxMoves;
