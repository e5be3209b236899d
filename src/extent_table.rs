//! The extent table: which block has which units.
//!
//! What always holds:
//! - The extents of the table cover the capacity without overlap; `below` and `above` link them by
//!   address. All bookkeeping lies outside the buffer: here and, by slot, in the registry.
//! - The first extent of a block is at a place of its own, which follows from the block's slot
//!   ([`first_of`]); every other extent, including free ones, is at any of the other places. So a
//!   block's ID leads straight to its first extent, and a place tells whether its extent may be free. A
//!   block's first extent comes, goes and is replaced, but its place stays.
//! - `next` links a block's extents in block order, and a free extent into whatever list its
//!   placement keeps.
//! - Place [`NONE`] has the sentinel, an extent of no units that nobody has. The lowest extent is above
//!   it and the highest below it, so that no neighbour is ever missing.
//! - For each first extent there is room at another place, so that freeing it needs no memory.
//! - The placement decides whether free neighbours coalesce.
//!
//! What only reads is here; [`places`] has the memory for entries, and [`layout`] changes where extents
//! lie and whose they are.
//!
//! Cost: O(1) where nothing else is said. Memory: O(extents and slots).

mod layout;
mod places;

use crate::Step;
use crate::entry::{Entry, Owner};
use crate::fallible::NoMemory;
use crate::promise::Promise;

/// No extent: the place of the sentinel.
pub(crate) const NONE: u32 = 0;

/// The place of the first extent of the block in a slot.
#[inline(always)]
pub(crate) fn first_of(slot: u32) -> u32 {
    slot << 1 | 1
}

/// The slot of the block whose first extent is at a place.
pub(crate) fn slot_of(first: u32) -> u32 {
    first >> 1
}

/// The place that [`ExtentTable::append`] gave to the extent with this number, counted from 0 since
/// [`ExtentTable::clear`], as long as nothing else was added or reserved.
pub(crate) fn appended(number: u32) -> u32 {
    (number + 1) << 1
}

/// Whether a block's first extent is at a place.
#[inline(always)]
pub(crate) const fn is_first(place: u32) -> bool {
    place & 1 != 0
}

/// The lowest bit of a place says which of the two lists has its entry.
const OTHERS: usize = 0;
const FIRSTS: usize = 1;

/// No place at all.
pub(crate) const NOWHERE: u32 = u32::MAX;

/// A block that is about to get its first extent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewBlock {
    pub slot: u32,
    pub owner: Owner,
    /// Units asked for.
    pub asked: u32,
}

impl Entry {
    /// Whether the block whose first extent this is lies in one ascending extent.
    #[inline(always)]
    pub fn is_single_ascending(&self) -> bool {
        self.next == NONE && self.step() == Step::Up
    }
}

/// See the head of this file.
#[derive(Debug)]
pub(crate) struct ExtentTable {
    /// The entry at `place` is number `place >> 1` of list `place & 1`.
    entries: [Vec<Entry>; 2],
    /// Blocks.
    firsts: usize,
    /// All other places that are not in use, linked by `next`.
    spare: u32,
    spare_count: usize,
    /// How many of the spare places [`Self::reserve`] has promised.
    promised: Promise,
    /// Places that a caller will come back to: see [`Self::cursor`].
    cursors: [u32; CURSORS],
    /// Changes when a block that has views moves, shrinks or is freed.
    pub views_epoch: u64,
}

/// How many places the table keeps track of.
pub(crate) const CURSORS: usize = 3;

impl ExtentTable {
    /// One free extent of all units.
    pub fn new(capacity: u32) -> Result<Self, NoMemory> {
        let mut table = Self {
            entries: [Vec::new(), Vec::new()],
            firsts: 0,
            spare: NONE,
            spare_count: 0,
            promised: Promise::default(),
            cursors: [NONE; CURSORS],
            views_epoch: 0,
        };
        table.reserve(2)?;
        table.clear();
        table.append(0, capacity);
        Ok(table)
    }

    /// Blocks.
    pub fn blocks(&self) -> usize {
        self.firsts
    }

    /// The first extent of the block in a slot, with what is known of the block; an entry that nobody
    /// has if the slot is not in use.
    #[inline(always)]
    pub fn block(&self, slot: u32) -> &Entry {
        &self.entries[FIRSTS][slot as usize]
    }

    /// As [`Self::block`], for a slot that may be past the last.
    #[inline(always)]
    pub fn block_if_any(&self, slot: u32) -> Option<&Entry> {
        self.entries[FIRSTS].get(slot as usize)
    }

    #[inline(always)]
    pub fn block_mut(&mut self, slot: u32) -> &mut Entry {
        &mut self.entries[FIRSTS][slot as usize]
    }

    /// The slot of the block that has the extent at a place.
    pub fn slot_at(&self, place: u32) -> Option<u32> {
        let owner = self.get(place).owner;
        if is_first(place) { owner.is_first().then_some(place >> 1) } else { owner.slot_of_later() }
    }

    #[inline]
    pub fn get(&self, place: u32) -> &Entry {
        &self.entries[(place & 1) as usize][(place >> 1) as usize]
    }

    /// Has the processor fetch an extent that will be needed soon and may no longer exist.
    #[inline(always)]
    pub fn fetch(&self, place: u32) {
        if let Some(entry) = self.get_if_any(place) {
            std::hint::black_box(entry.lowest);
        }
    }

    /// The entry at a place that may no longer exist.
    #[inline(always)]
    pub fn get_if_any(&self, place: u32) -> Option<&Entry> {
        self.entries[(place & 1) as usize].get((place >> 1) as usize)
    }

    /// The extent, unless the place is [`NONE`].
    #[inline(always)]
    pub fn get_checked(&self, place: u32) -> Option<&Entry> {
        (place != NONE).then(|| self.get(place))
    }

    #[inline]
    pub fn get_mut(&mut self, place: u32) -> &mut Entry {
        &mut self.entries[(place & 1) as usize][(place >> 1) as usize]
    }

    /// As [`Self::get`], for an extent that is not a block's first.
    #[inline(always)]
    pub fn other(&self, place: u32) -> &Entry {
        debug_assert!(!is_first(place));
        &self.entries[OTHERS][(place >> 1) as usize]
    }

    /// As [`Self::get_mut`], for an extent that is not a block's first.
    #[inline(always)]
    pub fn other_mut(&mut self, place: u32) -> &mut Entry {
        debug_assert!(!is_first(place));
        &mut self.entries[OTHERS][(place >> 1) as usize]
    }

    /// Every place of an extent is less than this.
    pub fn places(&self) -> usize {
        2 * self.entries[OTHERS].len().max(self.entries[FIRSTS].len())
    }

    /// How many extents there are.
    pub fn extents(&self) -> usize {
        self.firsts + self.entries[OTHERS].len() - 1 - self.spare_count
    }

    /// One past the highest unit.
    pub fn end(&self) -> u32 {
        self.get(self.highest()).end()
    }

    /// The lowest extent.
    pub fn lowest(&self) -> u32 {
        self.above(NONE)
    }

    /// The highest extent.
    pub fn highest(&self) -> u32 {
        self.below(NONE)
    }

    /// The neighbour above, or [`NONE`].
    #[inline(always)]
    pub fn above(&self, place: u32) -> u32 {
        self.get(place).above
    }

    /// The neighbour below, or [`NONE`].
    pub fn below(&self, place: u32) -> u32 {
        self.get(place).below
    }

    /// The neighbour above, if it is free.
    #[inline(always)]
    pub fn free_above(&self, place: u32) -> Option<u32> {
        self.if_free(self.get(place).above)
    }

    /// The neighbour below, if it is free.
    #[inline(always)]
    pub fn free_below(&self, place: u32) -> Option<u32> {
        self.if_free(self.get(place).below)
    }

    /// The place, if the extent there is free.
    #[inline(always)]
    pub fn if_free(&self, place: u32) -> Option<u32> {
        // The place alone often tells, without reading the entry.
        (!is_first(place) && self.other(place).is_free()).then_some(place)
    }

    /// The extents by ascending address.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &Entry)> {
        let mut place = self.lowest();
        std::iter::from_fn(move || {
            let entry = self.get_checked(place)?;
            let here = (place, entry);
            place = entry.above;
            Some(here)
        })
    }

    /// The free units by ascending address, as the lowest unit and the length of each extent or, if
    /// `joined`, of each run of extents that touch.
    pub fn free(&self, joined: bool) -> impl Iterator<Item = (u32, u32)> {
        let free = self.iter().map(|(_, entry)| entry).filter(|entry| entry.is_free());
        let mut free = free.peekable();
        std::iter::from_fn(move || {
            let &Entry { lowest, mut length, .. } = free.next()?;
            while let Some(above) = free.next_if(|above| joined && above.lowest == lowest + length)
            {
                length += above.length;
            }
            Some((lowest, length))
        })
    }

    /// Counts the runs of free extents that touch each other, and finds the longest: its lowest unit and its
    /// units; zeros if nothing is free. Costs O(places), but goes through them as they lie in memory, and by
    /// address only inside of runs.
    pub fn free_runs(&self) -> (usize, (u32, u32)) {
        let (mut runs, mut longest) = (0, (0, 0));
        let begins = |entry: &&Entry| entry.is_free() && !self.get(entry.below).is_free();
        for first in self.entries[OTHERS].iter().filter(begins) {
            let (mut length, mut above) = (first.length, self.get(first.above));
            while above.is_free() {
                length += above.length;
                above = self.get(above.above);
            }
            runs += 1;
            if length > longest.1 {
                longest = (first.lowest, length);
            }
        }
        (runs, longest)
    }

    /// Visits the places linked by `next`, from the first on.
    pub fn for_each_linked(&self, first: u32, visit: &mut dyn FnMut(u32)) {
        let mut place = first;
        while place != NONE {
            visit(place);
            place = self.get(place).next;
        }
    }

    /// The extents of a block in block order, from its first.
    pub fn chain(&self, first: u32) -> impl Iterator<Item = &Entry> + use<'_> {
        let mut place = first;
        std::iter::from_fn(move || {
            let entry = self.get_checked(place)?;
            place = entry.next;
            Some(entry)
        })
    }
}
