// What of the page is made rather than copied: the plotting library in one small module, and the service
// worker, which has to know all files of its build. Both are made in target/, under the same names.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { dist, root, target } from "./paths.mjs";

const page = join(dist, "page");
const made = join(target, "page");
/** What the first visit need not wait for: recordings, and the module for several workers. */
const isForLater = (name) => name.endsWith(".gz") || name.startsWith("twingate-memory/threads/");
const plots = join(root, "node_modules", "uplot", "dist");

/** Adds them to the files of dist/. @param {Map<string, string>} files by where they go */
export async function addMade(files) {
  files.set(join(page, "uplot", "uplot.js"), write("uplot/uplot.js", await smaller(join(plots, "uPlot.esm.js"))));
  files.set(join(page, "uplot", "uplot.css"), join(plots, "uPlot.min.css"));
  const worker = join(page, "service-worker.js");
  const source = files.get(worker);
  files.delete(worker);
  files.set(worker, write("service-worker.js", `${inventory(files)}${readFileSync(source, "utf8")}`));
}

async function smaller(path) {
  // Imported here: npm packages may have been installed only a moment ago.
  const { transform } = await import("esbuild");
  const { code } = await transform(readFileSync(path, "utf8"), { minify: true, format: "esm", legalComments: "inline" });
  return code;
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

function write(name, text) {
  const path = join(made, name);
  if (!existsSync(path) || readFileSync(path, "utf8") !== text) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  return path;
}
