// The installed package in Chromium: bundled by Vite, webpack and esbuild, served by Vite while
// developing, and in a plain page with an import map; on the page's own thread, in a worker, and in an
// AudioWorklet.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import esbuild from "esbuild";
import * as vite from "vite";
import webpack from "webpack";
import { entry, html, resultOfFolder, resultOfUrl } from "./chromium.mjs";
import { createProject, write } from "./project.mjs";

const project = createProject();
const { expected } = await import(join(project, "consumer.js"));
write(project, { "main.js": entry(), "index.html": html("./main.js") });

test("a plain page with an import map", async () => {
  const imports = {
    "twingate-memory": "./node_modules/twingate-memory/dist/index.js",
    "twingate-memory/trace": "./node_modules/twingate-memory/dist/trace.js",
  };
  const map = `<script type="importmap">${JSON.stringify({ imports })}</script>`;
  write(project, { "index.html": html("./main.js", map) });
  assert.deepEqual(await resultOfFolder(project), expected);
  write(project, { "index.html": html("./main.js") });
});

test("a worker of a plain page, which has no import map", async () => {
  write(project, {
    "plain.js": plainConsumer(), "plain-worker.js": worker("./plain.js"), "page.js": inWorker("./plain-worker.js"),
    "index.html": html("./page.js"),
  });
  assert.deepEqual(await resultOfFolder(project), expected);
  write(project, { "index.html": html("./main.js") });
});

test("an AudioWorklet, which has no clock but Date, no coders of text, no URL and no fetch", async () => {
  const dist = "./node_modules/twingate-memory/dist";
  write(project, {
    "plain.js": plainConsumer(),
    "worklet.js": `import { roundTrip } from "./plain.js";
      import { MemoryManager } from "${dist}/index.js";
      async function use(modules) {
        const result = await roundTrip(...modules);
        const memory = new MemoryManager(64);
        const { done } = memory.defragment({ maxMicros: 1e9 });
        try {
          new MemoryManager(1, { placement: "sch\u00f6n\\t\u{1f600} \\ud800" });
        } catch ({ code, message }) {
          return { ...result, done, code, message };
        }
      }
      ${processor("use")}`,
    "page.js": inWorklet(`const files = ["twingate_memory_bg.wasm", "twingate_memory_trace_bg.wasm"];
      const given = await Promise.all(files.map((file) => WebAssembly.compileStreaming(fetch("${dist}/raw/" + file))));`),
    "index.html": html("./page.js"),
  });
  const { code, message, ...result } = await resultOfFolder(project);
  assert.deepEqual({ ...result, code }, { ...expected, code: "ERR_INVALID_ARGUMENT" });
  assert.match(message, /"sch\u00f6n\t\u{1f600} \ufffd"/u);
  write(project, { "index.html": html("./main.js") });
});

test("an AudioWorklet that attaches to a shared manager", async () => {
  const threads = "./node_modules/twingate-memory/dist/threads/index.js";
  write(project, {
    "worklet.js": `import { SharedMemoryManager } from "${threads}";
      async function use({ handle, id }) {
        const memory = await SharedMemoryManager.attach(handle);
        const [sample] = memory.read(id);
        const own = memory.alloc(1);
        memory.write(own, Float32Array.of(2 * sample));
        return own;
      }
      ${processor("use")}`,
    "page.js": inWorklet(`const { default: init, SharedMemoryManager } = await import("${threads}");
      await init();
      const memory = new SharedMemoryManager(8, { unit: "f32" });
      const id = memory.alloc(1);
      memory.write(id, Float32Array.of(0.25));
      const given = { handle: memory.share(), id };`, "memory.read(result)[0]"),
    "index.html": html("./page.js"),
  });
  assert.equal(await resultOfFolder(project), 0.5);
  write(project, { "index.html": html("./main.js") });
});

test("traces that are imported after init are read all the same", async () => {
  write(project, { "late.js": `globalThis.result = late();
    async function late() {
      await (await import("./node_modules/twingate-memory/dist/index.js")).default();
      const { parseTrace } = await import("./node_modules/twingate-memory/dist/trace.js");
      return parseTrace("+24,+8,-0").peakBytes;
    }`, "index.html": html("./late.js") });
  assert.equal(await resultOfFolder(project), 32);
  write(project, { "index.html": html("./main.js") });
});

test("where nothing can be loaded at once, as in a service worker, traces ask for init", async () => {
  write(project, { "asking.js": `globalThis.result = ask();
    async function ask() {
      delete globalThis.XMLHttpRequest;
      const { default: init, parseTrace } = await import("./node_modules/twingate-memory/dist/trace.js");
      const parse = () => parseTrace("+24,+8,-0").peakBytes;
      try { return parse(); } catch ({ code }) { await init(); return [code, parse()]; }
    }`, "index.html": html("./asking.js") });
  assert.deepEqual(await resultOfFolder(project), ["ERR_NOT_INITIALIZED", 32]);
  write(project, { "index.html": html("./main.js") });
});

test("Vite, built", async () => {
  const outDir = join(project, "out-vite");
  await vite.build({ root: project, configFile: false, logLevel: "error", build: { outDir } });
  assert.deepEqual(await resultOfFolder(outDir), expected);
});

test("Vite, developing", async () => {
  const server = await vite.createServer({
    root: project, configFile: false, logLevel: "error", cacheDir: join(project, ".vite"),
    server: { host: "127.0.0.1", port: 0 },
  });
  try {
    await server.listen();
    assert.deepEqual(await resultOfUrl(server.resolvedUrls.local[0]), expected);
  } finally {
    await server.close();
  }
});

test("Vite, built, in a worker", async () => {
  const outDir = join(project, "out-vite-worker");
  write(project, { "page.js": inWorker("./worker.js"), "worker.js": worker("./consumer.js"), "index.html": html("./page.js") });
  await vite.build({ root: project, configFile: false, logLevel: "error", build: { outDir }, worker: { format: "es" } });
  assert.deepEqual(await resultOfFolder(outDir), expected);
  write(project, { "index.html": html("./main.js") });
});

test("webpack", async () => {
  assert.deepEqual(await resultOfFolder(await packed("./main.js", "out-webpack")), expected);
});

test("webpack, in a worker", async () => {
  write(project, { "page.js": inWorker("./worker.js"), "worker.js": worker("./consumer.js") });
  assert.deepEqual(await resultOfFolder(await packed("./page.js", "out-webpack-worker")), expected);
});

/** What webpack makes of an entry: the folder with a page that runs it. */
async function packed(entry, folder) {
  const path = join(project, folder);
  const compiler = webpack({ mode: "production", context: project, entry, output: { path, filename: "main.js" } });
  const stats = await new Promise((resolve, reject) =>
    compiler.run((error, stats) => compiler.close(() => (error ? reject(error) : resolve(stats)))));
  assert.deepEqual(stats.toJson({ all: false, errors: true, warnings: true }).errors, []);
  write(path, { "index.html": html("./main.js") });
  return path;
}

test("esbuild, which has to be given the modules", async () => {
  const outdir = join(project, "out-esbuild");
  mkdirSync(outdir);
  write(project, { "with-module.js": entry(
    'import module from "twingate-memory/wasm"; import traces from "twingate-memory/trace/wasm";',
    "module, traces") });
  await esbuild.build({
    absWorkingDir: project, entryPoints: ["with-module.js"], outdir, bundle: true, format: "esm",
    loader: { ".wasm": "file" }, logLevel: "error",
  });
  write(outdir, { "index.html": html("./with-module.js") });
  assert.deepEqual(await resultOfFolder(outdir), expected);
});

test("what is imported and not used leaves nothing in a bundle", async () => {
  write(project, { "unused.js": `
    import init, { MemoryManager } from "twingate-memory";
    import { parseTrace } from "twingate-memory/trace";
    import { SharedMemoryManager } from "twingate-memory/threads";
    console.log("alone");` });
  const options = { absWorkingDir: project, entryPoints: ["unused.js"], bundle: true, format: "esm", write: false, logLevel: "error" };
  const { outputFiles: [{ text }] } = await esbuild.build(options);
  assert.equal(text.replace(/^\/\/.*$/gm, "").trim(), 'console.log("alone");');
});

/** The consumer with addresses instead of names. */
function plainConsumer() {
  const consumer = readFileSync(join(project, "consumer.js"), "utf8");
  const named = (name, file) => [`"${name}"`, `"./node_modules/twingate-memory/dist/${file}"`];
  return consumer.replace(...named("twingate-memory", "index.js")).replace(...named("twingate-memory/trace", "trace.js"));
}

/** A page's script whose result is what an AudioWorklet posts, or an expression of it. What the worklet is given
 *  is `given`. */
function inWorklet(before, expression = "result") {
  return `globalThis.result = work();
    async function work() {
      ${before}
      const context = new OfflineAudioContext(1, 128, 44100);
      await context.audioWorklet.addModule("./worklet.js");
      const { port } = new AudioWorkletNode(context, "consumer", { processorOptions: given });
      const result = await new Promise((resolve) => (port.onmessage = ({ data }) => resolve(data)));
      return ${expression};
    }\n`;
}

/** What makes an AudioWorklet's script post what a function does with what the worklet is given. */
function processor(name) {
  return `registerProcessor("consumer", class extends AudioWorkletProcessor {
    constructor({ processorOptions }) {
      super();
      ${name}(processorOptions).catch(String).then((result) => this.port.postMessage(result));
    }
    process() {
      return false;
    }
  });`;
}

/** A worker's script that posts what the round trip gives. */
function worker(consumer) {
  return `import { roundTrip } from "${consumer}";\nroundTrip().then((result) => postMessage(result));\n`;
}

/** A page's script whose result is what a worker posts. */
function inWorker(script) {
  return `globalThis.result = new Promise((resolve) => {
    const worker = new Worker(new URL("${script}", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => resolve(message);
  });\n`;
}
