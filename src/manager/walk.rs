//! A walk over all extents, for pictures and explanations.

use super::MemoryManager;
use crate::entry::Entry;
use crate::placement::{Placement, Policy};
use crate::{BlockId, Extent};
use std::iter;
use std::ops::Range;

/// One extent of the table, used or free.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Walked {
    pub lowest: u32,
    pub length: u32,
    /// The block's slot; `None` if the extent is free.
    pub slot: Option<u32>,
}

impl Walked {
    pub fn end(&self) -> u32 {
        self.lowest + self.length
    }
}

impl MemoryManager {
    /// All extents by ascending address. A step costs O(1).
    pub(crate) fn walk(&self) -> impl Iterator<Item = Walked> + '_ {
        let table = &self.books.table;
        table.iter().map(|(place, &Entry { lowest, length, .. })| Walked {
            lowest,
            length,
            slot: table.slot_at(place),
        })
    }

    /// As [`Self::walk`], with adjacent free extents joined, unless the placement keeps them apart for
    /// good.
    pub(crate) fn walk_joined(&self) -> impl Iterator<Item = Walked> + '_ {
        let joined = self.placement.coalesces();
        let mut extents = self.walk().peekable();
        iter::from_fn(move || {
            let mut run = extents.next()?;
            let goes_on = joined && run.slot.is_none();
            while let Some(above) = extents.next_if(|above| goes_on && above.slot.is_none()) {
                run.length += above.length;
            }
            Some(run)
        })
    }

    /// The ID and the size of the block in a slot.
    pub(crate) fn in_slot(&self, slot: u32) -> (BlockId, u32) {
        let block = self.books.block(slot);
        (block.owner.id(), block.asked())
    }

    /// Every slot is below this.
    pub(crate) fn slots(&self) -> usize {
        self.books.registry.slots()
    }

    /// No block has had this ID or a greater one.
    pub(crate) fn next_id(&self) -> u64 {
        self.books.registry.next()
    }

    /// The longest run of free units, with the placements to which every answer about it costs
    /// O(log r) for each run of r that changed since the last one; `None` with those that always know.
    pub(crate) fn longest_free_run(&self) -> Option<Range<u32>> {
        let Policy::Stacked(stacked) = &self.placement else { return None };
        let (lowest, length) = stacked.longest(&self.books.table);
        Some(lowest..lowest + length)
    }

    /// The free extent that has a unit, if any, as the placement keeps it.
    pub(crate) fn free_extent_at(&self, unit: u32) -> Option<Extent> {
        let mut free = self.walk().filter(|extent| extent.slot.is_none());
        let found = free.find(|extent| extent.lowest <= unit && unit < extent.end())?;
        Some(Extent::up(found.lowest, found.length))
    }
}
