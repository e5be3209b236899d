// The placements that a manager can be made with, and what to know before choosing one. Always: the
// names and groups are the package's; each is said in one line, what it is for and what it is bad at.

/** @type {{name: string, group: "scattered" | "contiguous", good: string, bad: string}[]} */
export const PLACEMENTS = [
  {
    name: "lifo", group: "scattered",
    good: "Takes the most recently freed units first, like a stack, while they are still in the cache. Never fails because of fragmentation.",
    bad: "blocks break up into ever smaller pieces, many of them descending.",
  },
  {
    name: "contiguous-first", group: "scattered",
    good: "Keeps blocks in one extent for as long as the tail lasts. Never fails because of fragmentation.",
    bad: "it spreads over the whole buffer before it reuses a unit, then scatters like lifo.",
  },
  {
    name: "address-ordered", group: "scattered",
    good: "Keeps blocks low and ascending, so that scattered blocks give way to whole ones over time. Never fails because of fragmentation.",
    bad: "it is slower than lifo where there are many free extents, and the lowest ones are the smallest.",
  },
  {
    name: "first-fit", group: "contiguous",
    good: "A good first choice: little fragmentation on most loads, and free units gather at the end.",
    bad: "small free extents pile up at the low end.",
  },
  {
    name: "next-fit", group: "contiguous",
    good: "For allocations that should be spread evenly over the buffer.",
    bad: "it leaves fewer long extents for large blocks than first-fit and best-fit.",
  },
  {
    name: "best-fit", group: "contiguous",
    good: "Keeps large extents for large blocks. On most loads, best-fit and tlsf fragment least of all.",
    bad: "it leaves slivers too small for anything.",
  },
  {
    name: "worst-fit", group: "contiguous",
    good: "For loads where what is left of an extent must still be large enough to use.",
    bad: "it uses up the large extents first, so large blocks soon find none.",
  },
  {
    name: "buddy", group: "contiguous",
    good: "Merges cheaply, and aligns every block to its size rounded up to a power of two.",
    bad: "rounding leaves a quarter of the units unused on average.",
  },
  {
    name: "tlsf", group: "contiguous",
    good: "Fast, at constant cost, with little fragmentation.",
    bad: "which extent of a size class it takes is hard to predict by eye.",
  },
];

const named = new Map(PLACEMENTS.map((placement) => [placement.name, placement]));

/** Whether a block is one extent, and so can be aligned. @param {string} name */
export const isContiguous = (name) => named.get(name).group === "contiguous";

/** Whether a request takes constant time; under the other contiguous placements, it takes logarithmic time.
 *  @param {string} name */
export const isConstantTime = (name) => name === "tlsf";

/** What to know of it, in a line. @param {string} name */
export function about(name) {
  const { good, bad } = named.get(name);
  return `${good} Drawback: ${bad}`;
}
