// The pool of examples/webgpu.js on Chromium's WebGPU, on the graphics card or in software: every block has its
// bytes, and the device refuses nothing.
import assert from "node:assert/strict";
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { html, resultOfFolder } from "./chromium.mjs";
import { createProject, write } from "./project.mjs";

const root = join(import.meta.dirname, "..", "..");
const project = createProject();
cpSync(join(root, "examples", "webgpu.js"), join(project, "webgpu.js"));
cpSync(join(root, "benches", "random.mjs"), join(project, "random.mjs"));

test("blocks in a WebGPU buffer keep their bytes while they are added, resized, removed and compacted", async (t) => {
  const imports = { "twingate-memory": "./node_modules/twingate-memory/dist/index.js" };
  write(project, {
    "page.js": `import init from "twingate-memory";
      import { GpuPool } from "./webgpu.js";
      import { Random } from "./random.mjs";
      ${run}
      globalThis.result = run(init, GpuPool, new Random(7));`,
    "index.html": html("./page.js", `<script type="importmap">${JSON.stringify({ imports })}</script>`),
  });
  const result = await resultOfFolder(project);
  if (result === null) return t.skip("no WebGPU adapter");
  assert.deepEqual(result, { wrong: [], error: null, compacted: true });
});

/** What the page does: whatever happens to them, blocks hold what was written last. */
async function run(init, GpuPool, random) {
  const adapter = await navigator.gpu?.requestAdapter();
  if (!adapter) return null;
  const [device] = await Promise.all([adapter.requestDevice(), init()]);
  device.pushErrorScope("validation");
  const bytes = 65_536;
  const pool = new GpuPool(device, bytes, GPUBufferUsage.VERTEX);
  const reader = device.createBuffer({ size: bytes, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ });
  const blocks = new Map();
  const wrong = [];
  const some = () => [...blocks.keys()][random.below(blocks.size)];
  const data = (length) => Uint32Array.from({ length }, () => random.next());

  function turn() {
    const kind = blocks.size === 0 ? 0 : random.below(5);
    if (kind <= 1) {
      const content = data(1 + random.below(400));
      blocks.set(pool.add(content, [4, 4, 16, 256][random.below(4)]), content);
    } else if (kind === 2) {
      const id = some();
      pool.remove(id);
      blocks.delete(id);
    } else if (kind === 3) {
      const [id, length] = [some(), 1 + random.below(400)];
      pool.resize(id, 4 * length);
      const content = blocks.get(id).slice(0, length);
      blocks.set(id, content);
      if (length > content.length) {
        const more = data(length - content.length);
        pool.write(id, more, 4 * content.length);
        blocks.set(id, Uint32Array.of(...content, ...more));
      }
    } else {
      pool.compact(4096);
    }
  }

  async function check(when) {
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(pool.buffer, 0, reader, 0, bytes);
    device.queue.submit([encoder.finish()]);
    await reader.mapAsync(GPUMapMode.READ);
    const held = reader.getMappedRange();
    for (const [id, content] of blocks) {
      const { offset, size } = pool.place(id);
      const now = new Uint32Array(held, offset, size / 4);
      if (now.length !== content.length || now.some((word, at) => word !== content[at])) wrong.push(`${when}: block ${id}`);
    }
    reader.unmap();
  }

  for (let operation = 0; operation < 2000 && wrong.length === 0; operation++) {
    try {
      turn();
    } catch (error) {
      if (!["ERR_OUT_OF_MEMORY", "ERR_FRAGMENTED"].includes(error.code)) throw error;
    }
    if (operation % 20 === 19) await check(`operation ${operation}`);
  }
  let calls = 0;
  while (!pool.compact(4096) && calls < 1000) calls++;
  await check("compacted");
  const error = await device.popErrorScope();
  return { wrong, error: error && error.message, compacted: calls < 1000 };
}
