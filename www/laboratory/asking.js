// The quiz over the pictures side by side: where will the next block go? Always: the answer is what the
// player of the picture in which somebody chose a unit foresees, or what those of all pictures do for a guess that
// one of them refuses; the first picture has the focus when a question is asked; it is asked once, and whatever else is
// done meanwhile leaves none.
import { overlap } from "../picture/units.js";
import { lendFocus } from "../page/focus.js";
import { score } from "../page/score.js";
import { grouped, plural, series } from "../page/words.js";

/** @typedef {{words: string, missed: boolean, guess?: {panel: import("./panel.js").Panel, right: number | null,
 *    wrong: number | null}}} Verdict
 *  guess: a unit was chosen in a picture; right: the first unit that the block gets there; wrong: the one chosen in vain */

/**
 * @param {{on: HTMLInputElement, root: HTMLElement, question: HTMLElement, refused: HTMLButtonElement,
 *   show: HTMLButtonElement, score: HTMLElement}} parts
 * @param {(verdict: Verdict | null) => void} proceed an answer was given, or null where somebody did not want to
 * @param {() => void} reveal brings the question into sight, and the pictures
 */
export function asking({ on, root, question, refused, show, score: total }, proceed, reveal) {
  /** The pictures that a question is asked of. */
  let pending = null;
  let giveFocusBack = () => {};
  const counted = score(total);

  function cancel() {
    if (!pending) return;
    pending = null;
    giveFocusBack();
    root.hidden = true;
  }

  function judge(hit, words, guess) {
    counted(hit);
    cancel();
    proceed({ words, missed: !hit, guess });
  }

  function guessRefused() {
    const refusing = pending.map(({ placement, timeline }) => ({ placement, ...timeline.foresee() })).filter(({ fits }) => !fits);
    if (refusing.length === 0) return judge(false, "No: none of these placements refuses it.");
    const names = series(refusing.map(({ placement }) => placement), "and");
    judge(true, `Right: ${names} ${refusing.length === 1 ? "refuses" : "refuse"} it. ${grouped(refusing[0].reason)}`);
  }

  show.addEventListener("click", () => {
    cancel();
    proceed(null);
  });
  refused.addEventListener("click", guessRefused);
  on.addEventListener("change", cancel);

  return {
    cancel,
    /** @param {import("./panel.js").Panel[]} panels all of them, at one operation @returns {boolean} whether the next
     *  operation is worth a question */
    ask(panels) {
      const next = on.checked ? panels[0].timeline.next : undefined;
      if (next?.kind !== "alloc") return false;
      pending = panels;
      root.hidden = false;
      question.textContent = `Where will the ${plural(next.size, "unit")} go? Choose one of them in any picture, with the pointer or with the arrow keys and Enter.`;
      giveFocusBack = lendFocus([...panels.map(({ canvas }) => canvas), root]);
      reveal();
      return true;
    },
    /** Takes what was chosen in a picture: so many units from one on, as a pixel shows them.
     *  @returns {boolean} whether an answer was awaited */
    choose(panel, first, units) {
      if (!pending) return false;
      const { fits, extents, reason } = panel.timeline.foresee();
      const hit = fits && overlap(extents, first, units);
      const guess = { panel, right: extents[0]?.start ?? null, wrong: hit ? null : first };
      judge(hit, `${hit ? "Right" : "Not there"}, under ${panel.placement}: ${grouped(reason)}`, guess);
      return true;
    },
  };
}
