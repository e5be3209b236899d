// How long the comparison works on one placement, in milliseconds. Always: what was found by then is shown, and
// marked as unfinished; contiguous placements are much faster than this on recordings of a few million operations.

/** search: for the smallest capacity; replay: of the recording at the capacity chosen, where the blocks of a scattered
 *  placement may come to lie in thousands of extents; compacting: the same with compaction on demand, which may take
 *  minutes in a buffer that is nearly full. */
export const PATIENCE = { search: 30_000, replay: 10_000, compacting: 8_000 };
