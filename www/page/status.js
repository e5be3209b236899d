// The status line. Always: one sentence about the last thing that happened in the view that is shown, as plain
// text; a view that comes back has its own again.

/** @param {HTMLElement} line @param {string} first the view that is shown first
 *  @returns {{say: (text: string, done?: boolean) => void, turned: (view: string) => void}} turned: another view
 *  is shown */
export function statusLine(line, first) {
  const said = new Map();
  let view = first;

  function show({ text, done }) {
    line.textContent = text;
    line.dataset.tone = done ? "done" : "refused";
  }

  return {
    say(text, done = true) {
      said.set(view, { text, done });
      show({ text, done });
    },
    turned(to) {
      view = to;
      show(said.get(to) ?? { text: "", done: true });
    },
  };
}
