// What of the page is made rather than copied: its scripts, in a few files, since a first visit over a slow network
// waits for each; and the service worker, which has to know all files of its build.
//
// What always holds: what the page and its workers load by name keeps that name, and the package stays beside
// them, loaded as any page would. Source maps lead from the scripts back to www/.
import { createHash } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { dist, filesIn, root, target } from "./paths.mjs";

const www = join(root, "www");
const page = join(dist, "page");
const bundled = join(target, "bundled-page");
/** The modules that a document or a worker begins with, and those that are loaded when they are needed. */
const begun = ["main", "laboratory/worker", "workers/worker", "workers/view"];
/** What the first visit need not wait for: recordings, and the module for several workers. */
const isForLater = (name) => name.endsWith(".gz") || name.startsWith("twingate-memory/threads/");
const isOnlyRead = (name) => /\.(png|txt|map)$/.test(name);

/** Adds the page to the files of dist/. @param {Map<string, string>} files by where they go */
export async function addPage(files) {
  await bundle();
  const copied = namesIn(www).filter((name) => !name.endsWith(".js") || name === "page/unloaded.js");
  for (const name of copied) files.set(join(page, name), join(www, name));
  for (const name of namesIn(bundled)) files.set(join(page, name), join(bundled, name));
  files.set(join(page, "uplot", "uplot.css"), join(root, "node_modules", "uplot", "dist", "uPlot.min.css"));
  const worker = join(bundled, "service-worker.js");
  writeFileSync(worker, `${inventory(files)}${readFileSync(join(www, "service-worker.js"), "utf8")}`);
  files.set(join(page, "service-worker.js"), worker);
}

async function bundle() {
  // Imported here: npm packages may have been installed only a moment ago.
  const { build } = await import("esbuild");
  rmSync(bundled, { recursive: true, force: true });
  // What several of them need lies in a folder beside theirs, so that workers, whom no import map serves, find
  // the package from there too.
  const entryPoints = [...begun.map((name) => ({ in: join(www, `${name}.js`), out: name })), { in: "uplot", out: "uplot/uplot" }];
  await build({ entryPoints, outdir: bundled, bundle: true, splitting: true, chunkNames: "shared/[hash]", format: "esm",
    minify: true, sourcemap: true, legalComments: "inline", logLevel: "warning",
    external: ["twingate-memory", "twingate-memory/*", "../twingate-memory/*"] });
}

const namesIn = (folder) => filesIn(folder).map((path) => nameIn(folder, path));
const nameIn = (folder, path) => relative(folder, path).replaceAll(sep, "/");

/** The version of the page, its files, and those for later, as a line of JavaScript. */
function inventory(files) {
  const hash = createHash("sha256");
  const all = [...files].filter(([to]) => to.startsWith(page))
    .map(([to, from]) => [nameIn(page, to), from]).filter(([name]) => !isOnlyRead(name)).sort();
  for (const [name, from] of all) hash.update(`${name}\0`).update(readFileSync(from)).update("\0");
  const names = all.map(([name]) => (name === "index.html" ? "./" : name));
  const build = {
    version: hash.digest("hex").slice(0, 16),
    files: names.filter((name) => !isForLater(name)),
    later: names.filter(isForLater),
  };
  return `const BUILD = ${JSON.stringify(build)};\n`;
}
