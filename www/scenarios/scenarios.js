// What "Step by step" offers. Always: a scenario is data: actions of session.js, each with its line and
// a sentence on what it shows; where an action names a block by letter, the letter stands for the ID
// that an earlier one got, and so does a letter in braces in a note. Links name it by its slug, which stays.

/** @typedef {{action: object, as?: string, block?: string, refused?: true}} Part
 *  as: the letter that the allocated block gets; block: the letter of the block acted upon;
 *  refused: that it is refused is what it shows
 *  @typedef {{line: string, note: string} & (Part | {parts: Part[]})} Step
 *  parts: several actions that are made at one press; none of them is refused */

const renew = (capacity, placement, note) =>
  ({ line: `capacity ${capacity}, ${placement}`, action: { do: "renew", capacity, placement }, note });
const alloc = (letter, size, note) =>
  ({ line: `${letter} = alloc(${size})`, action: { do: "alloc", size }, as: letter, note });
const refuse = (size, note) => ({ line: `alloc(${size})`, action: { do: "alloc", size }, refused: true, note });
const write = (letter, text, note) =>
  ({ line: `${letter}.write("${text}")`, action: { do: "write", data: text }, block: letter, note });
const read = (letter, note) => ({ line: `${letter}.read()`, action: { do: "read" }, block: letter, note });
const free = (letter, note) => ({ line: `free(${letter})`, action: { do: "free" }, block: letter, note });
const defragment = (note) => ({ line: "defragment()", action: { do: "defragment" }, note });
const towards = (order, note) =>
  ({ line: `defragment({ order: "${order}" })`, action: { do: "defragment", order }, note });
const pin = (letter, note) => ({ line: `pin(${letter})`, action: { do: "pin" }, block: letter, note });
const unpin = (letter, note) => ({ line: `unpin(${letter})`, action: { do: "unpin" }, block: letter, note });
const together = (line, parts, note) => ({ line, parts, note });

/** Leaves four free extents, of 4, 3, 8 and 6 units, in a buffer of 24; the last of them comes after the last
 *  allocation. */
const fourExtents = (note) => together("6 × alloc, 3 × free", [
  alloc("a", 4), alloc("p", 1), alloc("b", 3), alloc("q", 1), alloc("c", 8), alloc("r", 1), free("a"), free("b"), free("c"),
], note);

/** @type {{name: string, slug: string, steps: Step[], end: string, hasWorkers?: true}[]}
 *  hasWorkers: where it ends, the view of the workers does it in earnest */
export const SCENARIOS = [
  {
    name: "The original’s example",
    slug: "original",
    steps: [
      renew(6, "lifo", "Six units, all of them in the tail, the end of the buffer that was never used. This is the example of the Python exercise that this project grew from."),
      alloc("a", 2, "Nothing has been freed yet, so {a} gets the first two units of the tail."),
      alloc("b", 2, "The next two."),
      alloc("c", 2, "The last two: the tail is used up."),
      write("a", "AB", "Units are filled in block order."),
      write("b", "CD", "Each block has its own units."),
      write("c", "EF", "Now every unit holds a character."),
      free("a", "The units of {a} are empty again and go onto the stack of freed units."),
      free("c", "The units of {c} go on top: the stack now holds 0, 1, 4, 5."),
      alloc("d", 3, "{d} takes units 5, 4 and 1 from the top of the stack, in that order."),
      write("d", "XYZ", "Written in block order, so unit 5 holds the X."),
    ],
    end: "The freed units were taken newest first, so {d} lies in units 5, 4 and 1, and the buffer holds "
      + "“- Z C D Y X”. Press Defragment: it lays out {b} first, then {d}.",
  },
  {
    name: "External fragmentation",
    slug: "external-fragmentation",
    steps: [
      renew(24, "first-fit", "Under a contiguous placement, a block is one extent: a run of neighbouring units."),
      alloc("a", 6, "first-fit takes the lowest free extent that fits."),
      alloc("b", 6, "So blocks follow each other."),
      alloc("c", 6, "And again."),
      alloc("d", 6, "The buffer is full."),
      free("a", "Six units are free, in one extent. Nothing is fragmented yet."),
      free("c", "Twelve units are free, but half of them lie outside the largest free extent: external "
        + "fragmentation is 50 %."),
      refuse(8, "Refused: 12 units are free, but no free extent has 8 of them."),
      defragment("{b} and {d} move together and keep their IDs, and the free units become one extent."),
      alloc("e", 8, "Now the same request fits."),
    ],
    end: "Having enough free units is not enough for a contiguous placement: they must lie together. A scattered one "
      + "would have put {e} into both free extents, at the price of a block in two pieces.",
  },
  {
    name: "Four fits, the same requests",
    slug: "four-fits",
    steps: [
      renew(24, "first-fit", "The same operations will run under four placements. first-fit takes the lowest free extent that fits."),
      fourExtents("Six blocks were allocated and three of them freed. That leaves four free extents: 4 units at the low end, then 3, "
        + "then 8, and 6 at the high end."),
      alloc("d", 3, "first-fit looks from the low end and takes the first extent that fits: the one of 4. One unit is left over."),
      alloc("e", 4, "The extents of 1 and 3 are too small, so {e} goes into the extent of 8, the next one up."),
      refuse(8, "Refused: {e} has taken half of the only extent that had 8 units. 14 units are free, but at most 6 lie together."),
      renew(24, "next-fit", "Once more. next-fit goes on from where the last allocation ended, and starts again from the low end if need be."),
      fourExtents("The same blocks. The last allocation was just below the 6 units at the high end."),
      alloc("d", 3, "The search goes on from the last allocation, so {d} goes into the 6 units at the high end."),
      alloc("e", 4, "Only 3 units are left above {d}, so the search starts again from the low end and finds the extent of 4."),
      alloc("f", 8, "Nothing has touched the extent of 8 yet: from {e} upwards, it is the first that fits."),
      renew(24, "best-fit", "Once more. best-fit takes the smallest free extent that fits."),
      fourExtents("The same blocks and the same four free extents."),
      alloc("d", 3, "The extent of 3 fits exactly, and nothing is left over."),
      alloc("e", 4, "The extent of 4 fits exactly, too."),
      alloc("f", 8, "The extent of 8 is still whole and fits exactly. The 6 units at the high end remain, in one extent."),
      renew(24, "worst-fit", "Once more. worst-fit takes the largest free extent."),
      fourExtents("The same blocks and the same four free extents."),
      alloc("d", 3, "The extent of 8 is the largest. The 5 units left over are still useful, but no longer 8."),
      alloc("e", 4, "Now the 6 units at the high end are the largest extent."),
      refuse(8, "Refused: 14 units are free, as under first-fit, but at most 5 lie together."),
    ],
    end: "The first request alone went to four different extents, and first-fit and worst-fit refused the last one. That does not make "
      + "best-fit the winner: had the requests been for 4, 4, 4 and 5 units, only first-fit would have served them all.",
  },
  {
    name: "Best-fit’s slivers",
    slug: "slivers",
    steps: [
      renew(32, "best-fit", "best-fit takes the smallest free extent that fits."),
      alloc("a", 5, "{a} will be freed."),
      alloc("p", 1, "{p} stays, and keeps the units on either side of it apart."),
      alloc("b", 4, "{b} will be freed."),
      alloc("q", 1, "{q} stays."),
      alloc("c", 8, "{c} will be freed."),
      alloc("r", 1, "{r} stays. Above it, 12 units are left."),
      free("b", "A free extent of 4 units."),
      free("a", "One of 5 units."),
      free("c", "And one of 8. With the 12 at the end, there are four sizes to choose from."),
      alloc("d", 3, "The extent of 4 fits best. One unit is left over."),
      alloc("e", 4, "The extent of 5 fits best. Again one unit is left over."),
      alloc("f", 7, "The extent of 8 fits best and leaves a third sliver. The 12 at the end stay whole."),
      refuse(13, "Refused: 15 units are free, but three of them are slivers that only blocks of one unit can use."),
    ],
    end: "That is the bargain of best-fit: it spares the large extent and pays with slivers. On most loads this "
      + "pays off. It does not when many blocks are just a little smaller than what was freed.",
  },
  {
    name: "Buddy’s rounding",
    slug: "buddy",
    steps: [
      renew(32, "buddy", "One free extent of 32 units, which is cut in half as often as a request needs."),
      alloc("a", 5, "5 is rounded up to 8, so {a} gets three units more than it asked for. They are hatched."),
      alloc("b", 3, "3 is rounded up to 4: one unit more."),
      alloc("c", 9, "9 is rounded up to 16, so seven units are wasted. The worst sizes are those just above a power of two."),
      alloc("d", 4, "A power of two wastes nothing. {d} takes the last units."),
      refuse(1, "Refused: no unit is free, although 11 units were handed out that nobody asked for. That is internal "
        + "fragmentation."),
      free("b", "4 units are free again, not 3. Their buddy, {d}, is in use, so nothing merges."),
      free("d", "Now both halves are free and merge into an extent of 8."),
      free("a", "And the two extents of 8 merge into one of 16."),
      alloc("e", 16, "An extent of 16 at a multiple of 16: whole again without moving anything."),
    ],
    end: "Rounding makes merging cheap and keeps every block aligned to its rounded size. The price is units "
      + "that no other block can have. With sizes that are powers of two, there is no price.",
  },
  {
    name: "LIFO scatters",
    slug: "lifo",
    steps: [
      renew(16, "lifo", "Under a scattered placement, a block may lie in many extents: runs of neighbouring units."),
      alloc("a", 3, "From the tail."),
      alloc("b", 3, "From the tail."),
      alloc("c", 3, "From the tail."),
      alloc("d", 3, "From the tail, which has four units left."),
      free("b", "Freed first, so its units are used again last."),
      free("d", "On top of those of {b}. Freed units do not go back to the tail."),
      free("a", "Freed last, so its units are used again first."),
      alloc("e", 7, "First the units of {a}, then those of {d}, each from the far end. The seventh unit is one of those of {b}."),
      write("e", "SCATTER", "One text in three extents, most of it running backwards."),
      defragment("Blocks are laid out in the order in which they were allocated: {c}, then {e}, each in one extent."),
    ],
    end: "lifo never refuses a request while enough units are free, and never searches. The price is that blocks "
      + "break into pieces. Defragmenting puts them together again, and they keep their IDs and texts.",
  },
  {
    name: "A pin in the way",
    slug: "pin",
    steps: [
      renew(24, "first-fit", "Four blocks of six units will fill the buffer."),
      alloc("a", 6, "{a} will be freed."),
      alloc("b", 6, "{b} will be pinned. Imagine that a device is reading from it."),
      alloc("c", 6, "{c} will be freed."),
      alloc("d", 6, "{d} stays."),
      free("a", "Six units are free below {b}."),
      free("c", "And six above it."),
      pin("b", "From now on, {b} stays where it is. It can still be read, written and freed."),
      towards("address", "{d} slides down to {b}, which cannot be moved. Six units stay free on each side."),
      refuse(8, "Refused: 12 units are free, but in two extents of six. Address order cannot join them across the pin; the order "
        + "any could, by moving {d} below {b}."),
      unpin("b", "{b} may be moved again."),
      towards("address", "Now {b} slides down, and {d} after it. The free units are one extent."),
      alloc("e", 8, "Now the same request fits."),
    ],
    end: "A pinned block keeps the free units around it apart, so pin late and unpin early. With the order any, {d} would "
      + "have gone below {b}, and the pin would have cost nothing.",
  },
  {
    name: "Fewest units: any against address",
    slug: "fewest-units",
    steps: [
      renew(24, "first-fit", "The same four blocks will be packed twice."),
      alloc("a", 2, "{a} will be freed."),
      alloc("b", 10, "A large block just above it."),
      alloc("c", 6, "A medium one."),
      alloc("d", 2, "And one as small as {a}."),
      free("a", "Two units are free at the low end, and four at the high end."),
      towards("address", "To close the two units at the low end, {b}, {c} and {d} all slide down: 18 units are moved."),
      renew(24, "first-fit", "Once more, from the start."),
      alloc("a", 2, "{a} will be freed."),
      alloc("b", 10, "As before."),
      alloc("c", 6, "As before."),
      alloc("d", 2, "As before."),
      free("a", "The same buffer as before."),
      towards("any", "Only {d} moves, into the two free units: 2 units instead of 18."),
    ],
    end: "Both leave the free units in one extent. Sliding keeps the blocks in order and pays with moves; "
      + "any gives up the order and looks for what is cheapest to clear away.",
  },
  {
    name: "Two workers",
    slug: "two-workers",
    hasWorkers: true,
    steps: [
      renew(16, "first-fit", "Two workers share this manager. Here both allocate from the same units, so if both ask at once, the second waits until "
        + "the first is done; usually each has a part of its own. Each request begins with the number of its worker."),
      { ...alloc("a", 4, "Worker 1 happens to be served first."), line: "1: a = alloc(4)" },
      { ...alloc("b", 4, "Worker 2 gets units of its own: a request is always complete before the next one begins."), line: "2: b = alloc(4)" },
      { ...write("b", "mine", "Worker 2 writes into its block."), line: '2: b.write("mine")' },
      { ...alloc("c", 4, "Worker 1 again. The placement does not care which worker asks."), line: "1: c = alloc(4)" },
      { ...write("a", "ours", "Worker 1 writes into {a} and sends the ID to worker 2: a number is all it takes."), line: '1: a.write("ours")' },
      { ...read("a", "With that ID, worker 2 reads what worker 1 wrote."), line: "2: a.read()" },
      { ...free("a", "Worker 2 frees a block that worker 1 made. That is allowed, but here it is a mistake."), line: "2: free(a)" },
      { ...alloc("d", 4, "Worker 2 asks again and gets the very units that {a} had."), line: "2: d = alloc(4)" },
      {
        ...write("a", "oops", "Refused: worker 1 still holds the ID of {a}, which is stale. With a pointer it would have written into {d}."),
        line: '1: a.write("oops")', refused: true,
      },
      { ...defragment("Worker 1 packs the blocks while worker 2 holds the IDs of {b} and {d}, which stay valid."), line: "1: defragment()" },
      { ...read("b", "Worker 2 reads {b} where it is now and need not know that it moved."), line: "2: b.read()" },
    ],
    end: "Each operation is complete before the next begins, so the state is always one that a single worker could have "
      + "made, whatever the order. Workers may keep IDs, but not addresses.",
  },
];
