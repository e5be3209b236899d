// A recording of nothing but chance, in the form of the CMU malloc lab. Sizes are as in the other workloads.
import { Random } from "./random.mjs";

/** So many operations on so many slots. */
export function randomTrace(operations, slots) {
  const random = new Random(1);
  const [lines, live] = [[], []];
  for (let id = 0; lines.length < operations;) {
    const slot = random.below(slots);
    if (live[slot] === undefined) {
      lines.push(`a ${id} ${random.size()}`);
      live[slot] = id++;
    } else {
      lines.push(`f ${live[slot]}`);
      live[slot] = undefined;
    }
  }
  return `0\n${operations}\n${operations}\n1\n${lines.join("\n")}\n`;
}
