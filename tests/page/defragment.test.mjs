// Defragmenting on the page: orders, steps, pins and compaction on demand, in words and in the picture.
import assert from "node:assert/strict";
import { test } from "node:test";
import { allocate, bench, blockIds, button, cellLetters, counted, everyOther, free, hover, openRecording, placeOf, press, renew, rep, said, settled, undo } from "./harness.mjs";

const { open } = bench();
const order = (page) => page.getByLabel("Target", { exact: true });
const moves = (page) => page.getByLabel("Moves per step");
/** The picture, as text. */
const pixels = (page) => page.locator("#picture").evaluate((canvas) =>
  window.readBack(canvas).getImageData(0, 0, canvas.width, canvas.height).data.join());

test("all at once, in the original's order unless another is chosen", async (t) => {
  const page = await open(t);
  assert.deepEqual(await order(page).locator("option").allTextContents(), ["allocation order", "address order", "any order"]);
  assert.equal(await order(page).inputValue(), "allocation");
  assert.equal(await button(page, "Step").isVisible(), false);
  for (const [name, expected] of [
    ["allocation", /^Defragmented: 12 units moved in 3 moves; /],
    ["address", /^Defragmented: 12 units moved in 3 moves; .*largest free extent 8 before, 20 now\.$/],
    ["any", /^Defragmented: 8 units moved in 2 moves; .*largest free extent 8 before, 20 now\. Sliding down could have moved up to 12 units/],
  ]) {
    await everyOther(page);
    await order(page).selectOption(name);
    assert.notEqual(await page.locator("#order-about").textContent(), "");
    await button(page, "Defragment").click();
    await said(page, expected);
    await counted(page, "Free extents", "1");
  }
});

test("a step at a press: moves, units, what there is to move, and marks on what moved", async (t) => {
  const page = await open(t);
  await everyOther(page);
  await order(page).selectOption("address");
  await moves(page).fill("1");
  assert.equal(await button(page, "Defragment").isVisible(), false);
  await button(page, "Step").click();
  assert.equal(await said(page, "Step 1"), "Step 1: 4 units in 1 move; not done yet, 4 units moved in 1 move so far. "
    + "At most 12 units must move: those above the first free one.");
  assert.deepEqual(await marked(page), [0, 1, 2, 3]);
  await button(page, "Step").click();
  await said(page, "Step 2: 4 units in 1 move; not done yet, 8 units moved in 2 moves so far.");
  assert.deepEqual(await marked(page), [4, 5, 6, 7]);
  await page.locator("#legend-moved").waitFor();
  await button(page, "Step").click();
  assert.equal(await said(page, "Step 3"), "Step 3: 4 units in 1 move; done, 12 units moved in 3 moves in all.");
  await settled(page);
  assert.equal(await page.locator("#defragment-progress").textContent(), "3 steps, 3 moves, 12 units moved: done");
  await button(page, "Step").click();
  await said(page, "Nothing had to move.");
  assert.deepEqual(await marked(page), []);
  await page.locator("#legend-moved").waitFor({ state: "hidden" });
});

test("steps of no moves are refused, and one that moves nothing is not to be undone", async (t) => {
  const page = await open(t);
  await everyOther(page);
  const done = () => page.locator("#history-text").textContent();
  await settled(page);
  const before = await done();
  for (const [typed, name] of [["0", "Step"], ["0", "Run"], ["-3", "Step"]]) {
    await moves(page).fill(typed);
    await button(page, name).click();
    await said(page, "Moves per step must be 1 or more. Leave it empty to move everything at once.");
    await button(page, "Run").waitFor();
    await settled(page);
    assert.equal(await done(), before);
  }
  await moves(page).fill("4");
  await button(page, "Run").click();
  await said(page, /^After 1 step; done/);
  await settled(page);
  const packed = await done();
  assert.notEqual(packed, before);
  await button(page, "Step").click();
  await said(page, "Nothing had to move.");
  await settled(page);
  assert.equal(await done(), packed);
});

test("scattered, any: as many units move as must", async (t) => {
  const page = await open(t);
  await everyOther(page, "lifo");
  await order(page).selectOption("any");
  await moves(page).fill("2");
  await button(page, "Run").click();
  await said(page, /done, 8 units moved in \d moves? in all\. At least 8 units had to move: those at or above unit 12\.$/);
  await counted(page, "Free extents", "1");
});

test("a plan survives what happens between its steps", async (t) => {
  const page = await open(t);
  const [first] = await everyOther(page);
  await order(page).selectOption("address");
  await moves(page).fill("1");
  await button(page, "Step").click();
  await said(page, "Step 1");
  await button(page, `Free block ${first}`).click();
  await said(page, "Freed");
  assert.deepEqual(await marked(page), [0, 1, 2, 3], "marks are of the last change");
  assert.ok(await page.locator("#legend-moved").isHidden());
  await button(page, "Run").click();
  await said(page, /^After \d steps; done/);
  await counted(page, "Free extents", "1");
});

for (const reducedMotion of ["no-preference", "reduce"]) {
  test(`running and stopping, motion: ${reducedMotion}`, async (t) => {
    const page = await open(t, { reducedMotion });
    await many(page);
    await moves(page).fill("1");
    // Stopped after one frame, whatever a frame takes here.
    const seen = await page.evaluate(async () => {
      const of = (id) => document.getElementById(id);
      of("run-defragment").click();
      await new Promise(requestAnimationFrame);
      const seen = [of("status"), of("run-defragment"), of("defragment-progress")].map(({ textContent }) => textContent);
      const { disabled } = of("step-defragment");
      of("run-defragment").click();
      return [...seen, disabled];
    });
    assert.deepEqual(seen, ["Defragmenting in steps towards address order.", "Stop", "1 step, 1 move, 20 units moved", true]);
    await said(page, "Stopped after 1 step; not done yet, 20 units moved in 1 move so far.");
    await button(page, "Run").click();
    await said(page, /^After [\d,]+ steps; done/);
    await settled(page);
    assert.equal(await page.locator("#run-defragment").textContent(), "Run");
    await counted(page, "Free extents", "1");
  });
}

test("a new manager ends the steps, and another order begins new ones", async (t) => {
  const page = await open(t);
  await many(page);
  await moves(page).fill("1");
  await page.evaluate(() => {
    document.getElementById("run-defragment").click();
    document.querySelector("#renewal-form button:not([type])").click();
  });
  await said(page, "New manager: 4,096 units");
  await settled(page);
  assert.equal(await page.locator("#run-defragment").textContent(), "Run");
  assert.equal(await page.locator("#defragment-progress").isVisible(), false);
  await everyOther(page);
  await moves(page).fill("1");
  await order(page).selectOption("address");
  await button(page, "Step").click();
  await said(page, "Step 1: ");
  await order(page).selectOption("allocation");
  await button(page, "Step").click();
  await said(page, "Step 1: ");
});

test("moves per step that are no number are refused, and nothing runs", async (t) => {
  const page = await open(t);
  await everyOther(page);
  for (const wrong of ["many", "NaN"]) {
    await moves(page).fill(wrong);
    for (const name of ["Step", "Run"]) {
      await button(page, name).click();
      await said(page, `Moves per step must be a whole number such as 4, not “${wrong}”.`);
      await button(page, "Run").waitFor();
    }
    await counted(page, "Free extents", "4");
  }
});

test("a pinned block stays, is marked, and what it costs is said", async (t) => {
  const page = await open(t);
  const [, middle] = await everyOther(page);
  const before = await cellLetters(page, 32);
  await button(page, `Pin block ${middle}`).click();
  await said(page, `Pinned block ${middle}: defragmenting will not move it.`);
  await settled(page);
  assert.equal(await button(page, `Unpin block ${middle}`).getAttribute("aria-pressed"), "true");
  await page.locator("#legend-pinned").waitFor();
  assert.deepEqual(await marked(page), [12]);
  assert.equal(await cellLetters(page, 32), before);
  const { x, y } = await placeOf(page, 12);
  assert.equal(await hover(page, x, y), `Unit 12: block ${middle} (pinned), 1st of its 4 units, empty.`);
  await order(page).selectOption("address");
  await button(page, "Defragment").click();
  await said(page, /^Defragmented: 8 units moved in 2 moves; .* Blocks in the way that could not be moved: 1 pinned\.$/);
  await button(page, `Read block ${middle}`).click();
  await said(page, "is empty");
  await button(page, `Unpin block ${middle}`).click();
  await said(page, `Unpinned block ${middle}: it may move again.`);
  await settled(page);
  assert.equal(await button(page, `Pin block ${middle}`).getAttribute("aria-pressed"), "false");
  await button(page, "Defragment").click();
  await said(page, /^Defragmented: 8 units moved/);
  await counted(page, "Free extents", "1");
});

test("what stayed is counted over all steps", async (t) => {
  const page = await open(t);
  await renew(page, 40, "first-fit");
  await allocate(page, ...Array(10).fill(4));
  const ids = await blockIds(page);
  for (const at of [2, 5, 8]) await button(page, `Pin block ${ids[at]}`).click();
  await free(page, ids[0], ids[3], ids[6]);
  await order(page).selectOption("address");
  await moves(page).fill("1");
  await button(page, "Step").click();
  assert.doesNotMatch(await said(page, /^Step 1: .*not done yet/), /3 pinned/);
  await button(page, "Run").click();
  await said(page, /^After \d+ steps; done, .* Blocks in the way that could not be moved: 3 pinned\.$/);
});

test("an allocation that does not fit compacts, when it may", async (t) => {
  const page = await open(t);
  const auto = page.getByLabel("Defragment automatically when an allocation does not fit");
  assert.ok(await auto.isDisabled());
  assert.match(await page.locator("#auto-hint").textContent(), /scattered placement never needs it/);
  await page.getByLabel("Placement").selectOption("first-fit");
  await everyOther(page);
  await allocate(page, 16);
  await said(page, /ERR_FRAGMENTED/);
  await auto.check();
  await everyOther(page);
  await allocate(page, 4);
  await said(page, /^Allocated block \d+\. Why here: /);
  await allocate(page, 14);
  const id = (await blockIds(page)).at(-1);
  const text = await said(page, "No free extent could hold it");
  assert.match(text, new RegExp(`^Allocated block ${id} at units \\d+ to \\d+\\. No free extent could hold it, so \\d+ units were moved first\\.$`));
  assert.ok((await marked(page)).length > 0);
  await page.getByLabel("Placement").selectOption("lifo");
  await button(page, "New manager").click();
  await said(page, /all free\.$/);
  assert.equal(await auto.isChecked(), false);
});

test("marks on units too small for pins", async (t) => {
  const page = await open(t);
  await renew(page, 64_000, "first-fit");
  await allocate(page, 8000, 8000);
  const [first, second] = await blockIds(page);
  const marks = page.locator("#picture-marks");
  await button(page, `Pin block ${second}`).click();
  await marks.waitFor();
  await button(page, `Unpin block ${second}`).click();
  await marks.waitFor({ state: "hidden" });
  await button(page, `Free block ${first}`).click();
  await button(page, "Defragment").click();
  await said(page, "Defragmented: 8,000 units moved");
  await marks.waitFor();
});

/** 4,096 units with free ones between their blocks, and the order that slides them down. */
async function many(page) {
  await renew(page, 4096, "first-fit");
  await allocate(page, ...Array(12).fill(20));
  const ids = await blockIds(page);
  await free(page, ...ids.filter((_, at) => at % 2 === 0));
  await order(page).selectOption("address");
}

/** The units whose cells have a mark on them: something drawn on it, solid. */
async function marked(page) {
  await settled(page);
  return page.locator("#picture-marks").evaluate((canvas) => {
    if (canvas.hidden) return [];
    const columns = Number(/(\d+) units\.$/.exec(document.getElementById("picture-scale").textContent)[1]);
    const side = canvas.width / columns;
    const context = window.readBack(canvas);
    const units = columns * Math.round(canvas.height / side);
    return Array.from({ length: units }, (_, unit) => unit).filter((unit) => {
      const { data } = context.getImageData((unit % columns) * side, Math.floor(unit / columns) * side, side, side);
      return data.some((value, at) => at % 4 === 3 && value > 200);
    });
  });
}

test("where steps towards allocation order have no room, it is said what helps, and it does", async (t) => {
  const page = await open(t);
  await renew(page, 64, "first-fit");
  await allocate(page, 8, 8, 8, 8, 8, 8, 8, 8);
  const ids = await blockIds(page);
  await free(page, ids[0], ids[2], ids[4], ids[6]);
  await page.getByLabel("Defragment automatically").check();
  await button(page, "Replay 12 operations under first-fit").click();
  await said(page, "replayed");
  await allocate(page, 20);
  await said(page, "moved first");
  await page.getByLabel("Moves per step").fill("1");
  for (let done = ""; !/; done|^Nothing/.test(done); ) {
    await button(page, "Step").click();
    done = await said(page, /^Step \d+: |^Nothing moved\. /);
  }
  await said(page, /with no free place to go\. Address order needs no free place\. Nor does allocation order all at once, unless blocks are aligned: clear Moves per step\.$/);
  await page.getByLabel("Target", { exact: true }).selectOption("address");
  await page.getByLabel("Moves per step").fill("100");
  await button(page, "Step").click();
  assert.doesNotMatch(await said(page, /^Step 1: /), /could not be moved/);
  await page.getByLabel("Moves per step").fill("");
  await page.getByLabel("Target", { exact: true }).selectOption("allocation");
  await button(page, "Defragment").click();
  assert.doesNotMatch(await said(page, "Defragmented: "), /could not be moved/);
});

test("where blocks cannot exchange their units, nothing is said to help that does not", async (t) => {
  const page = await open(t);
  await renew(page, 13, "buddy");
  await allocate(page, 4, 7);
  const stayed = "1 with no free place to go. Address order needs no free place.";
  await button(page, "Defragment").click();
  assert.equal(await said(page, "Defragmented"), `Defragmented: nothing moved. Blocks in the way that could not be moved: ${stayed}`);
  await moves(page).fill("1");
  await button(page, "Step").click();
  assert.equal(await said(page, "Nothing"), `Nothing moved. Blocks in the way that could not be moved: ${stayed}`);
  await order(page).selectOption("address");
  await button(page, "Step").click();
  await said(page, "Nothing had to move.");
});

test("beside a pinned block, any order moves nothing where sliding would leave no longer free extent, and nothing else is said of it", async (t) => {
  const page = await open(t);
  await renew(page, 30, "first-fit");
  await allocate(page, 2, 11, 12, 4);
  const [, freed, , pinned] = await blockIds(page);
  await button(page, `Free block ${freed}`).click();
  await button(page, `Pin block ${pinned}`).click();
  await order(page).selectOption("any");
  assert.match(await page.locator("#order-about").textContent(), /24 of 25 free units, or fewer beside pinned or aligned blocks\.$/);
  await moves(page).fill("4");
  await button(page, "Step").click();
  assert.equal(await said(page, "Nothing"), "Nothing moved. Blocks in the way that could not be moved: 1 pinned.");
  await order(page).selectOption("address");
  await button(page, "Step").click();
  await said(page, "Step 1: 12 units in 1 move; done");
});

test("under buddy, any order is said to slide, as it does", async (t) => {
  const page = await open(t);
  const about = page.locator("#order-about");
  await renew(page, 32, "buddy");
  await order(page).selectOption("address");
  const sliding = await about.textContent();
  assert.match(sliding, /^Blocks slide down/);
  await order(page).selectOption("any");
  assert.equal(await about.textContent(), sliding);
});

test("a step that only looks for what to move says so", async (t) => {
  const page = await open(t);
  const blocks = Array.from({ length: 400 }, (_, block) => ["a", block, 8]);
  const half = Array.from({ length: 200 }, (_, at) => ["f", at * 2]);
  await page.getByLabel("Placement").selectOption("best-fit");
  await openRecording(page, "half.rep", rep([...blocks, ...half], 400));
  await page.getByLabel("Operation", { exact: true }).fill("600");
  await said(page, "Operation 600");
  await order(page).selectOption("any");
  await moves(page).fill("1");
  await button(page, "Step").click();
  await said(page, "Step 1: still looking for what to move; not done yet, 0 units moved in 0 moves so far.");
  const slider = page.getByLabel("Action", { exact: true });
  const last = await slider.getAttribute("max");
  let steps = 2;
  for (; ; steps++) {
    await button(page, "Step").click();
    if (!/still looking/.test(await said(page, `Step ${steps}: `))) break;
  }
  assert.ok(steps > 2, "it looks for longer than a step");
  await settled(page);
  assert.equal(await slider.getAttribute("max"), last, "they are one action with the step that moves");
  const moved = await pixels(page);
  await undo(page);
  assert.equal(await said(page, "Undone"), `Undone: defragment({ order: "any", maxMoves: 1 }), ${steps} times.`);
  assert.ok((await pixels(page)) !== moved, "what is undone is seen");
  await button(page, "Redo").click();
  await said(page, `Redone: defragment({ order: "any", maxMoves: 1 }), ${steps} times.`);
  await settled(page);
  await button(page, "Step").click();
  await said(page, "Step 1: ");
  assert.equal(await slider.getAttribute("max"), String(Number(last) + 1), "a step that moves is an action by itself");
});
