// npm run fuzz: fuzzes the loading of saves for ten minutes, or `npm run fuzz -- 60` for a minute.
// Needs a nightly toolchain and cargo-fuzz, and installs neither: both are the user's to choose.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { rust } from "./environment.mjs";
import { root } from "./paths.mjs";
import { SetupError, ask, main, run } from "./progress.mjs";

const target = "load";
const corpus = join(root, "fuzz", "corpus", target);
// The most that one allocation may take: a save of so many bytes justifies no more.
const longest = 4096;
const megabytes = 4;

await main(async () => {
  const [seconds = "600"] = process.argv.slice(2);
  if (!/^[0-9]+$/.test(seconds)) throw new SetupError("Say for how many seconds: npm run fuzz -- 60");
  const env = await rust();
  if (!ask("cargo", ["+nightly", "--version"], { env })) {
    throw new SetupError("Fuzzing needs a nightly toolchain: rustup toolchain install nightly");
  }
  if (!ask("cargo", ["fuzz", "--version"], { env })) {
    throw new SetupError("Fuzzing needs cargo-fuzz: cargo install cargo-fuzz");
  }
  const seeds = ["run", "--quiet", "--manifest-path", join("fuzz", "Cargo.toml"), "--bin", "seeds", corpus];
  await run("Write the first of the corpus", "cargo", ["+nightly", ...seeds], { env });
  const limits = [`-max_total_time=${seconds}`, `-max_len=${longest}`, `-malloc_limit_mb=${megabytes}`];
  const args = ["+nightly", "fuzz", "run", target, "--", ...limits];
  process.exitCode = spawnSync("cargo", args, { cwd: root, env, stdio: "inherit" }).status ?? 1;
});
