//! What `first-fit`, `next-fit` and `worst-fit` share: they search the free extents by address.
//!
//! What always holds: the index has every free extent, and the rule has been told of each that came or
//! went.

use super::address_index::{AddressIndex, Fit, Found};
use super::contiguous::{FreeIndex, Old};
use super::{Choice, FreeSummary};
use crate::extent_table::ExtentTable;
use crate::fallible::NoMemory;
use std::ops::Range;

/// How to choose the free extent that serves a request.
pub(crate) trait Rule: std::fmt::Debug + Default {
    /// Adds the number of extents examined to `steps`.
    fn find(&self, free: &AddressIndex, fit: Fit, steps: &mut u64) -> Option<Found>;

    /// A free extent with these ends has appeared.
    fn appeared(&mut self, _lowest: u32, _end: u32) {}

    /// The free extent that began at `lowest` has vanished.
    fn vanished(&mut self, _lowest: u32) {}

    /// See [`FreeIndex::rover`].
    fn rover(&self) -> u32 {
        0
    }

    fn set_rover(&mut self, _rover: u32) {}
}

/// See the head of this file.
#[derive(Debug, Default)]
pub(crate) struct ByAddress<R> {
    free: AddressIndex,
    rule: R,
    steps: u64,
}

impl<R: Rule> ByAddress<R> {
    fn appeared(&mut self, table: &ExtentTable, place: u32) {
        let entry = table.other(place);
        self.rule.appeared(entry.lowest, entry.end());
    }
}

impl<R: Rule + 'static> FreeIndex for ByAddress<R> {
    fn any(&mut self) -> &mut dyn FreeIndex {
        self
    }

    fn reserve(&mut self, inserts: usize) -> Result<(), NoMemory> {
        self.free.reserve(inserts)
    }

    fn insert(&mut self, table: &mut ExtentTable, place: u32) {
        self.free.insert(table, place);
        self.appeared(table, place);
    }

    fn remove(&mut self, table: &mut ExtentTable, place: u32) {
        self.free.remove(table, place);
        self.rule.vanished(table.other(place).lowest);
    }

    #[inline(always)]
    fn change(&mut self, table: &mut ExtentTable, place: u32, old: Old) {
        self.free.change(table, place, old.lowest);
        self.rule.vanished(old.lowest);
        self.appeared(table, place);
    }

    #[inline(always)]
    fn find(&mut self, _: &ExtentTable, size: u32, align: u32) -> Option<Choice> {
        let found = self.rule.find(&self.free, Fit { size, align }, &mut self.steps)?;
        Some(Choice { place: found.place, start: found.start })
    }

    fn find_outside(
        &mut self,
        _: &ExtentTable,
        size: u32,
        align: u32,
        window: &Range<u32>,
    ) -> Option<Choice> {
        self.free.first_fit_outside(window, Fit { size, align })
    }

    fn rover(&self) -> u32 {
        self.rule.rover()
    }

    fn set_rover(&mut self, rover: u32) {
        self.rule.set_rover(rover);
    }

    fn clear(&mut self) {
        self.free.clear();
        // What the rule knew of the extents around the rover no longer holds.
        self.rule.set_rover(self.rule.rover());
    }

    fn summary(&self, _: &ExtentTable) -> FreeSummary {
        FreeSummary { extents: self.free.len(), largest: self.free.longest() }
    }

    fn search_steps(&self) -> u64 {
        self.steps
    }
}
