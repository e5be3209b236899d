//! `first-fit`: the lowest free extent that fits.
//!
//! Source: Knuth, *The Art of Computer Programming*, section 2.5, algorithm A; by a tree instead of
//! a list, after Stephenson (*Fast fits*, 1983).
//!
//! Cost, with n free extents: O(log n), and O(log n) more for each extent that is long enough but
//! not when aligned. Good: little fragmentation on most loads, and free units gather at the end.
//! Bad: small remains pile up at the low end.

use super::address_index::{AddressIndex, Fit};
use super::contiguous::{FreeIndex, Old};
use super::{Choice, FreeSummary};
use crate::Error;
use crate::extent_table::ExtentTable;
use std::ops::Range;

#[derive(Debug, Default)]
pub(crate) struct FirstFit {
    free: AddressIndex,
    steps: u64,
}

impl FreeIndex for FirstFit {
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
        let found = self.free.first_fit(0, Fit { size, align }, &mut self.steps)?;
        Some(found.choice())
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
