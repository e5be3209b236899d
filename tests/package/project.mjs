// An empty project with the packed tarball installed in it: what a user of the package has. It lies
// outside the repository, so that nothing is found there which the package does not bring.
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after } from "node:test";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(dirname(here));

/** Packs and installs; the project holds a copy of consumer.js and is removed after the tests. */
export function createProject() {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "twingate-memory-project-")));
  after(() => rmSync(folder, { recursive: true, force: true }));
  npm(root, "pack", "--pack-destination", folder);
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"));
  writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
  // Offline: the package must need nothing else.
  npm(folder, "install", "--offline", "--no-audit", "--no-fund", join(folder, tarball));
  cpSync(join(here, "consumer.js"), join(folder, "consumer.js"));
  return folder;
}

export function write(folder, files) {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
}

function npm(cwd, ...args) {
  execFileSync("npm", args, { cwd, stdio: "pipe" });
}
