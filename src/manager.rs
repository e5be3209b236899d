//! The manager: it composes the registry, the extent table, a placement, compaction and the
//! buffer.
//!
//! What always holds:
//! - Every unit is free or belongs to exactly one block.
//! - An operation that returns an error has changed nothing but the count of failures, with the one
//!   exception of [`Error::Metadata`].
//! - Nothing here knows of JavaScript or of locks.

mod defragment;
mod direct;
mod options;
mod overview;
pub(crate) mod part;
mod picture;
mod resize;
pub(crate) mod saved;
mod values;
#[cfg(feature = "trace")]
pub(crate) mod walk;

use crate::books::Books;
use crate::buffer::Buffer;
use crate::compaction::Relocation;
use crate::compaction::pass::Pass;
use crate::compaction::room::Need;
use crate::entry::Entry;
use crate::extent_table::first_of;
use crate::fallible::{NoMemory, give_up};
use crate::placement::{Placement, Policy, Refusal};
use crate::{BlockId, Error, Extent};
pub(crate) use direct::Rest;
#[cfg(feature = "trace")]
pub(crate) use direct::units_at;
pub use options::{Options, Storage};

/// A memory manager over one fixed buffer, whose blocks keep their IDs wherever they are moved.
///
/// Sizes, addresses and capacities count units, in 32 bits: a heap above 4 GiB needs units larger than
/// a byte.
///
/// ```
/// use twingate_memory::MemoryManager;
///
/// let mut memory = MemoryManager::new(6)?;
/// let [a, b, c] = [memory.alloc(2)?, memory.alloc(2)?, memory.alloc(2)?];
/// memory.write_text(b, "CD")?;
/// memory.free(a)?;
/// memory.free(c)?;
/// let d = memory.alloc(3)?;
/// memory.write_text(d, "XYZ")?;
/// assert_eq!(memory.to_string(), "capacity 6, used 5, free 1, blocks 2\n- Z C D Y X");
/// memory.defragment()?;
/// assert_eq!(memory.to_string(), "capacity 6, used 5, free 1, blocks 2\nC D X Y Z -");
/// # Ok::<(), twingate_memory::Error>(())
/// ```
///
/// It is `Send` but not `Sync`: it may go to another thread, but one thread at a time has it. Threads that use
/// the same buffer at once share a [`SharedManager`](crate::SharedManager).
pub struct MemoryManager {
    capacity: u32,
    /// Units in this manager's charge: all, unless it shares the buffer (see [`part`]).
    charge: u32,
    options: Options,
    books: Books,
    placement: Policy,
    buffer: Option<Buffer>,
    /// Compaction that is not done.
    pass: Option<Pass>,
    /// With external storage: what allocations and resizing have moved and the owner has not yet been
    /// told.
    untold: Vec<Relocation>,
}

impl MemoryManager {
    /// A manager of `capacity` units of one character each, with the default placement, `lifo`.
    ///
    /// Costs O(capacity) at most, to zero the buffer; nothing where the system gives memory that is zero.
    ///
    /// # Errors
    /// [`Error::InvalidCapacity`]: the capacity is 0. [`Error::NoBuffer`]: there is no memory for the buffer.
    /// [`Error::Metadata`]: there is no memory for the manager's own records.
    pub fn new(capacity: u32) -> Result<Self, Error> {
        Self::with_options(capacity, Options::default())
    }

    /// A manager of `capacity` units with these options.
    ///
    /// Costs as [`Self::new`]; with external storage, which has no buffer, O(1).
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn with_options(capacity: u32, options: Options) -> Result<Self, Error> {
        if capacity == 0 {
            return Err(Error::InvalidCapacity { capacity });
        }
        let buffer = match options.storage {
            Storage::External => None,
            Storage::Owned => Some(Buffer::of(capacity, options.unit)?),
        };
        Ok(Self::over(capacity, options, Books::new(capacity)?, buffer)?)
    }

    /// A manager with these books, which have no block.
    fn over(
        capacity: u32,
        options: Options,
        mut books: Books,
        buffer: Option<Buffer>,
    ) -> Result<Self, NoMemory> {
        let placement = Policy::build(options.placement, &mut books.table)?;
        let (charge, pass, untold) = (books.free_units, None, Vec::new());
        Ok(Self { capacity, charge, options, books, placement, buffer, pass, untold })
    }

    /// Units in the buffer.
    pub fn capacity(&self) -> u32 {
        self.capacity
    }

    /// Units that blocks have, including those beyond what was asked for.
    pub fn used_units(&self) -> u32 {
        self.charge - self.books.free_units
    }

    /// Units that no block has.
    pub fn free_units(&self) -> u32 {
        self.books.free_units
    }

    /// Live blocks.
    pub fn block_count(&self) -> u32 {
        self.books.table.blocks() as u32
    }

    /// The options that the manager was made with.
    pub fn options(&self) -> Options {
        self.options
    }

    /// Allocates a block of `size` units, all of them empty. The cost depends on the placement: see the
    /// table at [`PlacementKind`](crate::PlacementKind); what compaction on demand costs is said at
    /// [`Options::auto_defragment`].
    ///
    /// A block has at least one unit, so an empty text or list has no block of its own.
    ///
    /// # Errors
    /// [`Error::InvalidSize`]: the size is 0. [`Error::OutOfMemory`]: fewer units are free.
    /// [`Error::Fragmented`]: enough units are free, but a contiguous placement finds no free extent
    /// that fits. [`Error::Metadata`]: the manager's own records cannot grow.
    pub fn alloc(&mut self, size: u32) -> Result<BlockId, Error> {
        self.alloc_aligned(size, 1)
    }

    /// Allocates a block whose first unit is a multiple of `align`, a power of two. Costs as
    /// [`Self::alloc`].
    ///
    /// ```
    /// use twingate_memory::{MemoryManager, Options, PlacementKind};
    ///
    /// let options = Options { placement: PlacementKind::FirstFit, ..Options::default() };
    /// let mut memory = MemoryManager::with_options(64, options)?;
    /// let [_, block] = [memory.alloc(3)?, memory.alloc_aligned(10, 16)?];
    /// assert_eq!(memory.address(block)?, 16);
    /// # Ok::<(), twingate_memory::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Self::alloc`]. [`Error::InvalidAlignment`]: the alignment is not a power of two.
    /// [`Error::AlignmentUnsupported`]: it is more than 1, and the placement scatters blocks.
    #[inline(always)]
    pub fn alloc_aligned(&mut self, size: u32, align: u32) -> Result<BlockId, Error> {
        self.check(size, align)?;
        self.alloc_valid(size, align).ok_or_else(|| self.refused(size, align))
    }

    /// As [`Self::alloc_aligned`], for a valid size and alignment. `None` if it was refused: the error for that,
    /// [`Self::refused`], can take far longer to find.
    #[inline(always)]
    pub(crate) fn alloc_valid(&mut self, size: u32, align: u32) -> Option<BlockId> {
        self.alloc_at_once(size, align).or_else(|| self.compact_and_alloc(size, align))
    }

    /// As [`Self::alloc_aligned`], for a valid size and alignment. `None` does not say why it was
    /// refused, and does not count as a failure: nothing that only an error needs is on this path.
    #[inline(always)]
    pub(crate) fn alloc_at_once(&mut self, size: u32, align: u32) -> Option<BlockId> {
        self.books.alloc(&mut self.placement, size, align)
    }

    /// Refuses an invalid size or alignment.
    #[inline(always)]
    pub(crate) fn check(&self, size: u32, align: u32) -> Result<(), Error> {
        if size == 0 {
            return Err(Error::InvalidSize { size });
        }
        if !align.is_power_of_two() {
            return Err(Error::InvalidAlignment { align });
        }
        let placement = self.options.placement;
        if align > 1 && placement.is_scattered() {
            return Err(Error::AlignmentUnsupported { placement });
        }
        Ok(())
    }

    /// After a refusal: compacts, if that is allowed and may help, and allocates once more.
    #[cold]
    #[inline(never)]
    fn compact_and_alloc(&mut self, size: u32, align: u32) -> Option<BlockId> {
        if self.compact_for(size, align)
            && let Some(id) = self.alloc_at_once(size, align)
        {
            return Some(id);
        }
        self.books.counts.failures += u64::from(self.lacks_units());
        None
    }

    /// After a refusal: compacts, if that is allowed and may help; returns whether there is room now.
    pub(crate) fn compact_for(&mut self, size: u32, align: u32) -> bool {
        let fragmented = self.lacks_units() && size <= self.free_units();
        if !fragmented || !self.options.auto_defragment {
            return false;
        }
        self.make_room(&Need { size, align, grows: None }).unwrap_or_else(|error| {
            self.books.refusal = error.into();
            false
        })
    }

    /// Returns the moves made by [`Self::resize`] and, with [`Options::auto_defragment`], by
    /// allocations (even by one that is then refused with [`Error::Metadata`]), since the last call, in
    /// order. Always empty if the manager owns its buffer.
    ///
    /// Apply them to your memory before you use a new block or new units, and before those of a later
    /// [`Self::defragment_with`], whose report has its own moves and not these. Moves that are not
    /// taken are kept.
    ///
    /// ```
    /// use twingate_memory::{MemoryManager, Options, PlacementKind, Relocation, Storage};
    ///
    /// let mut memory = MemoryManager::with_options(10, Options {
    ///     placement: PlacementKind::FirstFit,
    ///     storage: Storage::External,
    ///     auto_defragment: true,
    ///     ..Options::default()
    /// })?;
    /// let [a, b, c] = [memory.alloc(3)?, memory.alloc(2)?, memory.alloc(5)?];
    /// memory.free(a)?;
    /// memory.free(c)?;
    /// let _ = memory.alloc(8)?; // fits only once b has moved
    /// assert_eq!(memory.take_relocations(), [Relocation { id: b, from: 3, to: 0, length: 2 }]);
    /// # Ok::<(), twingate_memory::Error>(())
    /// ```
    #[must_use = "a copy of the units needs them, and they are returned once"]
    pub fn take_relocations(&mut self) -> Vec<Relocation> {
        std::mem::take(&mut self.untold)
    }

    /// What [`Self::take_relocations`] would take, for a caller that keeps it elsewhere.
    pub(crate) fn untold(&mut self) -> &mut Vec<Relocation> {
        &mut self.untold
    }

    /// Whether the allocation that was refused last was refused for want of units.
    pub(crate) fn lacks_units(&self) -> bool {
        self.books.refusal == Refusal::NoExtent
    }

    /// Why an allocation was refused, as long as nothing else is done. Costs what [`Self::stats`] costs.
    #[cold]
    #[inline(never)]
    pub(crate) fn refused(&self, size: u32, align: u32) -> Error {
        if !self.lacks_units() {
            return Error::Metadata;
        }
        let largest = self.placement.summary(&self.books.table).largest;
        let free = (self.free_units(), largest);
        Error::no_extent((size, align), free, self.options.placement, self.capacity)
    }

    /// Frees a block; its units are empty again and its ID is stale. The cost depends on the placement:
    /// see the table at [`PlacementKind`](crate::PlacementKind).
    ///
    /// # Errors
    /// [`Error::UnknownBlock`]: no live block has this ID.
    #[inline(always)]
    pub fn free(&mut self, id: BlockId) -> Result<(), Error> {
        if self.free_if_any(id) { Ok(()) } else { Err(Error::UnknownBlock { id }) }
    }

    /// As [`Self::free`]; false if no live block has this ID.
    #[inline(always)]
    pub(crate) fn free_if_any(&mut self, id: BlockId) -> bool {
        self.books.free(&mut self.placement, id)
    }

    /// Frees every block, one after the other in allocation order, or in any order if there is no
    /// memory to list them. Costs, with b blocks, O(b) and what [`Self::free`] costs for each.
    pub fn clear(&mut self) {
        for id in self.books.in_allocation_order().unwrap_or_default() {
            let freed = self.free(id);
            debug_assert!(freed.is_ok());
        }
        for word in 0.. {
            let Some(live) = self.books.registry.live_in_word(word) else { break };
            for slot in live {
                let freed = self.free(self.books.block(slot).owner.id());
                debug_assert!(freed.is_ok());
            }
        }
    }

    /// The IDs of all live blocks in allocation order, which is ascending. Costs O(b) with b
    /// blocks, and a bit for each of the most there ever were. Without memory to list them the
    /// program ends, as with any `Vec`; [`Self::try_ids`] refuses instead.
    pub fn ids(&self) -> impl Iterator<Item = BlockId> + use<> {
        self.try_ids().unwrap_or_else(|_| give_up::<BlockId>()).into_iter()
    }

    /// As [`Self::ids`].
    ///
    /// # Errors
    /// [`Error::Metadata`]: no memory for the list.
    pub fn try_ids(&self) -> Result<Vec<BlockId>, Error> {
        Ok(self.books.in_allocation_order()?)
    }

    /// Whether a live block has this ID. Costs O(1).
    pub fn has(&self, id: BlockId) -> bool {
        self.books.find(id).is_ok()
    }

    /// Units of a block, as asked for. Costs O(1).
    ///
    /// # Errors
    /// [`Error::UnknownBlock`]: no live block has this ID. The same goes for every method that takes an
    /// ID.
    pub fn size(&self, id: BlockId) -> Result<u32, Error> {
        Ok(self.find(id)?.asked())
    }

    /// Units last written to a block, from its first on; the others are empty. Costs O(1).
    ///
    /// # Errors
    /// [`Error::UnknownBlock`].
    pub fn length(&self, id: BlockId) -> Result<u32, Error> {
        Ok(self.books.registry.written(self.books.find(id)?))
    }

    /// The extents of a block in block order. Going through them costs O(1) for each.
    ///
    /// # Errors
    /// [`Error::UnknownBlock`].
    pub fn extents(&self, id: BlockId) -> Result<impl Iterator<Item = Extent> + '_, Error> {
        Ok(self.extents_of(self.books.find(id)?))
    }

    /// The first unit of a block that lies in one ascending extent, as every block of a contiguous
    /// placement does. Costs O(1).
    ///
    /// # Errors
    /// [`Error::UnknownBlock`]. [`Error::Scattered`]: the block has more extents, or a descending one.
    pub fn address(&self, id: BlockId) -> Result<u32, Error> {
        let entry = self.find(id)?;
        if entry.is_single_ascending() { Ok(entry.lowest) } else { Err(Error::Scattered { id }) }
    }

    /// What the block's first unit is a multiple of.
    pub(crate) fn align(&self, id: BlockId) -> Result<u32, Error> {
        Ok(1 << self.find(id)?.owner.align())
    }

    /// Pins a block: it is never moved until it is unpinned. Pinning again changes nothing. Costs O(1).
    ///
    /// ```
    /// use twingate_memory::{DefragmentOptions, MemoryManager, Order};
    ///
    /// let mut memory = MemoryManager::new(8)?;
    /// let [a, b] = [memory.alloc(2)?, memory.alloc(2)?];
    /// memory.free(a)?;
    /// memory.pin(b)?;
    /// let down = DefragmentOptions { order: Some(Order::Address), ..DefragmentOptions::default() };
    /// assert_eq!(memory.defragment_with(&down)?.left.pinned, 1);
    /// memory.unpin(b)?;
    /// assert_eq!(memory.defragment_with(&down)?.units_moved, 2);
    /// # Ok::<(), twingate_memory::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::UnknownBlock`].
    pub fn pin(&mut self, id: BlockId) -> Result<(), Error> {
        self.set_pinned(id, true)
    }

    /// Unpins a block: it may be moved again. Unpinning again changes nothing. Costs O(1).
    ///
    /// # Errors
    /// [`Error::UnknownBlock`].
    pub fn unpin(&mut self, id: BlockId) -> Result<(), Error> {
        self.set_pinned(id, false)
    }

    /// Whether a block is pinned. Costs O(1).
    ///
    /// # Errors
    /// [`Error::UnknownBlock`].
    pub fn is_pinned(&self, id: BlockId) -> Result<bool, Error> {
        Ok(self.find(id)?.owner.is_pinned())
    }

    fn set_pinned(&mut self, id: BlockId, pinned: bool) -> Result<(), Error> {
        let slot = self.books.find(id)?;
        let owner = &mut self.books.table.block_mut(slot).owner;
        if owner.is_pinned() != pinned {
            owner.set_pinned(pinned);
            self.books.counts.pins += 1;
            self.books.pinned = if pinned { self.books.pinned + 1 } else { self.books.pinned - 1 };
        }
        Ok(())
    }

    fn find(&self, id: BlockId) -> Result<&Entry, Error> {
        Ok(self.books.block(self.books.find(id)?))
    }

    /// The extents of a block's units, as many as were asked for.
    fn extents_of(&self, slot: u32) -> impl Iterator<Item = Extent> + use<'_> {
        let chain = self.books.table.chain(first_of(slot));
        first_units(chain.map(|entry| entry.extent()), self.books.block(slot).asked())
    }
}

/// The first `units` units of some extents.
fn first_units(extents: impl Iterator<Item = Extent>, units: u32) -> impl Iterator<Item = Extent> {
    let mut left = units;
    extents.map_while(move |extent| {
        let length = extent.length.min(left);
        left -= length;
        (length > 0).then(|| extent.first(length))
    })
}
