// What of the page is made rather than copied: the plotting library in one small module, and the service
// worker, which has to know all files of its build.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { make, smaller } from "./made.mjs";
import { dist, root } from "./paths.mjs";

const page = join(dist, "page");
/** What the first visit need not wait for: recordings, and the module for several workers. */
const isForLater = (name) => name.endsWith(".gz") || name.startsWith("twingate-memory/threads/");
const plots = join(root, "node_modules", "uplot", "dist");

/** Adds them to the files of dist/. @param {Map<string, string>} files by where they go */
export async function addMade(files) {
  const plotting = await smaller(join(plots, "uPlot.esm.js"), { minify: true });
  files.set(join(page, "uplot", "uplot.js"), make("page/uplot/uplot.js", plotting));
  files.set(join(page, "uplot", "uplot.css"), join(plots, "uPlot.min.css"));
  const worker = join(page, "service-worker.js");
  const source = files.get(worker);
  files.delete(worker);
  files.set(worker, make("page/service-worker.js", `${inventory(files)}${readFileSync(source, "utf8")}`));
}

/** The version of the page, its files, and those for later, as a line of JavaScript. */
function inventory(files) {
  const hash = createHash("sha256");
  const all = [...files].filter(([to]) => to.startsWith(page) && !/\.(png|txt)$/.test(to))
    .map(([to, from]) => [relative(page, to).replaceAll(sep, "/"), from]).sort();
  for (const [name, from] of all) hash.update(`${name}\0`).update(readFileSync(from)).update("\0");
  const names = all.map(([name]) => (name === "index.html" ? "./" : name));
  const build = {
    version: hash.digest("hex").slice(0, 16),
    files: names.filter((name) => !isForLater(name)),
    later: names.filter(isForLater),
  };
  return `const BUILD = ${JSON.stringify(build)};\n`;
}
