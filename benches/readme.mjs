// Writes what was measured into README.md, in short, and into benches/README.md, in full, between
// <!-- bench --> and <!-- /bench -->: node benches/readme.mjs
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../scripts/paths.mjs";
import { SetupError, main } from "../scripts/progress.mjs";
import { allTables, shortTable } from "./report.mjs";

await main(async () => {
  const results = JSON.parse(readFileSync(join(root, "benches", "results.json"), "utf8"));
  putInto(join(root, "README.md"), shortTable(results));
  putInto(join(root, "benches", "README.md"), allTables(results));
});

function putInto(path, measured) {
  const parts = /^([^]*<!-- bench -->\n)[^]*(<!-- \/bench -->[^]*)$/.exec(readFileSync(path, "utf8"));
  if (parts === null) throw new SetupError(`${path} has no <!-- bench --> … <!-- /bench -->.`);
  writeFileSync(path, `${parts[1]}${measured}\n${parts[2]}`);
}
