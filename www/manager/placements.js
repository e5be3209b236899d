// The placements that a manager can be made with, and what to know before choosing one. Always: the
// names and groups are the package's; each is said in one line, what it is for and what it is bad at.

/** @type {{name: string, group: "scattered" | "contiguous", good: string, bad: string}[]} */
export const PLACEMENTS = [
  {
    name: "lifo", group: "scattered",
    good: "Newest freed units first, like a stack, still warm in a cache. Never fails by fragmentation.",
    bad: "blocks end up in ever smaller pieces, many of them descending.",
  },
  {
    name: "contiguous-first", group: "scattered",
    good: "Keeps blocks in one extent for as long as the tail lasts. Never fails by fragmentation.",
    bad: "spreads over the whole buffer before it reuses a unit, then scatters like lifo.",
  },
  {
    name: "address-ordered", group: "scattered",
    good: "Keeps blocks low and ascending, and what is scattered heals. Never fails by fragmentation.",
    bad: "slower than lifo where free extents are many, and the lowest are the smallest.",
  },
  {
    name: "first-fit", group: "contiguous",
    good: "A good first choice: little fragmentation on most loads, and free units gather at the end.",
    bad: "small remains pile up at the low end.",
  },
  {
    name: "next-fit", group: "contiguous",
    good: "For allocations that should be spread evenly over the buffer.",
    bad: "of all fits it leaves the fewest long extents for large blocks.",
  },
  {
    name: "best-fit", group: "contiguous",
    good: "Keeps large extents for large blocks; with tlsf the least fragmentation on most loads.",
    bad: "leaves slivers too small for anything.",
  },
  {
    name: "worst-fit", group: "contiguous",
    good: "For loads in which even what is left over must be large enough to use.",
    bad: "uses up the large extents first, so that large blocks soon find none.",
  },
  {
    name: "buddy", group: "contiguous",
    good: "Merges cheaply, and aligns every block to its size rounded up to a power of two.",
    bad: "the rounding leaves a quarter of the units unused on average.",
  },
  {
    name: "tlsf", group: "contiguous",
    good: "The fastest, at a constant cost, with little fragmentation.",
    bad: "which extent of a size class it takes follows no system that a person could see.",
  },
];

const named = new Map(PLACEMENTS.map((placement) => [placement.name, placement]));

/** Whether a block is one extent, and so can be aligned. @param {string} name */
export const isContiguous = (name) => named.get(name).group === "contiguous";

/** What to know of it, in a line. @param {string} name */
export function about(name) {
  const { good, bad } = named.get(name);
  return `${good} Bad: ${bad}`;
}
