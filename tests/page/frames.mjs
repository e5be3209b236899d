// Measures frames of four pictures side by side while they play, are moved and zoomed: what the page's own
// script takes of each, and how far apart they come. Not a test: other work on the machine shows in it.
// Run after `npm run build`: node tests/page/frames.mjs [units]
import { Random } from "../../benches/random.mjs";
import { findChrome } from "../../scripts/browser.mjs";
import { launch, rep, said, serve, settled } from "./harness.mjs";

const UNITS = Number(process.argv[2] ?? 1_048_576);
const FRAMES = 240;
const server = await serve();
const browser = await launch(findChrome());
const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 }, serviceWorkers: "block" })).newPage();
await page.addInitScript(timed);
await page.goto(server.origin);
const devtools = await page.context().newCDPSession(page);
await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
await page.locator("#controls:not([inert])").waitFor();
await page.getByRole("tab", { name: "Laboratory" }).click();
await said(page, "Loaded sqlite");
await page.getByLabel("Or open a file").setInputFiles({ name: "frames.rep", mimeType: "text/plain", buffer: Buffer.from(churn(UNITS)) });
await said(page, "Loaded frames.rep");
await page.getByLabel("Capacity").fill(String(UNITS));
await page.getByLabel("Capacity").press("Tab");
await page.getByLabel("Go to").fill("60000");
await page.keyboard.press("Enter");
await page.locator("#side-text").filter({ hasText: "60,000 of" }).waitFor({ timeout: 120_000 });
await settled(page);

await page.getByLabel("Speed").selectOption("10000");
await page.getByRole("button", { name: "Play", exact: true }).click();
await report("playing 10,000 operations a second");
await page.evaluate(() => window.everyFrame(() => document.querySelector(".panel canvas").dispatchEvent(new KeyboardEvent("keydown", { key: Math.random() < 0.5 ? "+" : "-" }))));
await report("playing and zooming");
await page.evaluate(() => {
  document.querySelector(".panel canvas").dispatchEvent(new KeyboardEvent("keydown", { key: "+" }));
  let down = 0;
  window.everyFrame(() => document.querySelector(".panel canvas").dispatchEvent(new KeyboardEvent("keydown", { key: down++ % 60 < 30 ? "PageDown" : "PageUp" })));
});
await report("playing and moving");
await browser.close();
await server.close();

// The processor's own time of the page's thread: what others do on the machine does not show in it.
async function processorTime() {
  const { metrics } = await devtools.send("Performance.getMetrics");
  return metrics.find(({ name }) => name === "TaskDuration").value * 1000;
}

async function report(what) {
  const before = await processorTime();
  const { script, apart, units } = await page.evaluate((frames) => window.measureFrames(frames), FRAMES);
  const processor = (await processorTime()) - before;
  const at = (list, share) => [...list].sort((a, b) => a - b)[Math.floor(list.length * share)].toFixed(1);
  console.log(`${units} units in each of 4, ${what}: ${(processor / FRAMES).toFixed(1)} ms of the processor a frame; script p50 ${at(script, 0.5)} ms, p95 ${at(script, 0.95)} ms a frame; `
    + `frames apart p50 ${at(apart, 0.5)} ms, p95 ${at(apart, 0.95)} ms`);
}

/** In the page: wraps requestAnimationFrame so that what runs in a frame can be summed. */
function timed() {
  const request = window.requestAnimationFrame.bind(window);
  let spent = 0;
  window.requestAnimationFrame = (callback) => request((now) => {
    const from = performance.now();
    callback(now);
    spent += performance.now() - from;
  });
  let each = () => {};
  window.everyFrame = (callback) => { each = callback; };
  window.measureFrames = (frames) => new Promise((resolve) => {
    const [script, apart] = [[], []];
    let then = 0;
    const frame = (now) => {
      if (then) {
        script.push(spent);
        apart.push(now - then);
      }
      spent = 0;
      then = now;
      const from = performance.now();
      each();
      spent += performance.now() - from;
      if (script.length < frames) return request(frame);
      const units = Number(document.getElementById("lab-capacity").value).toLocaleString("en-GB");
      resolve({ script, apart, units });
    };
    request(frame);
  });
}

/** Blocks of 16 to 1,023 units that come and go at about 85 % of the capacity. */
function churn(units) {
  const random = new Random(1);
  const live = [];
  const operations = [];
  let [used, blocks] = [0, 0];
  while (operations.length < 150_000) {
    const size = 16 + random.below(1 << (4 + random.below(7)));
    if (used + size < units * 0.85) {
      live.push([blocks, size]);
      operations.push(["a", blocks++, size]);
      used += size;
    } else {
      const at = random.below(live.length);
      const [block, freed] = live[at];
      live[at] = live.at(-1);
      live.pop();
      operations.push(["f", block]);
      used -= freed;
    }
  }
  return rep(operations, blocks);
}
