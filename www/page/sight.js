// What belongs together, brought into sight together. Always: what is in sight already does not move; and
// the status line, which stays at the top, covers none of it.

const GAP = 12;

/** Scrolls to where one element begins, unless all from there to the end of another is in sight.
 *  @param {HTMLElement} first @param {HTMLElement} last @param {HTMLElement} status */
export function bringIntoSight(first, last, status) {
  const { top } = first.getBoundingClientRect();
  const covered = getComputedStyle(status).position === "sticky" ? status.offsetHeight : 0;
  const seen = top >= covered && last.getBoundingClientRect().bottom <= innerHeight;
  if (!seen) scrollBy(0, top - covered - GAP);
}
