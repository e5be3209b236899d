// What can be done with the block that was chosen in the picture, right below it. Always: the block is alive; where it
// is not any more, nothing is shown.
import { Held } from "./held.js";
import { show } from "../page/focus.js";
import { isText } from "../page/values.js";

/**
 * @param {{root: HTMLFormElement, name: HTMLElement, label: HTMLElement, text: HTMLInputElement, write: HTMLButtonElement,
 *   free: HTMLButtonElement, pin: HTMLButtonElement, more: HTMLButtonElement, home: HTMLElement}} parts home: gets the
 *   focus when what had it goes
 * @param {import("./session.js").Session} session
 * @param {{write: (id: number, held: Held) => void, list: (id: number) => void}} actions
 *   list: shows the block where everything can be done with it
 * @returns {{choose: (id: number | undefined) => void, draw: (blocks: object[]) => void, hide: () => void}}
 */
export function chosenBlock(parts, session, actions) {
  const { root, name, label, text, write, free, pin, more, home } = parts;
  const held = new Held(text);
  let id;
  /** Of the manager that the block is of: another has blocks of its own with the same IDs. */
  let beginning;

  function draw(blocks) {
    const block = beginning === session.beginning && blocks.find((block) => block.id === id);
    if (!block) return hide();
    root.hidden = false;
    name.textContent = `Block ${id}`;
    label.textContent = `${isText(session.manager.unit) ? "Text" : "Values"} of block ${id}`;
    pin.textContent = block.pinned ? "Unpin" : "Pin";
    for (const button of [write, free, pin, more]) button.setAttribute("aria-label", `${button.textContent} block ${id}`);
    held.draw(block, (id) => session.manager.read(id));
  }

  function hide() {
    show(root, false, home);
    held.forget();
  }

  function choose(chosen) {
    if (chosen !== id || beginning !== session.beginning) held.forget();
    [id, beginning] = [chosen, session.beginning];
    draw(session.state.snapshot.blocks);
  }

  root.addEventListener("submit", (event) => {
    event.preventDefault();
    actions.write(id, held);
  });
  free.addEventListener("click", () => session.perform({ do: "free", id }));
  pin.addEventListener("click", () => session.perform({ do: pin.textContent === "Pin" ? "pin" : "unpin", id }));
  more.addEventListener("click", () => actions.list(id));

  return { choose, draw, hide };
}
