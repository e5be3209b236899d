// Records the allocations of real programs under valgrind and writes them to www/traces, with
// index.json: `node scripts/record-traces.mjs`. Needed only to change the recordings, which are
// committed; the programs are Debian's, so that versions stay what index.json says.
// Each program runs in an empty folder with the same few environment variables, so that another
// run gives the same trace, up to what the program itself leaves to chance.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { root } from "./paths.mjs";
import { ask, main, say, SetupError } from "./progress.mjs";
import { anonymise, operations, summary, toRep } from "./record-traces.log.mjs";
import { programs } from "./record-traces.programs.mjs";

const folder = join(root, "www", "traces");
const packages = ["valgrind", "libc6-dev", ...programs.map((program) => program.package)].join(" ");
const options = ["--trace-malloc=yes", "--undef-value-errors=no"];

await main(() => {
  const recorder = `valgrind ${version("valgrind")} ${options.join(" ")}`;
  mkdirSync(folder, { recursive: true });
  const listed = programs.map((program) => {
    const entry = record(program, recorder);
    say(`✓ ${entry.file}: ${entry.operations} operations, ${entry.blocks} blocks`);
    return entry;
  });
  writeFileSync(join(folder, "index.json"), `${JSON.stringify(listed, null, 2)}\n`);
});

function record(program, recorder) {
  const { name, format, files = {}, prepare = [], env = {}, command } = program;
  const place = mkdtempSync(join(tmpdir(), "trace-"));
  try {
    for (const [file, text] of Object.entries(files)) writeFileSync(join(place, file), text);
    for (const step of prepare) run(step, place);
    run(["valgrind", ...options, "--log-file=log", ...command], place, env);
    const log = anonymise(readFileSync(join(place, "log"), "latin1"));
    const calls = operations(log);
    const effective = calls.filter((call) => call.kind !== "nothing");
    const text = format === "valgrind" ? log : toRep(effective);
    const file = `${name}.${format}.gz`;
    writeFileSync(join(folder, file), gzipSync(text, { level: 9 }));
    return {
      name, title: program.title, about: program.about, file, format,
      program: program.program, version: version(program.package), recorder,
      command: [...Object.entries(env).map((pair) => pair.join("=")), ...command.map(quoted)].join(" "),
      ...summary(format === "valgrind" ? calls : effective),
    };
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

function run([command, ...args], cwd, more = {}) {
  const env = { PATH: "/usr/bin:/bin", HOME: cwd, LC_ALL: "C", TZ: "UTC", GIT_CONFIG_NOSYSTEM: "1", ...more };
  const done = spawnSync(command, args, { cwd, env, encoding: "utf8", maxBuffer: 1 << 28 });
  if (done.status !== 0) throw new Error(`${command} ${args.join(" ")}\n${done.stderr}`);
  return done.stdout;
}

/** Debian's version of an installed package. */
function version(name) {
  const version = ask("dpkg-query", ["--show", "--showformat=${Version}", name]);
  if (version === null) throw new SetupError(`${name} is missing: run "apt-get install ${packages}" on Debian 12.`);
  return version.replace(/^\d+:/, "");
}

function quoted(word) {
  return /^[\w./:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
