// Makes the page work without a network after the first visit. Always: it comes after everything that the
// visit is for, and where the browser has no service workers nothing is lost but that.

const PATIENCE = 5000;

export function workOffline() {
  if (!("serviceWorker" in navigator)) return;
  navigator.serviceWorker.register("service-worker.js").then(keepRest, () => {});
}

// When somebody begins to use the page, or has looked at it for a while.
async function keepRest() {
  await new Promise((resolve) => {
    for (const event of ["pointerdown", "keydown"]) addEventListener(event, resolve, { once: true });
    setTimeout(resolve, PATIENCE);
  });
  const { active } = await navigator.serviceWorker.ready;
  // In Firefox there may be none by now, while the page is left: the next visit sees to it.
  active?.postMessage("keep the rest");
}
