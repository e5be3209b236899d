//! Free ranges by address, coalesced.
//!
//! What always holds: the ranges do not touch each other. A change costs O(log n) with n ranges.

use crate::extent_table::ExtentTable;
use crate::fallible::NoMemory;
use crate::tree::{Keyed, Tree};

#[derive(Debug)]
pub(super) struct FreeRanges {
    tree: Tree,
}

impl FreeRanges {
    /// The free ranges of a table.
    pub fn of(table: &ExtentTable) -> Result<Self, NoMemory> {
        let mut ranges = Self { tree: Tree::default() };
        for (lowest, length) in table.free(true) {
            ranges.insert(lowest, length)?;
        }
        Ok(ranges)
    }

    pub fn len(&self) -> usize {
        self.tree.len()
    }

    pub fn longest(&self) -> u32 {
        self.tree.heaviest()
    }

    /// Where the longest begins, and how many units it has.
    #[cfg(feature = "trace")]
    pub fn longest_range(&self) -> (u32, u32) {
        self.tree.heavy_from(0, self.longest()).map_or((0, 0), |e| (e.key, e.weight))
    }

    fn insert(&mut self, lowest: u32, length: u32) -> Result<(), NoMemory> {
        self.tree.reserve(1)?;
        self.tree.insert(Keyed { key: lowest, weight: length, value: 0 }, &mut |_, _| {});
        Ok(())
    }

    fn change(&mut self, old: u32, lowest: u32, length: u32) {
        let range = Keyed { key: lowest, weight: length, value: 0 };
        self.tree.change(self.tree.leaf(old), old, range);
    }

    /// Adds units that have become free; they were in no range.
    pub fn add(&mut self, lowest: u32, length: u32) -> Result<(), NoMemory> {
        let end = lowest + length;
        let below = self.tree.at_most(lowest).filter(|e| e.key + e.weight == lowest);
        let above = self.tree.at_least(end).filter(|e| e.key == end);
        match (below, above) {
            (None, None) => return self.insert(lowest, length),
            (None, Some(above)) => self.change(end, lowest, length + above.weight),
            (Some(below), None) => self.change(below.key, below.key, below.weight + length),
            (Some(below), Some(above)) => {
                self.tree.remove_key(end);
                let weight = below.weight + length + above.weight;
                self.change(below.key, below.key, weight);
            }
        }
        Ok(())
    }

    /// Takes units that are no longer free out of their range.
    pub fn take(&mut self, lowest: u32, length: u32) -> Result<(), NoMemory> {
        let Some(range) = self.tree.at_most(lowest) else { return Ok(()) };
        let before = lowest - range.key;
        let after = range.weight - before - length;
        match (before, after) {
            (0, 0) => self.tree.remove_key(range.key),
            (0, _) => self.change(range.key, lowest + length, after),
            (_, 0) => self.change(range.key, range.key, before),
            _ => {
                self.change(range.key, range.key, before);
                return self.insert(lowest + length, after);
            }
        }
        Ok(())
    }
}
