// The form that makes a new manager: its placement, its capacity and its kind of unit. Always: after each new manager,
// whoever made it, the form shows that manager's; as soon as it shows anything else, it says that this is not in use
// yet. A recording takes what is chosen here; the button that does the operations so far once more names what it takes.
import { about, isContiguous, PLACEMENTS } from "./placements.js";
import { LARGEST_CAPACITY } from "./session.js";
import { element } from "../page/element.js";
import { show } from "../page/focus.js";
import { UNITS } from "../page/values.js";
import { mark } from "../page/marking.js";
import { numberUpTo, wholeNumber } from "../page/numbers.js";
import { plural } from "../page/words.js";

export class Renewal {
  #parts;
  #session;
  #followed = null;
  #ownerFollowed = null;

  /**
   * @param {{form: HTMLFormElement, placement: HTMLSelectElement, about: HTMLElement,
   *   capacity: HTMLInputElement, unit: HTMLSelectElement, auto: HTMLInputElement, autoHint: HTMLElement,
   *   pending: HTMLElement, replay: HTMLButtonElement}} parts
   * @param {import("./session.js").Session} session @param {() => void} changed what is chosen was
   */
  constructor(parts, session, changed) {
    this.#parts = parts;
    this.#session = session;
    parts.placement.replaceChildren(...groups());
    parts.unit.replaceChildren(...UNITS.map((name) => new Option(name)));
    this.#listen(changed);
    this.follow();
  }

  /** @returns {{placement: string, unit: string, autoDefragment: boolean}} */
  get chosen() {
    const { placement, unit, auto } = this.#parts;
    return { placement: placement.value, unit: unit.value, autoDefragment: auto.checked && !auto.disabled };
  }

  /** As if a person had chosen it. */
  choose(chosen) {
    const { placement, unit, auto } = this.#parts;
    placement.value = chosen.placement;
    unit.value = chosen.unit;
    auto.checked = chosen.autoDefragment;
    this.#show();
  }

  follow() {
    const { manager, owner } = this.#session;
    // A recording that is open keeps what was chosen for it next, while it goes to and fro.
    if (manager === this.#followed || (owner?.open && owner === this.#ownerFollowed)) return this.#compare();
    this.#followed = manager;
    this.#ownerFollowed = owner;
    const { capacity } = this.#parts;
    capacity.value = manager.capacity;
    mark(capacity, true);
    this.choose(manager);
  }

  #show() {
    const { placement, about: words, auto, autoHint } = this.#parts;
    words.textContent = about(placement.value);
    auto.disabled = !isContiguous(placement.value);
    autoHint.textContent = auto.disabled
      ? "A scattered placement never needs it: a block can take any free units."
      : "Only as many units are moved as needed, and blocks keep their IDs.";
    this.#compare();
  }

  #compare() {
    const { placement, capacity, pending, replay } = this.#parts;
    const choice = { ...this.chosen, capacity: wholeNumber(capacity.value) };
    pending.textContent = sayPending(choice, this.#session);
    pending.hidden = pending.textContent === "";
    replay.textContent = sayReplay(choice, this.#session);
    show(replay, this.#session.replayable > 0, placement);
  }

  #listen(changed) {
    const { form, placement, capacity, unit, auto, replay } = this.#parts;
    capacity.addEventListener("input", () => this.#compare());
    unit.addEventListener("change", () => this.#compare());
    auto.addEventListener("change", () => {
      this.#compare();
      changed();
    });
    placement.addEventListener("change", () => {
      this.#show();
      changed();
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#perform({ do: "renew", ...this.chosen });
    });
    replay.addEventListener("click", () => {
      const { placement, autoDefragment } = this.chosen;
      this.#perform({ do: "replay", placement, autoDefragment });
    });
  }

  #perform(action) {
    const { capacity } = this.#parts;
    this.#session.attempt(() => this.#session.perform({ ...action, capacity: numberUpTo(capacity, LARGEST_CAPACITY) }));
  }
}

/** @typedef {{placement: string, unit: string, capacity: number, autoDefragment: boolean}} Choice capacity: NaN where it is
 *    no number */

/** That a choice is not in use yet; "" where it is. @param {Choice} choice @param {import("./session.js").Session} session */
function sayPending({ placement, unit, capacity, autoDefragment }, session) {
  const { manager, owner } = session;
  // Where an automatic defragmentation cannot be chosen, it makes no difference.
  const same = placement === manager.placement && unit === manager.unit && capacity === manager.capacity
    && (!isContiguous(placement) || autoDefragment === manager.autoDefragment);
  if (same) return "";
  const again = owner?.open && placement !== manager.placement ? `, or Play under ${placement}` : "";
  return `Not in use yet: press New manager${again}.`;
}

/** What a replay would take of a choice: what was written is of one kind of unit, so that one stays. */
function sayReplay({ placement, unit, capacity }, { manager, replayable }) {
  const units = capacity > 0 ? capacity : manager.capacity;
  const kind = unit === manager.unit ? "" : ` of ${manager.unit}`;
  const room = kind || units !== manager.capacity ? ` on ${plural(units, "unit")}${kind}` : "";
  return `Replay ${plural(replayable, "operation")} under ${placement}${room}`;
}

function groups() {
  return ["scattered", "contiguous"].map((label) => {
    const members = PLACEMENTS.filter(({ group }) => group === label);
    return element("optgroup", { label }, ...members.map(({ name }) => new Option(name)));
  });
}
