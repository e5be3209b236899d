// The picture, read back from the canvas, and the words that go with it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { layOut } from "../../www/picture/grid.js";
import { palette } from "../../www/picture/palette.js";
import { allocate, bench, blockIds, button, cellColours, cellLetters, counted, free, hover, inSight, openRecording, placeOf, renew, rep, said, scenario, settled, write } from "./harness.mjs";

const { open } = bench();

test("each unit has the colour of its block", async (t) => {
  const page = await open(t);
  await scenario(page, "The original’s example");
  await button(page, "All steps").click();
  // - Z C D Y X: a freed unit, d, b, b, d, d.
  assert.equal(await cellLetters(page, 6), "abccbb");
  await button(page, "Defragment").click();
  await said(page, "Defragmented");
  assert.equal(await cellLetters(page, 6), "aabbbc");
});

test("freed units, tail and blocks differ, in every theme", async (t) => {
  for (const options of [{ colorScheme: "light" }, { colorScheme: "dark" }, { forcedColors: "active" }]) {
    const page = await open(t, options);
    await renew(page, 16);
    await allocate(page, 4, 4, 4);
    await settled(page);
    await page.locator("#block-list li").last().getByRole("button", { name: /^Free/ }).click();
    await counted(page, "Blocks", "2");
    const expected = options.forcedColors ? /^aaaabbbbcccc/ : /^aaaabbbbccccdddd$/;
    assert.match(await cellLetters(page, 16), expected);
  }
});

test("the theme's button changes page and picture and is remembered", async (t) => {
  const page = await open(t, { colorScheme: "light" });
  const light = await cellColours(page, 16);
  await button(page, "Dark colours").click();
  const dark = await cellColours(page, 16);
  assert.notDeepEqual(dark, light);
  await page.reload();
  await button(page, "Light colours").waitFor();
  await page.locator("#controls:not([inert])").waitFor();
  assert.deepEqual(await cellColours(page, 16), dark);
});

test("a click on a block offers to write, free and pin it and to go to its row, as long as it lives", async (t) => {
  const page = await open(t);
  await renew(page, 8);
  await allocate(page, 3, 3);
  const [first, second] = await blockIds(page);
  const click = async (unit) => page.locator("#picture").click({ position: await placeOf(page, unit) });
  const bar = page.locator("#chosen");
  assert.equal(await bar.isHidden(), true);
  await click(4);
  await bar.getByText(`Block ${second}`, { exact: true }).waitFor();
  await click(1);
  await bar.getByText(`Block ${first}`, { exact: true }).waitFor();
  await said(page, `Block ${first}: write, free or pin it right below the picture.`);
  await bar.getByRole("textbox", { name: `Text of block ${first}` }).fill("too long");
  await bar.getByRole("button", { name: `Write block ${first}` }).click();
  await said(page, "Refused: ");
  const marked = () => page.locator("#chosen-text").getAttribute("aria-invalid");
  assert.equal(await marked(), "true");
  await click(4);
  await bar.getByText(`Block ${second}`, { exact: true }).waitFor();
  assert.equal(await marked(), null, "another block's text is not refused");
  await click(1);
  await bar.getByRole("textbox", { name: `Text of block ${first}` }).fill("abc");
  await bar.getByRole("button", { name: `Write block ${first}` }).click();
  await said(page, `Wrote “abc” to block ${first}.`);
  await inSight(page, "#picture");
  await bar.getByRole("button", { name: `Pin block ${first}` }).click();
  await said(page, `Pinned block ${first}`);
  await bar.getByRole("button", { name: `Unpin block ${first}` }).click();
  await said(page, `Unpinned block ${first}`);
  await bar.getByRole("button", { name: `Read, resize … block ${first}` }).click();
  assert.equal(await page.evaluate(() => document.activeElement.id), `text-${first}`);
  await bar.getByRole("button", { name: `Free block ${first}` }).click();
  await said(page, `Freed block ${first}: 3 units are free again.`);
  await bar.waitFor({ state: "hidden" });
  assert.equal(await page.evaluate(() => document.activeElement.id), "picture");
  await button(page, "Undo").click();
  await bar.waitFor();
  await click(7);
  await bar.waitFor({ state: "hidden" });
  await said(page, "Unit 7 belongs to no block.");
});

for (const deviceScaleFactor of [1, 1.5, 2]) {
  test(`pointing at a unit tells its block, its place in it and its value, at ${deviceScaleFactor} pixels a point`, async (t) => {
    const page = await open(t, { deviceScaleFactor });
    await scenario(page, "The original’s example");
    await button(page, "All steps").click();
    assert.equal(await cellLetters(page, 6), "abccbb");
    const side = (await page.locator("#picture").boundingBox()).width / 6;
    const at = (unit) => hover(page, (unit + 0.5) * side, side / 2);
    assert.equal(await at(0), "Unit 0: free, not in the tail.");
    assert.match(await at(1), /^Unit 1: block \d+, 3rd of its 3 units, in extent 2 of 2, value “Z”\.$/);
    assert.match(await at(2), /^Unit 2: block \d+, 1st of its 2 units, value “C”\.$/);
    assert.match(await at(4), /^Unit 4: block \d+, 2nd of its 3 units, in extent 1 of 2, descending, value “Y”\.$/);
    assert.match(await at(5), /^Unit 5: block \d+, 1st of its 3 units, in extent 1 of 2, descending, value “X”\.$/);
  });
}

for (const [width, height, columns] of [[1280, 800, 16], [1024, 768, 16], [360, 740, 8], [360, 640, 8]]) {
  test(`64 units fill the width and have numbers, ${width} x ${height}`, async (t) => {
    const page = await open(t, { viewport: { width, height } });
    await page.evaluate(() => {
      window.drawn = new Set();
      const { fillText } = CanvasRenderingContext2D.prototype;
      CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
        window.drawn.add(String(text));
        return fillText.call(this, text, ...rest);
      };
    });
    await allocate(page, 3);
    const [id] = await blockIds(page);
    await write(page, id, "xyz");
    await said(page, "Wrote");
    assert.equal(await page.locator("#picture-scale").textContent(), `Each row shows ${columns} units.`);
    await settled(page);
    const drawn = await page.evaluate(() => [...window.drawn]);
    for (const text of [`#${id}`, "x", "y", "z", "0", "2", "63"]) assert.ok(drawn.includes(text), text);
    const [picture, frame] = await Promise.all(["#picture", "#picture-frame"].map(async (part) => (await page.locator(part).boundingBox()).width));
    assert.ok(picture > frame * 0.9, `${picture} of ${frame}`);
  });
}

test("cells are the largest that fit, or a little smaller ones where these leave much of the width empty", () => {
  const sides = (capacity, width, height) => {
    const { columns, rows, cell } = layOut(capacity, width, height, 60, 6);
    return [columns, rows, cell];
  };
  assert.deepEqual(sides(64, 864, 352), [16, 4, 54]);
  assert.deepEqual(sides(64, 620, 338), [16, 4, 38], "8 columns of 42 would leave half of it");
  assert.deepEqual(sides(6, 864, 352), [6, 1, 60], "more columns than units there are not");
  assert.deepEqual(sides(64, 500, 240), [16, 4, 31]);
  assert.deepEqual(sides(64, 490, 320), [10, 7, 45], "8 columns of 40 would leave a third of it");
  assert.deepEqual(sides(100, 366, 396), [10, 10, 36], "8 columns of 30 would leave a third of it");
  assert.deepEqual(sides(24, 336, 325), [6, 4, 56], "5 columns of 60 would leave a tenth of it");
});

test("an extent of many rows is one shape where cells are small", async (t) => {
  const page = await open(t);
  await renew(page, 4000);
  await allocate(page, 100);
  await said(page, "Allocated");
  await settled(page);
  const colours = await page.locator("#picture").evaluate((canvas) => {
    const from = Math.round(canvas.height * 0.3);
    const { data } = window.readBack(canvas).getImageData(Math.round(canvas.width / 2), from, 1, Math.round(canvas.height * 0.5));
    return [...new Set(new Uint32Array(data.buffer))].length;
  });
  assert.equal(colours, 1, "no line between its rows");
});

test("in small cells a unit's number makes room for its value, and for a badge", async (t) => {
  const page = await open(t, { viewport: { width: 390, height: 844 } });
  await allocate(page, 4, 4, 4);
  const [first, second, third] = await blockIds(page);
  await write(page, second, "text");
  await said(page, "Wrote");
  await free(page, first, third);
  await allocate(page, 6);
  await settled(page);
  const numbered = () => page.locator("#picture-labels").evaluate((canvas) => {
    const side = canvas.width / 8;
    const context = window.readBack(canvas);
    const written = (unit) => context.getImageData((unit % 8) * side + side / 2, Math.floor(unit / 8) * side + side * 0.75, side / 2, side / 4)
      .data.some((value) => value > 0);
    return Array.from({ length: 16 }, (_, unit) => (written(unit) ? "#" : ".")).join("");
  });
  await page.locator("#picture").press("End");
  assert.equal(await numbered(), "#.##....####.###", "values are at 4 to 7, badges at 1 and 12");
  await page.locator("#picture").press("Home");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  assert.equal(await numbered(), "###.....###.####", "and now at 3 and 11");
});

test("the cursor is seen when somebody points or comes by keyboard, not before", async (t) => {
  const page = await open(t);
  const cursor = page.locator("#cursor");
  await allocate(page, 3);
  await settled(page);
  assert.ok(await cursor.isHidden());
  await page.locator("#picture").hover({ position: await placeOf(page, 9) });
  assert.ok(await cursor.isVisible());
  assert.notEqual(await cursor.evaluate((element) => getComputedStyle(element).borderColor), await page.evaluate(() => getComputedStyle(document.body).color));
  await page.reload();
  await page.locator("#controls:not([inert])").waitFor();
  await settled(page);
  assert.ok(await cursor.isHidden());
  await page.getByRole("slider", { name: "Unit of the buffer" }).focus();
  assert.ok(await cursor.isVisible());
});

test("the keys move a cursor that says the same", async (t) => {
  const page = await open(t);
  await allocate(page, 20);
  await settled(page);
  const picture = page.getByRole("slider", { name: "Unit of the buffer" });
  await picture.focus();
  const value = () => picture.getAttribute("aria-valuetext");
  const columns = Number(/(\d+) units/.exec(await page.locator("#picture-scale").textContent())[1]);
  const steps = [
    ["ArrowRight", 1], ["ArrowLeft", 0], ["ArrowLeft", 0], ["End", 63], ["ArrowRight", 63], ["Home", 0],
    ["ArrowDown", columns], ["ArrowUp", 0],
  ];
  for (const [key, unit] of steps) {
    await page.keyboard.press(key);
    assert.equal(await picture.getAttribute("aria-valuenow"), String(unit), key);
    assert.equal(await page.locator("#readout").textContent(), await value());
  }
  assert.match(await value(), /^Unit 0: block \d+, 1st of its 20 units, empty\.$/);
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  assert.match(await page.evaluate(() => document.activeElement.labels[0].textContent), /^Text of block \d+$/);
  await page.keyboard.type("by keys");
  await page.keyboard.press("Enter");
  await said(page, "Wrote “by keys”");
  await picture.focus();
  await page.keyboard.press("End");
  assert.equal(await value(), "Unit 63: free, in the tail.");
});

test("what is asked of the picture or the list before it is drawn anew is of what there is now", async (t) => {
  const page = await open(t);
  await renew(page, 2000);
  await allocate(page, ...Array(13).fill(100));
  await settled(page);
  await button(page, "Older").click();
  const [oldest] = await blockIds(page);
  await write(page, oldest, "a text");
  await said(page, "Wrote");
  await settled(page);
  const told = await page.evaluate(() => {
    const [undo, newer, free, picture] = ["#undo", "#newer", "#block-list .free", "#picture"].map((name) => document.querySelector(name));
    const press = (key) => picture.dispatchEvent(new KeyboardEvent("keydown", { key }));
    const words = [];
    for (const act of [() => undo.click(), () => free.click()]) {
      act();
      press("End");
      press("Home");
      words.push(picture.getAttribute("aria-valuetext"));
    }
    undo.click();
    newer.click();
    return words;
  });
  assert.match(told[0], /^Unit 0: block \d+, 1st of its 100 units, empty\.$/);
  assert.equal(told[1], "Unit 0: free, not in the tail.");
});

test("half of the units fill half of the picture", async (t) => {
  const page = await open(t);
  for (const capacity of [16, 1000, 4096, 100_000]) {
    await renew(page, capacity);
    await allocate(page, capacity / 2);
    await said(page, "Allocated block");
    const share = await filled(page, capacity);
    assert.ok(Math.abs(share - 0.5) < 0.002, `${share} of ${capacity}`);
  }
});

test("a million units: painted, found and named", async (t) => {
  const page = await open(t);
  await renew(page, 1_000_000);
  await said(page, "New manager: 1,000,000 units");
  await allocate(page, 400_000);
  await allocate(page, 100_000);
  await said(page, /units 400,?000 to 499,?999/);
  await counted(page, "Used", "500,000");
  assert.ok(Math.abs((await filled(page, 1_000_000)) - 0.5) < 0.002);
  const { height } = await page.locator("#picture").boundingBox();
  const at = (share) => hover(page, 5, height * share);
  const [first, second, tail] = [await at(0.2), await at(0.45), await at(0.8)];
  assert.match(first, /^Unit [\d,]+: block \d+, [\d,]+(st|nd|rd|th) of its 400,000 units, empty\.$/);
  assert.match(second, /of its 100,000 units, empty\.$/);
  assert.match(tail, /: free, in the tail\.$/);
  assert.notEqual(await meanColour(page, 0.2), await meanColour(page, 0.45));
  assert.notEqual(await meanColour(page, 0.45), await meanColour(page, 0.8));
  await page.getByRole("slider", { name: "Unit of the buffer" }).focus();
  await page.keyboard.press("End");
  assert.equal(await page.locator("#readout").textContent(), "Unit 999,999: free, in the tail.");
});

test("in a large picture the last operation has a ring around it, and the lens is there", async (t) => {
  const page = await open(t);
  await renew(page, 1_000_000, "first-fit");
  await allocate(page, 499_998);
  await allocate(page, 2);
  await said(page, "units 499,998 to 499,999.");
  const readout = page.locator("#readout");
  await readout.getByText(/^Unit 499,998: block \d+, 1st of its 2 units/).waitFor();
  const ring = () => page.locator("#picture-marks").evaluate((canvas) => {
    if (canvas.hidden) return null;
    const { data, width } = window.readBack(canvas).getImageData(0, 0, canvas.width, canvas.height);
    const at = [];
    for (let pixel = 0; pixel < data.length / 4; pixel++) if (data[pixel * 4 + 3] > 0) at.push([pixel % width, Math.floor(pixel / width)]);
    const side = (axis) => Math.max(...at.map((place) => place[axis])) - Math.min(...at.map((place) => place[axis])) + 1;
    return [side(0), side(1)];
  });
  await settled(page);
  assert.ok((await ring()).every((side) => side >= 9));
  assert.ok(await page.locator("#legend-touched").isVisible());
  const [newest] = await page.locator("#block-list strong").allTextContents();
  await page.getByRole("slider", { name: "Unit of the buffer" }).press("Home");
  await button(page, newest.replace("Block", "Free block")).click();
  await readout.getByText("Unit 499,998: free").waitFor();
  assert.ok((await ring()).every((side) => side >= 9), "where it was");
  await button(page, "Undo").click();
  await said(page, "Undone");
  await settled(page);
  assert.equal(await ring(), null);
  assert.ok(await page.locator("#legend-touched").isHidden());
});

test("one operation of a recording is seen, and the lens goes there", async (t) => {
  const page = await open(t);
  await openRecording(page, "large.rep", rep([["a", 0, 300_000], ["a", 1, 5], ["f", 1]], 2));
  await said(page, "Loaded");
  for (const expected of ["Unit 0: block", "Unit 300,000: block", "Unit 300,000: free"]) {
    await button(page, "One operation").click();
    await page.locator("#readout").getByText(expected).waitFor();
    await page.locator("#picture-marks").waitFor();
  }
});

test("a million units in 50,000 blocks stay usable", async (t) => {
  const page = await open(t);
  const operations = Array.from({ length: 50_000 }, (_, block) => ["a", block, 18]);
  await openRecording(page, "many.rep", rep(operations, 50_000));
  await said(page, "Loaded many.rep");
  await page.getByLabel("Speed").selectOption("unlimited");
  await button(page, "Play").click();
  await said(page, "Played to the end. Now: 50,000 blocks, 1.00 extents each");
  await page.getByText("1 to 12 of 50,000, newest first").waitFor();
  assert.equal(await page.locator("#block-list li").count(), 12);
  await button(page, "Older").click();
  await page.getByText("13 to 24 of 50,000, newest first").waitFor();
  await button(page, "Newer").click();
  const id = (await page.locator("#block-list strong").first().textContent()).replace("Block ", "");
  await page.getByLabel("Find by ID").fill(id);
  await page.getByText("1 of 50,000 blocks, newest first").waitFor();
  await button(page, `Free block ${id}`).click();
  await said(page, `Freed block ${id}: 18 units are free again.`);
  await page.getByText("None of 49,999 blocks has such an ID.").waitFor();
});

test("the list turns to the block that is asked for, and looks for another only where it must", async (t) => {
  const page = await open(t);
  await renew(page, 400);
  await allocate(page, ...Array(15).fill(20));
  const pageText = page.locator("#page-text");
  const listOldest = async () => {
    await settled(page);
    await page.locator("#picture").focus();
    await page.keyboard.press("Home");
    await page.keyboard.press("Enter");
    await page.locator("#chosen-more").press("Enter");
    return page.evaluate(() => document.activeElement.id);
  };
  const row = await listOldest();
  assert.match(row, /^text-/);
  await pageText.getByText("13 to 15 of 15, newest first").waitFor();
  assert.equal(await page.getByLabel("Find by ID").inputValue(), "");
  const oldest = row.replace("text-", "");
  const [newest] = await page.locator("#block-list strong").evaluateAll((names) => [names[0].textContent.replace("Block ", "")]);
  assert.equal(await pageText.getAttribute("aria-live"), null);
  await page.getByLabel("Find by ID").fill(`#${newest}`);
  await pageText.getByText("1 of 15 blocks, newest first").waitFor();
  assert.equal(await pageText.getAttribute("aria-live"), "polite", "as long as somebody looks for something");
  assert.equal(await listOldest(), row, "what was looked for left it out");
  assert.equal(await page.getByLabel("Find by ID").inputValue(), "");
  await page.getByLabel("Find by ID").fill(oldest);
  await pageText.getByText(/^\d+ of 15 blocks/).waitFor();
  const shown = await pageText.textContent();
  assert.equal(await listOldest(), row);
  assert.equal(await pageText.textContent(), shown, "what is looked for stays");
  await button(page, "List all").click();
  await pageText.getByText("1 to 12 of 15, newest first").waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), "find");
  assert.ok(await button(page, "List all").isHidden());
  await page.getByLabel("Find by ID").fill(oldest);
  await renew(page, 64);
  await allocate(page, 4);
  await pageText.getByText("1 block, newest first").waitFor();
  assert.equal(await page.getByLabel("Find by ID").inputValue(), "");
});

for (const [width, height] of [[1280, 800], [1024, 768]]) {
  test(`no line runs through what is written in the cells, ${width} wide`, async (t) => {
    const page = await open(t, { viewport: { width, height } });
    await allocate(page, 5, 9, 3, 12, 7);
    const ids = await blockIds(page);
    const crossed = () => page.evaluate(() => {
      const pixels = (id) => {
        const canvas = document.getElementById(id);
        return canvas.hidden ? null : window.readBack(canvas).getImageData(0, 0, canvas.width, canvas.height).data;
      };
      const labels = pixels("picture-labels");
      const lines = ["picture-marks", "picture-outline"].map(pixels).filter(Boolean);
      let both = 0;
      // Not what is light, which sets lines and letters off.
      const dark = (data, at) => data[at] < 128 && data[at + 3] > 99;
      for (let at = 0; at < labels.length; at += 4) if (dark(labels, at) && lines.some((line) => dark(line, at))) both++;
      return { both, lines: lines.length };
    });
    await free(page, ids[1], ids[3]);
    await page.getByLabel("Size", { exact: true }).fill("20");
    await settled(page);
    assert.deepEqual(await crossed(), { both: 0, lines: 2 }, "what was freed, and the preview");
    await button(page, "Defragment").click();
    await said(page, "Defragmented");
    await page.locator("#legend-moved").waitFor();
    assert.deepEqual(await crossed(), { both: 0, lines: 1 }, "what moved");
  });
}

test("in a small picture the last operation has a ring around it, too", async (t) => {
  const page = await open(t);
  await allocate(page, 4, 6);
  await settled(page);
  const ringed = () => page.locator("#picture-marks").evaluate((canvas) => {
    const side = canvas.width / 16;
    const context = window.readBack(canvas);
    const painted = (unit) => context.getImageData(unit * side, 0, side, side).data.some((value) => value > 0);
    return Array.from({ length: 16 }, (_, unit) => (painted(unit) ? "#" : ".")).join("");
  });
  assert.equal(await ringed(), "....######......");
  assert.ok(await page.locator("#legend-touched").isVisible());
  const [first] = await blockIds(page);
  await button(page, `Free block ${first}`).click();
  await said(page, "Freed");
  await settled(page);
  assert.equal(await ringed(), "####............");
});

test("the extents at the cursor are numbered in their order: a block's, and the free ones as lifo takes them", async (t) => {
  const page = await open(t);
  await allocate(page, 6, 4, 6, 4);
  const [a, , c] = await blockIds(page);
  await free(page, a, c);
  await allocate(page, 8);
  await settled(page);
  const at = async (unit) => {
    const { x, y } = await placeOf(page, unit);
    const words = await hover(page, x, y);
    return [words.replace(/block \d+/, "block"), await page.locator("#picture-badges").isVisible()];
  };
  assert.deepEqual(await at(15), ["Unit 15: block, 1st of its 8 units, in extent 1 of 2, descending, empty.", true]);
  assert.deepEqual(await at(4), ["Unit 4: block, 8th of its 8 units, in extent 2 of 2, descending, empty.", true]);
  assert.deepEqual(await at(7), ["Unit 7: block, 2nd of its 4 units, empty.", false]);
  assert.deepEqual(await at(0), ["Unit 0: free, not in the tail; lifo takes it as extent 1 of 2, descending.", true]);
  assert.deepEqual(await at(63), ["Unit 63: free, in the tail; lifo takes it as extent 2 of 2.", true]);
});

test("on a wall the cells grow", async (t) => {
  const page = await open(t, { viewport: { width: 2560, height: 1440 } });
  await settled(page);
  const { width } = await page.locator("#picture").boundingBox();
  assert.ok(width / 16 > 90, `${width / 16}`);
});

test("what is written in cells can be read, and what bounds them seen, in both themes", () => {
  for (const theme of ["light", "dark"]) {
    const { paper, ink, halo, muted, edge, freed, tail, beyond, hues, moved, done, refused } = palette(theme);
    for (const hue of hues) assert.ok(contrast(ink, hue) >= 4.5, `${theme}: ink on ${hue}`);
    for (const free of [freed, tail, beyond]) assert.ok(contrast(muted, free) >= 4.5, `${theme}: numbers on ${free}`);
    for (const ground of [paper, tail]) assert.ok(contrast(edge, ground) >= 3, `${theme}: the edge of the tail on ${ground}`);
    for (const hue of hues) assert.ok(contrast(moved, hue) >= 3, `${theme}: moved on ${hue}`);
    for (const colour of [ink, done, refused]) assert.ok(contrast(colour, halo) >= 4.5, `${theme}: a badge of ${colour}`);
  }
});

/** As WCAG defines it. */
function contrast(...colours) {
  const [low, high] = colours.map((colour) => {
    const [red, green, blue] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255)
      .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  }).sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/** The share of the capacity whose pixels are not the tail's, by the last unit's colour. */
async function filled(page, capacity) {
  await settled(page);
  return page.locator("#picture").evaluate((canvas, units) => {
    const words = document.getElementById("picture-scale").textContent;
    const columns = Number(/([\d,]+)(?: units)?\.$/.exec(words)[1].replaceAll(",", ""));
    const shared = Number(/Each pixel shows ([\d,]+)/.exec(words)?.[1] ?? 1);
    const side = Math.max(1, Math.round((canvas.width / columns) * shared));
    const tall = canvas.height / Math.ceil(units / columns);
    const context = window.readBack(canvas);
    const at = (unit) => {
      const x = Math.floor((unit % columns) / shared) * side + (side >> 1);
      const y = Math.floor(unit / columns) * tall + (tall >> 1);
      return context.getImageData(x, y, 1, 1).data.join();
    };
    const tail = at(units - 1);
    // By halving: the units up to some one are the block's, the rest are the tail's.
    let [low, high] = [0, units];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (at(middle) === tail) high = middle;
      else low = middle + 1;
    }
    return low / units;
  }, capacity);
}

function meanColour(page, share) {
  return page.locator("#picture").evaluate((canvas, down) => {
    const { data } = window.readBack(canvas).getImageData(0, Math.floor(canvas.height * down), canvas.width, 4);
    const sums = [0, 0, 0];
    data.forEach((value, at) => at % 4 < 3 && (sums[at % 4] += value));
    return sums.map((sum) => Math.round((sum * 4) / data.length)).join();
  }, share);
}
