// The manager in use, its history, and who is told of changes. Always: an action is plain data and ends in one sentence,
// done or refused. A change event follows it. What was done is kept in the history, and an event names it. Beside actions
// only a recording alters the manager: it says so by show() and played(); its state comes into the history when something
// is done to it. If anything here throws or is refused, history, manager and recording are what they were.
import { alignment, apply, isRefusal } from "./actions.js";
import { History } from "./history.js";
import { orDispose } from "./making.js";
import { movedBetween } from "./moves.js";
import { carryOut, sayRenewed, sayReplayed } from "./outcomes.js";
import { difference, replay, replayAll, undone } from "./replaying.js";
import { Complaint, count, plural, refusal } from "../page/words.js";

/** The largest buffer that the page draws. */
export const LARGEST_CAPACITY = 2 ** 22;

/** Up to this capacity the values of all units are asked for, to be drawn into the cells. */
const CONTENTS_UP_TO = 1024;

export class Session extends EventTarget {
  #Manager;
  #state = null;
  /** The recording that has changed the manager since the last entry of the history. @type {object | null} */
  #outside = null;

  history = new History((bytes) => this.load(bytes));

  /** The extents that the last change moved. @type {import("./moves.js").Moved[]} */
  moved = [];

  /** The extents that the last operation took, gave back or was about. @type {object[]} */
  touched = [];

  /** @param {typeof import("twingate-memory").MemoryManager} Manager @param {object} options as for make */
  constructor(Manager, options) {
    super();
    this.#Manager = Manager;
    this.history.restart(this.#originOf({ do: "renew", ...options }));
    this.manager = this.history.goTo(0);
  }

  /** The recording that the manager belongs to, or null. */
  get owner() {
    return this.#outside ?? this.history.current.origin.owner;
  }

  /** Where its recording stands, if what is shown is a state of it and nothing else: as the owner says. Undoing what was
   *  done by hand leads there again. */
  get place() {
    return this.#outside ? this.owner.place : this.history.at(this.history.position).origin?.place ?? null;
  }

  /** What the manager came of: the same while it is only worked with, undone and played. */
  get beginning() {
    return this.owner ?? this.history.current.origin;
  }

  /** Whether there is something to undo: not what a recording did, which its own slider takes back. */
  get undoable() {
    const { position } = this.history;
    return !this.#outside && position > 0 && !this.history.at(position).origin?.owner?.open;
  }

  get redoable() {
    return !this.#outside && this.history.position < this.history.last;
  }

  /** How many operations can be done again on a manager like the first one: none if that came from elsewhere. */
  get replayable() {
    return !this.#outside && this.history.current.origin.action ? this.history.asked.length : 0;
  }

  /** Carries one action out; a refusal is an outcome too.
   *  @param {import("./actions.js").Action} action @returns {import("./outcomes.js").Outcome} */
  perform(action) {
    let outcome;
    try {
      outcome = { done: true, ...this.#carryOut(action) };
    } catch (error) {
      outcome = { done: false, text: refusal(error) };
      if (isRefusal(error)) this.#noteRefused(action);
    }
    this.#announce(outcome);
    this.touch(outcome);
    if (outcome.done) this.#acted(action);
    return outcome;
  }

  /** Does what a form asks for; that it cannot be read is an outcome too.
   *  @param {() => import("./outcomes.js").Outcome | void} act @returns {boolean} false where it was refused */
  attempt(act) {
    try {
      return act()?.done ?? true;
    } catch (error) {
      this.#announce({ done: false, text: refusal(error) });
      return false;
    }
  }

  /** A manager, not in use yet.
   *  @param {{capacity: number, placement?: string, unit?: string, autoDefragment?: boolean}} options */
  make({ capacity, placement = "lifo", unit = "char", autoDefragment = false }) {
    return new this.#Manager(capacity, { placement, unit, autoDefragment });
  }

  /** A manager that was saved, not in use yet. @param {Uint8Array} bytes */
  load(bytes) {
    return this.#Manager.load(bytes);
  }

  /** Whether something was done by hand since a recording was shown. */
  get byHand() {
    return !this.#outside;
  }

  /** What the manager would do with a request. @param {{size: number, align?: number}} request */
  explain({ size, align }) {
    return this.manager.explain(size, alignment(align));
  }

  /** Shows a recording's manager. @param {{open: boolean, place: object | null}} owner the recording */
  show(manager, owner) {
    this.#outside = owner;
    this.#take(manager);
  }

  /** Says that the recording has changed the manager, and which extents the last operation touched. */
  played(touched) {
    this.#outside = this.owner;
    this.touch({ touched });
  }

  /** Where a block lies; nowhere, if there is none. @param {number} id @returns {object[]} extents */
  extentsOf(id) {
    return this.manager.has(id) ? this.manager.extents(id) : [];
  }

  /** Puts what a recording did into the history: as the state that came of it. */
  settle() {
    this.#note(this.#recorded());
  }

  /** Undoes or does again up to a position of the history. @throws where there is no memory for it */
  goTo(position) {
    const manager = this.history.goTo(position);
    this.#outside = null;
    this.#take(manager);
  }

  /** Takes a saved state into use. @param {Uint8Array} bytes @param {string} name of the file
   *  @throws where they are not a state that the page can show */
  open(bytes, name) {
    const make = () => this.load(bytes);
    const manager = make();
    orDispose(manager, () => {
      if (manager.capacity > LARGEST_CAPACITY || manager.storage !== "owned") {
        throw new Complaint(`This page can only show states that hold their own units, at most ${count(LARGEST_CAPACITY)} of them.`);
      }
    });
    this.#adopt(manager, { make, name, action: null, owner: null });
  }

  /** Makes a state from what a link told; the history begins with it.
   *  @param {import("../page/link.js").Told} told @throws where an operation is refused */
  restore({ renew, steps }) {
    if (renew.capacity > LARGEST_CAPACITY) throw tooLarge();
    const manager = this.make(renew);
    const entries = replayAll(manager, steps);
    this.#outside = null;
    this.history.restart(this.#originOf(renew));
    for (const entry of entries) this.history.add(entry);
    this.#take(manager);
  }

  /** Says that the manager has changed, and which extents it moved or touched. */
  touch({ moved = [], touched = [] } = {}) {
    this.#state = null;
    this.moved = moved;
    this.touched = touched;
    this.refresh();
  }

  /** Says that what is shown may have changed, though the manager has not. */
  refresh() {
    this.dispatchEvent(new Event("change"));
  }

  /** One step, whose outcome the caller puts into words. @param {{order?: string, maxMoves?: number}} options */
  defragment(options) {
    const { snapshot } = this.state;
    const action = { do: "defragment", ...options };
    const recorded = this.#recorded();
    const report = apply(this.manager, action);
    // A step without moves counts only as part of a plan, of which the steps after it know.
    const planned = !report.done || (!recorded && this.history.at(this.history.position).midway);
    if (report.moves > 0 || planned) {
      this.#note(recorded);
      this.history.addStep(action, report, this.manager);
    }
    this.touch();
    this.moved = this.#movedSince(snapshot);
    this.#acted(action);
    return report;
  }

  /** What the manager says of itself, asked for once after each change. */
  get state() {
    const contents = this.manager.capacity <= CONTENTS_UP_TO;
    this.#state ??= { snapshot: this.manager.snapshot({ contents }), stats: this.manager.stats() };
    return this.#state;
  }

  // Only marked in the picture: without memory to tell it, the step was done all the same.
  #movedSince(snapshot) {
    try {
      return movedBetween(snapshot, this.state.snapshot);
    } catch {
      return [];
    }
  }

  #announce(outcome) {
    this.dispatchEvent(new CustomEvent("outcome", { detail: { outcome } }));
  }

  #acted(action) {
    this.dispatchEvent(new CustomEvent("acted", { detail: { action } }));
  }

  /** Takes another manager into use, and lets go of the one before.
   *  @param {object} manager @param {import("./history.js").Origin} origin how it came about
   *  @param {import("./history.js").Asked[]} [outcomes] of what was done to it since */
  #adopt(manager, origin, outcomes = []) {
    orDispose(manager, () => this.settle());
    this.history.add({ origin });
    for (const outcome of outcomes) {
      if (outcome.undone) this.history.addRefused(outcome);
      else this.history.add(outcome);
    }
    this.#take(manager);
  }

  #take(manager) {
    this.manager.dispose();
    this.manager = manager;
    this.touch();
  }

  // What a recording did, as the state that came of it: told before something else is done. Null where there is nothing.
  #recorded() {
    if (!this.#outside) return null;
    const bytes = this.manager.save();
    const { owner, place } = this;
    return { owner, place, name: "the recording", action: null, make: () => this.load(bytes) };
  }

  #note(recorded) {
    if (!recorded) return;
    this.history.addState(recorded);
    this.#outside = null;
  }

  #originOf(action) {
    return { action, owner: null, make: () => this.make(action) };
  }

  #remember(action, id) {
    const entry = { action, ...(action.do === "alloc" && { id }), ...(action.do === "defragment" && { midway: false }) };
    this.history.add(entry, this.manager);
  }

  // Asked twice while nothing changes, it is noted once; and not of a recording, which is not replayed.
  #noteRefused(action) {
    if (this.#outside) return;
    if (action.do !== "alloc" && action.do !== "resize") return;
    const { refused = [] } = this.history.at(this.history.position);
    const same = ({ action: { do: name, id, size, align } }) => name === action.do && id === action.id && size === action.size && align === action.align;
    if (!refused.some(same)) this.history.addRefused(undone(action));
  }

  // A new manager is the session's own affair, which remembers it where it is taken into use; reading changes nothing.
  #carryOut(action) {
    switch (action.do) {
      case "renew": return this.#renew(action);
      case "replay": return this.#replay(action);
      case "read": return carryOut(this, action);
      default: return this.#change(action);
    }
  }

  #change(action) {
    const recorded = this.#recorded();
    const outcome = carryOut(this, action);
    this.#note(recorded);
    this.#remember(action, outcome.value);
    return outcome;
  }

  #renew(action) {
    if (action.capacity > LARGEST_CAPACITY) throw tooLarge();
    this.#adopt(this.make(action), this.#originOf(action));
    return { text: sayRenewed(action) };
  }

  #replay({ placement, autoDefragment, capacity }) {
    const { unit } = this.manager;
    const { stats: before } = this.state;
    const renew = { do: "renew", capacity, placement, unit, autoDefragment };
    const manager = this.make(renew);
    const { asked } = this.history;
    const [outcomes, after] = orDispose(manager, () => [replay(manager, asked), manager.stats()]);
    this.#adopt(manager, this.#originOf(renew), outcomes);
    return { text: sayReplayed(renew, difference(asked, outcomes), asked.length, [before, after]) };
  }
}

const tooLarge = () => new Complaint(`This page can draw at most ${plural(LARGEST_CAPACITY, "unit")}.`);
