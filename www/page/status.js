// The status line. Always: one sentence about the last thing that happened in the view that is shown, as plain
// text; what is said of another view waits until that one is shown; the style sheet knows how high the line is, since
// nothing that gets the focus may lie under it.

/** @typedef {(text: string, done?: boolean, missed?: boolean) => void} Say missed: it was guessed wrongly */

/** @param {HTMLElement} line @param {string} first the view that is shown first
 *  @returns {{say: Say, sayIn: (view: string) => Say, turned: (view: string) => void}} say: of the view that is shown;
 *   turned: another view is shown */
export function statusLine(line, first) {
  const said = new Map();
  let shown = first;

  function show({ text, done, missed }) {
    line.textContent = text;
    line.dataset.tone = missed ? "missed" : done ? "done" : "refused";
  }

  new ResizeObserver(() => document.documentElement.style.setProperty("--status-height", `${line.offsetHeight}px`)).observe(line);

  const sayIn = (view) => (text, done = true, missed = false) => {
    said.set(view, { text, done, missed });
    if (view === shown) show(said.get(view));
  };

  return {
    sayIn,
    say: (...words) => sayIn(shown)(...words),
    turned(to) {
      shown = to;
      show(said.get(to) ?? { text: "", done: true, missed: false });
    },
  };
}
