//! How a trace is replayed.

use crate::PlacementKind;

/// How a trace is replayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReplayOptions {
    /// Units in the buffer; one byte of the trace is one unit.
    pub capacity: u32,
    /// Which policy chooses units. Contiguous placements align the blocks that the program asked to be
    /// aligned.
    pub placement: PlacementKind,
    /// Contiguous placements: compact if that makes an operation fit.
    pub auto_defragment: bool,
    /// How many samples [`Replay::samples`](super::Replay::samples) has at the end, evenly spaced.
    pub samples: u32,
}

impl ReplayOptions {
    /// Without compaction and samples.
    pub fn new(capacity: u32, placement: PlacementKind) -> Self {
        Self { capacity, placement, auto_defragment: false, samples: 0 }
    }
}
