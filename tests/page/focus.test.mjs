// Where the focus goes: never to the whole page, and to nothing that is out of sight.
import assert from "node:assert/strict";
import { test } from "node:test";
import { allocate, bench, button, inSight, openRecording, rep, said, scenario, settled } from "./harness.mjs";

const { open } = bench();
const SMALL = rep([["a", 0, 4], ["a", 1, 4]], 2);

/** Presses a button by its key, and says which element has the focus then: where words are given, once they are there, since
 *  a recording may get to an operation a frame later. */
async function press(page, name, words) {
  await button(page, name).press("Enter");
  if (words) await said(page, words);
  await settled(page);
  return focused(page);
}

const focused = (page) => page.evaluate(() => document.activeElement.id);

test("a button that can do nothing more hands the focus on, and so does a view that leaves", async (t) => {
  const page = await open(t);
  await allocate(page, 4);
  await settled(page);
  assert.equal(await press(page, "Undo"), "redo");
  assert.equal(await press(page, "Redo"), "undo");
  await page.keyboard.down("Enter");
  await page.keyboard.down("Enter");
  await page.keyboard.up("Enter");
  assert.equal(await focused(page), "redo", "a key that is held presses one of them only");
  await press(page, "Redo");
  for (let blocks = 1; blocks < 13; blocks++) await button(page, "Allocate").click();
  await settled(page);
  assert.equal(await press(page, "Older"), "newer");
  assert.equal(await press(page, "Newer"), "older");
  await openRecording(page, "small.rep", SMALL);
  await said(page, "Loaded small.rep");
  assert.equal(await press(page, "One operation", /^Operation 1 /), "step");
  assert.equal(await press(page, "Step back", /^Before the first operation/), "step");
  await press(page, "One operation", /^Operation 1 /);
  assert.equal(await press(page, "One operation", /^Operation 2 /), "step-back");
  assert.equal(await press(page, "Compare placements"), "tab-laboratory");
  await said(page, "Compared");
  assert.equal(await press(page, "Step"), "side-step");
  assert.equal(await press(page, "Step back"), "side-step");
  await press(page, "Step");
  assert.equal(await press(page, "Step"), "side-back");
});

test("what is undone under the focus hands it on", async (t) => {
  const page = await open(t);
  await scenario(page, "External fragmentation");
  await said(page, "New manager");
  assert.equal(await focused(page), "next-step");
  await page.keyboard.press("Control+z");
  await page.locator("#steps").waitFor({ state: "hidden" });
  assert.equal(await focused(page), "picture");
  await allocate(page, 1);
  await button(page, "Replay 1 operation under lifo").press("Enter");
  await said(page, "1 operation replayed");
  await page.keyboard.press("Control+z");
  await said(page, "Undone: alloc(1)");
  assert.equal(await focused(page), "placement");
});

test("what waits for the network loses no focus", async (t) => {
  const expected = /ERR_FAILED|Failed to load resource/;
  const page = await open(t, { expected, prepare: (page) => page.route("**/traces/index.json", (route) => route.abort()) });
  const again = button(page, "Load the list again");
  await again.waitFor();
  const held = [];
  await page.route("**/traces/*", (route) => held.push(route));
  await Promise.all([page.waitForRequest("**/traces/index.json"), again.press("Enter")]);
  assert.equal(await focused(page), "list-again");
  await page.keyboard.press("Enter");
  assert.equal(held.length, 1);
  await held.pop().fallback();
  await said(page, "The list of recordings did not load.");
  assert.equal(await focused(page), "list-again");
  await page.unroute("**/traces/index.json");
  await page.route("**/traces/index.json", (route) => route.continue());
  await again.press("Enter");
  await page.locator("#recording-form").waitFor();
  assert.equal(await focused(page), "recording");
  // As by a link, where nothing has the focus.
  await page.evaluate(() => {
    document.activeElement.blur();
    location.hash = "#r=sqlite.lifo.char&at=0";
  });
  await button(page, "Cancel").press("Enter");
  await said(page, "Cancelled.");
  assert.equal(await focused(page), "recording-file");
});

test("the picture that a question is about is in sight, and the unit that keys go to", async (t) => {
  const page = await open(t, { viewport: { width: 640, height: 360 } });
  await page.getByLabel("Ask me first where it will go").check();
  const size = page.getByLabel("Size", { exact: true });
  for (const [width, height] of [[640, 360], [360, 640]]) {
    await page.setViewportSize({ width, height });
    await size.press("Enter");
    await page.locator("#quiz").waitFor();
    assert.equal(await focused(page), "picture");
    await inSight(page, "#picture", "#quiz-question");
    for (const key of ["End", "Home"]) {
      await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
      await page.keyboard.press(key);
      await inSight(page, "#cursor");
    }
    await button(page, "Show me").click();
    await said(page, "Allocated");
  }
});
