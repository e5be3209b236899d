// Whom a group may measure.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../scripts/paths.mjs";

export const contiguous = ["tlsf", "first-fit", "best-fit", "next-fit", "worst-fit", "buddy"];
export const scattered = ["lifo", "contiguous-first", "address-ordered"];

/** The version of an npm package as the lock file pins it. */
export function version(name) {
  return JSON.parse(read("package-lock.json")).packages[`node_modules/${name}`].version;
}

/** The version of a native peer. */
export function crate(name) {
  return new RegExp(`name = "${name}"\nversion = "(.+)"`).exec(read("benches/native/Cargo.lock"))[1];
}

function read(path) {
  return readFileSync(join(root, path), "utf8");
}
