// Writes the pictures of the page into www/ (for the README) or into the folder named: looks that a
// person should judge. Run after `npm run build`: node tests/page/screenshot.mjs [folder]
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { findChrome } from "../../scripts/browser.mjs";
import { lend } from "./hands.mjs";
import { allocate, button, everyOther, launch, placeOf, renew, said, scenario, serve, settled, write } from "./harness.mjs";

const www = join(import.meta.dirname, "..", "..", "www");
const folder = process.argv[2];
const server = await serve();
const browser = await launch(findChrome());

/** A small buffer in which one block, under the pointer, lies in three extents, two of them read backwards. */
async function scattered(page) {
  const sizes = [6, 9, 4, 11, 7, 5, 8];
  for (const size of sizes) await allocate(page, size);
  await settled(page);
  const ids = (await page.locator("#block-list strong").allTextContents()).map((name) => name.replace("Block ", "")).reverse();
  await write(page, ids[1], "fragments");
  await write(page, ids[3], "keeps an ID");
  await write(page, ids[6], "anywhere");
  for (const at of [2, 4]) await button(page, `Free block ${ids[at]}`).click();
  await allocate(page, 14);
  await settled(page);
  const last = (await page.locator("#block-list strong").first().textContent()).replace("Block ", "");
  await write(page, last, "scattered text");
  await button(page, `Free block ${ids[5]}`).click();
  await page.evaluate(() => scrollTo(0, 0));
  // Its extents are numbered then.
  await page.locator("#picture").hover({ position: await placeOf(page, 34) });
}

async function recording(page) {
  await button(page, "Load").click();
  await said(page, "Loaded");
  await page.getByLabel("Speed").selectOption("unlimited");
  await button(page, "Play").click();
  await said(page, "Played to the end");
  await button(page, "Most fragmented").click();
  await said(page, /^Operation /);
}

async function million(page) {
  await renew(page, 1_000_000);
  for (let at = 0; at < 30; at++) await allocate(page, 3000 + at * at * 40);
  await settled(page);
}

/** One of the scenarios, up to the step whose line is named. */
const upTo = (name, line) => async (page) => {
  await scenario(page, name);
  const now = page.locator("#step-list [aria-current=step]");
  while ((await now.textContent()).replace(/ → #\d+$/, "") !== line) await button(page, "Next step").click();
  await page.getByLabel("Size", { exact: true }).focus();
};

async function stepping(page) {
  const [, middle] = await everyOther(page);
  await button(page, `Pin block ${middle}`).click();
  await page.getByLabel("Target", { exact: true }).selectOption("address");
  await page.getByLabel("Moves per step").fill("1");
  for (const step of [1, 2]) {
    await button(page, "Step").click();
    await said(page, `Step ${step}: `);
  }
}

async function largeMoves(page) {
  await renew(page, 100_000, "first-fit");
  for (let at = 0; at < 12; at++) await allocate(page, 3000 + at * 400);
  for (const at of [2, 5, 8]) await button(page, `Free block ${at}`).click();
  await button(page, "Pin block 4").click();
  await button(page, "Defragment").click();
  await said(page, "Defragmented");
}

async function largeBuddy(page) {
  await renew(page, 100_000, "buddy");
  for (let at = 0; at < 40; at++) await allocate(page, 300 + at * 70);
  await settled(page);
}

async function recordingUnderBestFit(page) {
  await page.getByLabel("Placement").selectOption("best-fit");
  await recording(page);
  await page.getByLabel("Placement").selectOption("tlsf");
}

/** What the laboratory says of a recording. */
async function compared(page) {
  await page.getByRole("tab", { name: "Laboratory" }).click();
  await said(page, "Loaded sqlite");
  await page.getByLabel("Recording", { exact: true }).selectOption({ label: "Lua runs a queue of tables" });
  await said(page, "Loaded lua");
  await button(page, "Compare").click();
  await said(page, "Compared");
  await page.getByLabel("Go to").fill("8000");
  await button(page, "Go").click();
  await page.locator("#side-text").filter({ hasText: "8,000 of" }).waitFor();
}

const SHOTS = {
  "screenshot-light": [scattered, { colorScheme: "light" }],
  "screenshot-dark": [scattered, { colorScheme: "dark" }],
  "screenshot-laboratory": [compared, { viewport: { width: 1280, height: 1206 }, from: "#compare-heading" }],
  "laboratory-dark": [compared, { colorScheme: "dark", fullPage: true }],
  "laboratory-narrow": [compared, { viewport: { width: 320, height: 640 }, fullPage: true }],
  "laboratory-forced": [compared, { forcedColors: "active", fullPage: true }],
  "narrow": [scattered, { viewport: { width: 320, height: 640 }, fullPage: true }],
  "recording": [recording, {}],
  "recording-dark": [recording, { colorScheme: "dark" }],
  "million": [million, {}],
  "refused": [upTo("External fragmentation", "alloc(8)"), {}],
  "rounded": [upTo("Buddy’s rounding", "d = alloc(4)"), {}],
  "rounded-dark": [upTo("Buddy’s rounding", "free(b)"), { colorScheme: "dark" }],
  "rounded-narrow": [upTo("Buddy’s rounding", "free(b)"), { viewport: { width: 320, height: 640 }, fullPage: true }],
  "rounded-forced": [upTo("Buddy’s rounding", "free(b)"), { forcedColors: "active" }],
  "stepping": [stepping, {}],
  "stepping-dark": [stepping, { colorScheme: "dark" }],
  "stepping-narrow": [stepping, { viewport: { width: 320, height: 640 }, fullPage: true }],
  "stepping-forced": [stepping, { forcedColors: "active" }],
  "large-moves": [largeMoves, {}],
  "large-moves-dark": [largeMoves, { colorScheme: "dark" }],
  "large-buddy": [largeBuddy, {}],
  "best-fit": [recordingUnderBestFit, { fullPage: true }],
  "forced": [scattered, { forcedColors: "active" }],
};

if (folder) mkdirSync(folder, { recursive: true });
for (const [name, [enter, { fullPage = false, from, ...options }]] of Object.entries(SHOTS)) {
  if (!folder && !name.startsWith("screenshot-")) continue;
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  await lend(page);
  await page.goto(server.origin);
  await page.locator("#controls:not([inert])").waitFor();
  await enter(page);
  await settled(page);
  await page.locator("#picture-travel").waitFor({ state: "hidden" });
  await page.evaluate(() => {
    if (document.activeElement.id !== "size") document.activeElement.blur();
    scrollTo(0, 0);
  });
  if (from) await page.locator(from).evaluate((element) => scrollTo(0, element.getBoundingClientRect().top - 68));
  await page.screenshot({ path: join(folder ?? www, `${name}.png`), fullPage });
  await context.close();
}
await browser.close();
await server.close();
