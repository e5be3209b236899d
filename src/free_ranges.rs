//! Free ranges by address, coalesced.
//!
//! What always holds: the ranges do not touch each other. Cost of a change: O(log n) with n
//! ranges.

use crate::extent_table::ExtentTable;
use crate::fallible::NoMemory;
use crate::tree::{Entry, Tree};

#[derive(Debug)]
pub(crate) struct FreeRanges {
    tree: Tree,
}

impl FreeRanges {
    /// The free ranges of a table.
    pub fn of(table: &ExtentTable) -> Result<Self, NoMemory> {
        let mut ranges = Self { tree: Tree::default() };
        let mut last: Option<(u32, u32)> = None;
        for (_, entry) in table.iter().filter(|(_, entry)| entry.is_free()) {
            match &mut last {
                Some((lowest, length)) if *lowest + *length == entry.lowest => {
                    *length += entry.length;
                }
                _ => {
                    ranges.insert(last)?;
                    last = Some((entry.lowest, entry.length));
                }
            }
        }
        ranges.insert(last)?;
        Ok(ranges)
    }

    pub fn len(&self) -> usize {
        self.tree.len()
    }

    pub fn longest(&self) -> u32 {
        self.tree.heaviest()
    }

    fn insert(&mut self, range: Option<(u32, u32)>) -> Result<(), NoMemory> {
        if let Some((lowest, length)) = range {
            self.tree.reserve(1)?;
            self.tree.insert(Entry { key: lowest, weight: length, value: 0 }, |_, _| {});
        }
        Ok(())
    }

    fn change(&mut self, old: u32, lowest: u32, length: u32) {
        let range = Entry { key: lowest, weight: length, value: 0 };
        self.tree.change(self.tree.leaf(old), old, range);
    }

    /// Units that were in no range are free now.
    pub fn add(&mut self, lowest: u32, length: u32) -> Result<(), NoMemory> {
        let end = lowest + length;
        let below = self.tree.at_most(lowest).filter(|e| e.key + e.weight == lowest);
        let above = self.tree.at_least(end).filter(|e| e.key == end);
        match (below, above) {
            (None, None) => return self.insert(Some((lowest, length))),
            (None, Some(above)) => self.change(end, lowest, length + above.weight),
            (Some(below), None) => {
                self.change(below.key, below.key, below.weight + length);
            }
            (Some(below), Some(above)) => {
                self.tree.remove_key(end);
                let weight = below.weight + length + above.weight;
                self.change(below.key, below.key, weight);
            }
        }
        Ok(())
    }

    /// Units of one range are free no more.
    pub fn take(&mut self, lowest: u32, length: u32) -> Result<(), NoMemory> {
        let Some(range) = self.tree.at_most(lowest) else { return Ok(()) };
        let before = lowest - range.key;
        let after = range.weight - before - length;
        match (before, after) {
            (0, 0) => self.tree.remove_key(range.key),
            (0, _) => self.change(range.key, lowest + length, after),
            _ => self.change(range.key, range.key, before),
        }
        match (before, after) {
            (0, _) | (_, 0) => Ok(()),
            _ => self.insert(Some((lowest + length, after))),
        }
    }
}
