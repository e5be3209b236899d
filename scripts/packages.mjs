// node_modules always matches package-lock.json.
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { root } from "./paths.mjs";
import { CommandError, SetupError, run, say } from "./progress.mjs";

export const bin = join(root, "node_modules", ".bin");

export async function ensurePackages() {
  const lock = join(root, "package-lock.json");
  const installed = join(root, "node_modules", ".package-lock.json");
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  try {
    // `npm publish --dry-run` builds too, and hands its own flag down.
    const flags = ["--include=dev", "--no-audit", "--no-fund", "--no-dry-run"];
    await run("Install npm packages", "npm", ["ci", ...flags]);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    say(error.message);
    throw new SetupError("npm packages are missing: with a connection to the npm registry, run `npm ci`.");
  }
}
