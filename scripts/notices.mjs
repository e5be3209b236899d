// The licences of the Rust packages that are compiled into the modules, and of what is bundled into
// the page, as one text.
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "./paths.mjs";
import { ask } from "./progress.mjs";

const HEAD = `Twingate Memory contains the following software.

The modules also contain parts of the Rust standard library (https://www.rust-lang.org), MIT or Apache-2.0.
`;

/** Each text once, with all that it holds for. @param env the environment in which cargo is found */
export function notices(env) {
  const texts = new Map();
  for (const { title, licences } of [...crates(env).map(fromCrate), fromPackage("uplot")]) {
    for (const text of licences) texts.set(text, [...(texts.get(text) ?? []), title]);
  }
  const parts = [...texts].map(([text, titles]) => `${titles.join("\n")}\n\n${text}`);
  return [HEAD, ...parts].join(`${"=".repeat(80)}\n`);
}

/** What the library depends on for WebAssembly, without what only runs while it is compiled. */
function crates(env) {
  const { packages, resolve } = JSON.parse(ask("cargo",
    ["metadata", "--format-version=1", "--filter-platform=wasm32-unknown-unknown"], { env, maxBuffer: 2 ** 26 }));
  const nodes = new Map(resolve.nodes.map((node) => [node.id, node]));
  const wanted = new Set();
  const visit = (id) => {
    if (wanted.has(id) || isMacro(packages.find((crate) => crate.id === id))) return;
    wanted.add(id);
    for (const { pkg, dep_kinds: kinds } of nodes.get(id).deps) {
      if (kinds.some(({ kind }) => kind === null)) visit(pkg);
    }
  };
  visit(resolve.root);
  return packages.filter(({ id }) => wanted.has(id) && id !== resolve.root);
}

function isMacro({ targets }) {
  return targets.some(({ kind }) => kind.includes("proc-macro"));
}

function fromCrate({ name, version, license, repository, manifest_path: manifest }) {
  return { title: `${name} ${version} (${license}), ${repository}`, licences: licences(dirname(manifest)) };
}

function fromPackage(name) {
  const folder = join(root, "node_modules", name);
  const { version, license, homepage } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return { title: `${name} ${version} (${license}), ${homepage}`, licences: licences(folder) };
}

function licences(folder) {
  const files = readdirSync(folder).filter((name) => /^(licen[cs]e|copying|unlicense)/i.test(name));
  return files.sort().map((name) => readFileSync(join(folder, name), "utf8").trimEnd() + "\n");
}
