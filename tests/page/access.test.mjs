// The page for everybody: axe in each state and theme, keyboard alone, narrow screens, forced colours.
import assert from "node:assert/strict";
import { test } from "node:test";
import { axeFindsNothing } from "./axe.mjs";
import { allocate, bench, button, everyOther, openRecording, press, renew, rep, said, scenario, settled } from "./harness.mjs";

const { open } = bench();
const NARROW = { width: 320, height: 640 };
const RECORDING = rep([
  ...Array.from({ length: 40 }, (_, at) => ["a", at, 30]),
  ...Array.from({ length: 20 }, (_, at) => ["f", at * 2]),
], 40);

/** How the page comes into each state. */
const STATES = {
  async empty() {},
  async loaded(page) {
    await allocate(page, 5, 9, 3, 12);
    await settled(page);
    await page.getByRole("button", { name: /^Free block/ }).nth(1).click();
    await said(page, "Freed");
  },
  async refused(page) {
    await allocate(page, 1000);
    await said(page, "ERR_OUT_OF_MEMORY");
  },
  async "step by step"(page) {
    await scenario(page, "The original’s example");
    await button(page, "All steps").click();
    await said(page, "Wrote “XYZ”");
  },
  async "a scenario, and a request that is refused"(page) {
    await scenario(page, "External fragmentation");
    await press(page, "Next step", 7);
    await said(page, "ERR_FRAGMENTED");
  },
  async "internal fragmentation, and a preview"(page) {
    await renew(page, 32, "buddy");
    await allocate(page, 5, 3);
    await page.getByLabel("Align").fill("8");
    await page.getByLabel("Size", { exact: true }).fill("9");
    await page.locator("#legend-beyond").waitFor();
  },
  async "stepping, with a pinned block"(page) {
    const [, middle] = await everyOther(page);
    await button(page, `Pin block ${middle}`).click();
    await page.getByLabel("Target", { exact: true }).selectOption("address");
    await page.getByLabel("Moves per step").fill("1");
    await button(page, "Step").click();
    await said(page, "Step 1: ");
    await page.locator("#legend-moved").waitFor();
    await page.locator("#legend-pinned").waitFor();
  },
  async "after compaction on demand"(page) {
    await page.getByLabel("Placement").selectOption("first-fit");
    await page.getByLabel("Defragment automatically").check();
    await everyOther(page);
    await allocate(page, 16);
    await said(page, "No free extent could hold it");
  },
  async "another placement for a recording"(page) {
    await openRecording(page, "some.rep", RECORDING);
    await said(page, "Loaded");
    await page.getByLabel("Placement").selectOption("tlsf");
    await button(page, "Play under tlsf").waitFor();
  },
  async comparing(page) {
    await openRecording(page, "some.rep", RECORDING);
    await said(page, "Loaded");
    await page.evaluate(() => { window.Worker = class extends EventTarget { postMessage() {} terminate() {} }; });
    await button(page, "Compare placements").click();
    await page.getByRole("progressbar", { name: "Comparison" }).waitFor();
  },
  async compared(page) {
    await openRecording(page, "some.rep", RECORDING);
    await said(page, "Loaded");
    await button(page, "Compare placements").click();
    await said(page, "Compared");
  },
  async "asked, side by side"(page) {
    await openRecording(page, "some.rep", RECORDING);
    await said(page, "Loaded");
    await button(page, "Compare placements").click();
    await said(page, "Compared");
    await page.getByLabel("Before each step, ask me").check();
    await page.getByLabel("Colour by").selectOption("age");
    await button(page, "Step").click();
    await page.getByText("Choose one of them in any picture").waitFor();
  },
  async playing(page) {
    await openRecording(page, "some.rep", RECORDING);
    await page.getByLabel("Speed").selectOption("1");
    await button(page, "Play").click();
    await page.getByText("the list waits").waitFor();
  },
  async "a chosen block"(page) {
    await allocate(page, 20);
    await page.locator("#picture").click({ position: { x: 20, y: 10 } });
    await page.locator("#chosen").waitFor();
  },
  async "a million units"(page) {
    await renew(page, 1_000_000);
    await allocate(page, 1234);
    await said(page, "Allocated");
  },
};

for (const [name, enter] of Object.entries(STATES)) {
  test(`axe finds nothing, and narrowed it fits and can be touched: ${name}`, async (t) => {
    const page = await open(t, { hasTouch: true });
    await enter(page);
    await openAll(page);
    await axeFindsNothing(page);
    await page.setViewportSize(NARROW);
    await fits(page);
  });
}

test("a page that was narrow from the start fits and can be touched", async (t) => {
  const page = await open(t, { viewport: NARROW, hasTouch: true });
  await STATES.loaded(page);
  await openAll(page);
  await fits(page);
});

/** Nothing is wider than the window or lower than 24 px to touch. */
async function fits(page) {
  await settled(page);
  assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= NARROW.width);
  const targets = page.locator("button, input, select, summary, [tabindex='0']");
  const small = await targets.evaluateAll((elements) => elements
    .filter((element) => element.checkVisibility() && !element.matches("pre, .scroll"))
    .map((element) => [element.textContent || element.id, element.getBoundingClientRect()])
    .filter(([, { width, height }]) => width < 24 || height < 24)
    .map(([label, { width, height }]) => `${label}: ${width} x ${height}`));
  assert.deepEqual(small, []);
}

/** Some are open already. */
const openAll = (page) => page.locator("details").evaluateAll((all) => all.forEach((details) => (details.open = true)));

test("everything by keyboard alone", async (t) => {
  const page = await open(t);
  const press = (key) => page.keyboard.press(key);
  await reach(page, (element) => element.id === "capacity");
  await press("ControlOrMeta+A");
  await page.keyboard.type("16");
  await press("Enter");
  await said(page, "New manager: 16 units");
  await reach(page, (element) => element.id === "size", "Shift+Tab");
  for (const [size, where] of [["3", "0 to 2"], ["4", "3 to 6"]]) {
    await press("ControlOrMeta+A");
    await page.keyboard.type(size);
    await press("Enter");
    await said(page, new RegExp(`^Allocated block .*: units ${where}`));
  }
  await reach(page, (element) => element.labels?.[0]?.textContent.startsWith("Text of block"));
  await page.keyboard.type("abcd");
  await press("Enter");
  await said(page, "Wrote “abcd”");
  await reach(page, (element) => element.ariaLabel?.startsWith("Free block"));
  await press("Space");
  await said(page, "4 units are free again");
  await settled(page);
  assert.match(await focused(page), /^Free block/, "focus goes to the next block's button");
  await press("Enter");
  await said(page, "3 units are free again");
  await settled(page);
  assert.equal(await focused(page), "Blocks", "with no block left, focus goes to the heading");
  await reach(page, (element) => element.id === "defragment", "Shift+Tab");
  await press("Enter");
  await said(page, "Defragmented: nothing had to move.");
});

test("steps and pins by keyboard alone", async (t) => {
  const page = await open(t);
  await everyOther(page);
  const press = (key) => page.keyboard.press(key);
  await reach(page, (element) => element.ariaLabel?.startsWith("Pin block"));
  await press("Space");
  await said(page, /^Pinned block/);
  await settled(page);
  assert.match(await focused(page), /^Unpin block/);
  await press("Enter");
  await said(page, /^Unpinned block/);
  await reach(page, (element) => element.id === "order", "Shift+Tab");
  await page.keyboard.type("ad");
  await reach(page, (element) => element.id === "moves");
  await page.keyboard.type("1");
  await press("Enter");
  await said(page, /^Step 1: 4 units in 1 move; not done yet/);
  await reach(page, (element) => element.id === "run-defragment");
  await press("Enter");
  await said(page, /^After 3 steps; done, 12 units moved in 3 moves in all\./);
  assert.equal(await focused(page), "Run");
  await reach(page, (element) => element.id === "auto-defragment");
  await press("Space");
  await reach(page, (element) => element.id === "capacity", "Shift+Tab");
  await press("Enter");
  await said(page, "It defragments when an allocation does not fit.");
});

test("a recording by keyboard alone", async (t) => {
  const page = await open(t);
  await openRecording(page, "some.rep", RECORDING);
  await said(page, "Loaded");
  assert.equal(await focused(page), "Play");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await said(page, /^Paused|^Played/);
  await reach(page, (element) => element.id === "close-recording");
  await page.keyboard.press("Enter");
  await said(page, "Closed");
  assert.equal(await page.evaluate(() => document.activeElement.id), "recording");
});

test("a recording plays to its end under reduced motion too", async (t) => {
  const page = await open(t, { reducedMotion: "reduce" });
  await openRecording(page, "some.rep", RECORDING);
  await said(page, "Loaded");
  await page.getByLabel("Speed").selectOption("unlimited");
  await button(page, "Play").click();
  await said(page, "Played to the end");
  await page.getByText("60 of 60 operations").waitFor();
});

test("forced colours and reduced motion", async (t) => {
  const page = await open(t, { forcedColors: "active", reducedMotion: "reduce" });
  await STATES.loaded(page);
  // As people have it: see newPage in harness.mjs.
  await page.evaluate(() => { document.adoptedStyleSheets = []; });
  const moving = await page.evaluate(() => Array.from(document.querySelectorAll("*"), (element) => getComputedStyle(element))
    .filter((style) => style.transitionDuration !== "0s" || style.animationName !== "none").length);
  assert.equal(moving, 0);
  assert.ok(await page.locator("#theme").isHidden(), "colours are not the page's to choose");
});

test("in the dark an empty box differs from a disabled one, and labels stay whole where letters stand apart", async (t) => {
  const page = await open(t, { colorScheme: "dark" });
  const looks = await page.locator("#quiz-on, #auto-defragment").evaluateAll((all) => all.map((box) => {
    const { appearance, backgroundColor, opacity } = getComputedStyle(box);
    return { appearance, backgroundColor, opacity };
  }));
  const card = { appearance: "none", backgroundColor: "rgb(26, 31, 38)" };
  assert.deepEqual(looks, [{ ...card, opacity: "1" }, { ...card, opacity: "0.55" }]);
  await page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("* { letter-spacing: 0.12em !important; word-spacing: 0.16em !important; line-height: 1.5 !important; }");
    document.adoptedStyleSheets = [sheet];
  });
  const heights = await page.locator("#controls label:is([for=size], [for=placement], [for=capacity])").evaluateAll((labels) => labels.map((label) => label.offsetHeight));
  assert.equal(new Set(heights).size, 1, `all in one line: ${heights}`);
});

/** Presses the key until the focus is where it should be, as a person would. */
async function reach(page, wanted, key = "Tab") {
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press(key);
    if (await page.evaluate(`(${wanted})(document.activeElement)`)) return;
  }
  assert.fail(`${key} never reaches ${wanted}`);
}

function focused(page) {
  return page.evaluate(() => document.activeElement.ariaLabel ?? document.activeElement.textContent);
}

test("nothing that gets the focus lies under the status line, however long it is", async (t) => {
  const page = await open(t, { viewport: NARROW });
  await page.getByLabel("Placement").selectOption("best-fit");
  await everyOther(page, "best-fit");
  await allocate(page, 9);
  await said(page, "ERR_FRAGMENTED");
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
  await page.locator("#find").focus();
  for (let presses = 0; presses < 40; presses++) {
    await page.keyboard.press("Shift+Tab");
    if (await page.evaluate(() => document.activeElement.id === "theme")) return;
    const covered = await page.evaluate(() => {
      const [line, target] = [document.getElementById("status"), document.activeElement].map((element) => element.getBoundingClientRect());
      return target.top < line.bottom && target.bottom > line.top;
    });
    assert.ok(!covered, await focused(page));
  }
  assert.fail("Shift+Tab never reaches the top");
});

test("the legend has the colours of the picture where colours are forced", async (t) => {
  const page = await open(t, { forcedColors: "active" });
  await allocate(page, 4);
  await settled(page);
  const colours = await page.locator(".key-tail, .key-freed, .key-block").evaluateAll((keys) => keys.map((key) => {
    const context = new OffscreenCanvas(1, 1).getContext("2d");
    context.fillStyle = getComputedStyle(key).backgroundColor;
    context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data];
  }));
  for (const [red, green, blue] of colours) assert.ok(red === green && green === blue, `${colours}`);
});

test("on paper the picture is light at once", async (t) => {
  const page = await open(t, { colorScheme: "dark" });
  await allocate(page, 4);
  await settled(page);
  const tail = await page.evaluate(() => {
    // Paper waits for no frame.
    dispatchEvent(new Event("beforeprint"));
    const canvas = document.getElementById("picture");
    const { data } = window.readBack(canvas).getImageData(canvas.width - 20, canvas.height - 40, 1, 1);
    dispatchEvent(new Event("afterprint"));
    return [...data.slice(0, 3)];
  });
  assert.deepEqual(tail, [0xf1, 0xee, 0xe6]);
});

test("on paper it is light, all of it is there, and nothing to press", async (t) => {
  const page = await open(t, { colorScheme: "dark" });
  await openRecording(page, "small.rep", RECORDING);
  await said(page, "Loaded small.rep");
  await button(page, "Compare placements").click();
  await said(page, "Compared");
  await page.setViewportSize({ width: 700, height: 1000 });
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  const ink = await page.evaluate(() => getComputedStyle(document.body).color);
  assert.equal(ink, "rgb(27, 36, 48)");
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "light", "what is painted is light, too");
  const wide = await page.locator("#lab-results :is(table, canvas, .names)").evaluateAll((all) => all.filter((part) => part.getBoundingClientRect().right > innerWidth).map(({ id }) => id));
  assert.deepEqual(wide, []);
  assert.equal(await page.getByRole("status").evaluate((line) => getComputedStyle(line).position), "static");
  for (const name of ["Compare", "Play", "Save as CSV"]) assert.ok(await button(page, name).isHidden(), name);
  assert.ok(await page.getByRole("button", { name: "Smallest capacity" }).isVisible(), "the heads of the columns are buttons");
  await page.evaluate(() => dispatchEvent(new Event("afterprint")));
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), undefined);
});
