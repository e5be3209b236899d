// The quiz: it asks before it shows, and judges by what the manager does.
import assert from "node:assert/strict";
import { test } from "node:test";
import { allocate, bench, button, counted, everyOther, placeOf, renew, said, scenario, settled } from "./harness.mjs";

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
  await settled(page);
  const places = await Promise.all(Array.from({ length: capacity }, (_, unit) => placeOf(page, unit)));
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

const focused = (page) => page.evaluate(() => document.activeElement.id);
