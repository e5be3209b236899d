// Waiting for the next frame. Always: it ends in a hidden tab too, which has no frames, and whose timers are slow.

/** Resolves in the next frame; while the page is hidden, or once it gets so, at the next turn. */
export function nextFrame() {
  return new Promise((resolve) => {
    if (document.hidden) return nextTurn(resolve);
    const goOn = () => {
      document.removeEventListener("visibilitychange", goOn);
      cancelAnimationFrame(frame);
      resolve();
    };
    const frame = requestAnimationFrame(goOn);
    document.addEventListener("visibilitychange", goOn);
  });
}

function nextTurn(resolve) {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    resolve();
  };
  port2.postMessage(null);
}
