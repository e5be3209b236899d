//! Changes to the extent table: extents are cut, coalesced, exchanged, given to blocks and taken back.
//!
//! What always holds: before and after each change the extents cover the capacity without overlap and are
//! linked by address. There are two exceptions, until the caller is done: after [`ExtentTable::clear`], and
//! after [`ExtentTable::replace`], blocks lie nowhere. No data is moved here.
//!
//! What every allocation and every `free` runs through is inlined. What has many other callers is not, since
//! each copy would make the WebAssembly module larger.

use super::{ExtentTable, NONE, NewBlock, first_of, is_first, slot_of};
use crate::Step;
use crate::entry::{Entry, Owner};

impl ExtentTable {
    /// Adds a free extent above all others. Needs [`Self::reserve`] first.
    pub fn append(&mut self, lowest: u32, length: u32) {
        let place = self.store(Entry::new(lowest, length, Owner::FREE));
        self.link(self.highest(), place);
        self.link(place, NONE);
    }

    /// As [`Self::append`], if there are units from `lowest` up to `end`.
    pub fn append_free(&mut self, lowest: u32, end: u32) {
        if lowest < end {
            self.append(lowest, end - lowest);
        }
    }

    /// Adds a block as one extent above all others, once [`Self::clear`] has forgotten where it lay.
    pub fn append_block(&mut self, slot: u32, lowest: u32) {
        let place = first_of(slot);
        let entry = self.get_mut(place);
        let asked = entry.asked();
        *entry = Entry::new(lowest, asked, entry.owner.going_as(Owner::FREE));
        entry.set_asked(asked);
        self.link(self.highest(), place);
        self.link(place, NONE);
    }

    /// Cuts an extent after its lowest `length` units; returns the new extent above the cut, which
    /// has the same owner and step. Needs [`Self::reserve`] first.
    pub fn split(&mut self, place: u32, length: u32) -> u32 {
        let mut high = self.later(place);
        high.lowest += length;
        high.length -= length;
        high.below = place;
        let new = self.store(high);
        let low = self.get_mut(place);
        (low.length, low.above) = (length, new);
        self.get_mut(high.above).below = new;
        new
    }

    /// Cuts an extent after its lowest `length` units; returns the new extent below the cut, which
    /// has the same owner and step. Needs [`Self::reserve`] first.
    pub fn split_below(&mut self, place: u32, length: u32) -> u32 {
        let mut low = self.later(place);
        (low.length, low.above) = (length, place);
        let new = self.store(low);
        let high = self.get_mut(place);
        high.lowest += length;
        high.length -= length;
        high.below = new;
        self.get_mut(low.below).above = new;
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

    /// Ends the views of a block that lies elsewhere now, or has fewer units.
    #[inline(always)]
    pub fn end_views(&mut self, slot: u32) {
        let owner = &mut self.block_mut(slot).owner;
        if owner.is_viewed() {
            owner.set_viewed(false);
            self.views_epoch += 1;
        }
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
}
