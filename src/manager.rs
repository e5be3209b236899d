//! The manager: it composes the registry, the extent table, a placement, compaction and the
//! buffer.
//!
//! What always holds:
//! - Every unit is free or belongs to exactly one block.
//! - An operation that returns an error has changed nothing but the count of failures.
//! - Nothing here knows of JavaScript or of locks.

use crate::buffer::Buffer;
use crate::compaction::{DefragmentReport, allocation_order, window};
use crate::extent_table::{ExtentTable, NONE};
use crate::placement::{Choice, Placement, Refusal};
use crate::registry::{Record, Registry};
use crate::snapshot::{self, Snapshot};
use crate::stats::{Counts, Stats};
use crate::{BlockId, Error, Explanation, Extent, PlacementKind, Step, Unit};

/// How a [`MemoryManager`] is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// What a unit holds.
    pub unit: Unit,
    /// Which policy chooses units.
    pub placement: PlacementKind,
    /// Who has the memory of the units.
    pub storage: Storage,
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
    used: u32,
    /// Units asked for, all blocks together: `used` less what placements rounded up.
    asked: u32,
    options: Options,
    registry: Registry,
    table: ExtentTable,
    placement: Box<dyn Placement>,
    buffer: Option<Buffer>,
    counts: Counts,
    /// Whether a block was ever aligned; see `defragment`.
    aligns: bool,
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
        let mut table = ExtentTable::new(capacity)?;
        let placement = options.placement.build(&mut table)?;
        Ok(Self {
            capacity,
            used: 0,
            asked: 0,
            options,
            registry: Registry::new(),
            table,
            placement,
            buffer,
            counts: Counts::default(),
            aligns: false,
        })
    }

    /// Units in the buffer.
    pub fn capacity(&self) -> u32 {
        self.capacity
    }

    /// Units that blocks have, those beyond what was asked for among them.
    pub fn used_units(&self) -> u32 {
        self.used
    }

    /// Units that no block has.
    pub fn free_units(&self) -> u32 {
        self.capacity - self.used
    }

    /// Live blocks.
    pub fn block_count(&self) -> u32 {
        self.registry.live()
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
    pub fn alloc_aligned(&mut self, size: u32, align: u32) -> Result<BlockId, Error> {
        self.check(size, align)?;
        let choice = match self.plan(size, align) {
            Ok(choice) => choice,
            Err(refusal) => {
                self.counts.failures += 1;
                return Err(self.refused(size, refusal));
            }
        };
        let owner = self.registry.next_slot();
        let taken = self.placement.commit(&mut self.table, choice, size, owner);
        self.used += taken.units;
        self.asked += size;
        self.counts.allocations += 1;
        self.counts.extents += taken.extents;
        self.aligns |= align > 1;
        Ok(self.registry.insert(taken.first, size))
    }

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

    fn plan(&mut self, size: u32, align: u32) -> Result<Choice, Refusal> {
        if size > self.free_units() {
            return Err(Refusal::NoExtent);
        }
        self.registry.reserve()?;
        self.placement.plan(&mut self.table, size, align)
    }

    fn refused(&self, requested: u32, refusal: Refusal) -> Error {
        let free_units = self.free_units();
        let largest_free_extent = self.placement.summary(&self.table).largest;
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
    pub fn free(&mut self, id: BlockId) -> Result<(), Error> {
        self.free_slot(self.registry.find(id)?);
        Ok(())
    }

    fn free_slot(&mut self, slot: u32) {
        let Record { first, size, .. } = *self.registry.record(slot);
        let taken = self.placement.free(&mut self.table, first);
        self.registry.remove(slot);
        self.used -= taken.units;
        self.asked -= size;
        self.counts.frees += 1;
        self.counts.extents -= taken.extents;
    }

    /// Frees every block, one after the other in allocation order. Costs O(extents) and what the
    /// placement's `free` costs for each.
    pub fn clear(&mut self) {
        for position in 0..self.registry.positions() {
            if let Some(slot) = self.registry.at_position(position) {
                self.free_slot(slot);
            }
        }
    }

    /// The IDs of all live blocks in allocation order.
    pub fn ids(&self) -> impl Iterator<Item = BlockId> + '_ {
        let slots = self.registry.in_allocation_order();
        slots.map(|slot| self.registry.record(slot).id())
    }

    /// Whether a live block has this ID.
    pub fn has(&self, id: BlockId) -> bool {
        self.registry.find(id).is_ok()
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
        Ok(self.find(id)?.length)
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
        let entry = self.table.get(self.find(id)?.first);
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
    /// [`Error::NoStorage`]: the storage is external.
    pub fn write_text(&mut self, id: BlockId, text: &str) -> Result<(), Error> {
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
    pub fn read_text(&self, id: BlockId) -> Result<String, Error> {
        let mut text = String::new();
        self.read_with(id, |_, bytes| text.extend(bytes.chunks_exact(4).map(character)))?;
        Ok(text)
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
        let slot = self.registry.find(id)?;
        let Record { first, size, .. } = *self.registry.record(slot);
        let buffer = self.buffer.as_mut().ok_or(Error::NoStorage)?;
        if count > size as usize {
            return Err(Error::OutOfBounds { id, given: count, size });
        }
        let mut written = 0;
        for extent in cut(self.table.chain(first).map(|entry| entry.extent()), count as u32) {
            buffer.write(extent, |bytes| source(written, bytes));
            written += extent.length as usize;
        }
        self.registry.record_mut(slot).length = count as u32;
        Ok(())
    }

    /// Gives what was last written to `sink`: called with the number of units given so far and
    /// the bytes of the units that follow, in block order, part by part.
    ///
    /// # Errors
    /// [`Error::UnknownBlock`]. [`Error::NoStorage`]: the storage is external.
    pub fn read_with(&self, id: BlockId, mut sink: impl FnMut(usize, &[u8])) -> Result<(), Error> {
        let record = self.find(id)?;
        let buffer = self.buffer.as_ref().ok_or(Error::NoStorage)?;
        let mut read = 0;
        for extent in cut(self.extents_of(record), record.length) {
            buffer.read(extent, |offset, bytes| sink(read + offset, bytes));
            read += extent.length as usize;
        }
        Ok(())
    }

    /// Lays all blocks out from unit 0 in the order in which they were allocated, each in one
    /// extent; IDs and data stay. In place: there is no second buffer.
    ///
    /// Costs, with E extents and B blocks: O(E + B) and the moves; memory O(E + B).
    ///
    /// # Errors
    /// [`Error::Metadata`]: no memory for the list of extents. [`Error::NoStorage`]: the storage
    /// is external. [`Error::DefragmentUnsupported`]: buddy placement, or aligned blocks.
    pub fn defragment(&mut self) -> Result<DefragmentReport, Error> {
        if self.aligns || self.options.placement == PlacementKind::Buddy {
            let what = if self.aligns { "aligned blocks" } else { "a buddy placement" };
            return Err(Error::DefragmentUnsupported { what });
        }
        let buffer = self.buffer.as_mut().ok_or(Error::NoStorage)?;
        let registry = &mut self.registry;
        let firsts = registry.in_allocation_order().map(|slot| registry.record(slot).first);
        let report = allocation_order::pack(firsts, &self.table, buffer)?;
        self.table.clear();
        let mut start = 0;
        for position in 0..registry.positions() {
            if let Some(slot) = registry.at_position(position) {
                let record = registry.record_mut(slot);
                record.first = self.table.append(start, record.size, slot);
                start += record.size;
            }
        }
        self.table.append_free(start, self.capacity - start);
        let rebuilt = self.placement.rebuild(&mut self.table);
        debug_assert!(rebuilt.is_ok(), "one free extent needs no more memory than before");
        self.counts.extents = self.registry.live() as usize;
        self.counts.units_moved += u64::from(report.units_moved);
        Ok(report)
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
            Ok(choice) => (self.placement.preview(&self.table, choice, size), Some(0)),
            Err(Refusal::Metadata) => return Err(Error::Metadata),
            Err(Refusal::NoExtent) if size > self.free_units() => (Vec::new(), None),
            Err(Refusal::NoExtent) => (Vec::new(), window::cheapest(&self.table, size)),
        };
        let mut explanation = Explanation {
            fits: !extents.is_empty(),
            requested: size,
            free_units: self.free_units(),
            largest_free_extent: self.placement.summary(&self.table).largest,
            units_to_move,
            extents,
            reason: String::new(),
        };
        explanation.reason = explanation.sentence(self.options.placement);
        Ok(explanation)
    }

    /// Figures about the manager as it is now. Amortised O(log n) with n free extents.
    pub fn stats(&self) -> Stats {
        let free = self.placement.summary(&self.table);
        Stats::new(self, &self.counts, free, self.used - self.asked)
    }

    /// Free extents examined while searching, over all allocations so far.
    pub fn search_steps(&self) -> u64 {
        self.placement.search_steps()
    }

    /// Where everything is. Costs O(extents, used and free).
    pub fn snapshot(&self) -> Snapshot {
        let tail = self.placement.tail(&self.table);
        let tail = if tail == NONE { self.capacity } else { self.table.get(tail).lowest };
        let blocks = self.registry.in_allocation_order().map(|slot| {
            let record = self.registry.record(slot);
            snapshot::BlockSnapshot {
                id: record.id(),
                size: record.size,
                length: record.length,
                extents: self.extents_of(record).collect(),
            }
        });
        Snapshot {
            capacity: self.capacity,
            unit: self.options.unit,
            placement: self.options.placement,
            next_alloc_index: tail,
            freed_fragmented_units: self.free_units() - (self.capacity - tail),
            free_units: self.free_units(),
            blocks: blocks.collect(),
            free_extents: snapshot::free_extents(&self.table, self.placement.coalesces()),
        }
    }

    /// Calls `visit` with every unit that holds a value and the bytes of that value, block by
    /// block. Nothing holds a value where the storage is external.
    pub fn visit_values(&self, mut visit: impl FnMut(u32, &[u8])) {
        let Some(buffer) = &self.buffer else { return };
        for slot in self.registry.in_allocation_order() {
            let record = self.registry.record(slot);
            for extent in cut(self.extents_of(record), record.length) {
                extent.units().for_each(|unit| visit(unit, buffer.bytes(unit, 1)));
            }
        }
    }

    fn find(&self, id: BlockId) -> Result<&Record, Error> {
        let slot = self.registry.find(id)?;
        Ok(self.registry.record(slot))
    }

    /// The extents of the units that were asked for.
    fn extents_of(&self, record: &Record) -> impl Iterator<Item = Extent> + use<'_> {
        cut(self.table.chain(record.first).map(|entry| entry.extent()), record.size)
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

/// The original's picture: a line of counts, then the units in order, `-` for an empty one.
impl std::fmt::Display for MemoryManager {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let shown = if self.buffer.is_some() { self.capacity } else { 0 };
        let mut units = vec!['-'; shown as usize];
        self.visit_values(|unit, bytes| units[unit as usize] = character(bytes));
        let (used, free, blocks) = (self.used, self.free_units(), self.block_count());
        write!(f, "capacity {}, used {used}, free {free}, blocks {blocks}", self.capacity)?;
        for (unit, character) in units.iter().enumerate() {
            let before = if unit == 0 { '\n' } else { ' ' };
            write!(f, "{before}{character}")?;
        }
        Ok(())
    }
}
