// Placements side by side: every operation, what is said of it, and the pictures.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../benches/random.mjs";
import { Viewport } from "../../www/laboratory/viewport.js";
import { COLOURINGS, scaleOf } from "../../www/laboratory/shades.js";
import { bench, button, inSight, openRecording, press, rep, said, settled } from "./harness.mjs";

const { open } = bench();
const FRAGMENTING = rep([
  ...Array.from({ length: 100 }, (_, block) => ["a", block, 8]),
  ...Array.from({ length: 50 }, (_, at) => ["f", at * 2]),
  ...Array.from({ length: 20 }, (_, at) => ["a", 100 + at, 12]),
], 120);
const SHOWN = ["lifo", "first-fit", "buddy", "tlsf"];
const slider = (page) => page.getByLabel("Operation", { exact: true });

test("four placements at any operation, in figures and with their why, as the package says", async (t) => {
  const page = await begin(t);
  assert.deepEqual(await page.locator(".panel select").evaluateAll((all) => all.map(({ value }) => value)), SHOWN);
  await page.getByText("The pictures in figures").click();
  for (const position of [170, 0, 120, 151, 1]) {
    await slider(page).fill(String(position));
    await settled(page);
    const expected = await page.evaluate(async ({ text, at, placements }) => {
      const { parseTrace, Player } = await import("twingate-memory/trace");
      const trace = parseTrace(text);
      return placements.map((placement) => {
        const player = new Player(trace, { capacity: 880, placement });
        player.seek(at);
        const { usedUnits, freeExtents } = player.stats();
        return [placement, usedUnits.toLocaleString("en-GB"), freeExtents.toLocaleString("en-GB"), String(player.failures), player.why()];
      });
    }, { text: FRAGMENTING, at: position, placements: SHOWN });
    const rows = await page.locator("#side-table tbody tr").evaluateAll((lines) => lines.map((line) => Array.from(line.cells, (cell) => cell.textContent)));
    const whys = await page.locator(".panel .why").allTextContents();
    assert.deepEqual(rows.map((row, at) => [row[0], row[1], row[4], row[9], whys[at]]), expected, `operation ${position}`);
    assert.equal(await page.locator("#side-text").textContent(), `${position} of 170 operations`);
  }
});

test("steps, jumps, playing, and another placement", async (t) => {
  const page = await begin(t);
  const at = (text) => page.locator("#side-text").filter({ hasText: text }).waitFor();
  await at("0 of 170 operations");
  assert.ok(await button(page, "Step back").isDisabled());
  await button(page, "Step").click();
  await at(/^1 of/);
  await page.getByLabel("Go to").fill("150");
  await page.keyboard.press("Enter");
  await at("150 of");
  await button(page, "Step back").click();
  await at("149 of");
  await said(page, "At operation 149 of 170, which frees a block.");
  for (const goal of ["", "abc", "1.5"]) {
    await page.getByLabel("Go to").fill(goal);
    await button(page, "Go").click();
    await said(page, `Go to must be a whole number such as 85${goal && `, not “${goal}”`}.`);
    await at("149 of");
  }
  await page.getByLabel("Go to").fill("100,000");
  await button(page, "Go").click();
  await said(page, "At operation 170 of 170, which allocates 12 units.");
  await at("170 of");
  assert.ok(await button(page, "Step").isDisabled());
  await said(page, "There is no operation 100,000. At operation 170 of 170");
  await button(page, "Play").click();
  await said(page, "Played to the end: operation 170 of 170.");
  await slider(page).focus();
  await page.keyboard.press("Home");
  await at(/^0 of/);
  await said(page, "At operation 0 of 170.");
  await page.keyboard.press("ArrowRight");
  await at(/^1 of/);
  await page.getByLabel("Speed").selectOption("1");
  await button(page, "Play").click();
  await button(page, "Pause").click();
  await said(page, /^Paused: operation \d+ of 170\.$/);
  await slider(page).fill("170");
  await settled(page);
  await page.locator(".panel select").nth(1).selectOption("best-fit");
  await page.locator(".panel .facts").nth(1).filter({ hasText: "14 refused" }).waitFor();
  assert.match(await page.locator(".panel .why").nth(1).textContent(), /12 units/);
});

test("until the pictures are prepared it is said how far they are, and nothing else", async (t) => {
  const page = await begin(t);
  await slider(page).fill("120");
  await settled(page);
  const long = rep(Array.from({ length: 40_000 }, (_, at) => [at % 2 ? "f" : "a", at >> 1, 64]), 20_000);
  await page.evaluate(() => {
    // A clock that every look moves on: on any machine there is time to say how far it is.
    let clock = performance.now();
    performance.now = () => (clock += 10);
    window.seen = [];
    const text = (selector) => document.querySelector(selector).textContent;
    const ids = ["side-play", "side-back", "side-step", "side-position", "side-go"];
    new MutationObserver(() => window.seen.push({
      text: text("#side-text"), why: text(".panel .why"), facts: text(".panel .facts"),
      disabled: ids.every((id) => document.getElementById(id).disabled),
    })).observe(document.getElementById("side-text"), { childList: true });
  });
  await page.getByLabel("Or open a file").setInputFiles({ name: "long.rep", mimeType: "text/plain", buffer: Buffer.from(long) });
  await page.locator("#side-text").filter({ hasText: "0 of 40,000 operations" }).waitFor();
  assert.ok(await button(page, "Play").isEnabled());
  const seen = (await page.evaluate(() => window.seen)).filter(({ text }) => text.startsWith("Preparing"));
  assert.ok(seen.length > 1);
  for (const { text, why, facts, disabled } of seen) {
    assert.match(text, /^Preparing the pictures … \d+ %$/);
    assert.ok(disabled);
    if (why.startsWith("Preparing lifo … ")) assert.equal(facts, "");
  }
  assert.ok(seen.some(({ why }) => /^Preparing lifo … [1-9]\d? %$/.test(why)));
  const chosen = await page.evaluate(() => {
    const [, panel] = document.querySelectorAll(".panel");
    const select = panel.querySelector("select");
    select.value = "best-fit";
    select.dispatchEvent(new Event("change"));
    return panel.querySelector(".why").textContent;
  });
  assert.equal(chosen, "Preparing best-fit … 0 %");
  await page.locator("#side-text").filter({ hasText: "0 of 40,000 operations" }).waitFor();
});

test("a capacity that is refused leaves no preparation behind, nor its refusal", async (t) => {
  const page = await begin(t);
  const capacity = page.getByLabel("Capacity");
  const text = page.locator("#side-text");
  await capacity.fill("99999999999");
  await capacity.blur();
  await said(page, /^Refused: /);
  await text.getByText("No pictures: one of them could not be prepared").waitFor();
  assert.match(await page.locator(".panel .why").first().textContent(), /^Refused: /);
  assert.ok(await button(page, "Play").isDisabled());
  await capacity.fill("900");
  await capacity.blur();
  await said(page, "The pictures are ready, with 900 units each.");
  await text.getByText("0 of 170 operations").waitFor();
});

test("what is said of a unit is so at the operation shown", async (t) => {
  const page = await begin(t);
  const readout = page.locator("#side-readout");
  await slider(page).fill("100");
  await settled(page);
  const { width } = await page.locator(".panel canvas").nth(1).boundingBox();
  await page.locator(".panel canvas").nth(1).hover({ position: { x: width / 40, y: 5 } });
  await readout.getByText(/^first-fit: Unit 0: block /).waitFor();
  await slider(page).fill("150");
  await readout.getByText("first-fit: Unit 0: free, in an extent of 8 units that starts at unit 0.").waitFor();
  await page.getByLabel("Speed").selectOption("1");
  await button(page, "Play").click();
  await readout.filter({ hasText: /^$/ }).waitFor({ state: "attached" });
  await button(page, "Pause").click();
  await readout.getByText(/^first-fit: Unit 0: /).waitFor();
});

test("the four pictures stand in rows of one length", async (t) => {
  const page = await begin(t);
  for (const [width, rows] of [[1440, 1], [1280, 1], [1024, 1], [768, 2], [360, 4]]) {
    await page.setViewportSize({ width, height: 800 });
    const tops = await page.locator(".panel").evaluateAll((all) => all.map((panel) => panel.getBoundingClientRect().top));
    assert.equal(new Set(tops).size, rows, `${width} wide`);
    // Chromium's own arrow takes 22 px of a select at most.
    const cut = await page.locator(".panel select").evaluateAll((all) => all.map((select) => {
      const context = new OffscreenCanvas(1, 1).getContext("2d");
      const { font, paddingLeft, paddingRight } = getComputedStyle(select);
      context.font = font;
      const needed = context.measureText("contiguous-first").width + parseFloat(paddingLeft) + parseFloat(paddingRight) + 22;
      return needed > select.clientWidth + 2;
    }));
    assert.ok(!cut.includes(true), `names are cut, ${width} wide`);
  }
});

test("reduced motion plays in few pictures", async (t) => {
  const page = await begin(t, { reducedMotion: "reduce" });
  await page.getByLabel("Speed").selectOption("1,000 per second");
  await button(page, "Play").click();
  await said(page, "Played to the end: operation 170 of 170.");
});

test("the picture has the blocks' colours, and each colouring is another", async (t) => {
  const page = await begin(t);
  await slider(page).fill("100");
  const looks = new Set();
  for (const { name } of COLOURINGS) {
    await page.getByLabel("Colour by").selectOption(name);
    await settled(page);
    const shares = await coloursIn(page, 0);
    // 800 of 880 units are in blocks, and the rest is one colour.
    const free = shares.get("f1eee6");
    assert.ok(Math.abs(free / [...shares.values()].reduce((sum, count) => sum + count, 0) - 80 / 880) < 0.01, name);
    looks.add([...shares.keys()].sort().join());
  }
  assert.ok(looks.size >= 3);
});

test("the legend has the colours of the picture and says what they mean", async (t) => {
  const page = await begin(t);
  await slider(page).fill("170");
  const words = {
    block: "blocks: a colour tells one from its neighboursfreethe last operation",
    age: "oldestnewestfreethe last operation",
    size: "1 unit1,048,576 and more, a step for each power of twofreethe last operation", extents: "1 extent12 and morefreethe last operation",
  };
  for (const scheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme: scheme });
    for (const { name } of COLOURINGS) {
      await page.getByLabel("Colour by").selectOption(name);
      await settled(page);
      assert.equal(await page.locator("#side-legend").textContent(), words[name]);
      const shades = await page.locator("#side-legend b").evaluateAll((all) => all.map((shade) =>
        getComputedStyle(shade).backgroundColor.match(/\d+/g).map((part) => Number(part).toString(16).padStart(2, "0")).join("")));
      // Mixed pixels aside, every colour of the picture is in the legend.
      const [most] = [...await coloursIn(page, 0)].sort((a, b) => b[1] - a[1]);
      assert.ok(shades.includes(most[0]), `${scheme} ${name}: ${most[0]}`);
    }
  }
});

test("what the last operation touched has a ring around it, and can be shown from near", async (t) => {
  const page = await begin(t);
  const ringed = async (panel) => (await coloursIn(page, panel)).has("10151b");
  const last = (placement) => page.getByRole("button", { name: `Show the last operation under ${placement}` });
  assert.equal(await ringed(1), false);
  assert.ok(await last("first-fit").isDisabled());
  await slider(page).fill("170");
  await settled(page);
  assert.ok(await last("first-fit").isDisabled(), "refused");
  // An allocation, the last free, and the allocation after it.
  for (const position of [1, 150, 151]) {
    await slider(page).fill(String(position));
    await settled(page);
    for (const panel of SHOWN.keys()) assert.ok(await ringed(panel), `${SHOWN[panel]} at ${position}`);
  }
  await last("first-fit").click();
  await said(page, /^Under first-fit, the last operation was at units \d+ to \d+\.$/);
  await settled(page);
  assert.ok(await ringed(1));
  assert.ok(Number(/A unit is (\d+) pixels/.exec(await page.locator("#side-scale").textContent())[1]) >= 12);
});

test("zooming in keeps the last operation in sight, and it is said which units are", async (t) => {
  const page = await begin(t);
  const scale = page.locator("#side-scale");
  await slider(page).fill("1");
  await settled(page);
  assert.match(await scale.textContent(), / All units are in sight\.$/);
  await press(page, "Zoom in", 3);
  await settled(page);
  assert.match(await scale.textContent(), / Units 0 to \d+ are in sight\.$/);
  // Under buddy the block lies elsewhere; the first picture decides.
  assert.ok((await coloursIn(page, 0)).has("10151b"), "the ring around the last operation");
});

test("a picture is as high as what is drawn of its buffer", () => {
  for (const [capacity, width, room] of [[182_254, 366, 270], [200_479, 728, 540], [1_833_054, 308, 270], [53, 308, 270], [1, 300, 270]]) {
    const viewport = new Viewport();
    viewport.fit(capacity, width, room);
    const { y } = viewport.placeOf(capacity - 1);
    assert.equal(viewport.height, y + viewport.side, `${capacity}`);
    assert.ok(viewport.height <= room);
    const { side, perPixel } = viewport;
    viewport.zoom(true);
    for (let times = 0; times < 2; times++) viewport.zoom(false);
    assert.deepEqual([viewport.side, viewport.perPixel], [side, perPixel], "all of it again");
  }
});

test("units can be counted, and the buffer is seen to end", async (t) => {
  for (const look of [{}, { colorScheme: "dark" }, { forcedColors: "active", colorScheme: "dark" }]) {
    const page = await begin(t, { ...look, viewport: { width: 1440, height: 900 } }, rep([["a", 0, 16], ["a", 1, 32], ["f", 0], ["a", 2, 8], ["f", 1]], 3), 5);
    const [across, down, inside, end, beyond] = await page.locator(".panel canvas").first().evaluate((canvas) => {
      const context = window.readBack(canvas);
      const at = (x, y) => context.getImageData(x, y, 1, 1).data.join();
      // 53 units of 32 pixels, 9 to a row: the last row has 8.
      return [at(31, 10), at(10, 31), at(10, 10), at(8 * 32, 5 * 32 + 10), at(8 * 32 + 10, 5 * 32 + 10)];
    });
    assert.equal(across, down);
    assert.notEqual(across, inside);
    assert.equal(beyond, "0,0,0,0");
    assert.ok(end !== inside && end !== beyond);
  }
});

test("what the status line says is so while it plays and when it stops; another recording has no goal yet", async (t) => {
  const page = await begin(t);
  await page.getByLabel("Go to").fill("150");
  await page.keyboard.press("Enter");
  await page.getByLabel("Speed").selectOption("1");
  await button(page, "Play").click();
  await said(page, "Playing fragmenting.rep from operation 150 of 170 on.");
  await page.getByLabel("Placement of this picture").first().selectOption("best-fit");
  await said(page, /^Paused: operation 15\d of 170\.$/);
  await page.getByLabel("Go to").fill("x");
  await button(page, "Go").click();
  await said(page, "Go to must be");
  await openRecording(page, "short.rep", rep([["a", 0, 8]], 1));
  await said(page, "Loaded short.rep");
  assert.equal(await page.getByLabel("Go to").inputValue(), "");
  assert.equal(await page.getByLabel("Go to").getAttribute("aria-invalid"), null);
});

test("what is in sight stays so while another view is shown, playing or not", async (t) => {
  const page = await begin(t);
  const scale = page.locator("#side-scale");
  await press(page, "Zoom in", 2);
  await settled(page);
  const near = await scale.textContent();
  assert.doesNotMatch(near, /All units are in sight/);
  await page.getByLabel("Speed").selectOption("1");
  await button(page, "Play").click();
  await button(page, "Pause").waitFor();
  await page.getByRole("tab", { name: "Playground" }).click();
  await page.evaluate(async () => { for (let frame = 0; frame < 5; frame++) await new Promise(requestAnimationFrame); });
  await page.getByRole("tab", { name: "Laboratory" }).click();
  await button(page, "Pause").click();
  await said(page, "Paused");
  await settled(page);
  const units = (text) => text.replace(/Units .*/, "");
  assert.equal(units(await scale.textContent()), units(near));
});

test("every speed can be read in full", async (t) => {
  const page = await begin(t);
  const [room, needed] = await page.getByLabel("Speed").evaluate((select) => {
    const style = getComputedStyle(select);
    const context = new OffscreenCanvas(1, 1).getContext("2d");
    context.font = style.font;
    const texts = Array.from(select.options, ({ textContent }) => context.measureText(textContent).width);
    const arrow = 20;
    return [select.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - arrow, Math.max(...texts)];
  });
  assert.ok(needed <= room, `${needed} of ${room} pixels`);
});

test("a viewport approaches a unit as far as the buffer goes", () => {
  const viewport = new Viewport();
  viewport.fit(1_000_000, 300, 270);
  for (const unit of [500_000, 0, 999_999]) {
    viewport.approach(unit);
    const { x, y } = viewport.placeOf(unit);
    assert.ok(viewport.side >= 12 && viewport.unitAt(x, y) === unit && y >= 0 && y < 270, String(unit));
    if (unit === 500_000) assert.equal(viewport.unitAt(150, viewport.height / 2), unit);
  }
});

test("the quiz asks before a step, and each picture is judged by its own placement", async (t) => {
  const page = await begin(t);
  await page.getByLabel("Before each step, ask me").check();
  await slider(page).fill("150");
  await settled(page);
  const question = page.locator("#side-question");
  const choose = async (placement, unit) => {
    const picture = page.getByRole("slider", { name: `Unit of the buffer under ${placement}` });
    await picture.press("Home");
    await picture.press("ArrowDown");
    await settled(page);
    const row = Number(await picture.getAttribute("aria-valuenow"));
    assert.ok(row > 0, "a row further");
    await picture.press("Home");
    for (let at = 0; at < Math.floor(unit / row); at++) await picture.press("ArrowDown");
    for (let at = 0; at < unit % row; at++) await picture.press("ArrowRight");
    await picture.press("Enter");
  };
  await button(page, "Step").click();
  await question.getByText("Where will the 12 units go?").waitFor();
  assert.match(await page.locator("#side-text").textContent(), /^150 of/);
  // Freed last: block 98, in units 784 to 791; it is taken from its end.
  await choose("lifo", 791);
  await said(page, /^Right, under lifo: lifo takes .*791/);
  assert.deepEqual(await verdicts(page), ["tick", "", "", ""]);
  assert.equal(await page.getByRole("status").getAttribute("data-tone"), "done");
  assert.match(await page.locator("#side-text").textContent(), /^151 of/);
  assert.equal(await page.locator("#side-score").textContent(), "1 of 1 right");
  await button(page, "Step").click();
  await choose("first-fit", 0);
  await said(page, /^Not there, under first-fit: /);
  assert.deepEqual(await verdicts(page), ["", "tick cross", "", ""]);
  assert.equal(await page.getByRole("status").getAttribute("data-tone"), "missed");
  assert.equal(await page.locator("#side-score").textContent(), "1 of 2 right");
  await button(page, "Step").click();
  await button(page, "Show me").click();
  await page.locator("#side-text").filter({ hasText: "153 of" }).waitFor();
  assert.deepEqual(await verdicts(page), ["", "", "", ""], "what was guessed of another operation is not marked");
  assert.equal(await page.locator("#side-score").textContent(), "1 of 2 right");
  // first-fit finds no 12 units together.
  await slider(page).fill("169");
  await button(page, "Step").click();
  await question.waitFor();
  await inSight(page, "#side-question");
  await button(page, "One of them will refuse it").click();
  await said(page, /^Right: .*first-fit.* refuses? it\. /);
  assert.equal(await page.locator("#side-score").textContent(), "2 of 3 right");
  await slider(page).fill("153");
  // A free has no question, and what is done meanwhile leaves none.
  await button(page, "Step").click();
  await button(page, "Step back").click();
  assert.ok(await question.isHidden());
  await slider(page).fill("120");
  await button(page, "Step").click();
  await page.locator("#side-text").filter({ hasText: "121 of" }).waitFor();
});

/** What is marked in each picture as guessed. */
async function verdicts(page) {
  await settled(page);
  return page.locator(".panel canvas").evaluateAll((all) => all.map((canvas) => {
    const { data } = window.readBack(canvas).getImageData(0, 0, canvas.width, canvas.height);
    const pixels = new Set(new Uint32Array(data.buffer));
    return [pixels.has(0xff526b1f) && "tick", pixels.has(0xff1a2f9c) && "cross"].filter(Boolean).join(" ");
  }));
}

test("a question gives the focus to the first picture, and back to the button", async (t) => {
  const page = await open(t);
  await page.getByRole("tab", { name: "Laboratory" }).click();
  await said(page, "Loaded sqlite");
  await page.locator("#side-text").filter({ hasText: /^0 of/ }).waitFor();
  await settled(page);
  await page.getByLabel("Before each step, ask me").check();
  const focused = () => page.evaluate(() => document.activeElement.id || document.activeElement.getAttribute("aria-label"));
  await button(page, "Step").press("Enter");
  await page.locator("#side-quiz").waitFor();
  assert.equal(await focused(), "Unit of the buffer under lifo");
  await page.keyboard.press("Home");
  await page.keyboard.press("Enter");
  await said(page, /^(Right|Not there), under lifo: /);
  await settled(page);
  assert.equal(await focused(), "side-step");
  await page.getByLabel("Go to").fill("0");
  await button(page, "Go").click();
  await said(page, "At operation 0");
  await settled(page);
  await button(page, "Step").press("Enter");
  await button(page, "Show me").press("Enter");
  await said(page, "At operation 1");
  assert.equal(await focused(), "side-step");
});

test("the quiz takes a pixel for all the units that it shows", async (t) => {
  const page = await begin(t, {}, rep([["a", 0, 1], ["a", 1, 1], ["a", 2, 500_000]], 3), 3);
  await page.getByLabel("Before each step, ask me").check();
  await slider(page).fill("1");
  await settled(page);
  assert.match(await page.locator("#side-scale").textContent(), /^A pixel shows \d+ units/);
  await button(page, "Step").click();
  await page.locator("#side-question").getByText("Where will the 1 unit go?").waitFor();
  // It goes to unit 1, which has no pixel of its own: the first one names unit 0.
  const picture = page.getByRole("slider", { name: "Unit of the buffer under first-fit" });
  await picture.focus();
  await page.keyboard.press("Home");
  await page.keyboard.press("Enter");
  await said(page, /^Right, under first-fit: /);
});

test("the quiz takes what is as near as one can aim for the right place, and not more", async (t) => {
  const page = await begin(t, {}, rep([["a", 0, 250_000], ["a", 1, 1], ["a", 2, 1], ["f", 2], ["a", 3, 250_000]], 4), 5);
  await page.getByLabel("Before each step, ask me").check();
  const picture = page.getByRole("slider", { name: "Unit of the buffer under first-fit" });
  for (const [position, unit, beside, answer] of [[1, 250_000, [3, 2], "Right"], [2, 250_001, [0, 6], "Not there"]]) {
    await slider(page).fill(String(position));
    await settled(page);
    await button(page, "Step").click();
    await page.locator("#side-question").getByText("up to 4 pixels beside them count too, by touch 10.").waitFor();
    const [, perPixel, row] = /shows (\d+) units, a row ([\d,]+)/.exec(await page.locator("#side-scale").textContent()).map((text) => Number(text.replaceAll(",", "")));
    const place = { x: Math.floor((unit % row) / perPixel), y: Math.floor(unit / row) };
    await picture.click({ position: { x: place.x + beside[0], y: place.y + beside[1] } });
    await said(page, `${answer}, under first-fit: `);
  }
});

test("what is near a place is round, and stays in the picture", () => {
  const viewport = new Viewport();
  viewport.fit(100 * 100 * 10, 100, 100);
  assert.deepEqual(viewport.around(50, 50, 1), [{ first: 49_500, units: 10 }, { first: 50_490, units: 30 }, { first: 51_500, units: 10 }]);
  assert.deepEqual(viewport.around(0, 50, 1)[1], { first: 50_000, units: 20 }, "not at the other side");
  // In a unit that is larger than that, only what lies at its edge is near to others.
  viewport.fit(9, 96, 96);
  assert.deepEqual(viewport.around(48, 48, 4), [{ first: 4, units: 1 }]);
  assert.deepEqual(viewport.around(34, 48, 4), [{ first: 3, units: 2 }]);
  assert.deepEqual(viewport.around(100, 48, 4), [], "there is nothing so far out");
});

test("zooming and moving by buttons, keys, wheel and pointer, in all pictures at once", async (t) => {
  const page = await begin(t);
  await slider(page).fill("170");
  await settled(page);
  const scale = () => page.locator("#side-scale").textContent();
  const readout = page.locator("#side-readout");
  const whole = await scale();
  await button(page, "Zoom in").click();
  await settled(page);
  assert.notEqual(await scale(), whole);
  await button(page, "Whole buffer").click();
  await settled(page);
  assert.equal(await scale(), whole);
  const picture = page.getByRole("slider", { name: "Unit of the buffer under first-fit" });
  await picture.focus();
  await page.keyboard.press("End");
  await readout.getByText("first-fit: Unit 879: ").waitFor();
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowRight");
  await readout.getByText("first-fit: Unit 1: free, in an extent of 8 units that starts at unit 0.").waitFor();
  assert.equal(await picture.getAttribute("aria-valuenow"), "1");
  await page.keyboard.press("+");
  await settled(page);
  assert.notEqual(await scale(), whole);
  await page.keyboard.press("End");
  await settled(page);
  assert.equal(await picture.getAttribute("aria-valuenow"), "879");
  await page.keyboard.press("0");
  await settled(page);
  assert.equal(await scale(), whole);
  await picture.hover();
  await page.keyboard.down("Control");
  await page.mouse.wheel(0, -100);
  await page.keyboard.up("Control");
  await settled(page);
  assert.notEqual(await scale(), whole);
  const before = await readout.textContent();
  await page.mouse.down();
  await page.mouse.move(200, 200);
  await page.mouse.up();
  await page.mouse.move(201, 201);
  assert.notEqual(await readout.textContent(), before);
});

test("an enlarged picture goes where it is dragged, however slowly", async (t) => {
  const page = await begin(t);
  await page.locator("#side-panels").scrollIntoViewIfNeeded();
  const picture = page.locator(".panel canvas").first();
  const { x, y } = await picture.boundingBox();
  const first = async () => {
    await settled(page);
    const [, unit] = /Units ([\d,]+) to/.exec(await page.locator("#side-scale").textContent()) ?? [null, "0"];
    return Number(unit.replaceAll(",", ""));
  };
  await press(page, "Zoom in", 2);
  await settled(page);
  const [, side, row] = /is (\d+) pixels wide, a row (\d+) units/.exec(await page.locator("#side-scale").textContent()).map(Number);
  const from = await first();
  for (const steps of [1, 60]) {
    await page.mouse.move(x + 100, y + 150);
    await page.mouse.down();
    await page.mouse.move(x + 100, y + 150 - 2 * side, { steps });
    assert.equal(await first(), from + 2 * row, `in ${steps} steps`);
    await page.mouse.move(x + 100, y + 150, { steps });
    await page.mouse.up();
    assert.equal(await first(), from, `and back in ${steps} steps`);
  }
});

test("a viewport keeps the unit under the pointer, and stays within the buffer", () => {
  for (const capacity of [1, 60, 880, 100_000, 1_048_576, 4_194_304]) {
    for (const [width, height] of [[290, 272], [600, 544]]) {
      const viewport = new Viewport();
      viewport.fit(capacity, width, height);
      const { width: across, height: down } = viewport.painted;
      assert.ok(across * down * viewport.perPixel >= capacity, "all of it at first");
      for (let times = 0; times < 30; times++) {
        const unit = viewport.unitAt(width / 3, height / 3);
        viewport.zoom(true, width / 3, height / 3);
        if (unit >= 0 && unit < capacity / 2) assert.ok(Math.abs(viewport.unitAt(width / 3, height / 3) - unit) <= 2 * viewport.perPixel + viewport.row, `${capacity}`);
      }
      assert.equal(viewport.perPixel, 1);
      viewport.pull(0, 0, 1e9);
      assert.equal(viewport.first, 0);
      viewport.pull(capacity, 0, -1e9);
      viewport.reveal(capacity - 1);
      const { x, y } = viewport.placeOf(capacity - 1);
      assert.equal(viewport.unitAt(x, y), capacity - 1);
      for (let times = 0; times < 30; times++) viewport.zoom(false);
      assert.equal(viewport.first, 0);
      assert.deepEqual(viewport.painted, { width: across, height: down });
    }
  }
});

// It could be shown by the pixel before.
test("what lies under the pointer still does after zooming, unless the buffer ends", () => {
  const random = new Random(1);
  for (const capacity of [100_000, 182_254, 1_160_655]) {
    const viewport = new Viewport();
    viewport.fit(capacity, 114, 103);
    for (let turn = 0; turn < 1_000; turn++) {
      if (turn % 10 === 0) viewport.approach(random.below(capacity));
      const [x, y] = [random.below(114), random.below(103)];
      const unit = viewport.unitAt(x, y);
      viewport.zoom(turn % 10 > 7, x, y);
      const stopped = viewport.first === 0 || viewport.last === capacity - 1;
      const shown = viewport.at(x, y);
      assert.ok(unit < 0 || stopped || (shown <= unit && unit < shown + viewport.perPixel), `unit ${unit} of ${capacity}, not ${shown}`);
    }
  }
});

test("colours that have an order get lighter along it, for everybody", () => {
  const luminance = (colour) => [0.2126, 0.7152, 0.0722].reduce((sum, weight, at) => sum + weight * (parseInt(colour.slice(1 + 2 * at, 3 + 2 * at), 16) / 255) ** 2.2, 0);
  for (const name of ["age", "size", "extents"]) {
    for (const theme of ["light", "dark"]) {
      const shades = scaleOf(name, theme).map(luminance);
      assert.deepEqual(shades, [...shades].sort((a, b) => a - b), `${name}, ${theme}`);
    }
  }
});

async function begin(t, options, text = FRAGMENTING, operations = 170) {
  const page = await open(t, options);
  await press(page, "Laboratory");
  await said(page, "Loaded sqlite");
  await openRecording(page, "fragmenting.rep", text);
  await said(page, "Loaded fragmenting.rep");
  await page.locator("#side-text").filter({ hasText: `of ${operations}` }).waitFor();
  await settled(page);
  return page;
}

/** How many pixels of a picture have each colour. @returns {Promise<Map<string, number>>} */
async function coloursIn(page, panel) {
  return new Map(await page.locator(".panel canvas").nth(panel).evaluate((canvas) => {
    const { data } = window.readBack(canvas).getImageData(0, 0, canvas.width, canvas.height);
    const counts = new Map();
    for (let at = 0; at < data.length; at += 4) {
      if (data[at + 3] === 0) continue;
      const colour = [0, 1, 2].map((channel) => data[at + channel].toString(16).padStart(2, "0")).join("");
      counts.set(colour, (counts.get(colour) ?? 0) + 1);
    }
    return [...counts];
  }));
}
