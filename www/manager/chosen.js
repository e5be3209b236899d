// What can be done with the block that was clicked in the picture. Always: the block is alive; where it
// is not any more, nothing is shown.

/**
 * @param {{root: HTMLElement, name: HTMLElement, free: HTMLButtonElement, pin: HTMLButtonElement,
 *   more: HTMLButtonElement, home: HTMLElement}} parts home: gets the focus when what had it goes
 * @param {import("./session.js").Session} session
 * @param {(id: number) => void} list shows the block where everything can be done with it
 * @returns {{choose: (id: number | undefined) => void, draw: (blocks: object[]) => void, hide: () => void}}
 */
export function chosenBlock({ root, name, free, pin, more, home }, session, list) {
  let id;

  function draw(blocks) {
    const block = id && blocks.find((block) => block.id === id);
    if (!block) return hide();
    root.hidden = false;
    name.textContent = `Block ${id}`;
    free.setAttribute("aria-label", `Free block ${id}`);
    pin.textContent = block.pinned ? "Unpin" : "Pin";
    pin.setAttribute("aria-label", `${pin.textContent} block ${id}`);
    more.setAttribute("aria-label", `${more.textContent} block ${id}`);
  }

  function hide() {
    if (root.contains(document.activeElement)) home.focus();
    root.hidden = true;
  }

  function choose(chosen) {
    id = chosen;
    draw(session.state.snapshot.blocks);
  }

  free.addEventListener("click", () => session.perform({ do: "free", id }));
  pin.addEventListener("click", () => session.perform({ do: pin.textContent === "Pin" ? "pin" : "unpin", id }));
  more.addEventListener("click", () => list(id));

  return { choose, draw, hide };
}
