// What "Step by step" offers. Always: a scenario is data: actions of session.js, each with its line;
// where an action names a block by letter, the letter stands for the ID that an earlier one got.

/** @typedef {{line: string, action: object, as?: string, block?: string}} Step
 *  as: the letter that the allocated block gets; block: the letter of the block acted upon */

const alloc = (letter, size) => ({ line: `${letter} = alloc(${size})`, action: { do: "alloc", size }, as: letter });
const write = (letter, text) => ({ line: `${letter}.write("${text}")`, action: { do: "write", text }, block: letter });
const free = (letter) => ({ line: `free(${letter})`, action: { do: "free" }, block: letter });

/** @type {{name: string, steps: Step[], end: string}[]} */
export const SCENARIOS = [
  {
    name: "The original’s example",
    steps: [
      { line: "capacity 6", action: { do: "renew", capacity: 6 } },
      alloc("a", 2), alloc("b", 2), alloc("c", 2),
      write("a", "AB"), write("b", "CD"), write("c", "EF"),
      free("a"), free("c"),
      alloc("d", 3), write("d", "XYZ"),
    ],
    end: "The freed units were taken newest first, so d lies in units 5, 4 and 1, and the buffer holds "
      + "“- Z C D Y X”. Defragment now lays b out first, then d.",
  },
];
