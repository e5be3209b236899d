// Prints what a shell needs to know so that wasm-pack can be typed by hand:
//   eval "$(npm run -s env)"
import { delimiter } from "node:path";
import { packAdditions } from "./environment.mjs";
import { main } from "./progress.mjs";

const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;

await main(async () => {
  const { before, after, variables } = await packAdditions();
  // An empty folder would be the one that the shell is in.
  console.log(`export PATH=${[...before.map(quote), '"$PATH"', ...after.map(quote)].join(delimiter)}`);
  for (const [name, value] of Object.entries(variables)) console.log(`export ${name}=${quote(value)}`);
});
