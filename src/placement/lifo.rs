//! `lifo`: freed units first, newest first, then the tail. The original's policy.
//!
//! Source: the Python exercise that this crate grew out of, which keeps a stack of freed units
//! and `next_alloc_index`.
//!
//! Cost, with k the extents of the block: O(k), however many units and free extents there are. Good:
//! never fails because of fragmentation, and the newest freed units are the warmest in a cache. Bad:
//! blocks end up in ever smaller pieces, many of them descending.

/// How many of `size` units come from the tail, with this many on the stack.
pub(super) fn from_tail(size: u32, freed: u32) -> u32 {
    size.saturating_sub(freed)
}
