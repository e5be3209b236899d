// One placement's way through a recording, for a picture of it. Always: what is shown, said and painted is
// the package's; here it is only asked for, and put into a canvas's form.
import { count, grouped, plural } from "../page/words.js";

/** Milliseconds between two breaths, while the way is gone for the first time, and operations between two
 *  looks at the clock. */
const BREATH = 30;
const PART = 2_000;

/**
 * Goes all the way once, so that from then on any operation is near.
 * @param {object} trace of twingate-memory/trace @param {{placement: string, capacity: number}} options
 * @param {(share: number) => void} progressed from 0 to 1, now and then
 * @param {AbortSignal} signal @returns {Promise<Timeline>} at its beginning
 */
export async function openTimeline(trace, options, progressed, signal) {
  const { Player } = await import("twingate-memory/trace");
  const player = new Player(trace, options);
  try {
    let breath = performance.now() + BREATH;
    while (!player.seek(trace.operations, PART)) {
      if (performance.now() < breath) continue;
      progressed(player.position / trace.operations);
      await new Promise((resolve) => setTimeout(resolve));
      signal.throwIfAborted();
      breath = performance.now() + BREATH;
    }
    signal.throwIfAborted();
    player.seek(0);
  } catch (error) {
    player.dispose();
    throw error;
  }
  return new Timeline(player);
}

class Timeline {
  #player;
  #position = 0;
  #known = null;

  constructor(player) {
    this.#player = player;
  }

  get failures() {
    return this.#there.failures;
  }

  /** Goes there as soon as anything is asked. */
  goTo(position) {
    this.#position = position;
  }

  /** Goes there now. */
  reach(position) {
    this.goTo(position);
    return this.#there;
  }

  stats() {
    return this.#there.stats();
  }

  /** Why the last operation went as it did, in a sentence. Asked before anything else is, it costs little
   *  more than going there. */
  why() {
    return this.#last.why;
  }

  /** The extents that the last operation took or gave back. Asked after why it costs nothing.
   *  @returns {{start: number, length: number, step: 1 | -1}[]} */
  touched() {
    return this.#last.touched;
  }

  /** The last operation; undefined at the beginning. */
  get previous() {
    return this.#position > 0 ? this.#player.operation(this.#position - 1) : undefined;
  }

  /** The next operation; undefined at the end. */
  get next() {
    return this.#there.operation(this.#position);
  }

  /** Where the next operation will go and why, if it allocates. */
  foresee() {
    return this.#there.foresee();
  }

  // What an operation takes is foreseen, and what it gives back is there, right before it.
  get #last() {
    const position = this.#position;
    if (this.#known?.position !== position) {
      const before = position > 0 ? this.#takenOrFreed(position - 1) : [];
      const why = grouped(this.#player.why(position));
      const { kind, id } = (position > 0 && this.#player.operation(position - 1)) || {};
      this.#known = { position, why, touched: kind === "resize" ? this.#extentsOf(id) : before };
    }
    return this.#known;
  }

  #takenOrFreed(position) {
    this.#player.seek(position);
    const { kind, id } = this.#player.operation(position);
    if (kind === "alloc") return this.#player.foresee().extents;
    return kind === "free" ? this.#extentsOf(id) : [];
  }

  // What was refused has no ID.
  #extentsOf(id) {
    if (id === null) return [];
    return this.#player.snapshot().blocks.find((block) => block.id === id)?.extents ?? [];
  }

  get #there() {
    if (this.#player.position !== this.#position) this.#player.seek(this.#position);
    return this.#player;
  }

  /** What lies at a unit, in a sentence. */
  describe(unit) {
    const [place] = this.#there.rows(unit, 1);
    if (!place) return `Unit ${count(unit)}.`;
    const { start, length, id, size } = place;
    const extent = `in an extent of ${plural(length, "unit")} that starts at unit ${count(start)}`;
    return id === null
      ? `Unit ${count(unit)}: free, ${extent}.`
      : `Unit ${count(unit)}: block ${id} of ${plural(size, "unit")}, ${extent}.`;
  }

  /** What a viewport shows. @param {import("./viewport.js").Viewport} viewport @param {object} look
   *  @returns {ImageData} good until the next call of anything here */
  paint({ first, perPixel, painted: { width, height } }, { colourBy, colours }) {
    const pixels = this.#there.paint({ first, unitsPerPixel: perPixel, width, height, colourBy, colours });
    return new ImageData(pixels, width);
  }

  dispose() {
    this.#player.dispose();
  }
}
