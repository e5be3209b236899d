// A project that has the packed package installed: what a user of it has. It lies outside the repository, so
// that nothing is found there which the package does not bring.
import { cpSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after } from "node:test";
import { fileURLToPath } from "node:url";
import { installInto } from "../../scripts/installed.mjs";

const here = dirname(fileURLToPath(import.meta.url));

/** The project holds a copy of consumer.js and is removed after the tests. `npm test` packs and installs once for
 *  all files; a file that runs by itself does both. */
export function createProject() {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "twingate-memory-project-")));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const installed = process.env.INSTALLED_PACKAGE;
  if (installed) cpSync(installed, folder, { recursive: true });
  else installInto(folder);
  cpSync(join(here, "consumer.js"), join(folder, "consumer.js"));
  return folder;
}

export function write(folder, files) {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
}
