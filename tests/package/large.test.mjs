// A GiB of owned storage, in Node and in Chromium; and what is past the module.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { html, resultOfFolder } from "./chromium.mjs";
import { createProject, write } from "./project.mjs";

const project = createProject();

write(project, { "large.js": `
import init, { MemoryManager } from "twingate-memory";

export async function large() {
  await init();
  const memory = new MemoryManager(2 ** 30, { unit: "u8", placement: "first-fit" });
  const low = memory.alloc(2 ** 30 - 2 ** 16);
  const id = memory.alloc(2 ** 15);
  memory.writeFrom(id, 2 ** 15 - 3, Uint8Array.of(7, 8, 9));
  memory.free(low);
  const saved = memory.save();
  const view = memory.views(id)[0].subarray(-3);
  const values = [...view];
  memory.defragment();
  const [moved, ended] = [memory.address(id), view.length];
  memory.dispose();
  const loaded = MemoryManager.load(saved);
  const again = [loaded.capacity, loaded.address(id), ...loaded.read(id).subarray(-3)];
  loaded.dispose();
  const codes = [2 ** 32 - 1, 2 ** 32].map((capacity) => {
    try {
      return String(new MemoryManager(capacity, { unit: "u8" }).capacity);
    } catch (error) {
      return error.code;
    }
  });
  // What was refused has cost nothing.
  const text = new MemoryManager(2 ** 28);
  const character = text.alloc(2 ** 28);
  text.write(character, "é");
  return { values, moved, ended, savedMiB: saved.length >> 20, again, codes, text: text.read(character) };
}
` });

const expected = {
  values: [7, 8, 9], moved: 0, ended: 0, savedMiB: 3, again: [2 ** 30, 2 ** 30 - 2 ** 16, 7, 8, 9],
  codes: ["ERR_INVALID_CAPACITY", "ERR_INVALID_CAPACITY"], text: "é",
};

test("Node", () => {
  const script = 'import { large } from "./large.js"; console.log(JSON.stringify(await large()));';
  write(project, { "main.js": script });
  const printed = execFileSync(process.execPath, ["main.js"], { cwd: project, encoding: "utf8" });
  assert.deepEqual(JSON.parse(printed), expected);
});

test("Chromium", async () => {
  const imports = { "twingate-memory": "./node_modules/twingate-memory/dist/index.js" };
  const map = `<script type="importmap">${JSON.stringify({ imports })}</script>`;
  write(project, {
    "page.js": 'import { large } from "./large.js";\nglobalThis.result = large();\n',
    "index.html": html("./page.js", map),
  });
  assert.deepEqual(await resultOfFolder(project), expected);
});
