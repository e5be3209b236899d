// Builds everything into dist/: the package directly in it, the page in dist/page/.
// dist/ is always exactly what its sources say: files whose source is gone are removed, files that
// are already right are left alone. Rust is compiled only when the modules' inputs have changed.
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { bundle } from "./bundle.mjs";
import { wasmWithStd } from "./environment.mjs";
import { addPage } from "./page.mjs";
import { notices } from "./notices.mjs";
import { ensurePackages } from "./packages.mjs";
import { dist, filesIn, root, target } from "./paths.mjs";
import { main, run, say } from "./progress.mjs";
import { trim } from "./trim.mjs";

// The WebAssembly modules: each has what one entry of the package calls.
const modules = [
  { name: "twingate_memory", features: "main-entry" },
  { name: "twingate_memory_trace", features: "npm,trace" },
  // The main entry's again, for a memory that several workers share.
  { name: "twingate_memory", features: "main-entry", threads: true },
];
const raw = join(target, "raw");
const rawThreads = join(target, "raw-threads");
const flags = [
  // What is on the way of every call is marked in the sources; what else is inlined costs bytes alone.
  "-Cllvm-args=-inline-threshold=50",
  // A value of JavaScript's is a number for a module, and a table in JavaScript says whose it is. Node 20's
  // engine, and that of browsers as old, builds a call that returns a reference into the code that it
  // optimises, and ends the process where it has to leave that code again ("unreachable code", in
  // Deoptimizer::DoComputeBuiltinContinuation).
  "-Ctarget-feature=-reference-types",
  // See src/js/unwound.js.
  "-Clink-arg=--export=__stack_pointer",
];
// Atomics, a memory that comes from outside, and what a worker needs to set up its own stack.
const threadFlags = [
  "-Ctarget-feature=+atomics,+bulk-memory,+mutable-globals",
  ...["shared-memory", "import-memory", "max-memory=4294967296", "export=__wasm_init_tls",
    "export=__tls_size", "export=__tls_align", "export=__tls_base"].map((flag) => `-Clink-arg=--${flag}`),
];
// std is compiled along: the one that comes with Rust uses references, has a memory of its own, and words
// for panics, which have nowhere to go in WebAssembly, and with them the paths of where it was compiled. Its
// own code for size, which sorts, rotates and shows numbers, was measured to take no longer here.
const std = ["-Zbuild-std=std", "-Zbuild-std-features=optimize_for_size", "-Zpanic-immediate-abort", "--config", 'profile.module.panic="immediate-abort"'];
const licences = join(target, "THIRD-PARTY-NOTICES.txt");
const stamp = join(target, "raw.stamp");

export async function build() {
  await ensurePackages();
  const state = moduleState();
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== state) {
    await buildModules();
    writeFileSync(stamp, moduleState());
  }
  const files = await layOut();
  await addPage(files);
  const changed = mirror(files);
  if (changed > 0) report(files);
  else say("✓ dist is up to date");
}

async function buildModules() {
  for (const folder of [raw, rawThreads]) rmSync(folder, { recursive: true, force: true });
  for (const module of modules) await buildModule(module);
  writeFileSync(licences, notices(await wasmWithStd()));
}

async function buildModule({ name, features, threads }) {
  const CARGO_ENCODED_RUSTFLAGS = [...flags, ...(threads ? threadFlags : [])].join("\x1f");
  const env = { ...await wasmWithStd(), CARGO_ENCODED_RUSTFLAGS };
  const [folder, to] = threads ? [join(target, "threads"), rawThreads] : [target, raw];
  const title = threads ? `${name} for several workers` : name;
  // The cdylib alone: building the rlib beside it would drop link-time optimisation.
  await run(`Compile ${title}`, "cargo", ["rustc", "--lib", "--profile", "module", "--crate-type", "cdylib",
    "--no-default-features", "--features", features, ...std, "--target", "wasm32-unknown-unknown", "--target-dir", folder], { env });
  const compiled = join(folder, "wasm32-unknown-unknown", "module", "twingate_memory.wasm");
  await run("Generate its bindings", "wasm-bindgen", ["--target", "web", "--no-typescript",
    "--out-dir", to, "--out-name", name, compiled], { env });
  const module = join(to, `${name}_bg.wasm`);
  await trim(module, join(to, `${name}.js`));
  // The module itself names the WebAssembly features that it may use; wasm-opt keeps to them. What the
  // sources keep apart stays apart, however often it is called: see the head of src/compaction/mod.rs.
  // Sorted by name, functions that are alike lie side by side, where gzip, which looks back 32 KiB, sees it.
  await run("Optimise it", "wasm-opt", ["-O3", "--one-caller-inline-max-function-size=100",
    "--reorder-functions-by-name", "--strip-debug", "--strip-producers", "--strip-target-features", module, "-o", module], { env });
}

/** Changes when an input of the modules, or a module itself, changes. */
function moduleState() {
  const inputs = ["Cargo.toml", "Cargo.lock", "package-lock.json", "scripts/build.mjs", "scripts/trim.mjs", "scripts/notices.mjs"]
    .map((path) => join(root, path));
  const sources = filesIn(join(root, "src")).filter((path) => path.endsWith(".rs"));
  const hash = createHash("sha256");
  for (const path of [...inputs, ...sources, ...filesIn(raw), ...filesIn(rawThreads)]) {
    hash.update(`${relative(root, path)}\0`).update(readFileSync(path)).update("\0");
  }
  return hash.digest("hex");
}

/** Every file of dist/, with its source. */
async function layOut() {
  const files = new Map();
  const add = (folder, to, wanted = () => true) => {
    for (const path of filesIn(folder).filter(wanted)) files.set(join(dist, to, relative(folder, path)), path);
  };
  const scripts = await bundle({ raw, "threads/raw": rawThreads });
  for (const to of ["", "page/twingate-memory"]) {
    add(scripts, to);
    add(raw, join(to, "raw"), isModule);
    add(rawThreads, join(to, "threads", "raw"), isModule);
  }
  add(join(root, "src", "js"), "", (path) => path.endsWith(".d.ts"));
  for (const to of ["", "page"]) files.set(join(dist, to, "THIRD-PARTY-NOTICES.txt"), licences);
  return files;
}

function isModule(path) {
  return path.endsWith(".wasm");
}

/** Makes dist/ hold these files and no others; returns how many had to be written or removed. */
function mirror(files) {
  const stale = filesIn(dist).filter((path) => !files.has(path));
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

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(build);
