// The shipped declarations, as TypeScript resolves them for a bundler and for Node.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { readFileSync } from "node:fs";
import { createProject, write } from "./project.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const project = createProject();
const tsc = join(dirname(fileURLToPath(import.meta.resolve("typescript/package.json"))), "bin", "tsc");

write(project, { "consumer.ts": `
import init, { initSync, MemoryError, MemoryManager } from "twingate-memory";
import type { BlockId, DefragmentReport, Extent, ManagerOptions as MemoryManagerOptions, Snapshot, Stats, Unit } from "twingate-memory";
import initTrace, { CapacitySearch, parseTrace, Player, Replay, replay, smallestCapacity, TraceReader } from "twingate-memory/trace";
import type { ReplayReport, Trace } from "twingate-memory/trace";
import initThreads, { MemoryManager as ThreadsManager, SharedMemoryManager } from "twingate-memory/threads";
import type { SharedHandle } from "twingate-memory/threads";
import type { ErrorCode } from "twingate-memory";
import module from "twingate-memory/wasm";
import traceModule from "twingate-memory/trace/wasm";
import threadsModule from "twingate-memory/threads/wasm";

await initTrace(traceModule);
await initThreads(threadsModule);
await init(module);
const shared = await SharedMemoryManager.attach<"i16">(new SharedMemoryManager(8, { unit: "i16", patience: 100 }).share());
const short: number | undefined = shared.views(shared.alloc(1))[0][0];
console.log(short, shared.read(16).length);
await init(new URL("https://example.org/module.wasm"));
initSync(new Uint8Array());
const memory = new MemoryManager(16, { unit: "char", placement: "lifo" });
const id: BlockId = memory.alloc(3);
memory.write(id, "abc");
const extents: Extent[] = memory.extents(id);
memory.resize(id, 4);
memory.writeFrom(id, 0, new Uint32Array(2));
const count: number = memory.readInto(id, 1, new Uint32Array(2));
const views: Uint32Array[] = memory.views(id);
const text: string = memory.read(id);
const samples = new MemoryManager(8, { unit: "f32", storage: "owned" });
const [view] = samples.views(samples.alloc(4));
view.set([0.5, 1]);
const maybe: BlockId | undefined = samples.tryAlloc(1, { align: 1 });
const pinned: boolean = samples.isPinned(1);
const code0: ErrorCode = "ERR_WORKER_LOST";
// What the DOM takes: no shared memory.
new AudioBuffer({ length: 4, sampleRate: 44100 }).copyToChannel(view, 0);
console.log(new Blob([view]), await crypto.subtle.digest("SHA-256", view), maybe, pinned, code0);
const sharedView: Int16Array<SharedArrayBuffer> = shared.views(1)[0];
const threadsView: Uint8Array<SharedArrayBuffer> = new ThreadsManager(3, { unit: "u8" }).views(1)[0];
const loadedShared: SharedMemoryManager = SharedMemoryManager.load(shared.save(), { patience: 5 });
const handle: SharedHandle<"i16"> = shared.share();
const again: Int16Array = (await SharedMemoryManager.attach(handle)).read(1);
const posted: unknown = await SharedMemoryManager.attach(JSON.parse("0"));
declare const message: { data: any };
const ofMessage = await SharedMemoryManager.attach(message.data);
// @ts-expect-error of any unit, not of anything
const loose: number = ofMessage.read(1);
const namedShared: Float64Array = SharedMemoryManager.load<"f64">(shared.save(), { patience: undefined }).read(1);
const namedThreads: Float64Array = ThreadsManager.load<"f64">(shared.save()).read(1);
const named: Float32Array<ArrayBuffer> = MemoryManager.load<"f32">(memory.save()).views(1)[0];
console.log(again, posted, loose, namedShared, namedThreads, named);
class MineShared extends SharedMemoryManager<"u8"> { own = 1; }
console.log(MineShared.load(shared.save()).own);
// Undefined is as good as nothing.
const none: MemoryManager<"char"> = new MemoryManager(1, { unit: undefined, placement: undefined, storage: undefined, autoDefragment: undefined });
none.alloc(1, { align: undefined });
none.defragment({ order: undefined, maxMoves: undefined, maxUnits: undefined, maxMicros: undefined });
none.snapshot({ contents: undefined });
const numbers: (number | null)[] = samples.snapshot().contents;
const bigints: (bigint | null)[] = new MemoryManager(1, { unit: "u64" }).snapshot().contents;
const letters: (string | null)[] = none.snapshot().contents;
function count2(memory: MemoryManager<Unit, ArrayBufferLike>): number {
  return memory.snapshot().blocks.length;
}
console.log(numbers, bigints, letters, count2(shared), count2(samples));
const either: MemoryManager<"i16", ArrayBufferLike> = shared;
console.log(sharedView, threadsView, loadedShared, either);
// @ts-expect-error shared memory is nothing for a Blob
console.log(new Blob([sharedView]));
const half: number | undefined = samples.read(1).subarray(1)[0];
const any: MemoryManager = samples;
const read: string | ArrayBufferView = any.read(1);
const plain: string = new MemoryManager(6, { placement: "buddy" }).read(1);
const chosen: MemoryManagerOptions = { unit: "u16" };
const some: string | ArrayBufferView = new MemoryManager(6, chosen).read(1);
const live: BlockId[] = memory.ids();
class Mine extends MemoryManager<"u8"> {}
const mine: Mine = Mine.load(new Mine(3, { unit: "u8" }).save());
console.log(text, plain, some, live, half, read, mine.read(1).length, new Blob([memory.save()]));
const epoch: number = memory.viewsEpoch;
const saved: Uint8Array = memory.save();
const loaded: MemoryManager = MemoryManager.load(saved);
console.log(count, views, epoch, loaded);
const report: DefragmentReport = memory.defragment({ order: "allocation" });
const stats: Stats = memory.stats();
const snapshot: Snapshot = memory.snapshot();
const trace: Trace = parseTrace("", { format: "rep" });
const reader = new TraceReader(new Uint8Array(), { format: undefined, name: "parts" });
const whole: boolean = reader.run(65_536);
const share: number = reader.position / reader.length;
const partly: Trace | undefined = reader.trace;
console.log(whole, share, partly?.operations, reader.dispose());
const missed: number = trace.skipped + trace.inferred;
const capacity: number = smallestCapacity(trace, "tlsf");
const replayed: ReplayReport = replay(trace, { capacity, placement: "tlsf", autoDefragment: true });
const parts = new Replay(trace, { capacity, placement: "buddy", samples: 10 });
const player = new Player(trace, { capacity, placement: "tlsf" });
const pixels: Uint8ClampedArray = player.paint({ width: 8, height: 8, colours: [0, 1] });
console.log(new ImageData(player.paint({ width: 8, height: 8, colours: [0, 1] }), 8));
console.log(player.seek(3), player.why(), pixels.length, player.rows(0)[0]?.id, player.operation(0)?.kind);
const done: boolean = parts.run(1000) && new CapacitySearch(trace, "lifo").run(1000);
console.log(missed, replayed.searchSteps, parts.samples().position.length, done);
const code = (error: unknown): string => (error instanceof MemoryError ? error.code : "none");
console.log(extents, report.unitsMoved, stats.freeUnits, snapshot.blocks, trace.peakBytes, code);
// @ts-expect-error a size is a number
memory.alloc("3");
// @ts-expect-error text for numbers
samples.write(1, "abc");
// @ts-expect-error units of another type
samples.writeFrom(1, 0, new Uint8Array(2));
// @ts-expect-error no such placement
new MemoryManager(1, { placement: "random" });
memory.dispose();
` });

// What stands in fixed.d.ts is promised: what is shipped may say more, and must not say less.
write(project, { "fixed.d.ts": readFileSync(join(here, "fixed.d.ts"), "utf8"), "promised.ts": `
import type * as fixed from "./fixed.js";
import * as main from "twingate-memory";
import * as trace from "twingate-memory/trace";
import * as threads from "twingate-memory/threads";

export const init: typeof fixed.default = main.default;
export const initSync: typeof fixed.initSync = main.initSync;
export const MemoryManager: typeof fixed.MemoryManager = main.MemoryManager;
export const MemoryError: typeof fixed.MemoryError = main.MemoryError;
export const parseTrace: typeof fixed.parseTrace = trace.parseTrace;
export const replay: typeof fixed.replay = trace.replay;
export const smallestCapacity: typeof fixed.smallestCapacity = trace.smallestCapacity;
export const initThreads: typeof fixed.default = threads.default;
export const Manager: typeof fixed.MemoryManager = threads.MemoryManager;
export const SharedMemoryManager: typeof fixed.SharedMemoryManager = threads.SharedMemoryManager;
export const manager = (it: main.MemoryManager): fixed.MemoryManager => it;
export const bytes = (it: main.MemoryManager<"u8">): fixed.MemoryManager => it;
export const shared = (it: threads.SharedMemoryManager<"f32">): fixed.SharedMemoryManager => it;
export const error = (it: main.MemoryError): fixed.MemoryError => it;
export const snapshot = (it: main.Snapshot): fixed.Snapshot => it;
export const report = (it: main.DefragmentReport): fixed.DefragmentReport => it;
export const stats = (it: main.Stats): fixed.Stats => it;
export const explanation = (it: main.Explanation): fixed.Explanation => it;
export const replayed = (it: trace.ReplayReport): fixed.ReplayReport => it;
` });

// In a project that declares no classes of a page.
write(project, { "bare.ts": `
import init, { initSync, MemoryManager } from "twingate-memory";
import { parseTrace, replay } from "twingate-memory/trace";
import { SharedMemoryManager } from "twingate-memory/threads";
await init("https://example.org/module.wasm");
initSync(new Uint8Array());
export const id: number | undefined = new MemoryManager(6, { unit: "u8" }).tryAlloc(3, {});
export const { failures } = replay(parseTrace(""), { capacity: 3, placement: "tlsf" });
export const shared = await SharedMemoryManager.attach(new SharedMemoryManager(3).share());
` });

const projects = {
  "with the DOM": { lib: ["es2022", "dom"], files: ["consumer.ts", "promised.ts", "bare.ts"] },
  "without it": { lib: ["es2022"], files: ["bare.ts"] },
};
const resolutions = { bundler: { module: "esnext", moduleResolution: "bundler" }, nodenext: { module: "nodenext" } };

const strictest = { strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, isolatedModules: true };

for (const [resolution, options] of Object.entries(resolutions)) {
  for (const [name, { lib, files }] of Object.entries(projects)) {
    test(`TypeScript, ${resolution}, ${name}`, () => {
      const compilerOptions = { ...options, ...strictest, target: "es2022", lib, types: [], noEmit: true, skipLibCheck: false };
      write(project, { "tsconfig.json": JSON.stringify({ compilerOptions, files }) });
      const { stdout, status } = spawnSync(process.execPath, [tsc, "-p", project], { encoding: "utf8" });
      assert.equal(stdout, "");
      assert.equal(status, 0);
    });
  }
}
