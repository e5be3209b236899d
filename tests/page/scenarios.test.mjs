// Step by step: every scenario does what its sentences say.
import assert from "node:assert/strict";
import { test } from "node:test";
import init, { MemoryManager } from "../../dist/index.js";
import { SCENARIOS } from "../../www/scenarios/scenarios.js";
import { allocate, bench, blockIds, button, counted, counters, inSight, press, renew, said, scenario, settled, undo } from "./harness.mjs";

const { open } = bench();

/** A note with the numbers that the list of steps shows. */
const numbered = async (page, note) => withNumbers(note, await page.locator("#step-list > li").allTextContents());

function withNumbers(note, lines) {
  return note.replace(/\{(\w)\}/g, (_, letter) => {
    const number = lines.findLast((line) => line.includes(`${letter} = alloc`) && line.includes("→"))?.split("→ ")[1];
    return number ? `${letter} (${number})` : letter;
  });
}

/** What stands on the page at a step of a scenario. */
const shown = (page) => page.locator("html:not([data-due]) #steps").evaluate(() => {
  const status = document.getElementById("status");
  const text = (id) => document.getElementById(id).textContent;
  const lines = Array.from(document.querySelectorAll("#step-list > li"), ({ textContent }) => textContent);
  return { lines, now: document.querySelector("#step-list [aria-current=step]").textContent, note: text("step-note"), end: text("steps-end"),
    status: status.textContent, tone: status.dataset.tone };
});

/** What a scenario's sentences claim in numbers: the counters after the step of that line. */
const CLAIMS = [
  ["External fragmentation", "free(c)", { "Free": "12", "Largest free extent": "6", "External fragmentation": "50.0 %" }],
  ["External fragmentation", "defragment()", { "Free extents": "1", "Largest free extent": "12" }],
  ["Best-fit’s slivers", "free(c)", { "Free extents": "4", "Largest free extent": "12" }],
  ["Best-fit’s slivers", "f = alloc(7)", { "Free": "15", "Free extents": "4", "Largest free extent": "12" }],
  ["Buddy’s rounding", "a = alloc(5)", { "Used": "8", "Internal fragmentation": "3" }],
  ["Buddy’s rounding", "d = alloc(4)", { "Free": "0", "Internal fragmentation": "11" }],
  ["Buddy’s rounding", "free(d)", { "Free extents": "1", "Free": "8" }],
  ["Buddy’s rounding", "free(a)", { "Free extents": "1", "Free": "16" }],
  ["A pin in the way", 'defragment({ order: "address" })', { "Free extents": "2", "Largest free extent": "6" }],
  ["A pin in the way", "e = alloc(8)", { "Free extents": "1", "Free": "4" }],
  ["Fewest units: any against address", 'defragment({ order: "address" })', { "Free extents": "1", "Free": "6" }],
  ["Fewest units: any against address", 'defragment({ order: "any" })', { "Free extents": "1", "Free": "6" }],
  ["LIFO scatters", "e = alloc(7)", { "Free": "6", "Extents per block": "2.00" }],
  ["LIFO scatters", "defragment()", { "Extents per block": "1.00" }],
];

/** And what they claim was moved. */
const MOVED = {
  "Fewest units: any against address": { 'defragment({ order: "address" })': 18, 'defragment({ order: "any" })': 2 },
};

/** Where a line comes twice, a claim is of the first. */
function claimsOf(name, steps, at) {
  return CLAIMS.filter(([of, line]) => of === name && steps.findIndex((step) => step.line === line) === at);
}

test("step after step with the numbers that it claims, and all at once", async (t) => {
  const page = await open(t);
  for (const { name, steps, end } of SCENARIOS) await t.test(name, async () => {
    await scenario(page, name);
    for (const [at, step] of steps.entries()) {
      if (at > 0) await press(page, "Next step");
      const { lines, now, note, status, tone } = await shown(page);
      assert.equal(now, step.as ? `${step.line} → #${(await blockIds(page)).at(-1)}` : step.line);
      assert.equal(note, withNumbers(step.note, lines));
      assert.equal(tone, step.refused ? "refused" : "done", `${step.line}: ${status}`);
      const moved = MOVED[name]?.[step.line];
      if (moved) assert.ok(status.includes(`Defragmented: ${moved} units moved in `), status);
      for (const [, , expected] of claimsOf(name, steps, at)) {
        const counted = await counters(page);
        for (const [counter, value] of Object.entries(expected)) assert.equal(counted[counter], value, `${step.line}: ${counter}`);
      }
    }
    const last = await shown(page);
    assert.equal(last.end, withNumbers(end, last.lines));
    const after = await counters(page);
    const focused = () => page.evaluate(() => document.activeElement.id);
    assert.equal(await focused(), "next-step");
    await page.keyboard.press("Enter");
    assert.deepEqual(await counters(page), after, "one press too many does nothing");
    await button(page, "Start again").click();
    await said(page, "New manager");
    assert.equal(await focused(), "next-step");
    await button(page, "All steps").click();
    assert.deepEqual(await counters(page), after);
    assert.equal(await focused(), "next-step");
  });
});

/** Where {d}, {e} and the block after them go in "Four fits, the same requests", or that the last one is refused. */
const CHOICES = {
  "first-fit": [/units 0 to 2\.$/, /units 9 to 12\.$/, /^Refused: .*14 are free, but the largest free extent has 6/],
  "next-fit": [/units 18 to 20\.$/, /units 0 to 3\.$/, /units 9 to 16\.$/],
  "best-fit": [/units 5 to 7\.$/, /units 0 to 3\.$/, /units 9 to 16\.$/],
  "worst-fit": [/units 9 to 11\.$/, /units 18 to 21\.$/, /^Refused: .*14 are free, but the largest free extent has 5/],
};

test("the four fits choose differently, and each refuses and serves what its sentences say", async (t) => {
  const page = await open(t);
  await scenario(page, "Four fits, the same requests");
  for (const [placement, choices] of Object.entries(CHOICES)) {
    await said(page, `New manager: 24 units under ${placement}`);
    await press(page, "Next step");
    await counted(page, "Free", "21");
    await counted(page, "Free extents", "4");
    for (const choice of choices) {
      await press(page, "Next step");
      await said(page, choice);
    }
    await button(page, placement === "worst-fit" ? "Start again" : "Next step").click();
  }
});

test("what the four fits would do with the requests named at the end", async () => {
  await init();
  const { steps } = SCENARIOS.find(({ slug }) => slug === "four-fits");
  const { parts } = steps.find((step) => step.parts);
  const all = Object.keys(CHOICES).filter((placement) => {
    const manager = new MemoryManager(24, { placement });
    const ids = {};
    for (const { action, as, block } of parts) {
      if (as) ids[as] = manager.alloc(action.size);
      else manager.free(ids[block]);
    }
    const served = [4, 4, 4, 5].every((size) => manager.tryAlloc(size) !== undefined);
    manager.dispose();
    return served;
  });
  assert.deepEqual(all, ["first-fit"]);
});

test("a step of several actions is done whole, also where some of them were undone", async (t) => {
  const page = await open(t);
  await scenario(page, "Four fits, the same requests");
  const now = page.locator("#step-list [aria-current=step]");
  await button(page, "Next step").click();
  await counted(page, "Free extents", "4");
  for (let press = 0; press < 4; press++) await undo(page);
  await counted(page, "Blocks", "5");
  assert.equal(await now.textContent(), "capacity 24, first-fit");
  await button(page, "Next step").click();
  await counted(page, "Blocks", "3");
  await counted(page, "Free extents", "4");
  assert.equal(await now.textContent(), "6 × alloc, 3 × free");
  await button(page, "Back").click();
  await counted(page, "Blocks", "0");
  assert.equal(await now.textContent(), "capacity 24, first-fit");
});

test("each step is done in the scenario's own state, and what was done in between is said to be undone", async (t) => {
  const page = await open(t);
  const { steps } = SCENARIOS.find(({ slug }) => slug === "four-fits");
  const note = page.locator("#step-note");
  await scenario(page, "Four fits, the same requests");
  await press(page, "Next step", 3);
  await allocate(page, 2);
  await said(page, "Allocated");
  await button(page, "Next step").click();
  await said(page, /^Refused: .*14 are free, but the largest free extent has 6/);
  await counted(page, "Free", "14");
  assert.equal(await note.textContent(), `What was done since the last step has been undone. ${await numbered(page, steps[4].note)}`);
  await button(page, "Next step").click();
  assert.equal(await note.textContent(), steps[5].note);
  await button(page, "Next step").click();
  await allocate(page, 2);
  await page.getByLabel("Ask me first where it will go").check();
  await button(page, "Next step").click();
  await page.getByText("Where will the 3 units go?").waitFor();
  await counted(page, "Free", "21");
  await button(page, "Show me").click();
  await said(page, /units 18 to 20\.$/);
  await page.getByLabel("Ask me first where it will go").uncheck();
  await allocate(page, 2);
  await button(page, "All steps").click();
  await said(page, /^Refused: .*14 are free/);
});

for (const viewport of [{ width: 1280, height: 800 }, { width: 360, height: 740 }]) {
  test(`each step is seen in the picture, ${viewport.width} wide`, async (t) => {
    const page = await open(t, { viewport });
    await scenario(page, "External fragmentation");
    const seen = ["#steps-heading", "#next-step", "#step-note", "#picture"];
    await inSight(page, ...seen);
    for (let press = 0; press < 9; press++) {
      await button(page, "Next step").click();
      await inSight(page, ...seen.slice(0, 3));
    }
    await inSight(page, "#picture");
  });
}

test("the end of an example leads to the next one, and that of the last to none", async (t) => {
  const page = await open(t);
  const onward = page.getByRole("link", { name: /^Next example: / });
  const [{ name }, { name: second, slug }] = SCENARIOS;
  await scenario(page, name);
  assert.ok(await onward.isHidden(), "not before its end");
  await button(page, "All steps").click();
  await onward.getByText(second).click();
  await page.locator("#steps").getByRole("heading", { name: second, exact: true }).waitFor();
  assert.equal(new URL(page.url()).hash, `#scenario=${slug}`);
  assert.ok(await onward.isHidden());
  await scenario(page, SCENARIOS.at(-1).name);
  await button(page, "All steps").click();
  await button(page, "Start again").waitFor();
  assert.ok(await onward.isHidden());
});

for (const width of [1440, 390]) {
  test(`the last step does not move the picture in which it is seen, ${width} wide`, async (t) => {
    const page = await open(t, { viewport: { width, height: 900 } });
    await scenario(page, "LIFO scatters");
    const top = () => page.locator("#picture").evaluate((picture) => picture.getBoundingClientRect().top + scrollY);
    await press(page, "Next step", 9);
    await settled(page);
    const before = await top();
    await button(page, "Next step").click();
    await page.getByText("lifo never refuses a request").waitFor();
    await settled(page);
    assert.ok(Math.abs(await top() - before) < 1, `from ${before} to ${await top()}`);
    await inSight(page, "#picture", "#steps-end");
    await undo(page);
    assert.ok(await button(page, "Start again").isHidden());
  });
}

test("on a phone, the list of examples comes before the controls, and makes room for the one that is opened", async (t) => {
  const page = await open(t, { viewport: { width: 375, height: 740 } });
  const top = (locator) => locator.evaluate((element) => element.getBoundingClientRect().top);
  const examples = page.getByText("Examples, step by step");
  const link = page.getByRole("link", { name: "Four fits, the same requests" });
  assert.ok(await top(examples) < await top(button(page, "Allocate")));
  assert.ok(await link.isHidden());
  await scenario(page, "Four fits, the same requests");
  await inSight(page, "#steps-heading", "#next-step", "#step-note");
  assert.ok(await link.isHidden());
});

test("Back takes one step back, also one that was refused or that read, and says where that leads", async (t) => {
  const page = await open(t);
  await scenario(page, "Two workers");
  const { steps } = SCENARIOS.find(({ name }) => name === "Two workers");
  const now = page.locator("#step-list [aria-current=step]");
  const at = async (place) => {
    const { line, note } = steps[place - 1];
    assert.equal((await now.textContent()).replace(/ → #\d+$/, ""), line);
    assert.equal(await page.locator("#step-note").textContent(), await numbered(page, note));
  };
  await press(page, "Next step", steps.length - 1);
  for (let place = steps.length - 1; place >= 1; place--) {
    await press(page, "Back");
    await said(page, `Back at step ${place} of ${steps.length}: ${steps[place - 1].line}.`);
    await at(place);
  }
  assert.ok(await button(page, "Back").isDisabled());
  assert.equal(await page.getByText("→ #").count(), 0, "what is not done has no ID");
  await button(page, "All steps").click();
  // The last three: a write that is refused, one that moves, and one that reads.
  await press(page, "Back", 3);
  await at(steps.length - 3);
  await allocate(page, 2);
  await said(page, "Allocated");
  await at(steps.length - 3);
  await button(page, "Back").click();
  await said(page, `Back at step ${steps.length - 3} of`);
  await button(page, "Next step").click();
  await said(page, "ERR_UNKNOWN_BLOCK");
  await button(page, "Back").click();
  await button(page, "Undo").click();
  await said(page, "Undone");
  await at(steps.length - 4);
  await button(page, "Redo").click();
  await said(page, "Redone");
});

test("the form shows the scenario's manager, and a new one ends the scenario", async (t) => {
  const page = await open(t);
  await scenario(page, "Best-fit’s slivers");
  await settled(page);
  assert.equal(await page.getByLabel("Placement").inputValue(), "best-fit");
  assert.equal(await page.getByLabel("Capacity").inputValue(), "32");
  await renew(page, 64);
  await said(page, "New manager: 64 units under best-fit");
  await page.locator("#steps").waitFor({ state: "hidden" });
});
