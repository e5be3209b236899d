// wasm-bindgen, wasm-pack and geckodriver: those on PATH if they are the right version, else built from crates.io
// into the cache. `cargo install` never writes to the user's own folder, so nothing of theirs changes.
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { cache, root } from "./paths.mjs";
import { CommandError, SetupError, ask, attempt, run, say } from "./progress.mjs";

const build = join(cache, "build");

// Built quickly, not to be quick: they run for a fraction of a second.
const profile = ["opt-level=1", "lto=false", "codegen-units=16", "debug=0", "strip=true"]
  .flatMap((setting) => ["--config", `profile.release.${setting}`]);

/** The generated code refuses to work with a command of another version than the library's. */
function bindgen() {
  const lock = readFileSync(join(root, "Cargo.lock"), "utf8");
  const [, version] = /name = "wasm-bindgen"\nversion = "([^"]+)"/.exec(lock);
  return { command: "wasm-bindgen", crate: "wasm-bindgen-cli", version, accepts: (found) => found === version };
}

function pack() {
  const accepts = (found) => found.localeCompare("0.13.0", "en", { numeric: true }) >= 0;
  return { command: "wasm-pack", crate: "wasm-pack", version: "0.15.1", accepts };
}

/** The folders to put before PATH so that the tools are found: none for those already there. */
export async function ensureTools(env, { withPack }) {
  // wasm-pack hands the path of its test runner to cargo, which splits it at spaces.
  if (withPack && /\s/.test(cache)) {
    throw new SetupError(`wasm-pack cannot run from "${cache}": set XDG_CACHE_HOME to a folder without spaces.`);
  }
  return ensure(withPack ? [bindgen(), pack()] : [bindgen()], env);
}

/** The same for the driver of Firefox. */
export function ensureGeckodriver(env) {
  return ensure([{ command: "geckodriver", crate: "geckodriver", version: "0.37.1", accepts: () => true }], env);
}

async function ensure(tools, env) {
  const wanted = tools.filter((tool) => !isOnPath(tool, env));
  const folder = (tool) => join(cache, `${tool.command}-${tool.version}`);
  const absent = wanted.filter((tool) => !existsSync(join(folder(tool), "bin", tool.command)));
  // One build folder, so that what the tools share is compiled once.
  for (const tool of absent) await installTool(tool, folder(tool), env);
  if (absent.length > 0) rmSync(build, { recursive: true, force: true });
  return wanted.map((tool) => join(folder(tool), "bin"));
}

function isOnPath({ command, accepts }, env) {
  const found = ask(command, ["--version"], { env })?.match(/\d+\.\d+\.\d+/);
  return found ? accepts(found[0]) : false;
}

async function installTool({ crate, version }, folder, env) {
  const title = `Build ${crate} ${version}`;
  const args = ["install", crate, "--version", `=${version}`, "--root", folder, ...profile];
  const options = { env: { ...env, CARGO_TARGET_DIR: build } };
  // The versions its authors tested, unless the registry at hand lacks one of them.
  if (await attempt(`${title}, locked`, "cargo", [...args, "--locked"], options)) return;
  try {
    await run(title, "cargo", args, options);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    say(error.message);
    throw new SetupError(`${crate} is missing: with a connection to crates.io, run `
      + `\`cargo install ${crate} --version ${version}\`.`);
  }
}
