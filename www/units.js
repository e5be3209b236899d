// Which block a unit belongs to. Always: read off one snapshot; a lookup costs the logarithm of the
// number of extents, and the index is built at the first one.

/** @typedef {{low: number, high: number, block: object | null, extent: object, before: number}} Place
 *  before: units of the block that come before this extent in block order */

export class Units {
  #snapshot;
  #places = null;

  constructor(snapshot) {
    this.#snapshot = snapshot;
  }

  /** All extents by address, blocks' and free ones. @returns {Place[]} */
  get places() {
    this.#places ??= sorted(this.#snapshot);
    return this.#places;
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

  /** @returns {{block: object | null, offset: number, tail: boolean}} offset: the unit's place in its block */
  at(unit) {
    const place = this.places[this.indexOf(unit)];
    if (!place?.block) return { block: null, offset: -1, tail: unit >= this.#snapshot.nextAllocIndex };
    const offset = place.before + (unit - place.extent.start) * place.extent.step;
    return { block: place.block, offset, tail: false };
  }
}

/** The lowest and highest unit of an extent. */
export function bounds(extent) {
  const last = extent.start + (extent.length - 1) * extent.step;
  return extent.step > 0 ? [extent.start, last] : [last, extent.start];
}

function sorted(snapshot) {
  const places = [];
  for (const block of snapshot.blocks) {
    let before = 0;
    for (const extent of block.extents) {
      const [low, high] = bounds(extent);
      places.push({ low, high, block, extent, before });
      before += extent.length;
    }
  }
  for (const extent of snapshot.freeExtents) {
    places.push({ low: extent.start, high: extent.start + extent.length - 1, block: null, extent, before: 0 });
  }
  return places.sort((a, b) => a.low - b.low);
}
