// Undo and redo, by hand, by keys and along the slider.
import assert from "node:assert/strict";
import { test } from "node:test";
import { allocate, bench, blockIds, button, counted, poor, poorly, press, renew, said, scenario, settled, undo, words, write } from "./harness.mjs";

const { open } = bench();
const slider = (page) => page.getByLabel("Action", { exact: true });

test("every action is undone and done again, new managers too", async (t) => {
  const page = await open(t);
  assert.ok(await button(page, "Undo").isDisabled());
  assert.ok(await slider(page).isDisabled());
  const pictures = [await words(page)];
  const done = async () => pictures.push(await words(page));
  await renew(page, 24, "first-fit");
  await done();
  for (const size of [6, 4, 5]) {
    await allocate(page, size);
    await done();
  }
  const [a, b] = await blockIds(page);
  await write(page, b, "here");
  await done();
  await button(page, `Free block ${a}`).click();
  await done();
  await button(page, `Pin block ${b}`).click();
  await done();
  await page.getByLabel("Target", { exact: true }).selectOption("any");
  await button(page, "Defragment").click();
  await said(page, "Defragmented");
  await done();
  await button(page, `Unpin block ${b}`).click();
  await done();
  await page.getByLabel("Target", { exact: true }).selectOption("address");
  await page.getByLabel("Moves per step").fill("1");
  await button(page, "Step").click();
  await said(page, "Step 1");
  await done();
  await button(page, "Clear").click();
  await done();
  const last = pictures.length - 1;
  for (let at = last - 1; at >= 0; at--) {
    await press(page, "Undo");
    assert.equal(await words(page), pictures[at], `undone to ${at}`);
  }
  assert.ok(await button(page, "Undo").isDisabled());
  assert.equal(await page.getByLabel("Capacity").inputValue(), "64", "the form follows");
  for (let at = 1; at <= last; at++) {
    await press(page, "Redo");
    assert.equal(await words(page), pictures[at], `done again to ${at}`);
  }
  assert.ok(await button(page, "Redo").isDisabled());
  for (const at of [3, 0, last, 5]) {
    await slider(page).fill(String(at));
    assert.equal(await words(page), pictures[at], `at ${at}`);
  }
});

test("the field of a block goes with what it holds, line breaks too, which no field shows", async (t) => {
  const page = await open(t, { path: "/#s=lifo.8.char&o=a4,w0:a%0Ab,w0:zz" });
  await said(page, "Restored from the link");
  const [id] = await blockIds(page);
  const shown = async () => {
    await settled(page);
    return page.locator(`#text-${id}`).inputValue();
  };
  assert.equal(await shown(), "zz");
  await undo(page);
  assert.equal(await shown(), "ab");
  await button(page, "Redo").click();
  assert.equal(await shown(), "zz");
  await button(page, "Undo").click();
  await button(page, `Read block ${id}`).click();
  await said(page, "reads");
  await button(page, "Redo").click();
  assert.equal(await shown(), "zz", "also after it was read");
});

test("what was undone is forgotten when something else is done", async (t) => {
  const page = await open(t);
  await allocate(page, 3, 4);
  await undo(page);
  await said(page, "Undone: alloc(4).");
  await allocate(page, 1000);
  await said(page, /^Refused/);
  await settled(page);
  assert.ok(await button(page, "Redo").isEnabled(), "a refusal does nothing, and so forgets nothing");
  await allocate(page, 5);
  await said(page, "units 3 to 7");
  await settled(page);
  assert.ok(await button(page, "Redo").isDisabled());
  await counted(page, "Used", "8");
  assert.equal(await page.locator("#history-text").textContent(), "2 of 2");
});

test("the keys undo and redo, but not while somebody types", async (t) => {
  const page = await open(t);
  await allocate(page, 3);
  await counted(page, "Used", "3");
  await page.getByLabel("Size", { exact: true }).fill("7");
  await page.keyboard.press("Control+z");
  await counted(page, "Used", "3");
  await button(page, "Allocate").focus();
  assert.equal(await button(page, "Undo").getAttribute("title"), "Ctrl+Z");
  await page.keyboard.press("Control+z");
  await said(page, "Undone: alloc(3).");
  await counted(page, "Used", "0");
  await page.keyboard.press("Control+Shift+Z");
  await said(page, "Redone: alloc(3).");
  await page.keyboard.press("Control+z");
  await page.keyboard.press("Control+y");
  await counted(page, "Used", "3");
  await slider(page).focus();
  await page.keyboard.press("ArrowLeft");
  await counted(page, "Used", "0");
});

test("the keys undo nothing of the playground where another view is shown", async (t) => {
  const page = await open(t);
  await allocate(page, 5);
  await said(page, "Allocated");
  await press(page, "Laboratory");
  await said(page, "Loaded sqlite");
  await page.keyboard.press("Control+z");
  await press(page, "Playground");
  await said(page, "Allocated");
  await counted(page, "Used", "5");
});

test("two hundred actions are undone at once", async (t) => {
  const page = await open(t);
  await renew(page, 4096, "best-fit");
  await page.evaluate(() => {
    const allocate = document.querySelector("#allocate-form button");
    for (let at = 0; at < 200; at++) allocate.click();
  });
  await counted(page, "Blocks", "200");
  await slider(page).fill("101");
  await counted(page, "Blocks", "100");
  await slider(page).fill("201");
  await counted(page, "Blocks", "200");
});

test("what cannot be undone is refused in words, and the slider stays at what is shown", async (t) => {
  const page = await open(t, { prepare: poorly("index.js", "MemoryManager") });
  await allocate(page, 3, 4);
  await counted(page, "Used", "7");
  await poor(page, true);
  for (const act of [() => button(page, "Undo").click(), () => slider(page).fill("0")]) {
    await act();
    await said(page, "Refused: there is no memory");
    await settled(page);
    assert.deepEqual([await slider(page).inputValue(), await page.locator("#history-text").textContent()], ["2", "2 of 2"]);
    await button(page, "Copy link").click();
    await said(page, "It restores this state");
  }
  await counted(page, "Used", "7");
  await poor(page, false);
  await undo(page);
  await counted(page, "Used", "3");
});

/** The page's managers do no more of what is named, as when memory runs out; nothing named: all of it again. */
const without = (page, ...names) => page.evaluate(async (names) => {
  const { MemoryManager: { prototype } } = await import("twingate-memory");
  for (const [name, plain] of Object.entries(window.plain ?? {})) prototype[name] = plain;
  window.plain = Object.fromEntries(names.map((name) => [name, prototype[name]]));
  for (const name of names) prototype[name] = () => { throw new RangeError("there is no memory"); };
}, names);

test("what was done is done, undone and redone, also where there is no memory to show it, and that is said", async (t) => {
  const page = await open(t);
  await allocate(page, 3, 4);
  await counted(page, "Used", "7");
  const [, id] = await blockIds(page);
  const shown = page.locator("#picture-frame");
  await without(page, "snapshot");
  await button(page, `Free block ${id}`).click();
  await said(page, "What was done is done, but this page cannot show it: there is no memory. The picture is from before. Undo, ");
  assert.equal(await page.locator("#history-text").textContent(), "3 of 3");
  assert.deepEqual([await shown.getAttribute("inert"), await page.locator("#rest").getAttribute("inert")], ["", ""], "nothing can be asked of it");
  await allocate(page, 1);
  await said(page, "Refused: there is no memory");
  assert.equal(await page.locator("#history-text").textContent(), "3 of 3");
  await without(page);
  await undo(page);
  await counted(page, "Used", "7");
  assert.equal(await shown.getAttribute("inert"), null);
  await button(page, "Redo").click();
  await counted(page, "Used", "3");
});

test("an action is not called refused where only the words on it fail", async (t) => {
  const page = await open(t);
  await renew(page, 32, "first-fit");
  await allocate(page, 3, 4);
  await settled(page);
  const [id] = await blockIds(page);
  await page.evaluate(async () => {
    const { MemoryManager: { prototype } } = await import("twingate-memory");
    const { resize, extents } = prototype;
    prototype.resize = function (...how) {
      resize.apply(this, how);
      prototype.extents = () => { throw new RangeError("there is no memory"); };
    };
    window.restore = () => Object.assign(prototype, { resize, extents });
  });
  await page.getByLabel(`Size of block ${id}`).fill("6");
  await button(page, `Resize block ${id}`).click();
  await said(page, `Done: resize(${id}, 6). What came of it cannot be told: there is no memory`);
  await page.evaluate(() => window.restore());
  await counted(page, "Used", "10");
  await undo(page);
  await counted(page, "Used", "7");
});

test("a scenario stays at its step where it cannot go back, and goes on from there", async (t) => {
  const page = await open(t, { prepare: poorly("index.js", "MemoryManager") });
  await scenario(page, "External fragmentation");
  const now = page.locator("#step-list [aria-current=step]");
  await press(page, "Next step", 2);
  const step = await now.textContent();
  for (const name of ["Back", "Next step", "All steps"]) {
    if (name === "Next step") await allocate(page, 1);
    await poor(page, true);
    await button(page, name).click();
    await said(page, "Refused: there is no memory");
    await poor(page, false);
    assert.equal(await now.textContent(), step, name);
  }
  await undo(page);
  await button(page, "Next step").click();
  assert.notEqual(await now.textContent(), step);
  await button(page, "Back").click();
  await said(page, "Back at step 3");
  assert.equal(await now.textContent(), step);
});

test("a scenario goes back step by step, also by undoing, and on again", async (t) => {
  const page = await open(t);
  await scenario(page, "External fragmentation");
  const now = page.locator("#step-list [aria-current=step]");
  await button(page, "All steps").click();
  assert.match(await now.textContent(), /^e = alloc\(8\)/);
  await button(page, "Back").click();
  assert.equal(await now.textContent(), "defragment()");
  await undo(page);
  assert.equal(await now.textContent(), "alloc(8)", "what was refused goes back with the step before it");
  await button(page, "Back").click();
  assert.equal(await now.textContent(), "free(c)");
  await button(page, "Back").click();
  assert.equal(await now.textContent(), "free(a)");
  await button(page, "Next step").click();
  assert.equal(await now.textContent(), "free(c)");
  await button(page, "All steps").click();
  assert.match(await now.textContent(), /^e = alloc\(8\)/);
  await slider(page).fill("1");
  assert.equal(await now.textContent(), "capacity 24, first-fit");
  assert.ok(await button(page, "Back").isDisabled());
  await undo(page);
  await page.locator("#steps").waitFor({ state: "hidden" });
});
