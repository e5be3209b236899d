//! The free extents by address, in a tree that knows the longest below every branch.
//!
//! Source: the Cartesian-tree first fit of Stephenson (*Fast fits*, 1983), with a B+ tree in place
//! of his tree. Cost: every operation O(log n) with n free extents.

use super::{Choice, aligned};
use crate::Error;
use crate::extent_table::ExtentTable;
use crate::tree::{Entry, Tree};
use std::ops::Range;

#[derive(Debug, Default)]
pub(crate) struct AddressIndex {
    tree: Tree,
}

impl AddressIndex {
    pub fn len(&self) -> usize {
        self.tree.len()
    }

    pub fn longest(&self) -> u32 {
        self.tree.heaviest()
    }

    /// Makes sure that `inserts` extents can be inserted without memory.
    pub fn reserve(&mut self, inserts: usize) -> Result<(), Error> {
        self.tree.reserve(inserts)
    }

    pub fn insert(&mut self, table: &ExtentTable, place: u32) {
        let entry = table.get(place);
        self.tree.insert(Entry { key: entry.lowest.into(), weight: entry.length, value: place });
    }

    pub fn remove(&mut self, lowest: u32) {
        self.tree.remove(lowest.into());
    }

    /// The free extent that began at `old` has new ends, between the same neighbours, and
    /// perhaps another place in the table.
    pub fn change(&mut self, table: &ExtentTable, place: u32, old: u32) {
        let entry = table.get(place);
        let new = Entry { key: entry.lowest.into(), weight: entry.length, value: place };
        self.tree.change(old.into(), new);
    }

    /// Forgets every extent; keeps the memory.
    pub fn clear(&mut self) {
        self.tree.clear();
    }

    /// The extents have other places in the table.
    pub fn renumber(&mut self, map: &dyn Fn(u32) -> u32) {
        self.tree.renumber(map);
    }

    /// Forgets everything and takes up the free extents of the table.
    pub fn rebuild(&mut self, table: &ExtentTable) -> Result<(), Error> {
        self.tree.clear();
        for (place, _) in table.iter().filter(|(_, entry)| entry.is_free()) {
            self.tree.reserve(1)?;
            self.insert(table, place);
        }
        Ok(())
    }

    /// The first free extent at or above `from`.
    pub fn first(&self, from: u32) -> Option<u32> {
        self.tree.at_least(from.into()).map(|entry| entry.value)
    }

    /// The first free extent from `from` on in which the block fits; adds the extents examined to
    /// `steps`.
    pub fn first_fit(&self, from: u32, fit: Fit, steps: &mut u64) -> Option<Found> {
        self.search(from, fit.size, fit, steps)
    }

    /// The first free extent in which the block fits that does not touch the window.
    pub fn first_fit_outside(
        &self,
        window: &Range<u32>,
        fit: Fit,
        steps: &mut u64,
    ) -> Option<Choice> {
        let mut found = self.search(0, fit.size, fit, steps)?;
        if found.lowest + found.length > window.start && found.lowest < window.end {
            found = self.search(window.end, fit.size, fit, steps)?;
        }
        Some(found.choice())
    }

    /// The first free extent of at least this length in which the block fits.
    pub fn first_of_length(&self, length: u32, fit: Fit, steps: &mut u64) -> Option<Found> {
        self.search(0, length, fit, steps)
    }

    fn search(&self, from: u32, length: u32, fit: Fit, steps: &mut u64) -> Option<Found> {
        let mut key = u64::from(from);
        loop {
            *steps += 1;
            let Entry { key: lowest, weight: length, value: place } =
                self.tree.heavy_from(key, length)?;
            let lowest = lowest as u32;
            if let Some(start) = aligned(lowest, length, fit.size, fit.align) {
                return Some(Found { place, start, lowest, length });
            }
            key = u64::from(lowest) + 1;
        }
    }
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fit {
    pub size: u32,
    pub align: u32,
}

/// A free extent that fits, and the block's first unit in it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found {
    pub place: u32,
    pub start: u32,
    pub lowest: u32,
    pub length: u32,
}

impl Found {
    pub fn choice(self) -> Choice {
        Choice { place: self.place, start: self.start }
    }
}
