//! The extent table: who has which units.
//!
//! What always holds:
//! - The extents of the table cover the capacity without overlap; `below` and `above` link them by
//!   address. It is all bookkeeping there is of units, and it lies outside the buffer.
//! - An extent is free or has the slot of its block for an owner. `next` links a block's extents
//!   in block order, and a free extent into whatever list its placement keeps.
//! - Place [`NONE`] has the sentinel, an extent of no units that is nobody's: the lowest extent is
//!   above it and the highest below, so that no neighbour is ever missing.
//! - Whether free neighbours are coalesced is for the placement to say.
//!
//! Cost: every operation O(1). Memory: O(extents).

use crate::{Error, Extent, Step};

/// No extent: the place of the sentinel.
pub(crate) const NONE: u32 = 0;
/// The owner of free extents.
pub(crate) const FREE: u32 = u32::MAX;
/// The owner of an extent that compaction holds, and of a place not in use: neither free nor a
/// block's.
pub(crate) const HELD: u32 = u32::MAX - 1;

/// One extent of the table. Aligned to its own size, so that none lies in two lines of the cache.
#[derive(Clone, Copy, Debug)]
#[repr(align(32))]
pub(crate) struct Entry {
    pub lowest: u32,
    pub length: u32,
    /// With [`Step::Down`] the highest unit comes first.
    pub step: Step,
    pub owner: u32,
    pub next: u32,
    /// Links a free extent into its placement's list; for a block's, see `placement/chain.rs`.
    pub previous: u32,
    below: u32,
    above: u32,
}

impl Entry {
    pub fn end(&self) -> u32 {
        self.lowest + self.length
    }

    pub fn is_free(&self) -> bool {
        self.owner == FREE
    }

    /// The extent in block order.
    pub fn extent(&self) -> Extent {
        let start = match self.step {
            Step::Up => self.lowest,
            Step::Down => self.lowest + (self.length - 1),
        };
        Extent { start, length: self.length, step: self.step }
    }
}

const SENTINEL: Entry = Entry {
    lowest: 0,
    length: 0,
    step: Step::Up,
    owner: HELD,
    next: NONE,
    previous: NONE,
    below: NONE,
    above: NONE,
};

/// See the head of this file.
#[derive(Debug)]
pub(crate) struct ExtentTable {
    entries: Vec<Entry>,
    /// Places not in use, linked by `next`.
    spare: u32,
    spare_count: usize,
    /// Places that someone will come back to: see [`Self::cursor`].
    cursors: [u32; CURSORS],
}

/// How many places the table keeps track of.
pub(crate) const CURSORS: usize = 3;

impl ExtentTable {
    /// One free extent of all units.
    pub fn new(capacity: u32) -> Result<Self, Error> {
        let mut table =
            Self { entries: Vec::new(), spare: NONE, spare_count: 0, cursors: [NONE; CURSORS] };
        table.reserve(2)?;
        table.entries.push(SENTINEL);
        table.append(0, capacity, FREE);
        Ok(table)
    }

    /// Forgets everything; keeps the memory.
    pub fn clear(&mut self) {
        self.entries.truncate(1);
        self.entries[NONE as usize] = SENTINEL;
        (self.spare, self.spare_count) = (NONE, 0);
        self.cursors = [NONE; CURSORS];
    }

    /// A place that the table keeps track of: when its extent is coalesced into a neighbour, the
    /// cursor is at the neighbour.
    pub fn cursor(&self, cursor: usize) -> u32 {
        self.cursors[cursor]
    }

    pub fn set_cursor(&mut self, cursor: usize, place: u32) {
        self.cursors[cursor] = place;
    }

    /// Keeps track of no place any more.
    pub fn forget_cursors(&mut self) {
        self.cursors = [NONE; CURSORS];
    }

    /// Adds a free extent above all others, if it has any unit. Needs [`Self::reserve`] first.
    pub fn append_free(&mut self, lowest: u32, length: u32) {
        if length > 0 {
            self.append(lowest, length, FREE);
        }
    }

    /// Adds an ascending extent above all others. Needs [`Self::reserve`] first.
    pub fn append(&mut self, lowest: u32, length: u32, owner: u32) -> u32 {
        let entry = Entry {
            lowest,
            length,
            step: Step::Up,
            owner,
            next: NONE,
            previous: NONE,
            below: self.highest(),
            above: NONE,
        };
        let place = self.store(entry);
        self.link(self.highest(), place);
        self.link(place, NONE);
        place
    }

    /// Makes sure that `count` more extents need no memory.
    #[inline(always)]
    pub fn reserve(&mut self, count: usize) -> Result<(), Error> {
        if self.spare_count >= count {
            return Ok(());
        }
        let missing = count - self.spare_count;
        if self.entries.len() + missing >= HELD as usize {
            return Err(Error::Metadata);
        }
        self.entries.try_reserve(missing).map_err(|_| Error::Metadata)
    }

    pub fn get(&self, place: u32) -> &Entry {
        &self.entries[place as usize]
    }

    /// Has the processor fetch an extent that will be needed soon; it need not exist any more.
    #[inline(always)]
    pub fn fetch(&self, place: u32) {
        if let Some(entry) = self.entries.get(place as usize) {
            std::hint::black_box(entry.lowest);
        }
    }

    /// The extent, unless the place is [`NONE`].
    pub fn get_checked(&self, place: u32) -> Option<&Entry> {
        (place != NONE).then(|| self.get(place))
    }

    pub fn get_mut(&mut self, place: u32) -> &mut Entry {
        &mut self.entries[place as usize]
    }

    /// No place of an extent is as great as this.
    pub fn places(&self) -> usize {
        self.entries.len()
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

    #[inline(always)]
    fn if_free(&self, place: u32) -> Option<u32> {
        self.get(place).is_free().then_some(place)
    }

    /// Cuts an extent after its lowest `length` units; returns the new extent above the cut, which
    /// has the same owner and step. Needs [`Self::reserve`] first.
    pub fn split(&mut self, place: u32, length: u32) -> u32 {
        let low = self.get_mut(place);
        let mut high = *low;
        high.lowest += length;
        high.length -= length;
        high.below = place;
        low.length = length;
        let above = high.above;
        let new = self.store(high);
        self.get_mut(place).above = new;
        self.get_mut(above).below = new;
        new
    }

    /// Cuts an extent after its lowest `length` units; returns the new extent below the cut, which
    /// has the same owner and step. Needs [`Self::reserve`] first.
    #[inline(always)]
    pub fn split_below(&mut self, place: u32, length: u32) -> u32 {
        let high = self.get_mut(place);
        let mut low = *high;
        high.lowest += length;
        high.length -= length;
        low.length = length;
        low.above = place;
        let below = low.below;
        let new = self.store(low);
        self.get_mut(place).below = new;
        self.get_mut(below).above = new;
        new
    }

    /// Coalesces the neighbour below into an extent.
    #[inline(always)]
    pub fn absorb_below(&mut self, place: u32) {
        let low = self.get(place).below;
        let Entry { lowest, length, below, .. } = *self.get(low);
        let high = self.get_mut(place);
        high.lowest = lowest;
        high.length += length;
        high.below = below;
        self.get_mut(below).above = place;
        self.discard(low, place);
    }

    /// Coalesces the neighbour above into an extent.
    #[inline(always)]
    pub fn absorb_above(&mut self, place: u32) {
        let high = self.get(place).above;
        let Entry { length, above, .. } = *self.get(high);
        let low = self.get_mut(place);
        low.length += length;
        low.above = above;
        self.get_mut(above).below = place;
        self.discard(high, place);
    }

    /// Exchanges the places of an extent and the one directly above it.
    pub fn swap_with_above(&mut self, place: u32) {
        let Entry { lowest, below, above: high, .. } = *self.get(place);
        let Entry { length: high_length, above, .. } = *self.get(high);
        self.get_mut(high).lowest = lowest;
        self.get_mut(place).lowest = lowest + high_length;
        self.link(below, high);
        self.link(high, place);
        self.link(place, above);
    }

    /// Exchanges the places of two extents of equal length.
    pub fn exchange(&mut self, one: u32, other: u32) {
        let (low, high) = match self.get(one).lowest < self.get(other).lowest {
            true => (one, other),
            false => (other, one),
        };
        if self.get(low).above == high {
            return self.swap_with_above(low);
        }
        let Entry { lowest: low_start, below: low_below, above: low_above, .. } = *self.get(low);
        let Entry { lowest: high_start, below: high_below, above: high_above, .. } =
            *self.get(high);
        self.get_mut(low).lowest = high_start;
        self.get_mut(high).lowest = low_start;
        self.link(low_below, high);
        self.link(high, low_above);
        self.link(high_below, low);
        self.link(low, high_above);
    }

    fn link(&mut self, below: u32, above: u32) {
        self.get_mut(below).above = above;
        self.get_mut(above).below = below;
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

    /// Runs of free extents that touch each other: how many, and the units of the longest. Costs
    /// O(places), but goes through them as they lie in memory, and by address only inside of runs.
    pub fn free_runs(&self) -> (usize, u32) {
        let (mut runs, mut longest) = (0, 0);
        let begins = |entry: &&Entry| entry.is_free() && !self.get(entry.below).is_free();
        for first in self.entries.iter().filter(begins) {
            let (mut length, mut above) = (first.length, self.get(first.above));
            while above.is_free() {
                length += above.length;
                above = self.get(above.above);
            }
            runs += 1;
            longest = longest.max(length);
        }
        (runs, longest)
    }

    /// Visits the places that `next` links, from the first on.
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

    #[inline(always)]
    fn store(&mut self, entry: Entry) -> u32 {
        if self.spare == NONE {
            debug_assert!(self.entries.len() < self.entries.capacity(), "reserved");
            self.entries.push(entry);
            return (self.entries.len() - 1) as u32;
        }
        let place = self.spare;
        self.spare = self.get(place).next;
        self.spare_count -= 1;
        *self.get_mut(place) = entry;
        place
    }

    #[cold]
    fn move_cursors(&mut self, from: u32, to: u32) {
        for cursor in self.cursors.iter_mut().filter(|cursor| **cursor == from) {
            *cursor = to;
        }
    }

    #[inline(always)]
    fn discard(&mut self, place: u32, survivor: u32) {
        if self.cursors != [NONE; CURSORS] {
            self.move_cursors(place, survivor);
        }
        let spare = self.spare;
        let entry = self.get_mut(place);
        (entry.owner, entry.next) = (HELD, spare);
        self.spare = place;
        self.spare_count += 1;
    }
}
