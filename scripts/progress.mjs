// Long steps: what runs, for how long, and what it said when it failed.
// Everything here goes to stderr, so that stdout stays free for a command's result; a step's own
// output goes to a log file under target/logs. Failures reach people as sentences, not stack traces.
import { spawn, spawnSync } from "node:child_process";
import { createWriteStream, mkdirSync } from "node:fs";
import { join, relative } from "node:path";
import { logs, root } from "./paths.mjs";

const live = process.stderr.isTTY && !process.env.CI;
const tickEvery = live ? 100 : 30_000;
const tailLines = 40;
/** As package.json says for those who use the package. */
const OLDEST_NODE = "20.16";

/** Something is missing that this script cannot bring: the message names the command to run. */
export class SetupError extends Error {}

/** A command ended badly; `output` is all that it printed. */
export class CommandError extends Error {
  constructor(title, output, log) {
    const tail = output.trimEnd().split("\n").slice(-tailLines).join("\n");
    super(`${tail}\n${title}: failed; the whole output is in ${relative(root, log)}.`);
    this.output = output;
  }
}

/** Runs a command to its end and returns what it printed; throws a CommandError if it fails. */
export async function run(title, command, args, options) {
  const { ok, output, log } = await perform(title, command, args, options, "✗");
  if (!ok) throw new CommandError(title, output, log);
  return output;
}

/** Like run, for what may fail because there is another way; returns whether it worked. */
export async function attempt(title, command, args, options) {
  const { ok } = await perform(title, command, args, options, "– not possible here:");
  return ok;
}

/** A quick question to a command: its stdout, or null when it is missing or fails. */
export function ask(command, args, options = {}) {
  const { status, stdout } = spawnSync(command, args, { cwd: root, encoding: "utf8", ...options });
  return status === 0 ? stdout.trim() : null;
}

/** Runs a script's main function and turns its failure into a message and an exit code. */
export async function main(work) {
  const { node } = process.versions;
  if (node.localeCompare(OLDEST_NODE, "en", { numeric: true }) < 0) {
    fail(`Node ${node} is too old (${OLDEST_NODE} or later is needed): install it from https://nodejs.org.`);
  }
  try {
    await work();
  } catch (error) {
    const expected = error instanceof SetupError || error instanceof CommandError;
    fail(expected ? error.message : error.stack);
  }
}

export function say(text) {
  process.stderr.write(`${text}\n`);
}

function fail(message) {
  say(message);
  process.exit(1);
}

async function perform(title, command, args, { env = process.env, cwd = root } = {}, failureMark) {
  mkdirSync(logs, { recursive: true });
  const log = join(logs, `${title.toLowerCase().replace(/[^a-z0-9.]+/g, "-")}.log`);
  const meter = startMeter(title);
  const { code, output } = await collect(command, args, { env, cwd }, log, meter.note);
  meter.stop(code === 0 ? "✓" : failureMark);
  return { ok: code === 0, output, log };
}

async function collect(command, args, options, log, note) {
  const file = createWriteStream(log);
  let output = "";
  const keep = (text) => {
    output += text;
    file.write(text);
    note(text);
  };
  const code = await new Promise((resolve) => {
    const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", keep);
    child.on("error", (error) => {
      keep(`${error.message}\n`);
      resolve(127);
    });
    child.on("close", (code) => resolve(code ?? 1));
  });
  await new Promise((resolve) => file.end(resolve));
  return { code, output };
}

// On a terminal one line ticks; elsewhere a line at the start, at the end, and now and then between.
function startMeter(title) {
  const begin = Date.now();
  const elapsed = () => `${((Date.now() - begin) / 1000).toFixed(live ? 1 : 0)} s`;
  let last = "";
  const tick = () => {
    if (!live) return say(`  ${title}: ${elapsed()} so far`);
    const line = `  ${title} … ${elapsed()}  ${last}`;
    process.stderr.write(`\r\x1b[2K${line.slice(0, (process.stderr.columns || 80) - 1)}`);
  };
  if (!live) say(`  ${title} …`);
  const timer = setInterval(tick, tickEvery);
  return {
    note: (text) => {
      last = text.trim().split("\n").pop().replace(/[^\x20-\x7e]/g, "").trim() || last;
    },
    stop: (mark) => {
      clearInterval(timer);
      say(`${live ? "\r\x1b[2K" : ""}${mark} ${title} (${elapsed()})`);
    },
  };
}
