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
  const [, needed] = /rust-version = "([\d.]+)"/.exec(readFileSync(join(root, "Cargo.toml"), "utf8"));
  if (version.localeCompare(needed, "en", { numeric: true }) < 0) {
    throw new SetupError(`Rust ${version} is too old (${needed} is needed): run \`rustup update stable\`.`);
  }
  if (ask("cc", ["--version"], { env }) === null) {
    await install("A C compiler, which Rust needs for linking, is missing", ["gcc", "libc6-dev"]);
  }
  return env;
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

/** The environment in which cargo can build std anew, as memory that threads share needs it. What
 *  is there comes first, then rustup's sources, then Debian's. */
export async function ensureStdSources(env) {
  const rustup = (title, ...args) => () => attempt(title, "rustup", args, { env });
  const ways = ask("rustup", ["--version"], { env }) === null ? [] : [
    rustup("Add the sources of std", "component", "add", "rust-src"),
    rustup("Add nightly Rust with the sources of std",
      "toolchain", "install", "nightly", "--profile", "minimal", "--component", "rust-src"),
  ];
  for (const way of [...ways, () => debianFolders(env) ?? installDebian(env)]) {
    const found = withStdSources(env);
    if (found) return found;
    await way();
  }
  const found = withStdSources(env);
  if (found) return found;
  throw new SetupError("The sources of Rust's std are missing: run `rustup component add rust-src` where there is internet.");
}

function withStdSources(env) {
  const debian = { PATH: `${join(debianHome(), "bin")}:${env.PATH}` };
  const environments = [{}, { RUSTUP_TOOLCHAIN: "nightly" }, debian]
    // Nightly may build std; any other Rust may once it is told this name.
    .map((variables) => ({ ...env, ...variables, RUSTC_BOOTSTRAP: "1" }));
  return environments.find((env) => {
    const sysroot = ask("rustc", ["--print", "sysroot"], { env });
    return sysroot !== null && existsSync(join(sysroot, "lib", "rustlib", "src", "rust", "library", "std"));
  });
}
