//! The books: which blocks there are, who has which units, and what was counted on the way.
//!
//! What always holds: the registry, the extent table and the counts agree. What allocates and frees
//! stands here, once for each placement, and each time in one piece: calls between the parts would
//! cost more than what they do.

use crate::counts::Counts;
use crate::extent_table::{ExtentTable, NONE};
use crate::placement::{Placement, Policy, Refusal, with};
use crate::registry::Registry;
use crate::{BlockId, Error};

#[derive(Debug)]
pub(crate) struct Books {
    pub registry: Registry,
    pub table: ExtentTable,
    /// Units that no block has.
    pub free_units: u32,
    /// Units asked for, all blocks together; blocks may have more, where placements round up.
    pub asked: u32,
    pub counts: Counts,
    /// Whether a block was ever aligned.
    pub aligns: bool,
    /// Pinned blocks.
    pub pinned: u32,
}

impl Books {
    /// No block, and one free extent of all units.
    pub fn new(capacity: u32) -> Result<Self, Error> {
        Ok(Self {
            registry: Registry::new(),
            table: ExtentTable::new(capacity)?,
            free_units: capacity,
            asked: 0,
            counts: Counts::default(),
            aligns: false,
            pinned: 0,
        })
    }

    /// Allocates a block as the placement chooses; size and alignment are valid.
    pub fn alloc(
        &mut self,
        policy: &mut Policy,
        size: u32,
        align: u32,
    ) -> Result<BlockId, Refusal> {
        with!(policy, it => self.alloc_with(it, size, align))
    }

    /// Frees the block with this ID.
    pub fn free(&mut self, policy: &mut Policy, id: BlockId) -> Result<(), Error> {
        with!(policy, it => self.free_with(it, id))
    }

    // Not inlined, so that what one placement needs does not burden the others.
    #[inline(never)]
    fn alloc_with<P: Placement>(
        &mut self,
        placement: &mut P,
        size: u32,
        align: u32,
    ) -> Result<BlockId, Refusal> {
        self.reserve(size)?;
        let choice = placement.plan(&mut self.table, size, align, self.counts.extents)?;
        let owner = self.registry.next_slot();
        let taken = placement.commit(&mut self.table, choice, size, owner);
        self.free_units -= taken.units;
        self.asked += size;
        self.counts.allocations += 1;
        self.counts.extents += taken.extents;
        self.aligns |= align > 1;
        Ok(self.registry.insert(taken.first, size, align.trailing_zeros() as u8))
    }

    /// Refuses more units than are free, and makes sure that there is room for one more block.
    #[inline(always)]
    pub fn reserve(&mut self, size: u32) -> Result<(), Refusal> {
        if size > self.free_units {
            return Err(Refusal::NoExtent);
        }
        if self.registry.reserve()? {
            self.renew_owners();
        }
        Ok(())
    }

    /// Tells the extent table the new slots of blocks. Amortised constant time: slots double.
    #[cold]
    pub fn renew_owners(&mut self) {
        for slot in self.registry.live_slots() {
            let mut place = self.registry.record(slot).first;
            while place != NONE {
                let entry = self.table.get_mut(place);
                entry.owner = slot;
                place = entry.next;
            }
        }
    }

    #[inline(never)]
    fn free_with<P: Placement>(&mut self, placement: &mut P, id: BlockId) -> Result<(), Error> {
        let slot = self.registry.find(id)?;
        let record = *self.registry.record(slot);
        self.registry.remove(slot);
        let taken = placement.free(&mut self.table, record.first);
        self.pinned -= u32::from(record.is_pinned());
        self.free_units += taken.units;
        self.asked -= record.size;
        self.counts.frees += 1;
        self.counts.extents -= taken.extents;
        Ok(())
    }

    /// Extents of all blocks divided by blocks; 0 without a block.
    pub fn extents_per_block(&self) -> f64 {
        match self.registry.live() {
            0 => 0.0,
            blocks => self.counts.extents as f64 / f64::from(blocks),
        }
    }
}
