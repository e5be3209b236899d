// The view of the workers. Always: one crew at a time works on one manager, which the page only looks at and
// defragments meanwhile; when the crew has stopped, everything is audited, and the verdict is said in words.
// Where memory cannot be shared, the view says why, and everything else on the page works as ever.
import { PLACEMENTS } from "../manager/placements.js";
import { dress, lookOfKind, palette } from "../picture/palette.js";
import { calmInterval } from "../page/calm.js";
import { overNetwork } from "../page/network.js";
import { theme } from "../page/theme.js";
import { Complaint, count, plural, reasonOf } from "../page/words.js";
import { audit } from "./audit.js";
import { Crew } from "./crew.js";
import { draw, hasTogether, TOGETHER } from "./drawing.js";
import { figures } from "./figures.js";
import { LARGEST } from "./hammer.js";
import { Rates } from "./rates.js";

const CAPACITY = 16_384;
const FIRST_PLACEMENT = "tlsf";
/** Share of the units that blocks take, on average. */
const FILLED = 0.85;
/** Milliseconds between two looks, at least. */
const LOOK = 100;
/** Milliseconds of a look that may go into defragmenting, and moves a step. */
const [COMPACTING, MOVES] = [8, 64];

const NOT_ISOLATED = "Workers cannot share memory on this page, because it is not cross-origin isolated: the server must send "
  + "the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp, as npm start does. "
  + "Everything else on the page works without them.";

/** @param {Record<string, HTMLElement>} parts @param {(text: string, done?: boolean) => void} say */
export async function workersView(parts, say) {
  try {
    if (!globalThis.crossOriginIsolated) throw new Complaint(NOT_ISOLATED);
    const { default: init, SharedMemoryManager } = await overNetwork("This view", () => import("twingate-memory/threads"));
    await overNetwork("This view", init);
    parts.why.hidden = true;
    return new View(parts, SharedMemoryManager, say);
  } catch (error) {
    parts.why.textContent = reasonOf(error);
    parts.why.hidden = false;
    say("Workers cannot run here. The reason is below.", false);
    return null;
  }
}

class View {
  #parts;
  #Manager;
  #say;
  #memory;
  #show;
  #colours = palette(theme());
  /** What is under way, or was last: `{ size, rates, crew, steps, timer, ended, over }`. */
  #run = { over: true };

  constructor(parts, Manager, say) {
    [this.#parts, this.#Manager, this.#say] = [parts, Manager, say];
    parts.placement.append(...PLACEMENTS.map(({ name }) => new Option(name, name, false, name === FIRST_PLACEMENT)));
    this.#show = figures(parts);
    parts.form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.#run.over) this.#start();
      else this.leave();
    });
    parts.panel.hidden = false;
    this.#renew();
    this.#look();
    say(`Ready: press Start to let workers share one buffer of ${count(CAPACITY)} units.`);
  }

  /** Stops what is under way. */
  leave() {
    if (!this.#run.over) this.#end(this.#run);
  }

  redraw() {
    this.#colours = palette(theme());
    this.#look();
  }

  #renew() {
    // There is room for both, and where there is none, what is shown must still be there to be drawn.
    const memory = new this.#Manager(CAPACITY, { unit: "u32", placement: this.#parts.placement.value });
    this.#memory?.dispose();
    this.#memory = memory;
  }

  async #start() {
    const size = Number(this.#parts.size.value);
    const run = { size, steps: 0, crew: new Crew(size), rates: new Rates() };
    this.#run = run;
    this.#follow();
    try {
      this.#renew();
      await run.crew.start(this.#memory, (CAPACITY * FILLED) / ((LARGEST + 1) / 2), (error) => this.#end(run, error));
      if (run.ended) return;
      this.#say(`${plural(size, "worker")} on one buffer: each frees a block and allocates another, again and again.`);
      this.#goOn(run);
    } catch (error) {
      this.#end(run, error);
    }
  }

  #goOn(run) {
    if (run.ended) return;
    try {
      if (this.#parts.compacts.checked) this.#compact(run);
      this.#look();
      run.timer = setTimeout(() => this.#goOn(run), Math.max(LOOK, calmInterval()));
    } catch (error) {
      this.#end(run, error);
    }
  }

  #compact(run) {
    const until = performance.now() + COMPACTING;
    for (let done = false; !done && performance.now() < until; run.steps++) {
      ({ done } = this.#memory.defragment({ order: "any", maxMoves: MOVES }));
    }
  }

  #look() {
    const { crew, rates, steps = 0, ended } = this.#run;
    const pairs = crew?.pairs ?? [];
    const perSecond = ended ? rates.whole(pairs) : rates?.now(pairs);
    this.#show({ stats: this.#memory.stats(), pairs, rates: perSecond ?? [], steps }, this.#colours);
    if (this.#parts.picture.isConnected) this.#draw(this.#memory.snapshot({ contents: false }));
  }

  #draw(snapshot) {
    const { picture, together } = this.#parts;
    draw(picture, snapshot, this.#colours);
    together.hidden = !hasTogether(snapshot);
    dress(together.firstChild, TOGETHER, this.#colours, lookOfKind);
  }

  /** Stops the crew and audits; or, after an error, says what it was. */
  async #end(run, error) {
    if (run.ended) return;
    run.ended = true;
    clearTimeout(run.timer);
    try {
      const done = await run.crew.stop();
      run.rates.end();
      if (error) throw error;
      this.#look();
      this.#tell(`${summary(run)} ${audit(this.#memory, done)}`, `${summary(run)} The audit found nothing wrong.`);
    } catch (wrong) {
      this.#tell(`The workers have stopped: ${reasonOf(error ?? wrong)}`);
    }
    run.over = true;
    this.#follow();
  }

  /** @param {string} verdict @param {string} [short] for the status line; without it, something is wrong */
  #tell(verdict, short) {
    this.#parts.verdict.textContent = verdict;
    this.#parts.verdict.hidden = false;
    this.#say(short ?? verdict, short !== undefined);
  }

  #follow() {
    const { size, placement, toggle, verdict } = this.#parts;
    const { over } = this.#run;
    size.disabled = placement.disabled = !over;
    toggle.textContent = over ? "Start" : "Stop";
    verdict.hidden ||= !over;
  }
}

function summary({ crew, size, rates }) {
  const pairs = crew.pairs.reduce((all, number) => all + number, 0);
  return `${count(pairs)} pairs by ${plural(size, "worker")} in ${rates.seconds.toFixed(1)} s.`;
}
