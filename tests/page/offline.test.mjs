// The first load, and the page without a network after it.
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { allocate, bench, button, openRecording, press, rep, said, serve } from "./harness.mjs";

const { open } = bench();
const built = join(import.meta.dirname, "..", "..", "dist", "page");
const worker = readFileSync(join(built, "service-worker.js"), "utf8");
const { files, later } = JSON.parse(/^const BUILD = (.*);$/m.exec(worker)[1]);
const REFUSED = /ERR_CONNECTION_REFUSED|ERR_INTERNET_DISCONNECTED|Failed to load resource/;

test("after the first load the page works without its server, recordings too", async (t) => {
  const server = await serve();
  let up = true;
  const stop = async () => up && ((up = false), server.close());
  t.after(stop);
  const page = await open(t, { at: server.origin, serviceWorkers: "allow", expected: REFUSED });
  await page.locator("#controls:not([inert])").waitFor();
  await page.evaluate(() => navigator.serviceWorker.ready);
  await allocate(page, 3);
  // What waits for the page takes any promise for a yes.
  await page.waitForFunction((all) => {
    caches.keys().then(async ([name]) => { window.kept = name && (await (await caches.open(name)).keys()).length; });
    return window.kept === all;
  }, files.length + later.length);
  // Keys are seen a moment before what they stand for is safe. Chromium takes one such request after the
  // other: when this one is done, so is the page's.
  const [keeper] = page.context().serviceWorkers();
  await keeper.evaluate(async (files) => (await caches.open((await caches.keys())[0])).addAll(files), later);
  assert.equal((await page.evaluate(() => caches.keys())).length, 1);
  await stop();
  await page.goto(`${server.origin}/?embed=0#scenario=buddy`);
  await page.locator("#controls:not([inert])").waitFor();
  await said(page, "New manager: 32 units");
  await button(page, "Load").click();
  await said(page, "Loaded sqlite");
});

test("what is kept of a new build is the new one's, however long files may be kept of the one before", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "page-"));
  t.after(() => rmSync(folder, { recursive: true }));
  cpSync(built, folder, { recursive: true });
  const server = await serve(folder, { "Cache-Control": "max-age=600" });
  t.after(() => server.close());
  const page = await open(t, { at: server.origin, serviceWorkers: "allow" });
  await page.evaluate(() => navigator.serviceWorker.ready);
  const change = (file, from, to) => {
    const text = readFileSync(join(built, file), "utf8");
    assert.ok(text.includes(from));
    writeFileSync(join(folder, file), text.replace(from, to));
  };
  change("main.js", "Ready: ", "Once more: ");
  change("service-worker.js", '"version":"', '"version":"new');
  const kept = await page.evaluate(async () => {
    const { serviceWorker } = navigator;
    const registration = await serviceWorker.ready;
    const { active } = registration;
    await registration.update();
    while (!serviceWorker.controller || serviceWorker.controller === active) {
      await new Promise((changed) => serviceWorker.addEventListener("controllerchange", changed, { once: true }));
    }
    const name = (await caches.keys()).find((name) => name.includes(" new"));
    return (await (await caches.open(name)).match("main.js")).text();
  });
  assert.ok(kept.includes("Once more: "));
});

test("two copies of the page on one origin keep what is theirs", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "pages-"));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const [name, version] of [["a", "one"], ["a/b", "two"]]) {
    cpSync(built, join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, "service-worker.js"), worker.replace('"version":"', `"version":"${version}`));
  }
  const server = await serve(folder);
  t.after(() => server.close());
  const page = await open(t, { at: server.origin, path: "/a/", serviceWorkers: "allow" });
  const taken = () => page.evaluate(async () => {
    const { serviceWorker } = navigator;
    while (!serviceWorker.controller?.scriptURL.startsWith(new URL(".", location))) {
      await new Promise((changed) => serviceWorker.addEventListener("controllerchange", changed, { once: true }));
    }
  });
  await taken();
  await page.goto(`${server.origin}/a/b/`);
  await page.evaluate(() => navigator.serviceWorker.ready);
  await taken();
  const kept = await page.evaluate(async () => Promise.all((await caches.keys()).map(async (name) => {
    const [first] = await (await caches.open(name)).keys();
    return new URL(".", first.url).pathname;
  })));
  assert.deepEqual(kept.sort(), ["/a/", "/a/b/"]);
});

test("what is not kept yet says that it needs the network, and works once there is one", async (t) => {
  const page = await open(t, { expected: /ERR_FAILED|Failed to load resource/ });
  await page.locator("#controls:not([inert])").waitFor();
  const rest = /\/(workers\/|traces\/[a-z]+\.)/;
  await page.route(rest, (route) => route.abort());
  await button(page, "Load").click();
  await said(page, "This recording needs the network and is not stored on this machine yet. Try again when you are online.");
  await press(page, "Workers");
  await said(page, "This view needs the network");
  await page.unroute(rest);
  await press(page, "Playground");
  await said(page, "This recording needs the network");
  await button(page, "Load").click();
  await said(page, "Loaded sqlite");
  await press(page, "Workers");
  await page.locator("#workers-why").filter({ hasText: "Workers cannot share memory on this page" }).waitFor();
});

test("a script that did not load is asked for at another address, since browsers may remember the first", async (t) => {
  const page = await open(t, { expected: /ERR_FAILED|Failed to load resource/ });
  const view = "**/workers/view.js*";
  await page.route(view, (route) => route.abort());
  const asked = [];
  page.on("request", (request) => asked.push(new URL(request.url())));
  const visit = async () => {
    await press(page, "Workers");
    await said(page, "This view needs the network");
    await press(page, "Playground");
  };
  for (let times = 0; times < 2; times++) await visit();
  await page.unroute(view);
  await press(page, "Workers");
  await page.locator("#workers-why").filter({ hasText: "Workers cannot share memory on this page" }).waitFor();
  const searches = asked.filter(({ pathname }) => pathname.endsWith("/workers/view.js")).map(({ search }) => search);
  assert.deepEqual(searches, ["", "?again=1", "?again=2"]);
});

for (const missing of ["uplot.js", "uplot.css"]) {
  test(`without ${missing} there is everything but the plot, and that as soon as there is a network`, async (t) => {
    const page = await open(t, { expected: /ERR_FAILED|Failed to load resource/ });
    await press(page, "Laboratory");
    await said(page, "Loaded sqlite");
    await openRecording(page, "short.rep", rep([["a", 0, 8], ["a", 1, 8], ["f", 0]], 2));
    await said(page, "Loaded short.rep");
    await page.route(`**/uplot/${missing}*`, (route) => route.abort());
    await button(page, "Compare").click();
    await said(page, "Compared nine placements on short.rep.");
    assert.equal(await page.locator("#comparison tbody tr").count(), 9);
    assert.equal(await page.locator("#lab-plot-table tbody tr").count(), 11);
    const plot = page.locator("#lab-plot");
    const reason = "The plot needs the network and is not stored on this machine yet. Try again when you are online.";
    await plot.getByText(reason).waitFor();
    assert.equal(await plot.getAttribute("aria-label"), reason);
    await page.locator("#theme").click();
    await button(page, "Save the plot as PNG").click();
    await said(page, reason);
    await page.unroute(`**/uplot/${missing}*`);
    const download = page.waitForEvent("download");
    await button(page, "Save the plot as PNG").click();
    assert.equal((await download).suggestedFilename(), "short.rep-comparison.png");
    assert.equal(await plot.textContent().then((text) => text.includes(reason)), false);
    assert.equal(await page.locator("#lab-names button").count(), 9);
  });
}

test("the first load takes at most 250 KB gzipped, and asks for nothing twice", async (t) => {
  const loaded = [];
  await open(t, {
    prepare: (page) => page.on("response", (response) => loaded.push(response)),
  });
  const urls = loaded.map((response) => response.url());
  assert.equal(new Set(urls).size, urls.length);
  const sizes = await Promise.all(loaded.map(async (response) => gzipSync(await response.body(), { level: 9 }).length));
  const kilobytes = sizes.reduce((sum, size) => sum + size, 0) / 1000;
  t.diagnostic(`first load: ${kilobytes.toFixed(0)} KB gzipped in ${urls.length} files`);
  assert.ok(kilobytes <= 250, `${kilobytes} KB`);
});
