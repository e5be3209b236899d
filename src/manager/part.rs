//! Parts: managers that share one buffer, each in charge of some of its units.
//!
//! What always holds:
//! - Each unit is in the charge of exactly one part. In the tables of the others it lies in a held
//!   extent, which is neither free nor a block's, so nothing there takes it or coalesces across it.
//! - `foreign` has exactly these held extents, by their lowest unit; no two of them are neighbours.
//! - Units change hands while free or together with their block, and no data moves. Both parts are
//!   borrowed meanwhile, so nobody else uses either.
//! - Compaction runs only in a part that is in charge of all units.
//!
//! Cost of handing over: O(log f) for each extent, with f foreign extents.

use super::MemoryManager;
use crate::books::Books;
use crate::buffer::Buffer;
use crate::entry::{Entry, Owner};
use crate::extent_table::{NONE, NewBlock, first_of};
use crate::fallible;
use crate::fallible::NoMemory;
use crate::placement::{Placement, Refusal, SPARE_PLACES};
use crate::tree::{self, Tree};
use crate::{BlockId, Error, Options, Step};

/// See the head of this file.
#[derive(Debug)]
pub(crate) struct Part {
    pub manager: MemoryManager,
    /// The places of the foreign extents in the table by their lowest units.
    foreign: Tree,
}

/// An allocation passes over fewer IDs than this, since there are no more slots.
const PASSED_OVER: u64 = 1 << u32::BITS;

/// A free extent of a part.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FreePiece {
    pub lowest: u32,
    pub length: u32,
    place: u32,
}

impl MemoryManager {
    /// Whether any block is pinned.
    #[inline(always)]
    pub(crate) fn has_pinned_blocks(&self) -> bool {
        self.books.pinned > 0
    }

    /// As [`Self::alloc_at_once`], but refuses rather than give a block an ID above `last`.
    #[inline(always)]
    pub(crate) fn alloc_up_to(&mut self, last: u64, size: u32, align: u32) -> Option<BlockId> {
        let is_near = self.books.registry.next() >= last - PASSED_OVER;
        if is_near && !self.plans_up_to(last, size, align) {
            return None;
        }
        self.alloc_at_once(size, align)
    }

    /// Plans an allocation, which chooses its ID as well; returns whether it may have both.
    #[cold]
    fn plans_up_to(&mut self, last: u64, size: u32, align: u32) -> bool {
        self.books.refusal = match self.books.plan(&mut self.placement, size, align) {
            Err(refusal) => refusal,
            Ok(_) if self.books.registry.next() > last => Refusal::Metadata,
            Ok(_) => return true,
        };
        false
    }

    /// As [`Self::alloc_up_to`], with compaction if that is allowed. A refusal does not count as a failure.
    pub(crate) fn alloc_uncounted(
        &mut self,
        last: u64,
        size: u32,
        align: u32,
    ) -> Result<BlockId, Error> {
        let mut allocated = self.alloc_up_to(last, size, align);
        if allocated.is_none() && self.compact_for(size, align) {
            allocated = self.alloc_up_to(last, size, align);
        }
        allocated.ok_or_else(|| self.refused(size, align))
    }

    /// Extents of all blocks.
    pub(crate) fn extents_of_blocks(&self) -> usize {
        self.books.extents
    }

    /// Counts a request that was refused for want of units.
    pub(crate) fn count_failure(&mut self) {
        self.books.counts.failures += 1;
    }

    /// Whether an allocation may compact.
    pub(crate) fn compact_on_demand(&mut self, may: bool) {
        self.options.auto_defragment = may;
    }
}

impl Part {
    /// A part in charge of everything.
    pub fn whole(mut manager: MemoryManager) -> Self {
        // Only all parts together compact on demand.
        manager.compact_on_demand(false);
        Self { manager, foreign: Tree::default() }
    }

    /// A part in charge of nothing, of a buffer that other parts have.
    pub fn beside(buffer: Option<&Buffer>, capacity: u32, options: Options) -> Result<Self, Error> {
        let mut books = Books::new(capacity)?;
        books.free_units = 0;
        let all = books.table.lowest();
        books.table.release(all, Owner::HELD);
        let manager = MemoryManager::over(capacity, options, books, buffer.map(shared))?;
        let mut part = Self::whole(manager);
        part.foreign.reserve(1)?;
        part.add_foreign(0, all);
        Ok(part)
    }

    /// Its buffer, for parts beside it.
    pub fn buffer(&self) -> Option<Buffer> {
        self.manager.buffer.as_ref().map(shared)
    }

    /// Whether every unit is in this part's charge.
    pub fn is_whole(&self) -> bool {
        self.manager.charge == self.manager.capacity
    }

    /// Whether no unit is in this part's charge.
    pub fn is_empty(&self) -> bool {
        self.manager.charge == 0
    }

    /// The least ID that has not been handed out here.
    pub fn next_id(&self) -> u64 {
        self.manager.books.registry.next()
    }

    /// Continues after the IDs that another part, which has no blocks left, handed out.
    pub fn set_next_id(&mut self, next: u64) {
        self.manager.books.registry.set_next(next);
    }

    /// Gives the counts to the other part.
    pub fn give_counts(&mut self, to: &mut Self) {
        to.manager.books.counts.take_over(&mut self.manager.books.counts);
    }

    /// Some of its blocks, at most `most`, by ascending ID.
    pub fn some_ids(&self, most: usize) -> Result<Vec<BlockId>, Error> {
        let mut ids = fallible::list(self.manager.books.ids().take(most))?;
        self.manager.books.registry.sort(&mut ids)?;
        Ok(ids)
    }

    /// The free extents by descending address. Going through them costs O(extents), including used and
    /// held ones.
    pub fn free_pieces(&self) -> impl Iterator<Item = FreePiece> + '_ {
        let table = &self.manager.books.table;
        let mut next = table.highest();
        std::iter::from_fn(move || {
            while next != NONE {
                let place = next;
                let Entry { lowest, length, .. } = *table.get(place);
                next = table.below(place);
                if table.get(place).is_free() {
                    return Some(FreePiece { lowest, length, place });
                }
            }
            None
        })
    }

    /// Hands the highest `length` units of a free extent over.
    pub fn give_free(&mut self, to: &mut Self, piece: FreePiece, length: u32) -> Result<(), Error> {
        self.reserve(0)?;
        to.reserve(1)?;
        let MemoryManager { books: Books { table, free_units, .. }, placement, .. } =
            &mut self.manager;
        *free_units -= length;
        placement.withdraw(table, piece.place);
        let rest = piece.length - length;
        let mut given = piece.place;
        if rest > 0 {
            given = table.split(piece.place, rest);
            placement.give(table, piece.place);
        }
        self.estrange(given);
        let taken = to.adopt(piece.lowest + rest, length);
        let MemoryManager { books: Books { table, free_units, .. }, placement, .. } =
            &mut to.manager;
        *free_units += length;
        placement.give(table, taken);
        Ok(())
    }

    /// Hands a block over; returns its ID in the other part.
    pub fn give_block(&mut self, to: &mut Self, id: BlockId) -> Result<BlockId, Error> {
        let slot = self.manager.books.find(id)?;
        let extents = self.manager.books.table.chain(first_of(slot)).count();
        self.foreign.reserve(extents)?;
        to.reserve(extents)?;
        to.manager.books.reserve_slot()?;
        let (owner, asked) =
            (self.manager.books.block(slot).owner, self.manager.books.block(slot).asked());
        let (new, new_slot) = to.manager.books.registry.insert();
        let mut new_owner = Owner::first_of(new.get(), owner.align());
        new_owner.set_pinned(owner.is_pinned());
        new_owner.set_viewed(owner.is_viewed());
        let written = self.manager.books.registry.written(slot);
        to.manager.books.registry.set_written(new_slot, written);
        self.give_chain(to, first_of(slot), NewBlock { slot: new_slot, owner: new_owner, asked });
        let (mine, theirs) = (&mut self.manager.books, &mut to.manager.books);
        mine.registry.remove(slot);
        (mine.asked, theirs.asked) = (mine.asked - asked, theirs.asked + asked);
        let pinned = u32::from(owner.is_pinned());
        (mine.pinned, theirs.pinned) = (mine.pinned - pinned, theirs.pinned + pinned);
        mine.extents -= extents;
        theirs.extents += extents;
        theirs.aligns |= owner.align() > 0;
        Ok(new)
    }

    /// Hands the extents of a block over.
    fn give_chain(&mut self, to: &mut Self, first: u32, block: NewBlock) {
        let (mut place, mut last) = (first, NONE);
        while place != NONE {
            let entry = *self.manager.books.table.get(place);
            let Entry { lowest, length, next, .. } = entry;
            self.estrange(place);
            let mut taken = to.adopt(lowest, length);
            let table = &mut to.manager.books.table;
            table.other_mut(taken).set_step(entry.step());
            if last == NONE {
                table.give_to(block, taken);
                taken = first_of(block.slot);
            } else {
                table.get_mut(last).next = table.release(taken, Owner::later_of(block.slot));
            }
            (last, place) = (taken, next);
        }
        if last != NONE {
            to.manager.books.table.get_mut(last).next = NONE;
        }
    }

    /// Reserves for taking over this many extents, or for giving one free extent.
    fn reserve(&mut self, extents: usize) -> Result<(), NoMemory> {
        let MemoryManager { books: Books { table, extents: own, .. }, placement, .. } =
            &mut self.manager;
        placement.reserve(table, *own + extents + 2)?;
        table.reserve(2 * extents + SPARE_PLACES)?;
        self.foreign.reserve(extents + 1)
    }

    /// Ends this part's charge of an extent.
    fn estrange(&mut self, place: u32) {
        let table = &mut self.manager.books.table;
        self.manager.charge -= table.get(place).length;
        // A pass that has begun would not know of the change.
        self.manager.pass = None;
        let place = table.release(place, Owner::HELD);
        table.other_mut(place).set_step(Step::Up);
        let (below, above) = (table.below(place), table.above(place));
        if below != NONE && table.get(below).owner.is_held() {
            self.foreign.remove_key(table.get(below).lowest);
            table.absorb_below(place);
        }
        if above != NONE && table.get(above).owner.is_held() {
            self.foreign.remove_key(table.get(above).lowest);
            table.absorb_above(place);
        }
        let lowest = table.get(place).lowest;
        self.add_foreign(lowest, place);
    }

    /// Puts foreign units in this part's charge; returns their place in the table, still held. Needs
    /// [`Self::reserve`] first.
    fn adopt(&mut self, lowest: u32, length: u32) -> u32 {
        self.manager.charge += length;
        self.manager.pass = None;
        let table = &mut self.manager.books.table;
        let found = self.foreign.at_most(lowest);
        let found = found.expect("what the other part gives is foreign here");
        let (start, place) = (found.key, found.value);
        let mut taken = place;
        if start < lowest {
            taken = table.split(place, lowest - start);
        } else {
            self.foreign.remove_key(start);
        }
        if table.get(taken).length > length {
            let rest = table.split(taken, length);
            self.add_foreign(lowest + length, rest);
        }
        taken
    }

    /// Needs [`Self::reserve`] first.
    fn add_foreign(&mut self, lowest: u32, place: u32) {
        self.foreign.insert(tree::Keyed { key: lowest, weight: 0, value: place }, &mut |_, _| {});
    }
}

/// The same buffer, for another part.
fn shared(buffer: &Buffer) -> Buffer {
    // SAFETY: a manager touches only the units of its blocks, these are in its charge, and each unit is
    // in the charge of one part only.
    #[allow(unsafe_code)]
    unsafe {
        buffer.share()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn beside(part: &Part) -> Part {
        let (capacity, options) = (part.manager.capacity(), part.manager.options());
        Part::beside(part.buffer().as_ref(), capacity, options).unwrap()
    }

    #[test]
    fn a_part_is_whole_with_all_units_and_empty_with_none() {
        let mut all = Part::whole(MemoryManager::new(10).unwrap());
        let mut none = beside(&all);
        let is = |part: &Part| (part.is_whole(), part.is_empty());
        assert_eq!([&all, &none].map(is), [(true, false), (false, true)]);
        for (length, mine, theirs) in
            [(4, (false, false), (false, false)), (6, (false, true), (true, false))]
        {
            let piece = all.free_pieces().next().unwrap();
            all.give_free(&mut none, piece, length).unwrap();
            assert_eq!([&all, &none].map(is), [mine, theirs], "{length} more");
        }
    }

    #[test]
    fn a_block_takes_its_pin_along() {
        let mut all = Part::whole(MemoryManager::new(10).unwrap());
        let mut none = beside(&all);
        let id = all.manager.alloc(4).unwrap();
        all.manager.pin(id).unwrap();
        _ = all.give_block(&mut none, id).unwrap();
        assert_eq!([&all, &none].map(|part| part.manager.books.pinned), [0, 1]);
    }
}
