// The quiz: where will the next block go? Always: the answer is what the manager says of the request, asked
// before it is made; while the quiz is on, an allocation waits for an answer, and no preview gives it away; the picture
// has the focus as long as a question is open, which can be called off; what was guessed stays marked until something
// else is done.
import { overlap } from "../picture/units.js";
import { lendFocus } from "../page/focus.js";
import { score } from "../page/score.js";
import { plural } from "../page/words.js";

const NO_VERDICT = { words: "", missed: false };
const NO_GUESS = { right: [], wrong: null };

export class Quiz {
  #parts;
  #session;
  #changed;
  #reveal;
  #say;
  #count;
  /** The question that waits for an answer. */
  #pending = null;
  #giveFocusBack = () => {};
  #verdict = NO_VERDICT;
  #guess = { marks: NO_GUESS, state: null };

  /**
   * @param {{on: HTMLInputElement, root: HTMLElement, question: HTMLElement, refused: HTMLButtonElement,
   *   show: HTMLButtonElement, off: HTMLButtonElement, score: HTMLElement, picture: HTMLElement}} parts
   * @param {import("./session.js").Session} session
   * @param {{changed: () => void, reveal: () => void}} callbacks changed: it was turned on or off, or answered; reveal:
   *   brings the picture into sight, and the question below it
   * @param {import("../page/status.js").Say} say
   */
  constructor(parts, session, { changed, reveal }, say) {
    this.#parts = parts;
    this.#session = session;
    this.#changed = changed;
    this.#reveal = reveal;
    this.#say = say;
    this.#count = score(parts.score);
    parts.refused.addEventListener("click", () => this.#answer(null));
    parts.show.addEventListener("click", () => this.#proceed(NO_VERDICT));
    parts.off.addEventListener("click", () => this.#callOff());
    parts.on.addEventListener("change", () => {
      if (!this.on) this.#callOff();
      changed();
    });
    addEventListener("keydown", ({ key }) => key === "Escape" && this.#callOff());
  }

  get on() {
    return this.#parts.on.checked;
  }

  /** Where the block is, and where it was looked for in vain. */
  get guess() {
    return this.#guess.state === this.#session.state ? this.#guess.marks : NO_GUESS;
  }

  /** What goes before the words on the outcome, once. */
  takeVerdict() {
    const taken = this.#verdict;
    this.#verdict = NO_VERDICT;
    return taken;
  }

  /** Lets an action proceed, an allocation only after an answer. */
  before(action, proceed) {
    const foreseen = this.on && action.do === "alloc" ? foresee(this.#session, action) : null;
    if (foreseen) this.#ask(action, foreseen, proceed);
    else proceed();
  }

  /** Takes what was chosen in the picture as the answer: so many units from one on.
   *  @returns {boolean} whether one was awaited */
  choose(first, units) {
    if (!this.#pending) return false;
    this.#answer(first, units);
    return true;
  }

  /** Whatever else was done meanwhile leaves no question. */
  follow() {
    if (this.#pending && changedSince(this.#pending, this.#session.manager)) this.#cancel();
  }

  #ask(action, foreseen, proceed) {
    const { root, question, picture } = this.#parts;
    const { manager } = this.#session;
    this.#pending = { foreseen, proceed, manager, used: manager.usedUnits, blocks: manager.blockCount };
    root.hidden = false;
    question.textContent = `Where will the ${plural(action.size, "unit")} go? Choose any of them in the picture, by pointer or with the arrow keys and Enter.`;
    this.#giveFocusBack = lendFocus([picture, root]);
    this.#reveal();
    this.#say("Nothing is allocated until you answer. Escape calls the question off.");
  }

  /** @param {number | null} first null for "it will be refused" */
  #answer(first, units) {
    const { fits, extents } = this.#pending.foreseen;
    const hit = first === null ? !fits : overlap(extents, first, units);
    this.#count(hit);
    this.#proceed({ words: hit ? "Right. " : "Not there. ", missed: !hit });
    this.#guess = { marks: { right: extents.slice(0, 1), wrong: hit ? null : first }, state: this.#session.state };
    this.#changed();
  }

  #proceed(verdict) {
    const { proceed } = this.#pending;
    this.#cancel();
    this.#verdict = verdict;
    proceed();
  }

  #callOff() {
    if (!this.#pending) return;
    this.#cancel();
    this.#say("Called off: nothing was allocated.");
  }

  #cancel() {
    if (!this.#pending) return;
    this.#pending = null;
    this.#giveFocusBack();
    this.#parts.root.hidden = true;
  }
}

// A request that makes no sense is no question.
function foresee(session, action) {
  try {
    return session.explain(action);
  } catch {
    return null;
  }
}

function changedSince({ manager, used, blocks }, now) {
  return now !== manager || now.usedUnits !== used || now.blockCount !== blocks;
}
