//! The registry: from block IDs to what is known of each live block.
//!
//! What always holds:
//! - IDs ascend: a later block has a greater one, so the order of IDs is the order of allocation.
//! - The table has a power of two of slots, and the block with ID `id` lives in slot
//!   `id mod slots`, so a look-up is one comparison, and two live blocks never share a slot. A new
//!   block gets the next ID whose slot is not in use.
//! - At most 7 of 8 slots are in use. IDs that are passed over cost amortised constant time: until
//!   every slot has had its turn, only those that were in use at the first turn are passed over.
//!   And `free`, a bit for each slot that is not in use, passes over 64 at a time.

use crate::{BlockId, Error};

const FIRST_SLOTS: usize = 64;

/// What the registry knows of one block. Where it lies, the extent table says. Aligned to its own
/// size, so that a look-up touches one line of the cache.
#[derive(Clone, Copy, Debug)]
#[repr(align(16))]
pub(crate) struct Record {
    /// The ID in the low 53 bits, and what of the rest fits above it; 0 where the slot is free.
    key: u64,
    /// The block's first extent in the table.
    pub first: u32,
    /// Units asked for.
    pub size: u32,
}

const ID: u64 = BlockId::MAX.get();
const ALIGN_SHIFT: u32 = 53;
const ALIGN: u64 = 31 << ALIGN_SHIFT;
const PINNED: u64 = 1 << 58;
const VIEWED: u64 = 1 << 59;
const IN_USE: u64 = 1 << 63;

impl Record {
    const FREE: Self = Self { key: 0, first: 0, size: 0 };

    fn in_use(&self) -> bool {
        self.key & IN_USE != 0
    }

    pub fn id(&self) -> BlockId {
        BlockId::new(self.key & ID)
    }

    /// The power of two that the block was aligned to.
    pub fn align(&self) -> u8 {
        ((self.key & ALIGN) >> ALIGN_SHIFT) as u8
    }

    /// A pinned block is never moved.
    pub fn is_pinned(&self) -> bool {
        self.key & PINNED != 0
    }

    pub fn set_pinned(&mut self, pinned: bool) {
        self.key = if pinned { self.key | PINNED } else { self.key & !PINNED };
    }

    /// Whether someone may still have a view of the block's units.
    pub fn set_viewed(&mut self, viewed: bool) {
        self.key = if viewed { self.key | VIEWED } else { self.key & !VIEWED };
    }
}

/// See the head of this file.
#[derive(Debug)]
pub(crate) struct Registry {
    records: Vec<Record>,
    /// For each slot, the units last written to its block, from the first on.
    written: Vec<u32>,
    free: Vec<u64>,
    live: usize,
    /// No lower ID is handed out any more.
    next: u64,
    /// Changes when a block that is viewed moves or goes.
    views_epoch: u64,
}

impl Registry {
    pub fn new() -> Self {
        Self {
            records: Vec::new(),
            written: Vec::new(),
            free: Vec::new(),
            live: 0,
            next: 1,
            views_epoch: 0,
        }
    }

    pub fn live(&self) -> u32 {
        self.live as u32
    }

    /// A registry of so many slots, a power of two that another one had, with no block in it.
    pub fn with_slots(slots: usize) -> Result<Self, Error> {
        let mut registry = Self::new();
        while registry.slots() < slots {
            registry.double()?;
        }
        Ok(registry)
    }

    pub fn slots(&self) -> usize {
        self.records.len()
    }

    /// What is kept for a slot, in bytes.
    pub const SLOT_BYTES: usize = size_of::<Record>() + size_of::<u32>() + 1;

    /// No lower ID will be handed out.
    pub fn next(&self) -> u64 {
        self.next
    }

    /// Continues after the IDs that another registry handed out.
    pub fn set_next(&mut self, next: u64) {
        self.next = next;
    }

    /// Registers a block under an ID that another registry gave it; returns its slot, unless there
    /// is none for it.
    pub fn insert_known(&mut self, id: u64, first: u32, size: u32, align: u8) -> Option<u32> {
        let slot = self.slot(BlockId::new(id));
        let is_free = self.records.get(slot as usize).is_some_and(|record| !record.in_use());
        if !is_free || id == 0 || id > ID || self.live >= most_in_use(self.slots()) {
            return None;
        }
        self.next = id;
        self.insert(first, size, align);
        Some(slot)
    }

    /// Where the block with this ID is, if it is alive.
    #[inline(always)]
    pub fn slot(&self, id: BlockId) -> u32 {
        (id.get() & (self.slots() as u64).wrapping_sub(1)) as u32
    }

    /// The slot of a live block. Constant time.
    #[inline(always)]
    pub fn find(&self, id: BlockId) -> Result<u32, Error> {
        let slot = self.slot(id);
        match self.records.get(slot as usize) {
            Some(record)
                if id <= BlockId::MAX && record.key & (IN_USE | ID) == IN_USE | id.get() =>
            {
                Ok(slot)
            }
            _ => Err(Error::UnknownBlock { id }),
        }
    }

    pub fn record(&self, slot: u32) -> &Record {
        &self.records[slot as usize]
    }

    pub fn record_mut(&mut self, slot: u32) -> &mut Record {
        &mut self.records[slot as usize]
    }

    /// Units last written to a block, from the first on.
    pub fn written(&self, slot: u32) -> u32 {
        self.written[slot as usize]
    }

    pub fn set_written(&mut self, slot: u32, units: u32) {
        self.written[slot as usize] = units;
    }

    /// Makes room for one more block, so that the next [`Self::insert`] cannot fail; returns
    /// whether blocks have new slots. Amortised constant time; on error nothing has changed.
    #[inline(always)]
    pub fn reserve(&mut self) -> Result<bool, Error> {
        let full = self.live >= most_in_use(self.slots());
        if full {
            self.double()?;
        }
        self.pass_over()?;
        Ok(full)
    }

    /// Raises `next` to the next ID whose slot is free; there is one.
    #[inline(always)]
    fn pass_over(&mut self) -> Result<(), Error> {
        let slot = self.slot(BlockId::new(self.next));
        let here = self.free[slot as usize / 64] >> (slot % 64);
        if here != 0 {
            self.next += u64::from(here.trailing_zeros());
        } else {
            self.pass_over_words();
        }
        if self.next <= ID { Ok(()) } else { Err(Error::Metadata) }
    }

    #[cold]
    fn pass_over_words(&mut self) {
        let mut next = self.next;
        loop {
            next = (next | 63) + 1;
            let bits = self.free[self.slot(BlockId::new(next)) as usize / 64];
            if bits != 0 {
                self.next = next + u64::from(bits.trailing_zeros());
                return;
            }
        }
    }

    /// The slot that the next [`Self::insert`] will use. Needs [`Self::reserve`] first.
    #[inline(always)]
    pub fn next_slot(&self) -> u32 {
        self.slot(BlockId::new(self.next))
    }

    /// Registers a block as the newest and returns its ID. Needs [`Self::reserve`] first.
    #[inline(always)]
    pub fn insert(&mut self, first: u32, size: u32, align: u8) -> BlockId {
        let (id, slot) = (self.next, self.next_slot() as usize);
        let key = IN_USE | u64::from(align) << ALIGN_SHIFT | id;
        self.records[slot] = Record { key, first, size };
        self.written[slot] = 0;
        self.free[slot / 64] &= !(1 << (slot % 64));
        self.live += 1;
        self.next = id + 1;
        BlockId::new(id)
    }

    /// Forgets a live block; from now on its ID is stale. Constant time.
    #[inline(always)]
    pub fn remove(&mut self, slot: u32) {
        self.has_moved(slot);
        let slot = slot as usize;
        self.records[slot].key = 0;
        self.free[slot / 64] |= 1 << (slot % 64);
        self.live -= 1;
    }

    /// A block lies elsewhere now, or some of its units are no longer its own: views of it end.
    #[inline(always)]
    pub fn has_moved(&mut self, slot: u32) {
        let record = &mut self.records[slot as usize];
        self.views_epoch += u64::from(record.key & VIEWED != 0);
        record.set_viewed(false);
    }

    pub fn views_epoch(&self) -> u64 {
        self.views_epoch
    }

    /// The IDs of live blocks in the slots from `64 * word` on, of at most 64; `None` past the last
    /// slot.
    pub fn live_in_word(&self, word: usize) -> Option<impl Iterator<Item = BlockId> + use<>> {
        let mut bits = !*self.free.get(word)?;
        let records: [Record; 64] = self.records[64 * word..][..64].try_into().ok()?;
        Some(std::iter::from_fn(move || {
            let record = records.get(bits.trailing_zeros() as usize)?;
            bits &= bits - 1;
            Some(record.id())
        }))
    }

    /// The slots of live blocks, in no order that means anything. Costs O(slots).
    pub fn live_slots(&self) -> impl Iterator<Item = u32> + '_ {
        (0..).zip(&self.records).filter(|(_, record)| record.in_use()).map(|(slot, _)| slot)
    }

    /// The IDs of live blocks in allocation order. Costs O(b log b) with b blocks.
    ///
    /// # Errors
    /// [`Error::Metadata`]: no memory for the list.
    pub fn in_allocation_order(&self) -> Result<Vec<BlockId>, Error> {
        let mut ids = Vec::new();
        ids.try_reserve_exact(self.live).map_err(|_| Error::Metadata)?;
        ids.extend(self.live_slots().map(|slot| self.record(slot).id()));
        ids.sort_unstable();
        Ok(ids)
    }

    /// Twice the slots. A live block in slot `s` of `n` goes to slot `id mod 2n`, which is `s` or
    /// `s + n`.
    #[cold]
    fn double(&mut self) -> Result<(), Error> {
        let old = self.slots();
        let new = (old * 2).max(FIRST_SLOTS);
        let fits = u32::try_from(new).is_ok();
        let room = self.records.try_reserve_exact(new - old);
        let room = room.and_then(|()| self.written.try_reserve_exact(new - old));
        let room = room.and_then(|()| self.free.try_reserve_exact(new / 64 - self.free.len()));
        if !fits || room.is_err() {
            return Err(Error::Metadata);
        }
        self.records.resize(new, Record::FREE);
        self.written.resize(new, 0);
        for slot in 0..old {
            if self.records[slot].in_use() && self.records[slot].key & old as u64 != 0 {
                self.records.swap(slot, slot + old);
                self.written.swap(slot, slot + old);
            }
        }
        self.free.clear();
        self.free.extend(self.records.chunks(64).map(free_bits));
        Ok(())
    }
}

/// Of so many slots.
fn most_in_use(slots: usize) -> usize {
    slots / 8 * 7
}

/// A bit for each record that is not in use.
fn free_bits(records: &[Record]) -> u64 {
    let bits = records.iter().enumerate().map(|(bit, record)| u64::from(!record.in_use()) << bit);
    bits.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn insert(registry: &mut Registry) -> u64 {
        registry.reserve().unwrap();
        registry.insert(0, 1, 0).get()
    }

    fn remove(registry: &mut Registry, id: u64) {
        let slot = registry.find(BlockId::new(id)).unwrap();
        registry.remove(slot);
    }

    #[test]
    fn ids_count_from_one() {
        let mut registry = Registry::new();
        let ids: Vec<u64> = (0..1_000).map(|_| insert(&mut registry)).collect();
        assert_eq!(ids, (1..=1_000).collect::<Vec<_>>());
    }

    #[test]
    fn ids_ascend_and_find_their_block_until_it_is_removed() {
        let mut registry = Registry::new();
        let mut live = std::collections::VecDeque::new();
        let mut last = 0;
        for turn in 0..20_000 {
            if turn % 7 < 4 && live.len() < 600 {
                let id = insert(&mut registry);
                assert!(id > last, "{id} after {last}");
                last = id;
                live.push_back(id);
            } else {
                // The oldest, the newest, or one from the middle.
                live.rotate_left(turn % 3 * live.len() / 2);
                let Some(id) = live.pop_front() else { continue };
                remove(&mut registry, id);
                assert!(registry.find(BlockId::new(id)).is_err());
            }
            assert!(live.iter().all(|&id| registry.find(BlockId::new(id)).is_ok()));
        }
        let order = registry.in_allocation_order().unwrap();
        let mut expected = Vec::from(live);
        expected.sort_unstable();
        assert_eq!(order.into_iter().map(BlockId::get).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn few_ids_are_passed_over() {
        let mut registry = Registry::new();
        (0..500).for_each(|_| assert!(insert(&mut registry) > 0));
        let first = insert(&mut registry);
        let mut last = first;
        for _ in 0..10_000 {
            remove(&mut registry, last);
            last = insert(&mut registry);
        }
        assert!(last - first < 8 * 10_000, "{first} to {last}");
    }

    #[test]
    fn after_the_last_id_there_is_none() {
        let mut registry = Registry::new();
        insert(&mut registry);
        registry.next = ID;
        assert_eq!(insert(&mut registry), ID);
        assert!(matches!(registry.reserve(), Err(Error::Metadata)));
        assert!(registry.find(BlockId::new(1)).is_ok());
        assert!(registry.find(BlockId::MAX).is_ok());
    }

    #[test]
    fn foreign_ids_are_unknown() {
        let mut registry = Registry::new();
        for id in [0, 1, u64::MAX] {
            assert!(registry.find(BlockId::new(id)).is_err());
        }
        insert(&mut registry);
        for id in [0, 2, 65, IN_USE, IN_USE | 1, PINNED | 1, u64::MAX] {
            assert!(registry.find(BlockId::new(id)).is_err());
        }
    }
}
