// The quiz over the pictures side by side: where will the next block go? Always: the answer is what the
// player of the picture in which somebody chose a unit foresees; a question is asked once, and whatever
// else is done meanwhile leaves none.
import { overlap } from "../picture/units.js";
import { count, grouped, plural } from "../page/words.js";

/**
 * @param {{on: HTMLInputElement, root: HTMLElement, question: HTMLElement, show: HTMLButtonElement,
 *   score: HTMLElement}} parts
 * @param {(verdict: string) => void} proceed an answer was given, or "" where somebody did not want to
 */
export function asking({ on, root, question, show, score }, proceed) {
  let pending = false;
  let [asked, right] = [0, 0];

  function cancel() {
    pending = false;
    root.hidden = true;
  }

  function finish(verdict) {
    cancel();
    score.textContent = asked > 0 ? `${count(right)} of ${count(asked)} right` : "";
    proceed(verdict);
  }

  show.addEventListener("click", () => finish(""));
  on.addEventListener("change", cancel);

  return {
    cancel,
    /** @param {import("./timeline.js").Timeline} timeline any of them @returns {boolean} whether the next
     *  operation is worth a question */
    ask(timeline) {
      const next = on.checked ? timeline.next : undefined;
      if (next?.kind !== "alloc") return false;
      pending = true;
      root.hidden = false;
      question.textContent = `Where will the ${plural(next.size, "unit")} go? Choose any of them in the picture of a placement, by pointer or with the arrow keys and Enter.`;
      show.focus({ preventScroll: true });
      return true;
    },
    /** Takes what was chosen in a picture: so many units from one on, as a pixel shows them.
     *  @returns {boolean} whether an answer was awaited */
    choose(placement, timeline, first, units) {
      if (!pending) return false;
      const { fits, extents, reason } = timeline.foresee();
      const hit = fits && overlap(extents, first, units);
      asked++;
      if (hit) right++;
      finish(`${hit ? "Right" : "Not there"}, under ${placement}: ${grouped(reason)}`);
      return true;
    },
  };
}
