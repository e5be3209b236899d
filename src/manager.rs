//! The manager: it composes the registry, the extent table, a placement, compaction and the
//! buffer.
//!
//! What always holds:
//! - Every unit is free or belongs to exactly one block.
//! - An operation that returns an error has changed nothing but the count of failures.
//! - Nothing here knows of JavaScript or of locks.

mod direct;
pub(crate) mod part;
mod resize;
mod saved;
#[cfg(feature = "trace")]
pub(crate) mod walk;

use crate::books::Books;
use crate::buffer::Buffer;
use crate::compaction::mover::{Budget, Mover};
use crate::compaction::pass::Now;
use crate::compaction::{
    DefragmentOptions, DefragmentReport, Left, Order, Pass, Relocation, in_place, window,
};
use crate::counts::Counts;
use crate::extent_table::NONE;
use crate::placement::{Choice, Placement, Policy, Refusal};
use crate::registry::Record;
use crate::snapshot::{self, BlockSnapshot, Snapshot};
use crate::stats::Stats;
use crate::{BlockId, Error, Explanation, Extent, PlacementKind, Step, Unit, UnitValue};

/// How a [`MemoryManager`] is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// What a unit holds.
    pub unit: Unit,
    /// Which policy chooses units.
    pub placement: PlacementKind,
    /// Who has the memory of the units.
    pub storage: Storage,
    /// Contiguous placements: when an allocation or a growing block does not fit but its units
    /// exist, compact just enough to make it fit. With external storage,
    /// [`MemoryManager::take_relocations`] then says what moved.
    pub auto_defragment: bool,
}

/// Who has the memory of the units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Storage {
    /// The manager.
    #[default]
    Owned,
    /// Someone else: the manager knows where blocks are, and cannot read or write them. Its memory
    /// is then proportional to the blocks.
    External,
}

impl Storage {
    /// Both kinds.
    pub const ALL: [Self; 2] = [Self::Owned, Self::External];

    /// The name used in the JavaScript interface.
    pub fn name(self) -> &'static str {
        match self {
            Self::Owned => "owned",
            Self::External => "external",
        }
    }
}

/// A memory manager over one fixed buffer, whose blocks keep their IDs wherever they are moved.
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
#[derive(Debug)]
pub struct MemoryManager {
    capacity: u32,
    /// Units in this manager's charge: all, but where it shares the buffer (see [`part`]).
    charge: u32,
    options: Options,
    books: Books,
    placement: Policy,
    buffer: Option<Buffer>,
    /// Compaction that has not come to its end.
    pass: Option<Pass>,
    /// What allocations moved, for memory that is someone else's.
    untold: Vec<Relocation>,
}

impl MemoryManager {
    /// A manager of `capacity` units of one character each, with the original's placement.
    ///
    /// Costs O(capacity), to zero the buffer.
    ///
    /// # Errors
    /// [`Error::InvalidCapacity`]: a capacity of 0, or no memory for the buffer.
    pub fn new(capacity: u32) -> Result<Self, Error> {
        Self::with_options(capacity, Options::default())
    }

    /// A manager of `capacity` units, made as the options say.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn with_options(capacity: u32, options: Options) -> Result<Self, Error> {
        let invalid = Error::InvalidCapacity { capacity };
        if capacity == 0 {
            return Err(invalid);
        }
        let buffer = match options.storage {
            Storage::External => None,
            Storage::Owned => match Buffer::new(capacity, options.unit.bytes()) {
                Some(buffer) => Some(buffer),
                None => return Err(invalid),
            },
        };
        Self::over(capacity, options, Books::new(capacity)?, buffer)
    }

    /// A manager with these books, of no block.
    fn over(
        capacity: u32,
        options: Options,
        mut books: Books,
        buffer: Option<Buffer>,
    ) -> Result<Self, Error> {
        let placement = Policy::build(options.placement, &mut books.table)?;
        let (charge, pass, untold) = (books.free_units, None, Vec::new());
        Ok(Self { capacity, charge, options, books, placement, buffer, pass, untold })
    }

    /// Units in the buffer.
    pub fn capacity(&self) -> u32 {
        self.capacity
    }

    /// Units that blocks have, those beyond what was asked for among them.
    pub fn used_units(&self) -> u32 {
        self.charge - self.books.free_units
    }

    /// Units that no block has.
    pub fn free_units(&self) -> u32 {
        self.books.free_units
    }

    /// Live blocks.
    pub fn block_count(&self) -> u32 {
        self.books.registry.live()
    }

    /// The options that the manager was made with.
    pub fn options(&self) -> Options {
        self.options
    }

    /// Allocates a block of `size` units, all of them empty. What it costs depends on the
    /// placement: see [`PlacementKind`].
    ///
    /// # Errors
    /// [`Error::InvalidSize`]: a size of 0. [`Error::OutOfMemory`]: fewer units are free.
    /// [`Error::Fragmented`]: they are, but a contiguous placement finds no free extent that fits.
    /// [`Error::Metadata`]: the manager's own records cannot grow.
    pub fn alloc(&mut self, size: u32) -> Result<BlockId, Error> {
        self.alloc_aligned(size, 1)
    }

    /// Allocates a block whose first unit is a multiple of `align`, a power of two.
    ///
    /// # Errors
    /// As [`Self::alloc`]. [`Error::InvalidAlignment`]: no power of two.
    /// [`Error::AlignmentUnsupported`]: more than 1 with a placement that scatters.
    #[inline(always)]
    pub fn alloc_aligned(&mut self, size: u32, align: u32) -> Result<BlockId, Error> {
        self.check(size, align)?;
        match self.books.alloc(&mut self.placement, size, align) {
            Ok(id) => Ok(id),
            Err(refusal) => self.compact_and_alloc(size, align, refusal),
        }
    }

    #[inline(always)]
    fn check(&self, size: u32, align: u32) -> Result<(), Error> {
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

    /// After a refusal: allocates once more if compaction may help, and may be done.
    #[cold]
    fn compact_and_alloc(
        &mut self,
        size: u32,
        align: u32,
        refusal: Refusal,
    ) -> Result<BlockId, Error> {
        let fragmented = matches!(refusal, Refusal::NoExtent) && size <= self.free_units();
        let refusal = match fragmented && self.options.auto_defragment {
            false => refusal,
            true => match self.make_room(size.saturating_add(align - 1)) {
                Err(error) => error.into(),
                Ok(()) => match self.books.alloc(&mut self.placement, size, align) {
                    Ok(id) => return Ok(id),
                    Err(refusal) => refusal,
                },
            },
        };
        self.books.counts.failures += 1;
        Err(self.refused(size, refusal))
    }

    /// Compacts until one free extent has `goal` units, if that can be.
    fn make_room(&mut self, goal: u32) -> Result<(), Error> {
        let now = self.now();
        let untold = std::mem::take(&mut self.untold);
        let everything = DefragmentOptions::default();
        let mut mover = self.mover(Budget::new(&everything));
        mover.report.relocations = untold;
        let mut pass = Pass::to_make_room(&mut mover, goal, now.changes);
        let progress = pass.run(&mut mover, now);
        let report = mover.report;
        self.pass = None;
        self.books.counts.units_moved += u64::from(report.units_moved);
        if self.buffer.is_none() {
            self.untold = report.relocations;
        }
        progress.map(|_| ())
    }

    /// With external storage: what [`Self::resize`] and, with [`Options::auto_defragment`],
    /// allocations have moved since the last call, in the order in which it moved. Take it after
    /// each of them, before a new block or new units are used; until then it is kept.
    pub fn take_relocations(&mut self) -> Vec<Relocation> {
        std::mem::take(&mut self.untold)
    }

    fn plan(&mut self, size: u32, align: u32) -> Result<Choice, Refusal> {
        self.books.reserve(size)?;
        let Books { table, counts, .. } = &mut self.books;
        self.placement.plan(table, size, align, counts.extents)
    }

    fn refused(&self, requested: u32, refusal: Refusal) -> Error {
        let free_units = self.free_units();
        let largest_free_extent = self.placement.summary(&self.books.table).largest;
        match refusal {
            Refusal::Metadata => Error::Metadata,
            Refusal::NoExtent if requested > free_units => {
                Error::OutOfMemory { requested, free_units, largest_free_extent }
            }
            Refusal::NoExtent => Error::Fragmented { requested, free_units, largest_free_extent },
        }
    }

    /// Frees a block; its units are empty again and its ID is stale. Costs what the placement's
    /// `free` costs for each extent of the block.
    ///
    /// # Errors
    /// [`Error::UnknownBlock`]: no live block has this ID.
    #[inline(always)]
    pub fn free(&mut self, id: BlockId) -> Result<(), Error> {
        self.books.free(&mut self.placement, id)
    }

    /// Frees every block, one after the other in allocation order (in any order, if there is no
    /// memory to list them). Costs, with b blocks, O(b log b) and what the placement's `free` costs
    /// for each.
    pub fn clear(&mut self) {
        for id in self.books.registry.in_allocation_order().unwrap_or_default() {
            let freed = self.free(id);
            debug_assert!(freed.is_ok());
        }
        loop {
            let any = self.books.registry.live_slots().next();
            let Some(slot) = any else { break };
            let freed = self.free(self.books.registry.record(slot).id());
            debug_assert!(freed.is_ok());
        }
    }

    /// The IDs of all live blocks in allocation order, which is ascending. Costs O(b log b) with b
    /// blocks.
    pub fn ids(&self) -> impl Iterator<Item = BlockId> + use<> {
        let slots = self.books.registry.live_slots();
        let mut ids: Vec<BlockId> =
            slots.map(|slot| self.books.registry.record(slot).id()).collect();
        ids.sort_unstable();
        ids.into_iter()
    }

    /// Whether a live block has this ID.
    pub fn has(&self, id: BlockId) -> bool {
        self.books.registry.find(id).is_ok()
    }

    /// Units of a block, as asked for.
    ///
    /// # Errors
    /// [`Error::UnknownBlock`]: no live block has this ID. So for all that take an ID.
    pub fn size(&self, id: BlockId) -> Result<u32, Error> {
        Ok(self.find(id)?.size)
    }

    /// Units last written to a block, from its first on; the others are empty.
    ///
    /// # Errors
    /// [`Error::UnknownBlock`].
    pub fn length(&self, id: BlockId) -> Result<u32, Error> {
        Ok(self.books.registry.written(self.books.registry.find(id)?))
    }

    /// The extents of a block in block order.
    ///
    /// # Errors
    /// [`Error::UnknownBlock`].
    pub fn extents(&self, id: BlockId) -> Result<impl Iterator<Item = Extent> + '_, Error> {
        Ok(self.extents_of(self.find(id)?))
    }

    /// The first unit of a block that lies in one ascending extent. Costs O(1).
    ///
    /// # Errors
    /// [`Error::UnknownBlock`]. [`Error::Scattered`]: more extents, or a descending one.
    pub fn address(&self, id: BlockId) -> Result<u32, Error> {
        let entry = self.books.table.get(self.find(id)?.first);
        match (entry.next, entry.step) {
            (NONE, Step::Up) => Ok(entry.lowest),
            _ => Err(Error::Scattered { id }),
        }
    }

    /// Overwrites a block from its first unit on; its units past the data become empty. Costs
    /// O(characters).
    ///
    /// # Errors
    /// [`Error::UnknownBlock`]. [`Error::OutOfBounds`]: more characters than the block has units.
    /// [`Error::NoStorage`]: the storage is external. [`Error::UnitMismatch`]: the units are no
    /// characters.
    pub fn write_text(&mut self, id: BlockId, text: &str) -> Result<(), Error> {
        self.check_unit(Unit::Char)?;
        let mut characters = text.chars();
        self.write_with(id, text.chars().count(), |_, bytes| {
            for (unit, character) in bytes.chunks_exact_mut(4).zip(&mut characters) {
                unit.copy_from_slice(&u32::from(character).to_ne_bytes());
            }
        })
    }

    /// What was last written to a block. Code points that are no characters (lone surrogates
    /// written from JavaScript) read as U+FFFD.
    ///
    /// # Errors
    /// [`Error::UnknownBlock`]. [`Error::NoStorage`]: the storage is external.
    /// [`Error::UnitMismatch`]: the units are no characters.
    pub fn read_text(&self, id: BlockId) -> Result<String, Error> {
        self.check_unit(Unit::Char)?;
        let mut text = String::new();
        self.read_with(id, |_, bytes| text.extend(bytes.chunks_exact(4).map(character)))?;
        Ok(text)
    }

    /// Overwrites a block with numbers, from its first unit on; its units past them become empty.
    /// Costs O(values), a memcpy for each extent.
    ///
    /// ```
    /// use twingate_memory::{MemoryManager, Options, Unit};
    ///
    /// let options = Options { unit: Unit::F32, ..Options::default() };
    /// let mut memory = MemoryManager::with_options(1024, options)?;
    /// let block = memory.alloc(3)?;
    /// memory.write(block, &[0.5_f32, -0.0])?;
    /// assert_eq!(memory.read::<f32>(block)?, [0.5, -0.0]);
    /// assert!(memory.write(block, &[1_u8]).is_err());
    /// # Ok::<(), twingate_memory::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::UnknownBlock`]. [`Error::OutOfBounds`]: more values than the block has units.
    /// [`Error::NoStorage`]: the storage is external. [`Error::UnitMismatch`]: another type than
    /// the units are.
    pub fn write<T: UnitValue>(&mut self, id: BlockId, values: &[T]) -> Result<(), Error> {
        self.check_unit(T::UNIT)?;
        let bytes: &[u8] = bytemuck::cast_slice(values);
        self.write_with(id, values.len(), |offset, part| {
            let first = offset * size_of::<T>();
            part.copy_from_slice(&bytes[first..first + part.len()]);
        })
    }

    /// The numbers last written to a block. A copy.
    ///
    /// # Errors
    /// [`Error::UnknownBlock`]. [`Error::NoStorage`]: the storage is external.
    /// [`Error::UnitMismatch`]: another type than the units are.
    pub fn read<T: UnitValue>(&self, id: BlockId) -> Result<Vec<T>, Error> {
        self.check_unit(T::UNIT)?;
        let mut values = Vec::new();
        self.read_with(id, |_, bytes| {
            values
                .extend(bytes.chunks_exact(size_of::<T>()).map(bytemuck::pod_read_unaligned::<T>));
        })?;
        Ok(values)
    }

    fn check_unit(&self, given: Unit) -> Result<(), Error> {
        let units = self.options.unit;
        if units == given { Ok(()) } else { Err(Error::UnitMismatch { units, given }) }
    }

    /// Overwrites a block with `count` units that `source` gives: it is called once for each
    /// extent in block order, with the number of units given so far and the bytes to fill, the
    /// first unit first.
    ///
    /// # Errors
    /// [`Error::UnknownBlock`]. [`Error::NoStorage`]: the storage is external.
    /// [`Error::OutOfBounds`]: more units than the block has; `source` is then never called.
    pub fn write_with(
        &mut self,
        id: BlockId,
        count: usize,
        mut source: impl FnMut(usize, &mut [u8]),
    ) -> Result<(), Error> {
        let slot = self.books.registry.find(id)?;
        let Record { first, size, .. } = *self.books.registry.record(slot);
        let buffer = self.buffer.as_mut().ok_or(Error::NoStorage)?;
        if count > size as usize {
            return Err(Error::OutOfBounds { id, given: count, size });
        }
        let mut written = 0;
        for extent in cut(self.books.table.chain(first).map(|entry| entry.extent()), count as u32) {
            buffer.write(extent, |bytes| source(written, bytes));
            written += extent.length as usize;
        }
        self.books.registry.set_written(slot, count as u32);
        Ok(())
    }

    /// Gives what was last written to `sink`: called with the number of units given so far and
    /// the bytes of the units that follow, in block order, part by part.
    ///
    /// # Errors
    /// [`Error::UnknownBlock`]. [`Error::NoStorage`]: the storage is external.
    pub fn read_with(&self, id: BlockId, mut sink: impl FnMut(usize, &[u8])) -> Result<(), Error> {
        let slot = self.books.registry.find(id)?;
        let buffer = self.buffer.as_ref().ok_or(Error::NoStorage)?;
        let extents = self.extents_of(self.books.registry.record(slot));
        let mut read = 0;
        for extent in cut(extents, self.books.registry.written(slot)) {
            buffer.read(extent, |offset, bytes| sink(read + offset, bytes));
            read += extent.length as usize;
        }
        Ok(())
    }

    /// Lays all blocks out from unit 0 in the order in which they were allocated, each in one
    /// extent; IDs and data stay. As [`Self::defragment_with`] with the default options.
    ///
    /// # Errors
    /// As [`Self::defragment_with`].
    pub fn defragment(&mut self) -> Result<DefragmentReport, Error> {
        self.defragment_with(&DefragmentOptions::default())
    }

    /// Works towards an order, within a budget. What was planned is kept for the next call with
    /// the same order, whatever happens in between; call again until the report says `done`.
    ///
    /// Costs: bounded by the budget, planning included. Without one, with E extents: O(E) and the
    /// moves; [`Order::Allocation`] takes O(E) memory, and works in place, without a second buffer.
    ///
    /// # Errors
    /// [`Error::Metadata`]: no memory for the records. Nothing has moved; where something has when
    /// memory runs out, the report says so and is not `done`.
    /// [`Error::OrderUnsupported`]: [`Order::Allocation`] with external storage.
    pub fn defragment_with(
        &mut self,
        options: &DefragmentOptions<'_>,
    ) -> Result<DefragmentReport, Error> {
        let order = options.order();
        if order == Order::Allocation {
            if self.buffer.is_none() {
                return Err(Error::OrderUnsupported);
            }
            let free_to_move = self.books.pinned == 0 && !self.books.aligns && !self.is_buddy();
            if !options.is_bounded() && free_to_move {
                return self.pack();
            }
        }
        let now = self.now();
        let mut pass = match self.pass.take() {
            Some(pass) if pass.order == order => pass,
            _ => Pass::new(order, now.changes),
        };
        let mut mover = self.mover(Budget::new(options));
        let mut done = pass.run(&mut mover, now);
        if done == Ok(true) && pass.is_outdated(&mover, now.changes) {
            pass = Pass::new(order, now.changes);
            mover.report.left = Left::default();
            done = pass.run(&mut mover, now);
        }
        // What has moved is to be told, so the error waits for the next call.
        let done = if mover.report.moves > 0 { done.unwrap_or(false) } else { done? };
        let mut report = mover.report;
        report.done = done;
        self.books.counts.units_moved += u64::from(report.units_moved);
        self.pass = (!done).then_some(pass);
        if order == Order::Allocation && self.options.placement.is_scattered() {
            report.relocations.clear();
        }
        Ok(report)
    }

    fn is_buddy(&self) -> bool {
        self.options.placement == PlacementKind::Buddy
    }

    fn now(&self) -> Now {
        let Counts { allocations, frees, resizes, pins, .. } = self.books.counts;
        let changes = allocations + frees + resizes + pins;
        Now { live: self.used_units(), free: self.free_units(), changes }
    }

    fn mover<'a>(&'a mut self, budget: Budget<'a>) -> Mover<'a> {
        Mover {
            scattered: self.options.placement.is_scattered(),
            buddy: self.is_buddy(),
            table: &mut self.books.table,
            placement: &mut self.placement,
            registry: &mut self.books.registry,
            buffer: self.buffer.as_mut(),
            extents: &mut self.books.counts.extents,
            budget,
            report: DefragmentReport::default(),
        }
    }

    /// Allocation order in place, all at once.
    fn pack(&mut self) -> Result<DefragmentReport, Error> {
        let buffer = self.buffer.as_mut().ok_or(Error::NoStorage)?;
        let registry = &mut self.books.registry;
        let ids = registry.in_allocation_order()?;
        let firsts = ids.iter().map(|&id| registry.record(registry.slot(id)).first);
        let report = in_place::pack(firsts, &self.books.table, buffer)?;
        let mut start = 0;
        for &id in &ids {
            let slot = registry.slot(id);
            let record = registry.record(slot);
            let entry = self.books.table.get(record.first);
            let stays = entry.lowest == start && entry.step == Step::Up && entry.next == NONE;
            start += record.size;
            if !stays {
                registry.has_moved(slot);
            }
        }
        self.books.table.clear();
        self.pass = None;
        let mut start = 0;
        for id in ids {
            let slot = registry.slot(id);
            let record = registry.record_mut(slot);
            record.first = self.books.table.append(start, record.size, slot);
            start += record.size;
        }
        self.books.table.append_free(start, self.capacity - start);
        let rebuilt = self.placement.rebuild(&mut self.books.table);
        debug_assert!(rebuilt.is_ok(), "one free extent needs no more memory than before");
        self.books.counts.extents = self.books.registry.live() as usize;
        self.books.counts.units_moved += u64::from(report.units_moved);
        Ok(report)
    }

    /// Pins a block: it is never moved until it is unpinned. Pinning again changes nothing.
    ///
    /// # Errors
    /// [`Error::UnknownBlock`].
    pub fn pin(&mut self, id: BlockId) -> Result<(), Error> {
        self.set_pinned(id, true)
    }

    /// Lets a block be moved again.
    ///
    /// # Errors
    /// [`Error::UnknownBlock`].
    pub fn unpin(&mut self, id: BlockId) -> Result<(), Error> {
        self.set_pinned(id, false)
    }

    /// Whether a block is pinned.
    ///
    /// # Errors
    /// [`Error::UnknownBlock`].
    pub fn is_pinned(&self, id: BlockId) -> Result<bool, Error> {
        Ok(self.find(id)?.is_pinned())
    }

    fn set_pinned(&mut self, id: BlockId, pinned: bool) -> Result<(), Error> {
        let slot = self.books.registry.find(id)?;
        let record = self.books.registry.record_mut(slot);
        if record.is_pinned() != pinned {
            record.set_pinned(pinned);
            self.books.counts.pins += 1;
            self.books.pinned = if pinned { self.books.pinned + 1 } else { self.books.pinned - 1 };
        }
        Ok(())
    }

    /// Where a request would go and why, or why it cannot be served and what compaction would
    /// change; nothing is allocated. Costs O(extents).
    ///
    /// # Errors
    /// [`Error::InvalidSize`], [`Error::InvalidAlignment`], [`Error::AlignmentUnsupported`],
    /// [`Error::Metadata`]: as [`Self::alloc_aligned`].
    pub fn explain(&mut self, size: u32, align: u32) -> Result<Explanation, Error> {
        self.check(size, align)?;
        let (extents, units_to_move) = match self.plan(size, align) {
            Ok(choice) => (self.placement.preview(&self.books.table, choice, size), Some(0)),
            Err(Refusal::Metadata) => return Err(Error::Metadata),
            Err(Refusal::NoExtent) if size > self.free_units() => (Vec::new(), None),
            Err(Refusal::NoExtent) => (Vec::new(), window::cheapest(&self.books.table, size)),
        };
        let mut explanation = Explanation {
            fits: !extents.is_empty(),
            requested: size,
            free_units: self.free_units(),
            largest_free_extent: self.placement.summary(&self.books.table).largest,
            units_to_move,
            extents,
            reason: String::new(),
        };
        explanation.reason = explanation.sentence(self.options.placement);
        Ok(explanation)
    }

    /// Figures about the manager as it is now. Amortised O(log n) with n free extents.
    pub fn stats(&self) -> Stats {
        let free = self.placement.summary(&self.books.table);
        Stats { capacity: self.capacity, ..Stats::new(self.charge, &self.books, free) }
    }

    /// Units in the longest run of free units. Costs as [`Self::stats`].
    pub fn largest_free_extent(&self) -> u32 {
        self.placement.summary(&self.books.table).largest
    }

    /// Units handed out beyond what was asked for. O(1).
    pub fn internal_fragmentation(&self) -> u32 {
        self.used_units() - self.books.asked
    }

    /// Extents of all blocks divided by blocks; 0 without a block. O(1).
    pub fn extents_per_block(&self) -> f64 {
        self.books.extents_per_block()
    }

    /// Units that compaction has given a new address so far. O(1).
    pub fn units_moved(&self) -> u64 {
        self.books.counts.units_moved
    }

    /// Free extents examined while searching, over all allocations so far.
    pub fn search_steps(&self) -> u64 {
        self.placement.search_steps()
    }

    /// Where everything is. Costs O(extents, used and free).
    pub fn snapshot(&self) -> Snapshot {
        let tail = self.placement.tail(&self.books.table);
        let tail = if tail == NONE { self.capacity } else { self.books.table.get(tail).lowest };
        Snapshot {
            capacity: self.capacity,
            unit: self.options.unit,
            placement: self.options.placement,
            next_alloc_index: tail,
            freed_fragmented_units: self.free_units() - (self.capacity - tail),
            free_units: self.free_units(),
            blocks: self.block_snapshots().collect(),
            free_extents: snapshot::free_extents(&self.books.table, self.placement.coalesces()),
        }
    }

    /// All blocks in allocation order.
    pub(crate) fn block_snapshots(&self) -> impl Iterator<Item = BlockSnapshot> + '_ {
        self.ids().map(|id| {
            let slot = self.books.registry.slot(id);
            let record = self.books.registry.record(slot);
            BlockSnapshot {
                id,
                size: record.size,
                length: self.books.registry.written(slot),
                pinned: record.is_pinned(),
                extents: self.extents_of(record).collect(),
            }
        })
    }

    /// Calls `visit` with every run of units that hold values: its lowest unit, and the bytes of
    /// the values by ascending address. Nothing holds a value where the storage is external.
    pub fn visit_values(&self, mut visit: impl FnMut(u32, &[u8])) {
        let Some(buffer) = &self.buffer else { return };
        for slot in self.books.registry.live_slots() {
            let record = self.books.registry.record(slot);
            for extent in cut(self.extents_of(record), self.books.registry.written(slot)) {
                visit(extent.lowest(), buffer.bytes(extent.lowest(), extent.length));
            }
        }
    }

    fn find(&self, id: BlockId) -> Result<&Record, Error> {
        let slot = self.books.registry.find(id)?;
        Ok(self.books.registry.record(slot))
    }

    /// The extents of the units that were asked for.
    fn extents_of(&self, record: &Record) -> impl Iterator<Item = Extent> + use<'_> {
        cut(self.books.table.chain(record.first).map(|entry| entry.extent()), record.size)
    }
}

/// The first `units` units of some extents.
fn cut(extents: impl Iterator<Item = Extent>, units: u32) -> impl Iterator<Item = Extent> {
    let mut left = units;
    extents.map_while(move |extent| {
        let length = extent.length.min(left);
        left -= length;
        (length > 0).then(|| extent.first(length))
    })
}

fn character(bytes: &[u8]) -> char {
    let code_point: u32 = bytemuck::pod_read_unaligned(bytes);
    char::from_u32(code_point).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// The original's picture: a line of counts, then the units in order, `-` for an empty one. With
/// external storage only the counts.
impl std::fmt::Display for MemoryManager {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (used, free, blocks) = (self.used_units(), self.free_units(), self.block_count());
        write!(f, "capacity {}, used {used}, free {free}, blocks {blocks}", self.capacity)?;
        let shown = if self.buffer.is_some() { self.capacity } else { 0 };
        let mut units = vec![String::from("-"); shown as usize];
        self.visit_values(|lowest, bytes| {
            for (unit, value) in (lowest as usize..).zip(bytes.chunks(self.options.unit.bytes())) {
                units[unit] = shown_value(self.options.unit, value);
            }
        });
        for (unit, value) in units.iter().enumerate() {
            let before = if unit == 0 { '\n' } else { ' ' };
            write!(f, "{before}{value}")?;
        }
        Ok(())
    }
}

fn shown_value(unit: Unit, bytes: &[u8]) -> String {
    fn number<T: UnitValue>(bytes: &[u8]) -> String {
        bytemuck::pod_read_unaligned::<T>(bytes).to_string()
    }
    match unit {
        Unit::Char => character(bytes).to_string(),
        Unit::U8 => number::<u8>(bytes),
        Unit::I8 => number::<i8>(bytes),
        Unit::U16 => number::<u16>(bytes),
        Unit::I16 => number::<i16>(bytes),
        Unit::U32 => number::<u32>(bytes),
        Unit::I32 => number::<i32>(bytes),
        Unit::U64 => number::<u64>(bytes),
        Unit::I64 => number::<i64>(bytes),
        Unit::F32 => number::<f32>(bytes),
        Unit::F64 => number::<f64>(bytes),
    }
}
