// Where the keyboard focus goes when what has it can no longer be used, or when a question needs it. Always: it never
// falls to the whole page, from where people would have to start anew; focus that is lent goes back to where it was,
// unless somebody has taken it elsewhere meanwhile; the page does not scroll for it.

const give = (element) => element.focus({ preventScroll: true });

/** Enables buttons that belong together, or disables them. One that is disabled while it has the focus hands it to the
 *  first of the others that can be used. @param {[HTMLButtonElement, boolean][]} buttons each with whether it can be */
export function enable(buttons) {
  const leaving = buttons.some(([button, can]) => !can && button === document.activeElement);
  for (const [button, can] of buttons) button.disabled = !can;
  const heir = leaving && buttons.find(([button, can]) => can && !button.hidden);
  if (!heir) return;
  give(heir[0]);
  untilReleased(heir[0]);
}

/** Shows an element, or hides it: then focus in it goes elsewhere. @param {HTMLElement} element @param {boolean} on
 *  @param {HTMLElement} heir */
export function show(element, on, heir) {
  const leaving = !on && element.contains(document.activeElement);
  element.hidden = !on;
  if (leaving) give(heir);
}

/** A key that is still held down does not press what it led to. */
function untilReleased(button) {
  const ignore = (event) => event.repeat && event.preventDefault();
  button.addEventListener("keydown", ignore);
  addEventListener("keyup", () => button.removeEventListener("keydown", ignore), { once: true });
}

/** @param {HTMLElement[]} borrowers the first gets the focus, and any of them may have it as long as it is lent
 *  @returns {() => void} gives it back */
export function lendFocus(borrowers) {
  const before = document.activeElement;
  give(borrowers[0]);
  return () => {
    const lent = borrowers.some((borrower) => borrower.contains(document.activeElement));
    if (lent) give(before === document.body ? borrowers[0] : before);
  };
}
