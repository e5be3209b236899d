// Plays a scenario, one step at a press. Always: a step goes through the session like any action, in the
// state that the step before it left; the list marks the step that was done last, and its note says what it shows;
// undoing takes steps back; a history that no longer has the scenario's beginning ends it.
import { Walk } from "./walk.js";
import { wrong } from "../page/fields.js";
import { enable, show } from "../page/focus.js";

/**
 * @param {Record<string, HTMLElement>} parts offer: what the list of scenarios opens in, which makes room for one;
 *   home: gets the focus when a scenario that has it ends
 * @param {import("../manager/session.js").Session} session
 * @param {typeof import("./scenarios.js").SCENARIOS} scenarios
 * @param {{before: (action: object, proceed: () => void) => void, opened: () => void}} callbacks
 *   before: asked before each step of one action that a person makes; opened: a scenario was
 * @param {(text: string) => void} say
 */
export function stepper(parts, session, scenarios, { before, opened }, say) {
  let walk = null;
  /** What goes before the next note. */
  let aside = "";

  function start(scenario) {
    walk = new Walk(scenario, session);
    parts.root.hidden = false;
    parts.heading.textContent = scenario.name;
    fillList(parts.list, scenario.steps);
    next();
  }

  function openAt(scenario, step) {
    start(scenario);
    for (let at = 1; at < Math.min(step, scenario.steps.length); at++) next();
    parts.next.focus({ preventScroll: true });
    parts.offer.open = false;
    opened();
  }

  function next() {
    const asExpected = walk.next();
    draw(parts, walk, aside);
    aside = "";
    return asExpected;
  }

  // Before the question of the quiz, too: its answer is that of the scenario's own state.
  function rejoin() {
    if (walk.straight) return;
    walk.rejoin();
    aside = "What was done since the last step has been undone. ";
  }

  function press() {
    if (walk.ended) return;
    rejoin();
    const action = walk.nextAction;
    if (action) before(action, next);
    else next();
  }

  function all() {
    rejoin();
    while (!walk.ended && next());
  }

  function back() {
    walk.back();
    draw(parts, walk);
    say(`Back at step ${walk.place} of ${walk.scenario.steps.length}: ${walk.current.line}.`);
  }

  parts.next.addEventListener("click", press);
  parts.all.addEventListener("click", all);
  parts.back.addEventListener("click", back);
  parts.again.addEventListener("click", () => {
    start(walk.scenario);
    parts.next.focus({ preventScroll: true });
    opened();
  });
  offer(parts.choices, scenarios, openAt);

  return {
    follow() {
      if (!walk || walk.acting) return;
      if (walk.follow()) return draw(parts, walk);
      walk = null;
      show(parts.root, false, parts.home);
    },
    /** Finds a scenario. @param {number} step counted from 1 @returns {() => void} opens it there */
    find(slug, step) {
      const scenario = scenarios.find((each) => each.slug === slug);
      if (!scenario) throw wrong("there is no such scenario");
      return () => openAt(scenario, step);
    },
    /** Whether a scenario is under way. */
    get isOpen() { return walk !== null; },
    /** Where an open scenario stands, if nothing else was done since. */
    get place() {
      return walk?.straight ? { name: walk.scenario.slug, step: walk.place } : null;
    },
  };
}

/** Lists the scenarios as links. */
function offer(list, scenarios, openAt) {
  list.replaceChildren(...scenarios.map((scenario) => {
    const item = document.createElement("li");
    const link = Object.assign(document.createElement("a"), { textContent: scenario.name, href: `#scenario=${scenario.slug}` });
    // A link to where the address is already would not be followed.
    link.addEventListener("click", () => location.hash === link.hash && openAt(scenario, 1));
    item.append(link);
    return item;
  }));
}

function fillList(list, steps) {
  list.replaceChildren(...steps.map(({ refused }) => {
    const item = document.createElement("li");
    if (refused) item.dataset.refused = "";
    return item;
  }));
}

/** Shows how far a scenario is. @param {Record<string, HTMLElement>} parts @param {Walk} walk
 *  @param {string} aside what goes before the note */
function draw(parts, walk, aside = "") {
  parts.note.textContent = aside + walk.numbered(walk.current.note);
  markList(parts.list, walk);
  allow(parts, walk);
  const { end, hasWorkers } = walk.scenario;
  parts.end.hidden = parts.onward.hidden = !walk.ended;
  parts.end.textContent = walk.ended ? walk.numbered(end) : "";
  parts.workers.hidden = !hasWorkers;
}

function markList(list, walk) {
  Array.from(list.children).forEach((item, at) => {
    const id = walk.idAt(at);
    const { line } = walk.scenario.steps[at];
    // The picture knows blocks by their IDs.
    item.textContent = id === undefined ? line : `${line} → #${id}`;
    item.className = at < walk.place ? "past" : "";
    if (at === walk.place - 1) item.setAttribute("aria-current", "step");
    else item.removeAttribute("aria-current");
  });
}

// After the last step the focus stays where it is: whoever presses once too often should not go back, nor start again.
function allow({ next, all, back }, walk) {
  next.setAttribute("aria-disabled", String(walk.ended));
  enable([[next, true], [all, !walk.ended], [back, walk.place > 1]]);
}
