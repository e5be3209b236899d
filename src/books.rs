//! The books: which blocks there are, which units each has, and the counts.
//!
//! What always holds: the registry, the extent table and the counts agree.
//!
//! Allocating and freeing are compiled here once for each placement, each as one function, because
//! calls between the parts would cost more than what they do. The result is one number, so that
//! returning it needs no memory.

use crate::counts::Counts;
use crate::entry::{Entry, Owner};
use crate::extent_table::{ExtentTable, NewBlock, first_of};
use crate::fallible::{NoMemory, room_for};
use crate::placement::{Choice, Placement, Policy, Refusal, with};
use crate::registry::Registry;
use crate::{BlockId, Error};
use std::num::NonZeroU64;

#[derive(Debug)]
pub(crate) struct Books {
    pub registry: Registry,
    pub table: ExtentTable,
    /// Units that no block has.
    pub free_units: u32,
    /// Units asked for by all blocks together. Blocks may have more where placements round up.
    pub asked: u32,
    /// Extents of all live blocks.
    pub extents: usize,
    pub counts: Counts,
    /// Whether a block was ever aligned.
    pub aligns: bool,
    /// Pinned blocks.
    pub pinned: u32,
    /// Why the last refused allocation was refused.
    pub refusal: Refusal,
}

impl Books {
    /// Without blocks: one free extent of all units.
    pub fn new(capacity: u32) -> Result<Self, NoMemory> {
        Ok(Self {
            registry: Registry::new(),
            table: ExtentTable::new(capacity)?,
            free_units: capacity,
            asked: 0,
            extents: 0,
            counts: Counts::default(),
            aligns: false,
            pinned: 0,
            refusal: Refusal::NoExtent,
        })
    }

    /// The slot of a live block. Constant time.
    #[inline(always)]
    pub fn find(&self, id: BlockId) -> Result<u32, Error> {
        let slot = self.registry.slot(id);
        match self.table.block_if_any(slot) {
            Some(block) if block.owner.is_first_of(id) => Ok(slot),
            _ => Err(Error::UnknownBlock { id }),
        }
    }

    /// The first extent of the block in a slot, and what is known of the block.
    pub fn block(&self, slot: u32) -> &Entry {
        self.table.block(slot)
    }

    /// The IDs of live blocks in no particular order. Costs O(slots / 64) and the blocks.
    pub fn ids(&self) -> impl Iterator<Item = BlockId> + '_ {
        self.registry.live_slots().map(|slot| self.block(slot).owner.id())
    }

    /// The IDs of live blocks in allocation order. Costs what [`Registry::sort`] costs.
    ///
    /// # Errors
    /// [`NoMemory`]: no memory to list them.
    pub fn in_allocation_order(&self) -> Result<Vec<BlockId>, NoMemory> {
        let mut ids = room_for(self.table.blocks())?;
        ids.extend(self.ids());
        self.registry.sort(&mut ids)?;
        Ok(ids)
    }

    /// Allocates a block where the placement chooses and returns its ID, or `None` if that is refused;
    /// [`Self::refusal`] then says why. Size and alignment must be valid.
    #[inline(always)]
    pub fn alloc(&mut self, policy: &mut Policy, size: u32, align: u32) -> Option<BlockId> {
        with!(policy, it => self.alloc_with(it, size, align)).map(|id| BlockId::new(id.get()))
    }

    /// Frees the block with this ID; false if there is none.
    #[inline(always)]
    pub fn free(&mut self, policy: &mut Policy, id: BlockId) -> bool {
        with!(policy, it => self.free_with(it, id))
    }

    // Not inlined, so that what one placement needs does not burden the others.
    #[inline(never)]
    fn alloc_with<P: Placement + ?Sized>(
        &mut self,
        placement: &mut P,
        size: u32,
        align: u32,
    ) -> Option<NonZeroU64> {
        let choice = match self.plan(placement, size, align) {
            Ok(choice) => choice,
            Err(refusal) => {
                self.refusal = refusal;
                return None;
            }
        };
        let (id, slot) = self.registry.insert();
        let owner = Owner::first_of(id.get(), align.trailing_zeros() as u8);
        let block = NewBlock { slot, owner, asked: size };
        let taken = placement.commit(&mut self.table, choice, size, block);
        self.free_units -= taken.units;
        self.asked += size;
        self.counts.allocations += 1;
        self.extents += taken.extents;
        self.aligns |= align > 1;
        NonZeroU64::new(id.get())
    }

    /// What a placement chooses for a block. Everything that the block needs is reserved then. Refuses
    /// more units than are free.
    #[inline(always)]
    pub fn plan<P: Placement + ?Sized>(
        &mut self,
        placement: &mut P,
        size: u32,
        align: u32,
    ) -> Result<Choice, Refusal> {
        if size > self.free_units {
            return Err(Refusal::NoExtent);
        }
        let choice = placement.plan(&mut self.table, size, align, self.extents)?;
        // After the placement has agreed, since a refusal must not skip IDs.
        self.reserve_slot()?;
        Ok(choice)
    }

    /// Makes sure that there is a slot and an ID for one more block; blocks may change their slots.
    /// Amortised constant time; on error nothing has changed.
    #[inline(always)]
    pub fn reserve_slot(&mut self) -> Result<(), NoMemory> {
        if let Some(slots) = self.registry.wants_slots(self.table.blocks()) {
            self.double_slots(slots)?;
        }
        self.registry.pass_over()
    }

    #[cold]
    fn double_slots(&mut self, slots: usize) -> Result<(), NoMemory> {
        self.registry.reserve_slots(slots)?;
        self.table.reserve_slots(slots)?;
        self.table.double_slots(slots);
        let table = &self.table;
        self.registry.double_slots(slots, |slot| table.block(slot).owner.is_first());
        Ok(())
    }

    /// Makes this many slots, a power of two that other books had, while there is no block.
    pub fn set_slots(&mut self, slots: usize) -> Result<(), NoMemory> {
        while self.registry.slots() < slots {
            self.double_slots(self.registry.more_slots())?;
        }
        Ok(())
    }

    /// The slot of a new block with an ID that another registry gave it; `None` if a block has that ID
    /// already, or no block may have it.
    pub fn insert_known(&mut self, id: u64) -> Option<u32> {
        let slot = self.registry.slot(BlockId::new(id));
        let slots = self.registry.slots();
        let is_free = (slot as usize) < slots && !self.block(slot).owner.is_first();
        let is_full = self.registry.wants_slots(self.table.blocks()).is_some();
        if !is_free || is_full || id == 0 || id > BlockId::MAX.get() {
            return None;
        }
        self.registry.occupy(slot);
        Some(slot)
    }

    #[inline(never)]
    fn free_with<P: Placement + ?Sized>(&mut self, placement: &mut P, id: BlockId) -> bool {
        let Ok(slot) = self.find(id) else { return false };
        let block = *self.block(slot);
        self.table.views_epoch += u64::from(block.owner.is_viewed());
        self.registry.remove(slot);
        let taken = placement.free(&mut self.table, first_of(slot));
        self.pinned -= u32::from(block.owner.is_pinned());
        self.free_units += taken.units;
        self.asked -= block.asked();
        self.counts.frees += 1;
        self.extents -= taken.extents;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PlacementKind;

    struct Tested {
        books: Books,
        policy: Policy,
    }

    impl Tested {
        fn new() -> Self {
            let mut books = Books::new(1 << 20).unwrap();
            let policy = Policy::build(PlacementKind::Tlsf, &mut books.table).unwrap();
            Self { books, policy }
        }

        fn alloc(&mut self) -> u64 {
            self.books.alloc(&mut self.policy, 1, 1).unwrap().get()
        }

        fn free(&mut self, id: u64) {
            assert!(self.books.free(&mut self.policy, BlockId::new(id)));
        }

        fn has(&self, id: u64) -> bool {
            self.books.find(BlockId::new(id)).is_ok()
        }
    }

    #[test]
    fn ids_count_from_one() {
        let mut books = Tested::new();
        let ids: Vec<u64> = (0..1_000).map(|_| books.alloc()).collect();
        assert_eq!(ids, (1..=1_000).collect::<Vec<_>>());
    }

    #[test]
    fn ids_ascend_and_find_their_block_until_it_is_freed() {
        let mut books = Tested::new();
        let mut live = std::collections::VecDeque::new();
        let mut last = 0;
        for turn in 0..20_000 {
            if turn % 7 < 4 && live.len() < 600 {
                let id = books.alloc();
                assert!(id > last, "{id} after {last}");
                last = id;
                live.push_back(id);
            } else {
                // The oldest, the newest, or one from the middle.
                live.rotate_left(turn % 3 * live.len() / 2);
                let Some(id) = live.pop_front() else { continue };
                books.free(id);
                assert!(!books.has(id));
            }
            assert!(live.iter().all(|&id| books.has(id)));
        }
        let order = books.books.in_allocation_order().unwrap();
        let mut expected = Vec::from(live);
        expected.sort_unstable();
        assert_eq!(order.into_iter().map(BlockId::get).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn the_order_is_that_of_ids_however_far_apart_they_are() {
        let mut books = Tested::new();
        for next in [1, 63, 1 << 14, (1 << 14) + 65, 1 << 23, 1 << 31, (1 << 52) - 1] {
            books.books.registry.set_next(next);
            (0..10).for_each(|_| assert!(books.alloc() >= next));
        }
        let order = books.books.in_allocation_order().unwrap();
        let mut expected: Vec<_> = books.books.ids().collect();
        assert_ne!(order, expected, "by slot they come in another order");
        expected.sort_unstable();
        assert_eq!(order, expected);
    }

    #[test]
    fn few_ids_are_passed_over() {
        let mut books = Tested::new();
        (0..500).for_each(|_| assert!(books.alloc() > 0));
        let first = books.alloc();
        let mut last = first;
        for _ in 0..10_000 {
            books.free(last);
            last = books.alloc();
        }
        assert!(last - first < 8 * 10_000, "{first} to {last}");
    }

    #[test]
    fn after_the_last_id_there_is_none() {
        let mut books = Tested::new();
        let last = BlockId::MAX.get();
        books.alloc();
        books.books.registry.set_next(last);
        assert_eq!(books.alloc(), last);
        assert!(matches!(books.books.reserve_slot(), Err(NoMemory)));
        assert!(books.has(1));
        assert!(books.has(last));
    }

    #[test]
    fn foreign_ids_are_unknown() {
        let mut books = Tested::new();
        for id in [0, 1, u64::MAX] {
            assert!(!books.has(id));
        }
        books.alloc();
        for id in [0, 2, 65, 1 << 63, 1 << 63 | 1, 1 << 58 | 1, u64::MAX] {
            assert!(!books.has(id));
        }
    }
}
