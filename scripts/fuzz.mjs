// npm run fuzz: looks for programs, saves and traces that show a fault, for ten minutes in all, or
// `npm run fuzz -- --seconds 60`; `-- operations rep` takes these targets only. It ends with how
// much was compared. Needs a nightly toolchain and cargo-fuzz, which it installs where it is missing.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { rust } from "./environment.mjs";
import { root, target } from "./paths.mjs";
import { CommandError, SetupError, ask, main, run, say } from "./progress.mjs";

// Of the time, operations get as much as all others together. The longest input is in bytes. Only
// AddressSanitizer sees how much one allocation takes, at most so many MiB, since a save of so many
// bytes justifies no more; without it ten times as much is compared.
const text = { share: 1, longest: 2048, sanitizer: "none" };
const targets = {
  // No number in a program is magic, so that comparisons need not be followed.
  operations: { share: 8, longest: 1024, sanitizer: "none", build: ["--no-trace-compares"] },
  load: { share: 1, longest: 4096, sanitizer: "address", megabytes: 4 },
  rep: text, wee: text, android: text, heaptrack: text, valgrind: text, mtrace: text, ostep: text,
};

await main(async () => {
  const { names, seconds } = asked();
  const env = await tools();
  const corpora = join(root, "fuzz", "corpus");
  const seeds = ["run", "--quiet", "--manifest-path", join("fuzz", "Cargo.toml"), "--bin", "seeds", corpora];
  await run("Write the first of each corpus", "cargo", ["+nightly", ...seeds], { env });
  const shares = names.reduce((sum, name) => sum + targets[name].share, 0);
  const results = [];
  for (const name of names) {
    results.push(await fuzz(name, Math.ceil((seconds * targets[name].share) / shares), env));
  }
  report(results);
});

function asked() {
  const options = { seconds: { type: "string", default: "600" } };
  let parsed;
  try {
    parsed = parseArgs({ options, allowPositionals: true });
  } catch (error) {
    throw new SetupError(error.message);
  }
  const { values: { seconds }, positionals } = parsed;
  if (!/^[1-9][0-9]*$/.test(seconds)) throw new SetupError("Say for how many seconds: npm run fuzz -- --seconds 60");
  const unknown = positionals.find((name) => !Object.hasOwn(targets, name));
  if (unknown) throw new SetupError(`There is no target "${unknown}": choose from ${Object.keys(targets).join(", ")}.`);
  return { names: positionals.length > 0 ? positionals : Object.keys(targets), seconds: Number(seconds) };
}

async function tools() {
  const env = await rust();
  if (!ask("cargo", ["+nightly", "--version"], { env })) {
    throw new SetupError("Fuzzing needs a nightly toolchain: rustup toolchain install nightly");
  }
  if (!ask("cargo", ["fuzz", "--version"], { env })) {
    await run("Build cargo-fuzz", "cargo", ["install", "cargo-fuzz"], { env });
  }
  return env;
}

async function fuzz(name, seconds, env) {
  const { longest, megabytes, sanitizer, build: flags = [] } = targets[name];
  const folder = join(target, `fuzz-${sanitizer}${flags.join("")}`);
  const build = ["--sanitizer", sanitizer, ...flags, "--target-dir", folder, name];
  const limits = [`-max_total_time=${seconds}`, `-max_len=${longest}`];
  if (megabytes) limits.push(`-malloc_limit_mb=${megabytes}`);
  const args = ["+nightly", "fuzz", "run", ...build, "--", ...limits];
  try {
    await run(`Build ${name} for fuzzing`, "cargo", ["+nightly", "fuzz", "build", ...build], { env });
    return { name, ...counts(await run(`Fuzz ${name}`, "cargo", args, { env })) };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    say(error.message);
    return { name, ...counts(error.output), failed: true };
  }
}

function counts(output) {
  const number = (pattern) => Number(pattern.exec(output)?.[1] ?? 0);
  return {
    runs: number(/^Done (\d+) runs in/m),
    seconds: number(/^Done \d+ runs in (\d+) second/m),
    compared: number(/^Compared (\d+) operations/m),
  };
}

function report(results) {
  const figure = (number) => number.toLocaleString("en").padStart(14);
  for (const { name, runs, seconds, compared, failed } of results) {
    console.log(`${name.padEnd(10)} ${figure(runs)} inputs ${figure(compared)} operations compared in ${seconds} s` +
      (failed ? "  FAILED" : ""));
  }
  const all = results.reduce((sum, { compared }) => sum + compared, 0);
  const failed = results.filter((result) => result.failed).length;
  console.log(`${all.toLocaleString("en")} operations compared, ${failed} of ${results.length} targets failed`);
  if (failed > 0) process.exitCode = 1;
}
