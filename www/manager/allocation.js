// The form that allocates. Always: below its fields stands what the manager would do with them now, except in the
// quiz; the list of free units marks where and, while the form has the focus, the picture outlines it; asking for that
// allocates nothing.
import { isContiguous } from "./placements.js";
import { mark } from "../page/marking.js";
import { numberIn } from "../page/numbers.js";
import { grouped, hint } from "../page/words.js";

/**
 * @param {{form: HTMLFormElement, size: HTMLInputElement, align: HTMLInputElement,
 *   alignLine: HTMLElement, preview: HTMLElement}} parts
 * @param {import("./session.js").Session} session
 * @param {{outline: (extents: object[]) => void, expect: (extents: object[]) => void}} show what the block would have;
 *   outline: nothing unless the form has the focus
 * @param {import("./quiz.js").Quiz} quiz
 * @returns {{draw: (busy: boolean) => void}} busy: the manager changes faster than anybody reads
 */
export function allocationForm(parts, session, { outline, expect }, quiz) {
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
      const field = { ERR_INVALID_SIZE: parts.size, ERR_INVALID_ALIGNMENT: parts.align }[error.code];
      if (field) mark(field, false);
      return { text: hint(error), extents: [] };
    }
  }

  function show() {
    const { text, extents } = foresee();
    parts.preview.textContent = text;
    outline(parts.form.contains(document.activeElement) ? extents : []);
    expect(extents);
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
