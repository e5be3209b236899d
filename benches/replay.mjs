// How fast the laboratory is, in Node and in Chromium: operations a second of each placement on the
// shipped recordings and on a trace of random operations, the search for the smallest capacity, and
// a player's jumps and pictures at 1,048,576 units. node benches/replay.mjs [node|chromium]
// Needs dist/: npm run build first. Chromium's times are by the clock: run it on an idle machine.
import { chromium } from "playwright-core";
import { findChrome } from "../scripts/browser.mjs";
import { serve } from "../scripts/serve.mjs";
import { randomTrace } from "./random-trace.mjs";

const OPERATIONS = 800_000;

const PLACEMENTS = ["lifo", "contiguous-first", "address-ordered", "first-fit", "next-fit", "best-fit",
  "worst-fit", "buddy", "tlsf"];

/** Runs where the entry is, so it knows nothing else of this file. */
async function measure({ parseTrace, Player, Replay, replay, smallestCapacity }, placements, texts, played) {
  const now = () => performance.now();
  const lines = [];
  let sum = 0;
  for (const [name, text] of Object.entries(texts)) {
    const trace = parseTrace(text);
    for (const placement of placements) {
      let begin = now();
      const capacity = smallestCapacity(trace, placement);
      const searching = now() - begin;
      let [runs, time] = [0, 0];
      begin = now();
      do {
        replay(trace, { capacity, placement });
        runs++;
        time = now() - begin;
      } while (time < 200);
      sum += searching + time / runs;
      const speed = (trace.operations * runs) / time / 1000;
      lines.push(`${name} ${placement}: ${speed.toFixed(2)} M operations/s; smallest ${capacity} in ${(searching / 1000).toFixed(2)} s`);
    }
  }
  lines.push(`all searches and one replay each: ${(sum / 1000).toFixed(1)} s`);
  const trace = parseTrace(played);
  for (const placement of ["tlsf", "best-fit"]) {
    const player = new Player(trace, { capacity: 2 ** 20, placement });
    player.seek(trace.operations);
    let worst = 0;
    for (let jump = 1; jump <= 50; jump++) {
      const begin = now();
      player.seek((jump * 15_485_863) % trace.operations);
      worst = Math.max(worst, now() - begin);
    }
    const begin = now();
    const view = { width: 1024, height: 1024, colours: Uint32Array.from({ length: 12 }, (_, at) => at) };
    for (let picture = 0; picture < 50; picture++) player.paint(view);
    lines.push(`player ${placement}: worst of 50 jumps ${worst.toFixed(1)} ms, a picture of 2^20 units ${((now() - begin) / 50).toFixed(2)} ms`);
  }
  return lines;
}

async function inNode(texts) {
  return measure(await import("../dist/trace.js"), PLACEMENTS, texts, played);
}

async function inChromium(texts) {
  const browser = await chromium.launch({ executablePath: findChrome(), args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage();
    await page.goto(await serve(0));
    return await page.evaluate(`import("/twingate-memory/trace.js").then(async (entry) => {
      await entry.default();
      return (${measure})(entry, ...${JSON.stringify([PLACEMENTS, texts, played])});
    })`);
  } finally {
    await browser.close();
  }
}

async function recording(file) {
  const { readFileSync } = await import("node:fs");
  const { gunzipSync } = await import("node:zlib");
  return gunzipSync(readFileSync(new URL(`../www/traces/${file}`, import.meta.url))).toString();
}

const texts = { sqlite: await recording("sqlite.rep.gz"), cc1: await recording("cc1.rep.gz"),
  git: await recording("git.valgrind.gz"), random: randomTrace(OPERATIONS, 10_000) };
// Nearly as many units as a picture of 1,024 by 1,024 has.
const played = randomTrace(OPERATIONS, 1_200);
const where = { node: inNode, chromium: inChromium };
for (const name of process.argv[2] ? [process.argv[2]] : Object.keys(where)) {
  console.log(`${name}\n${(await where[name](texts)).join("\n")}`);
}
process.exit();
