//! The registry: from block IDs to what is known of each live block.
//!
//! What always holds:
//! - The table has a power of two of slots, and the block with ID `id` lives in slot
//!   `id mod slots`. A new block gets the next ID of a slot that is not in use, so two live blocks
//!   never share a slot and a look-up is one comparison. IDs are small, nearly sequential and
//!   never handed out twice.
//! - Slots that are not in use form a queue, so the one unused for longest is taken first. A slot
//!   whose next ID would pass [`BlockId::MAX`] leaves the queue for good: it is retired.
//! - `order` lists slots in the order in which blocks came. A place in it stands for a live block
//!   if that block knows the place as its own; the others are left over from freed blocks, so that
//!   freeing need not touch the list.

use crate::Error;
use crate::extent_table::NONE;

const FIRST_SLOTS: usize = 16;

/// Names a block for as long as it lives, wherever it is moved to.
///
/// IDs start at 1, are never handed out twice by one manager, and stay within the integers that
/// a JavaScript number holds exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlockId(u64);

impl BlockId {
    /// The greatest ID: 2^53 - 1.
    pub const MAX: Self = Self((1 << 53) - 1);

    /// The ID with this number. Whether a block has it is for the manager to say.
    pub fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number of the ID.
    pub fn get(self) -> u64 {
        self.0
    }
}

impl std::fmt::Display for BlockId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// What the registry knows of one block. Where it lies, the extent table says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record {
    /// While in use: the block's ID. Otherwise: the ID that the slot gives next.
    id: u64,
    /// In use: the block's first extent in the table. Otherwise: the next free slot.
    pub first: u32,
    /// Units asked for.
    pub size: u32,
    /// Units last written, from the first on.
    pub length: u32,
    /// In use: the place in `order`. Otherwise [`NONE`].
    position: u32,
    /// The power of two that the block was aligned to.
    pub align: u8,
    /// A pinned block is never moved.
    pub pinned: bool,
}

impl Record {
    fn unused(id: u64) -> Self {
        Self { id, first: NONE, size: 0, length: 0, position: NONE, align: 0, pinned: false }
    }

    fn in_use(&self) -> bool {
        self.position != NONE
    }

    pub fn id(&self) -> BlockId {
        BlockId(self.id)
    }
}

/// See the head of this file.
#[derive(Debug, Default)]
pub(crate) struct Registry {
    records: Vec<Record>,
    /// The queue of slots not in use.
    oldest_free: u32,
    newest_free: u32,
    order: Vec<u32>,
    /// A place in `order` that compaction will come back to.
    cursor: usize,
    live: u32,
}

impl Registry {
    pub fn new() -> Self {
        Self { oldest_free: NONE, newest_free: NONE, ..Self::default() }
    }

    pub fn live(&self) -> u32 {
        self.live
    }

    /// The slot of a live block. Constant time.
    #[inline(always)]
    pub fn find(&self, id: BlockId) -> Result<u32, Error> {
        let mask = (self.records.len() as u64).wrapping_sub(1);
        let slot = (id.0 & mask) as usize;
        match self.records.get(slot) {
            Some(record) if record.id == id.0 && record.in_use() => Ok(slot as u32),
            _ => Err(Error::UnknownBlock { id }),
        }
    }

    pub fn record(&self, slot: u32) -> &Record {
        &self.records[slot as usize]
    }

    pub fn record_mut(&mut self, slot: u32) -> &mut Record {
        &mut self.records[slot as usize]
    }

    /// Makes room for one more block, so that the next [`Self::insert`] cannot fail; returns
    /// whether blocks have new slots. Amortised constant time; on error nothing has changed.
    #[inline(always)]
    pub fn reserve(&mut self) -> Result<bool, Error> {
        if self.order.len() == self.order.capacity() {
            self.renew_order()?;
        }
        let full = self.oldest_free == NONE;
        while self.oldest_free == NONE {
            self.double()?;
        }
        Ok(full)
    }

    /// The slot that the next [`Self::insert`] will use. Needs [`Self::reserve`] first.
    pub fn next_slot(&self) -> u32 {
        self.oldest_free
    }

    /// Registers a block as the newest and returns its ID. Needs [`Self::reserve`] first.
    #[inline(always)]
    pub fn insert(&mut self, first: u32, size: u32, align: u8) -> BlockId {
        let slot = self.oldest_free;
        let position = self.order.len() as u32;
        let record = &mut self.records[slot as usize];
        let id = record.id;
        self.oldest_free = record.first;
        *record = Record { id, first, size, length: 0, position, align, pinned: false };
        if self.oldest_free == NONE {
            self.newest_free = NONE;
        }
        self.order.push(slot);
        self.live += 1;
        BlockId(id)
    }

    /// Forgets a live block; from now on its ID is stale. Constant time.
    #[inline(always)]
    pub fn remove(&mut self, slot: u32) {
        let slots = self.records.len() as u64;
        let record = &mut self.records[slot as usize];
        self.live -= 1;
        *record = Record::unused(record.id + slots);
        self.enqueue(slot);
    }

    /// The slots of live blocks in allocation order. A step costs amortised constant time.
    pub fn in_allocation_order(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.order.len()).filter_map(|position| self.at_position(position))
    }

    /// A place in allocation order that stays with its block when freed blocks are dropped.
    pub fn cursor(&self) -> usize {
        self.cursor
    }

    pub fn set_cursor(&mut self, position: usize) {
        self.cursor = position;
    }

    /// Places in allocation order, those of blocks freed meanwhile among them.
    pub fn positions(&self) -> usize {
        self.order.len()
    }

    /// The slot of the live block at a place in allocation order.
    pub fn at_position(&self, position: usize) -> Option<u32> {
        let slot = *self.order.get(position)?;
        let known = self.records[slot as usize].position;
        (known as usize == position).then_some(slot)
    }

    #[inline(always)]
    fn enqueue(&mut self, slot: u32) {
        if self.records[slot as usize].id > BlockId::MAX.0 {
            return; // retired
        }
        match self.newest_free {
            NONE => self.oldest_free = slot,
            newest => self.records[newest as usize].first = slot,
        }
        self.newest_free = slot;
    }

    /// Drops the traces of freed blocks from a full `order`, or enlarges it when most are live.
    fn renew_order(&mut self) -> Result<(), Error> {
        let full = self.order.len();
        let more = full.max(FIRST_SLOTS);
        if full / 4 <= self.live as usize && full + more <= NONE as usize {
            let room = self.order.try_reserve_exact(more);
            return room.map_err(|_| Error::Metadata);
        }
        let mut kept = 0;
        let mut cursor = 0;
        for position in 0..full {
            if position == self.cursor {
                cursor = kept;
            }
            if let Some(slot) = self.at_position(position) {
                self.order[kept] = slot;
                self.records[slot as usize].position = kept as u32;
                kept += 1;
            }
        }
        self.cursor = if self.cursor < full { cursor } else { kept };
        self.order.truncate(kept);
        if self.order.len() == full {
            return Err(Error::Metadata);
        }
        Ok(())
    }

    /// Twice the slots. A live block with ID `id` in slot `s` of `n` goes to slot `id mod 2n`,
    /// which is `s` or `s + n`; the other of the two gives `id + n` next, an ID never used.
    fn double(&mut self) -> Result<(), Error> {
        let old = self.records.len();
        let new = (old * 2).max(FIRST_SLOTS);
        let fits = new <= NONE as usize;
        let room = self.records.try_reserve_exact(new - old);
        if !fits || room.is_err() {
            return Err(Error::Metadata);
        }
        if old == 0 {
            self.records.extend((0..new as u64).map(Record::unused));
            self.records[0].id = new as u64;
        } else {
            self.records.resize(new, Record::unused(u64::MAX));
            (0..old).for_each(|slot| self.spread(slot, old));
        }
        let unused = (1..new as u32).chain([0]);
        for slot in unused {
            if !self.records[slot as usize].in_use() {
                self.enqueue(slot);
            }
        }
        Ok(())
    }

    fn spread(&mut self, slot: usize, old: usize) {
        let record = self.records[slot];
        let twin = slot + old;
        let other = Record::unused(record.id.saturating_add(old as u64));
        if record.id as usize & old == 0 {
            self.records[twin] = other;
        } else {
            self.records[twin] = record;
            self.records[slot] = other;
        }
        for slot in [slot, twin] {
            let position = self.records[slot].position;
            if position != NONE {
                self.order[position as usize] = slot as u32;
            }
        }
    }
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
        let ids: Vec<u64> = (0..100).map(|_| insert(&mut registry)).collect();
        assert_eq!(ids, (1..=100).collect::<Vec<_>>());
    }

    #[test]
    fn an_id_is_never_handed_out_twice() {
        let mut registry = Registry::new();
        let mut seen = std::collections::BTreeSet::new();
        let mut live = std::collections::VecDeque::new();
        for turn in 0..5_000 {
            if turn % 7 < 4 {
                let id = insert(&mut registry);
                assert!(seen.insert(id), "{id} twice");
                live.push_back(id);
            } else if let Some(id) = live.pop_front() {
                remove(&mut registry, id);
                assert!(registry.find(BlockId::new(id)).is_err());
            }
        }
        let order = registry.in_allocation_order();
        let order: Vec<u64> = order.map(|s| registry.record(s).id().get()).collect();
        assert_eq!(order, Vec::from(live));
    }

    #[test]
    fn a_slot_whose_ids_run_out_is_retired() {
        let mut registry = Registry::new();
        let id = insert(&mut registry);
        let slot = registry.find(BlockId::new(id)).unwrap();
        let last = BlockId::MAX.get() - 14;
        assert_eq!(last % FIRST_SLOTS as u64, u64::from(slot));
        registry.record_mut(slot).id = last;
        remove(&mut registry, last);
        let ids: Vec<u64> = (0..40).map(|_| insert(&mut registry)).collect();
        assert!(ids.iter().all(|&id| id < last), "{ids:?}");
        assert_eq!(registry.live(), 40);
    }

    #[test]
    fn foreign_ids_are_unknown() {
        let mut registry = Registry::new();
        for id in [0, 1, u64::MAX] {
            assert!(registry.find(BlockId::new(id)).is_err());
        }
        insert(&mut registry);
        for id in [0, 2, 17, u64::MAX] {
            assert!(registry.find(BlockId::new(id)).is_err());
        }
    }
}
