// npm start: installs what is missing, builds what has changed, serves the page.
import { build } from "./build.mjs";
import { packages } from "./environment.mjs";
import { main } from "./progress.mjs";
import { portFrom, serve } from "./serve.mjs";

await main(async () => {
  const port = portFrom(process.env.PORT);
  await packages();
  await build();
  console.log(`\nThe page is at ${await serve(port)} (Ctrl+C ends it)`);
});
