// Choosing a placement: what is offered, where a request would go and why, and what the picture shows.
import assert from "node:assert/strict";
import { test } from "node:test";
import { PLACEMENTS, about } from "../../www/manager/placements.js";
import { allocate, bench, blockIds, button, cellLetters, counted, counters, everyOther, free, hover, openRecording, placeOf, renew, rep, said, settled, undo, write } from "./harness.mjs";

const { open } = bench();
const SCATTERED = ["lifo", "contiguous-first", "address-ordered"];
const CONTIGUOUS = ["first-fit", "next-fit", "best-fit", "worst-fit", "buddy", "tlsf"];

test("nine placements in two groups, each with its line", async (t) => {
  const page = await open(t);
  const select = page.getByLabel("Placement");
  const groups = await select.locator("optgroup").evaluateAll((all) =>
    all.map((group) => [group.label, Array.from(group.children, (option) => option.value)]));
  assert.deepEqual(groups, [["scattered", SCATTERED], ["contiguous", CONTIGUOUS]]);
  assert.equal(await select.inputValue(), "lifo");
  const lines = new Set();
  for (const name of [...SCATTERED, ...CONTIGUOUS]) {
    await select.selectOption(name);
    lines.add(await page.locator("#placement-about").textContent());
  }
  assert.deepEqual([...lines], PLACEMENTS.map(({ name }) => about(name)));
  await counted(page, "Placement", "lifo");
});

test("blocks go where the manager says, and for its reason", async (t) => {
  const page = await open(t);
  for (const name of [...SCATTERED, ...CONTIGUOUS]) await t.test(name, async () => {
    await renew(page, 40, name);
    await said(page, `New manager: 40 units under ${name}, all free.`);
    await counted(page, "Placement", name);
    assert.equal(await page.getByLabel("Align").isVisible(), CONTIGUOUS.includes(name));
    const sizes = [4, 3, 6, 2, 5];
    await allocate(page, ...sizes);
    await settled(page);
    await freeOldest(page);
    await freeOldest(page);
    const expected = await reason(page, name, sizes, 2, 3);
    await page.getByLabel("Size", { exact: true }).fill("3");
    assert.equal(await page.locator("#preview").textContent(), `Preview: ${expected}`);
    const before = await counters(page);
    await button(page, "Allocate").click();
    assert.match(await said(page, expected), /^Allocated block \d+\. Why here: /);
    assert.equal((await counters(page)).Blocks, String(Number(before.Blocks) + 1));
  });
});

/** What a manager of the package's own says of a request, after the same allocations and frees. */
function reason(page, placement, sizes, frees, size) {
  return page.evaluate(async (given) => {
    const { MemoryManager } = await import("twingate-memory");
    const manager = new MemoryManager(40, { placement: given.placement });
    const ids = given.sizes.map((units) => manager.alloc(units));
    for (const id of ids.slice(0, given.frees)) manager.free(id);
    return manager.explain(given.size).reason;
  }, { placement, sizes, frees, size });
}

test("the preview follows what is typed, and allocates nothing", async (t) => {
  const page = await open(t);
  await renew(page, 24, "first-fit");
  await allocate(page, 6, 6, 6, 6);
  await settled(page);
  await freeOldest(page);
  await button(page, `Free block ${(await names(page)).at(1)}`).click();
  await counted(page, "Free extents", "2");
  const before = await counters(page);
  const size = page.getByLabel("Size", { exact: true });
  const preview = async (text) => {
    await size.fill(text);
    return page.locator("#preview").textContent();
  };
  assert.match(await preview("6"), /^Preview: first-fit .*: units 0 to 5\.$/);
  assert.match(await preview("8"), /^Preview: asked for 8 units: /);
  assert.match(await preview("8"), /the largest free extent has 6/);
  assert.match(await preview("13"), /only 12 are free/);
  const invalid = (field) => field.getAttribute("aria-invalid");
  assert.equal(await invalid(size), null);
  assert.match(await preview("0"), /^Preview: the size must be [^()]+, not 0$/);
  assert.equal(await invalid(size), "true");
  assert.match(await preview("many"), /^Size must be a whole number such as 4, not “many”\.$/);
  assert.equal(await invalid(size), "true");
  assert.equal(await preview(""), "");
  assert.equal(await invalid(size), null);
  const capacity = page.getByLabel("Capacity");
  await capacity.fill("none");
  await button(page, "New manager").click();
  assert.equal(await invalid(capacity), "true");
  await capacity.fill("24");
  assert.equal(await invalid(capacity), null);
  assert.deepEqual(await counters(page), before);
  await allocate(page, 8);
  await said(page, /^Refused: asked for 8 units: .*\(ERR_FRAGMENTED\)$/);
  await allocate(page, 13);
  await said(page, /^Refused: asked for 13 units, .*\(ERR_OUT_OF_MEMORY\)$/);
});

for (const deviceScaleFactor of [1, 2]) {
  test(`the outline lies around the units that would be taken, at ${deviceScaleFactor} pixels a point`, async (t) => {
    const page = await open(t, { deviceScaleFactor });
    await renew(page, 64);
    await allocate(page, 10);
    await settled(page);
    await freeOldest(page);
    await page.getByLabel("Size", { exact: true }).fill("4");
    assert.equal(await outlined(page), "6 to 9");
    await page.getByLabel("Size", { exact: true }).fill("20");
    assert.equal(await outlined(page), "0 to 19");
    await page.getByLabel("Size", { exact: true }).fill("65");
    assert.equal(await outlined(page), "nothing");
    await page.getByLabel("Size", { exact: true }).fill("4");
    await page.getByLabel("Find by ID").focus();
    assert.equal(await outlined(page), "nothing");
  });
}

test("alignment, for contiguous placements", async (t) => {
  const page = await open(t);
  await renew(page, 64, "first-fit");
  await allocate(page, 3);
  await page.getByLabel("Align").fill("8");
  await allocate(page, 5);
  await said(page, "units 8 to 12.");
  await page.getByLabel("Align").fill("3");
  assert.match(await page.locator("#preview").textContent(), /^Preview: align must be a power of two/);
  assert.equal(await page.getByLabel("Align").getAttribute("aria-invalid"), "true");
  await button(page, "Allocate").click();
  await said(page, /^Refused: .*\(ERR_INVALID_ALIGNMENT\)$/);
  await page.getByLabel("Align").fill("");
  await button(page, "Allocate").click();
  await said(page, "units 3 to 7.");
  // Not every manager can defragment aligned blocks; where it cannot, it says so.
  await button(page, "Defragment").click();
  await said(page, /^Defragmented: |^Refused: .*\(ERR_UNSUPPORTED\)$/);
  await page.getByLabel("Align").fill("4");
  await renew(page, 64, "lifo");
  await settled(page);
  assert.ok(await page.getByLabel("Align").isHidden());
  await allocate(page, 5);
  await said(page, "units 0 to 4.");
});

test("what buddy hands out beyond the request has a look, a name and a number", async (t) => {
  const page = await open(t);
  const legend = page.locator("#legend-beyond");
  assert.ok(await legend.isHidden());
  await renew(page, 16, "buddy");
  await allocate(page, 5);
  await allocate(page, 3);
  await counted(page, "Internal fragmentation", "4");
  assert.ok(await legend.isVisible());
  await counted(page, "Used", "12");
  // 5 of block a, 3 beyond; 3 of block b, 1 beyond; the tail.
  assert.equal(await cellLetters(page, 16), "aaaaabbbcccbdddd");
  const { x, y } = await placeOf(page, 6);
  const [a] = (await names(page)).slice(-1);
  assert.equal(await hover(page, x, y), `Unit 6: handed out with block ${a}, beyond the 5 units asked for.`);
  await page.locator("#twin summary").click();
  await page.getByText(`beyond what block ${a} asked for`).waitFor();
  await freeOldest(page);
  await said(page, `Freed block ${a}: 8 units are free again.`);
  await button(page, "Clear").click();
  await counted(page, "Internal fragmentation", "0");
  assert.ok(await legend.isHidden());
});

test("a large buffer shows internal fragmentation too", async (t) => {
  const page = await open(t);
  await renew(page, 65_536, "buddy");
  await allocate(page, 32_769);
  await counted(page, "Internal fragmentation", "32,767");
  await page.getByRole("slider", { name: "Unit of the buffer" }).focus();
  await page.keyboard.press("End");
  assert.match(await page.locator("#readout").textContent(), /^Unit 65,535: handed out with block \d+, beyond the 32,769 units asked for\.$/);
});

// ---------------------------------------------------------------- recordings

/** Blocks of 8, every other one freed, then blocks of 12: they fit between no two neighbours. */
const FRAGMENTING = rep([
  ...Array.from({ length: 100 }, (_, block) => ["a", block, 8]),
  ...Array.from({ length: 50 }, (_, at) => ["f", at * 2]),
  ...Array.from({ length: 20 }, (_, at) => ["a", 100 + at, 12]),
], 120);

test("a recording plays under the placement chosen, and refusals are counted and told", async (t) => {
  const page = await open(t);
  await page.getByLabel("Placement").selectOption("first-fit");
  await openRecording(page, "fragmenting.rep", FRAGMENTING);
  await said(page, "Under first-fit: 14 requests refused, all because of fragmentation. Press Play.");
  await counted(page, "Placement", "first-fit");
  await page.getByLabel("Speed").selectOption("unlimited");
  await button(page, "Play").click();
  await said(page, /^Played to the end\. Now: 56 blocks.*; 14 requests refused, all because of fragmentation\.$/);
  await page.getByText("170 of 170 operations; 14 requests refused, all because of fragmentation").waitFor();
});

test("a recording compacts on demand where that was ticked", async (t) => {
  const page = await open(t);
  await page.getByLabel("Placement").selectOption("first-fit");
  await page.getByLabel("Defragment automatically").check();
  await openRecording(page, "fragmenting.rep", FRAGMENTING);
  await said(page, "Under first-fit, defragmenting: no request refused. Press Play.");
  await page.getByLabel("Speed").selectOption("unlimited");
  await button(page, "Play").click();
  await said(page, /^Played to the end\. Now: 70 blocks/);
  assert.ok(await page.getByRole("button", { name: /^Play under/ }).isHidden());
  await page.getByLabel("Defragment automatically").uncheck();
  await button(page, "Play under first-fit").click();
  await said(page, "14 requests refused, all because of fragmentation");
});

test("the same recording under another placement, at the same operation", async (t) => {
  const page = await open(t);
  await openRecording(page, "fragmenting.rep", FRAGMENTING);
  await said(page, "Under lifo: no request refused");
  await page.getByLabel("Operation", { exact: true }).fill("160");
  await said(page, /^Operation 160 .* Now: 60 blocks/);
  const again = page.getByRole("button", { name: /^Play under/ });
  assert.ok(await again.isHidden());
  await page.getByLabel("Placement").selectOption("best-fit");
  await button(page, "Play under best-fit").click();
  await said(page, /^Operation 160 allocates 12 units: .* Now: 56 blocks.*; 4 requests refused, all because of fragmentation\.$/);
  await counted(page, "Placement", "best-fit");
  assert.ok(await again.isHidden());
  assert.equal(await page.evaluate(() => document.activeElement.id), "play");
});

// ---------------------------------------------------------------- the same operations

test("the operations so far are done again under another placement, and the page says what came out otherwise", async (t) => {
  const page = await open(t);
  const replay = page.getByRole("button", { name: /^Replay/ });
  assert.ok(await replay.isHidden());
  await renew(page, 24, "worst-fit");
  await allocate(page, 4, 1, 3, 1, 8, 1);
  await free(page, ...(await blockIds(page)).filter((_, at) => at % 2 === 0));
  await allocate(page, 3, 4, 8, 8);
  await said(page, "ERR_FRAGMENTED");
  await allocate(page, 0);
  await page.getByLabel("Placement").selectOption("best-fit");
  // Not what makes no sense, and what was refused only once.
  await button(page, "Replay 12 operations under best-fit").click();
  await said(page, "12 operations replayed under best-fit: 1 request succeeded that was refused before. "
    + "Free extents 4 before, 1 now; largest free extent 5 before, 6 now.");
  await counted(page, "Placement", "best-fit");
  await counted(page, "Used", "18");
  assert.equal(await page.evaluate(() => document.activeElement.id), "replay");
  await counted(page, "Capacity", "24");
  const [, last] = (await blockIds(page)).slice(-2);
  await write(page, last, "text");
  await page.getByLabel("Placement").selectOption("first-fit");
  await button(page, "Replay 13 operations under first-fit").click();
  await said(page, "13 operations replayed under first-fit: 1 request was refused that succeeded before; 1 operation was left out because of that.");
  await page.getByLabel("Placement").selectOption("lifo");
  await button(page, "Replay 13 operations under lifo").click();
  await said(page, "13 operations replayed under lifo: 1 request succeeded that was refused before.");
  await counted(page, "Used", "18");
  assert.equal(await page.getByLabel(/^Text of block/).first().inputValue(), "text", "what was left out is not forgotten");
  await button(page, "Replay 13 operations under lifo").click();
  await said(page, "13 operations replayed under lifo: all succeeded, as before.");
  await undo(page);
  await button(page, "Replay 12 operations under lifo").waitFor();
  await page.getByRole("slider", { name: "Action" }).fill("1");
  await counted(page, "Placement", "worst-fit");
  await counted(page, "Used", "0");
  assert.ok(await replay.isHidden());
});

test("operations are done again with automatic defragmenting, and not on a state that came from elsewhere", async (t) => {
  const page = await open(t);
  await everyOther(page);
  await allocate(page, 10);
  await said(page, "ERR_FRAGMENTED");
  await page.getByLabel("Defragment automatically").check();
  await button(page, "Replay 10 operations under first-fit").click();
  await said(page, "10 operations replayed under first-fit, defragmenting: 1 request succeeded that was refused before.");
  await page.getByLabel("Placement").selectOption("lifo");
  await openRecording(page, "fragmenting.rep", FRAGMENTING);
  await said(page, "Press Play");
  assert.ok(await page.getByRole("button", { name: /^Replay/ }).isHidden());
});

test("what is chosen for a new manager is said not to be in use until it is", async (t) => {
  const page = await open(t);
  const pending = page.locator("#renewal-pending");
  assert.ok(await pending.isHidden());
  await page.getByLabel("Capacity").fill("16");
  assert.equal(await pending.textContent(), "Not in use yet: press New manager.");
  await page.getByLabel("Capacity").fill("64");
  assert.ok(await pending.isHidden());
  await page.getByLabel("Placement").selectOption("buddy");
  await allocate(page, 4);
  await said(page, "lifo");
  assert.ok(await pending.isVisible(), "still not after an allocation");
  await renew(page, 64);
  await said(page, "New manager");
  assert.ok(await pending.isHidden());
  await page.getByLabel("Defragment automatically").check();
  assert.ok(await pending.isVisible());
  await openRecording(page, "fragmenting.rep", FRAGMENTING);
  await said(page, "Press Play");
  assert.ok(await pending.isHidden(), "a recording takes it");
  await page.getByLabel("Placement").selectOption("tlsf");
  assert.equal(await pending.textContent(), "Not in use yet: press New manager, or Play under tlsf.");
});

test("operations are done again in the capacity chosen, and what else stays is named", async (t) => {
  const page = await open(t);
  await allocate(page, 4, 8, 3);
  await page.getByLabel("Capacity").fill("14");
  await page.getByLabel("Unit", { exact: true }).selectOption("u8");
  await button(page, "Replay 3 operations under lifo on 14 units of char").waitFor();
  await page.getByLabel("Unit", { exact: true }).selectOption("char");
  await button(page, "Replay 3 operations under lifo on 14 units").click();
  await said(page, "3 operations replayed under lifo on 14 units: 1 request was refused that succeeded before.");
  await counted(page, "Capacity", "14");
  await page.getByLabel("Capacity").fill("some");
  await button(page, "Replay 3 operations under lifo").click();
  await said(page, "Capacity must be a whole number from 1 to 4,194,304, not “some”.");
  await counted(page, "Used", "12");
});

async function freeOldest(page) {
  const [oldest] = (await names(page)).slice(-1);
  await button(page, `Free block ${oldest}`).click();
  await said(page, `Freed block ${oldest}`);
  await settled(page);
}

/** The IDs in the list, newest first. */
async function names(page) {
  await settled(page);
  return (await page.locator("#block-list strong").allTextContents()).map((name) => name.replace("Block ", ""));
}

/** The units whose cells the outline crosses, from the first to the last. */
async function outlined(page) {
  await settled(page);
  return page.locator("#picture-outline").evaluate((canvas) => {
    if (canvas.hidden) return "nothing";
    const columns = Number(/(\d+) units/.exec(document.getElementById("picture-scale").textContent)[1]);
    const side = canvas.width / columns;
    const context = window.readBack(canvas);
    const crossed = Array.from({ length: Math.round(canvas.height / side) * columns }, (_, unit) => unit).filter((unit) => {
      const [x, y] = [(unit % columns) * side, Math.floor(unit / columns) * side];
      return new Uint32Array(context.getImageData(x, y, side, side).data.buffer).some((pixel) => pixel !== 0);
    });
    return `${crossed[0]} to ${crossed.at(-1)}`;
  });
}
