// Shows one recording through the session's manager: its buttons, its slider, its clock. Always: the
// manager shown is one that the player made as was chosen when the recording was opened, or a state of it
// that undoing brought back; when the session gets another, the recording is closed.
import { chart } from "./chart.js";
import { Replay } from "./replay.js";
import { chooseScale } from "./scale.js";
import { mostFragmented, survey } from "./survey.js";
import { count, plural, refusals } from "../page/words.js";

const SPEEDS = [1, 10, 100, 1_000, 10_000, 100_000];
const UNLIMITED = "unlimited";
const SECONDS_TO_PLAY = 15;
const SLICE = 10;

export class Player {
  #parts;
  #session;
  #chosen;
  #say;
  #open = null;
  #frame = 0;

  /**
   * @param {Record<string, HTMLElement>} parts @param {import("../manager/session.js").Session} session
   * @param {() => {placement: string, unit: string, autoDefragment: boolean}} chosen for the next recording
   */
  constructor(parts, session, chosen, say) {
    this.#parts = parts;
    this.#session = session;
    this.#chosen = chosen;
    this.#say = say;
    fillSpeeds(parts.speed);
    this.#listen();
  }

  /** Whether operations are running now, by playing or on the way to a position. */
  get running() {
    return this.#frame !== 0;
  }

  /** What is open. @returns {{trace: object, entry: object | null, chosen: object} | null} */
  get recording() {
    return this.#open;
  }

  /** The operation shown. */
  get position() {
    return this.#open?.replay.position ?? 0;
  }

  /**
   * Opens a recording as is chosen; the one that is open stays at its operation.
   * @param {object} trace of twingate-memory/trace @param {object | null} entry of the shipped list
   * @param {AbortSignal} signal ends the looking through that comes first
   * @param {number} [at] the operation to show
   */
  async load(trace, entry, signal, at) {
    const operations = trace.ops();
    const scale = chooseScale(operations, trace.blocks);
    const makeReplay = () => new Replay(operations, scale, trace.blocks);
    const chosen = this.#chosen();
    const makeManager = () => this.#session.make({ capacity: scale.capacity, ...chosen });
    const { samples, ...refused } = await survey(makeManager, makeReplay, signal);
    const position = at ?? (this.#open?.trace === trace ? this.position : 0);
    this.#close();
    const mark = chart(this.#parts.history, samples);
    this.#open = {
      open: true, trace, entry, scale, chosen, makeManager, makeReplay, mark, worst: mostFragmented(samples),
    };
    this.#rewind();
    this.#present(refused);
    if (position > 0) this.#goTo(Math.min(position, trace.operations));
  }

  /** Draws the player, after each change. @param {{stats: object}} state */
  draw({ stats }) {
    if (!this.#open) return;
    const { replay, mark, chosen } = this.#open;
    const { position, text, play, step, again } = this.#parts;
    const progress = `${count(replay.position)} of ${plural(replay.length, "operation")}`;
    text.textContent = [progress, refusals(replay)].filter(Boolean).join("; ");
    again.hidden = named(this.#chosen()) === named(chosen);
    again.textContent = `Play under ${named(this.#chosen())}`;
    position.value = replay.position;
    position.setAttribute("aria-valuetext", text.textContent);
    play.textContent = this.running ? "Pause" : "Play";
    step.disabled = replay.ended;
    mark(replay.position, stats);
  }

  /** Closes the recording when the session's manager is no longer of it. */
  follow() {
    if (this.#open && this.#open !== this.#session.owner) this.#close();
  }

  #listen() {
    const { play, step, worst, close, position } = this.#parts;
    play.addEventListener("click", () => (this.running ? this.#pause("Paused") : this.#play()));
    step.addEventListener("click", () => this.#goTo(this.#open.replay.position + 1));
    worst.addEventListener("click", () => this.#goTo(this.#open.worst.position));
    position.addEventListener("input", () => this.#goTo(Number(position.value)));
    close.addEventListener("click", () => {
      this.#session.settle();
      this.#close();
      this.#parts.home.focus();
      this.#session.refresh();
      this.#say("Closed the recording; the manager stays as it is.");
    });
  }

  #present(refused) {
    const { trace, entry, scale, replay, chosen } = this.#open;
    const { about, position, speed, play } = this.#parts;
    this.#show(true);
    about.textContent = describe(trace, entry, scale);
    const outlook = refusals(refused) || "none refused";
    position.max = replay.length;
    speed.value = SPEEDS.find((rate) => replay.length / rate <= SECONDS_TO_PLAY) ?? UNLIMITED;
    this.#say(`Loaded ${trace.name || "the recording"}: ${amount(trace)}; under ${named(chosen)} ${outlook}. Press Play.`);
    play.focus();
  }

  #rewind() {
    this.#open.replay = this.#open.makeReplay();
    this.#session.show(this.#open.makeManager(), this.#open, this.#open.chosen.autoDefragment);
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
    this.#session.refresh();
  }

  #advance(until) {
    const end = performance.now() + SLICE;
    this.#open.replay.run(this.#session.manager, until, () => performance.now() < end);
    this.#session.played();
  }

  #pause(why) {
    this.#stop();
    this.#session.refresh();
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
    if (this.#open) this.#open.open = false;
    this.#open = null;
    this.#show(false);
  }

  // The player takes the place of the chooser: one recording at a time.
  #show(on) {
    this.#parts.root.hidden = this.#parts.history.hidden = !on;
    this.#parts.chooser.hidden = on;
  }
}

const named = ({ placement, autoDefragment }) => (autoDefragment ? `${placement}, defragmenting` : placement);

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
