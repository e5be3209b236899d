// npm run bench: measures the package beside its peers, prints one table, and writes it as JSON.
//   --quick              fewer pairs and seeds
//   --only W1,W2         these workloads alone
//   --peers tlsf,codemix these alone; the reference is always there
// A whole measurement is written to benches/results.json, which the README shows; a part of one to
// target/bench/results.json.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { parseArgs } from "node:util";
import { build } from "../scripts/build.mjs";
import { packages, rust } from "../scripts/environment.mjs";
import { root, target } from "../scripts/paths.mjs";
import { SetupError, main, run, say } from "../scripts/progress.mjs";
import { groups } from "./groups.mjs";
import { busyCores, machine } from "./machine.mjs";
import { measure } from "./measure.mjs";
import { report } from "./report.mjs";

// Allocating and freeing is run for so long, if that is not more often than so.
const often = { mostRuns: 10, spreadMilliseconds: 1_000 };
const whole = { seeds: [1, 2, 3, 4, 5], pairs: 1_000_000, warmUp: 0.2, runs: 3, repeats: 5, ...often };
const quick = { seeds: [1, 2], pairs: 200_000, warmUp: 0.5, runs: 2, repeats: 3, ...often };

await main(async () => {
  const { only, peers: named, quick: isQuick } = options();
  const chosen = choose(only, named);
  const native = await prepare(chosen);
  const settings = isQuick ? quick : whole;
  const results = { machine: machine(await rust()), settings, groups: {} };
  for (const group of chosen) results.groups[group.name] = await measureGroup(group, { native, settings });
  const partial = isQuick || only !== undefined || named !== undefined;
  const path = partial ? join(target, "bench", "results.json") : join(root, "benches", "results.json");
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(results, null, 2)}\n`);
  console.log(report(results));
  say(`\nWritten to ${relative(root, path)}.`);
});

function options() {
  const text = { type: "string" };
  try {
    return parseArgs({ options: { only: text, peers: text, quick: { type: "boolean" } } }).values;
  } catch (error) {
    throw new SetupError(error.message);
  }
}

/** The groups with the workloads and peers that were asked for. */
function choose(only, named) {
  const wordsOf = ({ workloads }) => Object.keys(workloads).map((name) => name.split(" ")[0]);
  const words = select(groups.flatMap(wordsOf), only, "workload");
  const ids = select(groups.flatMap(({ peers }) => peers.map(({ id }) => id)), named, "peer");
  const chosen = groups.map((group) => ({
    ...group,
    workloads: Object.fromEntries(Object.entries(group.workloads).filter(([name]) => words.includes(name.split(" ")[0]))),
    peers: group.peers.filter(({ id }) => id === group.reference || ids.includes(id)),
  }));
  return chosen.filter(({ workloads }) => Object.keys(workloads).length > 0);
}

function select(all, words, what) {
  const wanted = words?.split(",") ?? all;
  const unknown = wanted.find((word) => !all.includes(word));
  if (unknown === undefined) return wanted;
  throw new SetupError(`There is no ${what} "${unknown}": choose from ${[...new Set(all)].join(", ")}.`);
}

/** Builds what is measured; returns the native program. */
async function prepare(chosen) {
  await packages();
  await build();
  if (!chosen.some(({ peers }) => peers.some(({ native }) => native))) return undefined;
  const folder = join(target, "bench");
  await run("Build the native peers", "cargo", ["build", "--release", "--locked",
    "--manifest-path", join("benches", "native", "Cargo.toml"), "--target-dir", folder], { env: await rust() });
  return join(folder, "release", "native-bench");
}

async function measureGroup({ name: group, reference, peers, workloads }, { native, settings }) {
  const results = { busyBefore: await busyCores(), peers: peers.map(({ id, label }) => ({ id, label })), workloads: {} };
  for (const [name, shape] of Object.entries(workloads)) {
    const workload = shape.inPairs ? { ...shape, pairs: settings.pairs } : shape;
    const others = peers.filter(({ id, only }) => id !== reference && (only?.includes(name) ?? true));
    say(`  ${name} …`);
    const begin = Date.now();
    results.workloads[name] = await measure(group, workload,
      { reference: peers.find(({ id }) => id === reference), others, native, settings });
    say(`✓ ${name} (${Math.round((Date.now() - begin) / 1000)} s)`);
  }
  return results;
}
