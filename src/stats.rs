//! Figures about a manager.

use crate::MemoryManager;
use crate::placement::FreeSummary;

/// What the manager counts while it works.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    pub allocations: u64,
    pub frees: u64,
    pub failures: u64,
    pub units_moved: u64,
    /// Blocks that grew or shrank.
    pub resizes: u64,
    /// Blocks pinned and unpinned.
    pub pins: u64,
    /// Extents of all live blocks.
    pub extents: usize,
}

/// Figures about a manager at one moment. Counts are in units unless their name says otherwise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stats {
    /// Units in the buffer.
    pub capacity: u32,
    /// Units that blocks have.
    pub used_units: u32,
    /// Units that no block has.
    pub free_units: u32,
    /// Live blocks.
    pub block_count: u32,
    /// Runs of free units, each as long as can be; with `buddy`, free powers of two.
    pub free_extents: u32,
    /// Units in the longest of them; 0 when nothing is free.
    pub largest_free_extent: u32,
    /// `1 - largest_free_extent / free_units`; 0 when nothing is free.
    pub external_fragmentation: f64,
    /// Units handed out beyond what was asked for.
    pub internal_fragmentation: u32,
    /// Extents of all blocks divided by blocks; 0 without a block.
    pub extents_per_block: f64,
    /// Allocations that succeeded so far.
    pub allocations: u64,
    /// Blocks freed so far.
    pub frees: u64,
    /// Allocations, and resizes, refused so far for want of units.
    pub failures: u64,
    /// Units that compaction and resizing have given a new address so far.
    pub units_moved: u64,
}

impl Stats {
    pub(crate) fn new(manager: &MemoryManager, counts: &Counts, free: FreeSummary) -> Self {
        let free_units = manager.free_units();
        let largest = free.largest;
        Self {
            capacity: manager.capacity(),
            used_units: manager.used_units(),
            free_units,
            block_count: manager.block_count(),
            free_extents: free.extents as u32,
            largest_free_extent: largest,
            external_fragmentation: match free_units {
                0 => 0.0,
                units => 1.0 - f64::from(largest) / f64::from(units),
            },
            internal_fragmentation: manager.internal_fragmentation(),
            extents_per_block: manager.extents_per_block(),
            allocations: counts.allocations,
            frees: counts.frees,
            failures: counts.failures,
            units_moved: counts.units_moved,
        }
    }
}
