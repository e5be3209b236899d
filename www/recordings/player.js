// Shows one recording through the session's manager: its buttons, its slider, its clock. Always: the
// manager shown is one that the player made as was chosen when the recording was opened, or a state of it
// that undoing brought back; when the session gets another, the recording is closed. What is pressed while a jump is under
// way counts from where that leads, as when it had arrived.
import { chart } from "./chart.js";
import { Replay } from "./replay.js";
import { chooseScale } from "./scale.js";
import { mostFragmented, survey } from "./survey.js";
import { isContiguous } from "../manager/placements.js";
import { Clock } from "../page/clock.js";
import { enable, show } from "../page/focus.js";
import { speedChoice } from "../page/speeds.js";
import { count, grouped, plural, refusals, remarks } from "../page/words.js";

const SPEEDS = [1, 10, 100, 1_000, 10_000, 100_000, Infinity];
/** Milliseconds of a frame that operations may take. */
const SLICE = 10;

export class Player {
  #parts;
  #session;
  #callbacks;
  #say;
  #open = null;
  #clock = new Clock();
  /** Where it is on its way to, and what comes then, unless it is played or rests.
   *  @type {{to: number, then: (() => void) | null} | null} */
  #jump = null;
  #speed;

  /**
   * @param {Record<string, HTMLElement>} parts @param {import("../manager/session.js").Session} session
   * @param {{chosen: () => {placement: string, unit: string, autoDefragment: boolean},
   *   before: (action: object, proceed: () => void) => void, asks: () => boolean, opened: () => void}} callbacks chosen:
   *   for the next recording; before: asked before a single operation; asks: whether that may take an answer; opened: a
   *   recording was
   */
  constructor(parts, session, callbacks, say) {
    this.#parts = parts;
    this.#session = session;
    this.#callbacks = callbacks;
    this.#say = say;
    this.#speed = speedChoice(parts.speed, SPEEDS);
    this.#listen();
  }

  /** Whether operations are running now, by playing or on the way to a position. */
  get running() {
    return this.#clock.running;
  }

  /** What is open, and how. @returns {{recording: import("./recordings.js").Recording, chosen: object} | null} */
  get opened() {
    return this.#open;
  }

  /** Where a shipped recording stands, if nothing else was done to its manager on the way there. */
  get place() {
    const place = this.#open && this.#session.place;
    if (!place || !this.#open.recording.entry) return null;
    const { recording: { entry: { name } }, chosen } = this.#open;
    return { name, position: this.#jump?.to ?? place.position, chosen };
  }

  /** The operation shown, or where a jump leads. */
  get position() {
    return this.#jump?.to ?? this.#open?.replay.position ?? 0;
  }

  /**
   * Opens a recording as is chosen; the one that is open stays at its operation.
   * @param {import("./recordings.js").Recording} recording
   * @param {AbortSignal} signal ends the looking through that comes first
   * @param {number} [at] the operation to show
   * @param {(share: number) => void} [progressed] how far the looking through is, from 0 to 1
   */
  async load(recording, signal, at, progressed = () => {}) {
    const { trace } = recording;
    const operations = trace.ops();
    const scale = chooseScale(operations, trace.blocks);
    const makeReplay = (from) => new Replay(operations, scale, trace.blocks, from);
    const chosen = this.#callbacks.chosen();
    const makeManager = () => this.#session.make({ capacity: scale.capacity, ...chosen });
    const { samples, checkpoints, ids, ...refused } = await survey(makeManager, makeReplay, signal, progressed);
    const position = at ?? (this.#open?.recording === recording ? this.position : 0);
    const manager = makeManager();
    this.#close();
    const mark = chart(this.#parts.history, samples, (picked) => this.#visit(picked));
    this.#open = {
      open: true, recording, scale, chosen, makeManager, makeReplay, checkpoints, ids, mark, worst: mostFragmented(samples),
      get place() { return this.astray ? null : { position: this.replay.position }; },
    };
    this.#begin(makeReplay(), manager);
    this.#present(refused);
    if (position > 0) this.#goTo(position);
  }

  /** Draws the player, after each change. @param {{stats: object}} state */
  draw({ stats }) {
    if (!this.#open) return;
    const { replay, mark, chosen } = this.#open;
    const at = this.position;
    const { position, text, play, step, back, again } = this.#parts;
    const progress = `${count(replay.position)} of ${plural(replay.length, "operation")}`;
    text.textContent = [progress, refusals(replay)].filter(Boolean).join("; ");
    const next = named(this.#callbacks.chosen());
    again.hidden = next === named(chosen);
    again.textContent = `Play under ${next}`;
    position.value = at;
    position.setAttribute("aria-valuetext", text.textContent);
    play.textContent = this.#plays ? "Pause" : "Play";
    enable([[step, at < replay.length], [back, at > 0]]);
    mark(replay.position, stats);
  }

  /** Closes the recording when the session's manager is no longer of it. */
  follow() {
    if (this.#open && this.#open !== this.#session.owner) this.#close();
  }

  #listen() {
    const { play, step, back, worst, close, position } = this.#parts;
    play.addEventListener("click", () => this.#toggle());
    step.addEventListener("click", () => this.#step());
    back.addEventListener("click", () => this.#visit(this.position - 1));
    worst.addEventListener("click", () => this.#visit(this.#open.worst.position));
    position.addEventListener("input", () => this.#visit(Number(position.value)));
    close.addEventListener("click", () => {
      this.#session.settle();
      this.#close();
      this.#parts.home.focus();
      this.#session.refresh();
      this.#say("Closed the recording. The manager stays as it is; Undo leads back to what was there before.");
    });
  }

  #present(refused) {
    const { recording: { trace, entry }, scale, replay, chosen } = this.#open;
    const { heading, about, position, play } = this.#parts;
    this.#show(true);
    heading.textContent = entry?.title ?? (trace.name || "A recording");
    about.textContent = describe(trace, entry, scale);
    const outlook = refusals(refused) || "no request refused";
    position.max = replay.length;
    this.#speed.propose(replay.length);
    this.#say(`Loaded ${trace.name || "the recording"}: ${amount(trace)}. Under ${named(chosen)}: ${outlook}. Press Play.`);
    play.focus({ preventScroll: true });
    this.#callbacks.opened();
  }

  // To the recording as it was before so many operations, or at the last checkpoint before.
  #rewind(position = 0) {
    const { checkpoints, ids, makeManager, makeReplay } = this.#open;
    const from = checkpoints.before(position);
    const replay = makeReplay(from && { ...from, ids });
    this.#begin(replay, from ? this.#session.load(from.bytes) : makeManager());
  }

  #begin(replay, manager) {
    Object.assign(this.#open, { replay, why: "", astray: false });
    this.#session.show(manager, this.#open);
  }

  /** Whether it is played, or will be once a jump has arrived. */
  get #plays() {
    return this.#jump ? this.#jump.then === this.#play : this.running;
  }

  #toggle() {
    if (!this.#jump) return this.#plays ? this.#pause("Paused.") : void this.#session.attempt(() => this.#play());
    this.#jump.then = this.#plays ? null : this.#play;
    this.#session.refresh();
  }

  // A question is about the state right before, so it waits until that is there.
  #step() {
    if (this.#jump && this.#callbacks.asks()) {
      this.#jump.then = this.#step;
    } else if (this.#jump) {
      this.#goTo(this.position + 1);
    } else {
      this.#halt();
      this.#session.refresh();
      this.#callbacks.before(this.#open.replay.next(this.#session.manager), () => this.#goTo(this.position + 1));
    }
  }

  #play() {
    if (this.#open.replay.ended) this.#rewind();
    this.#say(`Playing ${this.#open.recording.trace.name || "the recording"}.`);
    this.#run(this.#open.replay.length, this.#speed.now, "Played to the end.");
  }

  // Where that is refused, since there is no memory for it, the slider goes back.
  #visit(position) {
    if (!this.#session.attempt(() => this.#goTo(position))) this.#session.refresh();
  }

  // Also to where it is: what has since been done to the manager by hand is then undone.
  #goTo(position) {
    const { checkpoints, replay } = this.#open;
    const to = Math.min(Math.max(position, 0), replay.length);
    const nearer = (checkpoints.before(to)?.position ?? 0) > replay.position && !this.#session.byHand;
    if (to <= replay.position || nearer) this.#rewind(to);
    this.#jump = { to, then: null };
    this.#run(to, () => Infinity);
  }

  // As many operations as are due, or as there is time for, until the goal. What is said on arrival is why the last
  // operation went as it did, where nothing else is given.
  #run(goal, speed, arrived) {
    this.#clock.run({ from: this.#open.replay.position, to: goal, speed }, (due) => {
      // Where memory runs out, it stays at what was done.
      if (!this.#session.attempt(() => this.#advance(due, goal))) this.#rest();
      const { position } = this.#open.replay;
      if (position >= goal) this.#arrive(arrived);
      return position;
    });
    this.#session.refresh();
  }

  // The last operation by itself, so that its why can be asked for right before it.
  #advance(until, goal) {
    const { replay } = this.#open;
    const { manager } = this.#session;
    const end = performance.now() + SLICE;
    // What was done by hand stays when it goes on from there.
    if (this.#session.place?.position !== replay.position) this.#open.astray = true;
    replay.run(manager, Math.min(until, goal - 1), () => performance.now() < end);
    this.#session.played(until === goal && replay.position === goal - 1 ? this.#last(replay, manager) : []);
  }

  // Carries it out. @returns {object[]} the extents that it touched
  #last(replay, manager) {
    const action = replay.next(manager);
    this.#open.why = whyOf(action, manager);
    const freed = action.do === "free" ? this.#session.extentsOf(action.id) : [];
    const id = replay.step(manager);
    return action.do === "free" ? freed : this.#session.extentsOf(id);
  }

  #arrive(opening) {
    const then = this.#jump?.then;
    this.#pause(opening);
    then?.call(this);
  }

  #halt() {
    this.#clock.stop();
    this.#jump = null;
  }

  #rest() {
    this.#halt();
    this.#session.played([]);
  }

  #pause(opening) {
    this.#halt();
    this.#session.refresh();
    const { replay, why } = this.#open;
    const { stats, snapshot: { placement } } = this.#session.state;
    const facts = [blocksIn(stats, placement), freeIn(stats), refusals(replay)].filter(Boolean);
    const last = replay.position === 0 ? "Before the first operation." : `Operation ${count(replay.position)} ${why}`;
    this.#say(`${opening ?? last} Now: ${facts.join("; ")}.`);
  }

  #close() {
    this.#halt();
    if (this.#open) this.#open.open = false;
    this.#open = null;
    this.#show(false);
  }

  #show(on) {
    const { root, facts, picture } = this.#parts;
    for (const part of [root, facts]) show(part, on, picture);
  }
}

/** What the operation that comes next does, and why it goes where it goes, in the manager's words. */
function whyOf(action, manager) {
  switch (action.do) {
    case "alloc": return `allocates ${plural(action.size, "unit")}: ${grouped(manager.explain(action.size).reason)}`;
    case "resize": return `resizes block ${action.id} to ${plural(action.size, "unit")}.`;
    case "free": return `frees block ${action.id}.`;
    default: return "changes nothing: it was not about a live block.";
  }
}

const named = ({ placement, autoDefragment }) => (autoDefragment ? `${placement}, defragmenting` : placement);

function describe(trace, entry, scale) {
  const source = entry
    ? `${entry.about} ${entry.program} ${entry.version}, recorded from “${entry.command}”: `
    : `${trace.name}, in ${trace.format} format: `;
  const peak = `at most ${plural(trace.peakBytes, "byte")} live at once`;
  const unit = scale.bytes === 1
    ? "One unit stands for one byte"
    : `One unit stands for ${count(scale.bytes)} bytes, with each request rounded up`;
  return `${source}${amount(trace)}, ${peak}. ${unit}. The buffer has ${plural(scale.capacity, "unit")}: the peak and at least a tenth more.${remarks(trace)}`;
}

function amount(trace) {
  return `${plural(trace.operations, "operation")} on ${plural(trace.blocks, "block")}`;
}

// Where each block is one extent, that is not news; on a phone it costs a line.
function blocksIn({ blockCount, extentsPerBlock }, placement) {
  if (blockCount === 0) return "no blocks";
  const blocks = plural(blockCount, "block");
  return isContiguous(placement) ? blocks : `${blocks}, ${extentsPerBlock.toFixed(2)} extents each`;
}

function freeIn({ freeExtents, largestFreeExtent, freeUnits }) {
  if (freeUnits === 0) return "no free units";
  const all = plural(freeUnits, "free unit");
  return freeExtents === 1 ? `${all} in one extent` : `${all} in ${count(freeExtents)} extents, the largest of ${count(largestFreeExtent)}`;
}
