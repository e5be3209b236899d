// The quiz: where will the next block go? Always: the answer is what the manager says of the request, asked
// before it is made; while the quiz is on, an allocation waits for an answer, and no preview gives it away; what
// was guessed stays marked until something else is done.
import { overlap } from "../picture/units.js";
import { count, plural } from "../page/words.js";

const NO_VERDICT = { words: "", missed: false };
const NO_GUESS = { right: [], wrong: null };

/**
 * @param {{on: HTMLInputElement, root: HTMLElement, question: HTMLElement, refused: HTMLButtonElement,
 *   show: HTMLButtonElement, score: HTMLElement}} parts
 * @param {import("./session.js").Session} session @param {() => void} changed it was turned on or off
 */
export function quiz(parts, session, changed) {
  let pending = null;
  let asked = 0;
  let right = 0;
  let verdict = NO_VERDICT;
  let guess = { marks: NO_GUESS, state: null };

  function ask(action, foreseen, proceed) {
    pending = { foreseen, proceed, manager: session.manager, used: session.manager.usedUnits, blocks: session.manager.blockCount };
    parts.root.hidden = false;
    parts.question.textContent = `Where will the ${plural(action.size, "unit")} go? Choose any of them in the picture, by pointer or with the arrow keys and Enter.`;
    parts.refused.focus({ preventScroll: true });
    parts.root.scrollIntoView({ block: "nearest" });
  }

  /** @param {number | null} first null for "it will be refused" */
  function answer(first, units) {
    const { foreseen: { fits, extents }, proceed } = pending;
    const hit = first === null ? !fits : overlap(extents, first, units);
    asked++;
    if (hit) right++;
    finish({ words: hit ? "Right. " : "Not there. ", missed: !hit }, proceed);
    guess = { marks: { right: extents.slice(0, 1), wrong: hit ? null : first }, state: session.state };
    changed();
  }

  function finish(judged, proceed) {
    pending = null;
    parts.root.hidden = true;
    parts.score.textContent = asked > 0 ? `${count(right)} of ${count(asked)} right` : "";
    verdict = judged;
    proceed();
  }

  function cancel() {
    pending = null;
    parts.root.hidden = true;
  }

  parts.refused.addEventListener("click", () => answer(null));
  parts.show.addEventListener("click", () => finish(NO_VERDICT, pending.proceed));
  parts.on.addEventListener("change", () => {
    if (!parts.on.checked) cancel();
    changed();
  });

  return {
    get on() { return parts.on.checked; },
    /** Where the block is, and where it was looked for in vain. */
    get guess() { return guess.state === session.state ? guess.marks : NO_GUESS; },
    /** What goes before the words on the outcome, once. */
    takeVerdict() {
      const taken = verdict;
      verdict = NO_VERDICT;
      return taken;
    },
    /** Lets an action proceed, an allocation only after an answer. */
    before(action, proceed) {
      const foreseen = parts.on.checked && action.do === "alloc" ? foresee(session, action) : null;
      if (foreseen) ask(action, foreseen, proceed);
      else proceed();
    },
    /** Takes what was chosen in the picture as the answer: so many units from one on.
     *  @returns {boolean} whether one was awaited */
    choose(first, units) {
      if (!pending) return false;
      answer(first, units);
      return true;
    },
    /** Whatever else was done meanwhile leaves no question. */
    follow() {
      if (pending && changedSince(pending, session.manager)) cancel();
    },
  };
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
