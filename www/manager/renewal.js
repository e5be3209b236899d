// The form that makes a new manager: its placement, its capacity and its kind of unit. Always: after each new manager,
// whoever made it, the form shows that manager's; a recording takes what is chosen here.
import { about, isContiguous, PLACEMENTS } from "./placements.js";
import { LARGEST_CAPACITY } from "./session.js";
import { UNITS } from "../page/values.js";
import { numberUpTo } from "../page/numbers.js";

/**
 * @param {{form: HTMLFormElement, placement: HTMLSelectElement, about: HTMLElement,
 *   capacity: HTMLInputElement, unit: HTMLSelectElement, auto: HTMLInputElement, autoHint: HTMLElement}} parts
 * @param {import("./session.js").Session} session @param {() => void} changed what is chosen was
 * @returns {{readonly chosen: {placement: string, unit: string, autoDefragment: boolean}, follow: () => void,
 *   choose: (chosen: object) => void}} choose: as if a person had
 */
export function renewalForm({ form, placement, about: words, capacity, unit, auto, autoHint }, session, changed) {
  let followed = null;
  let ownerFollowed = null;

  function show() {
    words.textContent = about(placement.value);
    auto.disabled = !isContiguous(placement.value);
    autoHint.textContent = auto.disabled
      ? "A scattered placement never needs it: a block can take any free units."
      : "Only as many units are moved as needed, and blocks keep their IDs.";
  }

  function follow() {
    const { manager } = session;
    const { owner } = session;
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
