// Plays a scenario, one step at a press. Always: a step goes through the session like any action, and
// the list marks the step that was done last, and its note says what it shows; undoing takes steps back;
// a history that no longer has the scenario's beginning ends it.
import { wrong } from "../page/fields.js";

/**
 * @param {Record<string, HTMLElement>} parts @param {import("../manager/session.js").Session} session
 * @param {typeof import("./scenarios.js").SCENARIOS} scenarios
 * @param {{before: (action: object, proceed: () => void) => void, opened: () => void}} callbacks
 *   before: asked before each step that a person makes; opened: a scenario was
 */
export function stepper(parts, session, scenarios, { before, opened }) {
  let open = null;
  let busy = false;
  const { history } = session;

  function start(scenario) {
    // after: for each step done, the entry of the history that it left the manager at.
    open = { scenario, after: [], ids: new Map() };
    parts.root.hidden = false;
    parts.heading.textContent = scenario.name;
    parts.end.textContent = scenario.end;
    parts.list.replaceChildren(...scenario.steps.map(({ line, refused }) => {
      const item = document.createElement("li");
      item.textContent = line;
      if (refused) item.dataset.refused = "";
      return item;
    }));
    next();
  }

  function openAt(scenario, step) {
    start(scenario);
    for (let at = 1; at < Math.min(step, scenario.steps.length); at++) next();
    parts.next.focus({ preventScroll: true });
    opened();
  }

  function next() {
    const { scenario, ids, after } = open;
    const step = scenario.steps[done()];
    busy = true;
    const outcome = session.perform(actionOf(step));
    busy = false;
    if (step.as && outcome.done) ids.set(step.as, outcome.value);
    after.length = done();
    after.push({ at: history.position, entry: history.at(history.position) });
    mark();
    return outcome.done || step.refused;
  }

  const actionOf = (step) => (step.block ? { ...step.action, id: open.ids.get(step.block) } : step.action);

  /** How many steps are done and not undone. */
  function done() {
    const undone = open.after.findIndex(({ at, entry }) => at > history.position || history.at(at) !== entry);
    return undone < 0 ? open.after.length : undone;
  }

  function press() {
    const { scenario } = open;
    if (done() === scenario.steps.length) return start(scenario);
    before(actionOf(scenario.steps[done()]), next);
  }

  function all() {
    while (done() < open.scenario.steps.length && next());
  }

  // A step that was refused left no trace in the history: it goes back with the one before it.
  function back() {
    const here = history.position;
    const to = open.after.slice(0, done()).findLast(({ at }) => at < here);
    if (to) session.goTo(to.at);
  }

  function mark() {
    const { scenario } = open;
    const place = done();
    const ended = place === scenario.steps.length;
    parts.note.textContent = scenario.steps[place - 1].note;
    Array.from(parts.list.children).forEach((item, at) => {
      item.className = at < place ? "past" : "";
      if (at === place - 1) item.setAttribute("aria-current", "step");
      else item.removeAttribute("aria-current");
    });
    parts.next.textContent = ended ? "Start again" : "Next step";
    if (ended && document.activeElement === parts.all) parts.next.focus({ preventScroll: true });
    if (place === 1 && document.activeElement === parts.back) parts.next.focus({ preventScroll: true });
    parts.all.disabled = ended;
    parts.back.disabled = place <= 1;
    parts.end.hidden = !ended;
    parts.onward.hidden = !ended || !scenario.hasWorkers;
  }

  function follow() {
    if (!open || busy || open.after.length === 0) return;
    const place = done();
    if (place > 0 && !session.owner && history.current.origin === originOf(open.after[place - 1])) return mark();
    open = null;
    parts.root.hidden = true;
  }

  function originOf({ at }) {
    for (let place = at; ; place--) if (history.at(place).origin) return history.at(place).origin;
  }

  parts.next.addEventListener("click", press);
  parts.all.addEventListener("click", all);
  parts.back.addEventListener("click", back);
  parts.choices.replaceChildren(...scenarios.map((scenario) => {
    const item = document.createElement("li");
    const link = Object.assign(document.createElement("a"), { textContent: scenario.name, href: `#scenario=${scenario.slug}` });
    // A link to where the address is already would not be followed.
    link.addEventListener("click", () => location.hash === link.hash && openAt(scenario, 1));
    item.append(link);
    return item;
  }));

  return {
    follow,
    /** Finds a scenario. @param {number} step counted from 1 @returns {() => void} opens it there */
    find(slug, step) {
      const scenario = scenarios.find((each) => each.slug === slug);
      if (!scenario) throw wrong("there is no such scenario");
      return () => openAt(scenario, step);
    },
    /** Where an open scenario stands, if nothing else was done since. */
    get place() {
      const at = open && open.after[done() - 1];
      return at && at.at === history.position ? { name: open.scenario.slug, step: done() } : null;
    },
  };
}
