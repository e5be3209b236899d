//! The figures kept while a replay runs, and its report.
//!
//! What always holds: the worst figures are those after any operation so far, whether or not somebody
//! looked for them after each; the units in `known_free` are free.

use super::run::Outcome;
use crate::stats::external_fragmentation;
use crate::{BlockId, Extent, MemoryManager, PlacementKind};
use std::ops::Range;

/// The results of a replay, from the first operation to its position. All sizes are in units.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct ReplayReport {
    /// Which policy chose units.
    pub placement: PlacementKind,
    /// Units in the buffer.
    pub capacity: u32,
    /// Operations done, including those that do nothing.
    pub operations: usize,
    /// Allocations and resizes that were refused.
    pub failures: u64,
    /// The most units that blocks had at once, including those beyond what was asked for.
    pub peak_used: u32,
    /// As [`Stats::external_fragmentation`](crate::Stats), at the end.
    pub external_fragmentation: f64,
    /// The highest after any operation.
    pub peak_external_fragmentation: f64,
    /// Units that blocks have beyond what was asked for, at the end.
    pub internal_fragmentation: u32,
    /// The most after any operation.
    pub peak_internal_fragmentation: u32,
    /// Extents of all blocks divided by blocks, at the end; 0 without a block.
    pub extents_per_block: f64,
    /// The same, when the peak of used units was first reached.
    pub extents_per_block_at_peak: f64,
    /// Units moved by compaction and resizing.
    pub units_moved: u64,
    /// What was examined to find a place, over all operations: see [`MemoryManager::search_steps`].
    pub search_steps: u64,
    /// With compaction on demand: the most units that one operation moved.
    pub longest_pause_units: u64,
    /// With compaction on demand: the longest time taken by an operation that moved units; 0 without a
    /// clock.
    pub longest_pause_micros: f64,
}

/// One point of the plot over a replay.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Sample {
    /// How many operations were done.
    pub position: usize,
    /// Units that blocks had.
    pub used: u32,
    /// How many of these are beyond what was asked for.
    pub internal_fragmentation: u32,
    /// As [`Stats::external_fragmentation`](crate::Stats).
    pub external_fragmentation: f64,
    /// As [`Stats::extents_per_block`](crate::Stats).
    pub extents_per_block: f64,
}

impl Sample {
    pub(super) fn of(manager: &MemoryManager, position: usize) -> Self {
        let stats = manager.stats();
        Self {
            position,
            used: stats.used_units,
            internal_fragmentation: stats.internal_fragmentation,
            external_fragmentation: stats.external_fragmentation,
            extents_per_block: stats.extents_per_block,
        }
    }
}

/// The worst figures so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Figures {
    failures: u64,
    peak_used: u32,
    extents_at_peak: f64,
    worst: Fragmentation,
    /// With `lifo` and `contiguous-first`, free units that touch each other: while these alone keep
    /// the fragmentation below the worst, nobody needs to find the longest run.
    known_free: Range<u32>,
    worst_internal: u32,
    pause_units: u64,
    pause_micros: f64,
}

/// Free units, and the most of them in one extent: a fraction, so that no operation needs a division.
#[derive(Clone, Copy, Debug, Default)]
struct Fragmentation {
    free: u32,
    largest: u32,
}

impl Fragmentation {
    fn is_worse_than(self, other: Self) -> bool {
        let (this, that) = (u64::from(self.largest), u64::from(other.largest));
        match (self.free, other.free) {
            (0, _) => false,
            (free, 0) => self.largest < free,
            (free, other) => this * u64::from(other) < that * u64::from(free),
        }
    }

    fn share(self) -> f64 {
        external_fragmentation(self.largest, self.free)
    }
}

impl Figures {
    /// After an operation.
    #[inline(always)]
    pub fn note(&mut self, manager: &MemoryManager, outcome: Outcome) {
        let placed = match outcome {
            Outcome::Placed(id) => Some(id),
            Outcome::Other => None,
            Outcome::Refused => {
                self.failures += 1;
                None
            }
        };
        if manager.options().placement.is_stacked() {
            self.look_if_it_may_be_worse(manager, placed);
        } else {
            self.note_fragmentation(manager, manager.largest_free_extent());
        }
        self.worst_internal = self.worst_internal.max(manager.internal_fragmentation());
        if manager.used_units() > self.peak_used {
            self.peak_used = manager.used_units();
            self.extents_at_peak = manager.extents_per_block();
        }
    }

    /// Costs O(extents of the block), and where it may be worse what
    /// [`MemoryManager::longest_free_run`] costs.
    fn look_if_it_may_be_worse(&mut self, manager: &MemoryManager, placed: Option<BlockId>) {
        if let Some(Ok(extents)) = placed.map(|id| manager.extents(id)) {
            for taken in extents {
                self.known_free = larger_rest(&self.known_free, taken);
            }
        }
        let at_most =
            Fragmentation { free: manager.free_units(), largest: self.known_free.len() as u32 };
        if at_most.is_worse_than(self.worst) {
            self.known_free = manager.longest_free_run().unwrap_or_default();
            self.note_fragmentation(manager, self.known_free.len() as u32);
        }
    }

    #[inline(always)]
    fn note_fragmentation(&mut self, manager: &MemoryManager, largest: u32) {
        let now = Fragmentation { free: manager.free_units(), largest };
        if now.is_worse_than(self.worst) {
            self.worst = now;
        }
    }

    /// Notes that compaction moved this many units for one operation.
    pub fn note_pause(&mut self, units: u64, micros: f64) {
        self.pause_units = self.pause_units.max(units);
        self.pause_micros = self.pause_micros.max(micros);
    }

    pub fn report(&self, manager: &MemoryManager, position: usize) -> ReplayReport {
        let now = Sample::of(manager, position);
        ReplayReport {
            placement: manager.options().placement,
            capacity: manager.capacity(),
            operations: position,
            failures: self.failures,
            peak_used: self.peak_used,
            external_fragmentation: now.external_fragmentation,
            peak_external_fragmentation: self.worst.share(),
            internal_fragmentation: now.internal_fragmentation,
            peak_internal_fragmentation: self.worst_internal,
            extents_per_block: now.extents_per_block,
            extents_per_block_at_peak: self.extents_at_peak,
            units_moved: manager.units_moved(),
            search_steps: manager.search_steps(),
            longest_pause_units: self.pause_units,
            longest_pause_micros: self.pause_micros,
        }
    }
}

/// What is left of a run when an extent is taken: the larger part, where there are two.
fn larger_rest(run: &Range<u32>, taken: Extent) -> Range<u32> {
    let below = run.start..taken.lowest().clamp(run.start, run.end);
    let above = taken.end().clamp(run.start, run.end)..run.end;
    if above.len() > below.len() { above } else { below }
}
