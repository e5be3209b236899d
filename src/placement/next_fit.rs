//! `next-fit`: the first free extent that fits after the last allocation, wrapping.
//!
//! Source: Knuth, *The Art of Computer Programming*, section 2.5, exercise 6: the roving pointer.
//! The search begins with the first free extent whose end lies past the end of the last
//! allocation, and a block goes to the lowest unit of the extent it finds.
//!
//! Cost, with n free extents: O(log n). Good: spreads allocations evenly. Bad: spreads them
//! evenly: of all fits it leaves the fewest long extents (Johnstone and Wilson, *The memory
//! fragmentation problem: solved?*, 1998).

use super::address_index::{AddressIndex, Fit};
use super::contiguous::{FreeIndex, Old};
use super::{Choice, FreeSummary};
use crate::Error;
use crate::extent_table::ExtentTable;
use std::ops::Range;

#[derive(Debug, Default)]
pub(crate) struct NextFit {
    free: AddressIndex,
    /// The end of the last allocation.
    rover: u32,
    /// Where the search begins: the start of the free extent that has units on both sides of the
    /// rover, if there is one, else the rover.
    from: u32,
    steps: u64,
}

impl NextFit {
    /// A free extent came into being.
    fn look_at(&mut self, table: &ExtentTable, place: u32) {
        let entry = table.get(place);
        if entry.lowest < self.rover && self.rover < entry.end() {
            self.from = entry.lowest;
        }
    }

    /// The free extent that began there is no more.
    fn forget(&mut self, lowest: u32) {
        if lowest == self.from {
            self.from = self.rover;
        }
    }
}

impl FreeIndex for NextFit {
    fn reserve(&mut self, inserts: usize) -> Result<(), Error> {
        self.free.reserve(inserts)
    }

    fn insert(&mut self, table: &mut ExtentTable, place: u32) {
        self.free.insert(table, place);
        self.look_at(table, place);
    }

    fn remove(&mut self, table: &mut ExtentTable, place: u32) {
        let lowest = table.get(place).lowest;
        self.free.remove(table, place);
        self.forget(lowest);
    }

    fn change(&mut self, table: &mut ExtentTable, place: u32, old: Old) {
        self.free.change(table, place, old.lowest);
        self.forget(old.lowest);
        self.look_at(table, place);
    }

    fn find(&mut self, _: &ExtentTable, size: u32, align: u32) -> Option<Choice> {
        let fit = Fit { size, align };
        let ahead = self.free.first_fit(self.from, fit, &mut self.steps);
        let found = ahead.or_else(|| self.free.first_fit(0, fit, &mut self.steps))?;
        Some(found.choice())
    }

    fn allocated(&mut self, end: u32) {
        (self.rover, self.from) = (end, end);
    }

    fn rover(&self) -> u32 {
        self.rover
    }

    fn set_rover(&mut self, rover: u32) {
        (self.rover, self.from) = (rover, rover);
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
        self.from = self.rover;
    }

    fn summary(&self, _: &ExtentTable) -> FreeSummary {
        FreeSummary { extents: self.free.len(), largest: self.free.longest() }
    }

    fn search_steps(&self) -> u64 {
        self.steps
    }
}
