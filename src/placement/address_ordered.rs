//! `address-ordered`: the lowest free units, in ascending order.
//!
//! Source: a wish of the original's author ("fragments sorted by address").
//!
//! Cost, with k the extents of the block and n free extents: O(k log n). Good: never fails by
//! fragmentation, keeps blocks low and ascending, and coalesces, so that what is scattered heals.
//! Bad: slower than `lifo` where free extents are many, and the lowest extents are the smallest.

use super::address_index::AddressIndex;
use super::chain::Chain;
use super::{Choice, FreeSummary, Placement, Refusal, Taken};
use crate::extent_table::{Entry, ExtentTable, FREE, NONE};
use crate::{Error, Extent, Step};

#[derive(Debug, Default)]
pub(crate) struct AddressOrdered {
    free: AddressIndex,
    /// Extents that blocks hold, and that may all come back.
    lent: usize,
    steps: u64,
}

impl AddressOrdered {
    /// The first free extent of the table. It is the lowest, so the index has it at hand.
    fn lowest(&self) -> u32 {
        self.free.first(0).unwrap_or(NONE)
    }

    fn give_back(&mut self, table: &mut ExtentTable, place: u32) {
        let entry = table.get_mut(place);
        (entry.owner, entry.step) = (FREE, Step::Up);
        let below = table.free_below(place);
        if let Some(above) = table.free_above(place) {
            let old = table.get(above).lowest;
            table.absorb_above(place);
            match below {
                Some(_) => self.free.remove(old),
                None => self.free.change(table, place, old),
            }
        } else if below.is_none() {
            self.free.insert(table, place);
        }
        if let Some(below) = below {
            table.absorb_above(below);
            self.free.change(table, below, table.get(below).lowest);
        }
    }
}

impl Placement for AddressOrdered {
    fn plan(&mut self, table: &mut ExtentTable, size: u32, _: u32) -> Result<Choice, Refusal> {
        table.reserve(1)?;
        // The block may take every free extent, and each may come back alone.
        let most = self.free.len().min(size as usize);
        self.free.reserve(self.lent + most + 1)?;
        Ok(Choice::SCATTERED)
    }

    fn commit(&mut self, table: &mut ExtentTable, _: Choice, size: u32, owner: u32) -> Taken {
        let mut block = Chain::new(owner);
        let mut wanted = size;
        while wanted > 0 {
            self.steps += 1;
            let place = self.lowest();
            let Entry { lowest, length, .. } = *table.get(place);
            if length <= wanted {
                self.free.remove(lowest);
            } else {
                let rest = table.split(place, wanted);
                self.free.change(table, rest, lowest);
            }
            wanted -= length.min(wanted);
            block.add(table, place);
        }
        let taken = block.finish();
        self.lent += taken.extents;
        taken
    }

    fn free(&mut self, table: &mut ExtentTable, first: u32) -> Taken {
        let mut taken = Taken { first, extents: 0, units: 0 };
        let mut place = first;
        while place != NONE {
            let Entry { length, next, .. } = *table.get(place);
            taken.extents += 1;
            taken.units += length;
            self.give_back(table, place);
            place = next;
        }
        self.lent -= taken.extents;
        taken
    }

    fn rebuild(&mut self, table: &mut ExtentTable) -> Result<(), Error> {
        self.free.rebuild(table)?;
        self.lent = table.iter().filter(|(_, entry)| !entry.is_free()).count();
        Ok(())
    }

    fn preview(&self, table: &ExtentTable, _: Choice, size: u32) -> Vec<Extent> {
        let mut wanted = size;
        let free = table.iter().filter(|(_, entry)| entry.is_free());
        free.map_while(|(_, entry)| {
            let length = entry.length.min(wanted);
            wanted -= length;
            (length > 0).then(|| Extent::up(entry.lowest, length))
        })
        .collect()
    }

    fn summary(&self, _: &ExtentTable) -> FreeSummary {
        FreeSummary { extents: self.free.len(), largest: self.free.longest() }
    }

    fn search_steps(&self) -> u64 {
        self.steps
    }
}
