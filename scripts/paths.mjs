// Where things lie. What stays is written inside the repository, except tools that every clone can
// share: those go into the user's cache, in folders named after their version. What is only tried
// out goes into the system's temporary folder, and is removed again.
import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const dist = join(root, "dist");
export const target = join(root, "target");
export const logs = join(target, "logs");
export const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "twingate-memory");

/** The files in a folder and those below it, sorted; none where there is no such folder. */
export function filesIn(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? filesIn(join(folder, entry.name)) : [join(folder, entry.name)]))
    .sort();
}
