// Plays a scenario, one step at a press. Always: a step goes through the session like any action, and
// the list marks the step that was done last, and its note says what it shows; a new manager from elsewhere
// ends the scenario.

/**
 * @param {Record<string, HTMLElement>} parts @param {import("./session.js").Session} session
 * @param {typeof import("./scenarios.js").SCENARIOS} scenarios
 * @returns {{follow: () => void}}
 */
export function stepper(parts, session, scenarios) {
  let open = null;

  function start(scenario) {
    open = { scenario, done: 0, ids: new Map(), manager: null };
    parts.root.hidden = false;
    parts.end.hidden = true;
    parts.heading.textContent = scenario.name;
    parts.end.textContent = scenario.end;
    parts.list.replaceChildren(...scenario.steps.map(({ line, refused }) => {
      const item = document.createElement("li");
      item.textContent = line;
      if (refused) item.dataset.refused = "";
      return item;
    }));
    next();
    parts.next.focus();
  }

  function next() {
    const { scenario, ids } = open;
    if (open.done === scenario.steps.length) return start(scenario);
    const step = scenario.steps[open.done];
    const action = step.block ? { ...step.action, id: ids.get(step.block) } : step.action;
    const mine = open;
    // While a step makes a new manager, follow() must not take it for somebody else's.
    mine.manager = null;
    const outcome = session.perform(action);
    mine.manager = session.manager;
    if (step.as && outcome.done) ids.set(step.as, outcome.value);
    mine.done++;
    mark(step);
    return outcome.done || step.refused;
  }

  function mark(step) {
    parts.note.textContent = step.note;
    const ended = open.done === open.scenario.steps.length;
    Array.from(parts.list.children).forEach((item, at) => {
      item.className = at < open.done ? "past" : "";
      if (at === open.done - 1) item.setAttribute("aria-current", "step");
      else item.removeAttribute("aria-current");
    });
    parts.next.textContent = ended ? "Start again" : "Next step";
    if (ended && document.activeElement === parts.all) parts.next.focus();
    parts.all.disabled = ended;
    parts.end.hidden = !ended;
  }

  function follow() {
    if (!open?.manager || open.manager === session.manager) return;
    open = null;
    parts.root.hidden = true;
  }

  parts.next.addEventListener("click", next);
  parts.all.addEventListener("click", () => {
    while (open.done < open.scenario.steps.length && next());
  });
  parts.choices.replaceChildren(...scenarios.map((scenario) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = scenario.name;
    button.addEventListener("click", () => start(scenario));
    return button;
  }));
  return { follow };
}
