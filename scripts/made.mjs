// Files of dist/ that are made rather than copied. They are made in target/made/, under the names that
// they have in dist/, and written only where they change.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { target } from "./paths.mjs";

/** Makes a file; returns its path. */
export function make(name, text) {
  const path = join(target, "made", name);
  if (!existsSync(path) || readFileSync(path, "utf8") !== text) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  return path;
}

/** A script without what only its readers need; `options` are esbuild's. */
export async function smaller(path, options) {
  // Imported here: npm packages may have been installed only a moment ago.
  const { transform } = await import("esbuild");
  const { code } = await transform(readFileSync(path, "utf8"), { format: "esm", legalComments: "inline", ...options });
  return code;
}
