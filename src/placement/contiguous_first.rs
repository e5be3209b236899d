//! `contiguous-first`: the tail first, then freed units, newest first.
//!
//! Source: a wish of the original's author ("contiguous space first").
//!
//! Cost, with k the extents of the block: O(k). Good: blocks stay in one extent for as long as the tail
//! lasts, and it never fails because of fragmentation. Bad: it spreads over the whole buffer before it
//! reuses a freed unit; after that it scatters like `lifo`.

/// How many of `size` units come from the tail, which has this many.
pub(super) fn from_tail(size: u32, tail: u32) -> u32 {
    size.min(tail)
}
