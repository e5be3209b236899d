// What each entry of the package weighs: node benches/size.mjs, after a build.
//
// What always holds: an entry is every script that it imports and every module that these load, as
// they are shipped, each gzipped on its own. What costs bytes is decided here: an entry that has a
// budget is compared with it by `npm test`.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { table } from "./format.mjs";
import { dist, root } from "../scripts/paths.mjs";
import { SetupError, main } from "../scripts/progress.mjs";

const KIB = 1024;

/** The most KiB that each entry may have, gzipped: over it `npm test` fails, so that growth is a decision. */
const BUDGETS = { ".": 77.5, "./trace": 93, "./threads": 108 };

/** What an entry is meant to come down to. */
const GOALS = { ".": 40 };

/** Each entry with what it weighs, in bytes: `{ entry, files: [{ path, bytes, gzipped }], gzipped, budget, goal }`. */
export async function sizes() {
  const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const entries = Object.entries(exports).filter(([, conditions]) => conditions.default?.endsWith(".js"));
  return Promise.all(entries.map(async ([entry, conditions]) => {
    const paths = await filesOf(join(root, conditions.default));
    const files = paths.map(weigh);
    const gzipped = files.reduce((sum, file) => sum + file.gzipped, 0);
    return { entry, files, gzipped, budget: BUDGETS[entry] * KIB, goal: GOALS[entry] * KIB };
  }));
}

function sizeTable(entries) {
  const kib = (bytes) => (Number.isNaN(bytes) ? "" : (bytes / KIB).toFixed(1));
  const rows = entries.flatMap(({ entry, files, gzipped, budget, goal }) => [
    [`**${entry}**`, "", kib(gzipped), kib(budget), kib(goal)],
    ...files.map(({ path, bytes, gzipped }) => [relative(dist, path), kib(bytes), kib(gzipped), "", ""]),
  ]);
  return table(["KiB", "as it is", "gzipped", "budget", "goal"], rows);
}

async function filesOf(script) {
  if (!existsSync(script)) throw new SetupError(`${relative(root, script)} is missing: npm run build`);
  // Imported late: `npm test` installs packages only after it has read this file.
  const { build } = await import("esbuild");
  const { metafile } = await build({ entryPoints: [script], absWorkingDir: root, bundle: true, format: "esm",
    platform: "neutral", metafile: true, write: false, outdir: dist, external: ["node:*"], logLevel: "silent" });
  const scripts = Object.keys(metafile.inputs).map((path) => join(root, path));
  return [...scripts, ...new Set(scripts.flatMap(modulesOf))];
}

/** The modules that a script finds beside itself. */
function modulesOf(script) {
  const urls = readFileSync(script, "utf8").matchAll(/new URL\((['"])([^'"]+\.wasm)\1,\s*import\.meta\.url\)/g);
  return [...urls].map(([, , path]) => join(dirname(script), path));
}

function weigh(path) {
  const content = readFileSync(path);
  return { path, bytes: content.length, gzipped: gzipSync(content, { level: 9 }).length };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(async () => console.log(sizeTable(await sizes())));
