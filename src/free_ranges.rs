//! Free ranges by address, coalesced.
//!
//! What always holds: the ranges do not touch each other. Cost of a change: O(log n) with n
//! ranges.

use crate::Error;
use crate::extent_table::ExtentTable;
use crate::tree::{Entry, Tree};

#[derive(Debug)]
pub(crate) struct FreeRanges {
    tree: Tree,
}

impl FreeRanges {
    /// The free ranges of a table.
    pub fn of(table: &ExtentTable) -> Result<Self, Error> {
        let mut ranges = Self { tree: Tree::new() };
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

    fn insert(&mut self, range: Option<(u32, u32)>) -> Result<(), Error> {
        if let Some((lowest, length)) = range {
            self.tree.reserve(1)?;
            self.tree.insert(Entry { key: lowest.into(), weight: length, value: 0 });
        }
        Ok(())
    }

    /// Units that were in no range are free now.
    pub fn add(&mut self, lowest: u32, length: u32) -> Result<(), Error> {
        let key = u64::from(lowest);
        let end = key + u64::from(length);
        let below = self.tree.at_most(key).filter(|e| e.key + u64::from(e.weight) == key);
        let above = self.tree.at_least(end).filter(|e| e.key == end);
        let range = |key, weight| Entry { key, weight, value: 0 };
        match (below, above) {
            (None, None) => return self.insert(Some((lowest, length))),
            (None, Some(above)) => self.tree.change(end, range(key, length + above.weight)),
            (Some(below), None) => {
                self.tree.change(below.key, range(below.key, below.weight + length));
            }
            (Some(below), Some(above)) => {
                self.tree.remove(end);
                let weight = below.weight + length + above.weight;
                self.tree.change(below.key, range(below.key, weight));
            }
        }
        Ok(())
    }

    /// Units of one range are free no more.
    pub fn take(&mut self, lowest: u32, length: u32) -> Result<(), Error> {
        let key = u64::from(lowest);
        let Some(range) = self.tree.at_most(key) else { return Ok(()) };
        let before = (key - range.key) as u32;
        let after = range.weight - before - length;
        match (before, after) {
            (0, 0) => self.tree.remove(range.key),
            (0, _) => {
                let rest = Entry { key: key + u64::from(length), weight: after, value: 0 };
                self.tree.change(range.key, rest);
            }
            _ => self.tree.change(range.key, Entry { weight: before, ..range }),
        }
        match (before, after) {
            (0, _) | (_, 0) => Ok(()),
            _ => self.insert(Some((lowest + length, after))),
        }
    }
}
