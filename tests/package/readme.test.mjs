// Every JavaScript example of the README, and of the trace entry's declarations each that is a whole program, runs with
// the installed package, and prints what its comments say; the README's Rust example is the one that Rust's
// documentation tests.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { createProject, write } from "./project.mjs";

const project = createProject();
const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
const declared = readFileSync(new URL("../../src/js/trace.d.ts", import.meta.url), "utf8");
const examplesOf = (text) => [...text.matchAll(/^```js\n([^]*?)^```$/gm)].map(([, example]) => example);
const programs = examplesOf(declared.replaceAll(/^ \* /gm, "")).filter((example) => example.startsWith("import "));
const examples = [...examplesOf(readme), ...programs];

/** What the comments after the first console.log of each statement say is printed. */
function expected(example) {
  const lines = example.split("\n");
  const printing = lines.findIndex((line) => line.includes("console.log"));
  return lines.slice(printing).flatMap((line) => line.split("// ").slice(1)).map((line) => line.trim());
}

test("the README has examples, and so has the entry", () => assert.ok(examplesOf(readme).length >= 2 && programs.length >= 2));

for (const [place, example] of examples.entries()) {
  test(`example ${place + 1} prints what it says`, () => {
    write(project, { "example.js": example });
    const printed = execFileSync(process.execPath, ["example.js"], { cwd: project, encoding: "utf8" });
    assert.deepEqual(printed.trim().split("\n"), expected(example));
  });
}

test("the Rust example is that of the crate's documentation", () => {
  const crate = readFileSync(new URL("../../src/lib.rs", import.meta.url), "utf8");
  const [[, ours]] = readme.matchAll(/^```rust\n([^]*?)^```$/gm);
  const [[, tested]] = crate.matchAll(/^\/\/! ```\n([^]*?)^\/\/! ```$/gm);
  const shown = tested.split("\n").filter((line) => !line.startsWith("//! #"));
  assert.equal(ours, shown.map((line) => line.replace("//! ", "")).join("\n"));
});
