// Sums of lists of numbers, and what lies in their middle.

export function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}

/** The least of the first numbers of several lists, of the second, and so on. */
export function leasts(lists) {
  return lists[0].map((_, index) => Math.min(...lists.map((list) => list[index])));
}

export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The mean of the middle half: as little moved by outliers as the median, and finer where the clock is
 *  coarse. (The interquartile mean.) */
export function middleMean(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const quarter = sorted.length >> 2;
  const middle = sorted.slice(quarter, sorted.length - quarter);
  return sum(middle) / middle.length;
}
