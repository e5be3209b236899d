//! The extent table: who has which units.
//!
//! What always holds:
//! - The extents of the table cover the capacity without overlap; `below` and `above` link them by
//!   address. All bookkeeping lies outside the buffer: here and, by slot, in the registry.
//! - The first extent of a block is at a place of its own, which follows from the block's slot
//!   ([`first_of`]); every other extent, free ones among them, is at any of the other places. So
//!   what has a block's ID has its first extent at once, and a place tells whether what is there
//!   may be free. A block's first extent comes, goes and is replaced, but its place stays.
//! - `next` links a block's extents in block order, and a free extent into whatever list its
//!   placement keeps.
//! - Place [`NONE`] has the sentinel, an extent of no units that is nobody's: the lowest extent is
//!   above it and the highest below, so that no neighbour is ever missing.
//! - There is room for each first extent at another place, so that freeing it needs no memory.
//! - Whether free neighbours are coalesced is for the placement to say.
//!
//! Cost: every operation O(1), but [`ExtentTable::double_slots`]. Memory: O(extents).

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

/// The place that [`ExtentTable::append`] gave to the extent with this number, from 0 on, since
/// [`ExtentTable::clear`], as long as nothing else came and nothing was reserved.
pub(crate) fn appended(number: u32) -> u32 {
    (number + 1) << 1
}

/// Whether a block's first extent is at a place.
#[inline(always)]
pub(crate) fn is_first(place: u32) -> bool {
    place & 1 != 0
}

/// The lowest bit of a place: in which of the two lists its entry is.
const OTHERS: usize = 0;
const FIRSTS: usize = 1;

/// No entry has a number as great as this, so that its place is less than [`NOWHERE`].
const MOST: usize = (1 << 31) - 1;

/// No place at all.
pub(crate) const NOWHERE: u32 = u32::MAX;

/// A block that is about to have its first extent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewBlock {
    pub slot: u32,
    pub owner: Owner,
    /// Units asked for.
    pub asked: u32,
}

/// See the head of this file.
#[derive(Debug)]
pub(crate) struct ExtentTable {
    /// The entry at `place` is `place >> 1` among those that `place & 1` says.
    entries: [Vec<Entry>; 2],
    /// Blocks.
    firsts: usize,
    /// Other places not in use, all of them, linked by `next`.
    spare: u32,
    spare_count: usize,
    /// Of the spare ones, those for the extents of which [`Self::reserve`] was told.
    promised: Promise,
    /// Places that someone will come back to: see [`Self::cursor`].
    cursors: [u32; CURSORS],
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
        };
        table.reserve(2)?;
        table.clear();
        table.append(0, capacity);
        Ok(table)
    }

    /// Forgets where everything lies, but not the blocks; keeps the memory. The places that come then
    /// ascend: see [`appended`].
    pub fn clear(&mut self) {
        self.entries[OTHERS].fill(Entry::EMPTY);
        (self.spare, self.spare_count) = (NONE, 0);
        self.spare_from(1);
        self.promised.make(self.spare_count.saturating_sub(self.firsts));
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

    /// Adds a free extent above all others. Needs [`Self::reserve`] first.
    pub fn append(&mut self, lowest: u32, length: u32) -> u32 {
        let place = self.store(Entry::new(lowest, length, Owner::FREE));
        self.link(self.highest(), place);
        self.link(place, NONE);
        place
    }

    /// Adds all units of a block above all others, once [`Self::clear`] has forgotten where it lay.
    pub fn append_block(&mut self, slot: u32, lowest: u32) {
        let place = first_of(slot);
        let Entry { owner, .. } = *self.get(place);
        let asked = self.get(place).asked();
        let entry = Entry::new(lowest, asked, owner.going_as(Owner::FREE));
        *self.get_mut(place) = entry;
        self.get_mut(place).set_asked(asked);
        self.link(self.highest(), place);
        self.link(place, NONE);
    }

    /// Makes sure that `count` more extents need no memory, and neither that every block is freed.
    #[inline(always)]
    pub fn reserve(&mut self, count: usize) -> Result<(), NoMemory> {
        let wanted = count + self.firsts + 1;
        // That of a block which may come now is beside them.
        self.promised.make(count);
        if wanted <= self.spare_count {
            return Ok(());
        }
        self.reserve_more(wanted - self.spare_count)
    }

    /// What was reserved until now is for nobody any more.
    #[inline(always)]
    pub fn promise_nothing(&mut self) {
        self.promised.make(0);
    }

    /// So many more spare places, or some more yet.
    #[cold]
    fn reserve_more(&mut self, count: usize) -> Result<(), NoMemory> {
        let others = &mut self.entries[OTHERS];
        let first = others.len();
        if first + count > MOST || others.try_reserve(count).is_err() {
            return Err(NoMemory);
        }
        others.resize(others.capacity().min(MOST), Entry::EMPTY);
        self.spare_from(first);
        Ok(())
    }

    /// The other places from this number on are spare, and are used before those that are already.
    fn spare_from(&mut self, first: usize) {
        let others = &mut self.entries[OTHERS];
        let end = others.len();
        for (entry, number) in others[first..].iter_mut().zip(first + 1..) {
            entry.next = if number < end { (number << 1) as u32 } else { self.spare };
        }
        if first < end {
            self.spare = (first << 1) as u32;
            self.spare_count += end - first;
        }
    }

    /// How many blocks there may be before the slots must double.
    pub fn slots(&self) -> usize {
        self.entries[FIRSTS].len()
    }

    /// Makes sure that there can be so many slots, which are more than there are.
    pub fn reserve_slots(&mut self, slots: usize) -> Result<(), NoMemory> {
        let firsts = &mut self.entries[FIRSTS];
        let room = firsts.try_reserve_exact(slots - firsts.len());
        if slots > MOST || room.is_err() { Err(NoMemory) } else { Ok(()) }
    }

    /// So many slots, twice as many as there were; the block with ID `id` goes to slot
    /// `id mod slots`. Costs O(slots and extents of blocks); needs [`Self::reserve_slots`] first.
    pub fn double_slots(&mut self, slots: usize) {
        let old = self.slots();
        self.entries[FIRSTS].resize(slots, Entry::EMPTY);
        for slot in 0..old as u32 {
            let Entry { owner, below, above, next, .. } = *self.get(first_of(slot));
            if !owner.is_first() || owner.id().get() & old as u64 == 0 {
                continue;
            }
            let slot_now = slot + old as u32;
            let (from, to) = (first_of(slot), first_of(slot_now));
            *self.get_mut(to) = *self.get(from);
            self.get_mut(from).owner = Owner::HELD;
            self.get_mut(below).above = to;
            self.get_mut(above).below = to;
            self.move_cursors(from, to);
            self.set_later_owner(next, slot_now);
        }
    }

    fn set_later_owner(&mut self, first: u32, slot: u32) {
        let mut place = first;
        while place != NONE {
            let entry = self.get_mut(place);
            *entry = entry.owned_by(Owner::later_of(slot));
            place = entry.next;
        }
    }

    /// Blocks.
    pub fn blocks(&self) -> usize {
        self.firsts
    }

    /// The first extent of the block in a slot, with what is known of the block; of nobody where
    /// the slot is not in use.
    #[inline(always)]
    pub fn block(&self, slot: u32) -> &Entry {
        &self.entries[FIRSTS][slot as usize]
    }

    /// As [`Self::block`], of a slot that may be past the last.
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

    /// Has the processor fetch an extent that will be needed soon; it need not exist any more.
    #[inline(always)]
    pub fn fetch(&self, place: u32) {
        if let Some(entry) = self.get_if_any(place) {
            std::hint::black_box(entry.lowest);
        }
    }

    /// What is at a place that need not exist any more.
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

    /// As [`Self::get`], of an extent that is no block's first.
    #[inline(always)]
    pub fn other(&self, place: u32) -> &Entry {
        debug_assert!(!is_first(place));
        &self.entries[OTHERS][(place >> 1) as usize]
    }

    /// As [`Self::get_mut`], of an extent that is no block's first.
    #[inline(always)]
    pub fn other_mut(&mut self, place: u32) -> &mut Entry {
        debug_assert!(!is_first(place));
        &mut self.entries[OTHERS][(place >> 1) as usize]
    }

    /// No place of an extent is as great as this.
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
        // A look at the place spares one at what is there.
        (!is_first(place) && self.other(place).is_free()).then_some(place)
    }

    /// Cuts an extent after its lowest `length` units; returns the new extent above the cut, which
    /// has the same owner and step. Needs [`Self::reserve`] first.
    pub fn split(&mut self, place: u32, length: u32) -> u32 {
        let mut high = self.later(place);
        high.lowest += length;
        high.length -= length;
        let new = self.store(high);
        self.cut_above(place, length, new);
        new
    }

    /// Cuts an extent after its lowest `length` units; returns the new extent below the cut, which
    /// has the same owner and step. Needs [`Self::reserve`] first.
    pub fn split_below(&mut self, place: u32, length: u32) -> u32 {
        let mut low = self.later(place);
        low.length = length;
        let new = self.store(low);
        self.cut_below(place, length, new);
        new
    }

    /// As an extent is, but a later one of its block.
    fn later(&self, place: u32) -> Entry {
        let mut entry = *self.get(place);
        if is_first(place) {
            entry = entry.owned_by(Owner::later_of(slot_of(place)));
            entry.set_previous(NONE);
        }
        entry
    }

    /// Leaves an extent its lowest `length` units; the others are at `new`.
    fn cut_above(&mut self, place: u32, length: u32, new: u32) {
        let low = self.get_mut(place);
        low.length = length;
        let above = low.above;
        low.above = new;
        let high = self.get_mut(new);
        (high.below, high.above) = (place, above);
        self.get_mut(above).below = new;
    }

    /// Takes its lowest `length` units from an extent; they are at `new`.
    fn cut_below(&mut self, place: u32, length: u32, new: u32) {
        let high = self.get_mut(place);
        high.lowest += length;
        high.length -= length;
        let below = high.below;
        high.below = new;
        let low = self.get_mut(new);
        (low.below, low.above) = (below, place);
        self.get_mut(below).above = new;
    }

    /// Makes a whole extent the first of a new block; it goes the same way.
    #[inline(always)]
    pub fn give_to(&mut self, block: NewBlock, place: u32) {
        let Entry { owner, lowest, length, below, above, .. } = *self.other(place);
        let new = self.begin(block, lowest, length);
        new.owner = block.owner.going_as(owner);
        self.link(below, first_of(block.slot));
        self.link(first_of(block.slot), above);
        self.discard_other(place, first_of(block.slot));
    }

    /// Makes the lowest `length` units of an extent the first extent of a new block.
    #[inline(always)]
    pub fn give_below_to(&mut self, block: NewBlock, place: u32, length: u32) {
        let high = self.other_mut(place);
        let (lowest, below) = (high.lowest, high.below);
        high.lowest += length;
        high.length -= length;
        high.below = first_of(block.slot);
        let new = self.begin(block, lowest, length);
        (new.below, new.above) = (below, place);
        self.get_mut(below).above = first_of(block.slot);
    }

    #[inline(always)]
    fn begin(&mut self, block: NewBlock, lowest: u32, length: u32) -> &mut Entry {
        let NewBlock { slot, owner, asked } = block;
        self.firsts += 1;
        let entry = self.block_mut(slot);
        *entry = Entry::new(lowest, length, owner);
        entry.set_asked(asked);
        entry
    }

    /// A block has its first extent no more: it goes to another place, and has this owner. Returns
    /// where it is.
    #[inline(always)]
    pub fn take_first(&mut self, first: u32, owner: Owner) -> u32 {
        let entry = *self.block(slot_of(first));
        // It takes the room that is kept for it before it gives up its own.
        self.promised.renew();
        let new = self.store(entry.owned_by(owner));
        self.get_mut(entry.below).above = new;
        self.get_mut(entry.above).below = new;
        self.discard_first(first, new);
        self.promised.keep();
        new
    }

    /// An extent has this owner; where it was a block's first, as [`Self::take_first`].
    #[inline(never)]
    pub fn release(&mut self, place: u32, owner: Owner) -> u32 {
        if is_first(place) {
            return self.take_first(place, owner);
        }
        let entry = self.other_mut(place);
        *entry = entry.owned_by(owner);
        place
    }

    /// Coalesces the neighbour below into an extent.
    #[inline(never)]
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
    #[inline(never)]
    pub fn absorb_above(&mut self, place: u32) {
        let high = self.get(place).above;
        let Entry { length, above, .. } = *self.get(high);
        let low = self.get_mut(place);
        low.length += length;
        low.above = above;
        self.get_mut(above).below = place;
        self.discard(high, place);
    }

    /// As [`Self::absorb_above`], of two free extents: shorter, and inlined, for it is on the way of every
    /// `free`.
    #[inline(always)]
    pub fn absorb_free_above(&mut self, place: u32) {
        let high = self.other(place).above;
        let Entry { length, above, .. } = *self.other(high);
        let low = self.other_mut(place);
        low.length += length;
        low.above = above;
        self.get_mut(above).below = place;
        self.discard_other(high, place);
    }

    /// Coalesces the first extent of a block, which is directly above a free one, into that.
    #[inline(always)]
    pub fn add_first_above(&mut self, place: u32, first: u32) {
        let Entry { length, above, .. } = *self.block(slot_of(first));
        let low = self.other_mut(place);
        low.length += length;
        low.above = above;
        self.get_mut(above).below = place;
        self.discard_first(first, place);
    }

    /// Coalesces the first extent of a block, which is directly below a free one, into that.
    #[inline(always)]
    pub fn add_first_below(&mut self, place: u32, first: u32) {
        let Entry { lowest, length, below, .. } = *self.block(slot_of(first));
        let high = self.other_mut(place);
        high.lowest = lowest;
        high.length += length;
        high.below = below;
        self.get_mut(below).above = place;
        self.discard_first(first, place);
    }

    /// Puts one held extent in the place of a run of extents, from its lowest to its highest, and
    /// returns it. They are nobody's neighbours any more: for each, [`Self::lay_below`] or
    /// [`Self::forget`] is next. Needs [`Self::reserve`] first.
    pub fn replace(&mut self, lowest: u32, highest: u32) -> u32 {
        let (low, high) = (*self.get(lowest), *self.get(highest));
        let new = self.store(Entry::new(low.lowest, high.end() - low.lowest, Owner::HELD));
        self.link(low.below, new);
        self.link(new, high.above);
        new
    }

    /// Forgets a held extent that is nobody's neighbour.
    pub fn forget(&mut self, place: u32) {
        self.discard_other(place, NONE);
    }

    /// Lays a block that is nobody's neighbour at the lowest units of a held extent, which is gone
    /// where it has no others.
    pub fn lay_below(&mut self, first: u32, place: u32) {
        let length = self.block(slot_of(first)).length;
        let high = self.other_mut(place);
        let (lowest, below, above) = (high.lowest, high.below, high.above);
        high.lowest += length;
        high.length -= length;
        let is_gone = high.length == 0;
        self.block_mut(slot_of(first)).lowest = lowest;
        self.link(below, first);
        self.link(first, if is_gone { above } else { place });
        if is_gone {
            self.discard_other(place, first);
        }
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

    #[inline(always)]
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

    /// Where free units begin, and how many, by ascending address: extent by extent or, `joined`, as
    /// far as they touch each other.
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

    /// Runs of free extents that touch each other: how many, and where the longest begins with how
    /// many units it has, none where nothing is free. Costs O(places), but goes through them as they
    /// lie in memory, and by address only inside of runs.
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
        let place = self.spare;
        debug_assert!(place != NONE, "reserved");
        let spare = self.other_mut(place);
        let next = spare.next;
        *spare = entry;
        self.spare = next;
        self.spare_count -= 1;
        self.promised.keep();
        place
    }

    #[cold]
    fn move_cursors(&mut self, from: u32, to: u32) {
        for cursor in self.cursors.iter_mut().filter(|cursor| **cursor == from) {
            *cursor = to;
        }
    }

    /// An extent has become a part of another one.
    #[inline(always)]
    fn discard(&mut self, place: u32, survivor: u32) {
        if is_first(place) {
            self.discard_first(place, survivor);
        } else {
            self.discard_other(place, survivor);
        }
    }

    #[inline(always)]
    fn discard_first(&mut self, first: u32, survivor: u32) {
        self.leave(first, survivor);
        self.firsts -= 1;
        self.promised.renew();
        self.block_mut(slot_of(first)).owner = Owner::HELD;
    }

    #[inline(always)]
    fn discard_other(&mut self, place: u32, survivor: u32) {
        self.leave(place, survivor);
        let spare = self.spare;
        let entry = self.other_mut(place);
        (entry.owner, entry.next) = (Owner::HELD, spare);
        self.spare = place;
        self.spare_count += 1;
        self.promised.renew();
    }

    /// Cursors go with what was at a place.
    #[inline(always)]
    fn leave(&mut self, place: u32, survivor: u32) {
        if self.cursors != [NONE; CURSORS] {
            self.move_cursors(place, survivor);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_extents_leave_room_for_as_many_more() {
        let mut table = ExtentTable::new(1).unwrap();
        for count in [70_000, 200_000, 300_000] {
            assert_eq!(table.reserve(count), Ok(()), "{count}");
            assert!(table.spare_count >= count);
        }
    }
}
