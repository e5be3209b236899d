// The form that allocates. Always: below its fields stands what the manager would do with them now, but in
// the quiz; while the form has the focus, the picture outlines where; asking for that allocates nothing.
import { isContiguous } from "./placements.js";
import { numberIn } from "../page/numbers.js";
import { grouped, refusal } from "../page/words.js";

/**
 * @param {{form: HTMLFormElement, size: HTMLInputElement, align: HTMLInputElement,
 *   alignLine: HTMLElement, preview: HTMLElement}} parts
 * @param {import("./session.js").Session} session
 * @param {(extents: object[]) => void} outline @param {import("./quiz.js").Quiz} quiz
 * @returns {{draw: (busy: boolean) => void}} busy: the manager changes faster than anybody reads
 */
export function allocationForm(parts, session, outline, quiz) {
  let resting = false;

  function request() {
    const aligned = isContiguous(session.manager.placement) && parts.align.value.trim() !== "";
    return { size: numberIn(parts.size, 4), align: aligned ? numberIn(parts.align, 8) : undefined };
  }

  function foresee() {
    if (resting || quiz.on || parts.size.value.trim() === "") return { text: "", extents: [] };
    try {
      const { reason, extents } = session.explain(request());
      return { text: `Preview: ${grouped(reason)}`, extents };
    } catch (error) {
      return { text: refusal(error), extents: [] };
    }
  }

  function show() {
    const { text, extents } = foresee();
    parts.preview.textContent = text;
    outline(parts.form.contains(document.activeElement) ? extents : []);
  }

  parts.form.addEventListener("submit", (event) => {
    event.preventDefault();
    session.attempt(() => {
      const action = { do: "alloc", ...request() };
      quiz.before(action, () => session.perform(action));
    });
  });
  for (const event of ["input", "focusin", "focusout"]) parts.form.addEventListener(event, show);
  return {
    draw(busy) {
      resting = busy;
      parts.alignLine.hidden = !isContiguous(session.manager.placement);
      show();
    },
  };
}
