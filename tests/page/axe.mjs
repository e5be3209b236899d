// axe on a page as it stands. Always: by all its rules in light, and by those that look at colours in dark, each once the
// colours have ceased to change.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { settled } from "./harness.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Fails if axe finds anything in either scheme; the page is left in the dark. */
export async function axeFindsNothing(page) {
  await page.evaluate(axe);
  for (const [colorScheme, rules] of [["light", {}], ["dark", { runOnly: { type: "tag", values: ["cat.color"] } }]]) {
    await page.emulateMedia({ colorScheme });
    await settled(page);
    await page.evaluate(() => Promise.allSettled(document.getAnimations().map(({ finished }) => finished)));
    const { violations } = await page.evaluate((rules) => window.axe.run(document, { resultTypes: ["violations"], ...rules }), rules);
    assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`), [], colorScheme);
  }
}
