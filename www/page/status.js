// The status line. Always: one sentence about the last thing that happened in the view that is shown, as plain
// text; a view that comes back has its own again; the style sheet knows how high it is, since nothing that gets the
// focus may lie under it.

/** @typedef {(text: string, done?: boolean, missed?: boolean) => void} Say missed: it was guessed wrongly */

/** @param {HTMLElement} line @param {string} first the view that is shown first
 *  @returns {{say: Say, turned: (view: string) => void}} turned: another view is shown */
export function statusLine(line, first) {
  const said = new Map();
  let view = first;

  function show({ text, done, missed }) {
    line.textContent = text;
    line.dataset.tone = missed ? "missed" : done ? "done" : "refused";
  }

  new ResizeObserver(() => document.documentElement.style.setProperty("--status-height", `${line.offsetHeight}px`)).observe(line);

  return {
    say(text, done = true, missed = false) {
      said.set(view, { text, done, missed });
      show({ text, done, missed });
    },
    turned(to) {
      view = to;
      show(said.get(to) ?? { text: "", done: true, missed: false });
    },
  };
}
