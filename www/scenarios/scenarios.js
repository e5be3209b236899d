// What "Step by step" offers. Always: a scenario is data: actions of session.js, each with its line and
// a sentence on what it shows; where an action names a block by letter, the letter stands for the ID
// that an earlier one got. Links name it by its slug, which stays.

/** @typedef {{line: string, note: string, action: object, as?: string, block?: string, refused?: true}} Step
 *  as: the letter that the allocated block gets; block: the letter of the block acted upon;
 *  refused: that the step is refused is what it shows */

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

/** @type {{name: string, slug: string, steps: Step[], end: string, hasWorkers?: true}[]}
 *  hasWorkers: where it ends, the view of the workers does it in earnest */
export const SCENARIOS = [
  {
    name: "The original’s example",
    slug: "original",
    steps: [
      renew(6, "lifo", "Six units, all of them in the tail. The original is the Python exercise that this grew from, and this its example."),
      alloc("a", 2, "Nothing was freed yet, so the tail gives its first two units."),
      alloc("b", 2, "The next two."),
      alloc("c", 2, "The last two: the tail is used up."),
      write("a", "AB", "Units are filled in block order."),
      write("b", "CD", "Each block has its own units."),
      write("c", "EF", "Now every unit holds a character."),
      free("a", "Its units are empty again, and go onto the stack of freed units."),
      free("c", "Its units go on top: the stack holds 0, 1, 4, 5."),
      alloc("d", 3, "Taken from the top of the stack: units 5, 4 and 1, in that order."),
      write("d", "XYZ", "In block order, so that unit 5 holds the X."),
    ],
    end: "The freed units were taken newest first, so d lies in units 5, 4 and 1, and the buffer holds "
      + "“- Z C D Y X”. Defragment now lays b out first, then d.",
  },
  {
    name: "External fragmentation",
    slug: "external-fragmentation",
    steps: [
      renew(24, "first-fit", "Under a contiguous placement a block is one extent."),
      alloc("a", 6, "first-fit takes the lowest free extent that fits."),
      alloc("b", 6, "So blocks follow each other."),
      alloc("c", 6, "And again."),
      alloc("d", 6, "The buffer is full."),
      free("a", "Six units are free, in one extent: nothing is fragmented yet."),
      free("c", "Twelve units are free, but half of them lie outside the largest free extent: external "
        + "fragmentation is 50 %."),
      refuse(8, "Refused: 12 units are free, and no extent has 8 of them."),
      defragment("b and d move together, their IDs stay, and the free units become one extent."),
      alloc("e", 8, "The same request fits now."),
    ],
    end: "Free units alone do not serve a contiguous placement: they must lie together. A scattered one "
      + "would have laid e into both free extents, at the price of a block in pieces.",
  },
  {
    name: "Best-fit’s slivers",
    slug: "slivers",
    steps: [
      renew(32, "best-fit", "best-fit takes the smallest free extent that fits."),
      alloc("a", 5, "A block that will be freed."),
      alloc("p", 1, "One that stays, and keeps its neighbours’ units apart."),
      alloc("b", 4, "To be freed."),
      alloc("q", 1, "To stay."),
      alloc("c", 8, "To be freed."),
      alloc("r", 1, "To stay: 12 units are left above it."),
      free("b", "A free extent of 4."),
      free("a", "One of 5."),
      free("c", "And one of 8; with the 12 at the end, four sizes to choose from."),
      alloc("d", 3, "The 4 fit best, and one unit of them is left over."),
      alloc("e", 4, "The 5 fit best; again one unit is left over."),
      alloc("f", 7, "The 8 fit best, and leave a third sliver. The 12 at the end stay whole."),
      refuse(13, "Refused: 15 units are free, but three of them are slivers that nobody larger than 1 can use."),
    ],
    end: "That is the bargain of best-fit: it spares the large extent, and pays with slivers. On most "
      + "loads the bargain is good; what spoils it is many blocks that are just a little smaller than "
      + "what was freed.",
  },
  {
    name: "Buddy’s rounding",
    slug: "buddy",
    steps: [
      renew(32, "buddy", "One free extent of 32 units, which is halved as requests need it."),
      alloc("a", 5, "5 is rounded up to 8: three units are handed out beyond what was asked for. They are hatched."),
      alloc("b", 3, "3 becomes 4: one more."),
      alloc("c", 9, "9 becomes 16, so that seven units serve nobody: the worst case is just above a power of two."),
      alloc("d", 4, "A power of two wastes nothing, and takes the last units."),
      refuse(1, "Refused: nothing is free, though 11 units hold nothing that was asked for. That is internal "
        + "fragmentation."),
      free("b", "4 units come back, not 3. Their buddy, d, is in use, so nothing merges."),
      free("d", "Now both halves are free: they merge into 8."),
      free("a", "And the two eights merge into 16."),
      alloc("e", 16, "An extent of 16 at a multiple of 16: whole again, without moving anything."),
    ],
    end: "Rounding makes merging cheap and keeps every block aligned to its rounded size; the price is "
      + "units that no other block can have. Ask for powers of two, and there is none.",
  },
  {
    name: "LIFO scatters",
    slug: "lifo",
    steps: [
      renew(16, "lifo", "Under a scattered placement a block may lie in many extents."),
      alloc("a", 3, "From the tail."),
      alloc("b", 3, "From the tail."),
      alloc("c", 3, "From the tail."),
      alloc("d", 3, "From the tail, which keeps four units."),
      free("b", "The first to be freed, so the last to be used again."),
      free("d", "On top of it; these units do not go back to the tail."),
      free("a", "The newest of the freed, so the first to be used again."),
      alloc("e", 7, "a’s units first, then d’s, each from the far end; the seventh is one of b’s."),
      write("e", "SCATTER", "One text in three extents, most of it running backwards."),
      defragment("Blocks are laid out in the order in which they were allocated: c, then e, each in one extent."),
    ],
    end: "lifo never refuses while enough units are free, and never searches; the price is that blocks "
      + "fall to pieces. Defragmenting puts them together, and their IDs and texts stay.",
  },
  {
    name: "A pin in the way",
    slug: "pin",
    steps: [
      renew(24, "first-fit", "Four blocks of six units will fill it."),
      alloc("a", 6, "To be freed."),
      alloc("b", 6, "To be pinned: say that a device reads from it just now."),
      alloc("c", 6, "To be freed."),
      alloc("d", 6, "To stay."),
      free("a", "Six units are free below b."),
      free("c", "And six above it."),
      pin("b", "From now on b lies where it lies. It can still be read, written and freed."),
      towards("address", "d slides down as far as b, and b is reported as left: six units stay free on each side of it."),
      refuse(8, "Refused: 12 units are free, six by six."),
      unpin("b", "b may move again."),
      towards("address", "Now b slides down, and d after it: the free units are one extent."),
      alloc("e", 8, "The same request fits now."),
    ],
    end: "A pin costs what the block keeps apart, so pin late and unpin early. With the order any, d would "
      + "have gone below b, and the pin would have cost nothing.",
  },
  {
    name: "Fewest units: any against address",
    slug: "fewest-units",
    steps: [
      renew(24, "first-fit", "The same four blocks will be packed twice."),
      alloc("a", 2, "To be freed."),
      alloc("b", 10, "A large block just above it."),
      alloc("c", 6, "A middling one."),
      alloc("d", 2, "And one as small as a."),
      free("a", "Two units are free at the low end, and four at the high one."),
      towards("address", "To close two units at the low end, b, c and d all slide down: 18 units move."),
      renew(24, "first-fit", "Once more, from the start."),
      alloc("a", 2, "To be freed."),
      alloc("b", 10, "As before."),
      alloc("c", 6, "As before."),
      alloc("d", 2, "As before."),
      free("a", "The same buffer as before."),
      towards("any", "d alone moves, into the two free units: 2 units instead of 18."),
    ],
    end: "Both leave the same free units in one extent. Sliding keeps the blocks’ order and pays with moves; "
      + "any gives the order up, and looks for what is cheapest to clear away.",
  },
  {
    name: "Two workers",
    slug: "two-workers",
    hasWorkers: true,
    steps: [
      renew(16, "first-fit", "Two workers share this manager; whoever comes second waits until the first is done. "
        + "What each asks for is marked by its number."),
      { ...alloc("a", 4, "Worker 1 is served first, by chance."), line: "1: a = alloc(4)" },
      { ...alloc("b", 4, "Worker 2 gets units of its own: no two requests are ever half done at once."), line: "2: b = alloc(4)" },
      { ...write("b", "mine", "Worker 2 writes into its block."), line: '2: b.write("mine")' },
      { ...alloc("c", 4, "Worker 1 again: which worker asks does not matter to the placement."), line: "1: c = alloc(4)" },
      { ...write("a", "ours", "Worker 1 writes into a, and sends the ID to worker 2: a number is all it takes."), line: '1: a.write("ours")' },
      { ...read("a", "Worker 2 reads by that ID what worker 1 wrote."), line: "2: a.read()" },
      { ...free("a", "Worker 2 frees a block that worker 1 made: that is allowed, and here a mistake."), line: "2: free(a)" },
      { ...alloc("d", 4, "Worker 2 asks again, and gets the very units that a had."), line: "2: d = alloc(4)" },
      {
        ...write("a", "oops", "Refused: worker 1 still holds the ID of a, which is stale. A pointer would have written into d."),
        line: '1: a.write("oops")', refused: true,
      },
      { ...defragment("Worker 1 packs the blocks, while worker 2 holds IDs of b and d: these stay valid."), line: "1: defragment()" },
      { ...read("b", "Worker 2 reads b where it lies now, and need not know that it moved."), line: "2: b.read()" },
    ],
    end: "Each operation is whole before the next begins, so that the order may be any, and the state is always "
      + "one that a single worker could have made. IDs, not addresses, are what workers may keep.",
  },
];
