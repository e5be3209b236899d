//! `best-fit`: the smallest free extent that fits, the lowest on a tie.
//!
//! Source: Knuth, *The Art of Computer Programming*, section 2.5. The free extents are in a tree by
//! length, then by address; `next` of a free extent is the leaf in which it is.
//!
//! Cost, with n free extents: O(log n), and O(log n) more for each extent that is long enough but
//! not when aligned. Good: keeps large extents for large blocks; with `tlsf` the least
//! fragmentation on most loads. Bad: leaves slivers too small for anything.

use super::contiguous::{FreeIndex, Old};
use super::{Choice, FreeSummary, TRIES, aligned, aligned_outside};
use crate::Error;
use crate::extent_table::ExtentTable;
use crate::tree::{Entry, Tree};
use std::ops::Range;

#[derive(Debug, Default)]
pub(crate) struct BestFit {
    free: Tree<u64, ()>,
    steps: u64,
}

fn key(lowest: u32, length: u32) -> u64 {
    u64::from(length) << 32 | u64::from(lowest)
}

impl FreeIndex for BestFit {
    fn reserve(&mut self, inserts: usize) -> Result<(), Error> {
        self.free.reserve(inserts)
    }

    fn insert(&mut self, table: &mut ExtentTable, place: u32) {
        let entry = table.other(place);
        let key = key(entry.lowest, entry.length);
        let entry = Entry { key, weight: (), value: place };
        self.free.insert(entry, |place, leaf| table.other_mut(place).next = leaf);
    }

    fn remove(&mut self, table: &mut ExtentTable, place: u32) {
        let entry = table.other(place);
        self.free.remove(entry.next, key(entry.lowest, entry.length));
    }

    fn change(&mut self, table: &mut ExtentTable, place: u32, old: Old) {
        self.free.remove(table.other(place).next, key(old.lowest, old.length));
        self.insert(table, place);
    }

    fn find(&mut self, _: &ExtentTable, size: u32, align: u32) -> Option<Choice> {
        let mut from = key(0, size);
        loop {
            self.steps += 1;
            let Entry { key, value: place, .. } = self.free.at_least(from)?;
            let (lowest, length) = (key as u32, (key >> 32) as u32);
            if let Some(start) = aligned(lowest, length, size, align) {
                return Some(Choice { place, start });
            }
            from = key + 1;
        }
    }

    fn find_outside(
        &mut self,
        table: &ExtentTable,
        size: u32,
        align: u32,
        window: &Range<u32>,
    ) -> Option<Choice> {
        let mut from = key(0, size);
        for _ in 0..64 * TRIES {
            let Entry { key, value: place, .. } = self.free.at_least(from)?;
            let entry = table.get(place);
            if let Some(start) = aligned_outside(entry, size, align, window) {
                return Some(Choice { place, start });
            }
            // Those of the same length that lie in the window come next: pass over them.
            from = match (window.start..window.end).contains(&entry.lowest) {
                true => self::key(window.end, entry.length),
                false => key + 1,
            };
        }
        None
    }

    fn clear(&mut self) {
        self.free.clear();
    }

    fn summary(&self, _: &ExtentTable) -> FreeSummary {
        let last = self.free.last();
        let largest = last.map_or(0, |entry| (entry.key >> 32) as u32);
        FreeSummary { extents: self.free.len(), largest }
    }

    fn search_steps(&self) -> u64 {
        self.steps
    }
}
