// The quiz: it asks before it shows, and judges by what the manager does.
import assert from "node:assert/strict";
import { test } from "node:test";
import { allocate, bench, button, counted, everyOther, openRecording, placeOf, placesOf, press, renew, rep, said, scenario, settled } from "./harness.mjs";

const { open } = bench();
const turnOn = (page) => page.getByLabel("Ask me first where it will go").check();
const score = (page) => page.locator("#quiz-score").textContent();

test("answers by pointer, by keys, and that it will be refused", async (t) => {
  const page = await open(t);
  await everyOther(page);
  await turnOn(page);
  assert.equal(await page.locator("#preview").textContent(), "");
  await allocate(page, 3);
  await page.getByText("Where will the 3 units go?").waitFor();
  await counted(page, "Blocks", "3");
  await page.locator("#picture").click({ position: await placeOf(page, 1) });
  await said(page, /^Right\. Allocated block \d+\. Why here: first-fit .* units 0 to 2\.$/);
  assert.equal(await score(page), "1 of 1 right");
  await allocate(page, 6);
  await page.getByRole("slider", { name: "Unit of the buffer" }).focus();
  await page.keyboard.press("Home");
  await page.keyboard.press("Enter");
  await said(page, /^Not there\. Allocated block .* units 24 to 29\.$/);
  assert.equal(await score(page), "1 of 2 right");
  assert.equal(await page.getByRole("status").getAttribute("data-tone"), "missed");
  assert.deepEqual(await verdicts(page, 32), [0, 24], "a cross where it was looked for, a tick where it is");
  await allocate(page, 7);
  await button(page, "It will be refused").click();
  await said(page, /^Right\. Refused: .*ERR_FRAGMENTED/);
  assert.equal(await score(page), "2 of 3 right");
  await allocate(page, 1);
  await button(page, "Show me").click();
  await said(page, /^Allocated/);
  assert.equal(await score(page), "2 of 3 right");
  assert.equal(await page.getByRole("status").getAttribute("data-tone"), "done");
  assert.deepEqual(await verdicts(page, 32), []);
});

/** The units with a badge in their middle. */
async function verdicts(page, capacity) {
  const places = await placesOf(page, ...Array(capacity).keys());
  return page.locator("#picture-badges").evaluate((canvas, places) => {
    if (canvas.hidden) return [];
    const context = window.readBack(canvas);
    return [...places.keys()].filter((unit) => context.getImageData(places[unit].x, places[unit].y - 7, 1, 1).data[3] > 0);
  }, places);
}

test("a question that was overtaken, called off, turned off, or makes no sense is none", async (t) => {
  const page = await open(t);
  await turnOn(page);
  await allocate(page, 0);
  await said(page, /ERR_INVALID_SIZE/);
  await allocate(page, 3);
  await page.locator("#quiz").waitFor();
  await renew(page, 32);
  await page.locator("#quiz").waitFor({ state: "hidden" });
  await allocate(page, 3);
  await page.locator("#quiz").waitFor();
  await said(page, /^Nothing is allocated until you answer\./);
  await button(page, "Never mind").click();
  await page.locator("#quiz").waitFor({ state: "hidden" });
  await page.getByLabel("Size", { exact: true }).press("Enter");
  await page.locator("#quiz").waitFor();
  await page.keyboard.press("Escape");
  await said(page, "Called off: nothing was allocated.");
  await page.locator("#quiz").waitFor({ state: "hidden" });
  assert.equal(await focused(page), "size");
  await allocate(page, 3);
  await page.locator("#quiz").waitFor();
  await page.getByLabel("Ask me first where it will go").uncheck();
  await page.locator("#quiz").waitFor({ state: "hidden" });
  await counted(page, "Blocks", "0");
  await allocate(page, 3);
  await said(page, "Allocated");
});

test("a scenario asks at each of its allocations", async (t) => {
  const page = await open(t);
  await turnOn(page);
  await scenario(page, "Buddy’s rounding");
  await said(page, "New manager");
  await button(page, "Next step").click();
  await page.getByText("Where will the 5 units go?").waitFor();
  assert.equal(await page.locator("#step-list [aria-current=step]").textContent(), "capacity 32, buddy");
  await page.getByRole("slider", { name: "Unit of the buffer" }).focus();
  await page.keyboard.press("Enter");
  await said(page, /^Right\. /);
  await settled(page);
  assert.match(await page.locator("#step-list [aria-current=step]").textContent(), /^a = alloc\(5\) → #/);
});

test("a question gives the focus to the picture, and back", async (t) => {
  const page = await open(t);
  await turnOn(page);
  const size = page.getByLabel("Size", { exact: true });
  await size.fill("4");
  await size.press("Enter");
  await page.getByText("Where will the 4 units go?").waitFor();
  assert.equal(await focused(page), "picture");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await said(page, /^Right\. Allocated/);
  assert.equal(await score(page), "1 of 1 right", "one Enter asks, the next one answers");
  assert.equal(await focused(page), "size");
  await size.press("Enter");
  await button(page, "Show me").press("Enter");
  await said(page, /^Allocated/);
  assert.equal(await focused(page), "size");
  await scenario(page, "Buddy’s rounding");
  await button(page, "Next step").press("Enter");
  await page.getByText("Where will the 5 units go?").waitFor();
  assert.equal(await focused(page), "picture");
  await button(page, "It will be refused").press("Enter");
  await said(page, /^Not there\. /);
  assert.equal(await focused(page), "next-step");
  await button(page, "Next step").press("Enter");
  await page.getByLabel("Ask me first where it will go").uncheck();
  await page.locator("#quiz").waitFor({ state: "hidden" });
  assert.equal(await focused(page), "quiz-on", "who has gone elsewhere is left there");
});

test("whatever else is done meanwhile leaves no question", async (t) => {
  const page = await open(t);
  const gone = () => page.locator("#quiz").waitFor({ state: "hidden" });
  await everyOther(page);
  await turnOn(page);
  await allocate(page, 16);
  await page.getByText("Where will the 16 units go?").waitFor();
  await button(page, "Defragment").click();
  await said(page, "Defragmented");
  await gone();
  await openRecording(page, "small.rep", rep([["a", 0, 8], ["f", 0], ["a", 1, 8], ["a", 2, 4]], 3));
  await said(page, "Loaded small.rep");
  await button(page, "One operation").click();
  await page.getByText("Where will the 8 units go?").waitFor();
  await page.getByRole("slider", { name: "Operation" }).fill("2");
  await said(page, "Operation 2 frees");
  await gone();
  await button(page, "One operation").click();
  await page.getByText("Where will the 8 units go?").waitFor();
  await button(page, "Close").click();
  await said(page, "Closed the recording.");
  await gone();
});

test("a question of the laboratory is called off, and answered, as one of the playground is", async (t) => {
  const page = await open(t);
  await press(page, "Laboratory");
  await said(page, "Loaded sqlite");
  await openRecording(page, "small.rep", rep(Array.from({ length: 6 }, (_, block) => ["a", block, 8]), 6));
  await said(page, "Loaded small.rep");
  await page.locator("#side-text").filter({ hasText: "0 of 6" }).waitFor();
  await page.getByLabel("Before each step, ask me").check();
  const question = page.locator("#side-quiz");
  await button(page, "Step").focus();
  await page.keyboard.down("Enter");
  await question.waitFor();
  await page.keyboard.down("Enter");
  assert.ok(await question.isVisible(), "a key held down where the question came up is no answer to it");
  await page.keyboard.up("Enter");
  await page.keyboard.press("Escape");
  await said(page, "Called off: still at operation 0 of 6.");
  assert.equal(await focused(page), "side-step");
  await button(page, "Step").click();
  await button(page, "Never mind").click();
  await question.waitFor({ state: "hidden" });
  await button(page, "Step").click();
  await question.waitFor();
  const { x, y } = await page.getByRole("slider", { name: "Unit of the buffer under first-fit" }).boundingBox();
  await page.mouse.move(x + 5, y + 5);
  await page.mouse.down();
  await page.mouse.move(x + 6, y + 6);
  await page.mouse.up();
  await said(page, "Right, under first-fit: ");
  assert.equal(await page.locator("#side-score").textContent(), "1 of 1 right", "a click may slip");
});

const focused = (page) => page.evaluate(() => document.activeElement.id);
