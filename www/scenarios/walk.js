// The way through one scenario. Always: what was done of it is in the history, in its order, and each step is done in the
// state that the one before it left; steps that were refused, or that read, leave no trace there and count as done with
// the one before them, until Back takes them back; a block that the scenario calls by a letter is the one that got the
// letter last.

export class Walk {
  #session;
  #history;
  /** What each step done came to. @type {{at: number, entry: object, ids: Map<string, number>}[]}
   *  at, entry: what the history ended with then; ids: of the blocks allocated, by letter */
  #done = [];

  /** Whether what the session is asked for comes from here. */
  acting = false;

  /** How many steps are done and not taken back. */
  place = 0;

  /** @param {import("./scenarios.js").SCENARIOS[number]} scenario @param {import("../manager/session.js").Session} session */
  constructor(scenario, session) {
    this.scenario = scenario;
    this.#session = session;
    this.#history = session.history;
  }

  get ended() {
    return this.place === this.scenario.steps.length;
  }

  /** The step that was done last. */
  get current() {
    return this.scenario.steps[this.place - 1];
  }

  /** Whether nothing else was done since its last step. */
  get straight() {
    return this.#done[this.place - 1].at === this.#history.position;
  }

  /** What the next step asks of the session; undefined where that is more than one action. */
  get nextAction() {
    const step = this.scenario.steps[this.place];
    return step.parts ? undefined : this.#actionOf(step);
  }

  /** Takes back what else was done since the last step. */
  rejoin() {
    this.#goTo(this.place);
  }

  /** Does the next step. @returns {boolean} whether it went as it should */
  next() {
    const step = this.scenario.steps[this.place];
    const result = { ids: new Map() };
    this.#done.splice(this.place++, Infinity, result);
    const went = this.#act(() => (step.parts ?? [step]).every((part) => this.#perform(part, result.ids)));
    Object.assign(result, this.#here());
    return went;
  }

  #perform(part, ids) {
    const { done, value } = this.#session.perform(this.#actionOf(part));
    if (done && part.as) ids.set(part.as, value);
    return done || part.refused;
  }

  /** Takes the last step back; what was done by hand since goes first. */
  back() {
    this.#goTo(this.straight ? this.place - 1 : this.place);
  }

  // That may be refused.
  #goTo(place) {
    this.#act(() => this.#session.goTo(this.#done[place - 1].at));
    this.place = place;
  }

  /** Goes with what was done, undone or redone elsewhere. @returns {boolean} whether the scenario is still under way */
  follow() {
    const kept = this.#kept();
    // Steps without a trace that were taken back stay so, until something after them is done again.
    const ahead = this.#done.slice(this.place, kept);
    if (kept < this.place || ahead.some(({ at }) => at !== this.#done[this.place - 1].at)) this.place = kept;
    return kept > 0 && !this.#session.owner && this.#history.current.origin === this.#originOf(this.#done[this.place - 1].at);
  }

  /** The ID of the block that a step with a letter allocated, if it is done. @param {number} at */
  idAt(at) {
    return at < this.place ? this.#done[at].ids.get(this.scenario.steps[at].as) : undefined;
  }

  /** A sentence in which each block has the number that the picture knows it by. @param {string} text */
  numbered(text) {
    return text.replace(/\{(\w)\}/g, (_, letter) => {
      const id = this.#idOf(letter);
      return id === undefined ? letter : `${letter} (#${id})`;
    });
  }

  #actionOf({ action, block }) {
    return block ? { ...action, id: this.#idOf(block) } : action;
  }

  #idOf(letter) {
    return this.#done.slice(0, this.place).findLast(({ ids }) => ids.has(letter))?.ids.get(letter);
  }

  #act(act) {
    this.acting = true;
    try {
      return act();
    } finally {
      this.acting = false;
    }
  }

  #here() {
    const { position } = this.#history;
    return { at: position, entry: this.#history.at(position) };
  }

  /** How many steps the history has. */
  #kept() {
    const { position } = this.#history;
    const undone = this.#done.findIndex(({ at, entry }) => at > position || this.#history.at(at) !== entry);
    return undone < 0 ? this.#done.length : undone;
  }

  #originOf(at) {
    for (let place = at; ; place--) if (this.#history.at(place).origin) return this.#history.at(place).origin;
  }
}
