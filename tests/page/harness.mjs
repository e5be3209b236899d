// Serves dist/page and opens it in Chromium. Always: a test gets a document that was just loaded, storages
// that are empty, no routes, and the window and colours of LOOK unless it asks for others; a page that logs an
// error, throws, or asks any other origin for anything fails its test, whatever else the test looks at.
// To go on in a page that a test is done with costs less than half of a new one; a test gets one only that was made with
// the same options. Nobody gets the page of a test that failed, or that has done what outlives a document: a clock, a
// script or a listener that was added.
// After `npm run build` each file of tests runs by itself: `node --test tests/page/access.test.mjs`.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { chromium } from "playwright-core";
import sirv from "sirv";
import { findHeadless } from "../../scripts/browser.mjs";
import { fill, lend, press, pressEach, set } from "./hands.mjs";

export { press, set };

const folder = join(import.meta.dirname, "..", "..", "dist", "page");

/** What every server has beside its folder: a document that does nothing and asks for nothing, an icon included. */
export const EMPTY = { path: "/empty.html", text: '<!doctype html><link rel="icon" href="data:,">' };

/** What makes a page cross-origin isolated. */
export const ISOLATED = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

/** What lets a browser keep files from one document to the next. */
export const KEPT = { "Cache-Control": "max-age=3600" };

/** @param {object} [headers] of every answer
 *  @param {(url: string) => Buffer | undefined} [instead] what is served in the place of a file
 *  @returns {Promise<{origin: string, close: () => Promise<void>}>} on a free port of this machine */
export async function serve(path = folder, headers = {}, instead = () => {}) {
  const files = sirv(path, { dev: true });
  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    const other = instead(request.url);
    if (other) response.end(other);
    else if (request.url === EMPTY.path) response.setHeader("Content-Type", "text/html").end(EMPTY.text);
    else files(request, response, () => response.writeHead(404).end());
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => new Promise((resolve) => {
    server.closeAllConnections();
    server.close(resolve);
  });
  return { origin: `http://127.0.0.1:${server.address().port}`, close };
}

/** Chromium as found on this machine, its headless shell unless the caller names another; as root it runs without
 *  its sandbox. */
export function launch(executablePath = findHeadless()) {
  assert.ok(executablePath, "no Chromium: set CHROME_PATH");
  return chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
}

/** Milliseconds by which the page draws late: `FRAME_DELAY=200 node --test tests/page/actions.test.mjs` shows which
 *  tests look before it has drawn. */
const FRAME_DELAY = Number(process.env.FRAME_DELAY ?? 0);

/** How a page is looked at. What a test says otherwise of these is set anew for each. */
const LOOK = { viewport: { width: 1280, height: 800 }, colorScheme: "light", reducedMotion: "no-preference", forcedColors: "none" };

/** The beginning of a shipped recording: its first operations, which do for tests that are not about it. */
function beginning(url) {
  if (!/^\/traces\/\w+\.rep\.gz$/.test(url)) return;
  const [weight, blocks, , form, ...operations] = gunzipSync(readFileSync(join(folder, url))).toString().split("\n");
  const kept = operations.slice(0, 6_000);
  return gzipSync([weight, blocks, kept.length, form, ...kept, ""].join("\n"));
}

/** A server and a browser for the tests of a file. @param {{whole?: boolean}} [recordings] whole: as they are shipped
 *  @returns {{open: typeof openPage}} */
export function bench({ whole = false } = {}) {
  const shared = { idle: new Map() };
  before(async () => Object.assign(shared, { server: await serve(folder, KEPT, whole ? undefined : beginning), browser: await launch() }));
  after(async () => {
    await shared.browser?.close();
    await shared.server?.close();
  });
  return { open: (test, options) => openPage(shared, test, options) };
}

/**
 * @param {import("node:test").TestContext} test
 * @param {object} [options] those of LOOK; path; at: the origin of another server; prepare: called with the page
 *   before it is loaded; expected: console errors that must not fail; what else Playwright's newContext takes
 */
async function openPage({ server, browser, idle }, test, { path = "/", at = server.origin, prepare, expected, ...options } = {}) {
  const look = { ...LOOK, ...options };
  const made = JSON.stringify(Object.entries(options).filter(([name]) => !Object.hasOwn(LOOK, name)));
  if (!idle.has(made)) idle.set(made, []);
  const opened = idle.get(made).pop() ?? await newPage(browser, look);
  const { page, watched } = opened;
  const wrong = [];
  Object.assign(watched, { wrong, origin: at, expected });
  test.after(async () => {
    const outlives = opened.isSpent || options.serviceWorkers === "allow" || !at.startsWith("http");
    if (test.passed && !outlives) {
      await leave(page, at);
      idle.get(made).push(opened);
    } else {
      await page.context().close();
    }
    assert.deepEqual(wrong, []);
  });
  const { viewport, ...media } = look;
  await page.setViewportSize(viewport);
  await page.emulateMedia({ media: null, ...media });
  await prepare?.(page);
  await page.goto(at + path);
  if (!expected) await page.locator("#controls:not([inert]), #laboratory:not([hidden])").first().waitFor();
  return page;
}

async function newPage(browser, options) {
  const context = await browser.newContext({ serviceWorkers: "block", ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  await lend(page);
  await page.addInitScript(() => {
    // A button that fades into another colour has Chromium draw a frame after the other, at a quarter of what a click
    // costs. Whoever looks at the fading takes this away.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("* { transition: none !important; }");
    document.adoptedStyleSheets = [sheet];
    // Reads go to a copy that is made for reading: the page's own canvas is made for painting.
    window.readBack = (canvas) => {
      const context = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
      context.drawImage(canvas, 0, 0);
      return context;
    };
  });
  if (FRAME_DELAY > 0) await page.addInitScript(delayFrames, FRAME_DELAY);
  const opened = { page, watched: watch(page), isSpent: false };
  noteWhatOutlives(opened);
  return opened;
}

/** Whatever is done to the page that a new document in it does not undo makes it a page that nobody else gets. */
function noteWhatOutlives(opened) {
  const { page } = opened;
  for (const [owner, name] of [[page, "addInitScript"], [page, "exposeFunction"], [page, "on"], [page.clock, "install"]]) {
    const plain = owner[name];
    owner[name] = (...given) => {
      opened.isSpent = true;
      return plain.apply(owner, given);
    };
  }
}

/** To where storages are emptied: after the page, which keeps its work in them as it goes. */
async function leave(page, origin) {
  await page.unrouteAll({ behavior: "ignoreErrors" });
  await page.goto(origin + EMPTY.path);
  for (const other of page.context().pages()) if (other !== page) await other.close();
  await page.evaluate(() => [localStorage, sessionStorage].forEach((storage) => storage.clear()));
  await page.mouse.move(0, 0);
}

function delayFrames(milliseconds) {
  const frame = window.requestAnimationFrame.bind(window);
  const cancelled = new Set();
  window.cancelAnimationFrame = (id) => cancelled.add(id);
  window.requestAnimationFrame = (draw) => {
    const id = setTimeout(() => frame((now) => cancelled.has(id) || draw(now)), milliseconds);
    return id;
  };
}

/** Notes what goes wrong for who has the page at the time. */
function watch(page) {
  const watched = { wrong: [], origin: "", expected: undefined };
  page.on("pageerror", (error) => watched.wrong.push(`page error: ${error.message}`));
  page.on("console", (message) => {
    const bad = message.type() === "error" || message.type() === "warning";
    // Service workers are for the tests of them only: anywhere else Playwright blocks them, and says so.
    if (message.text().startsWith("Service Worker registration blocked")) return;
    if (bad && !watched.expected?.test(message.text())) watched.wrong.push(`console: ${message.text()}`);
  });
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.origin !== watched.origin && url.protocol.startsWith("http")) watched.wrong.push(`foreign request: ${url}`);
  });
  return watched;
}

/** Has a page load a class of the package that makes nothing as long as the page is poor.
 *  @param {string} module of the package @param {string} name of the class */
export const poorly = (module, name) => (page) => page.route(`**/twingate-memory/${module}`, (route) => route.fulfill({
  contentType: "text/javascript",
  body: `import init, { ${name} as Class } from "./index.js?rich";
    export class ${name} extends Class {
      constructor(...given) {
        if (window.poor) throw new RangeError("there is no memory");
        super(...given);
      }
    }
    export default init;`,
}));

export const poor = (page, isPoor) => page.evaluate((yes) => { window.poor = yes; }, isPoor);

// ---------------------------------------------------------------- what people do

export const button = (page, name) => page.getByRole("button", { name, exact: true });

/** One block after the other. */
export const allocate = (page, ...sizes) => fill(page, "Size", "Allocate", sizes);

export async function renew(page, capacity, placement) {
  if (placement) await set(page, "Placement", placement);
  await fill(page, "Capacity", "New manager", [capacity]);
}

/** Into its row, texts as well as numbers. */
export const write = (page, id, text) => fill(page, [`Text of block ${id}`, `Values of block ${id}`], `Write block ${id}`, [text]);

export const free = (page, ...ids) => pressEach(page, ids.map((id) => `Free block ${id}`));

/** Opens a scenario by its link, which is read before it is followed. */
export async function scenario(page, name) {
  await pressEach(page, ["Examples, step by step", name]);
  await page.locator("#steps").getByRole("heading", { name, exact: true }).waitFor();
}

export async function undo(page) {
  await press(page, "Undo");
  await said(page, "Undone");
  await settled(page);
}

/** The IDs of the blocks listed, oldest first: they are the manager's to choose. */
export async function blockIds(page) {
  const names = await page.locator("html:not([data-due]) #block-list").evaluate((list) => Array.from(list.querySelectorAll("strong"), ({ textContent }) => textContent));
  return names.map((name) => name.replace("Block ", "")).reverse();
}

/** 32 units in which every other run of 4 is a block, up to unit 23. @returns {Promise<string[]>} their IDs */
export async function everyOther(page, placement = "first-fit") {
  await renew(page, 32, placement);
  await allocate(page, 4, 4, 4, 4, 4, 4);
  const ids = await blockIds(page);
  await free(page, ids[0], ids[2], ids[4]);
  await counted(page, "Blocks", "3");
  return [ids[1], ids[3], ids[5]];
}

/** Waits until the status line matches. @param {RegExp | string} expected */
export async function said(page, expected) {
  const line = page.locator("[role=status]:visible");
  try {
    return await line.filter({ hasText: expected }).textContent();
  } catch {
    assert.fail(`expected ${expected}, but the status line says: ${await line.textContent()}`);
  }
}

/** Drops a file onto the page. @param {string | Buffer} content */
export async function drop(page, name, content) {
  const dataTransfer = await page.evaluateHandle(([name, bytes]) => {
    const data = new DataTransfer();
    data.items.add(new File([Uint8Array.from(bytes)], name));
    return data;
  }, [name, [...Buffer.from(content)]]);
  for (const event of ["dragover", "drop"]) await page.locator("body").dispatchEvent(event, { dataTransfer });
}

/** Opens text as a recording of the reader's own. */
export async function openRecording(page, name, text) {
  const field = page.getByLabel("Or open a file");
  if (text.length < 1_000_000) return field.setInputFiles({ name, mimeType: "text/plain", buffer: Buffer.from(text) });
  // To hand so much over costs more than what the page does with it.
  const folder = mkdtempSync(join(tmpdir(), "recording-"));
  process.once("exit", () => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, name), text);
  return field.setInputFiles(join(folder, name));
}

// ---------------------------------------------------------------- what the page shows

/** The counters by name, once they show the last change. */
export function counters(page) {
  return page.locator("html:not([data-due]) #counters").evaluate((list) => Object.fromEntries(
    Array.from(list.querySelectorAll(":scope > div:not([hidden])"), (pair) => ["dt", "dd"].map((part) => pair.querySelector(part).textContent))));
}

/** Waits until the counter shows the value. */
export async function counted(page, name, value) {
  await page.locator("#counters > div").filter({ has: page.getByText(name, { exact: true }) })
    .locator("dd").getByText(value, { exact: true }).waitFor();
}

/** Everything that the picture in words says, once it shows the last change. */
export async function words(page) {
  await page.locator("#twin").evaluate((details) => { details.open = true; });
  return page.locator("html:not([data-due]) #twin:has(#twin-rows tr)").evaluate(() =>
    ["twin-text", "twin-rows"].map((id) => document.getElementById(id).textContent).join("\n"));
}

/** Waits until what changed has been drawn. */
export function settled(page) {
  return page.locator("html:not([data-due])").waitFor({ state: "attached" });
}

/** Fails unless all of the elements can be seen: in the window, and not under the status line. */
export async function inSight(page, ...selectors) {
  for (const selector of selectors) await page.locator(selector).waitFor();
  await settled(page);
  const places = await page.evaluate((all) => ["#status", ...all].map((selector) => {
    const { top, bottom } = document.querySelector(selector).getBoundingClientRect();
    return { selector, top: Math.round(top), bottom: Math.round(bottom) };
  }), selectors);
  const { height } = page.viewportSize();
  const covered = places[0].bottom;
  for (const { selector, top, bottom } of places.slice(1)) {
    assert.ok(top >= covered && bottom <= height, `${selector} is at ${top} to ${bottom}, what can be seen from ${covered} to ${height}`);
  }
}

/**
 * The picture as read back from the canvas: for each cell the colour that most of its pixels have.
 * @returns {Promise<string[]>}
 */
export async function cellColours(page, capacity) {
  await settled(page);
  return page.locator("#picture").evaluate((canvas, units) => {
    const columns = Number(/([\d,]+) units?\.$/.exec(document.getElementById("picture-scale").textContent)[1].replaceAll(",", ""));
    const side = canvas.width / columns;
    const context = window.readBack(canvas);
    return Array.from({ length: units }, (_, unit) => {
      const [x, y] = [(unit % columns) * side, Math.floor(unit / columns) * side];
      const pixels = new Uint32Array(context.getImageData(x, y, side, side).data.buffer);
      const counts = new Map();
      for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
      return [...counts].sort((a, b) => b[1] - a[1])[0][0].toString(16);
    });
  }, capacity);
}

/** The same as letters: cells of one colour get one letter, in order of appearance. */
export async function cellLetters(page, capacity) {
  const seen = [];
  return (await cellColours(page, capacity)).map((colour) => {
    if (!seen.includes(colour)) seen.push(colour);
    return "abcdefghijklmnop"[seen.indexOf(colour)];
  }).join("");
}

/** The middles of units' cells, from the upper left of the picture. @returns {Promise<{x: number, y: number}[]>} */
export async function placesOf(page, ...units) {
  const [scale, width] = await page.locator("html:not([data-due]) #picture").evaluate((picture) =>
    [document.getElementById("picture-scale").textContent, picture.getBoundingClientRect().width]);
  const columns = Number(/([\d,]+) units?\.$/.exec(scale)[1].replaceAll(",", ""));
  const side = width / columns;
  return units.map((unit) => ({ x: ((unit % columns) + 0.5) * side, y: (Math.floor(unit / columns) + 0.5) * side }));
}

export const placeOf = async (page, unit) => (await placesOf(page, unit))[0];

/** What the readout says of a unit that the pointer is put on, by its place on the screen. */
export async function hover(page, x, y) {
  await page.locator("#picture").hover({ position: { x, y } });
  return page.locator("#readout").textContent();
}

/** A recording in the .rep form: pairs of [kind, block, size]. */
export function rep(operations, blocks) {
  const lines = operations.map(([kind, block, size]) => (kind === "f" ? `f ${block}` : `${kind} ${block} ${size}`));
  return [0, blocks, operations.length, 1, ...lines, ""].join("\n");
}

/** Opens the recording of Lua under best-fit, at its operation 5,000. */
export async function playLua(page) {
  await page.getByLabel("Placement").selectOption("best-fit");
  await page.getByLabel("Recording", { exact: true }).selectOption({ label: "Lua runs a queue of tables" });
  await button(page, "Load").click();
  await said(page, "Loaded lua");
  await page.getByLabel("Operation", { exact: true }).fill("5000");
  await said(page, "Operation 5,000");
}
