// Where the focus goes: never to the whole page, and to nothing that is out of sight.
import assert from "node:assert/strict";
import { test } from "node:test";
import { allocate, bench, button, drop, inSight, openRecording, rep, said, scenario, settled } from "./harness.mjs";

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
  await allocate(page, ...Array(12).fill(4));
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
  await scenario(page, "External fragmentation");
  await button(page, "All steps").click();
  await button(page, "Start again").focus();
  await page.keyboard.press("Control+z");
  await said(page, "Undone: alloc(8)");
  await settled(page);
  assert.equal(await focused(page), "next-step");
});

test("a recording that makes way for a state hands the focus on", async (t) => {
  const page = await open(t);
  await openRecording(page, "small.rep", SMALL);
  await said(page, "Loaded small.rep");
  assert.equal(await focused(page), "play");
  const bytes = await page.evaluate(async () => {
    const { MemoryManager } = await import("twingate-memory");
    return [...new MemoryManager(24).save()];
  });
  await drop(page, "mine.twingate", Buffer.from(bytes));
  await said(page, "Opened mine.twingate");
  await settled(page);
  assert.equal(await focused(page), "picture");
});

test("what comes and goes in the laboratory under the focus keeps it, or hands it on", async (t) => {
  const page = await open(t);
  await page.evaluate(() => {
    // Of each comparison, so many placements are measured as are allowed.
    const { postMessage } = Worker.prototype;
    let [held, begun] = [[], 0];
    window.begin = () => (begun = 0);
    window.allow = (wanted) => {
      while (begun < wanted && held.length > 0) {
        begun++;
        held.shift()();
      }
    };
    Worker.prototype.postMessage = function (data) {
      const go = () => postMessage.call(this, data);
      if (data.job) held.push(go);
      else go();
    };
  });
  const openFile = async (name) => {
    await openRecording(page, name, SMALL);
    await said(page, `Loaded ${name}`);
  };
  const compare = async () => {
    await page.evaluate(() => window.begin());
    await button(page, "Compare").press("Enter");
  };
  const measured = (number) => page.waitForFunction((wanted) => {
    window.allow(wanted);
    return ["#comparison tbody tr", "#lab-names li:not([hidden])"].every((each) => document.querySelectorAll(each).length === wanted);
  }, number);
  await page.getByRole("tab", { name: "Laboratory" }).click();
  await said(page, "Loaded sqlite");
  await openFile("small.rep");
  await compare();
  await button(page, "Cancel").focus();
  await measured(9);
  await said(page, "Compared");
  assert.equal(await focused(page), "compare");
  await compare();
  await button(page, "Open in the playground under tlsf").focus();
  await measured(1);
  assert.equal(await focused(page), "compare", "what is recommended is not known yet");
  const name = page.locator("#lab-names button").filter({ hasText: "tlsf" });
  await measured(6);
  await name.focus();
  const named = () => page.evaluate(() => document.activeElement.textContent.trim().split(" ")[0]);
  await measured(9);
  await said(page, "Compared");
  assert.equal(await named(), "tlsf", "while others are measured");
  await button(page, "Dark colours").evaluate((button) => button.click());
  await page.evaluate(() => new Promise(requestAnimationFrame));
  assert.equal(await named(), "tlsf", "in other colours");
  await openFile("other.rep");
  assert.equal(await focused(page), "lab-capacity");
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
