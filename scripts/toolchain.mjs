// A Rust toolchain that compiles to wasm32-unknown-unknown. What the user has comes first, then
// `rustup target add`, then Debian's packages. Debian has no std for this target, so it is built
// once from Debian's sources into a sysroot in the cache; neither /usr/lib nor rustup is touched.
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync,
  symlinkSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { install } from "./apt.mjs";
import { cache, root } from "./paths.mjs";
import { SetupError, ask, attempt, run } from "./progress.mjs";

const wasm = "wasm32-unknown-unknown";
const manual = `run \`rustup target add ${wasm}\` where there is internet`;

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

/** Debian's clippy comes in a package of its own; rustup's comes with its toolchain. */
export async function ensureWasmClippy(folders) {
  if (folders.length === 0 || existsSync("/usr/bin/clippy-driver")) return;
  await install("Clippy for Debian's Rust is missing", ["rust-web-clippy"]);
  writeCommands();
}

/** Compiling the smallest module is the one honest test: it needs std, a linker, and their match. */
function compilesToWasm(env) {
  const folder = mkdtempSync(join(tmpdir(), "twingate-memory-"));
  const args = ["--target", wasm, "--crate-type", "cdylib", "-o", join(folder, "probe.wasm"), "-"];
  const answer = ask("rustc", args, { env, input: "pub fn probe() -> String { String::new() }" });
  rmSync(folder, { recursive: true });
  return answer !== null;
}

function rustVersion(rustc, env) {
  return /^release: (\d+\.\d+\.\d+)/m.exec(ask(rustc, ["-vV"], { env }) ?? "")?.[1] ?? null;
}

// ---------------------------------------------------------------- Debian's Rust

const debianRustc = "/usr/bin/rustc";

function debianHome() {
  return join(cache, `debian-rust-${rustVersion(debianRustc, process.env)}`);
}

function debianFolders(env) {
  if (!existsSync(join(debianHome(), "bin"))) return null;
  const folders = [join(debianHome(), "bin")];
  return compilesToWasm({ ...env, PATH: `${folders[0]}:${env.PATH}` }) ? folders : null;
}

async function installDebian(env) {
  const missing = `Rust cannot compile to WebAssembly here: ${manual}; the other way`;
  const packages = ["rustc-web", "cargo-web", "rust-web-src"];
  if (!["/usr/bin/cargo", "/usr/lib/rustlib/src/rust/library"].every(existsSync)) {
    await install(`${missing} is Debian's Rust`, packages);
  }
  const linker = `lld-${llvmVersion()}`;
  if (!existsSync(`/usr/bin/${linker}`)) await install(`${missing} needs a linker`, [linker]);
  rmSync(debianHome(), { recursive: true, force: true });
  await buildStd();
  writeCommands();
  const folders = debianFolders(env);
  if (folders === null) throw new SetupError(`${missing}, Debian's Rust, did not work either.`);
  return folders;
}

function llvmVersion() {
  return /^LLVM version: (\d+)/m.exec(ask(debianRustc, ["-vV"]))?.[1];
}

/** An empty crate, built together with std; then std's libraries are laid out as a sysroot. */
async function buildStd() {
  const build = join(debianHome(), "build");
  mkdirSync(join(build, "src"), { recursive: true });
  writeFileSync(join(build, "Cargo.toml"), '[package]\nname = "empty"\nedition = "2021"\n');
  writeFileSync(join(build, "src", "lib.rs"), "");
  const env = {
    ...process.env,
    RUSTC: debianRustc,
    RUSTC_BOOTSTRAP: "1",
    // Without the bitcode, link-time optimisation of what uses this std fails.
    CARGO_ENCODED_RUSTFLAGS: "-Cembed-bitcode=yes",
    CARGO_TARGET_DIR: join(build, "target"),
  };
  await run("Build Rust's std for WebAssembly", "/usr/bin/cargo",
    ["build", "--release", "--target", wasm, "-Zbuild-std=std,panic_abort,test"], { env, cwd: build });
  const rustlib = join(debianHome(), "sysroot", "lib", "rustlib");
  const built = join(build, "target", wasm, "release", "deps");
  for (const name of readdirSync(built).filter((name) => /^lib(?!empty-).*\.rlib$/.test(name))) {
    cpSync(join(built, name), join(rustlib, wasm, "lib", name));
  }
  for (const name of readdirSync("/usr/lib/rustlib").filter((name) => name !== wasm)) {
    symlinkSync(join("/usr/lib/rustlib", name), join(rustlib, name));
  }
  rmSync(build, { recursive: true });
}

/** Debian's commands under their usual names, made to look into that sysroot. */
function writeCommands() {
  const bin = join(debianHome(), "bin");
  const sysroot = join(debianHome(), "sysroot");
  mkdirSync(bin, { recursive: true });
  const scripts = {
    cargo: "exec /usr/bin/cargo",
    rustc: `exec ${debianRustc} --sysroot '${sysroot}'`,
    rustdoc: `exec /usr/bin/rustdoc --sysroot '${sysroot}'`,
    "rust-lld": `exec /usr/bin/lld-${llvmVersion()}`,
    "cargo-clippy": `SYSROOT='${sysroot}' exec /usr/bin/cargo-clippy`,
  };
  for (const [name, command] of Object.entries(scripts)) {
    const path = join(bin, name);
    writeFileSync(path, `#!/bin/sh\n${command} "$@"\n`);
    chmodSync(path, 0o755);
  }
}
