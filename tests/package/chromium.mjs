// Runs a project's page in Chromium, which is started once for all tests of a file. Always: each page has a context of
// its own, and whatever goes wrong there (an exception, a console error, a file not found) fails the test.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after } from "node:test";
import { chromium } from "playwright-core";
import sirv from "sirv";
import { findChrome } from "../../scripts/browser.mjs";

/** A page that runs the consumer and keeps its result where Chromium is asked for it. */
export const entry = (init = "", argument = "") => `${init}
import { roundTrip } from "./consumer.js";
globalThis.result = roundTrip(${argument});
`;

export const html = (script, head = "") => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>A consumer</title><link rel="icon" href="data:,">
${head}</head><body><script type="module" src="${script}"></script></body></html>
`;

/** Serves a folder, cross-origin isolated, and returns what its page's round trip gave. */
export async function resultOfFolder(folder) {
  const setHeaders = (response) => {
    response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
    response.setHeader("Cross-Origin-Embedder-Policy", "require-corp");
  };
  const server = createServer(sirv(folder, { dev: true, setHeaders }));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    return await resultOfUrl(`http://127.0.0.1:${server.address().port}/`);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

let launched;
after(async () => (await launched)?.close());

export async function resultOfUrl(url) {
  launched ??= chromium.launch({ executablePath: findChrome(), args: ["--no-sandbox", "--enable-unsafe-webgpu"] });
  const context = await (await launched).newContext();
  try {
    const page = await context.newPage();
    const problems = [];
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
    page.on("response", (response) => response.ok() || problems.push(`${response.status()} ${response.url()}`));
    await page.goto(url, { waitUntil: "load" });
    // Module scripts have run by the load event, up to their first await.
    const result = await page.evaluate(() => globalThis.result);
    assert.deepEqual(problems, []);
    return result;
  } finally {
    await context.close();
  }
}
