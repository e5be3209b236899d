//! `buddy`: powers of two that split in halves and merge again.
//!
//! Source: Knowlton, *A fast storage allocator*, 1965; Knuth, *The Art of Computer Programming*,
//! section 2.5, algorithms R and S. Here the capacity need not be a power of two: it is cut into
//! aligned powers of two from unit 0 on.
//!
//! What always holds: the length of every extent is a power of two, and its lowest unit a multiple of
//! its length. Two free buddies (the halves of one extent) merge at once; other free neighbours never
//! do.
//!
//! Cost: O(log capacity); O(free extents) for an alignment above the rounded size, if no free extent has
//! as many units. Good: merging is cheap, every block is aligned to its size, and a block may
//! grow to its rounded size in place. Bad: rounding leaves a quarter of the units unused on average
//! (internal fragmentation), and free neighbours that are not buddies cannot serve a request together.

use super::free_lists::FreeLists;
use super::{Choice, FreeSummary, Placement, Refusal, TRIES, Taken, aligned, aligned_outside};
use crate::entry::{Entry, Owner};
use crate::extent_table::{ExtentTable, NONE, NewBlock};
use crate::fallible::{List, NoMemory};
use crate::{Extent, PlacementKind};
use std::ops::Range;

const BUDDY: PlacementKind = PlacementKind::Buddy;
const ORDERS: usize = u32::BITS as usize;
/// Powers of two that [`buddies`] cuts a run of units into at most: they ascend, as far as the lowest unit is
/// aligned, and then descend, so that each order comes twice at most.
pub(super) const MOST_BUDDIES: usize = 2 * ORDERS;

#[derive(Debug, Default)]
pub(crate) struct Buddy {
    /// Of each power of two.
    lists: FreeLists<ORDERS>,
    /// A bit for each power of two that has a free extent.
    orders: u32,
    count: usize,
    steps: u64,
}

impl Buddy {
    fn link(&mut self, table: &mut ExtentTable, place: u32) {
        let entry = table.other_mut(place);
        entry.owner = Owner::FREE;
        let order = entry.length.ilog2();
        self.lists.push(table, order as usize, place);
        self.orders |= 1 << order;
        self.count += 1;
    }

    fn unlink(&mut self, table: &mut ExtentTable, place: u32) {
        let order = table.other(place).length.ilog2();
        self.count -= 1;
        if self.lists.remove(table, order as usize, place) {
            self.orders &= !(1 << order);
        }
    }

    /// Merges a free extent with its buddy, and the result with its buddy, as far as possible.
    fn merge(&mut self, table: &mut ExtentTable, place: u32) -> u32 {
        let mut place = place;
        loop {
            let Entry { lowest, length, .. } = *table.get(place);
            let is_low = lowest & length == 0;
            let buddy = if is_low { table.free_above(place) } else { table.free_below(place) };
            let Some(buddy) = buddy.filter(|&buddy| table.get(buddy).length == length) else {
                return place;
            };
            self.unlink(table, buddy);
            place = if is_low { place } else { buddy };
            table.absorb_free_above(place);
        }
    }

    /// Adds a free extent, merged.
    fn merge_and_link(&mut self, table: &mut ExtentTable, place: u32) {
        let merged = self.merge(table, place);
        self.link(table, merged);
    }

    /// The first free extent of at least `units` units, a power of two, for which `fits` returns a start, among
    /// at most `tries` of each length.
    fn search(
        &self,
        table: &ExtentTable,
        units: u32,
        tries: usize,
        fits: &mut dyn FnMut(&Entry) -> Option<u32>,
    ) -> Option<Choice> {
        let mut orders = self.orders & !(units - 1);
        while orders != 0 {
            let order = orders.trailing_zeros() as usize;
            let found = self.lists.search(table, order, tries, fits);
            if found.is_some() {
                return found;
            }
            orders &= orders - 1;
        }
        None
    }

    /// A free extent of fewer units than `align` that happens to lie at a multiple of it.
    #[cold]
    fn find_aligned(&mut self, table: &ExtentTable, rounded: u32, align: u32) -> Option<Choice> {
        let mut steps = self.steps;
        let found = self.search(table, rounded, usize::MAX, &mut |entry| {
            steps += 1;
            aligned(entry.lowest, entry.length, rounded, align)
        });
        self.steps = steps;
        found
    }

    /// Cuts an extent of the table into aligned powers of two, and makes each free. Needs
    /// [`Placement::reserve`] first.
    fn take_up(&mut self, table: &mut ExtentTable, place: u32) {
        let mut held = table.release(place, Owner::HELD);
        let Entry { lowest, length, .. } = *table.get(held);
        for (_, length) in buddies(lowest, length) {
            let rest = (length < table.get(held).length).then(|| table.split(held, length));
            // The part still held cannot merge.
            let free = table.release(held, Owner::FREE);
            self.merge_and_link(table, free);
            let Some(rest) = rest else { return };
            held = rest;
        }
    }

    /// Halves an extent while half is enough for `size` units; returns how many it has then.
    #[inline(always)]
    fn halve(&mut self, table: &mut ExtentTable, place: u32, size: u32) -> u32 {
        loop {
            let length = table.get(place).length;
            if length / 2 < size {
                return length;
            }
            let high = table.split(place, length / 2);
            self.link(table, high);
        }
    }
}

/// The aligned powers of two that a run of units falls into: their lowest units, ascending, and lengths.
pub(crate) fn buddies(lowest: u32, length: u32) -> impl Iterator<Item = (u32, u32)> {
    let (mut lowest, mut left) = (lowest, length);
    std::iter::from_fn(move || {
        let length = 1 << left.checked_ilog2()?.min(lowest.trailing_zeros());
        let first = (lowest, length);
        (lowest, left) = (lowest + length, left - length);
        Some(first)
    })
}

impl Placement for Buddy {
    fn reserve(&mut self, table: &mut ExtentTable, _: usize) -> Result<(), NoMemory> {
        // A free extent may be halved once for each order, or what remains around a block be cut into powers
        // of two.
        table.reserve(MOST_BUDDIES)
    }

    fn plan(
        &mut self,
        table: &mut ExtentTable,
        size: u32,
        align: u32,
        extents: usize,
    ) -> Result<Choice, Refusal> {
        self.reserve(table, extents)?;
        let (rounded, multiple) = BUDDY.rounded(size, align).ok_or(Refusal::NoExtent)?;
        let fitting = self.orders & !(multiple - 1);
        if fitting == 0 {
            return self.find_aligned(table, rounded, align).ok_or(Refusal::NoExtent);
        }
        let order = fitting.trailing_zeros();
        self.steps += u64::from(order - rounded.ilog2()) + 1;
        let place = self.lists.first(order as usize);
        Ok(Choice { place, start: table.get(place).lowest })
    }

    fn commit(
        &mut self,
        table: &mut ExtentTable,
        choice: Choice,
        size: u32,
        block: NewBlock,
    ) -> Taken {
        let place = choice.place;
        self.unlink(table, place);
        let units = self.halve(table, place, size);
        table.give_to(block, place);
        Taken { extents: 1, units }
    }

    fn free(&mut self, table: &mut ExtentTable, first: u32) -> Taken {
        let units = table.get(first).length;
        let place = table.take_first(first, Owner::FREE);
        self.merge_and_link(table, place);
        Taken { extents: 1, units }
    }

    fn grow(&mut self, table: &mut ExtentTable, first: u32, size: u32) -> Option<Taken> {
        let Entry { lowest, length: old, .. } = *table.get(first);
        let (rounded, _) = BUDDY.rounded(size, 1)?;
        if rounded > old && !lowest.is_multiple_of(rounded) {
            return None;
        }
        let (mut above, mut length) = (first, old);
        while length < rounded {
            above = table.free_above(above)?;
            length += table.get(above).length;
        }
        while table.get(first).length < rounded {
            self.unlink(table, table.above(first));
            table.absorb_above(first);
        }
        Some(Taken { extents: 0, units: rounded.saturating_sub(old) })
    }

    fn shrink(&mut self, table: &mut ExtentTable, first: u32, size: u32) -> Taken {
        let old = table.get(first).length;
        Taken { extents: 0, units: old - self.halve(table, first, size) }
    }

    fn room_around(
        &self,
        table: &ExtentTable,
        first: u32,
        size: u32,
        align: u32,
    ) -> Option<Choice> {
        let (rounded, _) = BUDDY.rounded(size, align)?;
        let start = table.get(first).lowest & !(rounded - 1);
        let end = u64::from(start) + u64::from(rounded);
        let (mut place, mut highest) = (first, first);
        while table.get(place).lowest > start {
            place = table.free_below(place)?;
        }
        while u64::from(table.get(highest).end()) < end {
            highest = table.free_above(highest)?;
        }
        start.is_multiple_of(align).then_some(Choice { place, start })
    }

    fn withdraw(&mut self, table: &mut ExtentTable, place: u32) {
        self.unlink(table, place);
        table.other_mut(place).owner = Owner::HELD;
    }

    fn give(&mut self, table: &mut ExtentTable, place: u32) {
        self.take_up(table, place);
    }

    fn find_outside(
        &mut self,
        table: &ExtentTable,
        size: u32,
        align: u32,
        window: &Range<u32>,
    ) -> Option<Choice> {
        let (_, multiple) = BUDDY.rounded(size, align)?;
        let mut fits = |entry: &Entry| aligned_outside(entry, multiple, align, window);
        self.search(table, multiple, TRIES, &mut fits)
    }

    fn rebuild(&mut self, table: &mut ExtentTable) -> Result<(), NoMemory> {
        *self = Self { steps: self.steps, ..Self::default() };
        let mut place = table.lowest();
        while place != NONE {
            let above = table.above(place);
            if table.get(place).is_free() {
                table.reserve(MOST_BUDDIES)?;
                self.take_up(table, place);
            }
            place = above;
        }
        Ok(())
    }

    fn for_each_in_order(&self, table: &ExtentTable, visit: &mut dyn FnMut(u32)) {
        self.lists.for_each(table, visit);
    }

    fn restore(&mut self, table: &mut ExtentTable, order: &[u32], _: u32) -> Result<(), NoMemory> {
        *self = Self { steps: self.steps, ..Self::default() };
        order.iter().rev().for_each(|&place| self.link(table, place));
        Ok(())
    }

    fn preview(&self, _: &ExtentTable, choice: Choice, size: u32, into: &mut List<Extent>) {
        into.push(Extent::up(choice.start, size));
    }

    fn summary(&self, _: &ExtentTable) -> FreeSummary {
        let largest = self.orders.checked_ilog2().map_or(0, |order| 1 << order);
        FreeSummary { extents: self.count, largest }
    }

    /// The lowest of the free extents at the end, which need not be buddies.
    fn tail(&self, table: &ExtentTable) -> u32 {
        let mut tail = NONE;
        let mut place = table.highest();
        while table.get(place).is_free() {
            (tail, place) = (place, table.below(place));
        }
        tail
    }

    fn coalesces(&self) -> bool {
        false
    }

    fn search_steps(&self) -> u64 {
        self.steps
    }
}
