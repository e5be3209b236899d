// The quiz over the pictures side by side: where will the next block go? Always: the answer is what the
// player of the picture in which somebody chose a unit foresees, or what those of all pictures do for a guess that
// one of them refuses; the first picture has the focus when a question is asked; it is asked once, and whatever else is
// done meanwhile leaves none.
import { overlap } from "../picture/units.js";
import { Question } from "../page/question.js";
import { grouped, plural, series } from "../page/words.js";

/** @typedef {{words: string, missed: boolean, guess?: {panel: import("./panel.js").Panel, right: number | null,
 *    wrong: number | null}}} Verdict
 *  guess: a unit was chosen in a picture; right: the first unit that the block gets there; wrong: the one chosen in vain */

/** How far beside the place a choice still counts, in pixels of the page: as near as one can aim, and with a finger. */
export const REACH = { pointer: 4, touch: 10 };

export class Asking {
  #proceed;
  /** About the pictures that it is asked of. */
  #question;

  /**
   * @param {{on: HTMLInputElement, root: HTMLElement, question: HTMLElement, refused: HTMLButtonElement,
   *   show: HTMLButtonElement, off: HTMLButtonElement, score: HTMLElement}} parts
   * @param {{proceed: (verdict: Verdict | null) => void, calledOff: () => void, reveal: () => void}} callbacks proceed: an
   *   answer was given, or null where somebody wanted to see it instead; reveal: brings the question into sight, and the
   *   pictures
   */
  constructor(parts, { proceed, calledOff, reveal }) {
    this.#proceed = proceed;
    this.#question = new Question(parts, {
      refused: () => this.#guessRefused(),
      show: () => {
        this.cancel();
        proceed(null);
      },
      calledOff,
      reveal,
    });
  }

  cancel() {
    this.#question.close();
  }

  /** @param {import("./panel.js").Panel[]} panels all of them, at one operation @returns {boolean} whether the next
   *  operation is worth a question */
  ask(panels) {
    const next = this.#question.wanted ? panels[0].timeline.next : undefined;
    if (next?.kind !== "alloc") return false;
    const words = `Where will the ${plural(next.size, "unit")} go? Choose one of them in any picture, with the pointer or with the arrow keys and Enter; up to ${REACH.pointer} pixels beside them count too, by touch ${REACH.touch}.`;
    this.#question.ask(panels, words, panels.map(({ canvas }) => canvas));
    return true;
  }

  /** Takes what was chosen in a picture. @param {number} unit @param {{first: number, units: number}[]} near all that count
   *  as chosen with it @returns {boolean} whether an answer was awaited */
  choose(panel, unit, near) {
    if (!this.#question.about) return false;
    const { fits, extents, reason } = panel.timeline.foresee();
    const hit = fits && near.some(({ first, units }) => overlap(extents, first, units));
    const guess = { panel, right: extents[0]?.start ?? null, wrong: hit ? null : unit };
    this.#judge(hit, `${hit ? "Right" : "Not there"}, under ${panel.placement}: ${grouped(reason)}`, guess);
    return true;
  }

  #guessRefused() {
    const answers = this.#question.about.map(({ placement, timeline }) => ({ placement, ...timeline.foresee() }));
    const refusing = answers.filter(({ fits }) => !fits);
    if (refusing.length === 0) return this.#judge(false, "No: none of these placements refuses it.");
    const names = series(refusing.map(({ placement }) => placement), "and");
    this.#judge(true, `Right: ${names} ${refusing.length === 1 ? "refuses" : "refuse"} it. ${grouped(refusing[0].reason)}`);
  }

  #judge(hit, words, guess) {
    this.#question.judge(hit);
    this.#proceed({ words, missed: !hit, guess });
  }
}
