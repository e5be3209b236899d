//! `address-ordered`: the lowest free units, in ascending order.
//!
//! Source: a wish of the original's author ("fragments sorted by address").
//!
//! Cost, with k the extents of the block and n free extents: O(k log n). Good: never fails because of
//! fragmentation, keeps blocks low and ascending, and coalesces, so that scattering heals. Bad: slower
//! than `lifo` when there are many free extents, and the lowest extents are the smallest.

use super::by_address::{ByAddress, Rule};
use super::chain::{Chain, cut};
use super::contiguous::{Contiguous, Old};
use super::{Choice, FreeSummary, Placement, Searched, Taken};
use crate::entry::{Entry, Owner};
use crate::extent_table::{ExtentTable, NONE, NewBlock};
use crate::fallible::{List, NoMemory};
use crate::{Extent, Step};

#[derive(Debug)]
pub(crate) struct AddressOrdered {
    /// What is free, as `first-fit` keeps it.
    free: Contiguous<ByAddress>,
    steps: u64,
}

impl Default for AddressOrdered {
    fn default() -> Self {
        Self { free: Contiguous::new(ByAddress::new(Rule::First)), steps: 0 }
    }
}

impl AddressOrdered {
    fn searched(&mut self) -> &mut Searched {
        &mut self.free
    }

    /// Adds units to the end of a block.
    fn take(&mut self, table: &mut ExtentTable, size: u32, block: &mut Chain) {
        let mut wanted = size;
        while wanted > 0 {
            self.steps += 1;
            let index = self.searched().index();
            // The lowest, which is found at once. There is one, since as many units are free.
            let place = index.find(table, 1, 1).map_or(NONE, |choice| choice.place);
            let entry = *table.get(place);
            if entry.length <= wanted {
                index.remove(table, place);
            } else {
                let rest = table.split(place, wanted);
                index.change(table, rest, Old::of(&entry));
            }
            wanted -= entry.length.min(wanted);
            block.add(table, place);
        }
    }
}

impl Placement for AddressOrdered {
    fn reserve(&mut self, table: &mut ExtentTable, extents: usize) -> Result<(), NoMemory> {
        // A block may take every free extent, and each may come back on its own.
        let free = self.free.summary(table).extents;
        self.searched().reserve(table, extents + free)
    }

    fn commit(&mut self, table: &mut ExtentTable, _: Choice, size: u32, block: NewBlock) -> Taken {
        let mut block = Chain::new(block).ascending();
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
            self.give(table, place);
            place = next;
        }
        taken
    }

    fn grow(&mut self, table: &mut ExtentTable, first: u32, size: u32) -> Option<Taken> {
        let more = size - table.get(first).asked();
        let mut block = Chain::of(table, first).ascending();
        self.take(table, more, &mut block);
        Some(block.finish())
    }

    fn shrink(&mut self, table: &mut ExtentTable, first: u32, size: u32) -> Taken {
        let (rest, added) = cut(table, first, size);
        let lost = self.free(table, rest);
        Taken { extents: lost.extents - added, ..lost }
    }

    fn withdraw(&mut self, table: &mut ExtentTable, place: u32) {
        self.searched().withdraw(table, place);
    }

    fn give(&mut self, table: &mut ExtentTable, place: u32) {
        let place = table.release(place, Owner::FREE);
        table.other_mut(place).set_step(Step::Up);
        self.searched().give(table, place);
    }

    fn rebuild(&mut self, table: &mut ExtentTable) -> Result<(), NoMemory> {
        self.searched().rebuild(table)
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

    fn summary(&self, table: &ExtentTable) -> FreeSummary {
        self.free.summary(table)
    }

    fn search_steps(&self) -> u64 {
        self.steps
    }
}
