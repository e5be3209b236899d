//! `first-fit`, `next-fit` and `worst-fit`: they search the free extents by address, each by its own rule.
//!
//! What always holds: the index has every free extent, and the rover of `next-fit` has been told of each
//! that came or went.

use super::address_index::{AddressIndex, Fit};
use super::contiguous::{FreeIndex, Old};
use super::next_fit::Rover;
use super::{Choice, FreeSummary, first_fit, worst_fit};
use crate::extent_table::ExtentTable;
use crate::fallible::NoMemory;
use std::ops::Range;

/// How to choose the free extent that serves a request.
#[derive(Debug)]
pub(crate) enum Rule {
    First,
    Next(Rover),
    Worst,
}

/// See the head of this file.
#[derive(Debug)]
pub(crate) struct ByAddress {
    free: AddressIndex,
    rule: Rule,
}

impl ByAddress {
    pub fn new(rule: Rule) -> Self {
        Self { free: AddressIndex::default(), rule }
    }

    fn appeared(&mut self, table: &ExtentTable, place: u32) {
        if let Rule::Next(rover) = &mut self.rule {
            let entry = table.other(place);
            rover.appeared(entry.lowest, entry.end());
        }
    }

    fn vanished(&mut self, lowest: u32) {
        if let Rule::Next(rover) = &mut self.rule {
            rover.vanished(lowest);
        }
    }
}

impl FreeIndex for ByAddress {
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
        self.vanished(table.other(place).lowest);
    }

    #[inline(always)]
    fn change(&mut self, table: &mut ExtentTable, place: u32, old: Old) {
        self.free.change(table, place, old.lowest);
        self.vanished(old.lowest);
        self.appeared(table, place);
    }

    #[inline(always)]
    fn find(&mut self, _: &ExtentTable, size: u32, align: u32) -> Option<Choice> {
        let (free, fit) = (&self.free, Fit { size, align });
        let found = match &self.rule {
            Rule::First => first_fit::find(free, fit),
            Rule::Next(rover) => rover.find(free, fit),
            Rule::Worst => worst_fit::find(free, fit),
        };
        found.map(|found| Choice { place: found.place, start: found.start })
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
        if let Rule::Next(rover) = &self.rule { rover.unit() } else { 0 }
    }

    fn set_rover(&mut self, unit: u32) {
        if let Rule::Next(rover) = &mut self.rule {
            *rover = Rover::at(unit);
        }
    }

    fn clear(&mut self) {
        self.free.clear();
        // What it knew of the extents around it no longer holds.
        self.set_rover(self.rover());
    }

    fn summary(&self, _: &ExtentTable) -> FreeSummary {
        FreeSummary { extents: self.free.len(), largest: self.free.longest() }
    }

    fn search_steps(&self) -> u64 {
        self.free.steps()
    }
}
