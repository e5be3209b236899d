//! What the manager says of itself: figures, where everything is, and what would become of a request.
//!
//! What always holds: nothing changes but the count of search steps. (Explaining may also reserve memory
//! for the records, as allocating would.)

use super::{MemoryManager, Options};
use crate::compaction::room::Need;
use crate::extent_table::NONE;
use crate::fallible::{self, List, NoMemory, give_up};
use crate::placement::{Placement, Refusal};
use crate::snapshot::{self, BlockSnapshot, Snapshot};
use crate::stats::{Stats, extents_per_block};
use crate::{Error, Explanation, Extent};

impl MemoryManager {
    /// Says where a request would go and why, or why it cannot be served and what compaction would
    /// change. Nothing is allocated. Costs O(extents).
    ///
    /// ```
    /// use twingate_memory::{MemoryManager, Options, PlacementKind};
    ///
    /// let options = Options { placement: PlacementKind::FirstFit, ..Options::default() };
    /// let mut memory = MemoryManager::with_options(8, options)?;
    /// let [a, _] = [memory.alloc(3)?, memory.alloc(2)?];
    /// memory.free(a)?;
    /// let explained = memory.explain(5, 1)?;
    /// assert!(!explained.fits);
    /// assert_eq!((explained.free_units, explained.largest_free_extent), (6, 3));
    /// assert_eq!(explained.units_to_move, Some(2));
    /// # Ok::<(), twingate_memory::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::InvalidSize`], [`Error::InvalidAlignment`], [`Error::AlignmentUnsupported`],
    /// [`Error::Metadata`]: as [`Self::alloc_aligned`].
    pub fn explain(&mut self, size: u32, align: u32) -> Result<Explanation, Error> {
        let extents = self.room_as_it_is(size, align)?;
        let fits = !extents.is_empty();
        let units_to_move = match fits {
            true => Some(0),
            false if size > self.free_units() => None,
            false => self.units_to_make(&Need { size, align, grows: None })?,
        };
        let mut explanation = Explanation {
            fits,
            requested: size,
            free_units: self.free_units(),
            largest_free_extent: self.placement.summary(&self.books.table).largest,
            units_to_move,
            extents,
            reason: String::new(),
        };
        let Options { placement, auto_defragment, .. } = self.options;
        let makes_room =
            if auto_defragment { "alloc will make room" } else { "compaction would make room" };
        explanation.reason = explanation.sentence(placement, self.capacity, align, makes_room)?;
        Ok(explanation)
    }

    /// Where a request would go without compaction, in block order; nowhere if it does not fit.
    ///
    /// # Errors
    /// As [`Self::explain`].
    pub(crate) fn room_as_it_is(&mut self, size: u32, align: u32) -> Result<Vec<Extent>, Error> {
        self.check(size, align)?;
        let mut extents = List::default();
        let books = &mut self.books;
        if size <= books.free_units {
            match self.placement.plan(&mut books.table, size, align, books.extents) {
                Ok(choice) => self.placement.preview(&books.table, choice, size, &mut extents),
                Err(Refusal::Metadata) => return Err(Error::Metadata),
                Err(Refusal::NoExtent) => {}
            }
        }
        Ok(extents.finish()?)
    }

    /// Figures about the manager as it is now. Costs O(1); with `best-fit` O(log n), with n free extents;
    /// with `tlsf`, if the longest extent has gone since the last call, O(extents in the highest size
    /// class); with `lifo` and `contiguous-first` O(log n) for each change since the last call, or O(the
    /// most extents there ever were) if that is less.
    ///
    /// ```
    /// let mut memory = twingate_memory::MemoryManager::new(8)?;
    /// let [a, _] = [memory.alloc(3)?, memory.alloc(2)?];
    /// memory.free(a)?;
    /// let stats = memory.stats();
    /// assert_eq!((stats.free_units, stats.free_extents), (6, 2));
    /// assert_eq!(stats.external_fragmentation, 0.5);
    /// # Ok::<(), twingate_memory::Error>(())
    /// ```
    pub fn stats(&self) -> Stats {
        let free = self.placement.summary(&self.books.table);
        Stats::new(self.capacity, self.charge, &self.books, free)
    }

    /// Units in the longest run of free units. Costs as [`Self::stats`].
    pub fn largest_free_extent(&self) -> u32 {
        self.placement.summary(&self.books.table).largest
    }

    /// Units that blocks have beyond what was asked for. Costs O(1).
    pub fn internal_fragmentation(&self) -> u32 {
        self.used_units() - self.books.asked
    }

    /// Extents of all blocks divided by blocks; 0 without a block. Costs O(1).
    pub fn extents_per_block(&self) -> f64 {
        extents_per_block(self.books.extents, self.block_count())
    }

    /// Units moved so far by compaction and resizing. Costs O(1).
    pub fn units_moved(&self) -> u64 {
        self.books.counts.units_moved
    }

    /// What was examined to find a place, over all searches so far: for allocations, resizes, explanations and
    /// what compaction moves. Costs O(1).
    ///
    /// `first-fit`, `next-fit`, `best-fit` and `worst-fit` count the entries of their trees, in leaves and
    /// branches, that they look at. `tlsf` counts free extents. `buddy` counts the powers of two from the
    /// rounded size up to the one it takes or, for an alignment that none of them surely has, free extents.
    /// The scattered placements count the extents that they hand out, those that they coalesce into one
    /// included. Saves do not have the count: a loaded manager begins at 0.
    pub fn search_steps(&self) -> u64 {
        self.placement.search_steps()
    }

    /// Where everything is. Costs O(extents, used and free). Without memory to list them the program
    /// ends, as with any `Vec`; [`Self::try_snapshot`] refuses instead.
    pub fn snapshot(&self) -> Snapshot {
        self.try_snapshot().unwrap_or_else(|_| give_up::<Snapshot>())
    }

    /// As [`Self::snapshot`].
    ///
    /// # Errors
    /// [`Error::Metadata`]: no memory for the lists.
    pub fn try_snapshot(&self) -> Result<Snapshot, Error> {
        let tail = self.placement.tail(&self.books.table);
        let tail = if tail == NONE { self.capacity } else { self.books.table.get(tail).lowest };
        Ok(Snapshot {
            capacity: self.capacity,
            unit: self.options.unit,
            placement: self.options.placement,
            next_alloc_index: tail,
            freed_fragmented_units: self.free_units() - (self.capacity - tail),
            free_units: self.free_units(),
            blocks: self.block_snapshots()?,
            free_extents: snapshot::free_extents(&self.books.table, self.placement.coalesces())?,
        })
    }

    /// All blocks in allocation order.
    pub(crate) fn block_snapshots(&self) -> Result<Vec<BlockSnapshot>, NoMemory> {
        let mut blocks = List::default();
        for id in self.books.in_allocation_order()? {
            let slot = self.books.registry.slot(id);
            let block = self.books.block(slot);
            blocks.push(BlockSnapshot {
                id,
                size: block.asked(),
                length: self.books.registry.written(slot),
                pinned: block.owner.is_pinned(),
                extents: fallible::list(self.extents_of(slot))?,
            });
        }
        blocks.finish()
    }
}
