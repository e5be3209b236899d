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
import { machine } from "./machine.mjs";
import { measure } from "./measure.mjs";
import { peers, reference } from "./peers.mjs";
import { report } from "./report.mjs";
import { workloads } from "./workloads.mjs";

const whole = { seeds: [1, 2, 3, 4, 5], pairs: 1_000_000, warmUp: 0.2 };
const quick = { seeds: [1, 2], pairs: 200_000, warmUp: 0.5 };

await main(async () => {
  const { only, peers: named, quick: isQuick } = options();
  const names = select(Object.keys(workloads), only, (name) => name.split(" ")[0], "workload");
  const ids = select(peers.map(({ id }) => id), named, (id) => id, "peer");
  const chosen = peers.filter(({ id }) => id === reference || ids.includes(id));
  const native = await prepare(chosen);
  const settings = isQuick ? quick : whole;
  const results = { machine: machine(await rust()), settings, peers: chosen.map(({ id, label }) => ({ id, label })), workloads: {} };
  for (const name of names) results.workloads[name] = measureAll(name, { chosen, native, settings });
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

function select(all, words, wordOf, what) {
  const wanted = words?.split(",") ?? all.map(wordOf);
  const unknown = wanted.find((word) => !all.some((name) => wordOf(name) === word));
  if (unknown !== undefined) {
    throw new SetupError(`There is no ${what} "${unknown}": choose from ${[...new Set(all.map(wordOf))].join(", ")}.`);
  }
  return all.filter((name) => wanted.includes(wordOf(name)));
}

/** Builds what is measured; returns the native program. */
async function prepare(chosen) {
  await packages();
  await build();
  if (!chosen.some(({ native }) => native)) return undefined;
  const folder = join(target, "bench");
  await run("Build the native peers", "cargo", ["build", "--release", "--locked",
    "--manifest-path", join("benches", "native", "Cargo.toml"), "--target-dir", folder], { env: await rust() });
  return join(folder, "release", "native-bench");
}

function measureAll(name, { chosen, native, settings }) {
  const { timed, ...shape } = workloads[name];
  const workload = timed ? { ...shape, pairs: settings.pairs } : shape;
  const others = chosen.filter((peer) => peer.id !== reference && (timed || !peer.timedOnly));
  say(`  ${name} …`);
  const begin = Date.now();
  const figures = measure(workload, { reference: chosen.find(({ id }) => id === reference), others, native, settings });
  say(`✓ ${name} (${Math.round((Date.now() - begin) / 1000)} s)`);
  return figures;
}
