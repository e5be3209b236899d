//! `tlsf`: two-level segregated fit.
//!
//! Source: Masmano, Ripoll, Crespo and Real, *TLSF: a new dynamic memory allocator for real-time
//! systems*, ECRTS 2004. Differences: the lists are linked through the extent table, outside the
//! buffer; a request that no list above its class can serve searches its own class before it is
//! refused, so that it is refused only when nothing fits (an empty manager serves its whole
//! capacity in one block).
//!
//! Extents are in classes by the power of two below their length, each cut into 32 (so a class
//! spans less than 1/32 of its lengths), and two levels of bitmaps find a class that has one.
//!
//! Cost: O(1); a request that only its own class might serve, O(extents in that class). Good: the
//! fastest, with little fragmentation. Bad: which extent of a class it takes has no system that a
//! person could see.

use super::contiguous::{FreeIndex, Old};
use super::{Choice, FreeSummary, TRIES, aligned, aligned_outside};
use crate::Error;
use crate::extent_table::{Entry, ExtentTable, NONE};
use std::cell::Cell;
use std::ops::Range;

/// Each power of two is cut into 2^`CUTS` classes.
const CUTS: u32 = 5;
const ROW: usize = 1 << CUTS;
/// The first row has the lengths below `ROW`, one class each; the others a power of two each.
const ROWS: usize = (u32::BITS - CUTS) as usize + 1;

#[derive(Debug)]
pub(crate) struct Tlsf {
    /// The first extent of each class; the others are linked by `next` and `previous`.
    heads: [[u32; ROW]; ROWS],
    /// A bit for each row that has an extent, and in it for each class that has one.
    rows: u32,
    classes: [u32; ROWS],
    count: usize,
    longest: Cell<Longest>,
    steps: u64,
}

impl Default for Tlsf {
    fn default() -> Self {
        Self {
            heads: [[NONE; ROW]; ROWS],
            rows: 0,
            classes: [0; ROWS],
            count: 0,
            longest: Cell::new(Longest { length: 0, count: 0 }),
            steps: 0,
        }
    }
}

/// The row and the class of a length. Without a branch: which lengths come is anyone's guess.
#[inline(always)]
fn class_of(length: u32) -> (usize, usize) {
    let shift = cuts_off(length);
    let class = ((shift << CUTS) + (length >> shift)) as usize;
    (class / ROW, class % ROW)
}

/// How many low bits of a length its class does not look at.
#[inline(always)]
fn cuts_off(length: u32) -> u32 {
    (length | ROW as u32).ilog2() - CUTS
}

/// The shortest length whose class, and every class above it, has only extents of at least
/// `length`; none past 2^32.
#[inline(always)]
fn round_up(length: u32) -> Option<u32> {
    length.checked_add((1 << cuts_off(length)) - 1)
}

impl Tlsf {
    /// The first class from this one on that has an extent.
    #[inline(always)]
    fn occupied(&self, row: usize, class: usize) -> Option<(usize, usize)> {
        let here = self.classes[row] & (u32::MAX << class);
        if here != 0 {
            return Some((row, here.trailing_zeros() as usize));
        }
        let rows = self.rows & u32::MAX.checked_shl(row as u32 + 1).unwrap_or(0);
        if rows == 0 {
            return None;
        }
        let row = rows.trailing_zeros() as usize;
        Some((row, self.classes[row].trailing_zeros() as usize))
    }

    /// An extent of a class in which every extent has room wherever the block is aligned.
    #[inline(always)]
    fn find_surely(&self, size: u32, align: u32) -> Option<u32> {
        let (row, class) = class_of(round_up(size.checked_add(align - 1)?)?);
        let (row, class) = self.occupied(row, class)?;
        Some(self.heads[row][class])
    }

    /// The first extent for which `fits` says where the block goes, of at most `tries` in each
    /// class from that of `size` on.
    fn search(
        &mut self,
        table: &ExtentTable,
        size: u32,
        tries: usize,
        fits: impl Fn(&Entry) -> Option<u32>,
    ) -> Option<Choice> {
        let mut at = Some(class_of(size));
        while let Some((row, class)) = at.and_then(|(row, class)| self.occupied(row, class)) {
            let mut place = self.heads[row][class];
            for _ in 0..tries {
                let Some(entry) = table.get_checked(place) else { break };
                self.steps += 1;
                if let Some(start) = fits(entry) {
                    return Some(Choice { place, start });
                }
                place = entry.next;
            }
            at = if class + 1 < ROW { Some((row, class + 1)) } else { next_row(row) };
        }
        None
    }

    #[inline(always)]
    fn link(&mut self, table: &mut ExtentTable, place: u32) {
        let length = table.get(place).length;
        let (row, class) = class_of(length);
        let head = std::mem::replace(&mut self.heads[row][class], place);
        let entry = table.get_mut(place);
        (entry.next, entry.previous) = (head, NONE);
        table.get_mut(head).previous = place;
        self.rows |= 1 << row;
        self.classes[row] |= 1 << class;
    }

    #[inline(always)]
    fn unlink(&mut self, table: &mut ExtentTable, place: u32, length: u32) {
        let Entry { next, previous, .. } = *table.get(place);
        table.get_mut(next).previous = previous;
        if previous != NONE {
            table.get_mut(previous).next = next;
            return;
        }
        let (row, class) = class_of(length);
        self.heads[row][class] = next;
        if next == NONE {
            self.classes[row] &= !(1 << class);
            if self.classes[row] == 0 {
                self.rows &= !(1 << row);
            }
        }
    }

    /// The longest extents are in the highest class.
    fn find_longest(&self, table: &ExtentTable) -> Longest {
        let mut longest = Longest { length: 0, count: 0 };
        if let Some(row) = self.rows.checked_ilog2() {
            let class = self.classes[row as usize].ilog2();
            let first = self.heads[row as usize][class as usize];
            table.chain(first).for_each(|entry| longest.appeared(entry.length));
        }
        longest
    }
}

/// The longest length and how many extents have it. When the last of them is gone the next is not
/// known, and nothing more is noted until someone asks.
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

fn next_row(row: usize) -> Option<(usize, usize)> {
    (row + 1 < ROWS).then_some((row + 1, 0))
}

impl FreeIndex for Tlsf {
    fn reserve(&mut self, _: usize) -> Result<(), Error> {
        Ok(())
    }

    #[inline(always)]
    fn insert(&mut self, table: &mut ExtentTable, place: u32) {
        self.count += 1;
        self.longest.get_mut().appeared(table.get(place).length);
        self.link(table, place);
    }

    #[inline(always)]
    fn remove(&mut self, table: &mut ExtentTable, place: u32) {
        let length = table.get(place).length;
        self.count -= 1;
        self.longest.get_mut().vanished(length);
        self.unlink(table, place, length);
    }

    #[inline(always)]
    fn change(&mut self, table: &mut ExtentTable, place: u32, old: Old) {
        let length = table.get(place).length;
        self.longest.get_mut().vanished(old.length);
        self.longest.get_mut().appeared(length);
        if class_of(length) != class_of(old.length) {
            self.unlink(table, place, old.length);
            self.link(table, place);
        }
    }

    fn renumber(&mut self, _: &mut ExtentTable, map: &dyn Fn(u32) -> u32) {
        for head in self.heads.as_flattened_mut().iter_mut().filter(|head| **head != NONE) {
            *head = map(*head);
        }
    }

    #[inline(always)]
    fn find(&mut self, table: &ExtentTable, size: u32, align: u32) -> Option<Choice> {
        self.steps += 1;
        let Some(place) = self.find_surely(size, align) else {
            return self.search(table, size, usize::MAX, |entry| {
                aligned(entry.lowest, entry.length, size, align)
            });
        };
        let start = (table.get(place).lowest + (align - 1)) & !(align - 1);
        Some(Choice { place, start })
    }

    fn for_each_in_order(&self, table: &ExtentTable, visit: &mut dyn FnMut(u32)) {
        for &head in self.heads.iter().flatten() {
            table.for_each_linked(head, visit);
        }
    }

    fn find_outside(
        &mut self,
        table: &ExtentTable,
        size: u32,
        align: u32,
        window: &Range<u32>,
    ) -> Option<Choice> {
        self.search(table, size, TRIES, |entry| aligned_outside(entry, size, align, window))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_in_order_and_span_less_than_a_thirty_second() {
        let lengths = (1..5_000).chain((13..32).flat_map(|p| [(1 << p) - 1, 1 << p, (1 << p) + 1]));
        let mut last = (0, 0);
        for length in lengths.chain([u32::MAX - 1, u32::MAX]) {
            let class = class_of(length);
            assert!(class >= last && class.0 < ROWS && class.1 < ROW, "{length}");
            last = class;
            if let Some(round) = round_up(length) {
                assert!(f64::from(round - length) < f64::from(length) / 32.0, "{length}");
                assert!(class_of(round) >= class && round >= length, "{length}");
            }
        }
    }
}
