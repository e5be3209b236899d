// How many tests passed and failed, as their runners print it.
import { CommandError } from "./progress.mjs";

export function countCargo(output) {
  return sum([...output.matchAll(/^test result: \w+\. (\d+) passed; (\d+) failed/gm)]
    .map(([, passed, failed]) => ({ passed: Number(passed), failed: Number(failed) })));
}

export function countNode(output) {
  const count = (word) => Number(new RegExp(`^\\S+ ${word} (\\d+)`, "m").exec(output)?.[1] ?? 0);
  return { passed: count("pass"), failed: count("fail") + count("cancelled") };
}

export function sum(counts) {
  return counts.reduce((all, { passed, failed }) =>
    ({ passed: all.passed + passed, failed: all.failed + failed }), { passed: 0, failed: 0 });
}

/** What a failed step still passed; it counts as one failure at least, even if nothing ran. */
export function countFailure(error) {
  const output = error instanceof CommandError ? error.output : "";
  const counted = sum([countCargo(output), countNode(output)]);
  return { ...counted, failed: Math.max(1, counted.failed) };
}
