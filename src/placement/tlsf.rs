//! `tlsf`: two-level segregated fit.
//!
//! Source: Masmano, Ripoll, Crespo and Real, *TLSF: a new dynamic memory allocator for real-time
//! systems*, ECRTS 2004. Two differences: the lists are linked through the extent table, outside the
//! buffer; and a request that no higher class can serve searches its own class before it is refused, so
//! that it is refused only if nothing fits. (An empty manager can serve its whole capacity as one
//! block.)
//!
//! What always holds: each free extent is in the list of its class ([`super::size_class`]), and `occupied`
//! has the classes whose lists are not empty.
//!
//! Cost: O(1). Exceptions: a request that only its own class might serve, O(extents in that class); an
//! aligned request that no class surely serves, O(extents that are long enough); finding the longest
//! extent after the last such one has gone, O(extents in the highest class). Good: fast, with
//! little fragmentation. Bad: which extent of a class it takes follows no order one can see.

use super::contiguous::{FreeIndex, Old};
use super::free_lists::FreeLists;
use super::size_class::{CLASSES, Class, Occupied, class_of, next, round_up};
use super::{Choice, FreeSummary, TRIES, aligned, aligned_outside};
use crate::entry::Entry;
use crate::extent_table::ExtentTable;
use crate::fallible::NoMemory;
use std::cell::Cell;
use std::ops::Range;

#[derive(Debug)]
pub(crate) struct Tlsf {
    /// Of each class.
    lists: FreeLists<CLASSES>,
    occupied: Occupied,
    count: usize,
    longest: Cell<Longest>,
    steps: u64,
}

impl Default for Tlsf {
    fn default() -> Self {
        Self {
            lists: FreeLists::default(),
            occupied: Occupied::default(),
            count: 0,
            longest: Cell::new(Longest { length: 0, count: 0 }),
            steps: 0,
        }
    }
}

impl Tlsf {
    /// An extent of a class in which every extent has room for the block, however it is aligned.
    #[inline(always)]
    fn find_surely(&self, size: u32, align: u32) -> Option<u32> {
        let class = self.occupied.from(class_of(round_up(size.checked_add(align - 1)?)?))?;
        Some(self.lists.first(class))
    }

    /// The first extent for which `fits` returns a start, among at most `tries` in each class from that
    /// of `size` on.
    fn search(
        &self,
        table: &ExtentTable,
        size: u32,
        tries: usize,
        fits: &mut dyn FnMut(&Entry) -> Option<u32>,
    ) -> Option<Choice> {
        let mut at = Some(class_of(size));
        while let Some(class) = at.and_then(|class| self.occupied.from(class)) {
            let found = self.lists.search(table, class, tries, fits);
            if found.is_some() {
                return found;
            }
            at = next(class);
        }
        None
    }

    #[inline(always)]
    fn link(&mut self, table: &mut ExtentTable, place: u32, class: Class) {
        self.lists.push(table, class, place);
        self.occupied.set(class);
    }

    #[inline(always)]
    fn unlink(&mut self, table: &mut ExtentTable, place: u32, class: Class) {
        if self.lists.remove(table, class, place) {
            self.occupied.clear(class);
        }
    }

    /// The longest extents are in the highest class.
    fn find_longest(&self, table: &ExtentTable) -> Longest {
        let mut longest = Longest { length: 0, count: 0 };
        if let Some(class) = self.occupied.highest() {
            let first = self.lists.first(class);
            table.chain(first).for_each(|entry| longest.appeared(entry.length));
        }
        longest
    }
}

/// The longest length, and how many extents have it. When the last of these has gone the longest is
/// unknown, and nothing is noted until someone asks.
#[derive(Clone, Copy, Debug)]
struct Longest {
    length: u32,
    count: u32,
}

impl Longest {
    const UNKNOWN: Self = Self { length: u32::MAX, count: 0 };

    #[inline(always)]
    fn appeared(&mut self, length: u32) {
        if length > self.length {
            *self = Self { length, count: 1 };
        } else if length == self.length {
            self.count += 1;
        }
    }

    #[inline(always)]
    fn vanished(&mut self, length: u32) {
        if length == self.length {
            self.count -= 1;
            if self.count == 0 {
                *self = Self::UNKNOWN;
            }
        }
    }
}

impl FreeIndex for Tlsf {
    fn any(&mut self) -> &mut dyn FreeIndex {
        self
    }

    fn reserve(&mut self, _: usize) -> Result<(), NoMemory> {
        Ok(())
    }

    #[inline(always)]
    fn insert(&mut self, table: &mut ExtentTable, place: u32) {
        self.count += 1;
        let length = table.other(place).length;
        self.longest.get_mut().appeared(length);
        self.link(table, place, class_of(length));
    }

    #[inline(always)]
    fn remove(&mut self, table: &mut ExtentTable, place: u32) {
        let length = table.other(place).length;
        self.count -= 1;
        self.longest.get_mut().vanished(length);
        self.unlink(table, place, class_of(length));
    }

    #[inline(always)]
    fn change(&mut self, table: &mut ExtentTable, place: u32, old: Old) {
        let length = table.other(place).length;
        self.longest.get_mut().vanished(old.length);
        self.longest.get_mut().appeared(length);
        let (class, old_class) = (class_of(length), class_of(old.length));
        if class != old_class {
            self.unlink(table, place, old_class);
            self.link(table, place, class);
        }
    }

    #[inline(always)]
    fn find(&mut self, table: &ExtentTable, size: u32, align: u32) -> Option<Choice> {
        let Some(place) = self.find_surely(size, align) else {
            let mut steps = self.steps;
            let found = self.search(table, size, usize::MAX, &mut |entry| {
                steps += 1;
                aligned(entry.lowest, entry.length, size, align)
            });
            self.steps = steps;
            return found;
        };
        self.steps += 1;
        let start = (table.other(place).lowest + (align - 1)) & !(align - 1);
        Some(Choice { place, start })
    }

    fn for_each_in_order(&self, table: &ExtentTable, visit: &mut dyn FnMut(u32)) {
        self.lists.for_each(table, visit);
    }

    fn find_outside(
        &mut self,
        table: &ExtentTable,
        size: u32,
        align: u32,
        window: &Range<u32>,
    ) -> Option<Choice> {
        self.search(table, size, TRIES, &mut |entry| aligned_outside(entry, size, align, window))
    }

    fn clear(&mut self) {
        *self = Self { steps: self.steps, ..Self::default() };
    }

    fn summary(&self, table: &ExtentTable) -> FreeSummary {
        if self.longest.get().count == 0 {
            self.longest.set(self.find_longest(table));
        }
        FreeSummary { extents: self.count, largest: self.longest.get().length }
    }

    fn search_steps(&self) -> u64 {
        self.steps
    }
}
