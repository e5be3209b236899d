// A state as a file, and undoing what was done by hand to a recording.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { allocate, bench, blockIds, button, counted, counters, drop, openRecording, placeOf, press, renew, rep, said, settled, undo, write } from "./harness.mjs";

const { open } = bench();

test("a state is saved, opened elsewhere, and goes on exactly as it would have", async (t) => {
  const page = await open(t);
  await renew(page, 40, "next-fit");
  await allocate(page, 6, 5, 7);
  const [a, b] = await blockIds(page);
  await write(page, b, "é🦀");
  await press(page, `Free block ${a}`);
  await said(page, "Freed");
  const bytes = await saved(page);
  const other = await open(t);
  await allocate(other, 3);
  await opened(other, "mine.twingate", bytes);
  await said(other, "Opened mine.twingate: 2 blocks in 40 units under next-fit.");
  assert.deepEqual(await counters(other), await counters(page));
  assert.equal(await other.getByLabel(`Text of block ${b}`).inputValue(), "é🦀");
  assert.equal(await other.getByLabel("Placement").inputValue(), "next-fit");
  const answers = [];
  for (const each of [page, other]) {
    await allocate(each, 4);
    answers.push(await said(each, "Allocated"));
  }
  assert.equal(answers[0], answers[1]);
  await press(other, "Copy link");
  await said(other, /^A link cannot hold a state that came from a file/);
  await undo(other);
  await undo(other);
  await said(other, "Undone: mine.twingate.");
  await counted(other, "Used", "3");
  await press(other, "Redo");
  await counted(other, "Capacity", "40");
});

test("whether a state defragments automatically, it says itself: opened, kept over a reload, and undone", async (t) => {
  const page = await open(t);
  const automatic = page.getByLabel("Defragment automatically when an allocation does not fit");
  await page.getByLabel("Placement").selectOption("first-fit");
  await automatic.check();
  await renew(page, 16);
  const bytes = await saved(page);
  await renew(page, 16, "first-fit");
  await automatic.uncheck();
  await renew(page, 16);
  await opened(page, "automatic.twingate", bytes);
  await said(page, "Opened automatic.twingate");
  assert.equal(await automatic.isChecked(), true);
  await page.reload();
  await said(page, "As you left it");
  assert.equal(await automatic.isChecked(), true);
  await undo(page);
  assert.equal(await automatic.isChecked(), false);
});

test("a state dropped anywhere is opened, in whichever view", async (t) => {
  const page = await open(t);
  await allocate(page, 5);
  const bytes = await saved(page);
  await press(page, "Laboratory");
  await said(page, "Loaded sqlite");
  await drop(page, "mine.twingate", bytes);
  await said(page, "Opened mine.twingate: 1 block in 64 units under lifo.");
  await counted(page, "Used", "5");
  await drop(page, "damaged", bytes.subarray(0, -1));
  await said(page, /^damaged was refused: .*\(ERR_CORRUPT_SAVE\)/);
});

test("bytes that are no state are refused, and nothing changes", async (t) => {
  const page = await open(t);
  await allocate(page, 3);
  const bytes = await saved(page);
  const before = await counters(page);
  const damaged = Buffer.from(bytes);
  damaged[damaged.length >> 1] ^= 1;
  for (const [name, content] of [
    ["empty", Buffer.alloc(0)], ["short", bytes.subarray(0, -1)], ["damaged", damaged],
    ["<img src=x onerror=alert(1)>", Buffer.from("<script>alert(1)</script>")],
  ]) {
    await allocate(page, 1);
    await undo(page);
    await opened(page, name, content);
    assert.ok((await said(page, /was refused: .*\(ERR_CORRUPT_SAVE\)/)).startsWith(name));
    assert.deepEqual(await counters(page), before, name);
  }
  assert.equal(await page.locator("img").count(), 0);
});

test("what was begun for a block of one manager is not there for a block of another with the same ID", async (t) => {
  const page = await open(t);
  await allocate(page, 3);
  const [id] = await blockIds(page);
  await write(page, id, "AB");
  const bytes = await saved(page);
  await renew(page, 32);
  await allocate(page, 4);
  assert.deepEqual(await blockIds(page), [id]);
  const choose = async () => page.locator("#picture").click({ position: await placeOf(page, 0) });
  await choose();
  await page.locator("#chosen-text").fill("mine");
  await page.locator(`#text-${id}`).fill("mine");
  await opened(page, "other.twingate", bytes);
  await said(page, "Opened other.twingate");
  await settled(page);
  assert.equal(await page.locator(`#text-${id}`).inputValue(), "AB");
  assert.ok(await page.locator("#chosen").isHidden(), "the block that was chosen is not in this manager");
  await choose();
  assert.equal(await page.locator("#chosen-text").inputValue(), "AB");
});

test("of two state files, and of two dropped files, the later one is shown, whichever is read first", async (t) => {
  const page = await open(t);
  const states = [];
  for (const capacity of [20, 30]) {
    await renew(page, capacity);
    states.push(await saved(page));
  }
  await page.evaluate(() => {
    // How a file begins, or all of it, is read when that is allowed.
    const { arrayBuffer, slice, text } = Blob.prototype;
    const isHeld = (file, what) => file.name === "slow" && window.held === what;
    Blob.prototype.arrayBuffer = function () {
      const read = arrayBuffer.call(this);
      return isHeld(this, "all") ? window.allowed.then(() => read) : read;
    };
    Blob.prototype.slice = function (...range) {
      const part = slice.apply(this, range);
      if (isHeld(this, "beginning")) part.text = () => window.allowed.then(() => text.call(part));
      return part;
    };
  });
  for (const what of ["all", "beginning"]) {
    await page.evaluate((what) => {
      window.held = what;
      window.allowed = new Promise((resolve) => (window.allow = resolve));
    }, what);
    await drop(page, "slow", states[0]);
    await drop(page, "fast", states[1]);
    await said(page, "Opened fast: 0 blocks in 30 units");
    await page.evaluate(async () => {
      window.allow();
      // Reads are answered in turn.
      for (let read = 0; read < 5; read++) await new Blob(["after it"]).arrayBuffer();
    });
    await said(page, "Opened fast: 0 blocks in 30 units");
    await counted(page, "Capacity", "30");
    await renew(page, 40);
  }
});

/** Blocks of 8, then every other one freed, then some of 12; often enough that there are checkpoints. */
const ROUND = [
  ...Array.from({ length: 100 }, (_, block) => ["a", block, 8]),
  ...Array.from({ length: 50 }, (_, at) => ["f", at * 2]),
  ...Array.from({ length: 20 }, (_, at) => ["a", 100 + at, 12]),
  ...Array.from({ length: 50 }, (_, at) => ["f", at * 2 + 1]),
  ...Array.from({ length: 20 }, (_, at) => ["f", 100 + at]),
];
const ROUNDS = rep(Array.from({ length: 50 }, (_, round) => ROUND.map(([kind, block, size]) => [kind, block + 120 * round, size])).flat(), 6000);

test("any operation is reached from any other, with the same state", async (t) => {
  const page = await open(t);
  await page.getByLabel("Placement").selectOption("first-fit");
  await openRecording(page, "rounds.rep", ROUNDS);
  await said(page, "Loaded rounds.rep: 12,000 operations");
  const seen = new Map();
  for (const position of [11_950, 2_000, 1_999, 6_165, 11_950, 12_000, 6_165, 2_001, 2_000, 0, 1_999, 12_000]) {
    await page.getByLabel("Operation", { exact: true }).fill(String(position));
    await said(page, position === 0 ? "Before the first operation." : `Operation ${position.toLocaleString("en-GB")} `);
    const shown = JSON.stringify(await counters(page)) + await page.locator("#progress-text").textContent();
    assert.equal(shown, seen.get(position) ?? shown, `operation ${position}`);
    seen.set(position, shown);
  }
  await page.getByLabel("Operation", { exact: true }).fill("6000");
  await said(page, "Operation 6,000 ");
  await press(page, "Step back");
  await said(page, "Operation 5,999 ");
});

test("every operation says why", async (t) => {
  const page = await open(t);
  await page.getByLabel("Placement").selectOption("best-fit");
  await openRecording(page, "rounds.rep", ROUNDS);
  await said(page, "Loaded");
  const position = page.getByLabel("Operation", { exact: true });
  await position.fill("151");
  await said(page, /^Operation 151 allocates 12 units: best-fit .*units 800 to 811\. Now: /);
  await position.fill("101");
  await said(page, /^Operation 101 frees block \d+\. Now: /);
  await page.getByLabel("Ask me first where it will go").check();
  await position.fill("150");
  await said(page, "Operation 150 ");
  await press(page, "One operation");
  await page.getByText("Where will the 12 units go?").waitFor();
  await press(page, "It will be refused");
  await said(page, /^Not there\. Operation 151 /);
});

test("what is done by hand to a recording is undone, and the recording goes on", async (t) => {
  const page = await open(t);
  await allocate(page, 5);
  await openRecording(page, "rounds.rep", ROUNDS);
  await said(page, "Loaded");
  const position = page.getByLabel("Operation", { exact: true });
  await position.fill("150");
  await said(page, "Operation 150 ");
  await settled(page);
  assert.ok(await button(page, "Undo").isDisabled(), "the slider takes the recording back, not Undo");
  const before = await counters(page);
  await allocate(page, -1);
  await said(page, "ERR_INVALID_SIZE");
  await settled(page);
  assert.ok(await page.getByLabel("Action", { exact: true }).isHidden(), "what was refused is not done by hand");
  await press(page, "Defragment");
  await counted(page, "Free extents", "1");
  await allocate(page, 7);
  await said(page, "Allocated");
  await undo(page);
  await undo(page);
  await said(page, "Undone: defragment().");
  assert.deepEqual(await counters(page), before);
  assert.ok(await button(page, "Undo").isDisabled());
  await press(page, "One operation");
  await said(page, /^Operation 151 .* Now: 51 blocks/);
  await press(page, "Close");
  await said(page, "Closed the recording. The manager stays as it is; Undo leads back to what was there before.");
  await settled(page);
  await undo(page);
  await counted(page, "Used", "5");
  await counted(page, "Capacity", "64");
});

test("what a recording refuses leaves nothing in the history: what was undone before it can be done again", async (t) => {
  const page = await open(t);
  await allocate(page, 3, 4);
  await undo(page);
  await page.evaluate(() => { location.hash = "#r=lua.best-fit.char&at=1000"; });
  await said(page, "Operation 1,000 ");
  const done = () => page.locator("#history-text").textContent();
  const before = await done();
  await allocate(page, 4_000_000);
  await said(page, "ERR_OUT_OF_MEMORY");
  await page.getByLabel(/^Size of block/).first().fill("4000001");
  await page.getByRole("button", { name: /^Resize block/ }).first().click();
  await said(page, /to grow to 4,000,001.*ERR_OUT_OF_MEMORY/);
  assert.equal(await done(), before);
  await page.goBack();
  await said(page, "Back in the playground, as you left it.");
  await press(page, "Redo");
  await said(page, "Redone: alloc(4).");
  await counted(page, "Used", "7");
});

async function saved(page) {
  const [file] = await Promise.all([page.waitForEvent("download"), button(page, "Save state").click()]);
  assert.equal(file.suggestedFilename(), "manager.twingate");
  await said(page, /^Saved the state: [\d,]+ bytes\.$/);
  return readFileSync(await file.path());
}

async function opened(page, name, buffer) {
  await page.getByLabel("Or open a saved state").setInputFiles({ name, mimeType: "application/octet-stream", buffer });
}
