// The list of what is free: its order under each placement, what the request in the form would take of it, and how one
// moves over it.
import assert from "node:assert/strict";
import { test } from "node:test";
import init, { MemoryManager } from "../../dist/index.js";
import { aboutFree, freeRows } from "../../www/manager/free-order.js";
import { PLACEMENTS } from "../../www/manager/placements.js";
import { allocate, bench, blockIds, button, everyOther, free, openRecording, renew, rep, said, settled } from "./harness.mjs";

const { open } = bench();
const CONTIGUOUS = ["first-fit", "next-fit", "best-fit", "worst-fit", "buddy", "tlsf"];
const rowsOf = (page) => page.locator("#free-rows button");

/** 40 units under a placement, of which 12 to 16, 5 to 7, 0 to 3 and those from 18 on were freed, in this order, or never
 *  used. */
async function freed(placement) {
  await init();
  const manager = new MemoryManager(40, { placement });
  const ids = [4, 1, 3, 4, 5, 1].map((size) => manager.alloc(size));
  for (const at of [4, 2, 0]) manager.free(ids[at]);
  return manager;
}

const told = (rows) => rows.map(({ extents, tail }) => `${extents.map(({ start, length, step }) => `${start}${step > 0 ? "+" : "-"}${length}`).join(" ")}${tail ? " tail" : ""}`);
const rowsUnder = async (placement) => {
  const manager = await freed(placement);
  return told(freeRows(manager.snapshot(), manager));
};

test("the order of what is free, as each placement looks at it", async () => {
  const stack = ["3-4", "7-3", "16-5"];
  assert.deepEqual(await rowsUnder("lifo"), [...stack, "18+22 tail"]);
  assert.deepEqual(await rowsUnder("contiguous-first"), ["18+22 tail", ...stack]);
  for (const placement of ["address-ordered", "first-fit"]) assert.deepEqual(await rowsUnder(placement), ["0+4", "5+3", "12+5", "18+22"]);
  assert.deepEqual(await rowsUnder("next-fit"), ["18+22", "0+4", "5+3", "12+5"]);
  assert.deepEqual(await rowsUnder("best-fit"), ["5+3", "0+4", "12+5", "18+22"]);
  assert.deepEqual(await rowsUnder("worst-fit"), ["18+22", "12+5", "0+4", "5+3"]);
  assert.deepEqual(await rowsUnder("tlsf"), ["5+3", "0+4", "12+5", "18+22"]);
  for (const { name } of PLACEMENTS) assert.match(aboutFree(name), /\.$/);
});

test("buddy has a list for each power of two, and a full buffer no row", async () => {
  await init();
  const manager = new MemoryManager(32, { placement: "buddy" });
  const ids = [4, 4, 4, 4].map((size) => manager.alloc(size));
  for (const at of [0, 2]) manager.free(ids[at]);
  assert.deepEqual(told(freeRows(manager.snapshot(), manager)), ["0+4 8+4", "16+16"]);
  manager.alloc(16);
  for (const size of [4, 4]) manager.alloc(size);
  assert.deepEqual(freeRows(manager.snapshot(), manager), []);
});

test("the stack ends where the tail begins, even if one extent would be taken from both", async () => {
  await init();
  const manager = new MemoryManager(8);
  manager.free(manager.alloc(1));
  assert.deepEqual(manager.explain(8).extents.length, 1);
  assert.deepEqual(told(freeRows(manager.snapshot(), manager)), ["0+1", "1+7 tail"]);
  const other = new MemoryManager(8, { placement: "contiguous-first" });
  other.free(other.alloc(7));
  assert.deepEqual(other.explain(8).extents.length, 1);
  assert.deepEqual(told(freeRows(other.snapshot(), other)), ["7-1 tail", "6-7"]);
});

for (const placement of ["lifo", "contiguous-first", "address-ordered"]) {
  test(`${placement}: of a long stack no more is asked for than is shown`, async () => {
    await init();
    const manager = new MemoryManager(10_000, { placement });
    const ids = Array.from({ length: 3_000 }, (_, at) => manager.alloc(1 + at % 3));
    ids.filter((_, at) => at % 2 === 0).forEach((id) => manager.free(id));
    const [whole, short] = [Infinity, 18].map((most) => freeRows(manager.snapshot(), manager, most));
    assert.deepEqual(short.slice(0, 18), whole.slice(0, 18));
    if (placement !== "address-ordered") assert.ok(short.length < 500 && whole.length > 1_000, `${short.length}`);
  });
}

for (const placement of CONTIGUOUS.slice(0, 4)) {
  test(`${placement}: the first row that is long enough is the one that the request takes`, async () => {
    await init();
    const manager = await freed(placement);
    for (let size = 1; size <= 22; size++) {
      const [{ start }] = manager.explain(size).extents;
      const first = freeRows(manager.snapshot(), manager).find(({ extents: [{ length }] }) => length >= size);
      assert.equal(first.extents[0].start, start, `${size} units`);
    }
  });
}

test("rows follow what is done, and those that the request would take are marked", async (t) => {
  const page = await open(t);
  await settled(page);
  const rows = async () => {
    await settled(page);
    return rowsOf(page).allTextContents();
  };
  await page.getByLabel("Size", { exact: true }).fill("5");
  assert.deepEqual(await rows(), ["the tail, units 0 to 63 64 units gives 5"]);
  await allocate(page, 4, 4, 4);
  const [first, , last] = await blockIds(page);
  await free(page, first, last);
  await page.getByLabel("Size", { exact: true }).fill("5");
  assert.deepEqual(await rows(), ["units 11 to 8 4 units gives 4", "units 3 to 0 4 units gives 1", "the tail, units 12 to 63 52 units "]);
  assert.deepEqual(await rowsOf(page).evaluateAll((all) => all.map((row) => row.hasAttribute("data-taken"))), [true, true, false]);
  await page.getByLabel("Size", { exact: true }).fill("100");
  assert.deepEqual((await rows()).filter((row) => row.includes("gives")), []);
  await page.getByLabel("Size", { exact: true }).fill("60");
  await page.getByLabel("Ask me first").check();
  assert.deepEqual((await rows()).filter((row) => row.includes("gives")), [], "the quiz asks for it");
  await page.getByLabel("Ask me first").uncheck();
  await allocate(page, 60);
  assert.deepEqual(await rows(), []);
  assert.equal(await page.locator("#free-rest").textContent(), "No unit is free.");
});

test("a row that is pointed at, or has the focus, is marked in the picture", async (t) => {
  const page = await open(t);
  await everyOther(page);
  const pointed = async () => page.locator("#picture-pointed").evaluate((canvas) => {
    if (canvas.hidden) return "";
    const side = canvas.width / 16;
    const context = window.readBack(canvas);
    const painted = (unit) => context.getImageData((unit % 16) * side, Math.floor(unit / 16) * side, side, side).data.some((value) => value > 0);
    return Array.from({ length: 32 }, (_, unit) => (painted(unit) ? "#" : ".")).join("");
  });
  assert.equal(await pointed(), "");
  await rowsOf(page).nth(1).hover();
  assert.equal(await pointed(), `${".".repeat(8)}####${".".repeat(20)}`);
  await page.locator("#counters").hover();
  assert.equal(await pointed(), "");
  await rowsOf(page).nth(0).focus();
  assert.equal(await pointed(), `####${".".repeat(28)}`);
  await page.keyboard.press("End");
  assert.equal(await pointed(), `${".".repeat(24)}########`);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowUp");
  assert.equal(await pointed(), `${".".repeat(16)}####${".".repeat(12)}`);
  await page.keyboard.press("Enter");
  assert.match(await page.locator("#readout").textContent(), /^Unit 16: free/);
  assert.deepEqual(await rowsOf(page).evaluateAll((all) => all.map(({ tabIndex }) => tabIndex)), [-1, -1, 0, -1], "one stop of the Tab key");
  // Defragmenting leaves one row: the focus stays in the list.
  await page.evaluate(() => document.getElementById("defragment-form").requestSubmit());
  await settled(page);
  assert.equal(await rowsOf(page).count(), 1);
  assert.equal(await rowsOf(page).evaluate((row) => row === document.activeElement), true);
  assert.equal(await pointed(), `${".".repeat(12)}${"#".repeat(20)}`);
});

test("many rows are cut, saying how much is left out", async (t) => {
  const page = await open(t);
  // Every other of 40 units is freed, each a row of its own.
  const operations = Array.from({ length: 40 }, (_, block) => ["a", block, 1]);
  const half = Array.from({ length: 20 }, (_, at) => ["f", at * 2]);
  await openRecording(page, "half.rep", rep([...operations, ...half], 40));
  await page.locator("#position").fill("60");
  await said(page, "Operation 60");
  await settled(page);
  assert.equal(await rowsOf(page).count(), 18);
  assert.match(await page.locator("#free-rest").textContent(), /^And \d more extents?, with \d units?\.$/);
});

test("it is closed where there is little room, and opens", async (t) => {
  const page = await open(t, { viewport: { width: 390, height: 800 } });
  await settled(page);
  assert.equal(await rowsOf(page).count(), 0);
  await page.getByText("The free list", { exact: true }).click();
  await page.getByText("the tail, units 0 to 63").waitFor();
  await renew(page, 16, "buddy");
  await page.getByText("A list for each power of two.").waitFor();
});
