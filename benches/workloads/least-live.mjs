// The lower bound of compaction: what at least has to move, for so many units to be free in one run.

/** The fewest units of the `extents` `{ start, end }` in any window of `length` units. As a window
 *  moves up, what it holds turns only where one of its ends meets one of an extent's, so only such
 *  windows are looked at. */
export function leastLive(extents, arena, length) {
  const sorted = extents.toSorted((one, other) => one.start - other.start);
  const ends = sorted.flatMap(({ start, end }) => [start, end]);
  const last = arena - length;
  const starts = [0, last, ...ends, ...ends.map((end) => end - length)].filter((start) => start >= 0 && start <= last);
  const below = liveBelow(sorted);
  return starts.reduce((least, start) => Math.min(least, below(start + length) - below(start)), Infinity);
}

/** How many units of the extents lie below a place. */
function liveBelow(sorted) {
  const before = [0];
  for (const { start, end } of sorted) before.push(before.at(-1) + end - start);
  return (place) => {
    const extent = countBelow(sorted, place);
    const { end } = sorted[extent - 1] ?? { end: 0 };
    return before[extent] - Math.max(0, end - place);
  };
}

/** How many extents start below a place. */
function countBelow(sorted, place) {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle].start < place) low = middle + 1;
    else high = middle;
  }
  return low;
}
