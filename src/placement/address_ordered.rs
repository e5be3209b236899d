//! `address-ordered`: the lowest free units, in ascending order.
//!
//! Source: a wish of the original's author ("fragments sorted by address").
//!
//! Cost, with k the extents of the block and n free extents: O(k log n). Good: never fails because of
//! fragmentation, keeps blocks low and ascending, and coalesces, so that scattering heals. Bad: slower
//! than `lifo` when there are many free extents, and the lowest extents are the smallest.

use super::address_index::AddressIndex;
use super::chain::{Chain, cut};
use super::{Choice, FreeSummary, Placement, Taken};
use crate::entry::{Entry, Owner};
use crate::extent_table::{ExtentTable, NONE, NewBlock};
use crate::fallible::{List, NoMemory};
use crate::{Extent, Step};

#[derive(Debug, Default)]
pub(crate) struct AddressOrdered {
    free: AddressIndex,
    steps: u64,
}

impl AddressOrdered {
    /// The lowest free extent, which the index finds at once.
    fn lowest(&self) -> u32 {
        self.free.first(0).unwrap_or(NONE)
    }

    /// Adds units to the end of a block.
    fn take(&mut self, table: &mut ExtentTable, size: u32, block: &mut Chain) {
        let mut wanted = size;
        while wanted > 0 {
            self.steps += 1;
            let place = self.lowest();
            let Entry { lowest, length, .. } = *table.get(place);
            if length <= wanted {
                self.free.remove(table, place);
            } else {
                let rest = table.split(place, wanted);
                self.free.change(table, rest, lowest);
            }
            wanted -= length.min(wanted);
            block.add(table, place);
        }
    }

    fn give_back(&mut self, table: &mut ExtentTable, place: u32) {
        let place = table.release(place, Owner::FREE);
        table.other_mut(place).set_step(Step::Up);
        let below = table.free_below(place);
        if let Some(above) = table.free_above(place) {
            let Entry { lowest: old, next: leaf, .. } = *table.get(above);
            if below.is_some() {
                self.free.remove(table, above);
            }
            table.absorb_free_above(place);
            if below.is_none() {
                table.get_mut(place).next = leaf;
                self.free.change(table, place, old);
            }
        } else if below.is_none() {
            self.free.insert(table, place);
        }
        if let Some(below) = below {
            table.absorb_free_above(below);
            self.free.change(table, below, table.get(below).lowest);
        }
    }
}

impl Placement for AddressOrdered {
    fn reserve(&mut self, table: &mut ExtentTable, extents: usize) -> Result<(), NoMemory> {
        table.reserve(1)?;
        // A block may take every free extent, and each may come back on its own.
        self.free.reserve(extents + self.free.len() + 1)
    }

    fn commit(&mut self, table: &mut ExtentTable, _: Choice, size: u32, block: NewBlock) -> Taken {
        let mut block = Chain::new(block);
        self.take(table, size, &mut block);
        block.finish()
    }

    fn free(&mut self, table: &mut ExtentTable, first: u32) -> Taken {
        let mut taken = Taken { extents: 0, units: 0 };
        let mut place = first;
        while place != NONE {
            let Entry { length, next, .. } = *table.get(place);
            taken.extents += 1;
            taken.units += length;
            self.give_back(table, place);
            place = next;
        }
        taken
    }

    fn grow(&mut self, table: &mut ExtentTable, first: u32, old: u32, new: u32) -> Option<Taken> {
        let mut block = Chain::of(table, first);
        self.take(table, new - old, &mut block);
        Some(block.finish())
    }

    fn shrink(&mut self, table: &mut ExtentTable, first: u32, size: u32) -> Taken {
        let (rest, added) = cut(table, first, size);
        let lost = self.free(table, rest);
        Taken { extents: lost.extents - added, ..lost }
    }

    fn withdraw(&mut self, table: &mut ExtentTable, place: u32) {
        self.free.remove(table, place);
        table.other_mut(place).owner = Owner::HELD;
    }

    fn give(&mut self, table: &mut ExtentTable, place: u32) {
        self.give_back(table, place);
    }

    fn rebuild(&mut self, table: &mut ExtentTable) -> Result<(), NoMemory> {
        self.free.rebuild(table)
    }

    fn preview(&self, table: &ExtentTable, _: Choice, size: u32, into: &mut List<Extent>) {
        let mut wanted = size;
        for (_, entry) in table.iter().filter(|(_, entry)| entry.is_free()) {
            if wanted == 0 {
                break;
            }
            let length = entry.length.min(wanted);
            wanted -= length;
            into.push(Extent::up(entry.lowest, length));
        }
    }

    fn summary(&self, _: &ExtentTable) -> FreeSummary {
        FreeSummary { extents: self.free.len(), largest: self.free.longest() }
    }

    fn search_steps(&self) -> u64 {
        self.steps
    }
}
