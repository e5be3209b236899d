//! The places of the extent table: the memory for entries, and what keeps a place valid.
//!
//! What always holds:
//! - Spare places are linked by `next`, and an entry that is not in use is held.
//! - For each block's first extent one place is spare, besides those that were reserved, so that freeing
//!   a block needs no memory.
//! - A cursor is at an extent or at [`NONE`]: when its extent goes, it moves to where the units are now.

use super::{CURSORS, ExtentTable, FIRSTS, NONE, OTHERS, first_of, is_first, slot_of};
use crate::entry::{Entry, Owner};
use crate::fallible::NoMemory;

/// Entries have lower numbers than this, so that every place is less than [`NOWHERE`](super::NOWHERE).
const MOST: usize = (1 << 31) - 1;

impl ExtentTable {
    /// Forgets where everything lies, but not the blocks, and keeps the memory. Places given out from
    /// then on ascend: see [`appended`](super::appended). Costs O(places).
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

    /// Reserves places for `count` more extents, and for freeing every block. Amortised O(1) for each.
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

    #[inline(always)]
    pub(super) fn store(&mut self, entry: Entry) -> u32 {
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

    /// Discards an extent that has become part of another one.
    #[inline(always)]
    pub(super) fn discard(&mut self, place: u32, survivor: u32) {
        if is_first(place) {
            self.discard_first(place, survivor);
        } else {
            self.discard_other(place, survivor);
        }
    }

    #[inline(always)]
    pub(super) fn discard_first(&mut self, first: u32, survivor: u32) {
        self.leave(first, survivor);
        self.firsts -= 1;
        self.promised.renew();
        self.block_mut(slot_of(first)).owner = Owner::HELD;
    }

    #[inline(always)]
    pub(super) fn discard_other(&mut self, place: u32, survivor: u32) {
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

    #[cold]
    fn move_cursors(&mut self, from: u32, to: u32) {
        for cursor in self.cursors.iter_mut().filter(|cursor| **cursor == from) {
            *cursor = to;
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
