// What a person can do to the manager, and what the page says of it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { allocate, bench, blockIds, button, counted, counters, inSight, placeOf, press, renew, said, scenario, set, settled, undo, write } from "./harness.mjs";

const { open } = bench();

test("the original's example, by pointer", async (t) => {
  const page = await open(t);
  const fill = async (label, value, name) => {
    await page.getByLabel(label, { exact: true }).fill(value);
    await button(page, name).click();
  };
  await fill("Capacity", "6", "New manager");
  await said(page, "New manager: 6 units under lifo, all free.");
  const ids = [];
  for (const text of ["AB", "CD", "EF"]) {
    await fill("Size", "2", "Allocate");
    ids.push(await newest(page));
    await fill(`Text of block ${ids.at(-1)}`, text, `Write block ${ids.at(-1)}`);
    await said(page, `Wrote “${text}” to block ${ids.at(-1)}.`);
  }
  await button(page, `Free block ${ids[0]}`).click();
  await said(page, `Freed block ${ids[0]}: 2 units are free again.`);
  await button(page, `Free block ${ids[2]}`).click();
  await fill("Size", "3", "Allocate");
  await said(page, "units 5 to 4, unit 1.");
  const d = await newest(page);
  await fill(`Text of block ${d}`, "XYZ", `Write block ${d}`);
  assert.equal(await asText(page), "- Z C D Y X");
  await button(page, `Read block ${d}`).click();
  await said(page, `Block ${d} reads “XYZ”.`);
  await button(page, "Defragment").click();
  await said(page, /^Defragmented: 5 units moved in 3 moves; .*free extents 1 before, 1 now/);
  assert.equal(await asText(page), "C D X Y Z -");
});

test("the original's example, step by step", async (t) => {
  const page = await open(t);
  await scenario(page, "The original’s example");
  await said(page, "New manager: 6 units");
  const now = page.locator("#step-list [aria-current=step]");
  assert.equal(await now.textContent(), "capacity 6, lifo");
  await button(page, "Next step").click();
  assert.equal(await now.textContent(), `a = alloc(2) → #${await newest(page)}`);
  await button(page, "All steps").click();
  assert.equal(await now.textContent(), 'd.write("XYZ")');
  assert.equal(await asText(page), "- Z C D Y X");
  assert.match(await page.locator("#steps-end").textContent(), /- Z C D Y X/);
  await renew(page, 32);
  await page.locator("#steps").waitFor({ state: "hidden" });
});

for (const [viewport, name] of [[{ width: 360, height: 740 }, "Allocate"], [{ width: 720, height: 450 }, "Allocate"], [{ width: 360, height: 740 }, "Defragment"], [{ width: 1280, height: 500 }, "Defragment"]]) {
  test(`what ${name} does is seen, ${viewport.width} wide, and so is the button`, async (t) => {
    const page = await open(t, { viewport });
    const control = button(page, name);
    await control.evaluate((element) => element.scrollIntoView({ block: "start" }));
    await page.evaluate(() => scrollBy(0, -110));
    await control.click();
    await said(page, /^Allocated|^Defragmented/);
    await inSight(page, "#picture");
    if (name === "Allocate") await inSight(page, "#allocate-form button");
    if (viewport.width > 960) return;
    const { y } = await page.locator(".legend").first().boundingBox();
    assert.ok(y > (await page.locator("#renewal-form").boundingBox()).y, "the legend stands below the controls");
  });
}

test("each view has a status line of its own, and long numbers have separators where they are refused", async (t) => {
  const page = await open(t);
  await allocate(page, 12345);
  await said(page, /^Refused: asked for 12,345 units, but only 64 are free: free blocks, or use a manager with a larger capacity \(ERR_OUT_OF_MEMORY\)$/);
  await press(page, "Laboratory");
  assert.doesNotMatch(await page.getByRole("status").textContent(), /12,345/);
  await said(page, "Loaded sqlite");
  await press(page, "Playground");
  await said(page, "Refused: asked for 12,345 units");
  assert.equal(await page.getByRole("status").getAttribute("data-tone"), "refused");
});

test("what is done in the list of blocks leaves it in sight", async (t) => {
  const page = await open(t, { viewport: { width: 360, height: 740 } });
  await allocate(page, 4);
  const id = await newest(page);
  await write(page, id, "here");
  await said(page, "Wrote");
  await inSight(page, `#text-${id}`);
});

test("a block is resized by hand, in its row, and that is undone and done again", async (t) => {
  const page = await open(t);
  await renew(page, 24, "first-fit");
  await allocate(page, 4, 6, 5);
  const [a, b, c] = await blockIds(page);
  await write(page, b, "keeps");
  const field = (id) => page.getByLabel(`Size of block ${id}`, { exact: true });
  const resize = async (id, size) => {
    await field(id).fill(String(size));
    await button(page, `Resize block ${id}`).click();
  };
  await resize(c, 7);
  await said(page, `Resized block ${c} from 5 to 7 units in place. It now has units 10 to 16.`);
  await resize(b, 3);
  await said(page, `Resized block ${b} from 6 to 3 units in place. It now has units 4 to 6.`);
  await counted(page, "Used", "14");
  await undo(page);
  assert.equal(await field(b).inputValue(), "6");
  await button(page, "Redo").click();
  await said(page, `Redone: resize(${b}, 3).`);
  await field(a).fill("7");
  await field(a).press("Enter");
  await said(page, `Resized block ${a} from 4 to 7 units. It had no room to grow, so it moved to units 17 to 23.`);
  assert.equal(await asText(page), "- - - - k e e - - - - - - - - - - - - - - - - -");
  await resize(b, 20);
  await said(page, /^Refused: .*ERR_OUT_OF_MEMORY/);
  await resize(b, "0");
  await said(page, /^Refused: .*ERR_INVALID_SIZE/);
  for (const size of ["1.5", "", "many"]) {
    await resize(b, size);
    await said(page, `Size of block ${b} must be a whole number such as 4${size && `, not “${size}”`}.`);
  }
  await counted(page, "Used", "17");
  await renew(page, 12, "lifo");
  await allocate(page, 2, 3, 2);
  const [first, second] = await blockIds(page);
  await button(page, `Free block ${first}`).click();
  await resize(second, 6);
  await said(page, `Resized block ${second} from 3 to 6 units in place. It now has units 2 to 4, 1 and 0, 7.`);
});

test("the counters are the manager's", async (t) => {
  const page = await open(t);
  await allocate(page, 10);
  await allocate(page, 20);
  await allocate(page, 5);
  await button(page, `Free block ${await oldest(page)}`).click();
  await counted(page, "Blocks", "2");
  assert.deepEqual(await counters(page), {
    "Placement": "lifo", "Capacity": "64", "Used": "25", "Free": "39", "Blocks": "2", "Tail starts at": "35",
    "Free below the tail": "10", "Free extents": "2", "Largest free extent": "29",
    "External fragmentation": "25.6 %", "Internal fragmentation": "0",
    "Extents per block": "1.00",
  });
  await button(page, "Clear").click();
  await said(page, "Cleared: 2 blocks freed.");
  await counted(page, "Used", "0");
  await page.getByText("No block yet.").waitFor();
});

test("a size that makes no sense is refused in words and changes nothing", async (t) => {
  const page = await open(t);
  await allocate(page, 3);
  const before = await counters(page);
  const codes = { "0": "ERR_INVALID_SIZE", "-1": "ERR_INVALID_SIZE", "65": "ERR_OUT_OF_MEMORY" };
  for (const size of ["0", "-1", "1.5", "NaN", "1e300", "Infinity", "", "many", "65", "<b>4</b>", "1,5"]) {
    await allocate(page, 1);
    await undo(page);
    await allocate(page, size);
    const words = `Size must be a whole number such as 4${size && `, not “${size}”`}.`;
    await said(page, codes[size] ? new RegExp(`^Refused: .+ \\(${codes[size]}\\)$`) : words);
    assert.deepEqual(await counters(page), before, size);
  }
  await allocate(page, "1".repeat(300));
  await said(page, `Size is too large: “${"1".repeat(30)}…”.`);
  await allocate(page, 2);
  await said(page, "units 3 to 4.");
});

test("a capacity that makes no sense is refused and the manager stays", async (t) => {
  const page = await open(t);
  await allocate(page, 3);
  const before = await counters(page);
  for (const capacity of ["0", "-1", "1.5", "NaN", "1e300", "", "4,194,305", "none"]) {
    await allocate(page, 1);
    await undo(page);
    await renew(page, capacity);
    await said(page, /^Capacity must be a whole number from 1 to 4,194,304/);
    assert.deepEqual(await counters(page), before, capacity);
  }
  await allocate(page, 61);
  await said(page, "units 3 to 63.");
  await renew(page, "1,000,000");
  await said(page, "New manager: 1,000,000 units");
  await renew(page, "");
  await said(page, "Capacity must be a whole number from 1 to 4,194,304.");
});

test("every kind of unit is chosen, written and read", async (t) => {
  const page = await open(t);
  const kinds = await page.getByLabel("Unit", { exact: true }).locator("option").allTextContents();
  assert.deepEqual(kinds, ["char", "u8", "i8", "u16", "i16", "u32", "i32", "u64", "i64", "f32", "f64"]);
  for (const [unit, typed, shown, wrong] of [
    ["u8", "0 1;255", "0, 1, 255", "256"], ["i8", "-128,127", "-128, 127", "1.5"], ["u16", "0xffff", "65535", "-1"],
    ["i16", "-32768", "-32768", "40000"], ["u32", "4294967295", "4294967295", "1e10"], ["i32", "-1", "-1", "2147483648"],
    ["u64", "18446744073709551615", "18446744073709551615", "-1"], ["i64", "-9223372036854775808", "-9223372036854775808", "1.5"],
    ["f32", "0.5 NaN -0", "0.5, NaN, -0", "1e300"], ["f64", "1e300,-Infinity", "1e+300, -Infinity", "five"],
  ]) {
    await set(page, "Unit", unit);
    await renew(page, 8);
    await said(page, `New manager: 8 units of ${unit} under lifo`);
    await allocate(page, 4);
    const [id] = await blockIds(page);
    await write(page, id, typed);
    await said(page, `Wrote ${shown} to block ${id}.`);
    await press(page, `Read block ${id}`);
    await said(page, `Block ${id} reads ${shown}.`);
    assert.equal(await page.getByLabel(`Values of block ${id}`, { exact: true }).inputValue(), shown);
    await write(page, id, wrong);
    await said(page, /^Refused: |^“.+” is not a (whole )?number\. /);
    await press(page, `Read block ${id}`);
    await said(page, `Block ${id} reads ${shown}.`);
  }
});

test("numbers that were written are shown as they are, and go when that is undone, in the list and below the picture", async (t) => {
  const page = await open(t);
  await page.getByLabel("Unit", { exact: true }).selectOption("u8");
  await renew(page, 8);
  await allocate(page, 4);
  const id = await newest(page);
  await page.locator("#picture").press("Home");
  await page.keyboard.press("Enter");
  for (const form of ["#block-list", "#chosen"]) {
    const field = page.locator(form).getByLabel(`Values of block ${id}`, { exact: true });
    await field.fill("1 2;3");
    await field.press("Enter");
    await said(page, "Wrote 1, 2, 3");
    assert.equal(await field.inputValue(), "1, 2, 3");
    await undo(page);
    assert.equal(await field.inputValue(), "");
  }
});

test("text longer than the block is refused, kept in its field, and the block stays", async (t) => {
  const page = await open(t);
  await allocate(page, 3);
  const id = await newest(page);
  await write(page, id, "abc");
  await write(page, id, "abcd");
  await said(page, /^Refused: .*\(ERR_OUT_OF_BOUNDS\)/);
  await settled(page);
  assert.equal(await page.getByLabel(`Text of block ${id}`).inputValue(), "abcd");
  assert.match(await asText(page), /^a b c -/);
  await button(page, `Read block ${id}`).click();
  assert.equal(await page.getByLabel(`Text of block ${id}`).inputValue(), "abc");
});

test("any character is a unit, and none becomes markup", async (t) => {
  const page = await open(t);
  await allocate(page, 8);
  const id = await newest(page);
  await write(page, id, "🦀é<i>&x");
  await said(page, `Wrote “🦀é<i>&x” to block ${id}.`);
  assert.match(await asText(page), /^🦀 é < i > & x -/);
});

test("a block freed twice before the list is drawn again is stale", async (t) => {
  const page = await open(t);
  await allocate(page, 3);
  const id = await newest(page);
  await button(page, `Free block ${id}`).evaluate((element) => {
    element.click();
    element.click();
  });
  await said(page, /^Refused: .*\(ERR_UNKNOWN_BLOCK\)/);
  await counted(page, "Blocks", "0");
});

test("a half-written text survives other actions", async (t) => {
  const page = await open(t);
  await allocate(page, 4);
  const id = await newest(page);
  await page.getByLabel(`Text of block ${id}`).fill("hal");
  await allocate(page, 2);
  await said(page, "units 4 to 5.");
  await settled(page);
  assert.equal(await page.getByLabel(`Text of block ${id}`).inputValue(), "hal");
});

function names(page) {
  return page.locator("#block-list strong").allTextContents();
}

// IDs are the manager's to choose: the tests read them off the list, newest first.
async function newest(page) {
  await settled(page);
  return (await names(page))[0].replace("Block ", "");
}

async function oldest(page) {
  await settled(page);
  return (await names(page)).at(-1).replace("Block ", "");
}

/** The units in order, as the page's text twin has them. */
async function asText(page) {
  const twin = page.locator("#twin");
  if (!(await twin.evaluate((details) => details.open))) await twin.locator("summary").click();
  await settled(page);
  await page.locator("#twin-text").filter({ hasText: /\S/ }).waitFor();
  return (await page.locator("#twin-text").textContent()).split("\n").at(-1).trim();
}

test("text that turns the direction of writing turns nothing that comes after it", async (t) => {
  const page = await open(t);
  await allocate(page, 4);
  const [id] = await blockIds(page);
  await write(page, id, "a\u202eb\u2069");
  assert.equal(await said(page, "Wrote"), `Wrote “\u2068a\u202eb\u2069” to block ${id}.`);
  await page.locator("#picture").hover({ position: await placeOf(page, 1) });
  assert.match(await page.locator("#readout").textContent(), /value “\u2068\u202e\u2069”\.$/);
});

test("the list of blocks says unit where there is one", async (t) => {
  const page = await open(t);
  await allocate(page, 1, 2);
  await settled(page);
  assert.deepEqual(await page.locator("#block-list .facts").allTextContents(), ["2 units, 0 written; units 1 and 2", "1 unit, 0 written; unit 0"]);
});
