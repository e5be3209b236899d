// Up to four placements side by side on one recording, at one operation, with one part of the buffer in
// sight. Always: all of them stand at the operation that the slider says, and so does what is said of a unit; a
// drawing is due once a frame; until all are prepared, nothing is shown of any, and nothing can be played; what was
// guessed stays marked until another operation is shown.
import { Asking } from "./asking.js";
import { legend } from "./legend.js";
import { lookOf } from "./look.js";
import { Panels } from "./panels.js";
import { COLOURINGS } from "./shades.js";
import { drawTwin } from "./twin.js";
import { Viewport } from "./viewport.js";
import { calmInterval } from "../page/calm.js";
import { Clock } from "../page/clock.js";
import { enable } from "../page/focus.js";
import { mark } from "../page/marking.js";
import { numberIn } from "../page/numbers.js";
import { refresher } from "../page/refresh.js";
import { bringIntoSight } from "../page/sight.js";
import { speedChoice } from "../page/speeds.js";
import { theme } from "../page/theme.js";
import { count, places, plural, refusal } from "../page/words.js";

const SPEEDS = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000];
/** Milliseconds of a frame that going on may take, and operations between two looks at the time. */
const [SLICE, PART] = [8, 4_096];

export class SideBySide {
  #parts;
  #say;
  #moved;
  #viewport = new Viewport();
  #clock = new Clock();
  #panels;
  #speed;
  #legend;
  #asking;
  #recording = null;
  #capacity = 0;
  #position = 0;
  #refresh = refresher(() => this.#draw());
  /** The picture that was pointed at last, if any. */
  #pointed = null;
  /** What was guessed of the operation that is shown, if anything. */
  #guess = null;
  /** Whether the last preparation was refused. */
  #refused = false;

  /** @param {Record<string, HTMLElement>} parts @param {(text: string, done?: boolean, missed?: boolean) => void} say
   *  @param {(position: number) => void} moved another operation is shown */
  constructor(parts, say, moved) {
    this.#parts = parts;
    this.#say = say;
    this.#moved = moved;
    this.#panels = this.#makePanels();
    this.#speed = speedChoice(parts.speed, SPEEDS);
    this.#legend = legend(parts.legend);
    this.#asking = new Asking(parts.asking, {
      proceed: (verdict) => {
        this.#to(this.#position + 1);
        if (!verdict) return;
        this.#guess = verdict.guess;
        this.#say(verdict.words, true, verdict.missed);
      },
      calledOff: () => this.#say(`Called off: still at ${this.#place}.`),
      reveal: () => bringIntoSight(parts.asking.root, parts.panels, parts.status),
    });
    parts.colouring.replaceChildren(...COLOURINGS.map(({ name, title }) => new Option(title, name)));
    this.#listen();
  }

  get position() {
    return this.#position;
  }

  /** The placements shown. */
  get placements() {
    return this.#panels.placements;
  }

  /** Shows a recording at an operation. @param {number} capacity in units of a byte
   *  @param {string[]} [placements] those that were shown, if not given */
  async open(recording, capacity, position = 0, placements = undefined) {
    this.#pause();
    this.#asking.cancel();
    if (recording !== this.#recording) this.#forgetGoal();
    this.#recording = recording;
    this.#capacity = capacity;
    const { operations } = recording.trace;
    this.#speed.propose(operations);
    this.#position = Math.min(position, operations);
    this.#guess = null;
    this.#parts.position.max = operations;
    this.#parts.position.value = this.#position;
    this.#point(null);
    this.#parts.table.tBodies[0].replaceChildren();
    await this.#panels.open(recording.trace, capacity, this.#position, placements);
  }

  /** Draws soon, or at once; while it plays, that is done anyway. */
  redraw(atOnce = false) {
    if (atOnce) this.#refresh.now();
    else if (!this.#clock.running || calmInterval() > 0) this.#refresh.soon();
  }

  /** Goes to an operation, all at once. */
  goTo(position) {
    const { operations } = this.#recording.trace;
    this.#position = Math.min(Math.max(position, 0), operations);
    this.#guess = null;
    this.#panels.goTo(this.#position);
    this.redraw();
  }

  /** Goes to an operation and says so; not before the pictures are prepared. */
  visit(position) {
    if (this.#panels.ready) this.#to(position);
  }

  // It was a number of another recording's operation.
  #forgetGoal() {
    const { goal } = this.#parts;
    goal.value = "";
    mark(goal, true);
  }

  get #drawable() {
    return this.#recording && this.#panels.ready && this.#parts.panels.isConnected;
  }

  #makePanels() {
    return new Panels(this.#parts.panels, {
      viewport: this.#viewport,
      changed: () => this.redraw(),
      chosen: () => {
        this.#pause(this.#clock.running ? "Paused" : "");
        this.#asking.cancel();
        this.#guess = null;
        this.#point(null);
      },
      picked: (panel, unit, near) => this.#asking.choose(panel, unit, near),
      pointed: (panel) => this.#point(panel),
      approached: ({ placement }, extents) => this.#say(`Under ${placement}, the last operation was at ${places(extents)}.`),
    }, {
      progressed: () => this.#showProgress(),
      prepared: () => {
        if (this.#panels.ready) this.#sayPrepared();
        this.redraw();
      },
      refused: (error) => {
        this.#refused = true;
        this.#showProgress();
        this.#say(refusal(error), false);
      },
    });
  }

  // A refusal that still stands in the status line no longer holds.
  #sayPrepared() {
    if (this.#refused) this.#say(`The pictures are ready, with ${plural(this.#capacity, "unit")} each.`);
    this.#refused = false;
  }

  #point(panel) {
    this.#pointed = panel;
    this.#parts.readout.textContent = panel?.pointed ?? "";
  }

  #showProgress() {
    const { text, position } = this.#parts;
    text.textContent = this.#panels.refused
      ? "No pictures: one of them could not be prepared"
      : `Preparing the pictures … ${Math.floor(this.#panels.share * 100)} %`;
    position.setAttribute("aria-valuetext", text.textContent);
    this.#enable(false);
  }

  #enable(on) {
    const { play, back, step, position, go } = this.#parts;
    play.disabled = position.disabled = go.disabled = !on;
    enable([[step, on && this.#position < this.#recording.trace.operations], [back, on && this.#position > 0]]);
  }

  #draw() {
    if (!this.#drawable) return;
    const busy = this.#clock.running;
    this.#viewport.fit(this.#capacity, ...this.#panels.all[0].room());
    const look = lookOf(this.#parts.colouring.value, theme());
    for (const panel of this.#panels.all) panel.draw(look, busy, this.#guess?.panel === panel ? this.#guess : null);
    const { operations } = this.#recording.trace;
    const { position, text, play, scale } = this.#parts;
    position.value = this.#position;
    this.#moved(this.#position);
    text.textContent = `${count(this.#position)} of ${plural(operations, "operation")}`;
    position.setAttribute("aria-valuetext", text.textContent);
    play.textContent = busy ? "Pause" : "Play";
    this.#legend(this.#parts.colouring.value, theme());
    scale.textContent = scaleText(this.#viewport);
    this.#enable(true);
    this.#parts.readout.textContent = (!busy && this.#pointed?.pointed) || "";
    if (!busy && this.#parts.twin.open) drawTwin(this.#parts.table, this.#panels.all.map((panel) => panel.figures()));
  }

  #play() {
    this.#asking.cancel();
    this.#guess = null;
    const to = this.#recording.trace.operations;
    if (this.#position === to) this.goTo(0);
    this.#say(`Playing ${this.#recording.trace.name || "the recording"} from ${this.#place} on.`);
    this.#clock.run({ from: this.#position, to, speed: this.#speed.now, interval: calmInterval }, (due) => {
      this.#advance(due);
      if (this.#position === to) this.#pause("Played to the end");
      this.#draw();
      return this.#position;
    });
    this.redraw();
  }

  // All pictures go the same way, a part at a time, for as long as a frame has room.
  #advance(until) {
    const end = performance.now() + SLICE;
    do {
      this.#position = Math.min(until, this.#position + PART);
      this.#panels.reach(this.#position);
    } while (this.#position < until && performance.now() < end);
  }

  #pause(why) {
    this.#clock.stop();
    if (why) this.#say(`${why}: ${this.#place}.`);
    this.redraw();
  }

  #to(position, opening = "") {
    this.#pause();
    this.#asking.cancel();
    this.goTo(position);
    const { previous } = this.#panels.all[0].timeline;
    this.#say(`${opening}At ${this.#place}${previous ? `, which ${deedOf(previous)}` : ""}.`);
  }

  #goToTyped() {
    const { operations } = this.#recording.trace;
    try {
      const goal = numberIn(this.#parts.goal, operations >> 1);
      this.#to(goal, goal < 0 || goal > operations ? `There is no operation ${count(goal)}. ` : "");
    } catch (error) {
      this.#say(refusal(error), false);
    }
  }

  get #place() {
    return `operation ${count(this.#position)} of ${count(this.#recording.trace.operations)}`;
  }

  #step() {
    this.#pause();
    const asked = this.#asking.ask(this.#panels.all);
    if (!asked) this.#to(this.#position + 1);
  }

  // Around the last operation as long as that is in sight, or else around the middle.
  #zoom(nearer) {
    const panels = this.#drawable ? [this.#pointed, ...this.#panels.all].filter(Boolean) : [];
    const { x, y } = panels.map(({ lastPlace }) => lastPlace).find(Boolean) ?? {};
    this.#viewport.zoom(nearer, x, y);
  }

  #listen() {
    const { play, step, back, position, form, colouring, nearer, farther, whole, twin } = this.#parts;
    play.addEventListener("click", () => (this.#clock.running ? this.#pause("Paused") : this.#play()));
    step.addEventListener("click", () => this.#step());
    back.addEventListener("click", () => this.#to(this.#position - 1));
    position.addEventListener("input", () => this.#to(Number(position.value)));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#goToTyped();
    });
    colouring.addEventListener("change", () => this.redraw());
    const look = (button, change) => button.addEventListener("click", () => {
      change();
      this.redraw();
    });
    look(nearer, () => this.#zoom(true));
    look(farther, () => this.#zoom(false));
    look(whole, () => this.#viewport.reset());
    twin.addEventListener("toggle", () => this.redraw());
    new ResizeObserver(() => this.redraw()).observe(this.#parts.panels);
  }
}

/** What a recording asks for; what comes of it, each picture says. */
function deedOf({ kind, size }) {
  switch (kind) {
    case "alloc": return `allocates ${plural(size, "unit")}`;
    case "resize": return `resizes a block to ${plural(size, "unit")}`;
    case "free": return "frees a block";
    default: return "changes nothing";
  }
}

function scaleText({ side, perPixel, row, first, last, capacity }) {
  const size = perPixel > 1 ? `A pixel shows ${plural(perPixel, "unit")}` : `A unit is ${plural(side, "pixel")} wide`;
  const shown = first === 0 && last === capacity - 1 ? "All units are in sight." : `Units ${count(first)} to ${count(last)} are in sight.`;
  return `${size}, a row ${plural(row, "unit")}. ${shown}`;
}
