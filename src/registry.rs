//! The registry: which ID a block gets, and with it its slot.
//!
//! What always holds:
//! - IDs ascend: a later block has a greater one, so the order of IDs is the order of allocation.
//! - There is a power of two of slots, and the block with ID `id` has slot `id mod slots`, so a
//!   look-up is one comparison, and two live blocks never share a slot. A new block gets the next
//!   ID whose slot is not in use.
//! - At most 7 of 8 slots are in use. IDs that are passed over cost amortised constant time: until
//!   every slot has had its turn, only those that were in use at the first turn are passed over.
//!   And `free`, a bit for each slot that is not in use, passes over 64 at a time.
//!
//! What is known of the block in a slot stands in the extent table, with the block's first extent.

use crate::BlockId;
use crate::fallible::{NoMemory, room_for};

const FIRST_SLOTS: usize = 64;
/// Digits of [`Registry::sort`] are bytes.
const DIGITS: usize = 256;
const LAST_ID: u64 = BlockId::MAX.get();

/// See the head of this file.
#[derive(Debug)]
pub(crate) struct Registry {
    /// For each slot, the units last written to its block, from the first on.
    written: Vec<u32>,
    free: Vec<u64>,
    /// No lower ID is handed out any more.
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

    /// How many slots there are to be, if there are too few for one block more than `live` ones.
    #[inline(always)]
    pub fn wants_slots(&self, live: usize) -> Option<usize> {
        (live >= self.most).then(|| self.more_slots())
    }

    /// How many slots there are to be next.
    pub fn more_slots(&self) -> usize {
        (self.slots() * 2).max(FIRST_SLOTS)
    }

    /// Makes sure that there can be so many slots, which are more than there are.
    pub fn reserve_slots(&mut self, slots: usize) -> Result<(), NoMemory> {
        let old = self.slots();
        let room = self.written.try_reserve_exact(slots - old);
        let room = room.and_then(|()| self.free.try_reserve_exact((slots - old) / 64));
        Ok(room?)
    }

    /// So many slots, twice as many as there were, or the first ones. A live block in slot `s` of
    /// `n` goes to slot `id mod 2n`, which is `s` or `s + n`; `is_in_use` says of a slot whether it
    /// is then. Needs [`Self::reserve_slots`] first.
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

    /// Where the block with this ID is, if it is alive.
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

    /// Raises `next` to the next ID whose slot is free, which there must be, so that the next
    /// [`Self::insert`] cannot fail.
    #[inline(always)]
    pub fn pass_over(&mut self) -> Result<(), NoMemory> {
        let slot = self.slot(BlockId::new(self.next));
        let here = self.free[slot as usize / 64] >> (slot % 64);
        if here != 0 {
            self.next += u64::from(here.trailing_zeros());
        } else {
            self.pass_over_words();
        }
        if self.next <= LAST_ID { Ok(()) } else { Err(NoMemory) }
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

    /// Hands out the next ID; returns its slot, too. Needs [`Self::pass_over`] first.
    #[inline(always)]
    pub fn insert(&mut self) -> (BlockId, u32) {
        let id = BlockId::new(self.next);
        let slot = self.slot(id);
        self.written[slot as usize] = 0;
        self.free[slot as usize / 64] &= !(1 << (slot % 64));
        self.next += 1;
        (id, slot)
    }

    /// A slot is not in use any more.
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

    /// The slots of live blocks, in no order that means anything. Costs O(slots / 64) and the
    /// blocks.
    pub fn live_slots(&self) -> impl Iterator<Item = u32> + '_ {
        (0..).map_while(|word| self.live_in_word(word)).flatten()
    }
    /// Brings IDs that came by slot into their order, as a radix sort whose lowest digit is the slot:
    /// what is left are the turns (Knuth, *The Art of Computer Programming* 3, 5.2.5). Costs O(b) with
    /// b IDs for each byte in which their turns differ, mostly one or none, and O(b) of memory.
    ///
    /// # Errors
    /// [`NoMemory`]: the IDs stay as they are.
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
