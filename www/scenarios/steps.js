// Plays a scenario, one step at a press. Always: a step goes through the session like any action, in the
// state that the step before it left; undoing takes steps back; a history that no longer has the scenario's beginning
// ends it.
import { begin, drawWalk } from "./drawing.js";
import { Walk } from "./walk.js";
import { element } from "../page/element.js";
import { wrong } from "../page/fields.js";
import { show } from "../page/focus.js";
import { hashOfScenario } from "../page/link.js";

export class Stepper {
  #parts;
  #session;
  #scenarios;
  #callbacks;
  #say;
  /** @type {Walk | null} */
  #walk = null;
  /** What goes before the next note. */
  #aside = "";

  /**
   * @param {Record<string, HTMLElement>} parts offer: what the list of scenarios opens in, which makes room for one;
   *   home: gets the focus when a scenario that has it ends
   * @param {import("../manager/session.js").Session} session
   * @param {typeof import("./scenarios.js").SCENARIOS} scenarios
   * @param {{before: (action: object, proceed: () => void) => void, opened: () => void}} callbacks
   *   before: asked before each step of one action that a person makes; opened: a scenario was
   * @param {(text: string) => void} say
   */
  constructor(parts, session, scenarios, callbacks, say) {
    this.#parts = parts;
    this.#session = session;
    this.#scenarios = scenarios;
    this.#callbacks = callbacks;
    this.#say = say;
    parts.next.addEventListener("click", () => this.#press());
    parts.all.addEventListener("click", () => this.#all());
    parts.back.addEventListener("click", () => this.#back());
    parts.again.addEventListener("click", () => this.#again());
    offer(parts.choices, scenarios, (scenario, step) => this.#openAt(scenario, step));
  }

  /** Goes with what was done, undone or redone elsewhere. */
  follow() {
    if (!this.#walk || this.#walk.acting) return;
    if (this.#walk.follow()) return drawWalk(this.#parts, this.#walk);
    this.#walk = null;
    for (const part of [this.#parts.root, this.#parts.onward]) show(part, false, this.#parts.home);
  }

  /** Finds a scenario. @param {number} step counted from 1 @returns {() => void} opens it there */
  find(slug, step) {
    const scenario = this.#scenarios.find((each) => each.slug === slug);
    if (!scenario) throw wrong("there is no such scenario");
    return () => this.#openAt(scenario, step);
  }

  /** Whether a scenario is under way. */
  get isOpen() {
    return this.#walk !== null;
  }

  /** Where an open scenario stands, if nothing else was done since. */
  get place() {
    return this.#walk?.straight ? { name: this.#walk.scenario.slug, step: this.#walk.place } : null;
  }

  #start(scenario) {
    this.#walk = new Walk(scenario, this.#session);
    begin(this.#parts, scenario, this.#scenarios[this.#scenarios.indexOf(scenario) + 1]);
    this.#next();
  }

  #openAt(scenario, step) {
    this.#start(scenario);
    for (let at = 1; at < Math.min(step, scenario.steps.length); at++) this.#next();
    this.#parts.offer.open = false;
    this.#inSight();
  }

  #again() {
    this.#start(this.#walk.scenario);
    this.#inSight();
  }

  #inSight() {
    this.#parts.next.focus({ preventScroll: true });
    this.#callbacks.opened();
  }

  #press() {
    if (this.#walk.ended || !this.#rejoin()) return;
    const action = this.#walk.nextAction;
    if (action) this.#callbacks.before(action, () => this.#next());
    else this.#next();
  }

  #all() {
    if (!this.#rejoin()) return;
    while (!this.#walk.ended && this.#next());
  }

  #next() {
    const asExpected = this.#walk.next();
    drawWalk(this.#parts, this.#walk, this.#aside);
    this.#aside = "";
    return asExpected;
  }

  // Before the question of the quiz, too: its answer is that of the scenario's own state.
  // @returns {boolean} false where it was refused
  #rejoin() {
    if (this.#walk.straight) return true;
    const done = this.#session.attempt(() => this.#walk.rejoin());
    if (done) this.#aside = "What was done since the last step has been undone. ";
    return done;
  }

  #back() {
    const walk = this.#walk;
    if (!this.#session.attempt(() => walk.back())) return;
    drawWalk(this.#parts, walk);
    this.#say(`Back at step ${walk.place} of ${walk.scenario.steps.length}: ${walk.current.line}.`);
  }
}

/** Lists the scenarios as links. */
function offer(list, scenarios, openAt) {
  list.replaceChildren(...scenarios.map((scenario) => {
    const link = element("a", { href: hashOfScenario({ name: scenario.slug }) }, scenario.name);
    // A link to where the address is already would not be followed.
    link.addEventListener("click", () => location.hash === link.hash && openAt(scenario, 1));
    return element("li", {}, link);
  }));
}
