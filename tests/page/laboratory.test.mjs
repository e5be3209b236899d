// The laboratory: all placements on one recording, in a table, a plot, a sentence and files.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { apartIn, bestIn, COLUMNS, remark, sorted } from "../../www/laboratory/figures.js";
import { fileName, toCSV, toJSON } from "../../www/laboratory/exports.js";
import { factsOf } from "../../www/laboratory/facts.js";
import { recommend } from "../../www/laboratory/recommend.js";
import { lineOf } from "../../www/laboratory/series.js";
import { PLACEMENTS } from "../../www/manager/placements.js";
import { bench, button, counted, openRecording, press, rep, said, settled } from "./harness.mjs";

const { open } = bench();
const NAMES = PLACEMENTS.map(({ name }) => name);

/** Blocks of 8, every other one freed, then blocks of 12: 96 units fit between no two neighbours. */
const FRAGMENTING = rep([
  ...Array.from({ length: 100 }, (_, block) => ["a", block, 8]),
  ...Array.from({ length: 50 }, (_, at) => ["f", at * 2]),
  ...Array.from({ length: 20 }, (_, at) => ["a", 100 + at, 12]),
], 120);

/** More operations than a worker does between two looks at the clock. */
const LONG = rep(Array.from({ length: 400_000 }, (_, at) => [at % 2 ? "f" : "a", at >> 1, 64]), 200_000);

test("one click compares all nine placements", async (t) => {
  const page = await open(t);
  await openInLaboratory(page, "fragmenting.rep", FRAGMENTING);
  await button(page, "Compare").click();
  await said(page, "Compared nine placements on fragmenting.rep.");
  const table = page.getByRole("table", { name: "Comparison" });
  const rows = await cells(table);
  assert.deepEqual(rows.map(([name]) => name).sort(), [...NAMES].sort());
  const of = (name) => rows.find(([placement]) => placement === name);
  // 800 units are the peak; 20 blocks of 12 find no room among 50 free extents of 8.
  for (const name of ["lifo", "contiguous-first", "address-ordered"]) assert.match(of(name)[1], /^800/);
  for (const name of ["first-fit", "best-fit"]) assert.match(of(name)[1], /^1,040/);
  assert.match(of("first-fit")[2], /^1\.300 ×/);
  assert.match(of("first-fit")[3], /^14/, "failures at the 880 units that the page proposes");
  assert.match(of("lifo")[3], /^0 best$/);
  assert.equal(of("lifo")[10], "–", "a scattered placement never compacts");
  assert.match(of("first-fit")[10], /^\d/);
  // Whoever refused 14 of the requests is best at nothing but what it needs.
  for (const text of of("first-fit").slice(3, 10)) assert.doesNotMatch(text, /best/);
  for (const text of of("first-fit").slice(4, 10)) assert.match(text, / not compared$/);
  assert.equal(await table.locator("td.apart").first().getAttribute("title"), "Not compared: who refuses more requests has less to do");
  assert.match(await page.locator("#lab-facts").textContent(), / Figures in grey are not compared\. /);
  const advice = await page.locator("#lab-advice").textContent();
  assert.match(advice, /^If blocks must be contiguous, choose tlsf \(constant time\): 1,040 units, 30\.0 % above the peak, are enough\. /);
  // From there to what is recommended.
  await button(page, "Compare at 1,040 units").click();
  await page.getByText("Comparison of fragmenting.rep at 1,040 units", { exact: true }).waitFor();
  assert.equal(await page.getByLabel("Capacity").inputValue(), "1040");
  await page.locator("#side-scale").filter({ hasText: "All units are in sight" }).waitFor();
  assert.equal(await page.getByRole("slider", { name: "Unit of the buffer under tlsf" }).getAttribute("aria-valuemax"), "1039", "the pictures follow");
  assert.ok(await page.locator("#lab-compare-there").isHidden(), "it is the one compared");
  assert.equal(await page.evaluate(() => document.activeElement.id), "compare");
  await button(page, "Open in the playground under tlsf").click();
  await said(page, "Loaded fragmenting.rep");
  await counted(page, "Placement", "tlsf");
  assert.equal(await page.evaluate(() => document.activeElement.id), "play");
});

test("the figures are a replay's own, at the capacity chosen", async (t) => {
  const page = await open(t);
  await openInLaboratory(page, "fragmenting.rep", FRAGMENTING);
  await page.getByLabel("Capacity").fill("1040");
  await compare(page);
  const expected = await page.evaluate(async (text) => {
    const { default: load, parseTrace, replay, smallestCapacity } = await import("twingate-memory/trace");
    await load();
    const trace = parseTrace(text);
    return ["lifo", "first-fit", "next-fit", "buddy", "tlsf"].map((placement) =>
      [placement, smallestCapacity(trace, placement), replay(trace, { capacity: 1040, placement })]);
  }, FRAGMENTING);
  const rows = await cells(page.getByRole("table", { name: "Comparison" }));
  for (const [placement, smallest, report] of expected) {
    const shown = rows.find(([name]) => name === placement).map((text) => text.replace(/ (best|not compared)$/, ""));
    assert.equal(shown[1], smallest.toLocaleString("en-GB"), placement);
    assert.equal(shown[3], report.failures.toLocaleString("en-GB"), placement);
    assert.equal(shown[4], `${(report.externalFragmentation * 100).toFixed(1)} %`, placement);
    assert.equal(shown[5], `${(report.peakExternalFragmentation * 100).toFixed(1)} %`, placement);
    assert.equal(shown[8], placement === "lifo" ? "–" : report.searchSteps.toLocaleString("en-GB"), `${placement}: who does not search has no steps`);
  }
});

test("what is chosen in the list is what is compared, and it is named", async (t) => {
  let asked;
  const page = await open(t, { prepare: (page) => page.route("**/xmllint.rep.gz", (route) => (asked = route)) });
  const list = page.getByLabel("Recording", { exact: true });
  const chosen = () => list.evaluate(({ selectedOptions: [option] }) => option.textContent);
  await page.getByRole("tab", { name: "Laboratory" }).click();
  await said(page, "Loaded sqlite");
  await Promise.all([page.waitForRequest("**/xmllint.rep.gz"), list.selectOption("xmllint")]);
  assert.ok(await button(page, "Compare").isDisabled(), "what the list names is not open yet");
  await button(page, "Cancel").click();
  assert.equal(await list.inputValue(), "sqlite");
  await asked.continue().catch(() => {});
  await openRecording(page, "mine.rep", FRAGMENTING);
  await said(page, "Loaded mine.rep");
  assert.equal(await chosen(), "mine.rep");
  assert.match(await page.locator("#lab-about").textContent(), /^mine\.rep, in rep format: 170 operations/);
  await list.selectOption("lua");
  await said(page, "Loaded lua");
  assert.equal(await list.getByText("mine.rep").count(), 0);
  await openRecording(page, "mine.rep", FRAGMENTING);
  await said(page, "Loaded mine.rep");
  await button(page, "Compare").click();
  await page.getByText("Comparison of mine.rep at 880 units", { exact: true }).waitFor();
});

// One comparison, looked at in turn.
test("what was compared", async (t) => {
  const page = await open(t);
  await openInLaboratory(page, "=1+1,<b>.rep", FRAGMENTING);
  await compare(page);
  await t.test("the page says by which rule it recommends, what a star means, and where the capacity comes from", () => rulesAreSaid(page));
  await t.test("CSV, JSON and PNG are saved", () => filesAreSaved(page));
  await t.test("rows are sorted by any column, both ways, and it is said", () => rowsAreSorted(page));
  await t.test("the plot shows each measure, hides lines, and is there in numbers", () => plotShows(page));
});

async function rowsAreSorted(page) {
  const table = page.getByRole("table", { name: "Comparison" });
  // In a narrow window, the other columns pass below the first one.
  await page.setViewportSize({ width: 360, height: 800 });
  const lying = await table.locator("tr > :first-child").evaluateAll((first) => {
    first[0].closest(".scroll").scrollLeft = 150;
    return first.filter((cell) => {
      const { left, right, top, bottom } = (cell.scrollIntoView({ block: "center" }), cell.getBoundingClientRect());
      const across = [1, 2, 3, 4].map((at) => left + ((right - left) * at) / 5);
      return across.some((x) => document.elementFromPoint(x, bottom - (bottom - top) / 8) !== cell);
    }).map(({ textContent }) => textContent);
  });
  assert.deepEqual(lying, []);
  await page.setViewportSize({ width: 1280, height: 800 });
  const numbers = async (column) => (await cells(table)).map((row) => parseFloat(row[column].replaceAll(",", ""))).filter((value) => !Number.isNaN(value));
  for (const [at, { title, about }] of COLUMNS.entries()) {
    const head = table.getByRole("button", { name: `${title} ${about}`.trim(), exact: true });
    if (at > 0) await head.click();
    const up = await numbers(at + 1);
    assert.equal(await table.locator("th[aria-sort]").getAttribute("aria-sort"), "ascending");
    await head.click();
    const down = await numbers(at + 1);
    assert.equal(await table.locator("th[aria-sort]").getAttribute("aria-sort"), "descending");
    assert.deepEqual(up, [...up].sort((a, b) => a - b), title);
    assert.deepEqual(down, [...down].sort((a, b) => b - a), title);
  }
}

async function plotShows(page) {
  const plot = page.locator("#lab-plot");
  const coloured = () => plot.locator("canvas").evaluate((canvas) => {
    const { data } = window.readBack(canvas).getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let at = 0; at < data.length; at += 4) if (data[at + 3] > 0 && Math.max(data[at], data[at + 1], data[at + 2]) - Math.min(data[at], data[at + 1], data[at + 2]) > 60) count++;
    return count;
  });
  const all = await coloured();
  assert.ok(all > 500);
  for (const name of NAMES.slice(1)) await page.locator("#lab-names button").filter({ hasText: new RegExp(`^ ?${name} `) }).click();
  const one = await coloured();
  assert.ok(one > 20 && one < all, `${one} of ${all}`);
  await page.getByText("The plot in numbers").click();
  for (const measure of ["Units in use", "Internal fragmentation", "Extents per block", "External fragmentation"]) {
    await page.getByLabel("Over time").selectOption(measure);
    const table = page.getByRole("table", { name: `${measure} along the recording` });
    await table.waitFor();
    assert.equal(await table.locator("tbody tr").count(), 11);
    assert.equal(await table.locator("thead th").count(), 10);
    assert.match(await plot.getAttribute("aria-label"), new RegExp(`^${measure} under 9 placements`));
  }
  await button(page, "Dark colours").click();
  assert.ok((await coloured()) > 20);
  // Where colours are forced, lines stand out from the background that the reader has.
  await page.emulateMedia({ forcedColors: "active", colorScheme: "dark" });
  await page.waitForFunction(() => Array.from(document.querySelectorAll("#lab-names canvas"), (canvas) =>
    Math.max(...window.readBack(canvas).getImageData(0, 0, canvas.width, canvas.height).data.filter((_, at) => at % 4 === 1))).every((green) => green > 120));
}

test("a click on the plot goes to that operation, and the axis counts whole ones", async (t) => {
  const page = await open(t);
  await page.evaluate(() => {
    window.drawn = [];
    const { fillText } = CanvasRenderingContext2D.prototype;
    CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
      window.drawn.push(String(text));
      return fillText.call(this, text, ...rest);
    };
  });
  await openInLaboratory(page, "short.rep", rep([["a", 0, 8], ["a", 1, 8], ["f", 0]], 2));
  await compare(page);
  const plot = page.locator("#lab-plot .u-over");
  await plot.waitFor();
  const drawn = await page.evaluate(() => window.drawn);
  for (const text of ["operation", "1", "2", "3"]) assert.ok(drawn.includes(text), text);
  assert.deepEqual(drawn.filter((text) => /^\d+\.\d+$/.test(text)), []);
  const { width } = await plot.boundingBox();
  await plot.click({ position: { x: (width * 2) / 3, y: 50 } });
  await said(page, "At operation 2 of 3, which allocates 8 units.");
});

test("the plot marks the operation that the pictures show, and has its values where nobody points", async (t) => {
  const page = await open(t);
  await openInLaboratory(page, "fragmenting.rep", FRAGMENTING);
  await compare(page);
  const [plot, mark, there] = ["#lab-plot .u-over", "#lab-plot .mark", "#lab-plot-there"].map((selector) => page.locator(selector));
  const value = async (name) => (await page.locator("#lab-names button").filter({ hasText: new RegExp(`^ ?${name} `) }).textContent()).replace(/^.* (?=[\d.]+ %)/, "");
  const shown = async () => /external fragmentation ([\d.]+ %)/.exec(await page.locator(".panel .facts").nth(1).textContent())[1];
  const share = () => page.evaluate(() => {
    const [all, mark] = [".u-over", ".mark"].map((part) => document.querySelector(`#lab-plot ${part}`).getBoundingClientRect());
    return Math.round(1 + (((mark.left + mark.right) / 2 - all.left) / all.width) * 169);
  });
  for (const position of ["120", "170", "45"]) {
    await page.getByLabel("Operation", { exact: true }).fill(position);
    await there.getByText(`At operation ${position}:`, { exact: true }).waitFor();
    await settled(page);
    assert.equal(await share(), Number(position));
    assert.equal(await value("first-fit"), await shown());
  }
  const { width } = await plot.boundingBox();
  await plot.hover({ position: { x: width / 2, y: 50 } });
  await there.getByText("At operation 85:", { exact: true }).waitFor();
  assert.equal(await share(), 45);
  await page.mouse.move(0, 0);
  await there.getByText("At operation 45:", { exact: true }).waitFor();
  // A zoom has a way out, which is there only as long as it is needed.
  const whole = button(page, "Whole recording");
  assert.ok(await whole.isHidden());
  await plot.hover({ position: { x: width / 2, y: 50 } });
  await page.mouse.down();
  const { x, y } = await plot.boundingBox();
  await page.mouse.move(x + width * 0.9, y + 50, { steps: 4 });
  await page.mouse.up();
  await whole.waitFor();
  assert.ok(await mark.isHidden(), "the operation is not in sight");
  await whole.click();
  await mark.waitFor();
  assert.equal(await share(), 45);
  assert.ok(await whole.isHidden());
  assert.equal(await page.evaluate(() => document.activeElement.id), "lab-measure");
});

test("after a tap the plot's values are those of that operation, and then go with the pictures", async (t) => {
  const page = await open(t, { hasTouch: true, viewport: { width: 390, height: 800 } });
  await openInLaboratory(page, "fragmenting.rep", FRAGMENTING);
  await button(page, "Compare").tap();
  await said(page, "Compared");
  const plot = page.locator("#lab-plot .u-over");
  const { width } = await plot.boundingBox();
  await plot.tap({ position: { x: width / 2, y: 50 } });
  const [, at] = /operation (\d+) of/.exec(await said(page, "At operation "));
  const there = page.locator("#lab-plot-there");
  await there.getByText(`At operation ${at}:`, { exact: true }).waitFor();
  await button(page, "Step").tap();
  await there.getByText(`At operation ${Number(at) + 1}:`, { exact: true }).waitFor();
});

test("a capacity that the results are not for is named beside them", async (t) => {
  const page = await open(t);
  await openInLaboratory(page, "fragmenting.rep", FRAGMENTING);
  const capacity = page.getByLabel("Capacity");
  const change = async (value) => {
    await capacity.fill(value);
    await capacity.press("Tab");
  };
  const note = page.locator("#lab-other");
  await compare(page);
  assert.ok(await note.isHidden());
  await change("900");
  await said(page, "These results are for 880 units; press Compare for 900.");
  assert.equal(await note.textContent(), "These results are for 880 units; press Compare for 900.");
  await change("880");
  assert.ok(await note.isHidden());
  await change("900");
  await button(page, "Compare").click();
  await page.getByText("Comparison of fragmenting.rep at 900 units", { exact: true }).waitFor();
  assert.ok(await note.isHidden());
  // The largest one can be read in full.
  await capacity.fill("4294967295");
  assert.ok(await capacity.evaluate(({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth));
});

test("on paper, the table's words are whole, no larger than its heads, and nothing is said of pressing", async (t) => {
  const page = await open(t, { viewport: { width: 718, height: 1000 } });
  await openInLaboratory(page, "large.rep", FRAGMENTING.replaceAll(/^(a .*)$/gm, "$1000"));
  await compare(page);
  await page.emulateMedia({ media: "print" });
  const sizes = await page.locator("#comparison thead :is(button, small)").evaluateAll((all) => all.map((part) => getComputedStyle(part).fontSize));
  assert.deepEqual([...new Set(sizes)], ["8px"]);
  const broken = await page.locator("#comparison thead button").evaluateAll((heads) => heads.flatMap((head) => {
    const texts = document.createTreeWalker(head, NodeFilter.SHOW_TEXT);
    const words = [];
    while (texts.nextNode()) for (const { index, 0: word } of texts.currentNode.data.matchAll(/\S+/g)) words.push([texts.currentNode, index, word]);
    return words.filter(([node, index, word]) => {
      const range = new Range();
      range.setStart(node, index);
      range.setEnd(node, index + word.length);
      return range.getClientRects().length > 1;
    }).map(([, , word]) => word);
  }));
  assert.deepEqual(broken, []);
  assert.ok(await page.locator("#comparison").evaluate((table) => table.offsetWidth <= table.parentNode.clientWidth), "it is not wider than the paper");
  for (const hint of ["#lab-plot-hint", "#side-hint"]) assert.ok(await page.locator(hint).isHidden());
  assert.ok(await page.locator("#side-scale").isVisible());
});

async function filesAreSaved(page) {
  await page.evaluate(() => {
    window.written = [];
    const { fillText } = OffscreenCanvasRenderingContext2D.prototype;
    OffscreenCanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
      window.written.push(text);
      return fillText.call(this, text, ...rest);
    };
  });
  const save = async (name) => {
    const [file] = await Promise.all([page.waitForEvent("download"), button(page, name).click()]);
    await said(page, `Saved ${file.suggestedFilename()}.`);
    return [file.suggestedFilename(), readFileSync(await file.path())];
  };
  const [csvName, csv] = await save("Save as CSV");
  assert.equal(csvName, "1-1-b-.rep-comparison.csv");
  const lines = csv.toString().trim().split("\r\n");
  assert.equal(lines.length, 10);
  assert.match(lines[0], /^trace,capacity,placement,recommended,smallestIsExact,smallestCapacity,ratioToPeak,/);
  assert.match(lines[1], /^"'=1\+1,<b>\.rep",880,lifo,true,true,800,1,0,/);
  assert.match(lines[1], /,170,$/, "the operations replayed, and none with compaction");
  const [, json] = await save("Save as JSON");
  const { trace, capacity, advice: told, placements } = JSON.parse(json);
  assert.equal(trace.operations, 170);
  assert.equal(capacity, 880);
  assert.deepEqual(placements.map(({ placement }) => placement), NAMES);
  assert.equal(told, await page.locator("#lab-advice").textContent());
  assert.deepEqual(placements.filter(({ recommended }) => recommended).map(({ placement }) => placement), ["lifo", "contiguous-first", "address-ordered", "tlsf"]);
  // Both files say the same under each name, and so does the report that a figure comes from.
  const names = lines[0].split(",").slice(2);
  for (const [at, { replay, compacting, samples, ...figures }] of placements.entries()) {
    assert.deepEqual(Object.keys(figures), names);
    assert.deepEqual(Object.values(figures).map((value) => String(value ?? "")), lines[at + 1].split(",").slice(-names.length));
    assert.equal(figures.ratioToPeak, figures.smallestCapacity / 800);
    assert.equal(replay.searchSteps === null, at < 3, figures.placement);
    for (const name of names.filter((each) => each in replay)) assert.deepEqual(replay[name], figures[name], name);
    if (compacting) assert.equal(compacting.unitsMoved, figures.compactingUnitsMoved);
    assert.ok(samples.position.length > 0);
  }
  const [pngName, png] = await save("Save the plot as PNG");
  assert.match(pngName, /\.png$/);
  assert.deepEqual([...png.subarray(1, 4)], [..."PNG"].map((letter) => letter.charCodeAt(0)));
  assert.deepEqual(await page.evaluate(() => window.written), ["External fragmentation: =1+1,<b>.rep at 880 units", ...NAMES]);
}

test("progress is shown, and a cancelled comparison leaves no worker behind", async (t) => {
  const script = "**/laboratory/worker.js";
  // Contiguous placements are measured first; scattered ones never, so that there is time to cancel, on any machine.
  const page = await open(t, { prepare: (page) => page.route(script, async (route) => {
    const response = await route.fetch();
    const deaf = "addEventListener('message', (event) => event.data.job?.contiguous === false && event.stopImmediatePropagation());";
    await route.fulfill({ response, body: `${deaf}${await response.text()}` });
  }) });
  await openInLaboratory(page, "fragmenting.rep", FRAGMENTING);
  await button(page, "Compare").click();
  const progress = page.getByRole("progressbar", { name: "Comparison" });
  await progress.waitFor();
  await page.waitForFunction(() => document.getElementById("lab-progress").value > 0);
  await button(page, "Cancel").click();
  await said(page, "Cancelled.");
  assert.ok(await progress.isHidden());
  for (let frame = 0; frame < 100 && page.workers().length > 0; frame++) await page.evaluate(() => new Promise(requestAnimationFrame));
  assert.equal(page.workers().length, 0, "the workers are gone");
  await page.unroute(script);
  await openRecording(page, "fragmenting.rep", FRAGMENTING);
  await said(page, "Loaded fragmenting.rep");
  await button(page, "Compare").click();
  await said(page, "Compared nine placements on fragmenting.rep.");
});

test("contiguous placements are measured first, each is shown as it comes, and Cancel keeps them", async (t) => {
  const page = await open(t);
  await page.evaluate(() => {
    // Scattered placements are never measured, and contiguous ones only when it is allowed.
    const { postMessage } = Worker.prototype;
    const held = [];
    window.allow = () => held.splice(0).forEach((go) => go());
    Worker.prototype.postMessage = function (data) {
      const go = () => postMessage.call(this, data);
      if (!data.job) return go();
      if (data.job.contiguous) held.push(go);
    };
  });
  await openInLaboratory(page, "fragmenting.rep", FRAGMENTING);
  await button(page, "Compare").click();
  const table = page.getByRole("table", { name: "Comparison" });
  const names = async () => (await cells(table)).map(([name]) => name);
  const until = (rows) => page.waitForFunction((wanted) => {
    window.allow();
    return document.querySelectorAll("#comparison tbody tr").length === wanted;
  }, rows);
  await button(page, "Cancel").click();
  await said(page, "Cancelled. Nothing was compared.");
  assert.ok(await page.locator("#lab-results").isHidden());
  await button(page, "Compare").click();
  await until(6);
  assert.deepEqual((await names()).sort(), NAMES.slice(3).sort());
  await page.getByText("Comparison of fragmenting.rep at 880 units: 6 of 9 placements", { exact: true }).waitFor();
  assert.match(await page.locator("#lab-advice").textContent(), /^If blocks must be contiguous, choose (?!.*If blocks may be scattered)/);
  await button(page, "Cancel").click();
  await said(page, "Cancelled. 6 of 9 placements were measured; their results are below.");
  assert.equal((await names()).length, 6);
  const [file] = await Promise.all([page.waitForEvent("download"), button(page, "Save as CSV").click()]);
  assert.equal(readFileSync(await file.path(), "utf8").trim().split("\r\n").length, 7);
});

test("what takes too long is stopped, and its figures say so", async (t) => {
  // The clock that the workers look at leaps by a minute each time.
  const page = await open(t, { prepare: (page) => page.route("**/laboratory/worker.js", async (route) => {
    const response = await route.fetch();
    const leaping = "let minute = 0; performance.now = () => 60_000 * minute++;";
    await route.fulfill({ response, body: `${leaping}${await response.text()}` });
  }) });
  await openInLaboratory(page, "long.rep", LONG);
  await button(page, "Compare").click();
  await said(page, "Compared nine placements on long.rep.");
  const rows = await cells(page.getByRole("table", { name: "Comparison" }));
  const of = (name) => rows.find(([placement]) => placement === name);
  assert.match(of("tlsf")[1], /^– none found$/);
  assert.match(of("tlsf")[3], /^0 or more$/);
  assert.match(of("tlsf")[4], / % so far$/);
  assert.match(of("lifo")[1], /^64/);
  const facts = await page.locator("#lab-facts").textContent();
  assert.match(facts, /Stopped because it takes too long: lifo after 5,000 operations, /);
  assert.match(facts, /first-fit after 200,000 operations, .* and tlsf when defragmenting after 5,000 operations; /);
  assert.match(facts, /“None found”: no capacity that serves every request was found/);
  assert.match(await page.locator("#lab-advice").textContent(), /any scattered placement needs only the peak\.$/);
  await page.getByText("The plot in numbers").click();
  const last = page.getByRole("table", { name: "External fragmentation along the recording" }).locator("tbody tr").last();
  assert.deepEqual((await last.locator("td").allTextContents()).slice(0, 3), ["–", "–", "–"]);
});

test("a recording that no buffer can hold is compared all the same", async (t) => {
  const page = await open(t);
  await openInLaboratory(page, "huge.rep", rep([["a", 0, 4294967295], ["a", 1, 4294967295], ["f", 0], ["a", 2, 1], ["f", 1]], 3));
  assert.equal(await page.getByLabel("Capacity").inputValue(), "4294967295");
  assert.match(await page.locator("#lab-about").textContent(), /The largest buffer has 4,294,967,295 units, so some requests will be refused\.$/);
  await button(page, "Compare").click();
  await said(page, "Compared nine placements on huge.rep.");
  for (const row of await cells(page.getByRole("table", { name: "Comparison" }))) assert.deepEqual([row[1], row[3]], ["– none found", row[0] === "buddy" ? "2" : "1"], row[0]);
  assert.equal(await page.locator("#lab-advice").textContent(), "If blocks must be contiguous: no capacity was found that serves every request. "
    + "If blocks may be scattered: no buffer is large enough for the peak.");
});

test("what the reader left out or added is said in both views", async (t) => {
  const page = await open(t);
  const log = "= Start\n@ ./p:[0x1] - 0x999\n@ ./p:[0x1] - 0x998\n@ ./p:[0x1] + 0x100 0x10\n@ ./p:[0x1] + 0x100 0x10\n@ ./p:[0x1] - 0x100\n= End\n";
  const remark = /2 frees of unknown pointers were left out: the recording may have begun late\. 1 free was added, for blocks that must have been freed unseen\.$/;
  await openRecording(page, "skip.mtrace", log);
  await said(page, "Loaded skip.mtrace");
  assert.match(await page.locator("#player-about").textContent(), remark);
  await openInLaboratory(page, "skip.mtrace", log);
  assert.match(await page.locator("#lab-about").textContent(), remark);
});

async function rulesAreSaid(page) {
  const facts = await page.locator("#lab-facts").textContent();
  assert.match(facts, /A star marks the lowest figure of a column, unless most of the placements compared share it\. The columns after “Requests refused” compare only the placements that refused the fewest, since who refuses has less to do\./);
  assert.match(facts, /The advice for contiguous blocks is, among the placements within 1 % of the smallest capacity, the one that refuses the fewest/);
  assert.doesNotMatch(facts, /Stopped|None found/);
  assert.match(await page.locator("#lab-capacity-hint").textContent(), /the peak of live bytes and a tenth more/);
}

test("what a view says while another one is shown waits until it is shown again", async (t) => {
  const page = await open(t);
  await openInLaboratory(page, "small.rep", FRAGMENTING);
  const running = await page.$("#lab-running");
  // At once: the comparison is still going on then.
  await page.evaluate(() => ["compare", "tab-bench"].forEach((id) => document.getElementById(id).click()));
  await page.waitForFunction((element) => element.hidden, running);
  assert.match(await page.getByRole("status").textContent(), /^Ready: an empty buffer/);
  await page.getByRole("tab", { name: "Laboratory" }).click();
  assert.equal(await page.getByRole("status").textContent(), "Compared nine placements on small.rep. If blocks must be contiguous, choose tlsf (constant time): 1,040 units, 30.0 % above the peak, are enough.");
});

test("what was compared before stays when the next comparison is cancelled, and it is said", async (t) => {
  const page = await open(t);
  await page.evaluate(() => {
    // Workers that never answer: after them there is time to cancel, on any machine.
    const Real = window.Worker;
    window.Worker = function (...options) {
      return window.deaf ? { postMessage() {}, terminate() {}, addEventListener() {} } : new Real(...options);
    };
  });
  await openInLaboratory(page, "fragmenting.rep", FRAGMENTING);
  await compare(page);
  await page.evaluate(() => { window.deaf = true; });
  await page.getByLabel("Capacity").fill("1040");
  await button(page, "Compare").click();
  await button(page, "Cancel").click();
  await said(page, "Cancelled. The results below are still those for 880 units.");
  assert.ok(await page.locator("#lab-results").isVisible());
});

test("where nothing is fragmented, the plot has no share beyond all", async (t) => {
  const page = await open(t);
  await page.evaluate(() => {
    window.written = [];
    const { fillText } = CanvasRenderingContext2D.prototype;
    CanvasRenderingContext2D.prototype.fillText = function (text, ...place) {
      window.written.push(text);
      fillText.call(this, text, ...place);
    };
  });
  await openInLaboratory(page, "one.rep", rep([["a", 0, 1]], 1));
  await compare(page);
  await page.waitForFunction(() => window.written.includes("100.0 %"));
  assert.deepEqual(await page.evaluate(() => window.written.filter((text) => /^\d{4,}\.\d %$/.test(text))), []);
});

test("a capacity that makes no sense is refused", async (t) => {
  const page = await open(t);
  await openInLaboratory(page, "fragmenting.rep", FRAGMENTING);
  for (const capacity of ["", "many", "0", "-1", "1.5"]) {
    await page.getByLabel("Capacity").fill(capacity);
    await button(page, "Compare").click();
    await said(page, `Capacity must be a whole number from 1 to 4,294,967,295${capacity && `, not “${capacity}”`}.`);
  }
  await page.getByLabel("Capacity").fill("10000");
  await compare(page);
});

test("a file that is no trace is refused, in the laboratory too, and names stay text", async (t) => {
  const page = await open(t);
  await openInLaboratory(page, "<img src=x onerror=alert(1)>.rep", FRAGMENTING);
  await said(page, "Loaded <img src=x onerror=alert(1)>.rep");
  await compare(page);
  await openRecording(page, "bad.rep", "0\n1\n2\n1\na 0 8\n<script>alert(1)</script>\n");
  await said(page, /^bad\.rep was refused: line 6/);
  assert.equal(await page.locator("img").count(), 0);
  assert.ok(await page.locator("#lab-results").isVisible(), "what was compared stays");
});

test("from the player straight to the comparison, and back", async (t) => {
  const page = await open(t);
  await openRecording(page, "fragmenting.rep", FRAGMENTING);
  await said(page, "Loaded fragmenting.rep");
  await button(page, "Compare placements").click();
  await said(page, "Compared nine placements on fragmenting.rep.");
  assert.equal(await page.getByRole("tab", { name: "Laboratory" }).getAttribute("aria-selected"), "true");
  await page.getByRole("tab", { name: "Laboratory" }).focus();
  await page.keyboard.press("ArrowLeft");
  await settled(page);
  assert.equal(await page.getByRole("tab", { name: "Playground" }).getAttribute("aria-selected"), "true");
  await button(page, "One operation").click();
  await said(page, "Operation 1 ");
  await counted(page, "Used", "8");
});

// ---------------------------------------------------------------- without a page

const row = (placement, smallest, searchSteps, extents = 1, failures = 0) => ({
  placement, operations: 9, smallest, exact: true, ratio: smallest && smallest / 100, samples: {}, compacting: null,
  report: { operations: 9, failures, searchSteps, extentsPerBlockAtPeak: extents, externalFragmentation: 0 },
});
const ROWS = [
  row("lifo", 100, 0, 2.5), row("contiguous-first", 100, 0, 2), row("address-ordered", 100, 9, 1.5),
  row("first-fit", 121, 900), row("next-fit", 150, 500), row("best-fit", 120, 800), row("worst-fit", 190, 300),
  row("buddy", 180, 100), row("tlsf", 121, 200),
];
/** The same rows with others in the place of some. */
const rowsWith = (...others) => ROWS.map((each) => others.find(({ placement }) => placement === each.placement) ?? each);

/** The advice in words. */
const advice = (rows, capacity) => recommend(rows, capacity).sentences.join(" ");

test("the advice follows its rule", () => {
  const second = "Second choice: best-fit (logarithmic time) with 120 units, 0.8 % fewer.";
  const forScattered = "If blocks may be scattered, choose address-ordered: it needs only the peak, at 1.50 extents per block.";
  assert.equal(advice(ROWS, 110), `If blocks must be contiguous, choose tlsf (constant time): 121 units, 21.0 % above the peak, are enough. ${second} ${forScattered}`);
  // Who refuses fewer goes before who is faster, and who is faster before who needs a little less.
  assert.match(advice(rowsWith(row("tlsf", 121, 200, 1, 3)), 110),
    /^If blocks must be contiguous, choose best-fit \(logarithmic time\): 120 units, 20\.0 % above the peak, are enough\. Second choice, if requests must take constant time: tlsf with 121 units, 0\.8 % more; at the chosen 110 units it refuses 3 requests, and needs 11 units more to refuse none\. If/);
  assert.match(advice(rowsWith(row("best-fit", 120, 1, 1, 1), row("tlsf", 122, 1)), 110), /choose first-fit .*Second choice, if requests must take constant time: tlsf with 122 units, 0\.8 % more\. /);
  assert.match(advice(rowsWith(row("buddy", 100, 100)), 200),
    /^If blocks must be contiguous, choose buddy \(logarithmic time\): 100 units, no more than the peak, are enough\. Second choice, if requests must take constant time: tlsf with 121 units, 21\.0 % more\. If/);
  const large = ROWS.slice(3).map((each) => row(each.placement, 120_000 + each.placement.length, 1));
  assert.match(advice(large, 110), /choose tlsf .* with 120,005 units, 1 more\.$/);
  assert.match(advice(rowsWith(row("best-fit", 121, 1)), 110), /choose tlsf .* Second choice: first-fit \(logarithmic time\) with 121 units, as many\. If/);
});

test("advice is given on what is measured, and on what was found", () => {
  assert.equal(advice(ROWS.slice(0, 8), 110), "If blocks may be scattered, choose address-ordered: it needs only the peak, at 1.50 extents per block.");
  assert.match(advice(ROWS.slice(3), 110), /^If blocks must be contiguous, choose tlsf (?!.*scattered)/);
  assert.deepEqual(recommend(ROWS.slice(1, 5), 110), { sentences: [], contiguous: null, placements: [] });
  const { contiguous, placements } = recommend(ROWS, 110);
  assert.deepEqual([contiguous.placement, ...placements], ["tlsf", "tlsf", "address-ordered"]);
  assert.match(advice(rowsWith(row("buddy", null, 1), row("tlsf", null, 1)), 110),
    /choose best-fit .* Second choice: first-fit .* No capacity was found for buddy and tlsf\. If/);
  assert.match(advice(rowsWith(row("buddy", 1, 1)), 110), /choose buddy .*: 1 unit, .* the peak, is enough\./);
  const only = rowsWith(...["first-fit", "next-fit", "worst-fit", "buddy", "tlsf"].map((name) => row(name, null, 1)));
  assert.match(advice(only, 110), /^If blocks must be contiguous, choose best-fit (?!.*Second choice).* are enough\. No capacity was found for /);
});

test("what refused requests or was given up is chosen last among those that are near", () => {
  const all = rowsWith(row("first-fit", 121, 9, 1, 5), row("best-fit", 120, 9, 1, 5), row("tlsf", 121, 2, 1, 3), row("lifo", 100, 0, 2.5, 2));
  assert.match(advice(all, 90), /choose tlsf .* At the chosen 90 units, tlsf refuses 3 requests\. If blocks may be scattered, any scattered placement needs only the peak\.$/);
  const stopped = row("tlsf", 121, 1);
  assert.match(advice(rowsWith({ ...stopped, report: { ...stopped.report, operations: 4 } }), 110), /choose best-fit .* Second choice, if requests must take constant time: tlsf with 121 units, 0\.8 % more\. /, "how many it would have refused nobody knows");
});

test("placements that are alike are named together", () => {
  const tied = ROWS.map((each) => (each.report.extentsPerBlockAtPeak > 1 ? row(each.placement, 100, 0, 1.504) : each));
  assert.match(advice(tied, 200), /choose lifo, contiguous-first or address-ordered: each needs only the peak, at 1\.50 extents per block\.$/);
});

test("lines of the plot differ even without their colours", () => {
  const looks = new Set(NAMES.map((name) => JSON.stringify({ ...lineOf(name, false), colour: null })));
  assert.equal(looks.size, NAMES.length);
});

test("the best are the lowest as shown, and nobody where most are alike", () => {
  const column = (key) => COLUMNS.find((each) => each.key === key);
  assert.deepEqual([...bestIn(column("smallestCapacity"), ROWS)], ["lifo", "contiguous-first", "address-ordered"]);
  assert.deepEqual([...bestIn(column("externalFragmentation"), ROWS)], []);
  assert.deepEqual([...bestIn(column("extentsPerBlockAtPeak"), ROWS)], [], "most have one extent");
  const paused = [40, 12, 12, 250].map((longestPauseUnits, at) => ({ ...row(`p${at}`, 1, 1), compacting: { longestPauseUnits, longestPauseMicros: at, failures: 0 } }));
  assert.deepEqual([...bestIn(column("compactingLongestPauseUnits"), paused)], ["p1", "p2"], "the units moved at once, however long that took");
  assert.deepEqual(sorted(ROWS, column("searchSteps"), true).slice(0, 2).map(({ placement }) => placement), ["first-fit", "best-fit"]);
  assert.deepEqual(sorted(ROWS, column("compactingUnitsMoved"), false), ROWS, "without figures the order stays");
});

test("only placements that refused the fewest are compared by what they did, in both runs", () => {
  const column = (key) => COLUMNS.find((each) => each.key === key);
  const rows = [row("first-fit", 121, 900), row("best-fit", 120, 800), row("buddy", 180, 100, 1, 7), row("tlsf", 119, 200, 1, 3)];
  assert.deepEqual([...bestIn(column("searchSteps"), rows)], ["best-fit"]);
  assert.deepEqual([...apartIn(column("searchSteps"), rows)], ["buddy", "tlsf"]);
  for (const key of ["smallestCapacity", "failures", "compactingUnitsMoved"]) assert.deepEqual([...apartIn(column(key), rows)], [], key);
  assert.deepEqual([...bestIn(column("smallestCapacity"), rows)], ["tlsf"], "that is of no replay at the capacity chosen");
  assert.deepEqual([...bestIn(column("failures"), rows)], ["first-fit", "best-fit"], "there all are compared");
  const compacting = rows.map((each, at) => ({ ...each, compacting: { unitsMoved: 9 - at, failures: 0 } }));
  assert.deepEqual([...bestIn(column("compactingUnitsMoved"), compacting)], ["best-fit"]);
  const scattered = [...compacting, row("lifo", 100, 0, 2.5), row("contiguous-first", 100, 0, 2), row("address-ordered", 100, 9, 1.5)];
  const refusing = scattered.map((each) => (each.compacting ? { ...each, report: { ...each.report, failures: 7 } } : each));
  assert.deepEqual([...bestIn(column("compactingUnitsMoved"), refusing)], [], "those that refused nothing never move anything");
  const alike = refusing.map((each) => ({ ...each, report: { ...each.report, externalFragmentation: each.compacting ? 0.5 : 0 } }));
  assert.deepEqual([...bestIn(column("externalFragmentation"), alike)], [], "most of those compared are alike, though not most of all");
});

test("what a replay that was given up found is no best", () => {
  const column = COLUMNS.find(({ key }) => key === "compactingUnitsMoved");
  const compacted = (moved, operations) => ({ ...row("tlsf", 1, 1), compacting: { unitsMoved: moved, operations, failures: 0 } });
  const rows = [{ ...compacted(3, 5), placement: "buddy" }, { ...compacted(7, 9), placement: "tlsf" }, { ...compacted(8, 9), placement: "best-fit" }];
  assert.deepEqual([...bestIn(column, rows)], ["tlsf"]);
});

test("figures of unfinished work are marked, and best at nothing", () => {
  const column = (key) => COLUMNS.find((each) => each.key === key);
  const stopped = { ...row("lifo", null, 1), report: { operations: 4, failures: 0, searchSteps: 1, extentsPerBlockAtPeak: 1, externalFragmentation: 0 } };
  const remarks = (each) => ["smallestCapacity", "failures", "externalFragmentation", "compactingUnitsMoved"].map((key) => remark(column(key), each));
  assert.deepEqual(remarks(stopped), ["none found", "or more", "so far", ""]);
  assert.deepEqual(remarks(ROWS[3]), ["", "", "", ""]);
  assert.equal(remark(column("smallestCapacity"), { ...ROWS[3], exact: false }), "or less");
  const facts = (...rows) => factsOf({ trace: { operations: 9 }, capacity: 110, rows });
  assert.match(facts(stopped), /Stopped because it takes too long: lifo after 4 operations; .*“None found”/);
  assert.match(facts({ ...ROWS[3], exact: false }), /“Or less”: not every smaller capacity was tried\./);
  assert.doesNotMatch(facts(...ROWS), /Stopped|None found|Or less/);
  const rows = [{ ...stopped, placement: "tlsf" }, row("buddy", 1, 7), row("best-fit", 1, 9)];
  assert.deepEqual([...bestIn(column("searchSteps"), rows)], ["buddy"]);
});

test("exports carry hostile names as data", () => {
  const trace = { name: '=HYPERLINK("x"),\n<b>', format: "rep", operations: 1, blocks: 1, peakBytes: 100 };
  const csv = toCSV({ trace, capacity: 110, rows: ROWS });
  assert.ok(csv.includes(`"'=HYPERLINK(""x""),\n<b>",110,lifo,false,true,100,1,0,`));
  assert.equal(JSON.parse(toJSON({ trace, capacity: 110, rows: ROWS })).trace.name, trace.name);
  assert.equal(fileName("../../etc/<passwd>", "csv"), "etc-passwd--comparison.csv");
  assert.equal(fileName("…", "csv"), "trace-comparison.csv");
});

// ----------------------------------------------------------------

async function openInLaboratory(page, name, text) {
  await press(page, "Laboratory");
  await said(page, "Loaded sqlite");
  await openRecording(page, name, text);
  await said(page, `Loaded ${name}`);
}

async function compare(page) {
  await press(page, "Compare");
  await said(page, "Compared");
}

function cells(table) {
  return table.locator("tbody tr").evaluateAll((lines) => lines.map((line) => Array.from(line.cells, (cell) => cell.textContent)));
}
