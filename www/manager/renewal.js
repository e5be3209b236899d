// The form that makes a new manager: its placement, its capacity and its kind of unit. Always: after each new manager,
// whoever made it, the form shows that manager's; as soon as it shows anything else, it says that this is not in use
// yet. A recording takes what is chosen here; the button that does the operations so far once more names what it takes.
import { about, isContiguous, PLACEMENTS } from "./placements.js";
import { LARGEST_CAPACITY } from "./session.js";
import { show } from "../page/focus.js";
import { UNITS } from "../page/values.js";
import { mark } from "../page/marking.js";
import { numberUpTo, wholeNumber } from "../page/numbers.js";
import { plural } from "../page/words.js";

/**
 * @param {{form: HTMLFormElement, placement: HTMLSelectElement, about: HTMLElement,
 *   capacity: HTMLInputElement, unit: HTMLSelectElement, auto: HTMLInputElement, autoHint: HTMLElement,
 *   pending: HTMLElement, replay: HTMLButtonElement}} parts
 * @param {import("./session.js").Session} session @param {() => void} changed what is chosen was
 * @returns {{readonly chosen: {placement: string, unit: string, autoDefragment: boolean}, follow: () => void,
 *   choose: (chosen: object) => void}} choose: as if a person had
 */
export function renewalForm({ form, placement, about: words, capacity, unit, auto, autoHint, pending, replay }, session, changed) {
  let followed = null;
  let ownerFollowed = null;

  function draw() {
    words.textContent = about(placement.value);
    auto.disabled = !isContiguous(placement.value);
    autoHint.textContent = auto.disabled
      ? "A scattered placement never needs it: a block can take any free units."
      : "Only as many units are moved as needed, and blocks keep their IDs.";
    compare();
  }

  // Where an automatic defragmentation cannot be chosen, it makes no difference.
  function compare() {
    const { manager, owner, autoDefragment } = session;
    const same = placement.value === manager.placement && unit.value === manager.unit
      && wholeNumber(capacity.value) === manager.capacity && (auto.disabled || auto.checked === autoDefragment);
    pending.hidden = same;
    const again = owner?.open && placement.value !== manager.placement ? `, or Play under ${placement.value}` : "";
    pending.textContent = same ? "" : `Not in use yet: press New manager${again}.`;
    offerReplay(manager);
  }

  // What was written is of one kind of unit, so that one stays.
  function offerReplay(manager) {
    const { replayable } = session;
    const typed = wholeNumber(capacity.value);
    const units = typed > 0 ? typed : manager.capacity;
    const kind = unit.value === manager.unit ? "" : ` of ${manager.unit}`;
    const room = kind || units !== manager.capacity ? ` on ${plural(units, "unit")}${kind}` : "";
    show(replay, replayable > 0, placement);
    replay.textContent = `Replay ${plural(replayable, "operation")} under ${placement.value}${room}`;
  }

  function follow() {
    const { manager, owner } = session;
    // A recording that is open keeps what was chosen for it next, while it goes to and fro.
    if (manager === followed || (owner?.open && owner === ownerFollowed)) return compare();
    followed = manager;
    ownerFollowed = owner;
    placement.value = manager.placement;
    capacity.value = manager.capacity;
    mark(capacity, true);
    unit.value = manager.unit;
    auto.checked = session.autoDefragment;
    draw();
  }

  const chosen = () => ({ placement: placement.value, unit: unit.value, autoDefragment: auto.checked && !auto.disabled });

  placement.replaceChildren(...groups());
  unit.replaceChildren(...UNITS.map((name) => new Option(name)));
  capacity.addEventListener("input", compare);
  unit.addEventListener("change", compare);
  auto.addEventListener("change", () => {
    compare();
    changed();
  });
  placement.addEventListener("change", () => {
    draw();
    changed();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    session.attempt(() => session.perform({ do: "renew", capacity: numberUpTo(capacity, LARGEST_CAPACITY), ...chosen() }));
  });
  replay.addEventListener("click", () => {
    const { placement, autoDefragment } = chosen();
    session.attempt(() => session.perform({ do: "replay", placement, autoDefragment, capacity: numberUpTo(capacity, LARGEST_CAPACITY) }));
  });
  follow();

  return {
    get chosen() { return chosen(); },
    follow,
    choose(wanted) {
      placement.value = wanted.placement;
      unit.value = wanted.unit;
      auto.checked = wanted.autoDefragment;
      draw();
    },
  };
}

function groups() {
  return ["scattered", "contiguous"].map((label) => {
    const group = Object.assign(document.createElement("optgroup"), { label });
    const members = PLACEMENTS.filter((placement) => placement.group === label);
    group.append(...members.map(({ name }) => new Option(name)));
    return group;
  });
}
