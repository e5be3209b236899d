//! Growing and shrinking blocks.
//!
//! What always holds: a block keeps its ID, its place in allocation order and its first min(old, new)
//! units; a refusal has changed nothing but the count of failures, with the one exception of
//! [`Error::Metadata`].

use super::MemoryManager;
use crate::compaction::Relocation;
use crate::compaction::room::Need;
use crate::entry::{Entry, Owner};
use crate::extent_table::{NewBlock, first_of};
use crate::fallible::NoMemory;
use crate::placement::{Choice, Placement, Refusal};
use crate::{BlockId, Error, Step};

impl MemoryManager {
    /// Changes the size of a block. It keeps its ID and its first min(old, new) units; units that it
    /// gains are empty.
    ///
    /// With scattered placements, a block gains units at its end, chosen as for an allocation, or gives
    /// back those at its end; nothing moves. With contiguous placements, it grows into the free units
    /// directly above it. If these are too few, the block moves: to where the placement would put a new
    /// block of this size or, if there is no such place, down into the free units around it. With
    /// [`Options::auto_defragment`](crate::Options::auto_defragment), compaction makes room if that fails
    /// too: directly above the block or, unless that is pinned, elsewhere. With external storage,
    /// [`Self::take_relocations`] then says what moved.
    ///
    /// Costs what an allocation costs, O(extents of the block) and, if it moves, its units; with compaction on
    /// demand, what that costs.
    ///
    /// ```
    /// use twingate_memory::{MemoryManager, Options, PlacementKind};
    ///
    /// let options = Options { placement: PlacementKind::FirstFit, ..Options::default() };
    /// let mut memory = MemoryManager::with_options(10, options)?;
    /// let [a, b] = [memory.alloc(2)?, memory.alloc(2)?];
    /// memory.write_text(a, "AB")?;
    /// memory.resize(b, 3)?; // where it is
    /// memory.resize(a, 5)?; // past b
    /// assert_eq!((memory.address(b)?, memory.address(a)?), (2, 5));
    /// assert_eq!((memory.size(a)?, memory.read_text(a)?), (5, "AB".into()));
    /// # Ok::<(), twingate_memory::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::UnknownBlock`]. [`Error::InvalidSize`]: the size is 0. [`Error::NoUnitsToGrow`]: fewer
    /// units are free than the block lacks. [`Error::CannotGrow`]: enough units are free, but not in
    /// one extent, around the block or elsewhere. [`Error::Pinned`]: the block cannot grow where it is
    /// and must not move. [`Error::Metadata`]: the manager's own records cannot grow.
    pub fn resize(&mut self, id: BlockId, size: u32) -> Result<(), Error> {
        let resized = self.resize_uncounted(id, size);
        let lacks_units = resized.as_ref().is_err_and(Error::is_want_of_units);
        self.books.counts.failures += u64::from(lacks_units);
        resized
    }

    /// As [`Self::resize`], but a refusal does not count as a failure.
    pub(crate) fn resize_uncounted(&mut self, id: BlockId, size: u32) -> Result<(), Error> {
        let slot = self.books.find(id)?;
        if size == 0 {
            return Err(Error::InvalidSize { size });
        }
        let old = self.books.block(slot).asked();
        if size < old {
            self.shrink(slot, size)?;
        } else if size > old {
            self.grow(slot, size)?;
        }
        Ok(())
    }

    fn shrink(&mut self, slot: u32, size: u32) -> Result<(), NoMemory> {
        self.placement.reserve(&mut self.books.table, self.books.extents + 1)?;
        let old = self.books.block(slot).asked();
        self.books.table.end_views(slot);
        let lost = self.placement.shrink(&mut self.books.table, first_of(slot), size);
        self.books.free_units += lost.units;
        self.books.asked -= old - size;
        self.books.extents -= lost.extents;
        self.books.counts.resizes += 1;
        self.books.table.block_mut(slot).set_asked(size);
        self.books.registry.set_written(slot, self.books.registry.written(slot).min(size));
        Ok(())
    }

    fn grow(&mut self, slot: u32, size: u32) -> Result<(), Error> {
        if self.grow_where_it_is(slot, size)? || self.grow_elsewhere(slot, size)? {
            return Ok(());
        }
        let block = *self.books.block(slot);
        let exist = size - block.asked() <= self.free_units();
        let may_compact = self.options.auto_defragment && !self.options.placement.is_scattered();
        let align = 1 << block.owner.align();
        if exist && may_compact {
            let need = Need { size, align, grows: Some(first_of(slot)) };
            let fits = self.make_room(&need)?
                && (self.grow_where_it_is(slot, size)? || self.grow_elsewhere(slot, size)?);
            if fits {
                return Ok(());
            }
        }
        let id = block.owner.id();
        if exist && block.owner.is_pinned() {
            return Err(Error::Pinned { id });
        }
        let largest = self.placement.summary(&self.books.table).largest;
        let free = (self.free_units(), largest);
        Err(Error::no_growth(id, (block.asked(), size, align), free, self.options.placement))
    }

    /// Returns whether the block could grow in place.
    fn grow_where_it_is(&mut self, slot: u32, size: u32) -> Result<bool, NoMemory> {
        let lacks = size - self.books.block(slot).asked();
        if self.options.placement.is_scattered() && lacks > self.free_units() {
            return Ok(false);
        }
        self.placement.reserve(&mut self.books.table, self.books.extents)?;
        let Some(gained) = self.placement.grow(&mut self.books.table, first_of(slot), size) else {
            return Ok(false);
        };
        self.books.free_units -= gained.units;
        self.books.extents += gained.extents;
        self.has_grown(slot, size);
        Ok(true)
    }

    /// Moves a block of one extent to where it fits; returns whether there is such a place.
    fn grow_elsewhere(&mut self, slot: u32, size: u32) -> Result<bool, NoMemory> {
        let owner = self.books.block(slot).owner;
        if owner.is_pinned() || self.options.placement.is_scattered() {
            return Ok(false);
        }
        self.untold.try_reserve(1)?;
        self.placement.reserve(&mut self.books.table, self.books.extents + 1)?;
        let align = 1 << owner.align();
        let choice = if size <= self.free_units() {
            self.placement.plan(&mut self.books.table, size, align, self.books.extents)
        } else {
            Err(Refusal::NoExtent)
        };
        match choice {
            Ok(choice) => self.move_and_grow(slot, size, choice, false),
            Err(Refusal::Metadata) => return Err(NoMemory),
            Err(Refusal::NoExtent) => {
                let first = first_of(slot);
                let around = self.placement.room_around(&self.books.table, first, size, align);
                let Some(choice) = around else { return Ok(false) };
                self.move_and_grow(slot, size, choice, true);
            }
        }
        Ok(true)
    }

    /// Moves a block to the chosen place, for which all is reserved; `around`: the place becomes free
    /// only with the block's own units.
    fn move_and_grow(&mut self, slot: u32, size: u32, choice: Choice, around: bool) {
        self.books.table.end_views(slot);
        let block = *self.books.block(slot);
        let (Entry { owner, lowest: from, length: given, .. }, old) = (block, block.asked());
        let to = choice.start;
        let left = self.books.table.release(first_of(slot), Owner::HELD);
        if around {
            self.placement.give(&mut self.books.table, left);
        }
        let new = NewBlock { slot, owner, asked: old };
        let taken = self.placement.commit(&mut self.books.table, choice, size, new);
        if !around {
            self.placement.give(&mut self.books.table, left);
        }
        self.books.free_units = self.books.free_units + given - taken.units;
        self.books.counts.moved(old);
        let id = owner.id();
        match &mut self.buffer {
            Some(buffer) => buffer.relocate(from, to, old, Step::Up),
            None => self.untold.push(Relocation { id, from, to, length: old }),
        }
        self.has_grown(slot, size);
    }

    fn has_grown(&mut self, slot: u32, size: u32) {
        self.books.counts.resizes += 1;
        let block = self.books.table.block_mut(slot);
        self.books.asked += size - block.asked();
        block.set_asked(size);
    }
}
