// What was done at the bench is there again after the page was loaded anew, and a link is followed all the same.
import assert from "node:assert/strict";
import { test } from "node:test";
import { EMPTY, allocate, bench, blockIds, button, counted, counters, openRecording, playLua, press, renew, rep, said, scenario, settled, undo, write } from "./harness.mjs";

const { open } = bench();
const READY = /^Ready: an empty buffer of 64 units/;

async function reload(page) {
  await settled(page);
  await page.reload();
  await page.locator("#controls:not([inert])").waitFor();
}

test("what was done by hand is there after a reload, and can be undone", async (t) => {
  const page = await open(t);
  await renew(page, 40, "best-fit");
  await allocate(page, 5, 7, 3);
  const [a, b] = await blockIds(page);
  await write(page, b, "é, 🦀");
  await press(page, `Free block ${a}`);
  const before = await counters(page);
  await reload(page);
  assert.equal(await said(page, "As you left it"), "As you left it: 5 operations on 40 units under best-fit.");
  assert.deepEqual(await counters(page), before);
  assert.equal(await page.getByLabel(/^Text of block/).last().inputValue(), "é, 🦀");
  await undo(page);
  await counted(page, "Used", "15");
  await page.getByRole("slider", { name: "Action" }).fill("0");
  await reload(page);
  await counted(page, "Placement", "best-fit");
  await counted(page, "Used", "0");
});

test("where nothing was done, nothing is said of it", async (t) => {
  const page = await open(t);
  await reload(page);
  await said(page, READY);
  await allocate(page, 3);
  await undo(page);
  await reload(page);
  await said(page, READY);
});

test("a recording goes on where it was, under its placement", async (t) => {
  const page = await open(t);
  await playLua(page);
  const before = await counters(page);
  await reload(page);
  await said(page, "Operation 5,000");
  assert.deepEqual(await counters(page), before);
  await scenario(page, "Buddy’s rounding");
  await said(page, "New manager: 32 units");
  await page.goBack();
  await said(page, "Operation 5,000");
  await counted(page, "Placement", "best-fit");
});

test("what came of a file of the reader's is there as a state", async (t) => {
  const page = await open(t);
  await openRecording(page, "own.rep", rep([["a", 0, 8], ["a", 1, 30], ["f", 0]], 2));
  await said(page, "Loaded own.rep");
  await press(page, "Play");
  await said(page, "Played to the end");
  await allocate(page, 2);
  await said(page, "Allocated");
  const before = await counters(page);
  await reload(page);
  await said(page, "As you left it: 2 blocks on ");
  assert.deepEqual(await counters(page), before);
});

test("what an example was opened over is there after a reload and the way back, and so is the example", async (t) => {
  const page = await open(t);
  await allocate(page, 5, 6);
  await scenario(page, "Four fits, the same requests");
  await said(page, "New manager");
  await press(page, "Next step", 3);
  const now = page.locator("#step-list [aria-current=step]");
  const step = await now.textContent();
  await reload(page);
  await now.getByText(step).waitFor();
  await page.goBack();
  await counted(page, "Used", "11");
  await said(page, "As you left it: 2 operations on 64 units under lifo.");
});

test("a link that is opened wins, and the way back leads to what was kept", async (t) => {
  const page = await open(t);
  await allocate(page, 9);
  const { origin } = new URL(page.url());
  await page.goto("about:blank");
  await page.goto(`${origin}/#scenario=buddy`);
  await said(page, "New manager: 32 units");
  await page.evaluate(() => { location.hash = ""; });
  await counted(page, "Used", "9");
});

test("in the laboratory a reload leaves the playground as it was, and says which file has to be opened again", async (t) => {
  const page = await open(t);
  await allocate(page, 9);
  await press(page, "Laboratory");
  await said(page, "Loaded sqlite");
  await page.reload();
  await said(page, "Loaded sqlite");
  await press(page, "Playground");
  await said(page, "As you left it: 1 operation on 64 units under lifo.");
  await counted(page, "Used", "9");
  await press(page, "Laboratory");
  assert.doesNotMatch(await said(page, "Loaded sqlite"), /open it again/);
  await openRecording(page, "own.rep", rep([["a", 0, 8]], 1));
  await said(page, "Loaded own.rep");
  await page.reload();
  await said(page, /Loaded sqlite.* To go on with “own\.rep”, open it again: the page keeps no files\.$/);
  await page.reload();
  await said(page, /Loaded sqlite.* placements\.$/);
});

test("where the browser keeps nothing, or something else, the page begins as ever", async (t) => {
  const refused = await open(t, {
    prepare: (page) => page.addInitScript(() => {
      for (const kind of ["localStorage", "sessionStorage"]) Object.defineProperty(window, kind, { get() { throw new DOMException("no"); } });
    }),
  });
  await press(refused, "Dark colours");
  await button(refused, "Light colours").waitFor();
  await allocate(refused, 3);
  await reload(refused);
  await said(refused, READY);
  const full = await open(t, {
    prepare: (page) => page.addInitScript(() => { Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); }; }),
  });
  await allocate(full, 3);
  await reload(full);
  await said(full, READY);
  const page = await open(t);
  const { origin } = new URL(page.url());
  for (const kept of ["nonsense", "null", '{"version":0,"bench":"","works":[["",{"text":"#s=lifo.8.char"}]]}', '{"version":1,"bench":"","works":[["",{"text":"#s=?"}]]}',
    '{"version":1,"bench":"","works":[["",{"bytes":"!"}]]}', '{"version":1,"bench":"","works":[["",7]]}', '{"version":1,"works":7}']) {
    await page.goto(origin + EMPTY.path);
    await page.evaluate((text) => sessionStorage.setItem("twingate-memory bench", text), kept);
    await page.goto(origin);
    await said(page, READY);
    await allocate(page, 3);
    await said(page, "Allocated");
  }
});

test("where what was kept is damaged, the link at its address is followed", async (t) => {
  const page = await open(t, { path: "/#scenario=buddy" });
  await said(page, "New manager: 32 units");
  const kept = '{"version":1,"bench":"#scenario=buddy","works":[["#scenario=buddy",{"bytes":"AAAA"}]]}';
  await page.addInitScript((text) => sessionStorage.setItem("twingate-memory bench", text), kept);
  await page.reload();
  await said(page, "New manager: 32 units");
});

test("what is too large to keep is not, and hurts nothing", async (t) => {
  const page = await open(t);
  await renew(page, 2_000_000);
  await allocate(page, 2_000_000);
  const [a] = await blockIds(page);
  await page.getByLabel(`Text of block ${a}`).evaluate((field) => { field.value = "x".repeat(1_500_000); });
  await press(page, `Write block ${a}`);
  await said(page, "Wrote");
  await reload(page);
  await said(page, READY);
});
