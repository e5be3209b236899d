//! The free ranges by address, only for [`FreedStack::summary`](super::freed_stack::FreedStack::summary).
//!
//! What always holds: if ranges are kept, they are up to date. They are kept while `summary` is called
//! often. When it is called seldom, counting anew costs less; when it is never called, this costs nothing.

use super::FreeSummary;
use crate::extent_table::ExtentTable;
use crate::fallible::NoMemory;
use crate::free_ranges::FreeRanges;

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
        self.most = table.places() as u64 / PLACES_PER_CHANGE;
        let seldom = self.changes > self.most;
        self.changes = 0;
        if self.ranges.is_none() && !seldom {
            self.ranges = FreeRanges::of(table).ok();
        }
        let (extents, largest) = match &self.ranges {
            Some(ranges) => (ranges.len(), ranges.longest()),
            None => table.free_runs(),
        };
        FreeSummary { extents, largest }
    }
}
