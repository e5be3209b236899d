// Plays one recording through the session's manager: its buttons and its clock. Always: the manager it
// plays on is the one it made; when the session gets another manager, the recording is closed.
import { History } from "./history.js";
import { Replay } from "./replay.js";
import { chooseScale } from "./scale.js";
import { count, plural } from "./words.js";

const SPEEDS = [1, 10, 100, 1_000, 10_000, 100_000];
const SECONDS_TO_PLAY = 12;
const FRAME_BUDGET = 8;

export class Player {
  #parts;
  #session;
  #say;
  #open = null;
  #frame = 0;

  /** @param {Record<string, HTMLElement>} parts @param {import("./session.js").Session} session */
  constructor(parts, session, say) {
    this.#parts = parts;
    this.#session = session;
    this.#say = say;
    fillSpeeds(parts.speed);
    this.#listen();
  }

  get playing() {
    return this.#frame !== 0;
  }

  /** @param {object} trace of twingate-memory/trace @param {object | null} entry of the shipped list */
  load(trace, entry) {
    const operations = trace.ops();
    const scale = chooseScale(operations, trace.blocks);
    this.#close();
    this.#open = { trace, scale, operations };
    this.#renew();
    this.#show(true);
    this.#parts.about.textContent = about(trace, entry, scale);
    this.#parts.speed.value = String(SPEEDS.find((speed) => operations.kind.length / speed <= SECONDS_TO_PLAY) ?? "all");
    this.#rewind();
    this.#say(`Loaded ${trace.name || "the recording"}: ${plural(trace.operations, "operation")} on ${plural(trace.blocks, "block")}. Press Play.`);
    this.#parts.play.focus();
  }

  /** Follows the session: drawn after each change. @param {{stats: object, snapshot: object}} state */
  draw(state) {
    if (!this.#open) return;
    const { replay, history } = this.#open;
    this.#parts.progress.max = Math.max(1, replay.length);
    this.#parts.progress.value = replay.position;
    const refused = replay.refused ? `, ${count(replay.refused)} refused` : "";
    this.#parts.text.textContent = `${count(replay.position)} of ${plural(replay.length, "operation")}${refused}`;
    this.#parts.play.textContent = this.playing ? "Pause" : "Play";
    this.#parts.play.disabled = this.#parts.step.disabled = replay.ended;
    history.add(replay.position, state);
  }

  /** Closes the recording when the session's manager is no longer the one that it plays on. */
  follow() {
    if (this.#open?.manager && this.#open.manager !== this.#session.manager) this.#close();
  }

  #listen() {
    const { play, step, restart, close } = this.#parts;
    play.addEventListener("click", () => (this.playing ? this.#pause("Paused") : this.#play()));
    step.addEventListener("click", () => this.#step());
    restart.addEventListener("click", () => this.#restart());
    close.addEventListener("click", () => {
      this.#close();
      this.#parts.home.focus();
      this.#session.touch();
      this.#say("Closed the recording; the manager stays as it is.");
    });
  }

  #rewind() {
    const { trace, operations, scale } = this.#open;
    this.#open.replay = new Replay(operations, scale, trace.blocks);
    this.#open.history = new History(this.#parts.history, operations.kind.length);
  }

  #restart() {
    this.#stop();
    this.#renew();
    this.#rewind();
    this.#say("Back at the start of the recording.");
  }

  #renew() {
    // Until it is known which manager is this recording's own, follow() must not close it.
    this.#open.manager = null;
    this.#session.perform({ do: "renew", capacity: this.#open.scale.capacity });
    this.#open.manager = this.#session.manager;
  }

  #step() {
    this.#stop();
    const { replay, manager } = this.#open;
    replay.run(manager, replay.position + 1);
    this.#session.touch();
    this.#say(`Operation ${count(replay.position)} of ${count(replay.length)} done.`);
  }

  #play() {
    this.#say(`Playing ${this.#open.trace.name || "the recording"}.`);
    let then = performance.now();
    let due = this.#open.replay.position;
    const frame = (now) => {
      this.#frame = requestAnimationFrame(frame);
      // A page that was in the background must not catch up for minutes.
      due = this.#advance(due, Math.min(now - then, 250));
      then = now;
    };
    this.#frame = requestAnimationFrame(frame);
    this.#session.touch();
  }

  #advance(due, elapsed) {
    const { replay, manager } = this.#open;
    const speed = Number(this.#parts.speed.value);
    const target = Number.isFinite(speed) ? due + (speed * elapsed) / 1000 : Infinity;
    const until = performance.now() + FRAME_BUDGET;
    replay.run(manager, Math.floor(target), () => performance.now() < until);
    if (replay.ended) this.#pause("Played to the end");
    else this.#session.touch();
    // Where the time did not suffice, go on from what was reached.
    return replay.position < Math.floor(target) ? replay.position : target;
  }

  #pause(why) {
    this.#stop();
    this.#session.touch();
    const { stats } = this.#session.state;
    const blocks = `${plural(stats.blockCount, "block")} in ${stats.extentsPerBlock.toFixed(2)} extents each on average`;
    const free = `${plural(stats.freeExtents, "free extent")}, the largest ${count(stats.largestFreeExtent)} of ${plural(stats.freeUnits, "free unit")}`;
    this.#say(`${why}: ${blocks}; ${free}.`);
  }

  #stop() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
  }

  #close() {
    this.#stop();
    this.#open = null;
    this.#show(false);
  }

  // The player takes the place of the chooser: one recording at a time.
  #show(on) {
    this.#parts.root.hidden = this.#parts.history.hidden = !on;
    this.#parts.chooser.hidden = on;
  }
}

function about(trace, entry, scale) {
  const source = entry ? `${entry.program} ${entry.version}, recorded from “${entry.command}”. ` : `${trace.name}, in the ${trace.format} form. `;
  const size = `${plural(trace.operations, "operation")} on ${plural(trace.blocks, "block")}, at most ${plural(trace.peakBytes, "byte")} live at once. `;
  const unit = scale.bytes === 1 ? "One unit stands for one byte" : `One unit stands for ${count(scale.bytes)} bytes, each request rounded up`;
  return `${source}${size}${unit}; ${plural(scale.capacity, "unit")} hold the peak and a tenth more. A resize plays as a free and an allocation.`;
}

function fillSpeeds(select) {
  const option = (text, value) => Object.assign(document.createElement("option"), { textContent: text, value });
  select.replaceChildren(...SPEEDS.map((speed) => option(count(speed), String(speed))), option("as many as can be", "all"));
}
