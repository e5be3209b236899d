// Writes the measured table into the README, between <!-- bench --> and <!-- /bench -->:
// node benches/readme.mjs [README] [results.json]
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../scripts/paths.mjs";
import { SetupError, main } from "../scripts/progress.mjs";
import { summaryForReadme } from "./report.mjs";

await main(async () => {
  const [readme = join(root, "README.md"), results = join(root, "benches", "results.json")] = process.argv.slice(2);
  const text = readFileSync(readme, "utf8");
  const parts = /^([^]*<!-- bench -->\n)[^]*(<!-- \/bench -->[^]*)$/.exec(text);
  if (parts === null) throw new SetupError(`${readme} has no <!-- bench --> … <!-- /bench -->.`);
  const measured = summaryForReadme(JSON.parse(readFileSync(results, "utf8")));
  writeFileSync(readme, `${parts[1]}${measured}\n${parts[2]}`);
});
