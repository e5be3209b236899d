// What must not be in a module, or in the scripts that go with it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { dist } from "../../scripts/paths.mjs";

const modules = ["raw/twingate_memory", "raw/twingate_memory_trace", "threads/raw/twingate_memory"];
const entries = ["index.js", "trace.js", "threads/index.js"];
const contentOf = (file) => readFileSync(join(dist, file), "utf8");

test("no module says where it was compiled", () => {
  for (const name of modules) {
    assert.doesNotMatch(readFileSync(join(dist, `${name}_bg.wasm`), "latin1"), /\.rs\b/, name);
  }
});

/** What the engine cannot leave again it ends the process for: see scripts/build.mjs. */
test("no function of a module returns a reference", () => {
  for (const entry of entries) assert.doesNotMatch(contentOf(entry), /externref/, entry);
});

test("an entry loads its module from one address, in one way", () => {
  for (const entry of entries) {
    assert.equal(contentOf(entry).match(/import\.meta\.url/g)?.length, 1, entry);
    assert.doesNotMatch(contentOf(entry), /\bfetch\(/, entry);
  }
  assert.doesNotMatch(contentOf("shared.js"), /import\.meta\.url/);
  assert.equal(contentOf("shared.js").match(/\bfetch\(/g).length, 1);
});
