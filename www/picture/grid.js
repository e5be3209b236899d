// Where each unit lies in the picture. Always: units run row by row from the top left; a cell is a
// whole number of device pixels, and only where not even one pixel a unit fits do several share one.
// Cells too small for shapes may be taller than wide, so that the picture fills its room.

/**
 * @typedef {{capacity: number, columns: number, rows: number, cell: number, tall: number, shared: number,
 *   width: number, height: number}} Grid
 *   cell, tall: a cell's width and height in pixels; shared: units in one pixel, 1 unless cell is 1
 */

const TALLEST = 4;
/** The largest cells may leave so much of the width empty, unless cells of this share of the side fill it. */
const [EMPTY, SMALLER] = [1 / 10, 0.7];

/**
 * The largest cells with which the capacity fits into width x height, or a little smaller ones that fill the width.
 * @param {number} capacity @param {number} width @param {number} height
 * @param {number} largest the widest cell @param {number} square the narrowest cell that must be square
 * @returns {Grid}
 */
export function layOut(capacity, width, height, largest, square) {
  const fit = largestFit(capacity, width, height, largest, square, 1);
  if (fit) {
    const empty = (grid) => grid.columns < capacity && grid.width < width * (1 - EMPTY);
    for (let next = fit; next && empty(fit); next = largestFit(capacity, width, height, next.cell - 1, square, fit.cell * SMALLER)) {
      if (!empty(next)) return next;
    }
    return fit;
  }
  const shared = Math.ceil(capacity / (width * height));
  const columns = width * shared;
  return grid(capacity, columns, Math.ceil(capacity / columns), 1, 1, shared);
}

/** The grid of the largest cells from one side down to another with which all fits, or null. */
function largestFit(capacity, width, height, largest, square, smallest) {
  for (let cell = largest; cell >= smallest; cell--) {
    const columns = Math.min(capacity, evenColumns(Math.floor(width / cell)));
    const rows = Math.ceil(capacity / columns);
    if (columns === 0 || rows * cell > height) continue;
    const tall = cell >= square ? cell : Math.min(Math.floor(height / rows), cell * TALLEST);
    return grid(capacity, columns, rows, cell, tall, 1);
  }
  return null;
}

/** The pixels of a unit's cell. @param {Grid} grid @param {number} unit */
export function cellOf(grid, unit) {
  const x = Math.floor((unit % grid.columns) / grid.shared) * grid.cell;
  return { x, y: Math.floor(unit / grid.columns) * grid.tall };
}

/** The first unit at a pixel, or -1. @param {Grid} grid */
export function unitAt(grid, x, y) {
  if (x < 0 || y < 0 || x >= grid.width || y >= grid.height) return -1;
  const unit = Math.floor(y / grid.tall) * grid.columns + Math.floor(x / grid.cell) * grid.shared;
  return unit < grid.capacity ? unit : -1;
}

/** Calls back with (row, first column, last column) for each row that units low to high touch. */
export function eachRow(grid, low, high, visit) {
  const last = Math.floor(high / grid.columns);
  for (let row = Math.floor(low / grid.columns); row <= last; row++) {
    const start = row * grid.columns;
    visit(row, Math.max(low - start, 0), Math.min(high - start, grid.columns - 1));
  }
}

// People count in eights and tens more easily than in 43s; with very small cells it is no matter.
function evenColumns(columns) {
  return columns >= 8 && columns <= 128 ? Math.max(columns - (columns % 8), columns - (columns % 10)) : columns;
}

function grid(capacity, columns, rows, cell, tall, shared) {
  return { capacity, columns, rows, cell, tall, shared, width: (columns / shared) * cell, height: rows * tall };
}
