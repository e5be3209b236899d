// Which part of a buffer a picture shows, and how large. Always: units follow each other row by row from the
// first one in sight on; a pixel shows several units, or a unit several pixels square; the picture is as high as the
// whole buffer at its largest, and there is no room below the last unit as long as there are units above.

/** The most pixels to a side of a unit. */
const LARGEST = 32;
/** Pixels to a side of a unit that somebody looks for. */
const SEEN = 12;

export class Viewport {
  capacity = 0;
  width = 1;
  height = 1;
  /** Pixels that there are below each other, of which the picture takes what it needs. */
  #room = 1;
  /** The first unit in sight. */
  first = 0;
  /** Units in one pixel, 1 unless side is 1. */
  perPixel = 1;
  /** Pixels to the side of a unit, 1 unless perPixel is 1. */
  side = 1;

  /** For a buffer and the room for a picture: all of it. Does nothing where both are what they were. */
  fit(capacity, width, room) {
    if (capacity === this.capacity && width === this.width && room === this.#room) return;
    Object.assign(this, { capacity, width });
    this.#room = room;
    const { perPixel, side } = this.#whole;
    const rows = Math.ceil(capacity / (Math.max(1, Math.floor(width / side)) * perPixel));
    this.height = Math.min(room, Math.max(1, rows) * side);
    this.reset();
  }

  /** Shows the whole buffer. */
  reset() {
    this.first = 0;
    this.#show(this.#whole);
  }

  /** Units in a row. */
  get row() {
    return this.#across * this.perPixel;
  }

  /** The size of the picture before it is enlarged. */
  get painted() {
    return { width: this.#across, height: Math.max(1, Math.floor(this.height / this.side)) };
  }

  /** Makes units twice as large, or half, around a place, which keeps its unit. */
  zoom(nearer, x = this.width / 2, y = this.height / 2) {
    const unit = this.at(x, y);
    this.#show(nearer ? this.#nearer() : this.#farther());
    this.pull(unit, x, y);
  }

  /** Puts a unit into the middle, large enough to be seen. */
  approach(unit) {
    this.#show({ perPixel: 1, side: Math.max(this.side, SEEN) });
    this.pull(unit, this.width / 2, this.height / 2);
  }

  /** Puts a unit at a place, as far as the buffer goes. */
  pull(unit, x, y) {
    this.first += unit - this.at(x, y);
    this.#stay();
  }

  /** The unit at a place, if units went on in all directions. */
  at(x, y) {
    return this.first + Math.floor(y / this.side) * this.row + Math.floor(x / this.side) * this.perPixel;
  }

  /** The unit at a place, or -1. */
  unitAt(x, y) {
    const unit = this.at(x, y);
    return x >= 0 && x < this.#across * this.side && unit >= 0 && unit < this.capacity ? unit : -1;
  }

  /** The units that are shown within so many pixels of a place. @returns {{first: number, units: number}[]} by rows */
  around(x, y, reach) {
    const end = this.#across * this.side - 1;
    const rows = [];
    for (let row = Math.floor((y - reach) / this.side); row * this.side <= y + reach; row++) {
      const down = Math.max(0, row * this.side - y, y - (row + 1) * this.side + 1);
      const beside = Math.sqrt(reach ** 2 - Math.min(down, reach) ** 2);
      if (x - beside > end) continue;
      const [left, right] = [Math.max(x - beside, 0), Math.min(x + beside, end)];
      const first = this.at(left, row * this.side);
      rows.push({ first, units: this.at(right, row * this.side) + this.perPixel - first });
    }
    return rows;
  }

  /** The last unit in sight. */
  get last() {
    return Math.min(this.capacity, this.first + this.#inSight) - 1;
  }

  /** The place of a unit. */
  placeOf(unit) {
    const pixel = Math.floor((unit - this.first) / this.perPixel);
    const row = Math.floor(pixel / this.#across);
    return { x: (pixel - row * this.#across) * this.side, y: row * this.side };
  }

  /** The part in sight as a picture by itself, whose first unit is 0. @returns {import("../picture/grid.js").Grid} */
  get grid() {
    const { row, side, perPixel, painted } = this;
    return {
      capacity: this.#inSight, columns: row, rows: painted.height, cell: side, tall: side, shared: perPixel,
      width: painted.width * side, height: painted.height * side,
    };
  }

  /** Brings a unit into sight. */
  reveal(unit) {
    const last = this.first + this.#inSight - 1;
    if (unit < this.first) this.first -= Math.ceil((this.first - unit) / this.row) * this.row;
    if (unit > last) this.first += Math.ceil((unit - last) / this.row) * this.row;
    this.#stay();
  }

  get #across() {
    return Math.max(1, Math.floor(this.width / this.side));
  }

  get #inSight() {
    return this.row * this.painted.height;
  }

  // The largest units with which all of them are in sight.
  get #whole() {
    const pixels = this.width * this.#room;
    if (this.capacity > pixels) return { perPixel: Math.ceil(this.capacity / pixels), side: 1 };
    let side = Math.min(LARGEST, Math.floor(Math.sqrt(pixels / Math.max(1, this.capacity))));
    while (side > 1 && Math.floor(this.width / side) * Math.floor(this.#room / side) < this.capacity) side--;
    return { perPixel: 1, side };
  }

  #nearer() {
    const { perPixel, side } = this;
    return perPixel > 1 ? { perPixel: perPixel >> 1, side } : { perPixel, side: Math.min(LARGEST, side * 2) };
  }

  #farther() {
    const { perPixel, side } = this;
    const whole = this.#whole;
    const next = side > 1 ? { perPixel, side: side >> 1 } : { perPixel: perPixel * 2, side };
    return next.perPixel >= whole.perPixel && next.side <= whole.side ? whole : next;
  }

  #show({ perPixel, side }) {
    Object.assign(this, { perPixel, side });
    this.#stay();
  }

  // By whole pixels, so that what a pixel shows does not change as it moves.
  #stay() {
    const rows = Math.ceil(this.capacity / this.row) - this.painted.height;
    const most = Math.max(0, rows) * this.row;
    this.first = Math.min(Math.max(0, Math.floor(this.first / this.perPixel) * this.perPixel), most);
  }
}
