// The installed package in Node.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import esbuild from "esbuild";
import { root } from "../../scripts/paths.mjs";
import { createProject, write } from "./project.mjs";

const project = createProject();

/** Runs a module in the project, in a process of its own, and returns what it printed. */
function run(text, ...args) {
  write(project, { "main.js": text });
  return execFileSync(process.execPath, ["main.js", ...args], { cwd: project, encoding: "utf8" }).trim();
}

test("a round trip", async () => {
  const { expected } = await import(join(project, "consumer.js"));
  const printed = run('import { roundTrip } from "./consumer.js"; console.log(JSON.stringify(await roundTrip()));');
  assert.deepEqual(JSON.parse(printed), expected);
});

const noRequire = process.features.require_module ? false : "this Node cannot require modules of ECMAScript";

test("require", { skip: noRequire }, async () => {
  const { expected } = await import(join(project, "consumer.js"));
  write(project, { "main.cjs": `
    require("./consumer.js").roundTrip().then((result) => console.log(JSON.stringify(result)));
    const { default: init, MemoryManager } = require("twingate-memory");
    init().then(() => console.log(new MemoryManager(3).capacity));` });
  const args = ["--disable-warning=ExperimentalWarning", "main.cjs"];
  const printed = execFileSync(process.execPath, args, { cwd: project, encoding: "utf8" }).trim().split("\n");
  assert.deepEqual(printed.map((line) => JSON.parse(line)).sort((a) => (typeof a === "number" ? 1 : -1)), [expected, 3]);
});

test("initSync takes the bytes of the module, found by its own export", () => {
  const printed = run(`
    import { readFileSync } from "node:fs";
    import { initSync, MemoryManager } from "twingate-memory";
    initSync(readFileSync(new URL(import.meta.resolve("twingate-memory/wasm"))));
    const memory = new MemoryManager(4);
    memory.write(memory.alloc(2), "AB");
    console.log(String(memory).split("\\n")[1]);`);
  assert.equal(printed, "A B - -");
});

test("the bytes may lie in shared memory, which the engine itself does not take", () => {
  const printed = run(`
    import { readFileSync } from "node:fs";
    import { initSync, MemoryManager } from "twingate-memory";
    const bytes = readFileSync(new URL(import.meta.resolve("twingate-memory/wasm")));
    const shared = new SharedArrayBuffer(bytes.length);
    new Uint8Array(shared).set(bytes);
    initSync(shared);
    console.log(new MemoryManager(4).capacity);`);
  assert.equal(printed, "4");
});

test("the bytes may be in any view, also in one that the engine itself does not take, and nothing else", () => {
  const printed = run(`
    import { readFileSync } from "node:fs";
    import init, { initSync, MemoryManager } from "twingate-memory";
    const bytes = readFileSync(new URL(import.meta.resolve("twingate-memory/wasm")));
    const refused = async (attempt) => {
      try { await attempt(); } catch ({ code, message }) { return code + " " + message; }
    };
    for (const source of [5, {}, true]) {
      console.log(await refused(() => init(source)));
      console.log(await refused(async () => initSync(source)));
    }
    await init(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    console.log(new MemoryManager(4).capacity);`);
  const must = "ERR_INVALID_ARGUMENT the source of the module must be an address, a response, bytes or a WebAssembly.Module, not";
  const found = ["5", "an Object", "a boolean"].flatMap((kind) => [`${must} ${kind}`, `${must} ${kind}`]);
  assert.deepEqual(printed.split("\n"), [...found, "4"]);
});

test("a module that is loaded at once while it is being fetched stays the only one", () => {
  const printed = run(`
    import { readFileSync } from "node:fs";
    import init, { initSync, MemoryManager } from "twingate-memory";
    const bytes = readFileSync(new URL(import.meta.resolve("twingate-memory/wasm")));
    const slow = new Promise((done) => setImmediate(() => done(new Response(bytes))));
    const loading = init(slow);
    initSync(bytes);
    const memory = new MemoryManager(4);
    memory.write(memory.alloc(2), "AB");
    if (init() !== loading) throw new Error("loaded twice");
    await loading;
    memory.write(memory.alloc(2), "CD");
    console.log(String(memory).split("\\n")[1]);`);
  assert.equal(printed, "A B C D");
});

test("where fetching fails after the module was loaded at once, it is loaded all the same", () => {
  const printed = run(`
    import { readFileSync } from "node:fs";
    import init, { initSync, MemoryManager } from "twingate-memory";
    const loading = init(new Promise((_, fail) => setImmediate(fail, new Error("no network"))));
    initSync(readFileSync(new URL(import.meta.resolve("twingate-memory/wasm"))));
    console.log(await loading, await init(), new MemoryManager(4).capacity);`);
  assert.equal(printed, "undefined undefined 4");
});

for (const kind of ["url", "address", "request", "file", "path", "bytes", "module", "response", "typed", "whole", "promise"]) {
  test(`init takes another source after a failure: ${kind}`, () => {
    const printed = run(`
      import { readFileSync } from "node:fs";
      import init, { MemoryManager } from "twingate-memory";
      const file = new URL(import.meta.resolve("twingate-memory/wasm"));
      const bytes = readFileSync(file);
      const url = "data:application/wasm;base64," + bytes.toString("base64");
      for (const source of [new Response(bytes, { status: 404 }), "nowhere:", new URL("nowhere:"), new Uint8Array(9)]) {
        await init(source).then(() => console.log("accepted"), (error) => error.message);
      }
      const sources = { file, path: file.href, bytes, module: new WebAssembly.Module(bytes), response: new Response(bytes),
        typed: new Response(bytes, { headers: { "Content-Type": "application/wasm" } }),
        url, address: new URL(url), request: new Request(url), promise: Promise.resolve(new Response(bytes)) };
      // As in an engine that compiles no module while it arrives.
      if (process.argv[2] === "whole") delete WebAssembly.compileStreaming;
      await init(sources[process.argv[2]] ?? sources.typed);
      console.log(new MemoryManager(4).capacity);`, kind);
    assert.equal(printed, "4");
  });
}

test("a relative address in Node, and a file that is not there, are refused with what would help", () => {
  const printed = run(`
    import init, { MemoryManager } from "twingate-memory";
    for (const source of ["./module.wasm", new URL("nowhere.wasm", import.meta.url)]) {
      await init(source).catch(({ name, code, message }) => console.log(name, code, message.split(": ")[0].replace(/file:.*\\//, "")));
    }
    await init();
    console.log(new MemoryManager(4).capacity);`);
  assert.equal(printed, `TypeError ERR_INVALID_ARGUMENT "./module.wasm" is not a URL, and here it is relative to nothing
Error ERR_MODULE_MISSING the module was not found at nowhere.wasm (ENOENT)
4`);
});

test("a page that a server sends in place of the module is taken for no module", () => {
  const printed = run(`
    import init, { MemoryManager } from "twingate-memory";
    const page = "<!doctype html>";
    for (const source of ["data:text/html," + page, new Response(page), new Response("")]) {
      await init(source).catch(({ name, code, message }) => console.log(name, code, message.split(": ")[0]));
    }
    await init();
    console.log(new MemoryManager(4).capacity);`);
  const missing = (url) => `Error ERR_MODULE_MISSING the module was not found at ${url} (the server sent something else)`;
  assert.equal(printed, [missing("data:text/html,<!doctype html>"), missing(""), missing(""), "4"].join("\n"));
});

test("a bundle that leaves the package no address of its own says so, and takes the bytes that esbuild puts into it", async () => {
  write(project, { "script.js": `
    import main from "twingate-memory/wasm";
    import traces from "twingate-memory/trace/wasm";
    import threads from "twingate-memory/threads/wasm";
    import init, { MemoryManager } from "twingate-memory";
    import initTrace, { parseTrace } from "twingate-memory/trace";
    import initThreads, { SharedMemoryManager } from "twingate-memory/threads";
    const refused = async (attempt) => {
      try { await attempt(); } catch ({ name, code, message }) { console.log(name, code, message.split(": ")[0]); }
    };
    async function use() {
      for (const attempt of [init, initTrace, initThreads, () => parseTrace("+4")]) await refused(() => attempt());
      await Promise.all([init(main), initTrace(traces), initThreads(threads)]);
      console.log(new MemoryManager(4).capacity, parseTrace("+4").peakBytes, new SharedMemoryManager(4).capacity);
    }
    use();` });
  await esbuild.build({ absWorkingDir: project, entryPoints: ["script.js"], outfile: join(project, "script.cjs"),
    bundle: true, format: "cjs", platform: "node", target: "node20", loader: { ".wasm": "binary" }, logLevel: "error" });
  const printed = execFileSync(process.execPath, ["script.cjs"], { cwd: project, encoding: "utf8" }).trim();
  const missing = "Error ERR_MODULE_MISSING the module was not found at its place in the package (Invalid URL)";
  assert.deepEqual(printed.split("\n"), [...Array(4).fill(missing), "4 4 4"]);
});

for (const [entry, use] of Object.entries({
  "": "new entry.MemoryManager(4).capacity",
  "/trace": 'entry.parseTrace("+4").peakBytes',
  "/threads": "new entry.SharedMemoryManager(4).capacity",
})) {
  test(`twingate-memory${entry} is loaded once, and again only where that failed`, () => {
    const printed = run(`
      import { readFileSync } from "node:fs";
      import * as entry from "twingate-memory${entry}";
      const { default: init, initSync } = entry;
      const bytes = readFileSync(new URL(import.meta.resolve("twingate-memory${entry}/wasm")));
      const failed = init(new Uint8Array(9));
      console.log(init() === failed, await failed.catch(({ name }) => name));
      const loading = init(bytes);
      console.log(init() === loading, await loading, init() === loading);
      initSync(new WebAssembly.Module(bytes));
      console.log(${use});`);
    assert.equal(printed, "true CompileError\ntrue undefined true\n4");
  });
}

test("what is loaded already is not loaded again, whatever is given", () => {
  const printed = run(`
    import { readFileSync } from "node:fs";
    import init, { initSync, MemoryManager } from "twingate-memory";
    initSync(readFileSync(new URL(import.meta.resolve("twingate-memory/wasm"))));
    const memory = new MemoryManager(4);
    await init(new Uint8Array(9));
    initSync(new Uint8Array(9));
    console.log(memory.alloc(1));`);
  assert.equal(printed, "1");
});

test("traces are read without init, and their module is found by its own export", () => {
  const printed = run(`
    import { readFileSync } from "node:fs";
    import { initSync, parseTrace } from "twingate-memory/trace";
    console.log(parseTrace("+24,+8,-0").peakBytes);
    initSync(readFileSync(new URL(import.meta.resolve("twingate-memory/trace/wasm"))));
    console.log(parseTrace("+24,+8,-0").peakBytes);`);
  assert.equal(printed, "32\n32");
});

test("where there is no fetch, and nothing that comes with it, init takes bytes", () => {
  const printed = run(`
    import { readFileSync } from "node:fs";
    import init, { MemoryManager } from "twingate-memory";
    const bytes = readFileSync(new URL(import.meta.resolve("twingate-memory/wasm")));
    for (const name of ["fetch", "Request", "Response", "URL"]) Object.defineProperty(globalThis, name, { value: undefined });
    await init(bytes);
    console.log(new MemoryManager(4).capacity);`);
  assert.equal(printed, "4");
});

test("where files come over the network the module of traces is fetched at its first use, and missed where it is not", () => {
  const answers = [[200, "bytes", "32"], [399, "bytes", "32"], [400, "bytes", "ERR_MODULE_MISSING"],
    [404, "bytes", "ERR_MODULE_MISSING"], [200, "[60, 33]", "ERR_MODULE_MISSING"]];
  for (const [status, sent, expected] of answers) {
    const printed = run(`
      import { readFileSync } from "node:fs";
      const bytes = readFileSync(new URL(import.meta.resolve("twingate-memory/trace/wasm")));
      globalThis.URL = class extends URL { get protocol() { return "https:"; } };
      globalThis.XMLHttpRequest = class {
        open(method, { href }, later) { Object.assign(this, { method, href, later }); }
        overrideMimeType(type) { this.type = type; }
        send() {
          const asked = [this.method, this.later, this.type, this.href.endsWith("twingate_memory_trace_bg.wasm")].join(" ");
          if (asked !== "GET false text/plain; charset=x-user-defined true") throw new Error(asked);
          // As that kind has them: bytes of the upper half lie in a private area.
          const text = (byte) => String.fromCharCode(byte < 128 ? byte : 0xf700 + byte);
          Object.assign(this, { status: ${status}, responseText: Array.from(${sent}, text).join("") });
        }
      };
      const { parseTrace } = await import("twingate-memory/trace");
      try { console.log(parseTrace("+24,+8,-0").peakBytes); } catch ({ code }) { console.log(code); }`);
    assert.equal(printed, expected, `${status} ${sent}`);
  }
});

test("init loads the module of traces along with its own, where they were imported before", () => {
  const printed = run(`
    import init from "twingate-memory";
    import "twingate-memory/trace";
    const loaded = [];
    WebAssembly.Instance = class extends WebAssembly.Instance {
      constructor(...given) {
        super(...given);
        loaded.push("rawtracereader_new" in this.exports ? "traces" : "main");
      }
    };
    await init();
    console.log(loaded.sort().join(" "));`);
  assert.equal(printed, "main traces");
});

test("init with a source does without the module of traces, which may be given another before, meanwhile or afterwards", () => {
  const without = join(project, "without-traces");
  cpSync(join(project, "node_modules", "twingate-memory", "dist"), without, { recursive: true });
  rmSync(join(without, "raw", "twingate_memory_trace_bg.wasm"));
  const after = (loading) => run(`
    import { readFileSync } from "node:fs";
    import init, { MemoryManager } from "./without-traces/index.js";
    import initTrace, { parseTrace } from "./without-traces/trace.js";
    const main = readFileSync(new URL(import.meta.resolve("twingate-memory/wasm")));
    const traces = readFileSync(new URL(import.meta.resolve("twingate-memory/trace/wasm")));
    try {
      ${loading}
      console.log(new MemoryManager(4).capacity, parseTrace("+24,+8,-0").peakBytes);
    } catch ({ code, message }) {
      console.log(code, message);
    }`);
  for (const loading of [
    "await init(main); await initTrace(traces);",
    "await initTrace(traces); await init(main);",
    "await Promise.all([init(main), initTrace(traces)]);",
    "await Promise.all([initTrace(traces), init(main)]);",
    "await Promise.all([init(), initTrace(traces)]);",
  ]) assert.equal(after(loading), "4 32", loading);
  const missing = /^(used )?ERR_MODULE_MISSING .*twingate_memory_trace_bg\.wasm \(ENOENT\): .* call the init of its entry /;
  assert.match(after("await init();"), missing);
  assert.match(after('await init(main); process.stdout.write("used ");'), missing);
});

test("importing does no work: before init everything is refused", () => {
  const printed = run(`
    import { MemoryManager } from "twingate-memory";
    import { SharedMemoryManager } from "twingate-memory/threads";
    const uses = [() => new MemoryManager(1), () => MemoryManager.load(new Uint8Array(9)),
      () => new SharedMemoryManager(1), () => SharedMemoryManager.load(new Uint8Array(9))];
    for (const use of uses) try { use(); } catch ({ code }) { console.log(code); }`);
  assert.equal(printed, Array(4).fill("ERR_NOT_INITIALIZED").join("\n"));
});

test("the tarball holds the package and neither page nor tests nor sources", () => {
  const installed = join(project, "node_modules", "twingate-memory");
  const allowed = ["CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT", "README.md", "dist", "package.json"];
  assert.deepEqual(readdirSync(installed).filter((name) => !allowed.includes(name)), []);
  const files = readdirSync(join(installed, "dist"), { recursive: true });
  assert.deepEqual(files.filter((name) => !/^(raw|threads|threads\/raw|THIRD-PARTY-NOTICES\.txt|.*\.(js|js\.map|d\.ts|wasm))$/.test(name) || /^page/.test(name)), []);
});

test("an uncaught error shows a short line, and a source map leads to where it comes from", () => {
  write(project, { "main.js": 'import { MemoryManager } from "twingate-memory"; new MemoryManager(9);' });
  const { stderr } = spawnSync(process.execPath, ["main.js"], { cwd: project, encoding: "utf8" });
  assert.match(stderr, /^Error: twingate-memory is not loaded yet/m);
  assert.deepEqual(stderr.split("\n").filter((line) => line.length > 250), []);
  const mapped = spawnSync(process.execPath, ["--enable-source-maps", "main.js"], { cwd: project, encoding: "utf8" });
  const sources = readFileSync(join(root, "src", "js", "load.js"), "utf8").split("\n");
  const [, line] = mapped.stderr.match(/twingate-memory\/src\/js\/load\.js:(\d+):\d+\)/);
  assert.match(sources[line - 1], /throw notLoaded|return errorFrom/);
});
