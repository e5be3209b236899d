// Recordings: the shipped ones and a reader's own, played through the manager.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { unpacked } from "../../www/recordings/unpacking.js";
import { allocate, bench, button, counted, counters, drop, inSight, openRecording, press, renew, rep, said, settled } from "./harness.mjs";

const { open } = bench({ whole: true });
const traces = join(import.meta.dirname, "..", "..", "www", "traces");
const shipped = JSON.parse(readFileSync(join(traces, "index.json"), "utf8"));

/** Blocks of 8, then every other one freed, then some of 12. */
const SCATTERING = rep([
  ...Array.from({ length: 100 }, (_, block) => ["a", block, 8]),
  ...Array.from({ length: 50 }, (_, at) => ["f", at * 2]),
  ...Array.from({ length: 20 }, (_, at) => ["a", 100 + at, 12]),
], 120);

test("what is shipped plays to its end, scatters blocks, and defragmenting packs them", async (t) => {
  const page = await open(t);
  for (const entry of shipped) await t.test(entry.name, async () => {
    await page.getByLabel("Recording", { exact: true }).selectOption({ index: shipped.indexOf(entry) });
    await button(page, "Load").click();
    await said(page, `Loaded ${entry.name}`);
    const about = await page.locator("#player-about").textContent();
    assert.ok(about.includes(entry.version) && about.includes(entry.command), about);
    await atFullSpeed(page);
    await said(page, "Played to the end");
    await settled(page);
    const all = entry.operations.toLocaleString("en-GB");
    assert.equal(await page.locator("#progress-text").textContent(), `${all} of ${all} operations`);
    assert.equal(await page.getByLabel("Operation", { exact: true }).inputValue(), String(entry.operations));
    await button(page, "Most fragmented").click();
    await said(page, /^Operation [\d,]+ /);
    const before = await counters(page);
    assert.notEqual(before["Free extents"], "1");
    await button(page, "Defragment").click();
    await said(page, /^Defragmented: /);
    const after = await counters(page);
    assert.equal(after.Used, before.Used);
    assert.equal(after["Free extents"], "1");
    assert.equal(after["Extents per block"], after.Blocks === "0" ? after["Extents per block"] : "1.00");
    assert.equal(after["External fragmentation"], "0.0 %");
    await press(page, "Close");
  });
});

test("what is shipped is what the list says", () => {
  for (const entry of shipped) {
    const packed = readFileSync(join(traces, entry.file));
    assert.ok(gunzipSync(packed).length > 0, entry.file);
    for (const name of ["name", "program", "version", "command", "format"]) assert.equal(typeof entry[name], "string", name);
    for (const name of ["operations", "blocks", "peakBytes"]) assert.ok(entry[name] > 0, name);
  }
});

test("play, pause, one operation, any operation, close", async (t) => {
  const page = await open(t);
  await openRecording(page, "scattering.rep", SCATTERING);
  await said(page, "Loaded scattering.rep: 170 operations on 120 blocks. Under lifo: no request refused. Press Play.");
  assert.equal(await page.evaluate(() => document.activeElement.id), "play");
  await counted(page, "Capacity", "880");
  await button(page, "One operation").click();
  await said(page, /^Operation 1 allocates .* Now: 1 block, /);
  await counted(page, "Used", "8");
  await page.getByLabel("Speed").selectOption("1");
  await button(page, "Play").click();
  await button(page, "Pause").click();
  await said(page, /^Paused\. Now: /);
  await page.getByLabel("Speed").selectOption("unlimited");
  await button(page, "Play").click();
  await said(page, "Played to the end. Now: 70 blocks, ");
  await counted(page, "Used", "640");
  await counted(page, "Tail starts at", "800");
  assert.match(await page.locator("#history").textContent(), /external fragmentation/);
  await button(page, "Most fragmented").click();
  await said(page, /^Operation 150 frees .* Now: 50 blocks, 1\.00 extents each/);
  await counted(page, "Free extents", "51");
  await button(page, "Defragment").click();
  await counted(page, "Free extents", "1");
  await button(page, "Most fragmented").click();
  await counted(page, "Free extents", "51");
  const position = page.getByLabel("Operation", { exact: true });
  await position.focus();
  await page.keyboard.press("Home");
  await said(page, /^Before the first operation\. Now: no blocks; [\d,]+ free units in one extent/);
  await counted(page, "Used", "0");
  await page.keyboard.press("ArrowRight");
  await said(page, /^Operation 1 .* Now: 1 block/);
  await position.fill("120");
  await said(page, /^Operation 120 .* Now: 80 blocks/);
  await settled(page);
  assert.match(await position.getAttribute("aria-valuetext"), /^120 of 170 operations$/);
  await button(page, "Play").click();
  await said(page, "Played to the end. Now: 70 blocks");
  await button(page, "Play").click();
  await said(page, "Played to the end. Now: 70 blocks");
  await button(page, "Close").click();
  await said(page, "Closed the recording");
  await settled(page);
  assert.ok(await page.getByLabel("Recording", { exact: true }).isVisible());
});

test("on a phone what is said of an operation takes the room that is kept for it, and moves nothing below", async (t) => {
  const page = await open(t, { path: "/#r=cc1.best-fit.char&at=2001", viewport: { width: 320, height: 640 } });
  await said(page, /^Operation 2,001 frees /);
  await settled(page);
  const top = () => page.locator("#player").evaluate((player) => Math.round(player.getBoundingClientRect().top + scrollY));
  const before = await top();
  await button(page, "One operation").click();
  await said(page, /^Operation 2,002 allocates 1 unit: .* Now: 1,540 blocks\b/);
  await settled(page);
  assert.equal(await top(), before);
});

test("the operation at a checkpoint is explained like any other", async (t) => {
  const page = await open(t, { path: "/#r=sqlite.best-fit.char&at=1999" });
  await said(page, "Operation 1,999 ");
  await button(page, "One operation").click();
  const expected = /^Operation 2,000 (allocates|resizes|frees) .* Now: /;
  const sentence = await said(page, expected);
  await settled(page);
  assert.ok(await page.locator("#legend-touched").isVisible());
  await button(page, "One operation").click();
  await said(page, "Operation 2,001 ");
  await button(page, "Step back").click();
  assert.equal(await said(page, expected), sentence, "the same on the way back");
  await page.getByLabel("Operation", { exact: true }).fill("4000");
  await said(page, /^Operation 4,000 (allocates|resizes|frees) .* Now: /);
});

for (const viewport of [{ width: 1280, height: 800 }, { width: 360, height: 740 }]) {
  test(`the picture is seen as it plays, ${viewport.width} wide`, async (t) => {
    const page = await open(t, { viewport });
    await button(page, "Load").click();
    await said(page, "Loaded sqlite");
    await inSight(page, "#play", "#close-recording", "#position", "#picture");
    await atFullSpeed(page);
    await said(page, "Played to the end");
    await inSight(page, "#play", "#position", "#picture");
  });
}

test("a click on the chart goes to that operation", async (t) => {
  const page = await open(t);
  await openRecording(page, "scattering.rep", SCATTERING);
  await said(page, "Loaded");
  const chart = page.locator("#history svg");
  const { width } = await chart.boundingBox();
  await chart.click({ position: { x: width / 2, y: 20 } });
  await said(page, /^Operation 8[45] /);
});

test("while a recording plays the page answers, and other actions go on", async (t) => {
  const page = await open(t);
  await openRecording(page, "scattering.rep", SCATTERING);
  await said(page, "Loaded");
  await page.getByLabel("Speed").selectOption("1");
  await button(page, "Play").click();
  await page.getByText("the list waits until the recording pauses").waitFor();
  await page.getByLabel("Size", { exact: true }).fill("3");
  await button(page, "Allocate").click();
  await said(page, /^Allocated block .*: units? /);
  await button(page, "Clear").click();
  await said(page, "Cleared");
  // Blocks that are gone need not be freed.
  await page.getByLabel("Speed").selectOption("unlimited");
  assert.doesNotMatch(await said(page, "Played to the end"), /refused/);
  await renew(page, 64);
  await said(page, "New manager: 64 units");
  await page.locator("#player").waitFor({ state: "hidden" });
});

test("the valgrind form, gzipped or not, and resizes", async (t) => {
  const page = await open(t);
  const text = ["==7== Memcheck", "--7-- malloc(100) = 0x4A", "--7-- malloc(20) = 0x4B", "--7-- realloc(0x4A,300) = 0x4C", "--7-- free(0x4B)", ""].join("\n");
  await openRecording(page, "run.log", text);
  await said(page, "Loaded run.log: 4 operations on 2 blocks.");
  await atFullSpeed(page);
  await said(page, "Played to the end. Now: 1 block, ");
  await counted(page, "Used", "300");
  await button(page, "Close").click();
  await openRecording(page, "run.log.gz", gzipSync(text));
  await said(page, "Loaded run.log.gz: 4 operations");
});

const NONE = [
  ["empty.rep", "", /^empty\.rep was refused: /],
  ["words.txt", "once upon a time", /^words\.txt was refused: line 1: /],
  ["short.rep", "0\n1\n5\n1\na 0 8\n", /^short\.rep was refused: .*ERR_TRACE/],
  ["bad.rep", "0\n1\n2\n1\na 0 8\nb 0\n", /^bad\.rep was refused: line 6.*ERR_TRACE/],
  ["damaged.gz", Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3]), "damaged.gz: This gzip file is damaged."],
  ["<img src=x onerror=alert(1)>.rep", "<script>alert(1)</script>", /^<img src=x onerror=alert\(1\)>\.rep was refused: /],
];

test("what is no recording is refused in words, and the manager stays", async (t) => {
  const page = await open(t);
  for (const [name, content, expected] of NONE) {
    const before = await counters(page);
    await openRecording(page, name, content);
    await said(page, expected);
    assert.ok(await page.locator("#loading").isHidden());
    assert.deepEqual(await counters(page), before, name);
    await allocate(page, 4);
    await said(page, "Allocated");
  }
});

test("of the buffer of a recording no more is said than is so, however small it is", async (t) => {
  const page = await open(t);
  await openRecording(page, "one.rep", rep([["a", 0, 1]], 1));
  await said(page, "Loaded one.rep");
  assert.match(await page.locator("#player-about").textContent(), /at most 1 byte live at once\..* The buffer has 16 units: the peak and at least a tenth more\.$/);
});

test("a name that looks like markup stays text", async (t) => {
  const page = await open(t);
  const name = "<img src=x onerror=alert(1)>.rep";
  await openRecording(page, name, SCATTERING);
  await said(page, `Loaded ${name}`);
  assert.equal(await page.locator("img").count(), 0);
});

test("reading can be cancelled", async (t) => {
  let answer;
  const asked = new Promise((resolve) => (answer = resolve));
  const page = await open(t, { prepare: (page) => page.route(`**/${shipped[0].file}`, answer) });
  await button(page, "Load").click();
  const route = await asked;
  await said(page, `Reading ${shipped[0].name}…`);
  await page.locator("#loading").getByText(`Reading ${shipped[0].name}`).waitFor();
  for (const place of [0, 10_000]) {
    await page.evaluate((top) => scrollTo(0, top), place);
    await inSight(page, "#loading-text", "#cancel-loading");
  }
  await button(page, "Cancel").click();
  await said(page, "Cancelled. No recording was opened.");
  await route.continue().catch(() => {});
  assert.ok(await page.locator("#player").isHidden());
});

test("a recording whose download breaks off needs the network, which is said, and it can be loaded again", async (t) => {
  const page = await open(t);
  // As browsers break off what they have begun to read.
  await page.evaluate(() => {
    window.plain = Response.prototype.arrayBuffer;
    Response.prototype.arrayBuffer = () => Promise.reject(new TypeError("Failed to fetch"));
  });
  await button(page, "Load").click();
  await said(page, "This recording needs the network and is not stored on this machine yet. Try again when you are online.");
  await page.evaluate(() => { Response.prototype.arrayBuffer = window.plain; });
  await button(page, "Load").click();
  await said(page, "Loaded sqlite");
});

/** A recording of some 13 MB: blocks that come and go. */
const LONG = rep(Array.from({ length: 1_000_000 }, (_, at) => [at % 2 ? "f" : "a", at >> 1, 64]), 500_000);

/** From now on the page keeps what stands beside Cancel in `window.told`, and cancels where that matches. */
async function watch(page, prefix = "", cancelled = /^never$/) {
  await page.evaluate(([prefix, source]) => {
    window.told = [];
    const text = document.getElementById(`${prefix}loading-text`);
    new MutationObserver(() => {
      window.told.push(text.textContent);
      if (new RegExp(source).test(text.textContent)) document.getElementById(`${prefix}cancel-loading`).click();
    }).observe(text, { childList: true });
  }, [prefix, cancelled.source]);
}

test("how far reading is stands beside Cancel, and then how far looking through it is", async (t) => {
  const page = await open(t);
  await watch(page);
  await openRecording(page, "long.rep", LONG);
  await said(page, "Loaded long.rep: 1,000,000 operations");
  const [first, ...rest] = await page.evaluate(() => window.told);
  assert.equal(first, "Reading long.rep…");
  const shares = { Reading: [], "Looking through": [] };
  for (const text of rest) {
    const [, doing, share] = /^(Reading|Looking through) long\.rep… (\d+) %$/.exec(text);
    shares[doing].push(Number(share));
  }
  assert.equal(rest.findLastIndex((text) => text.startsWith("Reading")), shares.Reading.length - 1, "one after the other");
  for (const stage of Object.values(shares)) {
    assert.ok(new Set(stage).size > 2 && stage.every((share, at) => share <= 100 && share >= (stage[at - 1] ?? 0)), String(stage));
  }
});

for (const [tab, prefix, shown] of [["Playground", "", "#counters"], ["Laboratory", "lab-", "#lab-about"]]) {
  test(`Cancel ends the reading of a long file at once, and nothing is opened: ${tab}`, async (t) => {
    const page = await open(t);
    if (prefix) await openedHint(page);
    await settled(page);
    const before = await page.locator(shown).textContent();
    await page.evaluate(async () => {
      const { TraceReader } = await import("twingate-memory/trace");
      const { run } = TraceReader.prototype;
      window.parts = 0;
      TraceReader.prototype.run = function (...how) {
        window.parts++;
        return run.apply(this, how);
      };
    });
    await watch(page, prefix, /^Reading .* [1-9]\d? %$/);
    await openRecording(page, "long.rep", LONG);
    await said(page, "Cancelled. No recording was opened.");
    const [parts, told] = await page.evaluate(() => [window.parts, window.told.length]);
    await openRecording(page, "empty.rep", "");
    await said(page, /^empty\.rep was refused: /);
    assert.equal(await page.locator(shown).textContent(), before);
    assert.ok(await page.locator("#player").isHidden());
    const [partsThen, toldThen] = await page.evaluate((told) => [window.parts, window.told.slice(told)], told);
    assert.deepEqual([partsThen - parts, toldThen], [1, ["Reading empty.rep…"]], "nothing was read on");
  });
}

test("a tab that is hidden reads on, and looks on", async (t) => {
  const page = await open(t);
  // As browsers do with a hidden tab: no frames, from some frame on.
  await page.evaluate(() => {
    window.requestAnimationFrame = () => 0;
    new MutationObserver(() => {
      Object.defineProperty(document, "hidden", { value: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }).observe(document.getElementById("loading-text"), { childList: true });
  });
  await openRecording(page, "long.rep", LONG);
  await said(page, "Loaded long.rep: 1,000,000 operations");
});

test("of several files dropped at once none is opened, and it is said", async (t) => {
  const page = await open(t);
  const dataTransfer = await page.evaluateHandle((text) => {
    const data = new DataTransfer();
    for (const name of ["one.rep", "two.rep"]) data.items.add(new File([text], name));
    return data;
  }, SCATTERING);
  await page.locator("body").dispatchEvent("drop", { dataTransfer });
  await said(page, "2 files were dropped. Drop one at a time.");
  assert.ok(await page.locator("#player").isHidden());
});

test("what unpacks to more than can be read is not called damaged", async () => {
  const { signal } = new AbortController();
  const MEBI = 2 ** 20;
  const packed = gzipSync(Buffer.alloc(2 * MEBI, "a 0 8\n"));
  assert.equal((await unpacked(packed, signal, 2 * MEBI)).length, 2 * MEBI);
  assert.deepEqual(Buffer.from(await unpacked(packed, signal)), Buffer.alloc(2 * MEBI, "a 0 8\n"));
  await assert.rejects(unpacked(packed, signal, MEBI), { message: "This gzip file unpacks to more than 1 MiB, the most that this page reads." });
  await assert.rejects(unpacked(packed.subarray(0, 60), signal), { message: "This gzip file is damaged." });
  const plain = Buffer.from("0\n");
  assert.equal(await unpacked(plain, signal), plain);
});

test("a folder that is dropped is refused in the browser's words, and nothing changes", async (t) => {
  const page = await open(t);
  // As browsers refuse to read one.
  await page.evaluate(() => {
    Blob.prototype.text = Blob.prototype.arrayBuffer = () => Promise.reject(new DOMException("A file could not be found.", "NotFoundError"));
  });
  for (const tab of ["Playground", "Laboratory"]) {
    await press(page, tab);
    await drop(page, "folder", "");
    await said(page, / was refused: A file could not be found\.$/);
  }
});

test("a file dropped anywhere is opened", async (t) => {
  const page = await open(t);
  await drop(page, "dropped.rep", SCATTERING);
  await said(page, "Loaded dropped.rep: 170 operations");
  await press(page, "Laboratory");
  await said(page, "Loaded sqlite");
  await drop(page, "dropped.rep", SCATTERING);
  await said(page, "Loaded dropped.rep");
  await press(page, "Workers");
  await said(page, "Workers cannot run here.");
  await drop(page, "dropped.rep", SCATTERING);
  await said(page, "Loaded dropped.rep: 170 operations");
  assert.ok(await page.locator("#picture").isVisible());
});

test("the forms that a file may have are said alike in both places", async (t) => {
  const page = await open(t);
  const [byHand, inLaboratory] = [await page.locator("#file-hint").innerHTML(), await openedHint(page)];
  assert.equal(byHand, inLaboratory);
});

async function openedHint(page) {
  await press(page, "Laboratory");
  await said(page, "Loaded sqlite");
  return page.locator("#lab-file-hint").innerHTML();
}

async function atFullSpeed(page) {
  await page.getByLabel("Speed").selectOption("unlimited");
  await button(page, "Play").click();
}

test("a list of recordings that did not load can be asked for again", async (t) => {
  let answers = false;
  const page = await open(t, {
    expected: /Failed to load resource/,
    prepare: (page) => page.route("**/traces/index.json", (route) => (answers ? route.continue() : route.abort())),
  });
  const again = button(page, "Load the list again");
  await again.click();
  await said(page, "The list of recordings did not load.");
  await press(page, "Laboratory");
  answers = true;
  await again.click();
  await said(page, "Loaded sqlite");
  await page.getByRole("tab").first().click();
  await again.click();
  await button(page, "Load").click();
  await said(page, "Loaded sqlite");
  assert.ok(await again.isHidden());
});
