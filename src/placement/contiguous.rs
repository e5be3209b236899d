//! What all contiguous placements but `buddy` share: a block is one extent, cut out of a free one; a
//! freed block coalesces with its free neighbours at once.
//!
//! What always holds: no two neighbouring extents of the table are both free, and the index has exactly
//! the free ones. The index decides which of them serves a request.
//!
//! Cost: O(1) besides the index. (The boundary tags of Knuth, *The Art of Computer Programming*,
//! section 2.5, kept in the extent table and not in the buffer.)

use super::{Choice, FreeSummary, Placement, Refusal, Taken, aligned};
use crate::Extent;
use crate::entry::{Entry, Owner};
use crate::extent_table::{ExtentTable, NONE, NewBlock, slot_of};
use crate::fallible::{List, NoMemory};
use std::ops::Range;

/// The free extents, kept so that a policy can search them.
pub(crate) trait FreeIndex {
    /// The index, whichever it is.
    fn any(&mut self) -> &mut dyn FreeIndex;

    /// Reserves for inserting `inserts` extents.
    fn reserve(&mut self, inserts: usize) -> Result<(), NoMemory>;

    /// Adds an extent that is free now.
    fn insert(&mut self, table: &mut ExtentTable, place: u32);

    /// Removes an extent that is about to be used.
    fn remove(&mut self, table: &mut ExtentTable, place: u32);

    /// Notes that a free extent, which was `old` before, has changed; its neighbours among the free
    /// extents are the same.
    fn change(&mut self, table: &mut ExtentTable, place: u32, old: Old);

    /// The free extent for `size` units at a multiple of `align`, and the block's first unit.
    fn find(&mut self, table: &ExtentTable, size: u32, align: u32) -> Option<Choice>;

    /// As [`Placement::find_outside`].
    fn find_outside(
        &mut self,
        table: &ExtentTable,
        size: u32,
        align: u32,
        window: &Range<u32>,
    ) -> Option<Choice>;

    /// See [`Placement::rover`].
    fn rover(&self) -> u32 {
        0
    }

    /// Notes that the last allocation ended there, or sets the rover as if it had.
    fn set_rover(&mut self, _rover: u32) {}

    /// See [`Placement::for_each_in_order`].
    fn for_each_in_order(&self, _table: &ExtentTable, _visit: &mut dyn FnMut(u32)) {}

    /// Forgets every extent; keeps its memory.
    fn clear(&mut self);

    fn summary(&self, table: &ExtentTable) -> FreeSummary;

    fn search_steps(&self) -> u64;
}

/// The ends that a free extent had.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Old {
    pub lowest: u32,
    pub length: u32,
}

impl Old {
    pub fn of(entry: &Entry) -> Self {
        Self { lowest: entry.lowest, length: entry.length }
    }
}

/// See the head of this file.
#[derive(Debug)]
pub(crate) struct Contiguous<Index: ?Sized> {
    index: Index,
}

impl<Index> Contiguous<Index> {
    pub fn new(index: Index) -> Self {
        Self { index }
    }
}

impl<Index: ?Sized> Contiguous<Index> {
    pub fn index(&mut self) -> &mut Index {
        &mut self.index
    }
}

/// Cuts a free extent at the unit where an aligned block is to begin, and returns the part from there
/// on. The part below keeps its place, so that whoever comes back to that place is below the block.
#[cold]
#[inline(never)]
fn cut_below(index: &mut dyn FreeIndex, table: &mut ExtentTable, place: u32, unit: u32) -> u32 {
    let entry = *table.other(place);
    let above = table.split(place, unit - entry.lowest);
    index.change(table, place, Old::of(&entry));
    index.insert(table, above);
    above
}

impl<Index: FreeIndex + ?Sized> Placement for Contiguous<Index> {
    fn reserve(&mut self, table: &mut ExtentTable, extents: usize) -> Result<(), NoMemory> {
        table.reserve(2)?;
        self.index.reserve(extents + 2)
    }

    #[inline(always)]
    fn plan(
        &mut self,
        table: &mut ExtentTable,
        size: u32,
        align: u32,
        extents: usize,
    ) -> Result<Choice, Refusal> {
        self.reserve(table, extents)?;
        self.index.find(table, size, align).ok_or(Refusal::NoExtent)
    }

    #[inline(always)]
    fn commit(
        &mut self,
        table: &mut ExtentTable,
        choice: Choice,
        size: u32,
        block: NewBlock,
    ) -> Taken {
        let Choice { mut place, start } = choice;
        if start > table.other(place).lowest {
            place = cut_below(self.index.any(), table, place, start);
        }
        let entry = *table.other(place);
        if entry.length == size {
            self.index.remove(table, place);
            table.give_to(block, place);
        } else {
            table.give_below_to(block, place, size);
            self.index.change(table, place, Old::of(&entry));
        }
        self.index.set_rover(start + size);
        Taken { extents: 1, units: size }
    }

    #[inline(always)]
    fn free(&mut self, table: &mut ExtentTable, first: u32) -> Taken {
        // As [`Self::give`], but without a place in between: every `free` comes this way.
        let block = *table.block(slot_of(first));
        match (table.if_free(block.below), table.if_free(block.above)) {
            (None, None) => {
                let place = table.take_first(first, Owner::FREE);
                self.index.insert(table, place);
            }
            (None, Some(above)) => {
                let old = Old::of(table.other(above));
                table.add_first_below(above, first);
                self.index.change(table, above, old);
            }
            (Some(below), above) => {
                let old = Old::of(table.other(below));
                table.add_first_above(below, first);
                if let Some(above) = above {
                    self.index.remove(table, above);
                    table.absorb_free_above(below);
                }
                self.index.change(table, below, old);
            }
        }
        Taken { extents: 1, units: block.length }
    }

    fn grow(&mut self, table: &mut ExtentTable, first: u32, size: u32) -> Option<Taken> {
        let (more, above) = (size - table.get(first).asked(), table.free_above(first)?);
        let free = *table.get(above);
        if free.length < more {
            return None;
        }
        if free.length == more {
            self.index.remove(table, above);
        } else {
            table.split_below(above, more);
            self.index.change(table, above, Old::of(&free));
        }
        table.absorb_above(first);
        Some(Taken { extents: 0, units: more })
    }

    fn shrink(&mut self, table: &mut ExtentTable, first: u32, size: u32) -> Taken {
        let rest = table.split(first, size);
        let units = table.get(rest).length;
        self.give(table, rest);
        Taken { extents: 0, units }
    }

    fn room_around(
        &self,
        table: &ExtentTable,
        first: u32,
        size: u32,
        align: u32,
    ) -> Option<Choice> {
        let place = table.free_below(first)?;
        let highest = table.free_above(first).unwrap_or(first);
        let lowest = table.get(place).lowest;
        let start = aligned(lowest, table.get(highest).end() - lowest, size, align)?;
        Some(Choice { place, start })
    }

    fn withdraw(&mut self, table: &mut ExtentTable, place: u32) {
        self.index.remove(table, place);
        table.other_mut(place).owner = Owner::HELD;
    }

    fn give(&mut self, table: &mut ExtentTable, place: u32) {
        match (table.free_below(place), table.free_above(place)) {
            (None, None) => {
                table.other_mut(place).owner = Owner::FREE;
                self.index.insert(table, place);
            }
            (None, Some(above)) => {
                let old = Old::of(table.other(above));
                table.absorb_below(above);
                self.index.change(table, above, old);
            }
            (Some(below), above) => {
                let old = Old::of(table.other(below));
                if let Some(above) = above {
                    self.index.remove(table, above);
                    table.absorb_above(place);
                }
                table.absorb_above(below);
                self.index.change(table, below, old);
            }
        }
    }

    fn find_outside(
        &mut self,
        table: &ExtentTable,
        size: u32,
        align: u32,
        window: &Range<u32>,
    ) -> Option<Choice> {
        self.index.find_outside(table, size, align, window)
    }

    fn rebuild(&mut self, table: &mut ExtentTable) -> Result<(), NoMemory> {
        self.index.clear();
        self.index.reserve(0)?;
        let mut place = table.lowest();
        while place != NONE {
            if table.get(place).is_free() {
                self.index.reserve(1)?;
                self.index.insert(table, place);
            }
            place = table.above(place);
        }
        Ok(())
    }

    fn rover(&self) -> u32 {
        self.index.rover()
    }

    fn for_each_in_order(&self, table: &ExtentTable, visit: &mut dyn FnMut(u32)) {
        self.index.for_each_in_order(table, visit);
    }

    fn restore(
        &mut self,
        table: &mut ExtentTable,
        order: &[u32],
        rover: u32,
    ) -> Result<(), NoMemory> {
        self.index.set_rover(rover);
        if order.is_empty() {
            return self.rebuild(table);
        }
        self.index.clear();
        // The last one inserted comes first.
        order.iter().rev().for_each(|&place| self.index.insert(table, place));
        Ok(())
    }

    fn preview(&self, _: &ExtentTable, choice: Choice, size: u32, into: &mut List<Extent>) {
        into.push(Extent::up(choice.start, size));
    }

    fn summary(&self, table: &ExtentTable) -> FreeSummary {
        self.index.summary(table)
    }

    fn search_steps(&self) -> u64 {
        self.index.search_steps()
    }
}
