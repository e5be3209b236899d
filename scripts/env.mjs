// Prints what a shell needs to know so that wasm-pack can be typed by hand:
//   eval "$(npm run -s env)"
import { delimiter } from "node:path";
import { packAdditions } from "./environment.mjs";
import { main } from "./progress.mjs";

const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;

await main(async () => {
  const { before, after, variables } = await packAdditions();
  const [first, last] = [before, after].map((folders) => quote(folders.join(delimiter)));
  console.log(`export PATH=${first}${delimiter}"$PATH"${delimiter}${last}`);
  for (const [name, value] of Object.entries(variables)) console.log(`export ${name}=${quote(value)}`);
});
