// When the page is drawn. Always: at most once a frame, and after a slow drawing it rests at least as
// long again, so that the page answers while a recording plays. As long as a drawing of anything is due, the
// root element has the attribute data-due: whoever looks at the page from outside can wait for it to go.

/** The drawings that are due. */
const due = new Set();

/**
 * @param {() => void} draw
 * @param {(took: number) => number} [rest] milliseconds to rest after a drawing that took so many; it rests as long as that
 *   at least
 * @returns {{soon: () => void, now: () => void}} soon: before long, once for any number of calls
 */
export function refresher(draw, rest = () => 0) {
  let notBefore = 0;

  function mark(on) {
    if (on) due.add(draw);
    else due.delete(draw);
    document.documentElement.toggleAttribute("data-due", due.size > 0);
  }

  function now() {
    const from = performance.now();
    mark(false);
    draw();
    const to = performance.now();
    notBefore = to + Math.max(to - from, rest(to - from));
  }

  function frame() {
    if (!due.has(draw)) return;
    if (performance.now() < notBefore) requestAnimationFrame(frame);
    else now();
  }

  function soon() {
    if (due.has(draw)) return;
    mark(true);
    requestAnimationFrame(frame);
  }

  return { soon, now };
}
