// Undo, Redo, and the slider over what was done by hand. Always: they show where in the history the
// manager stands, and going there says in a line what was undone or redone last; keys undo only what is in sight.
import { lineOf } from "./actions.js";
import { enable } from "../page/focus.js";
import { count } from "../page/words.js";

/**
 * @param {{undo: HTMLButtonElement, redo: HTMLButtonElement, position: HTMLInputElement, text: HTMLElement}} parts
 * @param {import("./session.js").Session} session @param {(text: string) => void} say
 * @returns {{follow: () => void}}
 */
export function undoing({ undo, redo, position, text }, session, say) {
  const { history } = session;
  // Found now: a view that is not shown is not in the document, and its fields have no labels there.
  const [label] = position.labels;

  function goTo(to) {
    const from = history.position;
    const back = to < from;
    // Where it was refused, the slider goes back.
    if (!session.attempt(() => session.goTo(to))) return session.refresh();
    say(`${back ? "Undone" : "Redone"}: ${nameOf(history.at(back ? history.position + 1 : history.position))}.`);
  }

  const back = () => session.undoable && goTo(history.position - 1);
  const forth = () => session.redoable && goTo(history.position + 1);

  function follow() {
    enable([[undo, session.undoable], [redo, session.redoable]]);
    position.disabled = undo.disabled && redo.disabled;
    // A recording has a slider of its own.
    position.hidden = label.hidden = text.hidden = !session.byHand;
    position.max = history.last;
    position.value = history.position;
    text.textContent = history.last === 0 ? "nothing to undo yet" : `${count(history.position)} of ${count(history.last)}`;
    position.setAttribute("aria-valuetext", `${text.textContent}: ${nameOf(history.at(history.position))}`);
  }

  undo.addEventListener("click", back);
  redo.addEventListener("click", forth);
  position.addEventListener("input", () => goTo(Number(position.value)));
  addEventListener("keydown", (event) => {
    const key = shortcut(event);
    // A view that is not shown is not in the document.
    if (!key || !undo.isConnected || typing(event.target)) return;
    event.preventDefault();
    (key === "undo" ? back : forth)();
  });
  follow();
  return { follow };
}

function nameOf(entry) {
  if (entry.action) return lineOf(entry.action);
  return entry.origin.action ? lineOf(entry.origin.action) : entry.origin.name;
}

function shortcut(event) {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return null;
  const key = event.key.toLowerCase();
  if (key === "z") return event.shiftKey ? "redo" : "undo";
  return key === "y" && !event.shiftKey ? "redo" : null;
}

// There the keys take back what was typed.
const typing = (element) => element.matches?.("input:not([type=range]):not([type=checkbox]), textarea");
