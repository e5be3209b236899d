// The quiz over the pictures side by side: where will the next block go? Always: the answer is what the
// player of the picture in which somebody chose a unit foresees, or what those of all pictures do for a guess that
// one of them refuses; a question is asked once, and whatever else is done meanwhile leaves none.
import { overlap } from "../picture/units.js";
import { count, grouped, plural, series } from "../page/words.js";

/**
 * @param {{on: HTMLInputElement, root: HTMLElement, question: HTMLElement, refused: HTMLButtonElement,
 *   show: HTMLButtonElement, score: HTMLElement}} parts
 * @param {(verdict: string) => void} proceed an answer was given, or "" where somebody did not want to
 * @param {() => void} reveal brings the question into sight, and the pictures
 */
export function asking({ on, root, question, refused, show, score }, proceed, reveal) {
  /** The pictures that a question is asked of. */
  let pending = null;
  let [asked, right] = [0, 0];

  function cancel() {
    pending = null;
    root.hidden = true;
  }

  function finish(verdict) {
    cancel();
    score.textContent = asked > 0 ? `${count(right)} of ${count(asked)} right` : "";
    proceed(verdict);
  }

  function judge(hit, verdict) {
    asked++;
    if (hit) right++;
    finish(verdict);
  }

  function guessRefused() {
    const refusing = pending.map(({ placement, timeline }) => ({ placement, ...timeline.foresee() })).filter(({ fits }) => !fits);
    if (refusing.length === 0) return judge(false, "No: none of these placements refuses it.");
    const names = series(refusing.map(({ placement }) => placement), "and");
    judge(true, `Right: ${names} ${refusing.length === 1 ? "refuses" : "refuse"} it. ${grouped(refusing[0].reason)}`);
  }

  show.addEventListener("click", () => finish(""));
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
      show.focus({ preventScroll: true });
      reveal();
      return true;
    },
    /** Takes what was chosen in a picture: so many units from one on, as a pixel shows them.
     *  @returns {boolean} whether an answer was awaited */
    choose(placement, timeline, first, units) {
      if (!pending) return false;
      const { fits, extents, reason } = timeline.foresee();
      const hit = fits && overlap(extents, first, units);
      judge(hit, `${hit ? "Right" : "Not there"}, under ${placement}: ${grouped(reason)}`);
      return true;
    },
  };
}
