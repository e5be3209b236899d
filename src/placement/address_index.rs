//! The free extents by address, in a tree in which every branch knows the longest below it.
//!
//! Source: the Cartesian-tree first fit of Stephenson (*Fast fits*, 1983), with a B+ tree in place of
//! his tree. `next` of a free extent is the leaf of the tree that has it.
//!
//! Cost: every operation O(log n) with n free extents.

use super::{Choice, TREE_TRIES, aligned};
use crate::extent_table::ExtentTable;
use crate::fallible::NoMemory;
use crate::tree::{Keyed, Tree};
use std::ops::Range;

#[derive(Debug, Default)]
pub(crate) struct AddressIndex {
    tree: Tree,
}

impl AddressIndex {
    pub fn len(&self) -> usize {
        self.tree.len()
    }

    /// Entries of the tree, in leaves and branches, that searches have looked at.
    pub fn steps(&self) -> u64 {
        self.tree.steps()
    }

    pub fn longest(&self) -> u32 {
        self.tree.heaviest()
    }

    /// Reserves for inserting `inserts` extents.
    pub fn reserve(&mut self, inserts: usize) -> Result<(), NoMemory> {
        self.tree.reserve(inserts)
    }

    pub fn insert(&mut self, table: &mut ExtentTable, place: u32) {
        let entry = entry(table, place);
        self.tree.insert(entry, &mut |place, leaf| table.get_mut(place).next = leaf);
    }

    pub fn remove(&mut self, table: &ExtentTable, place: u32) {
        let entry = table.get(place);
        self.tree.remove(entry.next, entry.lowest);
    }

    /// Notes that the free extent that began at `old` has new ends, between the same neighbours, and
    /// perhaps another place in the table, with the same `next`.
    #[inline(always)]
    pub fn change(&mut self, table: &ExtentTable, place: u32, old: u32) {
        self.tree.change(table.get(place).next, old, entry(table, place));
    }

    /// Forgets every extent; keeps the memory.
    pub fn clear(&mut self) {
        self.tree.clear();
    }

    /// The first free extent from `from` on in which the block fits.
    pub fn first_fit(&self, from: u32, fit: Fit) -> Option<Found> {
        self.search(from, fit.size, fit)
    }

    /// The first free extent outside the window in which the block fits; `None` also where too many are
    /// long enough but not once aligned.
    pub fn first_fit_outside(&self, window: &Range<u32>, fit: Fit) -> Option<Choice> {
        let mut from = 0;
        for _ in 0..TREE_TRIES {
            let Keyed { key: lowest, weight: length, value: place } =
                self.tree.heavy_from(from, fit.size)?;
            let outside = lowest + length <= window.start || window.end <= lowest;
            match aligned(lowest, length, fit.size, fit.align).filter(|_| outside) {
                Some(start) => return Some(Choice { place, start }),
                None if outside => from = lowest + 1,
                None => from = window.end,
            }
        }
        None
    }

    /// The first free extent of at least this length in which the block fits.
    pub fn first_of_length(&self, length: u32, fit: Fit) -> Option<Found> {
        self.search(0, length, fit)
    }

    #[inline(always)]
    fn search(&self, from: u32, length: u32, fit: Fit) -> Option<Found> {
        let mut from = from;
        loop {
            let Keyed { key: lowest, weight: length, value: place } =
                self.tree.heavy_from(from, length)?;
            if let Some(start) = aligned(lowest, length, fit.size, fit.align) {
                return Some(Found { place, start, lowest, length });
            }
            from = lowest + 1;
        }
    }
}

#[inline(always)]
fn entry(table: &ExtentTable, place: u32) -> Keyed {
    let extent = table.get(place);
    Keyed { key: extent.lowest, weight: extent.length, value: place }
}

/// A request.
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
