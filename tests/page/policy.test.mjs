// What the page may load, and what it says when it cannot.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { bench, said } from "./harness.mjs";

const { open } = bench();
const www = join(import.meta.dirname, "..", "..", "www");
const html = readFileSync(join(www, "index.html"), "utf8");

test("the policy names the import map's hash and nothing laxer than it needs", () => {
  const [, importMap] = /<script type="importmap">(.*?)<\/script>/s.exec(html);
  const [, policy] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html);
  const hash = createHash("sha256").update(importMap).digest("base64");
  const directives = Object.fromEntries(policy.split(";").map((directive) => {
    const [name, ...values] = directive.trim().split(" ");
    return [name, values.join(" ")];
  }));
  assert.deepEqual(directives, {
    "default-src": "'none'", "script-src": `'self' 'wasm-unsafe-eval' 'sha256-${hash}'`, "style-src": "'self'",
    "img-src": "'self' data: blob:", "connect-src": "'self'", "worker-src": "'self'", "base-uri": "'none'", "form-action": "'none'",
  });
});

test("no inline style, no inline handler, no markup made from strings", () => {
  assert.doesNotMatch(html, /\sstyle=|\son\w+=/);
  for (const name of readdirSync(www, { recursive: true }).filter((file) => file.endsWith(".js"))) {
    const source = readFileSync(join(www, name), "utf8");
    assert.doesNotMatch(source, /innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(/, name);
  }
});

test("the policy is in force", async (t) => {
  const page = await open(t, { expected: /Content Security Policy/ });
  const ran = await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "window.ran = true";
    document.head.append(script);
    return window.ran ?? false;
  });
  assert.equal(ran, false);
});

for (const [name, answer] of [
  ["is missing", (route) => route.fulfill({ status: 404, body: "" })],
  ["is no module", (route) => route.fulfill({ contentType: "application/wasm", body: "not a module" })],
  ["cannot be reached", (route) => route.abort()],
]) {
  test(`a module that ${name} ends in one clear sentence`, async (t) => {
    const page = await open(t, { expected: /./, prepare: (page) => page.route("**/*.wasm", answer) });
    await said(page, /^This page cannot work because its WebAssembly module did not load: .*[^.]\. Look whether there is a network, then load the page anew\.$/);
    assert.ok(await page.locator("#controls").evaluate((controls) => controls.inert));
  });
}

test("a package that cannot be loaded ends in the same sentence", async (t) => {
  const page = await open(t, { expected: /./, prepare: (page) => page.route("**/twingate-memory/index.js", (route) => route.abort()) });
  await said(page, /^This page cannot work because its WebAssembly module did not load: ./);
});

test("what fails after the module was loaded is not put down to it", async (t) => {
  const page = await open(t);
  const other = await page.context().newPage();
  await other.addInitScript(() => {
    HTMLCanvasElement.prototype.getContext = () => { throw new Error("no canvas"); };
  });
  const [error] = await Promise.all([other.waitForEvent("pageerror"), other.goto(page.url())]);
  assert.equal(error.message, "no canvas");
  await said(other, /^This page could not start: .*no canvas\. Load it anew, /);
});

for (const script of ["main.js", "shared/*.js"]) {
  test(`without ${script} the page says that it could not start, and what helps`, async (t) => {
    const page = await open(t, { expected: /./, prepare: (page) => page.route(`**/${script}`, (route) => route.abort()) });
    await said(page, /^This page could not start because its scripts did not load\. Look whether there is a network, then load it anew\.$/);
  });
}

test("a browser that does not understand the scripts is told so", async (t) => {
  const page = await open(t, { expected: /./ });
  const other = await page.context().newPage();
  await other.route("**/main.js", (route) => route.fulfill({ contentType: "text/javascript", body: "let 1;" }));
  await Promise.all([other.waitForEvent("pageerror"), other.goto(page.url())]);
  await said(other, /^This page could not start: .*SyntaxError.* try another browser, of mid-2024 or later\.$/);
});

test("everything on the page comes from its own folder, and there is an icon", async (t) => {
  const page = await open(t);
  const icon = await page.locator("link[rel=icon]").getAttribute("href");
  const answer = await page.request.get(new URL(icon, page.url()).href);
  assert.equal(answer.status(), 200);
  assert.match(answer.headers()["content-type"], /svg/);
});

test("opened as a file the page says why it cannot work, and what to do", async (t) => {
  const page = await open(t, { at: "file://", path: join(www, "..", "dist", "page", "index.html"), expected: /CORS policy|ERR_FAILED/ });
  await said(page, "This page cannot work when opened as a file: ");
});
