//! The registry: which ID a block gets, and with it its slot.
//!
//! What always holds:
//! - IDs ascend: a later block has a greater ID, so the order of IDs is the order of allocation.
//! - The number of slots is a power of two, and the block with ID `id` has slot `id mod slots`. A new
//!   block gets the next ID whose slot is not in use. So two live blocks never share a slot, and a
//!   look-up is one comparison.
//! - At most 7 of 8 slots are in use. Skipping IDs costs amortised constant time: until every slot has
//!   had its turn, only slots that were in use at the beginning are skipped, and `free`, with a bit for
//!   each slot that is not in use, skips 64 at a time.
//!
//! What is known of the block in a slot is in the extent table, with the block's first extent.

use crate::BlockId;
use crate::fallible::{NoMemory, room_for};

const FIRST_SLOTS: usize = 64;
/// The digits of [`Registry::sort`] are bytes.
const DIGITS: usize = 256;
const LAST_ID: u64 = BlockId::MAX.get();

/// See the head of this file.
#[derive(Debug)]
pub(crate) struct Registry {
    /// For each slot, the units last written to its block, from the first on.
    written: Vec<u32>,
    free: Vec<u64>,
    /// No lower ID will be handed out.
    next: u64,
    /// How many slots may be in use.
    most: usize,
}

impl Registry {
    pub fn new() -> Self {
        Self { written: Vec::new(), free: Vec::new(), next: 1, most: 0 }
    }

    pub fn slots(&self) -> usize {
        self.written.len()
    }

    /// How many slots are needed, if those there are cannot serve one block more than `live`.
    #[inline(always)]
    pub fn wants_slots(&self, live: usize) -> Option<usize> {
        (live >= self.most).then(|| self.more_slots())
    }

    /// The next number of slots.
    pub fn more_slots(&self) -> usize {
        (self.slots() * 2).max(FIRST_SLOTS)
    }

    /// Reserves for this many slots, more than there are now.
    pub fn reserve_slots(&mut self, slots: usize) -> Result<(), NoMemory> {
        let old = self.slots();
        let room = self.written.try_reserve_exact(slots - old);
        let room = room.and_then(|()| self.free.try_reserve_exact((slots - old) / 64));
        Ok(room?)
    }

    /// Doubles the slots to `slots`, or makes the first ones. A live block in slot `s` of `n` goes to
    /// slot `id mod 2n`, which is `s` or `s + n`; `is_in_use` says whether a slot is in use afterwards.
    /// Needs [`Self::reserve_slots`] first.
    pub fn double_slots(&mut self, slots: usize, is_in_use: impl Fn(u32) -> bool) {
        let old = self.slots();
        self.most = slots / 8 * 7;
        self.written.resize(slots, 0);
        for slot in 0..old {
            self.written[slot + old] = self.written[slot];
        }
        self.free.clear();
        let words = (0..slots as u32).step_by(64);
        self.free.extend(words.map(|first| {
            let bits = (0..64).map(|bit| u64::from(!is_in_use(first + bit)) << bit);
            bits.sum::<u64>()
        }));
    }

    /// No lower ID will be handed out.
    pub fn next(&self) -> u64 {
        self.next
    }

    /// Continues after the IDs that another registry handed out.
    pub fn set_next(&mut self, next: u64) {
        self.next = next;
    }

    /// The slot of the block with this ID, if it is live.
    #[inline(always)]
    pub fn slot(&self, id: BlockId) -> u32 {
        (id.get() & (self.slots() as u64).wrapping_sub(1)) as u32
    }

    /// Units last written to a block, from the first on.
    pub fn written(&self, slot: u32) -> u32 {
        self.written[slot as usize]
    }

    pub fn set_written(&mut self, slot: u32, units: u32) {
        self.written[slot as usize] = units;
    }

    /// Raises `next` to the next ID whose slot is free, so that the next [`Self::insert`] cannot fail.
    /// There must be a free slot.
    #[inline(always)]
    pub fn pass_over(&mut self) -> Result<(), NoMemory> {
        let slot = self.slot(BlockId::new(self.next));
        let here = self.free[slot as usize / 64] >> (slot % 64);
        if here != 0 {
            self.next += u64::from(here.trailing_zeros());
        } else {
            self.pass_over_words();
        }
        if self.next <= LAST_ID {
            return Ok(());
        }
        self.next = LAST_ID + 1;
        Err(NoMemory)
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

    /// Hands out the next ID; returns it with its slot. Needs [`Self::pass_over`] first.
    #[inline(always)]
    pub fn insert(&mut self) -> (BlockId, u32) {
        let id = BlockId::new(self.next);
        let slot = self.slot(id);
        self.occupy(slot);
        self.next += 1;
        (id, slot)
    }

    /// Puts a free slot in use, for a block to which nothing was written; which ID is the next does not change.
    #[inline(always)]
    pub fn occupy(&mut self, slot: u32) {
        self.written[slot as usize] = 0;
        self.free[slot as usize / 64] &= !(1 << (slot % 64));
    }

    /// Frees a slot.
    #[inline(always)]
    pub fn remove(&mut self, slot: u32) {
        self.free[slot as usize / 64] |= 1 << (slot % 64);
    }

    /// The slots of live blocks from `64 * word` on, at most 64; `None` past the last slot.
    pub fn live_in_word(&self, word: usize) -> Option<impl Iterator<Item = u32> + use<>> {
        let mut bits = !*self.free.get(word)?;
        Some(std::iter::from_fn(move || {
            let bit = bits.checked_ilog2().map(|_| bits.trailing_zeros())?;
            bits &= bits - 1;
            Some(word as u32 * 64 + bit)
        }))
    }

    /// The slots of live blocks in no particular order. Costs O(slots / 64) and the blocks.
    pub fn live_slots(&self) -> impl Iterator<Item = u32> + '_ {
        (0..).map_while(|word| self.live_in_word(word)).flatten()
    }

    /// Sorts IDs that are in the order of their slots: a radix sort (Knuth, *The Art of Computer
    /// Programming* 3, 5.2.5) whose lowest digit, the slot, is already done, so that only the higher
    /// bits are left. Costs O(b), with b IDs, for each byte in which the higher bits differ, mostly one
    /// or none, and O(b) memory.
    ///
    /// # Errors
    /// [`NoMemory`]: the IDs are unchanged.
    pub fn sort(&self, ids: &mut Vec<BlockId>) -> Result<(), NoMemory> {
        let Some(&first) = ids.first() else { return Ok(()) };
        let differing = ids.iter().fold(0, |bits, id| bits | (id.get() ^ first.get()));
        let turns = self.slots().trailing_zeros();
        if differing >> turns == 0 {
            return Ok(());
        }
        let mut sorted = room_for(ids.len())?;
        sorted.resize(ids.len(), first);
        for shift in (turns..u64::BITS).step_by(8).filter(|shift| differing >> shift != 0) {
            let digit = |id: BlockId| (id.get() >> shift) as usize % DIGITS;
            let mut places = [0; DIGITS];
            ids.iter().for_each(|&id| places[digit(id)] += 1);
            let mut place = 0;
            for count in &mut places {
                place += std::mem::replace(count, place);
            }
            for &id in ids.iter() {
                let place = &mut places[digit(id)];
                sorted[*place] = id;
                *place += 1;
            }
            std::mem::swap(ids, &mut sorted);
        }
        Ok(())
    }
}
