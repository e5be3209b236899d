//! `best-fit`: the smallest free extent that fits, the lowest on a tie.
//!
//! Source: Knuth, *The Art of Computer Programming*, section 2.5. The free extents are in trees, by
//! length and then by address; `next` of a free extent is the leaf that has it. Each tree has a few of
//! the classes of [`super::size_class`], so that all trees are low.
//!
//! Cost, with n free extents: O(log n), and O(log n) more for each extent that is long enough but not
//! once aligned. Good: keeps large extents for large blocks; with `tlsf` it fragments least on most
//! loads. Bad: leaves slivers too small for anything.

use super::contiguous::{FreeIndex, Old};
use super::size_class::{CLASSES, Class, Occupied, class_of, next};
use super::{Choice, FreeSummary, TREE_TRIES, aligned, aligned_outside};
use crate::extent_table::ExtentTable;
use crate::fallible::NoMemory;
use crate::trees::{Keyed, Root, Trees};
use std::ops::Range;

/// Neighbouring size classes that share a tree.
const SHARING: usize = 4;
const TREES: usize = CLASSES / SHARING;

#[derive(Debug, Default)]
pub(crate) struct BestFit {
    trees: Trees<u64, ()>,
    /// [`TREES`] of them since the first [`FreeIndex::reserve`].
    roots: Vec<Root>,
    /// The first class of each tree that is not empty.
    occupied: Occupied,
    count: usize,
}

/// The first of the classes that share a tree with the class of this length.
fn shared(length: u32) -> Class {
    class_of(length) / SHARING * SHARING
}

fn key(lowest: u32, length: u32) -> u64 {
    u64::from(length) << 32 | u64::from(lowest)
}

impl BestFit {
    /// The first extent, by length and then by address, from this key on.
    fn at_least(&self, key: u64) -> Option<Keyed<u64, ()>> {
        let class = shared((key >> 32) as u32);
        let here = self.trees.at_least(*self.roots.get(class / SHARING)?, key);
        here.or_else(|| {
            let longer = self.occupied.from(next(class + (SHARING - 1))?)?;
            self.trees.at_least(self.roots[longer / SHARING], 0)
        })
    }

    /// Removes an extent, as it was noted in this leaf.
    #[inline(never)]
    fn remove_from(&mut self, leaf: u32, old: Old) {
        let class = shared(old.length);
        let root = &mut self.roots[class / SHARING];
        self.trees.remove(root, leaf, key(old.lowest, old.length));
        if root.is_empty() {
            self.occupied.clear(class);
        }
        self.count -= 1;
    }
}

impl FreeIndex for BestFit {
    fn any(&mut self) -> &mut dyn FreeIndex {
        self
    }

    fn reserve(&mut self, inserts: usize) -> Result<(), NoMemory> {
        if self.roots.is_empty() {
            self.roots.try_reserve_exact(TREES)?;
            self.roots.resize(TREES, Root::default());
        }
        self.trees.reserve(inserts, TREES)
    }

    #[inline(never)]
    fn insert(&mut self, table: &mut ExtentTable, place: u32) {
        let entry = table.other(place);
        let class = shared(entry.length);
        let entry = Keyed { key: key(entry.lowest, entry.length), weight: (), value: place };
        let note = |place, leaf| table.other_mut(place).next = leaf;
        self.trees.insert(&mut self.roots[class / SHARING], entry, note);
        self.occupied.set(class);
        self.count += 1;
    }

    fn remove(&mut self, table: &mut ExtentTable, place: u32) {
        let old = Old::of(table.other(place));
        self.remove_from(table.other(place).next, old);
    }

    fn change(&mut self, table: &mut ExtentTable, place: u32, old: Old) {
        self.remove_from(table.other(place).next, old);
        self.insert(table, place);
    }

    fn find(&mut self, _: &ExtentTable, size: u32, align: u32) -> Option<Choice> {
        let mut from = key(0, size);
        loop {
            let Keyed { key, value: place, .. } = self.at_least(from)?;
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
        for _ in 0..TREE_TRIES {
            let Keyed { key, value: place, .. } = self.at_least(from)?;
            let entry = table.get(place);
            if let Some(start) = aligned_outside(entry, size, align, window) {
                return Some(Choice { place, start });
            }
            // Extents of the same length within the window come next: skip them.
            from = if (window.start..window.end).contains(&entry.lowest) {
                self::key(window.end, entry.length)
            } else {
                key + 1
            };
        }
        None
    }

    fn clear(&mut self) {
        self.trees.clear();
        self.roots.fill(Root::default());
        (self.occupied, self.count) = (Occupied::default(), 0);
    }

    fn summary(&self, _: &ExtentTable) -> FreeSummary {
        let longest = self.occupied.highest();
        let last = longest.and_then(|class| self.trees.last(self.roots[class / SHARING]));
        let largest = last.map_or(0, |entry| (entry.key >> 32) as u32);
        FreeSummary { extents: self.count, largest }
    }

    fn search_steps(&self) -> u64 {
        self.trees.steps()
    }
}
