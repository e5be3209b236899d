// Plays a scenario, one step at a press. Always: a step goes through the session like any action, and
// the list marks the step that was done last, and its note says what it shows; undoing takes steps back;
// a history that no longer has the scenario's beginning ends it. Steps that were refused, or that read, leave no
// trace in the history: they count as done with the one before them, until Back takes them back.
import { wrong } from "../page/fields.js";

/**
 * @param {Record<string, HTMLElement>} parts @param {import("../manager/session.js").Session} session
 * @param {typeof import("./scenarios.js").SCENARIOS} scenarios
 * @param {{before: (action: object, proceed: () => void) => void, opened: () => void}} callbacks
 *   before: asked before each step that a person makes; opened: a scenario was
 * @param {(text: string) => void} say
 */
export function stepper(parts, session, scenarios, { before, opened }, say) {
  let open = null;
  let busy = false;
  const { history } = session;

  function start(scenario) {
    // after: for each step done, the entry of the history that it left the manager at, the ID that it got, and
    // whether it followed the step before it; place: how many are done and not taken back.
    open = { scenario, after: [], place: 0 };
    parts.root.hidden = false;
    parts.heading.textContent = scenario.name;
    parts.list.replaceChildren(...scenario.steps.map(({ refused }) => {
      const item = document.createElement("li");
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
    const { scenario, after, place } = open;
    const step = scenario.steps[place];
    const follows = place === 0 || after[place - 1].at === history.position;
    const outcome = alone(() => session.perform(actionOf(step)));
    const id = step.as && outcome.done ? outcome.value : undefined;
    after.splice(place, Infinity, { at: history.position, entry: history.at(history.position), id, follows });
    open.place++;
    mark();
    return outcome.done || step.refused;
  }

  // What is done to the session here is not somebody else's.
  function alone(act) {
    busy = true;
    const result = act();
    busy = false;
    return result;
  }

  const actionOf = (step) => (step.block ? { ...step.action, id: idOf(step.block) } : step.action);
  /** A note in which each block has the number that the picture knows it by. */
  const numbered = (note) => note.replace(/\{(\w)\}/g, (_, letter) => (idOf(letter) === undefined ? letter : `${letter} (#${idOf(letter)})`));
  const idOf = (letter) => open.after[open.scenario.steps.slice(0, open.place).findLastIndex((step) => step.as === letter)]?.id;

  /** How many steps the history has. */
  function kept() {
    const undone = open.after.findIndex(({ at, entry }) => at > history.position || history.at(at) !== entry);
    return undone < 0 ? open.after.length : undone;
  }

  const ended = () => open.place === open.scenario.steps.length;

  function press() {
    const { scenario, place } = open;
    if (ended()) return start(scenario);
    before(actionOf(scenario.steps[place]), next);
  }

  function all() {
    while (!ended() && next());
  }

  // What was done by hand since the last step goes first.
  function back() {
    const { scenario, after } = open;
    if (after[open.place - 1].at === history.position) open.place--;
    alone(() => session.goTo(after[open.place - 1].at));
    mark();
    say(`Back at step ${open.place} of ${scenario.steps.length}: ${scenario.steps[open.place - 1].line}.`);
  }

  function mark() {
    const { scenario: { steps, end, hasWorkers }, after, place } = open;
    parts.note.textContent = numbered(steps[place - 1].note);
    Array.from(parts.list.children).forEach((item, at) => {
      const id = at < place ? after[at].id : undefined;
      // The picture knows blocks by their IDs.
      item.textContent = id === undefined ? steps[at].line : `${steps[at].line} → #${id}`;
      item.className = at < place ? "past" : "";
      if (at === place - 1) item.setAttribute("aria-current", "step");
      else item.removeAttribute("aria-current");
    });
    parts.next.textContent = ended() ? "Start again" : "Next step";
    if (ended() && document.activeElement === parts.all) parts.next.focus({ preventScroll: true });
    if (place === 1 && document.activeElement === parts.back) parts.next.focus({ preventScroll: true });
    parts.all.disabled = ended();
    parts.back.disabled = place <= 1;
    parts.end.hidden = !ended();
    parts.end.textContent = ended() ? numbered(end) : "";
    parts.onward.hidden = !ended() || !hasWorkers;
  }

  function follow() {
    if (!open || busy || open.after.length === 0) return;
    const { after, place } = open;
    const there = kept();
    // Steps without a trace that were taken back stay so, until something after them is done again.
    if (there < place || after.slice(place, there).some(({ at }) => at !== after[place - 1].at)) open.place = there;
    if (there > 0 && !session.owner && history.current.origin === originOf(after[open.place - 1])) return mark();
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
      if (!open) return null;
      const { scenario, place } = open;
      const after = open.after.slice(0, place);
      return after.every(({ follows }) => follows) && after.at(-1).at === history.position ? { name: scenario.slug, step: place } : null;
    },
  };
}
