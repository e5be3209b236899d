// The page in Firefox: what people do first in each view works, and nothing is logged or thrown meanwhile. What it
// should look like and say is for the tests in Chromium (tests/page); here is what engines do otherwise.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import puppeteer from "puppeteer-core";
import { findFirefox } from "../../scripts/browser.mjs";
import { ISOLATED, serve } from "../page/harness.mjs";

let server, browser;
before(async () => {
  server = await serve(undefined, ISOLATED);
  // So tall that nothing has to be scrolled to.
  const defaultViewport = { width: 1280, height: 2400 };
  browser = await puppeteer.launch({ browser: "firefox", executablePath: findFirefox(), headless: true, defaultViewport });
});
after(async () => {
  await browser?.close();
  await server?.close();
});

/** A page without a past; whatever it logs as an error, or throws, fails the test. */
async function open(t) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const wrong = [];
  page.on("pageerror", (error) => wrong.push(error.message));
  page.on("console", (message) => ["error", "warn"].includes(message.type()) && wrong.push(message.text()));
  t.after(async () => {
    await context.close();
    assert.deepEqual(wrong, []);
  });
  await page.goto(server.origin);
  await ready(page);
  return page;
}

const ready = (page) => page.waitForSelector("#controls:not([inert])");
const named = (page, role, name) => page.locator(`::-p-aria([name="${name}"][role="${role}"])`);
const press = (page, name) => named(page, "button", name).click();
const said = (page, text) => page.waitForFunction((text) => document.querySelector("[role=status]").textContent.includes(text), {}, text);

async function view(page, name) {
  await named(page, "tab", name).click();
}

test("blocks come and go, are written and packed, and are there after a reload", async (t) => {
  const page = await open(t);
  await page.locator("#size").fill("3");
  for (const id of [1, 2]) {
    await press(page, "Allocate");
    await said(page, `Allocated block ${id}`);
  }
  await named(page, "textbox", "Text of block 2").fill("abc");
  await press(page, "Write block 2");
  await said(page, "Wrote");
  await press(page, "Free block 1");
  await said(page, "Freed block 1");
  await press(page, "Defragment");
  await said(page, "Defragmented: 3 units moved in 1 move");
  await page.reload();
  await ready(page);
  await press(page, "Read block 2");
  await said(page, "abc");
  await press(page, "Undo");
  await said(page, "Undone");
});

test("a recording is played, and all placements are compared on it", async (t) => {
  const page = await open(t);
  await press(page, "Load");
  await said(page, "Loaded");
  await press(page, "One operation");
  await said(page, "Operation 1 ");
  await press(page, "Compare placements");
  await said(page, "Compared nine placements on sqlite.");
  const painted = await page.$eval("#lab-plot canvas", ({ width, height }) => width * height > 0);
  assert.ok(painted, "the plot is there");
});

test("workers share one buffer, and the audit finds nothing wrong", async (t) => {
  const page = await open(t);
  await view(page, "Workers");
  await said(page, "Ready: press Start");
  await press(page, "Start");
  await page.waitForFunction(() => {
    const pairs = Array.from(document.querySelectorAll("#workers-rows tr"), (row) => row.cells[2].textContent);
    return pairs.length > 0 && !pairs.includes("0");
  });
  await press(page, "Stop");
  await said(page, "The audit found nothing wrong");
});
