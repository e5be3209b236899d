// What is pressed while the player is on its way to an operation: it counts from where the jump leads. Always: what is
// pressed follows the jump at once, before a frame could have gone further.
import assert from "node:assert/strict";
import { test } from "node:test";
import { bench, button, counters, openRecording, poor, poorly, press, rep, said, settled } from "./harness.mjs";

const { open } = bench();

/** Six thousand blocks that come and go, so that there are checkpoints and jumps of many operations. */
const LONG = rep(Array.from({ length: 12_000 }, (_, at) => [at % 2 ? "f" : "a", at >> 1, 8]), 6_000);
const ALL = "12,000";

async function opened(t, { checked = false } = {}) {
  const page = await open(t);
  if (checked) await page.getByLabel("Ask me first where it will go").check();
  await openRecording(page, "long.rep", LONG);
  await said(page, `Loaded long.rep: ${ALL} operations`);
  // Somewhere in the middle, where all can be pressed.
  await page.getByLabel("Operation", { exact: true }).fill("100");
  await said(page, "Operation 100 ");
  await settled(page);
  return page;
}

/** Goes to an operation along the slider, and before it gets there presses what has these IDs. */
const jump = (page, to, ...pressed) => page.evaluate(([to, pressed]) => {
  const position = document.getElementById("position");
  const go = (value) => {
    position.value = value;
    position.dispatchEvent(new Event("input", { bubbles: true }));
  };
  go(to);
  for (const id of pressed) typeof id === "number" ? go(id) : document.getElementById(id).click();
}, [to, pressed]);

/** Makes the page slow, so that a jump takes many frames: a look at the clock takes milliseconds. */
const slow = (page) => page.evaluate(() => {
  const now = performance.now.bind(performance);
  performance.now = () => {
    const until = now() + 3;
    while (now() < until);
    return now();
  };
});

for (const [pressed, arrives] of [
  [["step-back"], "5,999"],
  [["step-back", "step-back", "step-back"], "5,997"],
  [["step"], "6,001"],
  [["step", "step", "step-back"], "6,001"],
  [[9_000], "9,000"],
  [[9_000, "step-back"], "8,999"],
  [[1_000, "step"], "1,001"],
]) {
  test(`a jump to operation 6,000, and then at once ${pressed.join(", ")}`, async (t) => {
    const page = await opened(t);
    await jump(page, 6_000, ...pressed);
    await said(page, `Operation ${arrives} `);
    await settled(page);
    assert.equal(await page.locator("#progress-text").textContent(), `${arrives} of ${ALL} operations`);
    const shown = await counters(page);
    await jump(page, 12_000);
    await said(page, `Operation ${ALL} `);
    await jump(page, Number(arrives.replace(",", "")));
    await said(page, `Operation ${arrives} `);
    assert.deepEqual(await counters(page), shown, "as when nothing was pressed on the way");
  });
}

test("nothing leads past the ends, however often it is pressed on the way there", async (t) => {
  const page = await opened(t);
  await jump(page, 11_999, "step", "step", "step");
  await said(page, `Operation ${ALL} `);
  await settled(page);
  await jump(page, 1, "step-back", "step-back", "step-back");
  await said(page, "Before the first operation.");
});

test("the most fragmented operation is reached from a jump, and Close ends one", async (t) => {
  const page = await opened(t);
  await press(page, "Most fragmented");
  await said(page, "Before the first operation.");
  await jump(page, 12_000);
  await said(page, `Operation ${ALL} `);
  await jump(page, 6_000, "most-fragmented");
  await said(page, "Before the first operation.");
  await jump(page, 6_000, "close-recording");
  await said(page, "Closed the recording.");
});

test("Play waits until the jump has arrived, and pressed again it does not", async (t) => {
  const page = await opened(t);
  await page.getByLabel("Speed").selectOption("1");
  await jump(page, 6_000, "play");
  await said(page, "Playing long.rep.");
  await button(page, "Pause").click();
  await said(page, "Paused.");
  assert.match(await page.locator("#progress-text").textContent(), /^6,00\d of/);
  await jump(page, 8_000, "play", "play");
  await said(page, "Operation 8,000 ");
  await settled(page);
  assert.ok(await button(page, "Play").isVisible());
  await jump(page, 11_990, "play", "step-back");
  await said(page, "Operation 11,989 ");
  await settled(page);
  assert.ok(await button(page, "Play").isVisible(), "a step pauses, as it does while it is played");
});

test("on the way the slider stays where it was put, what can be pressed is what could be there, and a jump is not playing", async (t) => {
  const page = await opened(t);
  await slow(page);
  const ways = await page.evaluate(async () => {
    const $ = (id) => document.getElementById(id);
    const looks = [];
    for (const to of ["1999", "0", "12000"]) {
      $("position").value = to;
      $("position").dispatchEvent(new Event("input", { bubbles: true }));
      const at = () => $("progress-text").textContent.split(" ")[0].replace(",", "");
      const before = at();
      // Drawn on the way, but for the jump to the beginning, which has no way.
      while (at() === before) await new Promise(requestAnimationFrame);
      looks.push([to, at() === to, $("position").value, $("play").textContent, $("step").disabled, $("step-back").disabled]);
      while (at() !== to) await new Promise(requestAnimationFrame);
    }
    return looks;
  });
  assert.deepEqual(ways, [
    ["1999", false, "1999", "Play", false, false],
    ["0", true, "0", "Play", false, true],
    ["12000", false, "12000", "Play", true, false],
  ]);
});

test("a reload on the way leads to where the jump did", async (t) => {
  const page = await open(t, { path: "/#r=sqlite.best-fit.char&at=0" });
  await said(page, "Loaded sqlite");
  await slow(page);
  await jump(page, 1_999);
  await page.reload();
  await said(page, "Operation 1,999 ");
});

test("with the quiz on, One operation asks once the jump has arrived, and while it is played, pauses for the question", async (t) => {
  const page = await opened(t, { checked: true });
  const question = page.getByText("Where will the 8 units go?");
  await jump(page, 6_000, "step", "step");
  await question.waitFor();
  await said(page, "Nothing is allocated until you answer.");
  await press(page, "It will be refused");
  await said(page, /^Not there\. Operation 6,001 /);
  await jump(page, 4_000);
  await said(page, "Operation 4,000 ");
  await page.getByLabel("Speed").selectOption("1");
  await page.evaluate(() => ["play", "step"].forEach((id) => document.getElementById(id).click()));
  await question.waitFor();
  await settled(page);
  assert.ok(await button(page, "Play").isVisible());
  await press(page, "It will be refused");
  await said(page, /^Not there\. Operation 4,001 /);
});

test("where memory runs out on the way, that is said, and it goes on from there later", async (t) => {
  const page = await opened(t);
  await page.evaluate(async () => {
    const { MemoryManager: { prototype } } = await import("twingate-memory");
    const { free } = prototype;
    let frees = 0;
    prototype.free = function (...which) {
      if (++frees === 100) throw new RangeError("there is no memory");
      return free.apply(this, which);
    };
  });
  await jump(page, 1_900);
  await said(page, "Refused: there is no memory");
  await settled(page);
  assert.match(await page.locator("#progress-text").textContent(), /^299 of /);
  assert.equal(await page.getByLabel("Operation", { exact: true }).inputValue(), "299", "what is shown");
  await button(page, "One operation").click();
  await said(page, /^Operation 300 frees .* Now: no blocks/);
  await jump(page, 1_900);
  await said(page, /^Operation 1,900 frees .* Now: no blocks/);
});

test("where there is no memory to go back, the recording stays where it is", async (t) => {
  const page = await open(t, { prepare: poorly("index.js", "MemoryManager") });
  await openRecording(page, "long.rep", LONG);
  await said(page, `Loaded long.rep: ${ALL} operations`);
  await jump(page, 101);
  await said(page, "Operation 101 ");
  await poor(page, true);
  for (const back of [() => button(page, "Step back").click(), () => jump(page, 50)]) {
    await back();
    await said(page, "Refused: there is no memory");
    await settled(page);
    assert.equal(await page.getByLabel("Operation", { exact: true }).inputValue(), "101");
    await button(page, "One operation").click();
    await said(page, "Operation 102 ");
    await poor(page, false);
    await button(page, "Step back").click();
    await said(page, /^Operation 101 allocates .* Now: 1 block/);
    await poor(page, true);
  }
});
