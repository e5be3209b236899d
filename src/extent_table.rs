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
//! Cost: every operation O(1), except [`ExtentTable::double_slots`]. Memory: O(extents).

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
pub(crate) fn is_first(place: u32) -> bool {
    place & 1 != 0
}

/// The lowest bit of a place says which of the two lists has its entry.
const OTHERS: usize = 0;
const FIRSTS: usize = 1;

/// Entries have lower numbers than this, so that every place is less than [`NOWHERE`].
const MOST: usize = (1 << 31) - 1;

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

    /// Forgets where everything lies, but not the blocks, and keeps the memory. Places given out from
    /// then on ascend: see [`appended`].
    pub fn clear(&mut self) {
        self.entries[OTHERS].fill(Entry::EMPTY);
        (self.spare, self.spare_count) = (NONE, 0);
        self.spare_from(1);
        self.promised.make(self.spare_count.saturating_sub(self.firsts));
        self.cursors = [NONE; CURSORS];
    }

    /// A place that the table keeps track of: when its extent is coalesced into a neighbour, the cursor
    /// moves to the neighbour.
    pub fn cursor(&self, cursor: usize) -> u32 {
        self.cursors[cursor]
    }

    pub fn set_cursor(&mut self, cursor: usize, place: u32) {
        self.cursors[cursor] = place;
    }

    /// Stops keeping track of places.
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

    /// Adds a block as one extent above all others, once [`Self::clear`] has forgotten where it lay.
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

    /// Reserves places for `count` more extents, and for freeing every block.
    #[inline(always)]
    pub fn reserve(&mut self, count: usize) -> Result<(), NoMemory> {
        let wanted = count + self.firsts + 1;
        // The one for a block that may be allocated now is extra.
        self.promised.make(count);
        if wanted <= self.spare_count {
            return Ok(());
        }
        self.reserve_more(wanted - self.spare_count)
    }

    /// Ends the last reservation.
    #[inline(always)]
    pub fn promise_nothing(&mut self) {
        self.promised.make(0);
    }

    /// Makes at least this many more spare places.
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

    /// Makes the other places from this number on spare, to be used before those that are spare
    /// already.
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

    /// How many slots there are.
    pub fn slots(&self) -> usize {
        self.entries[FIRSTS].len()
    }

    /// Reserves for this many slots, more than there are now.
    pub fn reserve_slots(&mut self, slots: usize) -> Result<(), NoMemory> {
        let firsts = &mut self.entries[FIRSTS];
        let room = firsts.try_reserve_exact(slots - firsts.len());
        if slots > MOST || room.is_err() { Err(NoMemory) } else { Ok(()) }
    }

    /// Doubles the slots to `slots`; the block with ID `id` then has slot `id mod slots`. Costs O(slots
    /// and extents of blocks). Needs [`Self::reserve_slots`] first.
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

    /// After a cut in block order: a part with a single unit ascends, as every such extent does.
    pub fn single_units_ascend(&mut self, parts: [u32; 2]) {
        for place in parts {
            let entry = self.get_mut(place);
            if entry.length == 1 {
                entry.set_step(Step::Up);
            }
        }
    }

    /// A copy of an extent, as a later one of its block.
    fn later(&self, place: u32) -> Entry {
        let mut entry = *self.get(place);
        if is_first(place) {
            entry = entry.owned_by(Owner::later_of(slot_of(place)));
            entry.set_previous(NONE);
        }
        entry
    }

    /// Leaves an extent its lowest `length` units; `new` has the others.
    fn cut_above(&mut self, place: u32, length: u32, new: u32) {
        let low = self.get_mut(place);
        low.length = length;
        let above = low.above;
        low.above = new;
        let high = self.get_mut(new);
        (high.below, high.above) = (place, above);
        self.get_mut(above).below = new;
    }

    /// Takes its lowest `length` units from an extent; `new` has them.
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

    /// Makes a whole extent the first of a new block, in the same direction.
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

    /// Takes a block's first extent from it: the extent goes to another place and gets this owner.
    /// Returns that place.
    #[inline(always)]
    pub fn take_first(&mut self, first: u32, owner: Owner) -> u32 {
        let entry = *self.block(slot_of(first));
        // It takes the room kept for it before it gives up its own.
        self.promised.renew();
        let new = self.store(entry.owned_by(owner));
        self.get_mut(entry.below).above = new;
        self.get_mut(entry.above).below = new;
        self.discard_first(first, new);
        self.promised.keep();
        new
    }

    /// Gives an extent to this owner; for a block's first extent, as [`Self::take_first`].
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

    /// As [`Self::absorb_above`], for two free extents: shorter, and inlined, because `free` uses it.
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

    /// Coalesces the first extent of a block into the free one directly below it.
    #[inline(always)]
    pub fn add_first_above(&mut self, place: u32, first: u32) {
        let Entry { length, above, .. } = *self.block(slot_of(first));
        let low = self.other_mut(place);
        low.length += length;
        low.above = above;
        self.get_mut(above).below = place;
        self.discard_first(first, place);
    }

    /// Coalesces the first extent of a block into the free one directly above it.
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

    /// Replaces a run of extents, from `lowest` to `highest`, by one held extent and returns it. The
    /// extents of the run have no neighbours any more; call [`Self::lay_below`] or [`Self::forget`] for
    /// each. Needs [`Self::reserve`] first.
    pub fn replace(&mut self, lowest: u32, highest: u32) -> u32 {
        let (low, high) = (*self.get(lowest), *self.get(highest));
        let new = self.store(Entry::new(low.lowest, high.end() - low.lowest, Owner::HELD));
        self.link(low.below, new);
        self.link(new, high.above);
        new
    }

    /// Forgets a held extent that has no neighbours.
    pub fn forget(&mut self, place: u32) {
        self.discard_other(place, NONE);
    }

    /// Lays a block without neighbours at the lowest units of a held extent, which is gone if it has no
    /// others.
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
        let (low, high) =
            if self.get(one).lowest < self.get(other).lowest { (one, other) } else { (other, one) };
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

    /// The number of runs of free extents that touch each other, and the units of the longest. Costs
    /// O(places), but reads them as they lie in memory, and by address only within runs.
    pub fn free_runs(&self) -> (usize, u32) {
        let (mut runs, mut longest) = (0, 0);
        let begins = |entry: &&Entry| entry.is_free() && !self.get(entry.below).is_free();
        for first in self.entries[OTHERS].iter().filter(begins) {
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

    /// Discards an extent that has become part of another one.
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

    /// Cursors follow what was at a place.
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
