// When the page is drawn. Always: at most once a frame, and after a slow drawing it rests at least as
// long again, so that the page answers while a recording plays. As long as a drawing is due, the root
// element has the attribute data-due: whoever looks at the page from outside can wait for it to go.

/**
 * @param {() => void} draw
 * @param {() => number} least milliseconds to rest at least, asked for after each drawing
 * @returns {{soon: () => void, now: () => void}} soon: before long, once for any number of calls
 */
export function refresher(draw, least) {
  let asked = false;
  let notBefore = 0;

  function now() {
    const from = performance.now();
    asked = false;
    draw();
    document.documentElement.removeAttribute("data-due");
    const to = performance.now();
    notBefore = to + Math.max(to - from, least());
  }

  function frame() {
    if (!asked) return;
    if (performance.now() < notBefore) requestAnimationFrame(frame);
    else now();
  }

  function soon() {
    if (asked) return;
    asked = true;
    document.documentElement.setAttribute("data-due", "");
    requestAnimationFrame(frame);
  }

  return { soon, now };
}
