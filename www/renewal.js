// The form that makes a new manager: its placement and its capacity. Always: after each new manager,
// whoever made it, the form shows that manager's; a recording takes the placement chosen here.
import { about, isContiguous, PLACEMENTS } from "./placements.js";
import { numberIn } from "./words.js";

/**
 * @param {{form: HTMLFormElement, placement: HTMLSelectElement, about: HTMLElement,
 *   capacity: HTMLInputElement, auto: HTMLInputElement, autoHint: HTMLElement}} parts
 * @param {import("./session.js").Session} session @param {() => void} changed the placement was
 * @returns {{readonly placement: string, follow: () => void}}
 */
export function renewalForm({ form, placement, about: words, capacity, auto, autoHint }, session, changed) {
  let followed = null;

  function show() {
    words.textContent = about(placement.value);
    auto.disabled = !isContiguous(placement.value);
    autoHint.textContent = auto.disabled
      ? "A scattered placement never needs it: a block goes into any free units."
      : "It moves just enough, and blocks keep their IDs.";
  }

  function follow() {
    const { manager } = session;
    if (manager === followed) return;
    followed = manager;
    placement.value = manager.placement;
    capacity.value = manager.capacity;
    auto.checked = session.autoDefragment;
    show();
  }

  placement.replaceChildren(...groups());
  placement.addEventListener("change", () => {
    show();
    changed();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    session.perform({
      do: "renew", capacity: numberIn(capacity), placement: placement.value,
      autoDefragment: auto.checked && !auto.disabled,
    });
  });
  follow();
  return { get placement() { return placement.value; }, follow };
}

function groups() {
  return ["scattered", "contiguous"].map((label) => {
    const group = Object.assign(document.createElement("optgroup"), { label });
    const members = PLACEMENTS.filter((placement) => placement.group === label);
    group.append(...members.map(({ name }) => new Option(name)));
    return group;
  });
}
