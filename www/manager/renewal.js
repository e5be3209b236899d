// The form that makes a new manager: its placement, its capacity and its kind of unit. Always: after each new manager,
// whoever made it, the form shows that manager's; a recording takes what is chosen here, and so does the button that
// does the operations so far once more.
import { about, isContiguous, PLACEMENTS } from "./placements.js";
import { LARGEST_CAPACITY } from "./session.js";
import { UNITS } from "../page/values.js";
import { numberUpTo } from "../page/numbers.js";
import { plural } from "../page/words.js";

/**
 * @param {{form: HTMLFormElement, placement: HTMLSelectElement, about: HTMLElement,
 *   capacity: HTMLInputElement, unit: HTMLSelectElement, auto: HTMLInputElement, autoHint: HTMLElement,
 *   replay: HTMLButtonElement}} parts
 * @param {import("./session.js").Session} session @param {() => void} changed what is chosen was
 * @returns {{readonly chosen: {placement: string, unit: string, autoDefragment: boolean}, follow: () => void,
 *   choose: (chosen: object) => void}} choose: as if a person had
 */
export function renewalForm({ form, placement, about: words, capacity, unit, auto, autoHint, replay }, session, changed) {
  let followed = null;
  let ownerFollowed = null;

  function show() {
    words.textContent = about(placement.value);
    auto.disabled = !isContiguous(placement.value);
    autoHint.textContent = auto.disabled
      ? "A scattered placement never needs it: a block can take any free units."
      : "Only as many units are moved as needed, and blocks keep their IDs.";
    offerReplay();
  }

  function offerReplay() {
    const { replayable } = session;
    replay.hidden = replayable === 0;
    replay.textContent = `Replay ${plural(replayable, "operation")} under ${placement.value}`;
  }

  function follow() {
    offerReplay();
    const { manager, owner } = session;
    // A recording that is open keeps what was chosen for it next, while it goes to and fro.
    if (manager === followed || (owner?.open && owner === ownerFollowed)) return;
    followed = manager;
    ownerFollowed = owner;
    placement.value = manager.placement;
    capacity.value = manager.capacity;
    unit.value = manager.unit;
    auto.checked = session.autoDefragment;
    show();
  }

  const chosen = () => ({ placement: placement.value, unit: unit.value, autoDefragment: auto.checked && !auto.disabled });

  placement.replaceChildren(...groups());
  unit.replaceChildren(...UNITS.map((name) => new Option(name)));
  auto.addEventListener("change", changed);
  placement.addEventListener("change", () => {
    show();
    changed();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    session.attempt(() => session.perform({ do: "renew", capacity: numberUpTo(capacity, LARGEST_CAPACITY), ...chosen() }));
  });
  replay.addEventListener("click", () => {
    const { placement, autoDefragment } = chosen();
    session.perform({ do: "replay", placement, autoDefragment });
  });
  follow();

  return {
    get chosen() { return chosen(); },
    follow,
    choose(wanted) {
      placement.value = wanted.placement;
      unit.value = wanted.unit;
      auto.checked = wanted.autoDefragment;
      show();
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
