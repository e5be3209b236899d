// Runs one command in the environment that the build uses: npm run with -- wasm-pack build
import { spawnSync } from "node:child_process";
import { pack } from "./environment.mjs";
import { SetupError, main } from "./progress.mjs";

await main(async () => {
  const [command, ...args] = process.argv.slice(2);
  if (command === undefined) throw new SetupError("Name a command: npm run with -- wasm-pack build");
  const { status, error } = spawnSync(command, args, { env: await pack(), stdio: "inherit" });
  if (error) throw new SetupError(`${command} did not start: ${error.message}`);
  process.exitCode = status ?? 1;
});
