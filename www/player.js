// Shows one recording through the session's manager: its buttons, its slider, its clock. Always: the
// manager shown is one that the player made, under the placement chosen when the recording was opened;
// when the session gets another, the recording is closed.
import { chart } from "./chart.js";
import { Replay } from "./replay.js";
import { chooseScale } from "./scale.js";
import { mostFragmented, survey } from "./survey.js";
import { count, plural, refusals } from "./words.js";

const SPEEDS = [1, 10, 100, 1_000, 10_000, 100_000];
const UNLIMITED = "unlimited";
const SECONDS_TO_PLAY = 15;
const SLICE = 10;

export class Player {
  #parts;
  #session;
  #placement;
  #say;
  #open = null;
  #frame = 0;

  /**
   * @param {Record<string, HTMLElement>} parts @param {import("./session.js").Session} session
   * @param {() => string} placement the one chosen for the next recording
   */
  constructor(parts, session, placement, say) {
    this.#parts = parts;
    this.#session = session;
    this.#placement = placement;
    this.#say = say;
    fillSpeeds(parts.speed);
    this.#listen();
  }

  /** Whether operations are running now, by playing or on the way to a position. */
  get running() {
    return this.#frame !== 0;
  }

  /** What is open. @returns {{trace: object, entry: object | null}} */
  get recording() {
    return this.#open;
  }

  /**
   * Opens a recording under the placement chosen; the one that is open stays at its operation.
   * @param {object} trace of twingate-memory/trace @param {object | null} entry of the shipped list
   * @param {AbortSignal} signal ends the looking through that comes first
   */
  async load(trace, entry, signal) {
    const operations = trace.ops();
    const scale = chooseScale(operations, trace.blocks);
    const makeReplay = () => new Replay(operations, scale, trace.blocks);
    const placement = this.#placement();
    const makeManager = () => this.#session.make(scale.capacity, placement);
    const { samples, ...refused } = await survey(makeManager, makeReplay, signal);
    const position = this.#open?.trace === trace ? this.#open.replay.position : 0;
    this.#close();
    const mark = chart(this.#parts.history, samples);
    this.#open = { trace, entry, scale, placement, makeManager, makeReplay, mark, worst: mostFragmented(samples) };
    this.#rewind();
    this.#present(refused);
    if (position > 0) this.#goTo(position);
  }

  /** Draws the player, after each change. @param {{stats: object}} state */
  draw({ stats }) {
    if (!this.#open) return;
    const { replay, mark, placement } = this.#open;
    const { position, text, play, step, again } = this.#parts;
    const progress = `${count(replay.position)} of ${plural(replay.length, "operation")}`;
    text.textContent = [progress, refusals(replay)].filter(Boolean).join("; ");
    again.hidden = this.#placement() === placement;
    again.textContent = `Play under ${this.#placement()}`;
    position.value = replay.position;
    position.setAttribute("aria-valuetext", text.textContent);
    play.textContent = this.running ? "Pause" : "Play";
    step.disabled = replay.ended;
    mark(replay.position, stats);
  }

  /** Closes the recording when the session's manager is no longer the one that it made. */
  follow() {
    if (this.#open && this.#open.manager !== this.#session.manager) this.#close();
  }

  #listen() {
    const { play, step, worst, close, position } = this.#parts;
    play.addEventListener("click", () => (this.running ? this.#pause("Paused") : this.#play()));
    step.addEventListener("click", () => this.#goTo(this.#open.replay.position + 1));
    worst.addEventListener("click", () => this.#goTo(this.#open.worst.position));
    position.addEventListener("input", () => this.#goTo(Number(position.value)));
    close.addEventListener("click", () => {
      this.#close();
      this.#parts.home.focus();
      this.#session.touch();
      this.#say("Closed the recording; the manager stays as it is.");
    });
  }

  #present(refused) {
    const { trace, entry, scale, replay, placement } = this.#open;
    const { about, position, speed, play } = this.#parts;
    this.#show(true);
    about.textContent = describe(trace, entry, scale);
    const outlook = refusals(refused) || "none refused";
    position.max = replay.length;
    speed.value = SPEEDS.find((rate) => replay.length / rate <= SECONDS_TO_PLAY) ?? UNLIMITED;
    this.#say(`Loaded ${trace.name || "the recording"}: ${amount(trace)}; under ${placement} ${outlook}. Press Play.`);
    play.focus();
  }

  #rewind() {
    this.#open.replay = this.#open.makeReplay();
    this.#open.manager = this.#open.makeManager();
    this.#session.adopt(this.#open.manager);
  }

  #play() {
    if (this.#open.replay.ended) this.#rewind();
    this.#say(`Playing ${this.#open.trace.name || "the recording"}.`);
    const speed = () => Number(this.#parts.speed.value);
    this.#run(this.#open.replay.length, speed, "Played to the end");
  }

  // Also to where it is: what has since been done to the manager by hand is then undone.
  #goTo(position) {
    if (position <= this.#open.replay.position) this.#rewind();
    this.#run(position, () => Infinity, `At operation ${count(position)}`);
  }

  // One frame after the other, until the goal: as many operations as are due, or as there is time for.
  #run(goal, speed, arrived) {
    this.#stop();
    let then = performance.now();
    let due = this.#open.replay.position;
    const frame = (now) => {
      this.#frame = requestAnimationFrame(frame);
      // A page that was in the background must not catch up for minutes.
      due += (speed() || Infinity) * Math.min(Math.max(now - then, 1), 250) / 1000;
      then = now;
      this.#advance(Math.min(Math.floor(due), goal));
      const { position } = this.#open.replay;
      if (position >= goal) this.#pause(arrived);
      // Where the time did not suffice, go on from what was reached.
      else if (position < Math.floor(due)) due = position;
    };
    this.#frame = requestAnimationFrame(frame);
    this.#session.touch();
  }

  #advance(until) {
    const { replay, manager } = this.#open;
    const end = performance.now() + SLICE;
    replay.run(manager, until, () => performance.now() < end);
    this.#session.touch();
  }

  #pause(why) {
    this.#stop();
    this.#session.touch();
    const { stats } = this.#session.state;
    const facts = [blocksIn(stats), freeIn(stats), refusals(this.#open.replay)].filter(Boolean);
    this.#say(`${why}: ${facts.join("; ")}.`);
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

function describe(trace, entry, scale) {
  const source = entry
    ? `${entry.about} ${entry.program} ${entry.version}, recorded from “${entry.command}”: `
    : `${trace.name}, in the ${trace.format} form: `;
  const peak = `at most ${plural(trace.peakBytes, "byte")} live at once`;
  const unit = scale.bytes === 1
    ? "One unit stands for one byte"
    : `One unit stands for ${count(scale.bytes)} bytes, each request rounded up`;
  return `${source}${amount(trace)}, ${peak}. ${unit}; ${plural(scale.capacity, "unit")} hold the peak `
    + "and a tenth more. A resize plays as a free and an allocation.";
}

function amount(trace) {
  return `${plural(trace.operations, "operation")} on ${plural(trace.blocks, "block")}`;
}

function blocksIn({ blockCount, extentsPerBlock }) {
  if (blockCount === 0) return "no block";
  return `${plural(blockCount, "block")} in ${extentsPerBlock.toFixed(2)} extents each on average`;
}

function freeIn({ freeExtents, largestFreeExtent, freeUnits }) {
  return `${plural(freeExtents, "free extent")}, the largest ${count(largestFreeExtent)} of ${plural(freeUnits, "free unit")}`;
}

function fillSpeeds(select) {
  const option = (text, value) => Object.assign(document.createElement("option"), { textContent: text, value });
  select.replaceChildren(...SPEEDS.map((speed) => option(count(speed), speed)), option(UNLIMITED, UNLIMITED));
}
