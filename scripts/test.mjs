// npm test: installs what is missing and runs every check; `npm test -- native page` runs some.
// A failing step does not stop those after it. The last line is the sum: "N passed, N failed".
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { sizes } from "../benches/size.mjs";
import { build } from "./build.mjs";
import { countCargo, countFailure, countNode, sum } from "./counts.mjs";
import { browser, packages, pack, packFirefox, rust, wasm, wasmLint, wasmWithStd } from "./environment.mjs";
import { installed } from "./installed.mjs";
import { root, target } from "./paths.mjs";
import { CommandError, SetupError, main, run, say } from "./progress.mjs";

// A check without tests of its own counts as one.
const one = { passed: 1, failed: 0 };
const none = { passed: 0, failed: 0 };

const steps = {
  async format() {
    await run("cargo fmt", "cargo", ["fmt", "--check"], { env: await rust() });
    return one;
  },
  async lint() {
    const flags = ["--quiet", "--", "-D", "warnings"];
    await run("clippy, native", "cargo", ["clippy", "--all-targets", ...flags], { env: await rust() });
    await run("cargo doc", "cargo", ["doc", "--no-deps", "--quiet"], { env: { ...await rust(), RUSTDOCFLAGS: "-D warnings" } });
    await lintWasm("clippy, WebAssembly", ["--tests"]);
    await lintWasm("clippy, WebAssembly without bindings", ["--no-default-features"]);
    await lintWasm("clippy, WebAssembly without bindings, with traces", ["--no-default-features", "--features", "trace"]);
    // In a folder of its own, since with other flags everything is compiled anew; and only Rust that takes itself
    // for nightly tells the sources that there are atomics.
    await lintWasm("clippy, WebAssembly for several workers", ["--target-dir", join(target, "threads")],
      { CARGO_ENCODED_RUSTFLAGS: "-Ctarget-feature=+atomics", RUSTC_BOOTSTRAP: "1" });
    return one;
  },
  // The cases are the same in every run, unless the caller has another seed; `npm run fuzz` looks for new ones.
  async native() {
    const env = { PROPTEST_RNG_SEED: "1", ...(await rust()) };
    return some(countCargo(await run("cargo test", "cargo", ["test", "--no-fail-fast"], { env })));
  },
  async model() {
    // Loom stands for atomics and threads in a build of its own.
    const env = { ...await rust(), CARGO_ENCODED_RUSTFLAGS: "--cfg\x1floom" };
    const args = ["test", "--lib", "--target-dir", join(target, "loom"), "sync::model"];
    return some(countCargo(await run("model check", "cargo", args, { env })));
  },
  // A Rust program for WebAssembly that uses the crate has nothing of the npm package in its module.
  async bare() {
    await run("Compile tests/bare", "cargo", ["build", "--locked", "--manifest-path", join("tests", "bare", "Cargo.toml"),
      "--target", "wasm32-unknown-unknown", "--target-dir", join(target, "bare")], { env: await wasm() });
    const compiled = join(target, "bare", "wasm32-unknown-unknown", "debug", "bare.wasm");
    const module = new WebAssembly.Module(readFileSync(compiled));
    const names = (list) => list.map(({ name }) => name);
    const exported = names(WebAssembly.Module.exports(module).filter(({ kind }) => kind === "function"));
    const imported = names(WebAssembly.Module.imports(module));
    if (exported.join() === "blocks" && imported.length === 0) return one;
    say(`A Rust program that uses the crate exports "${exported.slice(0, 3).join(", ")}" and imports "${imported.slice(0, 3).join(", ")}"`
      + ` (${exported.length} and ${imported.length}): it should export "blocks" alone. What is the npm package's needs its feature, "npm".`);
    return { passed: 0, failed: 1 };
  },
  async build() {
    await build();
    return one;
  },
  async size() {
    await build();
    const entries = await sizes();
    for (const { entry, gzipped, budget, goal } of entries) {
      if (gzipped > goal) say(`The entry "${entry}" has ${gzipped} bytes gzipped; it is meant to come down to ${goal}.`);
      if (gzipped > budget) say(`The entry "${entry}" has ${gzipped} bytes gzipped, over its budget of ${budget}: node benches/size.mjs shows which files.`);
    }
    const failed = entries.filter(({ gzipped, budget }) => gzipped > budget).length;
    return { passed: entries.length - failed, failed };
  },
  async wasm() {
    const env = await pack();
    const driver = env.CHROMEDRIVER ? ["--chromedriver", env.CHROMEDRIVER] : [];
    const args = ["test", "--headless", "--chrome", ...driver];
    return some(countCargo(await run("wasm-pack test", "wasm-pack", args, { env })));
  },
  async firefox() {
    const env = await packFirefox();
    if (env === null) {
      say("skipped: no Firefox");
      return none;
    }
    const args = ["test", "--headless", "--firefox"];
    const module = some(countCargo(await run("wasm-pack test, Firefox", "wasm-pack", args, { env })));
    return sum([module, await nodeTests("firefox", () => ({}))]);
  },
  package: () => nodeTests("package", async () => ({ CHROME_PATH: (await browser()).chrome, INSTALLED_PACKAGE: installed() })),
  page: () => nodeTests("page", async () => ({ CHROME_PATH: (await browser()).headless })),
};

async function lintWasm(title, args, variables = {}) {
  const clippy = ["clippy", "--lib", "--target", "wasm32-unknown-unknown", "--quiet", ...args, "--", "-D", "warnings"];
  await run(title, "cargo", clippy, { env: { ...await wasmLint(), ...variables } });
}

/** Two files at a time: each waits for a browser, or for Node, longer than it computes.
 *  @param {() => Promise<object>} variables of their environment, asked for once everything is built */
async function nodeTests(folder, variables) {
  const directory = join(root, "tests", folder);
  const files = existsSync(directory) ? readdirSync(directory).filter((name) => /\.test\.m?js$/.test(name)) : [];
  if (files.length === 0) return some({ passed: 0, failed: 0 });
  await build();
  const env = { ...process.env, ...await variables() };
  const args = ["--test", "--test-concurrency=2", "--test-reporter=spec", ...files.map((name) => join(directory, name))];
  return some(countNode(await run(`node --test tests/${folder}`, process.execPath, args, { env })));
}

/** A suite that ran nothing has shown nothing. */
function some(counts) {
  if (counts.passed + counts.failed === 0) throw new SetupError("No test was found.");
  return counts;
}

// ---------------------------------------------------------------- running

/** Installs what the steps need before the first of them, so that their times are their own. What
 *  cannot be installed is reported by the steps that need it. */
async function prepare(names) {
  await rust();
  await packages();
  const needs = { lint: [wasmLint], bare: [wasm], build: [wasmWithStd], size: [wasmWithStd], wasm: [pack], firefox: [packFirefox], package: [browser], page: [browser] };
  for (const need of names.flatMap((name) => needs[name] ?? [])) await need().catch(() => {});
}

async function runStep(name) {
  const begin = Date.now();
  say(`\n${name}`);
  const counts = await steps[name]().catch((error) => {
    const expected = error instanceof CommandError || error instanceof SetupError;
    say(expected ? error.message : error.stack);
    return countFailure(error);
  });
  return { name, ...counts, seconds: ((Date.now() - begin) / 1000).toFixed(1) };
}

await main(async () => {
  const asked = process.argv.slice(2);
  const unknown = asked.find((name) => !Object.hasOwn(steps, name));
  if (unknown) throw new SetupError(`There is no step "${unknown}": choose from ${Object.keys(steps).join(", ")}.`);
  const names = Object.keys(steps).filter((name) => asked.length === 0 || asked.includes(name));
  await prepare(names);
  const results = [];
  for (const name of names) results.push(await runStep(name));
  console.log("");
  for (const { name, passed, failed, seconds } of results) {
    console.log(`${name.padEnd(8)} ${`${seconds} s`.padStart(9)}  ${passed} passed, ${failed} failed`);
  }
  const { passed, failed } = sum(results);
  if (failed > 0) process.exitCode = 1;
  console.log(`${passed} passed, ${failed} failed`);
});
