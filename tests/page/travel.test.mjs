// Blocks on their way to their new places. Always: the page's clock stands still, so that each frame is one that the
// test asked for.
import assert from "node:assert/strict";
import { test } from "node:test";
import { allocate, bench, blockIds, button, cellLetters, everyOther, press, renew, said, scenario, settled } from "./harness.mjs";

const { open } = bench();
const FRAME = 16;
const LONG_ENOUGH = 500;

test("what moves is seen where it was, then on its way, and the picture below is the new state throughout", async (t) => {
  const page = await open(t);
  await everyOther(page);
  const before = await rows(page, "picture");
  await stop(page);
  await button(page, "Defragment").click();
  await said(page, "Defragmented");
  await page.clock.runFor(FRAME);
  assert.equal(await cellLetters(page, 32), `aaaabbbbcccc${"d".repeat(20)}`);
  const after = await rows(page, "picture");
  const colours = [0, 4, 8].map((unit) => after[0][unit]);
  const places = async () => {
    const [first, second] = await rows(page, "picture-travel");
    return colours.map((colour) => [first.indexOf(colour), first.lastIndexOf(colour), second.indexOf(colour), second.lastIndexOf(colour)]);
  };
  assert.deepEqual(await places(), [[4, 7, -1, -1], [12, 15, -1, -1], [-1, -1, 4, 7]], "where they were");
  assert.deepEqual(colours.map((colour) => before.flat().indexOf(colour)), [4, 12, 20]);
  // A frame to begin with, and half of the time.
  await page.clock.runFor(FRAME + 176);
  const [[left, right], [, far]] = await places();
  assert.ok(left > 0 && left < 4 && right === left + 3, `${left} to ${right}`);
  assert.ok(far > 7 && far < 15, `${far}`);
  await page.clock.runFor(LONG_ENOUGH);
  assert.equal(await travelling(page), false);
  assert.deepEqual(await rows(page, "picture"), after);
});

for (const [name, enter] of Object.entries({
  async "a step of defragmenting"(page) {
    await everyOther(page);
    await page.getByLabel("Moves per step").fill("1");
    return () => button(page, "Step").click();
  },
  async "compaction on demand"(page) {
    await page.getByLabel("Placement").selectOption("first-fit");
    await page.getByLabel("Defragment automatically").check();
    await everyOther(page);
    await page.getByLabel("Size", { exact: true }).fill("16");
    return () => button(page, "Allocate").click();
  },
  async "resizing"(page) {
    const [first] = await everyOther(page);
    await page.getByLabel(`Size of block ${first}`).fill("9");
    return () => button(page, `Resize block ${first}`).click();
  },
  async "a step of a scenario"(page) {
    await scenario(page, "A pin in the way");
    await press(page, "Next step", 7);
    return () => button(page, "Next step").click();
  },
})) {
  test(`what moves travels: ${name}, and what is done meanwhile ends it`, async (t) => {
    const page = await open(t);
    const move = await enter(page);
    await settled(page);
    await stop(page);
    await move();
    await page.clock.runFor(FRAME);
    assert.equal(await travelling(page), true);
    await button(page, "Clear").click();
    await page.clock.runFor(FRAME);
    assert.equal(await travelling(page), false);
  });
}

for (const [name, options, enter] of [
  ["nothing moved", {}, (page) => allocate(page, 4)],
  ["less motion was asked for", { reducedMotion: "reduce" }, everyOther],
  ["more moves than can be followed", {}, async (page) => {
    await renew(page, 400, "lifo");
    await allocate(page, 200);
    const [first] = await blockIds(page);
    await button(page, `Free block ${first}`).click();
    // From the far end: defragmenting turns it round.
    await allocate(page, 200);
  }],
  ["the units are too small to be seen", {}, async (page) => {
    await renew(page, 100_000, "first-fit");
    await allocate(page, 1000, 1000);
    const [first] = await blockIds(page);
    await button(page, `Free block ${first}`).click();
  }],
]) {
  test(`nothing travels where ${name}`, async (t) => {
    const page = await open(t, options);
    await enter(page);
    await settled(page);
    await stop(page);
    await button(page, "Defragment").click();
    await said(page, name === "nothing moved" ? "nothing had to move" : /Defragmented: [\d,]+ units moved/);
    await page.clock.runFor(FRAME);
    assert.equal(await travelling(page), false);
  });
}

test("undoing shows at once what was before, and running steps show each where it leads", async (t) => {
  const page = await open(t);
  await everyOther(page);
  await page.getByLabel("Moves per step").fill("1");
  await stop(page);
  await button(page, "Run").click();
  await page.clock.runFor(2 * FRAME);
  assert.equal(await travelling(page), false);
  await page.clock.runFor(LONG_ENOUGH);
  await said(page, /^After 3 steps/);
  await button(page, "Undo").click();
  await page.clock.runFor(FRAME);
  assert.equal(await travelling(page), false);
});

/** At a time that is past whatever the page's own clock has shown. */
async function stop(page) {
  await page.clock.install({ time: 0 });
  await page.clock.pauseAt(3_600_000);
}

const travelling = (page) => page.locator("#picture-travel").isVisible();

/** The colour in the middle of each unit's upper half, row by row, 16 units each. */
function rows(page, id) {
  return page.locator(`#${id}`).evaluate((canvas) => {
    const side = canvas.width / 16;
    const context = window.readBack(canvas);
    const at = (x, y) => context.getImageData(Math.round(x), Math.round(y), 1, 1).data.join();
    return Array.from({ length: Math.round(canvas.height / side) }, (_, row) =>
      Array.from({ length: 16 }, (_, column) => at((column + 0.5) * side, (row + 0.4) * side)));
  });
}
