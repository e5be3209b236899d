// Measures in the page what has a goal in time: the comparison of all nine placements on 800,000 operations,
// and jumps to any operation of a million with four placements side by side, from the key that asks for one
// to the frame that shows it. Not a test: other work on the machine shows in it.
// Run after `npm run build`: node tests/page/times.mjs [compare|jumps]
import { randomTrace } from "../../benches/random-trace.mjs";
import { findChrome } from "../../scripts/browser.mjs";
import { launch, said, serve, settled } from "./harness.mjs";

const JUMPS = 60;
const wanted = process.argv[2];
const server = await serve();
const browser = await launch(findChrome());
const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 }, serviceWorkers: "block" })).newPage();
page.setDefaultTimeout(600_000);
await page.goto(server.origin);
await page.locator("#controls:not([inert])").waitFor();
await page.getByRole("tab", { name: "Laboratory" }).click();
await said(page, "Loaded sqlite");

if (wanted !== "jumps") {
  await open("random.rep", 800_000, 10_000);
  const begun = performance.now();
  await page.getByRole("button", { name: "Compare", exact: true }).click();
  await said(page, "Compared nine placements");
  console.log(`all nine placements on 800,000 operations, with the smallest capacity of each: ${((performance.now() - begun) / 1000).toFixed(1)} s`);
}
if (wanted !== "compare") {
  for (const live of [1_000, 10_000]) {
    await open(`live-${live}.rep`, 1_000_000, live);
    const times = await page.evaluate(jumps, JUMPS);
    const at = (share) => times.toSorted((a, b) => a - b)[Math.floor(JUMPS * share)].toFixed(0);
    console.log(`a jump in 1,000,000 operations, ${live} slots for blocks, four placements: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, worst ${at(0.999)} ms`);
  }
}
await browser.close();
await server.close();

async function open(name, operations, slots) {
  const text = randomTrace(operations, slots);
  await page.getByLabel("Or open a file").setInputFiles({ name, mimeType: "text/plain", buffer: Buffer.from(text) });
  await said(page, `Loaded ${name}`);
  // All panels have gone all the way once.
  await page.locator("#side-text").filter({ hasText: new RegExp(`^0 of ${operations.toLocaleString("en-GB")}`) }).waitFor();
  await settled(page);
}

/** In the page. */
async function jumps(number) {
  const [goal, text] = ["side-goal", "side-text"].map((id) => document.getElementById(id));
  const times = [];
  for (let jump = 1; jump <= number; jump++) {
    goal.value = String((jump * 15_485_863) % 1_000_000);
    const begun = performance.now();
    goal.form.requestSubmit();
    await new Promise((resolve) => {
      const frame = () => (document.documentElement.hasAttribute("data-due") ? requestAnimationFrame(frame) : setTimeout(resolve));
      requestAnimationFrame(frame);
    });
    times.push(performance.now() - begun);
    if (!text.textContent.startsWith(Number(goal.value).toLocaleString("en-GB"))) throw new Error(`at ${text.textContent}`);
  }
  return times;
}
