// Links: what is copied leads to the same state elsewhere, and what leads nowhere is refused.
import assert from "node:assert/strict";
import { test } from "node:test";
import { hashOfState, readHash } from "../../www/page/link.js";
import { SCENARIOS } from "../../www/scenarios/scenarios.js";
import { allocate, bench, blockIds, button, counted, counters, inSight, playLua, press, renew, said, scenario, settled, undo, words, write } from "./harness.mjs";

const { open } = bench();

test("a state by hand is restored exactly, and can be undone there", async (t) => {
  const page = await open(t);
  await page.getByLabel("Placement").selectOption("best-fit");
  await page.getByLabel("Defragment automatically").check();
  await renew(page, 40);
  await allocate(page, 6);
  await page.getByLabel("Align").fill("8");
  await allocate(page, 4);
  await page.getByLabel("Align").fill("");
  await allocate(page, 9);
  const [a, b, c] = await blockIds(page);
  await write(page, b, "é, 🦀");
  await page.getByLabel(`Size of block ${b}`, { exact: true }).fill("5");
  await press(page, `Resize block ${b}`);
  await write(page, c, "a&b=c#%:;");
  await press(page, `Free block ${a}`);
  await press(page, `Pin block ${b}`);
  await page.getByLabel("Target", { exact: true }).selectOption("any");
  await page.getByLabel("Moves per step").fill("1");
  await press(page, "Step");
  await said(page, "Step 1");
  await undo(page);
  await undo(page);
  const hash = await copied(page);
  const other = await open(t, { path: `/${hash}` });
  await said(other, /^Restored from the link: 7 operations on 40 units under best-fit\.$/);
  assert.equal(await words(other), await words(page));
  assert.deepEqual(await counters(other), await counters(page));
  assert.ok(await other.getByLabel("Defragment automatically").isChecked());
  await undo(other);
  await undo(page);
  assert.equal(await words(other), await words(page));
});

test("numbers, and a state that needs no operations", async (t) => {
  const page = await open(t);
  await page.getByLabel("Unit", { exact: true }).selectOption("f64");
  await renew(page, 12, "tlsf");
  assert.equal(await copied(page), "#s=tlsf.12.f64");
  await allocate(page, 6);
  const [a] = await blockIds(page);
  await page.getByLabel(`Values of block ${a}`).fill("-0, 0.1, 1e300, NaN, -Infinity");
  await press(page, `Write block ${a}`);
  const hash = await copied(page);
  const other = await open(t, { path: `/${hash}` });
  await said(other, "Restored");
  assert.equal(await words(other), await words(page));
  assert.match(await words(other), /-0 0\.1 1e\+300 NaN -Infinity/);
});

test("a scenario's place, and each scenario's own link", async (t) => {
  const page = await open(t);
  const links = await page.locator("#scenarios a").evaluateAll((all) => all.map((link) => link.getAttribute("href")));
  assert.deepEqual(links, SCENARIOS.map(({ slug }) => `#scenario=${slug}`));
  assert.equal(links.length, 9);
  await scenario(page, "Buddy’s rounding");
  await press(page, "Next step", 3);
  assert.equal(await copied(page), "#scenario=buddy&step=4");
  const other = await open(t, { path: "/?embed=1#scenario=buddy&step=4" });
  await other.locator("#steps").waitFor();
  assert.match(await other.locator("#step-list [aria-current=step]").textContent(), /^c = alloc\(9\) → #\d+$/);
  assert.equal(await words(other), await words(page));
  await allocate(page, 1);
  assert.match(await copied(page), /^#s=buddy/, "what else was done is in the link");
  await press(page, "Next step");
  assert.equal(await copied(page), "#scenario=buddy&step=5", "until the next step takes it back");
  await scenario(page, "External fragmentation");
  while (!(await page.locator("#step-list [aria-current=step]").textContent()).startsWith("free(c)")) await press(page, "Next step");
  await allocate(page, 1);
  await press(page, "Next step");
  await said(page, "ERR_FRAGMENTED");
  assert.equal(await copied(page), "#scenario=external-fragmentation&step=8", "a step that is refused, too");
});

test("a shipped recording at its position", async (t) => {
  const page = await open(t);
  await playLua(page);
  const hash = await copied(page);
  assert.equal(hash, "#r=lua.best-fit.char&at=5000");
  const other = await open(t, { path: `/${hash}` });
  await said(other, "Operation 5,000");
  await counted(other, "Placement", "best-fit");
  assert.deepEqual(await counters(other), await counters(page));
});

test("a recording that was changed by hand has no link, also when it went on from there, and is kept as it is", async (t) => {
  const page = await open(t);
  await playLua(page);
  await page.getByRole("button", { name: /^Free block/ }).first().click();
  await said(page, "Freed");
  await press(page, "Copy link");
  await said(page, /^A link cannot hold a state that came from a file or a recording\./);
  await press(page, "One operation");
  await said(page, "Operation 5,001");
  await press(page, "Copy link");
  await said(page, /^A link cannot hold a recording of your own or one that was changed/);
  const before = await counters(page);
  await page.reload();
  await said(page, "As you left it");
  assert.deepEqual(await counters(page), before);
  await playLua(page);
  await page.getByRole("button", { name: /^Free block/ }).first().click();
  await said(page, "Freed");
  await press(page, "Step back");
  await said(page, "Operation 4,999");
  assert.equal(await copied(page), "#r=lua.best-fit.char&at=4999", "what goes back undoes what was done by hand");
});

test("a recording that was changed by hand has a link again once that is undone, and as it goes on from there", async (t) => {
  const page = await open(t);
  await playLua(page);
  await page.getByRole("button", { name: /^Free block/ }).first().click();
  await said(page, "Freed");
  await undo(page);
  assert.equal(await copied(page), "#r=lua.best-fit.char&at=5000");
  await press(page, "Redo");
  await said(page, "Redone");
  await press(page, "Copy link");
  await said(page, /^A link cannot hold a state that came from a file or a recording\./);
  await undo(page);
  await press(page, "One operation");
  await said(page, "Operation 5,001");
  assert.equal(await copied(page), "#r=lua.best-fit.char&at=5001");
});

test("the laboratory: a recording, an operation, a capacity and four placements", async (t) => {
  const page = await open(t, { path: "/#lab=lua.190000.lifo.best-fit.buddy.worst-fit&at=5000" });
  await page.locator("#side-text").filter({ hasText: "5,000 of" }).waitFor();
  await settled(page);
  assert.deepEqual(await page.locator(".panel select").evaluateAll((all) => all.map(({ value }) => value)), ["lifo", "best-fit", "buddy", "worst-fit"]);
  assert.equal(await page.getByLabel("Capacity").inputValue(), "190000");
  await press(page, "Step");
  await page.locator(".panel select").nth(2).selectOption("tlsf");
  await page.locator("#side-text").filter({ hasText: "5,001 of" }).waitFor();
  assert.equal(await copied(page), "#lab=lua.190000.lifo.best-fit.tlsf.worst-fit&at=5001");
  await page.evaluate(() => { location.hash = "#scenario=buddy"; });
  await said(page, "New manager: 32 units");
  assert.equal(await page.getByRole("tab", { name: "Playground" }).getAttribute("aria-selected"), "true");
  await page.evaluate(() => { location.hash = "#lab=lua.190000.lifo&at=0"; });
  await said(page, /^This link (is damaged|was not understood): /);
});

test("a capacity that no link can tell is not copied", async (t) => {
  const page = await open(t, { path: "/#lab=lua.190000.lifo.best-fit.buddy.worst-fit&at=5000" });
  await page.locator("#side-text").filter({ hasText: "5,000 of" }).waitFor();
  const before = hashOf(page);
  for (const capacity of ["99999999999", "4294967296", "0", "many"]) {
    await page.getByLabel("Capacity").fill(capacity);
    await page.getByLabel("Capacity").blur();
    await page.waitForFunction(() => Array.from(document.querySelectorAll(".panel .why")).every(({ textContent }) => textContent.startsWith("Refused: "))
      || document.getElementById("side-text").textContent.startsWith("5,000 of"));
    await press(page, "Copy link");
    await said(page, `Capacity must be a whole number from 1 to 4,294,967,295, not “${capacity}”.`);
    assert.equal(hashOf(page), before);
  }
  await page.getByLabel("Capacity").fill("190,001");
  assert.match(await copied(page), /^#lab=lua\.190001\./);
});

test("each view has an address, and the way back leads through them", async (t) => {
  const page = await open(t);
  const at = async (name, hash) => {
    await page.getByRole("tab", { name, selected: true }).waitFor();
    assert.equal(new URL(page.url()).hash, hash);
  };
  await allocate(page, 5);
  await page.getByRole("tab", { name: "Laboratory" }).click();
  await at("Laboratory", "#laboratory");
  await page.getByRole("tab", { name: "Workers" }).click();
  await at("Workers", "#workers");
  await page.goBack();
  await at("Laboratory", "#laboratory");
  await page.goBack();
  await at("Playground", "");
  await counted(page, "Used", "5");
  await page.goForward();
  await at("Laboratory", "#laboratory");
  await page.getByRole("tab", { name: "Laboratory" }).press("End");
  await at("Workers", "#workers");
  await page.keyboard.press("Home");
  await at("Playground", "");
  const other = await open(t, { path: "/#laboratory" });
  await said(other, "Loaded sqlite");
});

test("the way back from a scenario leads to what was there before, and on to it again", async (t) => {
  const page = await open(t);
  await allocate(page, 5);
  await said(page, "Allocated");
  await scenario(page, "External fragmentation");
  await press(page, "Next step");
  await page.getByRole("tab", { name: "Workers" }).click();
  await page.getByRole("tab", { name: "Playground" }).click();
  assert.equal(new URL(page.url()).hash, "#scenario=external-fragmentation");
  const now = page.locator("#step-list [aria-current=step]");
  assert.match(await now.textContent(), /^a = alloc\(6\)/, "another view does not begin it anew");
  for (let times = 0; times < 3; times++) await page.goBack();
  await said(page, "Back in the playground, as you left it.");
  assert.equal(new URL(page.url()).hash, "");
  await counted(page, "Used", "5");
  await page.locator("#steps").waitFor({ state: "hidden" });
  await page.goForward();
  await said(page, "New manager: 24 units");
  assert.equal(await now.textContent(), "capacity 24, first-fit");
});

test("an address is left when what it names makes way for something else", async (t) => {
  const page = await open(t, { path: "/#scenario=buddy" });
  const hash = () => new URL(page.url()).hash;
  await said(page, "New manager: 32 units");
  await press(page, "All steps");
  assert.equal(await hash(), "#scenario=buddy");
  await renew(page, 30, "lifo");
  await allocate(page, 3);
  await said(page, "Allocated");
  assert.equal(await hash(), "");
  await page.goBack();
  await said(page, "New manager: 32 units");
  assert.equal(await hash(), "#scenario=buddy");
  await page.goForward();
  await said(page, "Back in the playground, as you left it.");
  await counted(page, "Used", "3");
  await page.goBack();
  await said(page, "New manager: 32 units");
  await press(page, "Load");
  await said(page, "Loaded sqlite");
  assert.equal(await hash(), "");
});

test("the laboratory's address is left when another recording is opened there", async (t) => {
  const page = await open(t, { path: "/#lab=lua.190000.lifo.best-fit.buddy.worst-fit&at=5000" });
  await said(page, "Loaded lua");
  const hash = () => new URL(page.url()).hash;
  assert.match(await hash(), /^#lab=lua/);
  await page.getByLabel("Recording", { exact: true }).selectOption("jq");
  await said(page, "Loaded jq");
  assert.equal(await hash(), "#laboratory");
  await page.goBack();
  await said(page, "Loaded lua");
  await page.locator("#side-text").filter({ hasText: "5,000 of" }).waitFor();
  assert.match(await hash(), /^#lab=lua/);
});

test("the first screen leads to an example, to a recording and to the laboratory", async (t) => {
  for (const [name, expected] of [["Learn step by step", "New manager: 24 units"], ["Play a recording", "Loaded sqlite"], ["Compare the policies", "Press Compare"]]) {
    const page = await open(t);
    const link = page.getByRole("link", { name });
    await inSight(page, "#begin");
    await link.click();
    await said(page, expected);
    await settled(page);
    assert.ok(await link.isHidden());
  }
});

const SQLITE = "#r=sqlite.lifo.char&at=0";
const NO_NETWORK = /^This recording needs the network .* Try again when you are online\.$/;
const hashOf = (page) => new URL(page.url()).hash;

test("a link whose recording does not open stays in the address: loading anew, and following it again, try again", async (t) => {
  const page = await open(t, { expected: /ERR_FAILED|Failed to load resource/ });
  await page.locator("#controls:not([inert])").waitFor();
  await allocate(page, 5);
  await said(page, "Allocated");
  const withheld = "**/sqlite.rep.gz";
  await page.route(withheld, (route) => route.abort());
  await follow(page, SQLITE);
  await said(page, NO_NETWORK);
  assert.equal(hashOf(page), SQLITE);
  for (let times = 0; times < 2; times++) {
    await page.reload();
    await said(page, NO_NETWORK);
    assert.equal(hashOf(page), SQLITE);
    await counted(page, "Used", "5");
  }
  await page.unroute(withheld);
  await page.reload();
  await said(page, "Loaded sqlite");
  await page.goBack();
  await counted(page, "Used", "5");
  await page.route(withheld, (route) => route.abort());
  await follow(page, SQLITE);
  await said(page, NO_NETWORK);
  await page.unroute(withheld);
  await follow(page, SQLITE);
  await said(page, "Loaded sqlite");
  assert.equal(hashOf(page), SQLITE);
  await page.goBack();
  await said(page, "Back in the playground, as you left it.");
  await counted(page, "Used", "5");
});

test("reading that was cancelled can be asked for again by the same link", async (t) => {
  const page = await open(t);
  const withheld = "**/sqlite.rep.gz";
  await page.route(withheld, () => {});
  const link = page.getByRole("link", { name: "Play a recording" });
  await link.click();
  await press(page, "Cancel");
  await said(page, "Cancelled.");
  await page.unroute(withheld);
  await link.click();
  await said(page, "Loaded sqlite");
});

test("a link that did not open leaves the address to what is done instead", async (t) => {
  const page = await open(t, { path: "/#nonsense" });
  await said(page, "This link was not understood");
  await allocate(page, 5);
  await said(page, "Allocated");
  assert.equal(hashOf(page), "");
  await page.reload();
  await counted(page, "Used", "5");
  await scenario(page, "Buddy’s rounding");
  await page.evaluate(() => { location.hash = "#scenario=nowhere"; });
  await said(page, "This link is damaged");
  assert.equal(hashOf(page), "#scenario=nowhere");
  await page.reload();
  await said(page, "This link is damaged");
  await press(page, "Next step");
  assert.equal(hashOf(page), "#scenario=buddy", "it goes on with what stands there");
  await page.evaluate(() => { location.hash = "#s=lifo.8.char&o=a9"; });
  await said(page, "Refused");
  await press(page, "Load");
  await said(page, "Loaded sqlite");
  assert.equal(hashOf(page), "");
});

test("where the list of recordings does not load, no link is called damaged, and the list comes with what is tried again", async (t) => {
  const list = "**/traces/index.json";
  const page = await open(t, {
    path: `/${SQLITE}`, expected: /ERR_FAILED|Failed to load resource/, prepare: (page) => page.route(list, (route) => route.abort()),
  });
  await said(page, NO_NETWORK);
  await page.evaluate(() => { location.hash = "#lab=lua.190000.lifo.best-fit.buddy.worst-fit&at=5000"; });
  await page.waitForFunction(() => location.hash.startsWith("#lab"));
  await said(page, NO_NETWORK);
  await page.unroute(list);
  await page.evaluate((hash) => { location.hash = hash; }, SQLITE);
  await said(page, "Loaded sqlite");
  await press(page, "Close");
  assert.equal(await page.getByLabel("Recording", { exact: true }).inputValue(), "sqlite");
});

test("a recording that does not open when the page is loaded anew is not forgotten", async (t) => {
  const page = await open(t, { expected: /ERR_FAILED|Failed to load resource/ });
  await page.locator("#controls:not([inert])").waitFor();
  await playLua(page);
  assert.equal(hashOf(page), "");
  await page.route("**/lua.rep.gz", (route) => route.abort());
  for (let times = 0; times < 2; times++) {
    await page.reload();
    await said(page, NO_NETWORK);
  }
  await page.unroute("**/lua.rep.gz");
  await page.reload();
  await said(page, "Operation 5,000");
});

test("200 operations fit; more, and what came from elsewhere, are refused in words", async (t) => {
  const page = await open(t);
  await renew(page, 340_000);
  await page.evaluate(() => {
    const size = document.getElementById("size");
    const allocate = document.querySelector("#allocate-form button");
    for (let at = 0; at < 200; at++) {
      size.value = String(1000 + at * 7);
      allocate.click();
    }
  });
  await counted(page, "Blocks", "200");
  const hash = await copied(page);
  assert.ok(hash.length <= 2048, `${hash.length} characters`);
  const other = await open(t, { path: `/${hash}` });
  await said(other, "Restored from the link: 200 operations");
  assert.deepEqual(await counters(other), await counters(page));
  await allocate(page, 1);
  await press(page, "Copy link");
  await said(page, /^A link holds at most 200 operations, but this state took 201\. Save/);
});

const REFUSED = /^Refused: |^This link is damaged: |^This link was not understood: |^This page can draw at most |is not a number\. /;
const NOWHERE = [
  "#nonsense",  "#s=lifo.0.char", "#s=lifo.64", "#s=nofit.64.char", "#s=lifo.64.char&o=x9", "#s=lifo.64.char&o=a65", "#s=lifo.64.char&o=f0",
  "#s=lifo.64.char&o=a2,w0:abc", "#s=lifo.64.char&o=a-1", "#s=lifo.64.u8&o=a2,w0:256", "#s=lifo.64.char&z=!!", "#s=lifo.99999999.char",
  "#s=lifo.64.char&o=a2,w0:%F0", "#s=tlsf.64.char&o=dany:1:x", "#s=tlsf.64.char&o=dany:1:2:3",
  "#s=tlsf.64.char&o=dany:0:9", "#s=tlsf.64.char&o=dany:1:0", "#scenario=nowhere", "#scenario=buddy&step=x", "#r=nothing.lifo.char&at=0",
  "#s=lifo.64.char.foo", "#s=tlsf.64.char.auto.auto", "#s=lifo.64.char&o=a4,w0:=zz", "#s=lifo.64.char&o=a4,w0:=41.", "#s=lifo.64.char&o=a4,w0:=12345",
  "#r=sqlite.lifo.char.foo&at=0", `#s=lifo.64.char&o=${"a1,".repeat(900)}a1`, "#s=<img src=x onerror=alert(1)>.1.char",
];

test("a link with an operation on a block that it has not allocated is damaged", async (t) => {
  const page = await open(t);
  for (const operations of ["a4,f9", "f0", "a4,f0,w1:x", "p0,a4"]) {
    const hash = `#s=lifo.64.char&o=${operations}`;
    await assert.rejects(readHash(hash), /^Error: This link is damaged: one of its operations is about a block that it has not allocated\.$/, hash);
  }
  await page.evaluate(() => { location.hash = "#s=lifo.64.char&o=a4,f9"; });
  await said(page, /^This link is damaged: /);
});

test("what is the matter with a number in a link is said", async () => {
  for (const [capacity, matter] of [["", "a number is missing"], ["6x", "it has “6x” where a number should be"],
    ["99999999999", "the number “99999999999” is larger than any that it can hold"]]) {
    await assert.rejects(readHash(`#s=lifo.${capacity}.char`), { message: `This link is damaged: ${matter}.` });
  }
});

test("links that lead nowhere are refused, and nothing changes", async (t) => {
  const page = await open(t, { path: `/${NOWHERE[0]}` });
  await said(page, REFUSED);
  for (const hash of NOWHERE.slice(1)) {
    await allocate(page, 2);
    await said(page, "Allocated");
    const before = await counters(page);
    await page.evaluate((address) => { location.hash = address; }, hash);
    await said(page, REFUSED);
    assert.deepEqual(await counters(page), before, hash);
  }
  assert.equal(await page.locator("img").count(), 0);
});

test("a link to a recording that is not there opens none, and leaves nothing for the next", async (t) => {
  const nowhere = "#lab=nope.100.lifo.lifo.lifo.tlsf&at=77";
  const page = await open(t, { path: `/${nowhere}` });
  await said(page, "This link is damaged: there is no such recording.");
  const at = (name) => page.getByRole("tab", { name, selected: true }).waitFor();
  await at("Playground");
  await page.getByRole("tab", { name: "Laboratory" }).click();
  await said(page, "Loaded sqlite");
  await page.locator("#side-text").filter({ hasText: /^0 of/ }).waitFor();
  const placements = () => page.locator(".panel select").evaluateAll((all) => all.map(({ value }) => value).join());
  assert.equal(await placements(), "lifo,first-fit,buddy,tlsf");
  assert.notEqual(await page.getByLabel("Capacity").inputValue(), "100");
  for (const hash of ["#scenario=nowhere", "#r=nothing.tlsf.u8&at=0", "#lab=lua.0.lifo.lifo.lifo.tlsf&at=0", nowhere]) {
    await page.evaluate((address) => { location.hash = address; }, hash);
    await said(page, /^This link (is damaged|was not understood): /);
    await at("Laboratory");
    // So that the next refusal is another.
    await page.getByLabel("Go to").fill("1");
    await press(page, "Go");
    await said(page, "At operation 1");
  }
  assert.equal(await placements(), "lifo,first-fit,buddy,tlsf");
  await page.getByRole("tab", { name: "Playground" }).click();
  assert.equal(await page.getByLabel("Placement").inputValue(), "lifo", "the form is as it was");
});

test("hashes are read as they were written", async () => {
  const texts = ["", "plain", "a,b:c;d&e=f#g%20.", "lone \ud800 surrogate", "=x", "🦀".repeat(100)];
  for (const text of texts) {
    const since = [{ action: { do: "alloc", size: 300 }, id: 77 }, { action: { do: "write", id: 77, data: text } }];
    const origin = { action: { do: "renew", capacity: 400, placement: "lifo", unit: "char" } };
    const target = await readHash(await hashOfState({ origin, since }));
    assert.deepEqual(target.steps, [
      { action: { do: "alloc", size: 300 } }, { action: { do: "write", data: text }, block: 0 },
    ]);
  }
  for (const steps of [[{ order: "any", maxMoves: 1, steps: 7 }], [{}, { order: "address" }, { maxMoves: 4 }, { order: "allocation", maxMoves: 2 }]]) {
    const since = steps.map((options) => ({ action: { do: "defragment", ...options } }));
    const origin = { action: { do: "renew", capacity: 400, placement: "tlsf", unit: "u8" } };
    assert.deepEqual((await readHash(await hashOfState({ origin, since }))).steps, since);
  }
  const long = Array.from({ length: 199 }, () => ({ action: { do: "write", id: 1, data: "the same words again" } }));
  const since = [{ action: { do: "alloc", size: 30 }, id: 1 }, ...long];
  const origin = { action: { do: "renew", capacity: 40, placement: "lifo" } };
  const hash = await hashOfState({ origin, since });
  assert.match(hash, /&z=/);
  assert.equal((await readHash(hash)).steps.length, 200);
});

test("whatever a state holds, a link that it does not fit into is refused in the same words", async () => {
  const noise = Uint16Array.from({ length: 300_000 }, (_, at) => 33 + ((at * at * 7919) % 65_521) % 90);
  const data = new TextDecoder("utf-16").decode(noise);
  const origin = { action: { do: "renew", capacity: 300_000, placement: "lifo", unit: "char" } };
  const since = [{ action: { do: "alloc", size: 300_000 }, id: 1 }, { action: { do: "write", id: 1, data } }];
  await assert.rejects(hashOfState({ origin, since }),
    /^Error: A link holds at most 2,048 characters, but this state takes \d{3},\d{3}\. Save it as a file instead\.$/);
});

test("in a frame there is the picture and what acts on it, and a link to the whole page", async (t) => {
  const page = await open(t, { path: "/?embed=1#scenario=original", viewport: { width: 640, height: 480 } });
  await said(page, "New manager: 6 units");
  assert.ok(await page.locator("#recordings").isHidden());
  assert.ok(await button(page, "Dark colours").isHidden());
  assert.ok(await button(page, "Next step").isVisible());
  const [whole] = await Promise.all([
    page.context().waitForEvent("page"), page.getByRole("link", { name: "Open the whole page" }).click(),
  ]);
  assert.match(whole.url(), /\/#scenario=original$/);
});

test("in a frame it is said how things stand, and nothing leads to what is not there", async (t) => {
  const page = await open(t, { path: "/?embed=1#scenario=two-workers&step=20", viewport: { width: 640, height: 480 } });
  await page.locator("#steps-end").getByText("Each operation is complete").waitFor();
  assert.ok(await page.locator("#to-workers").isHidden(), "the tabs are not there to come back by");
  assert.ok(await page.locator("#order-about").isHidden(), "nor is there room for explanations");
  await page.getByLabel("Ask me first").check();
  await allocate(page, 2);
  await press(page, "It will be refused");
  await page.locator("#quiz-score").getByText("0 of 1 right").waitFor();
  await page.getByLabel("Moves per step").fill("1");
  await press(page, "Step");
  await page.locator("#defragment-progress").getByText("1 step").waitFor();
  const side = await open(t, { path: "/?embed=1#lab=lua.190000.lifo.best-fit.buddy.worst-fit&at=5000" });
  await side.locator("#side-text").getByText("5,000 of").waitFor();
});

test("the code to embed shows the same state in a frame of another page", async (t) => {
  const page = await open(t, { permissions: ["clipboard-read", "clipboard-write"] });
  await renew(page, 16, "best-fit");
  await allocate(page, 5);
  await button(page, "Copy code to embed").click();
  await said(page, "Code copied. In another page it shows this state in a frame.");
  const code = await page.evaluate(() => navigator.clipboard.readText());
  const { origin, hash } = new URL(page.url());
  assert.match(hash, /^#s=best-fit\.16\.char&o=/, "the link is in the address bar");
  const other = await page.context().newPage();
  await other.goto(`${origin}/empty.html`);
  await other.setContent(code);
  const frame = other.frames()[1];
  await frame.getByRole("status").filter({ hasText: "Restored from the link: 1 operation on 16 units under best-fit." }).waitFor();
  assert.equal(new URL(frame.url()).search, "?embed=1");
  assert.ok(await button(frame, "Copy code to embed").isHidden(), "a frame in a frame");
});

test("where there is no clipboard, the link is in the address bar, and it is said how to embed it", async (t) => {
  const page = await open(t, { prepare: (page) => page.addInitScript(() => { delete Navigator.prototype.clipboard; }) });
  await allocate(page, 5);
  await button(page, "Copy code to embed").click();
  await said(page, "The clipboard cannot be had here. The link is in the address bar: put ?embed=1 before its # and show it in a frame.");
  assert.match(hashOf(page), /^#s=lifo\.64\.char&o=/);
});

/** Presses a link of the page's. */
async function follow(page, hash) {
  await page.evaluate((address) => {
    const link = Object.assign(document.createElement("a"), { href: address });
    document.body.append(link);
    link.click();
    link.remove();
  }, hash);
}

/** What Copy link puts into the address. */
async function copied(page) {
  await settled(page);
  await button(page, "Copy link").click();
  await said(page, /It restores this state\.$/);
  return new URL(page.url()).hash;
}
