// The quiz: where will the next block go? Always: the answer is what the manager says of the request, asked
// before it is made; while the quiz is on, an allocation waits for an answer, and no preview gives it away; a
// question is about the state in which it was asked, and goes with it; what was guessed stays marked until something else
// is done.
import { overlap } from "../picture/units.js";
import { Question } from "../page/question.js";
import { plural } from "../page/words.js";

const NO_VERDICT = { words: "", missed: false };
const NO_GUESS = { right: [], wrong: null };

export class Quiz {
  #session;
  #changed;
  #picture;
  #say;
  #question;
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
    this.#session = session;
    this.#changed = changed;
    this.#picture = parts.picture;
    this.#say = say;
    this.#question = new Question(parts, {
      refused: () => this.#answer(null),
      show: () => {
        const { proceed } = this.#question.about;
        this.#question.close();
        proceed();
      },
      calledOff: () => say("Called off: nothing was allocated."),
      reveal,
    });
    parts.on.addEventListener("change", changed);
  }

  get on() {
    return this.#question.wanted;
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
    if (!this.#question.about) return false;
    this.#answer(first, units);
    return true;
  }

  /** Whatever else was done meanwhile leaves no question. */
  follow() {
    const { about } = this.#question;
    if (about && (about.state !== this.#session.state || about.open !== this.#session.owner?.open)) this.#question.close();
  }

  #ask(action, foreseen, proceed) {
    const { state, owner } = this.#session;
    const words = `Where will the ${plural(action.size, "unit")} go? Choose any of them in the picture, by pointer or with the arrow keys and Enter.`;
    this.#question.ask({ foreseen, proceed, state, open: owner?.open }, words, [this.#picture]);
    this.#say("Nothing is allocated until you answer. Escape calls the question off.");
  }

  /** @param {number | null} first null for "it will be refused" */
  #answer(first, units) {
    const { foreseen: { fits, extents }, proceed } = this.#question.about;
    const hit = first === null ? !fits : overlap(extents, first, units);
    this.#question.judge(hit);
    this.#verdict = { words: hit ? "Right. " : "Not there. ", missed: !hit };
    proceed();
    this.#guess = { marks: { right: extents.slice(0, 1), wrong: hit ? null : first }, state: this.#session.state };
    this.#changed();
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
