// Builds everything into dist/: the package directly in it, the page in dist/page/.
// dist/ is always exactly what its sources say: files whose source is gone are removed, files that
// are already right are left alone. Rust is compiled only when the modules' inputs have changed.
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { wasm } from "./environment.mjs";
import { addMade } from "./page.mjs";
import { dist, root, target } from "./paths.mjs";
import { main, run, say } from "./progress.mjs";

// The WebAssembly modules: each has what one entry of the package calls.
const modules = [
  { name: "twingate_memory", features: "main-entry" },
  { name: "twingate_memory_trace", features: "trace" },
];
const raw = join(target, "raw");
const stamp = join(target, "raw.stamp");

export async function build() {
  const state = moduleState();
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== state) {
    await buildModules();
    writeFileSync(stamp, moduleState());
  }
  const files = layOut();
  await addMade(files);
  const changed = mirror(files);
  if (changed > 0) report(files);
  else say("✓ dist is up to date");
}

async function buildModules() {
  const env = await wasm();
  rmSync(raw, { recursive: true, force: true });
  for (const module of modules) await buildModule(module, env);
}

async function buildModule({ name, features }, env) {
  // The cdylib alone: building the rlib beside it would drop link-time optimisation.
  await run(`Compile ${name}`, "cargo", ["rustc", "--lib", "--release", "--crate-type", "cdylib",
    "--no-default-features", "--features", features,
    "--target", "wasm32-unknown-unknown", "--target-dir", target], { env });
  const compiled = join(target, "wasm32-unknown-unknown", "release", "twingate_memory.wasm");
  await run("Generate its bindings", "wasm-bindgen", ["--target", "web", "--no-typescript",
    "--remove-name-section", "--remove-producers-section",
    "--out-dir", raw, "--out-name", name, compiled], { env });
  const module = join(raw, `${name}_bg.wasm`);
  // The module itself names the WebAssembly features that it may use; wasm-opt keeps to them.
  await run("Optimise it", "wasm-opt", ["-O3", module, "-o", module], { env });
}

/** Changes when an input of the modules, or a module itself, changes. */
function moduleState() {
  const inputs = ["Cargo.toml", "Cargo.lock", "package-lock.json", "scripts/build.mjs"]
    .map((path) => join(root, path));
  const sources = list(join(root, "src")).filter((path) => path.endsWith(".rs"));
  const hash = createHash("sha256");
  for (const path of [...inputs, ...sources, ...list(raw)]) {
    hash.update(`${relative(root, path)}\0`).update(readFileSync(path)).update("\0");
  }
  return hash.digest("hex");
}

/** Every file of dist/, with its source. */
function layOut() {
  const files = new Map();
  const add = (folder, to, wanted = () => true) => {
    for (const path of list(folder).filter(wanted)) files.set(join(dist, to, relative(folder, path)), path);
  };
  const inPage = (path) => !path.endsWith(".d.ts") && !path.endsWith("node.js");
  add(join(root, "src", "js"), "");
  add(raw, "raw");
  add(join(root, "www"), "page");
  add(join(root, "src", "js"), "page/twingate-memory", inPage);
  add(raw, "page/twingate-memory/raw", inPage);
  return files;
}

/** Makes dist/ hold these files and no others; returns how many had to be written or removed. */
function mirror(files) {
  const stale = list(dist).filter((path) => !files.has(path));
  for (const path of stale) rmSync(path);
  const outdated = [...files].filter(([to, from]) => !existsSync(to) || !readFileSync(to).equals(readFileSync(from)));
  for (const [to, from] of outdated) {
    mkdirSync(dirname(to), { recursive: true });
    cpSync(from, to);
  }
  return stale.length + outdated.length;
}

function report(files) {
  const inPage = join(dist, "page");
  const paths = [...files.keys()].filter((path) => !path.startsWith(inPage) && !path.endsWith(".d.ts"));
  for (const path of paths) {
    const bytes = readFileSync(path);
    say(`  ${relative(root, path)}: ${bytes.length} bytes, ${gzipSync(bytes, { level: 9 }).length} gzipped`);
  }
}

function list(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? list(join(folder, entry.name)) : [join(folder, entry.name)]))
    .sort();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(build);
