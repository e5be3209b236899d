//! The free ranges by address, only for questions about the longest: see
//! [`FreedStack::summary`](super::freed_stack::FreedStack::summary).
//!
//! What always holds: if ranges are kept, they are up to date. They are kept while they are asked for
//! often. When they are asked for seldom, counting anew costs less; when never, this costs nothing.

use super::FreeSummary;
use super::free_ranges::FreeRanges;
use crate::extent_table::ExtentTable;
use crate::fallible::NoMemory;

/// See the head of this file.
#[derive(Debug)]
pub(super) struct KnownRanges {
    ranges: Option<FreeRanges>,
    /// Changes since the last call; at first so many that the first call counts anew.
    changes: u64,
    /// The number of changes past which counting anew costs less.
    most: u64,
}

/// A change costs about as much as counting this many places.
const PLACES_PER_CHANGE: u64 = 32;

/// [`FreeRanges::add`] or [`FreeRanges::take`].
type Change = fn(&mut FreeRanges, u32, u32) -> Result<(), NoMemory>;

impl Default for KnownRanges {
    fn default() -> Self {
        Self { ranges: None, changes: u64::MAX / 2, most: 0 }
    }
}

impl KnownRanges {
    pub fn add(&mut self, lowest: u32, length: u32) {
        self.change(FreeRanges::add, lowest, length);
    }

    pub fn take(&mut self, lowest: u32, length: u32) {
        self.change(FreeRanges::take, lowest, length);
    }

    #[inline(always)]
    fn change(&mut self, change: Change, lowest: u32, length: u32) {
        self.changes += 1;
        if self.ranges.is_some() {
            self.keep_up(change, lowest, length);
        }
    }

    #[inline(never)]
    fn keep_up(&mut self, change: Change, lowest: u32, length: u32) {
        let Some(ranges) = &mut self.ranges else { return };
        if self.changes > self.most || change(ranges, lowest, length).is_err() {
            self.ranges = None;
        }
    }

    pub fn summary(&mut self, table: &ExtentTable) -> FreeSummary {
        let (extents, largest) = match self.asked_for(table) {
            Some(ranges) => (ranges.len(), ranges.longest()),
            None => {
                let (runs, (_, longest)) = table.free_runs();
                (runs, longest)
            }
        };
        FreeSummary { extents, largest }
    }

    /// Where the longest begins, and how many units it has.
    #[cfg(feature = "trace")]
    pub fn longest(&mut self, table: &ExtentTable) -> (u32, u32) {
        match self.asked_for(table) {
            Some(ranges) => ranges.longest_range(),
            None => table.free_runs().1,
        }
    }

    /// The ranges, unless counting anew costs less.
    fn asked_for(&mut self, table: &ExtentTable) -> Option<&FreeRanges> {
        self.most = table.places() as u64 / PLACES_PER_CHANGE;
        let seldom = self.changes > self.most;
        self.changes = 0;
        if self.ranges.is_none() && !seldom {
            self.ranges = FreeRanges::of(table).ok();
        }
        self.ranges.as_ref()
    }
}
