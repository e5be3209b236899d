// The view of the workers: what it shows while they work, what is audited at the end, and what it says where
// memory cannot be shared.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { audit } from "../../www/workers/audit.js";
import { GO, STOP, check, hammer } from "../../www/workers/hammer.js";
import { Rates } from "../../www/workers/rates.js";
import { axeFindsNothing } from "./axe.mjs";
import { ISOLATED, KEPT, bench, button, poor, poorly, said, scenario, serve } from "./harness.mjs";

const { open } = bench();
let isolated;
before(async () => (isolated = await serve(undefined, { ...ISOLATED, ...KEPT })));
after(() => isolated.close());

const tab = (page) => page.getByRole("tab", { name: "Workers" });

async function openWorkers(t, options) {
  const page = await open(t, { at: isolated.origin, ...options });
  await page.locator("#controls:not([inert])").waitFor();
  await tab(page).click();
  await said(page, "Ready: press Start");
  return page;
}

/** A figure by its name, as a number. */
async function total(page, name) {
  const pair = page.locator("#workers-totals > div").filter({ has: page.getByText(name, { exact: true }) });
  return Number((await pair.locator("dd").textContent()).replace(/[,%]/g, ""));
}

/** Starts, and waits until every worker and, where it is to be, compaction has got on. */
async function start(page, size, { compacts = false } = {}) {
  await button(page, "Start").click();
  await said(page, `${size} worker`);
  await page.waitForFunction(({ size, compacts }) => {
    const pairs = Array.from(document.querySelectorAll("#workers-rows tr"), (row) => row.cells[2].textContent);
    const steps = document.querySelectorAll("#workers-totals dd")[5].textContent;
    return pairs.length === size && !pairs.includes("0") && (!compacts || steps !== "0");
  }, { size, compacts });
}

async function stop(page) {
  await button(page, "Stop").click();
  await said(page, "The audit found nothing wrong");
  return page.locator("#workers-verdict").textContent();
}

// ---------------------------------------------------------------- where memory can be shared

test("workers beside compaction are seen live, and audited at the end, twice", async (t) => {
  const page = await openWorkers(t);
  await page.getByLabel("Defragment in steps at the same time").check();
  for (const [size, placement] of [[1, "lifo"], [2, "tlsf"], [3, "buddy"], [4, "address-ordered"]]) await t.test(`${size}, ${placement}`, async () => {
    await page.getByLabel("Number of workers").selectOption(String(size));
    await page.locator("#workers-placement").selectOption(placement);
    for (const time of ["first", "second"]) {
      await start(page, size, { compacts: true });
      const [blocks, free] = [await total(page, "Live blocks"), await total(page, "Free units")];
      assert.ok(blocks > 0 && free < 16_384, `${time}: ${blocks} blocks, ${free} free units`);
      const verdict = await stop(page);
      assert.match(verdict, /no unit owned twice and none lost, every block’s data intact \([\d,]+ blocks?\), and the totals exact/);
      const pairs = await page.locator("#workers-rows tr td:last-child").allTextContents();
      const sum = pairs.reduce((all, text) => all + Number(text.replaceAll(",", "")), 0);
      assert.equal(await total(page, "Pairs, together"), sum);
      assert.ok(verdict.startsWith(`${new Intl.NumberFormat("en-GB").format(sum)} pairs by ${size} worker`), verdict);
    }
  });
});

test("the picture is of the buffer as it is, and changes", async (t) => {
  const page = await openWorkers(t);
  const colours = () => page.locator("#workers-picture").evaluate((canvas) => {
    const { data } = window.readBack(canvas).getImageData(0, 0, canvas.width, canvas.height);
    return new Set(new Uint32Array(data.buffer)).size;
  });
  const atFirst = await colours();
  await start(page, 2);
  await stop(page);
  assert.ok(await colours() > atFirst, "blocks are drawn");
  // What is allocated while the page defragments has a look of its own, and a key as long as there is any of it.
  const together = page.locator("#workers-together");
  assert.ok(await together.isHidden());
  await page.getByLabel("Defragment in steps at the same time").check();
  await start(page, 2, { compacts: true });
  const keys = await page.waitForFunction(() => {
    if (document.getElementById("workers-together").hidden) return null;
    const canvas = document.getElementById("workers-picture");
    const { data } = window.readBack(canvas).getImageData(0, 0, canvas.width, canvas.height);
    const painted = new Set(Array.from(new Uint32Array(data.buffer), (pixel) => `rgb(${pixel & 255}, ${(pixel >> 8) & 255}, ${(pixel >> 16) & 255})`));
    const colours = Array.from(document.querySelectorAll("#workers-together .key, #workers-rows .key"), (key) => getComputedStyle(key).backgroundColor);
    return { colours, isPainted: painted.has(colours[0]) };
  });
  const { colours: [key, ...others], isPainted } = await keys.jsonValue();
  assert.ok(isPainted && !others.includes(key), `${key} beside ${others}`);
  await stop(page);
});

test("leaving the view stops the workers, which is said there, and the page goes on", async (t) => {
  const page = await openWorkers(t);
  const toggle = await page.$("#workers-toggle");
  await start(page, 2);
  await page.getByRole("tab", { name: "Playground" }).click();
  await page.waitForFunction((button) => button.textContent === "Start", toggle);
  assert.match(await page.getByRole("status").textContent(), /^Ready: an empty buffer/);
  await button(page, "Allocate").click();
  await said(page, "Allocated block");
  await tab(page).click();
  await said(page, "The audit found nothing wrong");
  await start(page, 2);
  await stop(page);
});

test("by keyboard alone", async (t) => {
  const page = await open(t, { at: isolated.origin });
  const press = (key) => page.keyboard.press(key);
  await page.getByRole("tab", { name: "Playground" }).focus();
  await press("ArrowLeft");
  await said(page, "Ready: press Start");
  await press("Tab");
  await page.keyboard.type("3");
  await press("Tab");
  await press("Tab");
  await press("Enter");
  await said(page, "3 workers on one buffer");
  await press("Enter");
  await said(page, "The audit found nothing wrong");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Start");
});

test("a worker that cannot be started ends in one sentence, and the next time it can", async (t) => {
  const page = await openWorkers(t, { expected: /Failed to load resource|ERR_FAILED/ });
  await page.route("**/workers/worker.js", (route) => route.abort());
  await button(page, "Start").click();
  await said(page, /^The workers have stopped: ./);
  await page.unroute("**/workers/worker.js");
  await page.getByLabel("Number of workers").selectOption("2");
  await start(page, 2);
  await stop(page);
});

test("where there is no memory for another buffer, the one before is still shown", async (t) => {
  const page = await openWorkers(t, { prepare: poorly("threads/index.js", "SharedMemoryManager") });
  await start(page, 2);
  await stop(page);
  const blocks = await total(page, "Live blocks");
  await poor(page, true);
  await button(page, "Start").click();
  await said(page, /^The workers have stopped: ./);
  const drawn = page.locator("#workers-picture");
  const width = await drawn.evaluate((canvas) => canvas.width);
  await page.setViewportSize({ width: 640, height: 800 });
  await page.waitForFunction(([canvas, before]) => canvas.width !== before, [await drawn.elementHandle(), width]);
  assert.equal(await total(page, "Live blocks"), blocks);
  await poor(page, false);
  await start(page, 2);
  await stop(page);
});

test("the scenario of two workers leads to the real ones, and so does a link", async (t) => {
  const page = await open(t, { at: isolated.origin });
  await scenario(page, "Two workers");
  assert.equal(await button(page, "Watch real workers share a buffer").isVisible(), false);
  await button(page, "All steps").click();
  while (await button(page, "All steps").isEnabled()) await button(page, "Next step").click();
  await button(page, "Watch real workers share a buffer").click();
  await said(page, "Ready: press Start");
  assert.equal(await tab(page).getAttribute("aria-selected"), "true");
  const other = await open(t, { at: isolated.origin, path: "/#workers", expected: /^$/ });
  await said(other, "Ready: press Start");
});

// ---------------------------------------------------------------- where it cannot

test("a page that is not isolated says why not, and loads nothing for it", async (t) => {
  const asked = [];
  const page = await open(t, { prepare: (page) => page.on("request", (request) => asked.push(request.url())) });
  await tab(page).click();
  await said(page, "Workers cannot run here. The reason is below.");
  const why = await page.locator("#workers-why").textContent();
  assert.match(why, /not cross-origin isolated/);
  assert.match(why, /Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp/);
  assert.equal(await page.locator("#workers-panel").isVisible(), false);
  assert.deepEqual(asked.filter((url) => url.includes("/threads/")), []);
  await page.getByRole("tab", { name: "Playground" }).click();
  await button(page, "Allocate").click();
  await said(page, "Allocated block");
});

test("the first load asks for nothing of the workers", async (t) => {
  const asked = [];
  await open(t, { at: isolated.origin, prepare: (page) => page.on("request", (request) => asked.push(request.url())) });
  assert.deepEqual(asked.filter((url) => /threads|workers/.test(url)), []);
});

// ---------------------------------------------------------------- for everybody

const STATES = {
  async "not isolated"(t, options) {
    const page = await open(t, options);
    await tab(page).click();
    await said(page, "Workers cannot run here.");
    return page;
  },
  async working(t, options) {
    const page = await openWorkers(t, options);
    await start(page, 2);
    return page;
  },
  async audited(t, options) {
    const page = await openWorkers(t, options);
    await start(page, 2);
    await stop(page);
    return page;
  },
};

for (const [name, enter] of Object.entries(STATES)) {
  test(`axe finds nothing, and narrowed it fits and can be touched: workers ${name}`, async (t) => {
    const page = await enter(t, { hasTouch: true });
    await axeFindsNothing(page);
    await page.setViewportSize({ width: 320, height: 640 });
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 320);
    const small = await page.locator("button, input, select").evaluateAll((elements) => elements
      .filter((element) => element.checkVisibility())
      .map((element) => [element.id, element.getBoundingClientRect()])
      .filter(([, { width, height, right }]) => width < 24 || height < 24 || right > 320)
      .map(([id]) => id));
    assert.deepEqual(small, []);
  });
}

// ---------------------------------------------------------------- what an audit finds

/** A memory of 8 units as a naive program would have it: one block of 3, one of 2. */
function fake({ extents = [[0, 3], [4, 2]], values, stats = {} } = {}) {
  const blocks = extents.map(([start, length], at) => ({ id: at + 1, size: length, extents: [{ start, length, step: 1 }] }));
  return {
    snapshot: () => ({ blocks, freeExtents: [{ start: 3, length: 1 }, { start: 6, length: 2 }] }),
    stats: () => ({ capacity: 8, usedUnits: 5, internalFragmentation: 0, allocations: 3, frees: 1, failures: 2, ...stats }),
    size: (id) => blocks[id - 1].size,
    read: (id) => Uint32Array.from({ length: blocks[id - 1].size }, (_, unit) => values?.[unit] ?? id + unit),
  };
}
const DONE = { results: [{ allocations: 2, frees: 1, failures: 0 }, { allocations: 1, frees: 0, failures: 2 }], ids: [2, 1] };

test("an audit passes what is right, and tells the first thing that is not", () => {
  assert.match(audit(fake(), DONE), /^Audited: .*\(2 blocks\).* 3 allocations less 1 frees, 2 requests refused\.$/);
  assert.throws(() => audit(fake({ extents: [[0, 3], [2, 2]] }), DONE), /unit 2 is owned twice/);
  assert.throws(() => audit(fake({ extents: [[0, 3], [4, 1]] }), DONE), /units of nobody/);
  assert.throws(() => audit(fake(), { ...DONE, ids: [1] }), /blocks: the manager says 1,2, the workers 1/);
  assert.throws(() => audit(fake({ values: [2, 9] }), DONE), /block \d does not hold what was written/);
  assert.throws(() => audit(fake({ stats: { frees: 2 } }), DONE), /frees: the manager says 2, the workers 1/);
  assert.throws(() => audit(fake({ stats: { usedUnits: 6 } }), DONE), /used units/);
});

test("a worker that finds a value that is not its own stops", () => {
  const control = Int32Array.of(GO);
  const held = new Map();
  let last = 0;
  const memory = {
    alloc: () => (held.set(++last, 0), last),
    write: (id, values) => held.set(id, values.slice()),
    read: (id) => (id === 40 ? held.get(id).fill(0) : held.get(id)),
    size: (id) => held.get(id).length,
    free: (id) => held.delete(id),
  };
  const work = { number: 0, blocks: 8, seed: 1, control, pairs: new BigInt64Array(1), mailbox: new BigInt64Array(4) };
  assert.throws(() => hammer(memory, work), /block 40 does not hold/);
  Atomics.store(control, 0, STOP);
  held.clear();
  const { ids, allocations } = hammer(memory, work);
  assert.deepEqual([ids.length, allocations], [8, 8]);
  ids.forEach((id) => check(memory, id));
});

test("pairs a second are those of the last second, and of all the time at the end", () => {
  const rates = new Rates();
  rates.now([0, 0]);
  for (const until = performance.now() + 20; performance.now() < until;);
  const [first, second] = rates.now([100, 50]);
  assert.ok(first > 0 && Math.abs(first - 2 * second) <= 1, `${first} and ${second}`);
  rates.end();
  assert.deepEqual(rates.whole([100, 50]).map((rate, at) => Math.round((rate * rates.seconds) / [100, 50][at])), [1, 1]);
});
