//! The manager: it composes the registry, a placement, compaction and the buffer.
//!
//! What always holds:
//! - Every unit is free or belongs to exactly one block.
//! - An operation that returns an error has changed nothing.
//! - Nothing here knows of JavaScript or of locks.

use crate::buffer::Buffer;
use crate::chains::Chains;
use crate::compaction::{DefragmentReport, allocation_order};
use crate::placement::{Placement, Plan};
use crate::registry::{NONE, Record, Registry};
use crate::snapshot::{BlockSnapshot, FreeExtent, Snapshot};
use crate::stats::{Counts, Stats};
use crate::{BlockId, Error, Extent, PlacementKind, Step, Unit};

/// How a [`MemoryManager`] is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// What a unit holds.
    pub unit: Unit,
    /// Which policy chooses units.
    pub placement: PlacementKind,
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
    options: Options,
    registry: Registry,
    chains: Chains,
    placement: Box<dyn Placement>,
    buffer: Buffer,
    plan: Plan,
    counts: Counts,
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
        let buffer = Buffer::new(capacity, options.unit.bytes());
        let buffer = buffer.filter(|_| capacity > 0).ok_or(Error::InvalidCapacity { capacity })?;
        Ok(Self {
            capacity,
            used: 0,
            options,
            registry: Registry::new(),
            chains: Chains::new(),
            placement: options.placement.build(capacity),
            buffer,
            plan: Plan::default(),
            counts: Counts::default(),
        })
    }

    /// Units in the buffer.
    pub fn capacity(&self) -> u32 {
        self.capacity
    }

    /// Units that blocks have.
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

    /// Allocates a block of `size` units, all of them empty. Costs O(extents of the block).
    ///
    /// # Errors
    /// [`Error::InvalidSize`]: a size of 0. [`Error::OutOfMemory`]: fewer units are free.
    /// [`Error::Metadata`]: the manager's own records cannot grow.
    pub fn alloc(&mut self, size: u32) -> Result<BlockId, Error> {
        if size == 0 {
            return Err(Error::InvalidSize { size });
        }
        if let Err(error) = self.plan(size) {
            self.counts.failures += 1;
            return Err(error);
        }
        self.placement.commit(&self.plan);
        let extents = self.plan.extents();
        let rest = self.chains.insert(&extents[1..]);
        let slot = self.registry.insert(extents[0], rest, size);
        self.used += size;
        self.counts.allocations += 1;
        self.counts.extents += extents.len();
        Ok(self.registry.record(slot).id())
    }

    fn plan(&mut self, size: u32) -> Result<(), Error> {
        if size > self.free_units() {
            return Err(Error::OutOfMemory {
                requested: size,
                free_units: self.free_units(),
                largest_free_extent: self.stats().largest_free_extent,
            });
        }
        self.plan.clear();
        self.placement.plan(size, &mut self.plan)?;
        self.chains.reserve(self.plan.extents().len() - 1)?;
        self.registry.reserve()
    }

    /// Frees a block; its units are empty again and its ID is stale. Costs O(extents of the block).
    ///
    /// # Errors
    /// [`Error::UnknownBlock`]: no live block has this ID.
    pub fn free(&mut self, id: BlockId) -> Result<(), Error> {
        self.free_slot(self.registry.find(id)?);
        Ok(())
    }

    fn free_slot(&mut self, slot: u32) {
        let Record { first, rest, size, .. } = *self.registry.record(slot);
        self.placement.free(first);
        let mut extents = 1;
        for extent in self.chains.iter(rest) {
            self.placement.free(extent);
            extents += 1;
        }
        self.chains.remove(rest);
        self.registry.remove(slot);
        self.used -= size;
        self.counts.frees += 1;
        self.counts.extents -= extents;
    }

    /// Frees every block, one after the other in allocation order. Costs O(extents).
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

    /// Units of a block.
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

    /// Overwrites a block from its first unit on; its units past the data become empty. Costs
    /// O(characters).
    ///
    /// # Errors
    /// [`Error::UnknownBlock`]. [`Error::OutOfBounds`]: more characters than the block has units.
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
    /// [`Error::UnknownBlock`].
    pub fn read_text(&self, id: BlockId) -> Result<String, Error> {
        let record = self.find(id)?;
        let units = self.extents_of(record).flat_map(|extent| extent.units());
        Ok(units.take(record.length as usize).map(|unit| self.character(unit)).collect())
    }

    /// Overwrites a block with `count` units that `source` gives: it is called once for each
    /// extent in block order, with the number of units given so far and the bytes to fill, the
    /// first unit first.
    ///
    /// # Errors
    /// [`Error::UnknownBlock`]. [`Error::OutOfBounds`]: more units than the block has; `source`
    /// is then never called.
    pub fn write_with(
        &mut self,
        id: BlockId,
        count: usize,
        mut source: impl FnMut(usize, &mut [u8]),
    ) -> Result<(), Error> {
        let slot = self.registry.find(id)?;
        let Record { first, rest, size, .. } = *self.registry.record(slot);
        if count > size as usize {
            return Err(Error::OutOfBounds { id, given: count, size });
        }
        let mut written = 0;
        for extent in std::iter::once(first).chain(self.chains.iter(rest)) {
            let length = (count as u32 - written).min(extent.length);
            if length == 0 {
                break;
            }
            let extent = extent.first(length);
            source(written as usize, self.buffer.bytes_mut(extent.lowest(), length));
            if extent.step == Step::Down {
                self.buffer.reverse(extent.lowest(), length);
            }
            written += length;
        }
        self.registry.record_mut(slot).length = count as u32;
        Ok(())
    }

    /// Gives what was last written to `sink`: called with the number of units given so far and
    /// the bytes of the units that follow, in block order, part by part.
    ///
    /// # Errors
    /// [`Error::UnknownBlock`].
    pub fn read_with(&self, id: BlockId, mut sink: impl FnMut(usize, &[u8])) -> Result<(), Error> {
        let record = self.find(id)?;
        let mut read = 0;
        for extent in self.extents_of(record) {
            let length = (record.length - read).min(extent.length);
            if length == 0 {
                break;
            }
            self.buffer.read(extent.first(length), |offset, bytes| {
                sink(read as usize + offset, bytes);
            });
            read += length;
        }
        Ok(())
    }

    /// Lays all blocks out from unit 0 in the order in which they were allocated, each in one
    /// extent; IDs and data stay. In place: see the source of
    /// [`compaction`](DefragmentReport) for the algorithm.
    ///
    /// Costs, with E extents and B blocks: O(E log E) and the moves; memory O(E + B).
    ///
    /// # Errors
    /// [`Error::Metadata`]: no memory for the list of extents.
    pub fn defragment(&mut self) -> Result<DefragmentReport, Error> {
        let Self { registry, chains, .. } = self;
        let blocks = registry.in_allocation_order().map(|slot| {
            let record = registry.record(slot);
            std::iter::once(record.first).chain(chains.iter(record.rest))
        });
        let report = allocation_order::pack(blocks, &mut self.buffer)?;
        self.chains.clear();
        let mut start = 0;
        self.registry.update_in_allocation_order(|record| {
            record.first = Extent::up(start, record.size);
            record.rest = NONE;
            start += record.size;
        });
        self.placement.pack(self.used, self.registry.live() as usize);
        self.counts.extents = self.registry.live() as usize;
        self.counts.units_moved += u64::from(report.units_moved);
        Ok(report)
    }

    /// Figures about the manager as it is now. Costs O(r log r) with r runs of freed units.
    pub fn stats(&self) -> Stats {
        Stats::new(self, &self.counts, &self.placement.free_extents())
    }

    /// Where everything is. Costs O(extents, used and free).
    pub fn snapshot(&self) -> Snapshot {
        let blocks = self.registry.in_allocation_order().map(|slot| {
            let record = self.registry.record(slot);
            BlockSnapshot {
                id: record.id(),
                size: record.size,
                length: record.length,
                extents: self.extents_of(record).collect(),
            }
        });
        let free_extents = self.placement.free_extents().into_iter();
        Snapshot {
            capacity: self.capacity,
            unit: self.options.unit,
            placement: self.options.placement,
            next_alloc_index: self.placement.tail(),
            freed_fragmented_units: self.free_units() - (self.capacity - self.placement.tail()),
            free_units: self.free_units(),
            blocks: blocks.collect(),
            free_extents: free_extents
                .map(|(start, length)| FreeExtent { start, length })
                .collect(),
        }
    }

    /// Calls `visit` with every unit that holds a value and the bytes of that value, block by
    /// block.
    pub fn visit_values(&self, mut visit: impl FnMut(u32, &[u8])) {
        for slot in self.registry.in_allocation_order() {
            let record = self.registry.record(slot);
            let units = self.extents_of(record).flat_map(|extent| extent.units());
            for unit in units.take(record.length as usize) {
                visit(unit, self.buffer.bytes(unit, 1));
            }
        }
    }

    fn find(&self, id: BlockId) -> Result<&Record, Error> {
        let slot = self.registry.find(id)?;
        Ok(self.registry.record(slot))
    }

    fn extents_of(&self, record: &Record) -> impl Iterator<Item = Extent> + use<'_> {
        std::iter::once(record.first).chain(self.chains.iter(record.rest))
    }

    fn character(&self, unit: u32) -> char {
        let code_point: u32 = bytemuck::pod_read_unaligned(self.buffer.bytes(unit, 1));
        char::from_u32(code_point).unwrap_or(char::REPLACEMENT_CHARACTER)
    }
}

/// The original's picture: a line of counts, then the units in order, `-` for an empty one.
impl std::fmt::Display for MemoryManager {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut units = vec!['-'; self.capacity as usize];
        self.visit_values(|unit, _| units[unit as usize] = self.character(unit));
        let (used, free, blocks) = (self.used, self.free_units(), self.block_count());
        write!(f, "capacity {}, used {used}, free {free}, blocks {blocks}", self.capacity)?;
        for (unit, character) in units.iter().enumerate() {
            let before = if unit == 0 { '\n' } else { ' ' };
            write!(f, "{before}{character}")?;
        }
        Ok(())
    }
}
