// Debian's Rust, for machines where rustup cannot add a target. Debian has no std for WebAssembly, so it
// is built once from Debian's sources into a sysroot in the cache; neither /usr/lib nor rustup is touched.
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { install } from "./apt.mjs";
import { cache } from "./paths.mjs";
import { SetupError, ask, run } from "./progress.mjs";
import { compilesToWasm, rustVersion, wasm } from "./rustc.mjs";

const manual = `run \`rustup target add ${wasm}\` where there is internet`;
const debianRustc = "/usr/bin/rustc";

/** Where it is, or would be. */
export function debianHome() {
  return join(cache, `debian-rust-${rustVersion(debianRustc, process.env)}`);
}

/** The folders to put before PATH, where it is ready; null where it is not. */
export function debianFolders(env) {
  if (!existsSync(join(debianHome(), "bin"))) return null;
  const folders = [join(debianHome(), "bin")];
  return compilesToWasm({ ...env, PATH: `${folders[0]}:${env.PATH}` }) ? folders : null;
}

/** Installs it. @returns {Promise<string[]>} the folders to put before PATH */
export async function installDebian(env) {
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

/** Debian's clippy comes in a package of its own; rustup's comes with its toolchain. */
export async function ensureWasmClippy(folders) {
  if (folders.length === 0 || existsSync("/usr/bin/clippy-driver")) return;
  await install("Clippy for Debian's Rust is missing", ["rust-web-clippy"]);
  writeCommands();
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
