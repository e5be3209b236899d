// The package as its users have it: packed, and installed in a project that has nothing else.
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, target } from "./paths.mjs";

/** Installs it into an empty folder. */
export function installInto(folder) {
  npm(root, "pack", "--pack-destination", folder);
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"));
  writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
  // Offline: the package must need nothing else.
  npm(folder, "install", "--offline", "--no-audit", "--no-fund", join(folder, tarball));
}

/** @returns {string} a folder to copy it from, installed anew */
export function installed() {
  const folder = join(target, "installed");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  installInto(folder);
  return folder;
}

function npm(cwd, ...args) {
  execFileSync("npm", args, { cwd, stdio: "pipe" });
}
