//! Figures about a manager.

use crate::books::Books;
use crate::placement::FreeSummary;

/// Figures about a manager at one moment. Counts are in units unless their name says otherwise.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Stats {
    /// Units in the buffer.
    pub capacity: u32,
    /// Units that blocks have.
    pub used_units: u32,
    /// Units that no block has.
    pub free_units: u32,
    /// Live blocks.
    pub block_count: u32,
    /// Runs of free units, each as long as possible; with `buddy`, free powers of two.
    pub free_extents: u32,
    /// Units in the longest of these; 0 when nothing is free.
    pub largest_free_extent: u32,
    /// `1 - largest_free_extent / free_units`; 0 when nothing is free.
    pub external_fragmentation: f64,
    /// Units that blocks have beyond what was asked for.
    pub internal_fragmentation: u32,
    /// Extents of all blocks divided by blocks; 0 without a block.
    pub extents_per_block: f64,
    /// Allocations that succeeded so far.
    pub allocations: u64,
    /// Blocks freed so far.
    pub frees: u64,
    /// Allocations and resizes refused so far for lack of units.
    pub failures: u64,
    /// Units moved so far by compaction and resizing, at most 2^63 - 1.
    pub units_moved: u64,
}

impl Stats {
    /// Of a manager in charge of `charge` units of the buffer.
    pub(crate) fn new(capacity: u32, charge: u32, books: &Books, free: FreeSummary) -> Self {
        let (free_units, counts) = (books.free_units, &books.counts);
        let (used_units, block_count) = (charge - free_units, books.table.blocks() as u32);
        let largest = free.largest;
        Self {
            capacity,
            used_units,
            free_units,
            block_count,
            free_extents: free.extents as u32,
            largest_free_extent: largest,
            external_fragmentation: external_fragmentation(largest, free_units),
            internal_fragmentation: used_units - books.asked,
            extents_per_block: extents_per_block(books.extents, block_count),
            allocations: counts.allocations,
            frees: counts.frees,
            failures: counts.failures,
            units_moved: counts.units_moved,
        }
    }
}

/// Extents of all blocks divided by blocks; 0 without a block.
pub(crate) fn extents_per_block(extents: usize, blocks: u32) -> f64 {
    match blocks {
        0 => 0.0,
        blocks => extents as f64 / f64::from(blocks),
    }
}

/// `1 - largest / free`; 0 when nothing is free.
pub(crate) fn external_fragmentation(largest: u32, free: u32) -> f64 {
    match free {
        0 => 0.0,
        free => 1.0 - f64::from(largest) / f64::from(free),
    }
}
