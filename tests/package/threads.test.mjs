// The entry for several workers, as installed: in Node's workers, and in Chromium's with the main
// thread of the page beside them.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import sirv from "sirv";
import * as vite from "vite";
import { html, resultOfUrl } from "./chromium.mjs";
import { createProject, write } from "./project.mjs";

const project = createProject();
const here = dirname(fileURLToPath(import.meta.url));
cpSync(join(here, "crew.js"), join(project, "crew.js"));

const seed = Date.now() % 1_000_000;
const TURNS = 3_000;
console.log(`seed ${seed}`);

/** Runs a module in the project, in a process of its own, and returns what it printed. */
function run(text, files = {}) {
  write(project, { ...files, "main.mjs": text });
  return execFileSync(process.execPath, ["main.mjs"], { cwd: project, encoding: "utf8", timeout: 120_000 }).trim();
}

/** What makes the memory of managers that are made from now on end near, and takes all of it. */
const scarce = `
const { Memory } = WebAssembly;
WebAssembly.Memory = class extends Memory {
  constructor(limits) {
    super({ ...limits, maximum: 160 });
  }
};
function fill(SharedMemoryManager) {
  const taken = [];
  for (let size = 160 * 65536; size >= 1;) {
    try { taken.push(new SharedMemoryManager(size, { unit: "u8" })); } catch { size = Math.floor(size / 2); }
  }
  return taken;
}`;

// ---------------------------------------------------------------- the crew

/** The leader of a crew; `spawn` starts a worker, which answers with what its promise gives. */
const leader = (spawn, entry) => `
import init, { SharedMemoryManager } from "${entry}";
import { MAILBOX, UNITS, audit, compact } from "./crew.js";
${spawn}
export async function lead(placement, seed, turns) {
  await init();
  const memory = new SharedMemoryManager(UNITS, { unit: "u32", placement });
  const mailbox = new Int32Array(new SharedArrayBuffer(4 * MAILBOX));
  let left = 4;
  const crew = Promise.all([1, 2, 3, 4].map(async (number) => {
    const result = await spawn({ handle: memory.share(), turns, mailbox, seed: seed * 10 + number });
    left--;
    return result;
  }));
  const [results, steps] = await Promise.all([crew, compact(memory, () => left === 0)]);
  const blocks = audit(memory, mailbox, results);
  memory.dispose();
  return blocks > 0 && steps > 0;
}
`;

const nodeFiles = {
  "lead.js": leader(`
import { Worker } from "node:worker_threads";
function spawn(data) {
  const worker = new Worker(new URL("./node-worker.js", import.meta.url), { workerData: data });
  return new Promise((resolve, reject) => worker.on("message", resolve).on("error", reject));
}`, "twingate-memory/threads"),
  "node-worker.js": `
import { parentPort, workerData } from "node:worker_threads";
import { SharedMemoryManager } from "twingate-memory/threads";
import { work } from "./crew.js";
const memory = await SharedMemoryManager.attach(workerData.handle);
parentPort.postMessage(work(memory, workerData));
memory.dispose();
`,
};

const PLACEMENTS = ["lifo", "contiguous-first", "address-ordered", "tlsf", "best-fit", "next-fit"];

for (const placement of PLACEMENTS) {
  test(`four workers of Node beside compaction, ${placement}`, () => {
    const printed = run(`import { lead } from "./lead.js";
      console.log(await lead("${placement}", ${seed}, ${TURNS}));`, nodeFiles);
    assert.equal(printed, "true");
  });
}

// ---------------------------------------------------------------- in a page

const pageWorker = (entry) => `
import { SharedMemoryManager } from "${entry}";
import { work } from "./crew.js";
onmessage = async ({ data }) => {
  const memory = await SharedMemoryManager.attach(data.handle);
  postMessage(work(memory, data));
  memory.dispose();
};
`;

const pageFiles = (entry) => ({
  "lead.js": leader(`
function spawn(data) {
  const worker = new Worker(new URL("./page-worker.js", import.meta.url), { type: "module" });
  worker.postMessage(data);
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => reject(new Error(event.message));
  });
}`, entry),
  "page-worker.js": pageWorker(entry),
  "main.js": `
import { lead } from "./lead.js";
globalThis.result = lead("tlsf", ${seed}, ${TURNS}).then((tlsf) => tlsf && lead("lifo", ${seed}, ${TURNS}));
`,
  "index.html": html("./main.js"),
});

const isolated = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

/** What a folder's page gives, served with some headers. */
async function resultOf(folder, headers) {
  const files = sirv(folder, { dev: true });
  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    files(request, response);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    return await resultOfUrl(`http://127.0.0.1:${server.address().port}/`);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

test("four workers of a page, its main thread compacting", async () => {
  write(project, pageFiles("./node_modules/twingate-memory/dist/threads/index.js"));
  assert.equal(await resultOf(project, isolated), true);
});

test("the same, built by Vite", async () => {
  write(project, pageFiles("twingate-memory/threads"));
  const outDir = join(project, "out-vite");
  await vite.build({
    root: project, configFile: false, logLevel: "error", build: { outDir, target: "es2022" }, worker: { format: "es" },
  });
  assert.equal(await resultOf(outDir, isolated), true);
});

test("a page that is not isolated is told so in one error", async () => {
  write(project, {
    "main.js": `
import init from "./node_modules/twingate-memory/dist/threads/index.js";
globalThis.result = init().then(() => "loaded", ({ code, message }) => [code, message]);`,
    "index.html": html("./main.js"),
  });
  const [code, message] = await resultOf(project, {});
  assert.equal(code, "ERR_NOT_ISOLATED");
  assert.match(message, /cross-origin isolated/);
});

test("where memory cannot be shared, whatever begins with it is refused", () => {
  const printed = run(`
    import init, { initSync, SharedMemoryManager } from "twingate-memory/threads";
    import { readFileSync } from "node:fs";
    const bytes = readFileSync(new URL(import.meta.resolve("twingate-memory/threads/wasm")));
    const codes = [];
    const { SharedArrayBuffer } = globalThis;
    const attempts = [() => init(), async () => initSync(bytes)];
    const refused = async () => {
      for (const attempt of attempts) codes.push(await attempt().then(() => "accepted", ({ code }) => code));
    };
    globalThis.crossOriginIsolated = false;
    await refused();
    globalThis.crossOriginIsolated = true;
    globalThis.SharedArrayBuffer = undefined;
    await refused();
    Object.assign(globalThis, { SharedArrayBuffer });
    await init();
    const handle = new SharedMemoryManager(7).share();
    attempts.splice(0, 2, () => SharedMemoryManager.attach(handle).then(({ capacity }) => { throw { code: capacity }; }));
    await refused();
    globalThis.crossOriginIsolated = false;
    await refused();
    console.log(codes.join(" "));`);
  const code = "ERR_NOT_ISOLATED";
  assert.equal(printed, [code, code, code, code, 7, code].join(" "));
});

test("where much address space cannot be had, less is asked for; where none can, that is said", () => {
  const printed = run(`
    import init, { SharedMemoryManager } from "twingate-memory/threads";
    const asked = [];
    const { Memory } = WebAssembly;
    let most = 0;
    WebAssembly.Memory = class extends Memory {
      constructor(limits) {
        asked.push(limits.maximum);
        if (limits.maximum > most) throw new RangeError("no more than " + most);
        super(limits);
      }
    };
    await init();
    try { new SharedMemoryManager(1); } catch ({ message }) { console.log(message); }
    most = 2 ** 14;
    console.log(new SharedMemoryManager(1).capacity, asked.join(" "));`);
  assert.equal(printed, "no more than 0\n1 65536 32768 16384 4096 65536 32768 16384");
});

// ---------------------------------------------------------------- coming and going

test("where fetching fails after the module was taken at once, it is loaded all the same", () => {
  const printed = run(`
    import { readFileSync } from "node:fs";
    import init, { initSync, SharedMemoryManager } from "twingate-memory/threads";
    const loading = init(new Promise((_, fail) => setImmediate(fail, new Error("no network"))));
    initSync(readFileSync(new URL(import.meta.resolve("twingate-memory/threads/wasm"))));
    console.log(new SharedMemoryManager(4).capacity, init() === loading, await loading);`);
  assert.equal(printed, "4 true undefined");
});

test("attaching: by the handle alone, after init, twice, to nobody, elsewhere, with nonsense", () => {
  const printed = run(`
    import { Worker } from "node:worker_threads";
    import init, { MemoryError, SharedMemoryManager } from "twingate-memory/threads";
    import { MemoryError as Same } from "twingate-memory";
    const codes = [MemoryError === Same];
    const code = (error) => codes.push(error.code);
    try { new SharedMemoryManager(6); } catch (error) { code(error); }
    await init();
    const memory = new SharedMemoryManager(6);
    const id = memory.alloc(2);
    memory.write(id, "ab");
    const again = await SharedMemoryManager.attach(memory.share());
    codes.push(again.read(id), again.capacity, again.usedUnits, String(again));
    await SharedMemoryManager.attach({}).catch(code);
    const handle = memory.share();
    const worker = new Worker(new URL("./visitor.mjs", import.meta.url), { workerData: handle });
    codes.push(await new Promise((resolve) => worker.on("message", resolve)));
    memory.dispose();
    codes.push(again.read(id));
    again.dispose();
    await SharedMemoryManager.attach(handle).catch(code);
    console.log(JSON.stringify(codes));`, {
    "visitor.mjs": `
    import { parentPort, workerData } from "node:worker_threads";
    import init, { SharedMemoryManager } from "twingate-memory/threads";
    await init();
    const own = new SharedMemoryManager(1);
    parentPort.postMessage(await SharedMemoryManager.attach(workerData).catch(({ code }) => code));`,
  });
  assert.deepEqual(JSON.parse(printed), [true, "ERR_NOT_INITIALIZED", "ab", 6, 2,
    "capacity 6, used 2, free 4, blocks 1\\na b - - - -".replace("\\\\n", "\\n").replace("\\n", "\n"),
    "ERR_INVALID_ARGUMENT", "ERR_OTHER_MEMORY", "ab", "ERR_DISPOSED"]);
});

test("a patience that is none is refused where a manager is made", () => {
  const printed = run(`
    import init, { SharedMemoryManager } from "twingate-memory/threads";
    await init();
    const codes = [];
    for (const options of [5, ...["5", null, NaN, 0, -1].map((patience) => ({ patience }))]) {
      try { new SharedMemoryManager(4, options); } catch ({ code }) { codes.push(code); }
    }
    console.log(codes.join(" "), new SharedMemoryManager(4, { patience: 0.5 }).capacity);`);
  assert.equal(printed, `${Array(6).fill("ERR_INVALID_ARGUMENT").join(" ")} 4`);
});

/** Seen where it leaves the package's scripts: by its effects it would take the wait to tell. */
test("the module is told whose patience counts, and that a worker may sleep", () => {
  const printed = run(`
    import init, { SharedMemoryManager } from "twingate-memory/threads";
    const told = [];
    const { Instance } = WebAssembly;
    WebAssembly.Instance = function (...args) {
      const { exports } = new Instance(...args);
      const setWaiting = (maySleep, patience) => {
        told.push(Boolean(maySleep), patience);
        exports.setWaiting(maySleep, patience);
      };
      const attach = (manager) => {
        told.push("attach");
        return exports.rawmanager_attach(manager);
      };
      return { exports: { ...exports, setWaiting, rawmanager_attach: attach } };
    };
    await init();
    // All others begin with what is the default again.
    const last = () => {
      const all = told.splice(0);
      return all.slice(all.includes("attach") ? -5 : -4).join(" ");
    };
    const memory = new SharedMemoryManager(4, { patience: 250 });
    console.log(last());
    new SharedMemoryManager(4);
    console.log(last());
    for (const options of [{ patience: 70 }, undefined]) {
      await SharedMemoryManager.attach(memory.share(), options);
      console.log(last());
      SharedMemoryManager.load(memory.save(), options);
      console.log(last());
    }
    try { SharedMemoryManager.load([], { patience: 30 }); } catch { console.log(last()); }`);
  const made = (patience) => `true ${patience} true 10000`;
  const attached = (patience) => `true ${patience} attach true 10000`;
  assert.equal(printed, [made(250), made(10000), attached(70), made(70), attached(10000), made(10000), made(30)].join("\n"));
});

test("a manager for whose handle there is no memory is not shared", () => {
  const printed = run(`
    import init, { SharedMemoryManager } from "twingate-memory/threads";
    ${scarce}
    await init();
    const memory = new SharedMemoryManager(10);
    const managers = Array.from({ length: 300 }, () => new SharedMemoryManager(64));
    const taken = fill(SharedMemoryManager);
    // What that leaves is less than a manager takes; records of blocks take the rest.
    for (const manager of managers) try { for (;;) manager.alloc(1); } catch {}
    const codes = new Set();
    for (const manager of managers) try { manager.share(); } catch ({ code }) { codes.add(code); }
    taken.forEach((manager) => manager.dispose());
    console.log(Array.from(codes).join(" "), typeof managers.at(-1).share().manager);`);
  assert.equal(printed, "ERR_OUT_OF_MEMORY number");
});

test("where nothing makes random IDs, a memory has one all the same", () => {
  for (const crypto of ["undefined", "{}"]) {
    const printed = run(`
      Object.defineProperty(globalThis, "crypto", { value: ${crypto} });
      const { default: init, SharedMemoryManager } = await import("twingate-memory/threads");
      await init();
      const memory = new SharedMemoryManager(4);
      console.log((await SharedMemoryManager.attach(memory.share())).capacity, memory.share().id.length > 10);`);
    assert.equal(printed, "4 true");
  }
});

test("an ID tells the part that its block was allocated in", () => {
  const printed = run(`
    import init, { SharedMemoryManager } from "twingate-memory/threads";
    await init();
    const first = new SharedMemoryManager(256, { placement: "first-fit" });
    const attach = () => SharedMemoryManager.attach(first.share());
    const partOf = (memory) => memory.alloc(1) % 16;
    const others = [];
    for (let count = 0; count < 17; count++) others.push(await attach());
    console.log([first, ...others].map(partOf).join());
    others[4].dispose();
    console.log(partOf(await attach()));
    const [free] = [0, 1].map(() => first.alloc(2));
    first.free(free);
    console.log(first.defragment({ order: "address", maxMoves: 1 }).done, [first, ...others.slice(0, 4)].map(partOf).join());
  `);
  assert.equal(printed, ["0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,0,1", "5", "false 0,0,0,0,0"].join("\n"));
});

test("a worker alone keeps the original's order", () => {
  const printed = run(`
    import init, { SharedMemoryManager } from "twingate-memory/threads";
    await init();
    const memory = new SharedMemoryManager(6);
    const [a, b, c] = [memory.alloc(2), memory.alloc(2), memory.alloc(2)];
    memory.write(b, "CD");
    memory.free(a);
    memory.free(c);
    memory.write(memory.alloc(3), "XYZ");
    console.log(String(memory).split("\\n")[1]);`);
  assert.equal(printed, "- Z C D Y X");
});

test("views of a pinned block are one memory for all, and saves are loaded", () => {
  const printed = run(`
    import init, { SharedMemoryManager } from "twingate-memory/threads";
    await init();
    const memory = new SharedMemoryManager(100, { unit: "i32", placement: "tlsf" });
    const other = await SharedMemoryManager.attach(memory.share());
    const id = other.alloc(4);
    const told = [];
    const refused = (action) => { try { action(); } catch ({ code }) { told.push(code); } };
    refused(() => memory.views(id));
    memory.pin(id);
    const [view] = memory.views(id);
    refused(() => other.free(id));
    Atomics.store(view, 1, 7);
    other.writeFrom(id, 2, new Int32Array([5]));
    told.push(other.read(id).length, other.read(id)[1], view[2]);
    memory.unpin(id);
    const loaded = SharedMemoryManager.load(memory.save());
    told.push(loaded instanceof SharedMemoryManager, loaded.read(id)[1]);
    other.free(id);
    console.log(JSON.stringify(told));`);
  assert.deepEqual(JSON.parse(printed), ["ERR_UNSUPPORTED", "ERR_PINNED", 4, 7, 5, true, 7]);
});

test("while nobody else has attached, views need no pin", () => {
  const printed = run(`
    import init, { MemoryManager, SharedMemoryManager } from "twingate-memory/threads";
    await init();
    const told = [];
    for (const Manager of [MemoryManager, SharedMemoryManager]) {
      const memory = new Manager(8, { unit: "u8" });
      const id = memory.alloc(3);
      memory.views(id)[0][2] = 7;
      told.push(...memory.read(id));
    }
    const memory = new SharedMemoryManager(8, { storage: "external" });
    const id = memory.alloc(3);
    await SharedMemoryManager.attach(memory.share());
    try { memory.views(id); } catch ({ code }) { told.push(code); }
    console.log(told.join(" "));`);
  assert.equal(printed, "0 0 7 0 0 7 ERR_NO_STORAGE");
});

test("what is refused is thrown, by every method: a block pinned elsewhere is not cleared away", () => {
  const printed = run(`
    import init, { SharedMemoryManager } from "twingate-memory/threads";
    await init();
    const memory = new SharedMemoryManager(64);
    const id = memory.alloc(4);
    const other = await SharedMemoryManager.attach(memory.share());
    other.pin(id);
    try { memory.clear(); } catch ({ code }) { console.log(code, memory.has(id), memory.usedUnits); }
    other.unpin(id);
    memory.clear();
    console.log(memory.has(id), memory.usedUnits);`);
  assert.equal(printed, "ERR_PINNED true 4\nfalse 0");
});

test("a block that this worker has not pinned may be unpinned, and nothing comes of it", () => {
  const printed = run(`
    import init, { SharedMemoryManager } from "twingate-memory/threads";
    await init();
    const memory = new SharedMemoryManager(64);
    const [id, pinned] = [memory.alloc(4), memory.alloc(4)];
    memory.unpin(id);
    const other = await SharedMemoryManager.attach(memory.share());
    other.pin(pinned);
    memory.unpin(pinned);
    console.log(memory.snapshot().blocks.map((block) => block.pinned).join(" "));`);
  assert.equal(printed, "false true");
});

test("what is no handle is refused, and leaves the gate open", () => {
  const printed = run(`
    import { Worker } from "node:worker_threads";
    import init, { SharedMemoryManager } from "twingate-memory/threads";
    await init();
    const memory = new SharedMemoryManager(10);
    const worker = new Worker(new URL("./stranger.mjs", import.meta.url), { workerData: memory.share() });
    console.log(await new Promise((resolve) => worker.on("message", resolve)));`, {
    "stranger.mjs": `
    import { parentPort, workerData } from "node:worker_threads";
    import { SharedMemoryManager } from "twingate-memory/threads";
    const empty = new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
    const small = { initial: 1, maximum: 2, shared: true };
    const memories = [{}, { buffer: new SharedArrayBuffer(2 ** 24) }, { initial: 64, maximum: 65536 }, small].map((memory) =>
      ({ ...workerData, memory: memory.initial ? new WebAssembly.Memory(memory) : memory }));
    const gates = [null, [0], new Int32Array(new SharedArrayBuffer(0))].map((gate) => ({ ...workerData, gate }));
    const wrong = [undefined, null, 5, {}, { kind: workerData.kind }, { ...workerData, kind: "twingate-memory" },
      { ...workerData, id: 5 }, { ...workerData, module: {} }, { ...workerData, module: empty }, ...gates, ...memories,
      ...["1", 1.5, 0, -1, 2 ** 32, 2 ** 32 + 1, 2n].map((manager) => ({ ...workerData, manager }))];
    const codes = [];
    for (const handle of wrong) await SharedMemoryManager.attach(handle).catch(({ code }) => codes.push(code));
    const options = [5, "patience", true, ...["5", null, NaN, 0, -1].map((patience) => ({ patience }))];
    for (const wrong of options) await SharedMemoryManager.attach(workerData, wrong).catch(({ code }) => codes.push(code));
    const all = codes.length === wrong.length + options.length && codes.every((code) => code === "ERR_INVALID_ARGUMENT");
    parentPort.postMessage(all ? (await SharedMemoryManager.attach(workerData)).capacity : codes.join(" "));`,
  });
  assert.equal(printed, "10");
});

/** Memory that is shared and grows has one more object for the same bytes: a view of before was not taken
 *  for a part of it. */
test("what is written from a view of the memory is what the view had, though the memory has grown since", () => {
  const printed = run(`
    import init, { SharedMemoryManager } from "twingate-memory/threads";
    await init();
    const memory = new SharedMemoryManager(64, { unit: "u8", placement: "address-ordered" });
    const [a, , b] = Array.from({ length: 8 }, () => memory.alloc(8));
    memory.free(a);
    memory.free(b);
    const id = memory.alloc(16);
    memory.pin(id);
    memory.write(id, Uint8Array.from({ length: 16 }, (_, place) => place + 1));
    const [view] = memory.views(id);
    new SharedMemoryManager(8_000_000, { unit: "f64" });
    memory.writeFrom(id, 4, view);
    console.log(memory.extents(id).length, memory.read(id).join(" "));`);
  assert.equal(printed, "2 1 2 3 4 1 2 3 4 5 6 7 8 13 14 15 16");
});

/** Seen where the module writes: what another worker writes meanwhile was overwritten with what was before. */
test("reading into shared memory writes the units that were read, and no others", () => {
  const printed = run(`
    import init, { SharedMemoryManager } from "twingate-memory/threads";
    const target = new Int16Array(new SharedArrayBuffer(20));
    const { Instance } = WebAssembly;
    WebAssembly.Instance = function (...args) {
      const { exports } = new Instance(...args);
      const readAt = (...given) => {
        target.fill(9); // as another worker might
        return exports.rawmanager_readAt(...given);
      };
      return { exports: { ...exports, rawmanager_readAt: readAt } };
    };
    await init();
    const memory = new SharedMemoryManager(100, { unit: "i16" });
    const id = memory.alloc(4);
    memory.write(id, [1, 2, 3, 4]);
    console.log(memory.readInto(id, 1, target), target.join(" "));`);
  assert.equal(printed, "3 2 3 4 9 9 9 9 9 9 9");
});

test("who has a block pinned is not collected, who has none is", () => {
  const printed = run(`
    import { setFlagsFromString } from "node:v8";
    import { runInNewContext } from "node:vm";
    import init, { SharedMemoryManager } from "twingate-memory/threads";
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc");
    await init();
    const memory = new SharedMemoryManager(100);
    const ids = Array.from({ length: 5 }, () => memory.alloc(10));
    const ends = [() => {}, (other) => other.unpin(ids[1]), (other) => other.free(ids[2]), (other) => other.dispose(),
      (other) => { other.pin(ids[0]); other.unpin(ids[0]); }];
    const alone = await (async () => {
      const other = await SharedMemoryManager.attach(memory.share());
      const id = other.alloc(1);
      other.pin(id);
      other.free(id);
      return new WeakRef(other);
    })();
    const seen = await Promise.all(ends.map(async (end, number) => {
      const other = await SharedMemoryManager.attach(memory.share());
      other.pin(ids[number]);
      end(other);
      return new WeakRef(other);
    }));
    seen.push(alone, (() => {
      const cleared = new SharedMemoryManager(10);
      cleared.pin(cleared.alloc(1));
      cleared.clear();
      return new WeakRef(cleared);
    })());
    for (let turn = 0; turn < 10; turn++) {
      await new Promise((resolve) => setTimeout(resolve));
      collect();
    }
    const { blocks } = memory.snapshot({ contents: false });
    console.log(seen.map((other) => other.deref() !== undefined).join(" "), blocks.map(({ pinned }) => pinned).join(" "));`);
  assert.equal(printed, "true false false false true false false true false false true");
});

test("attaching where there is hardly any memory is refused, or done", () => {
  const printed = run(`
    import init, { SharedMemoryManager } from "twingate-memory/threads";
    ${scarce}
    await init();
    const memory = new SharedMemoryManager(20_000, { unit: "u8" });
    const ids = Array.from({ length: 20_000 }, () => memory.alloc(1));
    // From then on a pin needs next to nothing.
    for (const id of ids) memory.pin(id);
    for (const id of ids) memory.unpin(id);
    const handle = memory.share();
    const taken = fill(SharedMemoryManager);
    const pinned = [];
    const told = new Set();
    try { for (const id of ids) { memory.pin(id); pinned.push(id); } } catch ({ code }) { told.add(code); }
    for (const id of pinned) {
      const error = await SharedMemoryManager.attach(handle).catch((error) => error);
      if (error instanceof SharedMemoryManager) break;
      if (error.code === undefined) throw error;
      told.add(error.code);
      memory.unpin(id);
    }
    taken.forEach((manager) => manager.dispose());
    console.log(Array.from(told).join(" "), (await SharedMemoryManager.attach(handle)).usedUnits);`);
  assert.equal(printed, "ERR_OUT_OF_MEMORY 20000");
});

/** What one of them asks for first, to be sure of it, another may take in between. */
test("workers that make managers where memory ends are refused or served, and none traps", () => {
  const printed = run(`
    import { Worker } from "node:worker_threads";
    import init, { SharedMemoryManager } from "twingate-memory/threads";
    import { struggle } from "./struggle.mjs";
    ${scarce}
    await init();
    const memory = new SharedMemoryManager(10);
    const workers = [1, 2, 3].map((seed) =>
      new Worker(new URL("./struggler.mjs", import.meta.url), { workerData: { handle: memory.share(), seed } }));
    const next = (worker) => new Promise((resolve) => worker.once("message", resolve));
    await Promise.all(workers.map(next));
    const taken = fill(SharedMemoryManager);
    taken.slice(-3).forEach((manager) => manager.dispose());
    for (const worker of workers) worker.postMessage("begin");
    const told = [struggle(SharedMemoryManager, 4), ...await Promise.all(workers.map(next))];
    console.log(told.join("\\n"));`, {
    "struggle.mjs": `
    export function struggle(SharedMemoryManager, seed) {
      let state = seed;
      const random = (bound) => ((state = Math.imul(state, 1_664_525) + 1_013_904_223) >>> 8) % bound;
      const mine = [];
      const some = () => mine[random(mine.length)];
      const actions = [
        () => mine.push(new SharedMemoryManager(1 + random(3_000), { unit: "u8" })),
        () => mine.splice(random(mine.length), 1)[0]?.dispose(),
        () => { for (let block = 0; block < 50; block++) some()?.alloc(1 + random(10)); },
        () => some()?.snapshot(),
      ];
      const codes = new Set();
      for (let turn = 0; turn < 20_000; turn++) {
        try {
          actions[[0, 0, 0, 0, 1, 1, 2, 3][random(8)]]();
        } catch (error) {
          if (error.code === undefined) return error.stack;
          codes.add(error.code);
          if (random(4) === 0) mine.splice(0, 5).forEach((manager) => manager.dispose());
        }
      }
      mine.forEach((manager) => manager.dispose());
      return Array.from(codes).sort().join(" ");
    }`,
    "struggler.mjs": `
    import { parentPort, workerData } from "node:worker_threads";
    import { SharedMemoryManager } from "twingate-memory/threads";
    import { struggle } from "./struggle.mjs";
    const memory = await SharedMemoryManager.attach(workerData.handle);
    parentPort.once("message", () => parentPort.postMessage(struggle(SharedMemoryManager, workerData.seed)));
    parentPort.postMessage("ready");`,
  });
  for (const codes of printed.split("\n")) assert.match(codes, /^(ERR_\w+ ?)+$/);
  assert.equal(printed.split("\n").length, 4);
});

test("a worker for whose stack there is no memory is told so", () => {
  const printed = run(`
    import { Worker } from "node:worker_threads";
    import init, { SharedMemoryManager } from "twingate-memory/threads";
    ${scarce}
    await init();
    const memory = new SharedMemoryManager(10);
    // So that its records have room for a block when nothing else has.
    memory.free(memory.alloc(3));
    const handle = memory.share();
    fill(SharedMemoryManager);
    for (let turn = 0; turn < 2; turn++) {
      const worker = new Worker(new URL("./late.mjs", import.meta.url), { workerData: handle });
      console.log(await new Promise((resolve) => worker.on("message", resolve)));
    }
    console.log(memory.size(memory.alloc(3)));`, {
    "late.mjs": `
    import { parentPort, workerData } from "node:worker_threads";
    import { SharedMemoryManager } from "twingate-memory/threads";
    const attached = SharedMemoryManager.attach(workerData, { patience: 50 });
    const codes = [await attached.then(() => "attached", ({ code }) => String(code))];
    // Its module is half set up.
    try { codes.push(new SharedMemoryManager(4).capacity); } catch ({ code }) { codes.push(code); }
    parentPort.postMessage(codes.join(" "));`,
  });
  assert.equal(printed, "ERR_OUT_OF_MEMORY ERR_OUT_OF_MEMORY\nERR_WORKER_LOST ERR_NOT_INITIALIZED\n3");
});

/** Terminated wherever it happens to be: either nobody notices, or everybody is told. */
test("nobody hangs when workers are terminated amid their work", () => {
  const printed = run(`
    import { Worker } from "node:worker_threads";
    import init, { SharedMemoryManager } from "twingate-memory/threads";
    await init();
    const told = [];
    for (let turn = 0; turn < 10; turn++) {
      const memory = new SharedMemoryManager(1000, { patience: 50 });
      const mine = memory.alloc(10);
      memory.write(mine, "mine");
      const worker = new Worker(new URL("./victim.mjs", import.meta.url), { workerData: memory.share() });
      await new Promise((resolve) => worker.on("message", resolve));
      await worker.terminate();
      try {
        // Whoever dies while it takes every part has them all.
        if (memory.read(mine) !== "mine") told.push("data lost");
        memory.free(memory.alloc(700));
        memory.defragment({ maxMoves: 4 });
        memory.stats();
        told.push("fine");
      } catch (error) {
        told.push(error.code);
      }
      memory.dispose();
    }
    console.log(JSON.stringify(told));`, {
    "victim.mjs": `
    import { parentPort, workerData } from "node:worker_threads";
    import { SharedMemoryManager } from "twingate-memory/threads";
    const memory = await SharedMemoryManager.attach(workerData);
    parentPort.postMessage("begun");
    for (;;) memory.free(memory.alloc(20));`,
  });
  const told = JSON.parse(printed);
  assert.equal(told.length, 10, printed);
  for (const answer of told) assert.match(answer, /^(fine|ERR_WORKER_LOST)$/);
});

/** Terminated while it makes and ends managers of its own, most of which is allocating. */
test("a worker terminated inside the module's allocator is not noticed", () => {
  const printed = run(`
    import { Worker } from "node:worker_threads";
    import init, { SharedMemoryManager } from "twingate-memory/threads";
    await init();
    const memory = new SharedMemoryManager(100_000, { patience: 50 });
    const mine = memory.alloc(10);
    memory.write(mine, "mine");
    for (let turn = 0; turn < 30; turn++) {
      const worker = new Worker(new URL("./maker.mjs", import.meta.url), { workerData: memory.share() });
      await new Promise((resolve) => worker.on("message", resolve));
      await worker.terminate();
      const other = new SharedMemoryManager(1000);
      const blocks = Array.from({ length: 100 }, () => other.alloc(10));
      blocks.forEach((id) => other.free(id));
      other.dispose();
      if (memory.read(mine) !== "mine") throw new Error("data lost");
      memory.free(memory.alloc(50_000));
    }
    console.log(memory.stats().blockCount);`, {
    "maker.mjs": `
    import { parentPort, workerData } from "node:worker_threads";
    import { SharedMemoryManager } from "twingate-memory/threads";
    await SharedMemoryManager.attach(workerData);
    parentPort.postMessage("begun");
    for (;;) new SharedMemoryManager(10).dispose();`,
  });
  assert.equal(printed, "1");
});

test("managers are made by one worker, used by all and ended by another", () => {
  const printed = run(`
    import { Worker } from "node:worker_threads";
    import init, { SharedMemoryManager } from "twingate-memory/threads";
    await init();
    const memory = new SharedMemoryManager(1);
    const crew = [1, 2, 3, 4].map(() => new Worker(new URL("./relay.mjs", import.meta.url), { workerData: memory.share() }));
    const ready = crew.map((worker) => new Promise((resolve) => worker.once("message", resolve)));
    await Promise.all(ready);
    const sums = crew.map((worker, number) => new Promise((resolve, reject) => {
      worker.on("error", reject);
      worker.on("message", (message) => {
        const { sum, attached } = message;
        if (sum !== undefined) resolve(sum);
        else crew[(number + (attached === undefined ? 1 : 3)) % 4].postMessage(message);
      });
    }));
    for (const worker of crew) worker.postMessage("begin");
    console.log((await Promise.all(sums)).join(" "));
    for (const worker of crew) await worker.terminate();`, {
    "relay.mjs": `
    import { parentPort, workerData } from "node:worker_threads";
    import { SharedMemoryManager } from "twingate-memory/threads";
    await SharedMemoryManager.attach(workerData);
    const TURNS = 300;
    const made = new Map();
    let sum = 0;
    parentPort.on("message", async (message) => {
      if (message === "begin") {
        for (let turn = 0; turn < TURNS; turn++) {
          const memory = new SharedMemoryManager(2_000 + turn, { unit: "u32" });
          const ids = Array.from({ length: 20 }, (_, n) => memory.alloc(10 + n));
          for (const id of ids) memory.write(id, [turn]);
          parentPort.postMessage({ handle: memory.share(), ids, turn });
          made.set(turn, memory);
        }
        return;
      }
      if (message.attached !== undefined) return made.get(message.attached).dispose();
      const { handle, ids, turn } = message;
      const memory = await SharedMemoryManager.attach(handle);
      parentPort.postMessage({ attached: turn });
      for (const id of ids) sum += memory.read(id)[0] === turn ? 1 : NaN;
      for (const id of ids.slice(0, 10)) memory.free(id);
      memory.dispose();
      if (turn === TURNS - 1) parentPort.postMessage({ sum });
    });
    parentPort.postMessage("ready");`,
  });
  assert.equal(printed, "6000 6000 6000 6000");
});

test("nobody hangs at the gate of a memory where a worker was terminated while it attached", () => {
  const printed = run(`
    import { Worker } from "node:worker_threads";
    import init, { SharedMemoryManager } from "twingate-memory/threads";
    await init();
    const memory = new SharedMemoryManager(10);
    const handle = memory.share();
    Atomics.store(handle.gate, 0, 1); // as whoever is inside leaves it
    const worker = new Worker(new URL("./comer.mjs", import.meta.url), { workerData: handle });
    const code = await new Promise((resolve) => worker.on("message", resolve));
    console.log(code, memory.size(memory.alloc(10)));`, {
    "comer.mjs": `
    import { parentPort, workerData } from "node:worker_threads";
    import { SharedMemoryManager } from "twingate-memory/threads";
    const attached = SharedMemoryManager.attach(workerData, { patience: 50 });
    parentPort.postMessage(await attached.catch(({ code }) => code));`,
  });
  assert.equal(printed, "ERR_WORKER_LOST 10");
});

test("whoever comes waits at the gate until the one inside is out", () => {
  const printed = run(`
    import { Worker } from "node:worker_threads";
    import init, { SharedMemoryManager } from "twingate-memory/threads";
    await init();
    const handle = new SharedMemoryManager(10).share();
    Atomics.store(handle.gate, 0, 1); // as whoever is inside has it
    const worker = new Worker(new URL("./comer.mjs", import.meta.url), { workerData: handle });
    let answered = false;
    const answer = new Promise((resolve) => worker.on("message", resolve)).finally(() => (answered = true));
    // It is counted while it sleeps there.
    while (Atomics.notify(handle.gate, 0) === 0 && !answered) await new Promise(setImmediate);
    Atomics.store(handle.gate, 0, 0);
    console.log(await answer, Atomics.load(handle.gate, 0));`, {
    "comer.mjs": `
    import { parentPort, workerData } from "node:worker_threads";
    import { SharedMemoryManager } from "twingate-memory/threads";
    const attached = SharedMemoryManager.attach(workerData);
    parentPort.postMessage(await attached.then(({ capacity }) => capacity, ({ code }) => code));`,
  });
  assert.equal(printed, "10 0");
});

/** By a clock on which a second is over at each look. */
test("patience at the gate is counted from when the one inside came, and is not spent on a gate that is shut", () => {
  const printed = run(`
    import { Worker } from "node:worker_threads";
    import init, { SharedMemoryManager } from "twingate-memory/threads";
    await init();
    const handle = new SharedMemoryManager(10).share();
    const looks = [];
    for (const [inside, next] of [[1, 1], [1, 2], [-1, -1]]) {
      Atomics.store(handle.gate, 0, inside);
      const worker = new Worker(new URL("./patient.mjs", import.meta.url), { workerData: { handle, next } });
      looks.push(await new Promise((resolve) => worker.on("message", resolve)), Atomics.load(handle.gate, 0));
    }
    console.log(looks.join(", "));`, {
    "patient.mjs": `
    import { parentPort, workerData } from "node:worker_threads";
    const { handle, next } = workerData;
    let looks = 0;
    Object.defineProperty(globalThis, "performance", { value: { now: () => {
      if (++looks === 4) Atomics.store(handle.gate, 0, next); // another one is inside from now on
      return 1_000_000 + 1_000 * looks;
    } } });
    const { SharedMemoryManager } = await import("twingate-memory/threads");
    const code = await SharedMemoryManager.attach(handle, { patience: 5_000 }).catch(({ code }) => code);
    parentPort.postMessage(code + " after " + looks);`,
  });
  const after = (looks, gate) => `ERR_WORKER_LOST after ${looks}, ${gate}`;
  assert.equal(printed, [after(7, 1), after(11, 2), after(1, -1)].join(", "));
});

test("the gate is shut while one comes in, and stays shut where that fails", () => {
  const printed = run(`
    import { Worker } from "node:worker_threads";
    import init, { SharedMemoryManager } from "twingate-memory/threads";
    await init();
    const handle = new SharedMemoryManager(10).share();
    for (const failing of [false, true, false]) {
      const worker = new Worker(new URL("./comer.mjs", import.meta.url), { workerData: { handle, failing } });
      console.log(await new Promise((resolve) => worker.on("message", resolve)), Atomics.load(handle.gate, 0));
    }`, {
    "comer.mjs": `
    import { parentPort, workerData } from "node:worker_threads";
    import { SharedMemoryManager } from "twingate-memory/threads";
    const { handle, failing } = workerData;
    const { Instance } = WebAssembly;
    Math.random = () => 1 - 2 ** -53; // the most that it gives
    let inside;
    WebAssembly.Instance = function (...args) {
      inside = Atomics.load(handle.gate, 0) > 0;
      if (failing) throw new Error("no instance");
      return new Instance(...args);
    };
    const attached = SharedMemoryManager.attach(handle);
    const told = await attached.then(({ capacity }) => capacity, ({ code, message }) => code ? code + ": " + message : message);
    parentPort.postMessage(inside + " " + told);`,
  });
  const [entered, failed, refused] = printed.split("\n");
  assert.deepEqual([entered, failed], ["true 10 0", "true no instance -1"]);
  // It may have failed for want of memory, and did not here.
  assert.match(refused, /^undefined ERR_WORKER_LOST: another worker failed to attach, perhaps .* -1$/);
});
