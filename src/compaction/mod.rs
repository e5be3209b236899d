//! Compaction: what `defragment` does.
//!
//! What always holds: compaction moves data and says where blocks lie afterwards; it never frees
//! a unit that a block holds, and block IDs never change.

pub(crate) mod allocation_order;
pub(crate) mod window;

/// What a call of `defragment` did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DefragmentReport {
    /// True when nothing is left to do.
    pub done: bool,
    /// Extents of which at least one unit has a new address.
    pub moves: u32,
    /// Units that have a new address.
    pub units_moved: u32,
}
