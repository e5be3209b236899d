// What must not be in a module, or in the script that goes with it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { dist } from "../../scripts/paths.mjs";

const modules = ["raw/twingate_memory", "raw/twingate_memory_trace", "threads/raw/twingate_memory"];

test("no module says where it was compiled", () => {
  for (const name of modules) {
    assert.doesNotMatch(readFileSync(join(dist, `${name}_bg.wasm`), "latin1"), /\.rs\b/, name);
  }
});

/** What the engine cannot leave again it ends the process for: see scripts/build.mjs. */
test("no function of a module returns a reference", () => {
  for (const name of modules) {
    assert.doesNotMatch(readFileSync(join(dist, `${name}.js`), "utf8"), /externref/, name);
  }
});

test("a module is loaded from one address, which load.js knows", () => {
  for (const name of modules) {
    assert.doesNotMatch(readFileSync(join(dist, `${name}.js`), "utf8"), /import\.meta\.url|fetch\(/, name);
  }
});
