// The focus, lent to what asks a question. Always: it goes back to where it was, unless somebody has taken it
// elsewhere meanwhile; the page does not scroll for it.

/** @param {HTMLElement[]} borrowers the first gets the focus, and any of them may have it as long as it is lent
 *  @returns {() => void} gives it back */
export function lendFocus(borrowers) {
  const before = document.activeElement;
  const give = (element) => element.focus({ preventScroll: true });
  give(borrowers[0]);
  return () => {
    const lent = borrowers.some((borrower) => borrower.contains(document.activeElement));
    if (lent) give(before === document.body ? borrowers[0] : before);
  };
}
