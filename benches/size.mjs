// What each entry of the package weighs: node benches/size.mjs, after a build.
//
// What always holds: an entry is every script that it imports and every module that these load, as
// they are shipped (not minified), each gzipped on its own. What costs bytes is decided here: an
// entry that has a budget is compared with it by `npm test`.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { table } from "./format.mjs";
import { dist, root } from "../scripts/paths.mjs";
import { SetupError, main } from "../scripts/progress.mjs";

const KIB = 1024;

/** The most bytes that an entry may have, gzipped. */
export const budgets = { ".": 40 * KIB };

/** Whether an entry over its budget is a failure. */
export const enforced = false;

/** Each entry with what it weighs: `{ entry, files: [{ path, bytes, gzipped }], gzipped, budget }`. */
export async function sizes() {
  const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const entries = Object.entries(exports).filter(([, conditions]) => conditions.default?.endsWith(".js"));
  return Promise.all(entries.map(async ([entry, conditions]) => {
    const paths = await filesOf(join(root, conditions.default));
    const files = paths.map(weigh);
    return { entry, files, gzipped: files.reduce((sum, { gzipped }) => sum + gzipped, 0), budget: budgets[entry] };
  }));
}

export function sizeTable(entries) {
  const kib = (bytes) => (bytes / KIB).toFixed(1);
  const rows = entries.flatMap(({ entry, files, gzipped, budget }) => [
    [`**${entry}**`, "", kib(gzipped), budget === undefined ? "" : kib(budget)],
    ...files.map(({ path, bytes, gzipped }) => [relative(dist, path), kib(bytes), kib(gzipped), ""]),
  ]);
  return table(["KiB", "as it is", "gzipped", "budget"], rows);
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
  const urls = readFileSync(script, "utf8").matchAll(/new URL\((['"])([^'"]+\.wasm)\1, import\.meta\.url\)/g);
  return [...urls].map(([, , path]) => join(dirname(script), path));
}

function weigh(path) {
  const content = readFileSync(path);
  return { path, bytes: content.length, gzipped: gzipSync(content, { level: 9 }).length };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(async () => console.log(sizeTable(await sizes())));
