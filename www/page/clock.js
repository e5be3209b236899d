// The clock of playing. Always: it ticks once a frame at most, and stops when it is told to; a page that was in the
// background does not catch up for minutes.

/** Milliseconds that one tick may make up for. */
const LONGEST = 250;

export class Clock {
  #frame = 0;

  get running() {
    return this.#frame !== 0;
  }

  /**
   * Plays from one operation towards another, until it is stopped.
   * @param {{from: number, to: number, speed: () => number, interval?: () => number}} way speed: operations a second;
   *   interval: milliseconds between two ticks, at least
   * @param {(due: number) => number} advance goes to the operation that is due, or as far towards it as there is time
   *   for; returns where it got
   */
  run({ from, to, speed, interval = () => 0 }, advance) {
    this.stop();
    let due = from;
    let then = performance.now();
    const frame = (now) => {
      this.#frame = requestAnimationFrame(frame);
      const least = interval();
      if (now - then < least) return;
      due += (speed() * Math.min(Math.max(now - then, 1), Math.max(least, LONGEST))) / 1000;
      then = now;
      const reached = advance(Math.min(Math.floor(due), to));
      // Where the time did not suffice, go on from what was reached.
      if (reached < Math.floor(due)) due = reached;
    };
    this.#frame = requestAnimationFrame(frame);
  }

  stop() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
  }
}
