//! A single tree of keyed entries ([`crate::trees`]), with its own memory and a count.
//!
//! Cost, with n entries: every operation O(log n). Memory O(n).

use crate::fallible::NoMemory;
use crate::trees::{Root, Trees};

pub(crate) use crate::trees::Keyed;

/// See the head of this file.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    trees: Trees<u32, u32>,
    root: Root,
    len: usize,
}

// What has many callers is not inlined, as in [`Trees`].
impl Tree {
    pub fn len(&self) -> usize {
        self.len
    }

    /// Removes every entry; keeps the memory.
    pub fn clear(&mut self) {
        self.trees.clear();
        (self.root, self.len) = (Root::default(), 0);
    }

    /// See [`Trees::steps`].
    pub fn steps(&self) -> u64 {
        self.trees.steps()
    }

    /// See [`Trees::heaviest`].
    pub fn heaviest(&self) -> u32 {
        self.trees.heaviest(self.root)
    }

    /// Reserves for the next `inserts` insertions.
    pub fn reserve(&mut self, inserts: usize) -> Result<(), NoMemory> {
        self.trees.reserve(inserts, 1)
    }

    /// See [`Trees::at_least`].
    pub fn at_least(&self, key: u32) -> Option<Keyed> {
        self.trees.at_least(self.root, key)
    }

    /// See [`Trees::heavy_from`].
    pub fn heavy_from(&self, key: u32, weight: u32) -> Option<Keyed> {
        self.trees.heavy_from(self.root, key, weight)
    }

    /// See [`Trees::at_most`].
    pub fn at_most(&self, key: u32) -> Option<Keyed> {
        self.trees.at_most(self.root, key)
    }

    /// See [`Trees::insert`].
    #[inline(never)]
    pub fn insert(&mut self, entry: Keyed, note: &mut dyn FnMut(u32, u32)) {
        self.trees.insert(&mut self.root, entry, note);
        self.len += 1;
    }

    /// See [`Trees::remove`].
    #[inline(never)]
    pub fn remove(&mut self, leaf: u32, key: u32) {
        self.len -= usize::from(self.trees.remove(&mut self.root, leaf, key));
    }

    /// As [`Self::remove`], if the leaf was not noted.
    pub fn remove_key(&mut self, key: u32) {
        self.remove(self.leaf(key), key);
    }

    /// See [`Trees::change`].
    pub fn change(&mut self, leaf: u32, old: u32, entry: Keyed) {
        self.trees.change(self.root, leaf, old, entry);
    }

    /// See [`Trees::leaf`].
    pub fn leaf(&self, key: u32) -> u32 {
        self.trees.leaf(self.root, key)
    }
}
