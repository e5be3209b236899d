//! `worst-fit`: the largest free extent that fits, the lowest on a tie.
//!
//! Source: Knuth, *The Art of Computer Programming*, section 2.5.
//!
//! Cost, with n free extents: O(log n); an aligned block that the longest extents cannot take
//! costs O(log n) for each extent that is long enough. Good: what it leaves over is large. Bad: it
//! uses up the large extents first, so that large blocks soon find none.

use super::address_index::{AddressIndex, Fit, Found};
use super::contiguous::{FreeIndex, Old};
use super::{Choice, FreeSummary};
use crate::Error;
use crate::extent_table::ExtentTable;
use std::ops::Range;

#[derive(Debug, Default)]
pub(crate) struct WorstFit {
    free: AddressIndex,
    steps: u64,
}

impl WorstFit {
    /// The longest extent in which the block fits, of all in which it fits.
    fn longest_of_all(&mut self, fit: Fit) -> Option<Found> {
        let mut best: Option<Found> = None;
        let mut from = 0;
        while let Some(found) = self.free.first_fit(from, fit, &mut self.steps) {
            if best.is_none_or(|best| best.length < found.length) {
                best = Some(found);
            }
            from = found.lowest + 1;
        }
        best
    }
}

impl FreeIndex for WorstFit {
    fn reserve(&mut self, inserts: usize) -> Result<(), Error> {
        self.free.reserve(inserts)
    }

    fn insert(&mut self, table: &mut ExtentTable, place: u32) {
        self.free.insert(table, place);
    }

    fn remove(&mut self, table: &mut ExtentTable, place: u32) {
        self.free.remove(table, place);
    }

    fn change(&mut self, table: &mut ExtentTable, place: u32, old: Old) {
        self.free.change(table, place, old.lowest);
    }

    fn find(&mut self, _: &ExtentTable, size: u32, align: u32) -> Option<Choice> {
        let longest = self.free.longest();
        if longest < size {
            return None;
        }
        let fit = Fit { size, align };
        let found = match self.free.first_of_length(longest, fit, &mut self.steps) {
            Some(found) => Some(found),
            None => self.longest_of_all(fit),
        };
        found.map(|found| found.choice())
    }

    fn find_outside(
        &mut self,
        _: &ExtentTable,
        size: u32,
        align: u32,
        window: &Range<u32>,
    ) -> Option<Choice> {
        self.free.first_fit_outside(window, Fit { size, align }, &mut self.steps)
    }

    fn clear(&mut self) {
        self.free.clear();
    }

    fn summary(&self, _: &ExtentTable) -> FreeSummary {
        FreeSummary { extents: self.free.len(), largest: self.free.longest() }
    }

    fn search_steps(&self) -> u64 {
        self.steps
    }
}
