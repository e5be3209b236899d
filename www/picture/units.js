// Which block a unit belongs to. Always: read off one snapshot; a lookup costs the logarithm of the
// number of extents, and the index is built at the first one.

/** @typedef {{low: number, high: number, block: object | null, beyond: object | null, extent: object,
 *   before: number}} Place
 *  beyond: the block with which these units were handed out, beyond what was asked for;
 *  before: units of the block that come before this extent in block order */

export class Units {
  #snapshot;
  #places = null;

  constructor(snapshot) {
    this.#snapshot = snapshot;
  }

  /** All extents by address: blocks', free ones, and those beyond what was asked for. @returns {Place[]} */
  get places() {
    this.#places ??= withBeyond(sorted(this.#snapshot), this.#snapshot.capacity);
    return this.#places;
  }

  /** The extents handed out beyond what was asked for: internal fragmentation. Where there is none, which is soon known,
   *  no index is built for it. */
  get beyond() {
    const { capacity, blocks, freeExtents } = this.#snapshot;
    return unitsIn(blocks, "size") + unitsIn(freeExtents, "length") === capacity ? [] : this.places.filter((place) => place.beyond);
  }

  /** The index into places of the extent that holds a unit, or -1. */
  indexOf(unit) {
    const places = this.places;
    let low = 0;
    let high = places.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      if (unit < places[middle].low) high = middle - 1;
      else if (unit > places[middle].high) low = middle + 1;
      else return middle;
    }
    return -1;
  }

  /** @returns {{block: object | null, beyond: object | null, offset: number, tail: boolean}}
   *  offset: the unit's place in its block */
  at(unit) {
    const place = this.places[this.indexOf(unit)];
    const beyond = place?.beyond ?? null;
    if (!place?.block) return { block: null, beyond, offset: -1, tail: !beyond && unit >= this.#snapshot.nextAllocIndex };
    const offset = place.before + (unit - place.extent.start) * place.extent.step;
    return { block: place.block, beyond, offset, tail: false };
  }
}

/** The lowest and highest unit of an extent. */
export function bounds(extent) {
  const last = extent.start + (extent.length - 1) * extent.step;
  return extent.step > 0 ? [extent.start, last] : [last, extent.start];
}

/** Whether one of so many units from one on lies in one of the extents. */
export function overlap(extents, first, units) {
  return extents.some((extent) => {
    const [low, high] = bounds(extent);
    return low < first + units && first <= high;
  });
}

function unitsIn(parts, name) {
  let units = 0;
  for (const part of parts) units += part[name];
  return units;
}

function sorted(snapshot) {
  const places = [];
  for (const block of snapshot.blocks) {
    let before = 0;
    for (const extent of block.extents) {
      const [low, high] = bounds(extent);
      places.push({ low, high, block, beyond: null, extent, before });
      before += extent.length;
    }
  }
  for (const extent of snapshot.freeExtents) {
    const high = extent.start + extent.length - 1;
    places.push({ low: extent.start, high, block: null, beyond: null, extent, before: 0 });
  }
  return byAddress(places);
}

// Numbers are sorted in a fraction of the time that objects take: each stands for a unit and for what begins there.
function byAddress(places) {
  const number = places.length;
  const keys = Float64Array.from(places, ({ low }, at) => low * number + at).sort();
  return Array.from(keys, (key) => places[key % number]);
}

// Units that are in no block's extents and not free were handed out with the block that ends there.
function withBeyond(places, capacity) {
  const all = [];
  let next = 0;
  const fill = (low, block) => {
    if (low <= next) return;
    const extent = { start: next, length: low - next, step: 1 };
    all.push({ low: next, high: low - 1, block: null, beyond: block, extent, before: 0 });
  };
  let block = null;
  for (const place of places) {
    fill(place.low, block);
    all.push(place);
    next = place.high + 1;
    block = place.block;
  }
  fill(capacity, block);
  return all;
}
