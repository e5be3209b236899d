// A Rust toolchain that compiles to wasm32-unknown-unknown. What the user has comes first, then
// `rustup target add`, then Debian's packages.
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { install } from "./apt.mjs";
import { debianFolders, debianHome, installDebian } from "./debian-rust.mjs";
import { root } from "./paths.mjs";
import { SetupError, ask, attempt } from "./progress.mjs";
import { compilesToWasm, rustVersion, wasm } from "./rustc.mjs";

/** The environment in which the user's own cargo and rustc are found. */
export async function ensureRust() {
  const cargoHome = process.env.CARGO_HOME || join(homedir(), ".cargo");
  // After a fresh rustup, or in a shell that did not read the profile, PATH lacks it.
  const env = { ...process.env, PATH: `${process.env.PATH}:${join(cargoHome, "bin")}` };
  const version = rustVersion("rustc", env);
  if (version === null || ask("cargo", ["--version"], { env }) === null) {
    throw new SetupError(ask("rustup", ["--version"], { env }) === null
      ? "Rust is missing: install it from https://rustup.rs."
      : "rustup is here, but its rustc or cargo does not run: unset RUSTUP_TOOLCHAIN, run `rustup default stable`.");
  }
  const needed = oldestRust();
  if (isOlder(version, needed)) {
    throw new SetupError(`Rust ${version} is too old (${needed} is needed): run \`rustup update stable\`.`);
  }
  if (ask("cc", ["--version"], { env }) === null) {
    await install("A C compiler, which Rust needs for linking, is missing", ["gcc", "libc6-dev"]);
  }
  return env;
}

/** The oldest Rust that compiles the crate. */
export function oldestRust() {
  return /rust-version = "([\d.]+)"/.exec(readFileSync(join(root, "Cargo.toml"), "utf8"))[1];
}

function isOlder(version, needed) {
  return version.localeCompare(needed, "en", { numeric: true }) < 0;
}

/** The folders to put before PATH so that cargo and rustc compile to WebAssembly. */
export async function ensureWasmTarget(env) {
  if (compilesToWasm(env)) return [];
  const ready = debianFolders(env);
  if (ready) return ready;
  if (ask("rustup", ["--version"], { env }) !== null) {
    await attempt(`Add the target ${wasm}`, "rustup", ["target", "add", wasm], { env });
    if (compilesToWasm(env)) return [];
  }
  return installDebian(env);
}

/** The first Rust that makes traps of all panics. */
export const immediateAbort = "1.92";

/** The environment in which a cargo that is no older than `oldest` can build std anew. What is there
 *  comes first, then rustup's sources, then Debian's. */
export async function ensureStdSources(env, oldest) {
  const rustup = (title, ...args) => () => attempt(title, "rustup", args, { env });
  const ways = ask("rustup", ["--version"], { env }) === null ? [] : [
    rustup("Add the sources of std", "component", "add", "rust-src"),
    rustup("Add nightly Rust with the sources of std",
      "toolchain", "install", "nightly", "--profile", "minimal", "--component", "rust-src"),
  ];
  for (const way of [...ways, () => debianFolders(env) ?? installDebian(env)]) {
    const found = withStdSources(env, oldest);
    if (found) return found;
    await way();
  }
  const found = withStdSources(env, oldest);
  if (found) return found;
  throw new SetupError(`Rust ${oldest} or later with the sources of its std is missing: run ` +
    "`rustup update stable` and `rustup component add rust-src` where there is internet.");
}

function withStdSources(env, oldest) {
  const debian = { PATH: `${join(debianHome(), "bin")}:${env.PATH}` };
  const environments = [{}, { RUSTUP_TOOLCHAIN: "nightly" }, debian]
    // Nightly may build std; any other Rust may once it is told this name.
    .map((variables) => ({ ...env, ...variables, RUSTC_BOOTSTRAP: "1" }));
  return environments.find((env) => {
    const sysroot = ask("rustc", ["--print", "sysroot"], { env });
    if (sysroot === null || isOlder(rustVersion("rustc", env), oldest)) return false;
    return existsSync(join(sysroot, "lib", "rustlib", "src", "rust", "library", "std"));
  });
}
