//! Direct access: slices onto a block's units, and parts of a block.
//!
//! What always holds: no caller reads a unit that was not written to this block. Free units still have
//! the bytes of blocks that had them, so units that count as written without having been given data are
//! zeroed. Only a function that is to fill units is shown what they had.

use super::{MemoryManager, first_units};
use crate::extent_table::first_of;
use crate::{BlockId, Error, Extent, Step, UnitValue};
use std::ops::Range;

impl MemoryManager {
    /// The units last written to a block that lies in one ascending extent. Costs O(1).
    ///
    /// # Errors
    /// [`Error::UnknownBlock`]. [`Error::NoStorage`]: the storage is external. [`Error::UnitMismatch`]:
    /// the units are of another type. [`Error::Scattered`]: the block has more extents, or a descending
    /// one.
    pub fn slice<T: UnitValue>(&self, id: BlockId) -> Result<&[T], Error> {
        self.check_unit(T::UNIT)?;
        self.books.find(id)?;
        let buffer = self.buffer.as_ref().ok_or(Error::NoStorage)?;
        Ok(bytemuck::cast_slice(buffer.bytes(self.address(id)?, self.length(id)?)))
    }

    /// All units of a block that lies in one ascending extent. From then on they all count as written;
    /// those that were empty are zero. Costs O(units that were empty).
    ///
    /// ```
    /// use twingate_memory::{MemoryManager, Options, Unit};
    ///
    /// let options = Options { unit: Unit::I16, ..Options::default() };
    /// let mut memory = MemoryManager::with_options(64, options)?;
    /// let block = memory.alloc(4)?;
    /// memory.slice_mut::<i16>(block)?[2] = -7;
    /// assert_eq!(memory.slice::<i16>(block)?, [0, 0, -7, 0]);
    /// # Ok::<(), twingate_memory::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Self::slice`].
    pub fn slice_mut<T: UnitValue>(&mut self, id: BlockId) -> Result<&mut [T], Error> {
        self.check_unit(T::UNIT)?;
        let slot = self.books.find(id)?;
        if self.buffer.is_none() {
            return Err(Error::NoStorage);
        }
        let start = self.address(id)?;
        let size = self.fill(slot);
        let buffer = self.buffer.as_mut().ok_or(Error::NoStorage)?;
        Ok(bytemuck::cast_slice_mut(buffer.bytes_mut(start, size)))
    }

    /// All units of several blocks at once, each as [`Self::slice_mut`] gives it. Costs what that costs for each
    /// of the n blocks, and O(n log n).
    ///
    /// ```
    /// use twingate_memory::{MemoryManager, Options, Unit};
    ///
    /// let options = Options { unit: Unit::F32, ..Options::default() };
    /// let mut memory = MemoryManager::with_options(64, options)?;
    /// let [positions, speeds] = [memory.alloc(3)?, memory.alloc(3)?];
    /// memory.write(speeds, &[1.0_f32, 0.5, -2.0])?;
    /// let [position, speed] = memory.slices_mut::<f32, 2>([positions, speeds])?;
    /// position.iter_mut().zip(speed).for_each(|(position, speed)| *position += *speed);
    /// assert_eq!(memory.slice::<f32>(positions)?, [1.0, 0.5, -2.0]);
    /// # Ok::<(), twingate_memory::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Self::slice`], for any of the blocks. [`Error::Repeated`]: an ID is there twice.
    pub fn slices_mut<T: UnitValue, const N: usize>(
        &mut self,
        ids: [BlockId; N],
    ) -> Result<[&mut [T]; N], Error> {
        self.check_unit(T::UNIT)?;
        let mut places = [(0, 0); N];
        for (turn, id) in ids.into_iter().enumerate() {
            self.books.find(id)?;
            if self.buffer.is_none() {
                return Err(Error::NoStorage);
            }
            places[turn] = (self.address(id)?, turn);
        }
        places.sort_unstable();
        if let Some(same) = places.windows(2).find(|two| two[0].0 == two[1].0) {
            return Err(Error::Repeated { id: ids[same[0].1] });
        }
        let sizes = ids.map(|id| self.fill(self.books.registry.slot(id)) as usize);
        let buffer = self.buffer.as_mut().map(|buffer| buffer.bytes_mut(0, self.capacity));
        let mut above: &mut [T] = bytemuck::cast_slice_mut(buffer.unwrap_or_default());
        let (mut slices, mut end) = ([(); N].map(|()| <&mut [T]>::default()), 0);
        for (start, turn) in places.map(|(start, turn)| (start as usize, turn)) {
            let (_, from) = above.split_at_mut(start - end);
            (slices[turn], above) = from.split_at_mut(sizes[turn]);
            end = start + sizes[turn];
        }
        Ok(slices)
    }

    /// Overwrites a part of a block, from its unit `offset` on. The other units stay as they are,
    /// except that empty ones before the part become zero. Costs a memcpy for each extent.
    ///
    /// ```
    /// use twingate_memory::{MemoryManager, Options, Unit};
    ///
    /// let options = Options { unit: Unit::F64, ..Options::default() };
    /// let mut memory = MemoryManager::with_options(64, options)?;
    /// let block = memory.alloc(5)?;
    /// memory.write_at(block, 1, &[0.5, 0.25])?;
    /// let mut read = [1.0; 3];
    /// assert_eq!(memory.read_at(block, 0, &mut read)?, 3);
    /// assert_eq!(read, [0.0, 0.5, 0.25]);
    /// # Ok::<(), twingate_memory::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::UnknownBlock`]. [`Error::PastEnd`]: the part does not lie within the block.
    /// [`Error::NoStorage`]: the storage is external. [`Error::UnitMismatch`]: the units are of another
    /// type.
    pub fn write_at<T: UnitValue>(
        &mut self,
        id: BlockId,
        offset: u32,
        values: &[T],
    ) -> Result<(), Error> {
        self.check_unit(T::UNIT)?;
        let bytes: &[u8] = bytemuck::cast_slice(values);
        self.write_at_with(id, offset, values.len(), |given, part| {
            let first = given * size_of::<T>();
            part.copy_from_slice(&bytes[first..first + part.len()]);
        })
    }

    /// Copies written units, from `offset` on, into `values`, as many as there are and fit; returns how
    /// many. Costs a memcpy for each extent.
    ///
    /// # Errors
    /// As [`Self::write_at`], except that only `offset` must lie in the block or at its end.
    pub fn read_at<T: UnitValue>(
        &self,
        id: BlockId,
        offset: u32,
        values: &mut [T],
    ) -> Result<usize, Error> {
        self.check_unit(T::UNIT)?;
        let most = values.len();
        let bytes: &mut [u8] = bytemuck::cast_slice_mut(values);
        self.read_at_with(id, offset, most, |given, part| {
            let first = given * size_of::<T>();
            bytes[first..first + part.len()].copy_from_slice(part);
        })
    }

    /// As [`Self::write_at`], with units from `source`, as in [`Self::write_with`].
    ///
    /// # Errors
    /// As [`Self::write_at`]; `source` is then never called.
    pub fn write_at_with(
        &mut self,
        id: BlockId,
        offset: u32,
        count: usize,
        source: impl FnMut(usize, &mut [u8]),
    ) -> Result<(), Error> {
        self.write_units(id, offset, count, Rest::Kept, source)
    }

    /// [`Self::write_at_with`], where the rest of the block is kept, and [`Self::write_with`], where it is emptied.
    pub(crate) fn write_units(
        &mut self,
        id: BlockId,
        offset: u32,
        count: usize,
        rest: Rest,
        mut source: impl FnMut(usize, &mut [u8]),
    ) -> Result<(), Error> {
        let slot = self.begin_part(id, offset, count).map_err(|error| match (error, rest) {
            (Error::PastEnd { id, count: given, size, .. }, Rest::Emptied) => {
                Error::OutOfBounds { id, given, size }
            }
            (error, _) => error,
        })?;
        let Some(buffer) = &mut self.buffer else { return Ok(()) };
        let end = offset + count as u32;
        let extents = self.books.table.chain(first_of(slot)).map(|entry| entry.extent());
        let mut given = 0;
        for extent in units_at(extents, offset..end) {
            buffer.write(extent, |bytes| source(given, bytes));
            given += extent.length as usize;
        }
        match rest {
            Rest::Kept => self.end_part(slot, offset, end),
            Rest::Emptied => self.empty_from(slot, end),
        }
        Ok(())
    }

    /// As [`Self::read_at`], into `sink`, as in [`Self::read_with`].
    ///
    /// # Errors
    /// As [`Self::read_at`].
    pub fn read_at_with(
        &self,
        id: BlockId,
        offset: u32,
        most: usize,
        mut sink: impl FnMut(usize, &[u8]),
    ) -> Result<usize, Error> {
        let slot = self.books.find(id)?;
        let buffer = self.buffer.as_ref().ok_or(Error::NoStorage)?;
        let size = self.books.block(slot).asked();
        if offset > size {
            return Err(Error::PastEnd { id, offset, count: most, size });
        }
        let most = u32::try_from(most).unwrap_or(u32::MAX);
        let end = self.books.registry.written(slot).min(offset.saturating_add(most));
        let mut given = 0;
        for extent in units_at(self.extents_of(slot), offset..end.max(offset)) {
            buffer.read(extent, |before, bytes| sink(given + before, bytes));
            given += extent.length as usize;
        }
        Ok(given)
    }

    /// Marks a part of a block as written and, if the block lies in one ascending extent, returns its
    /// bytes for the caller to fill. Costs O(1) and the empty units before the part.
    #[allow(dead_code)] // Only the bindings call it.
    pub(crate) fn prepare_write(
        &mut self,
        id: BlockId,
        offset: u32,
        count: usize,
    ) -> Result<Option<&mut [u8]>, Error> {
        let slot = self.begin_part(id, offset, count)?;
        self.end_part(slot, offset, offset + count as u32);
        let entry = self.books.block(slot);
        let (lowest, whole) = (entry.lowest, entry.is_single_ascending());
        let buffer = self.buffer.as_mut().filter(|_| whole);
        Ok(buffer.map(|buffer| buffer.bytes_mut(lowest + offset, count as u32)))
    }

    /// Makes sure that a part of a block may be written, and zeroes the empty units before it; returns the
    /// block's slot.
    #[inline(always)]
    fn begin_part(&mut self, id: BlockId, offset: u32, count: usize) -> Result<u32, Error> {
        let slot = self.books.find(id)?;
        if self.buffer.is_none() {
            return Err(Error::NoStorage);
        }
        self.check_part(id, offset, count)?;
        let written = self.books.registry.written(slot);
        if count > 0 && offset > written {
            self.zero(slot, written..offset);
        }
        Ok(slot)
    }

    /// Makes a part that was written count as such, with all before it.
    #[inline(always)]
    fn end_part(&mut self, slot: u32, offset: u32, end: u32) {
        if offset < end && end > self.books.registry.written(slot) {
            self.books.registry.set_written(slot, end);
        }
    }

    /// Makes the units of a block from an offset on empty. A view shows them empty, too.
    fn empty_from(&mut self, slot: u32, end: u32) {
        let before = self.books.registry.written(slot);
        self.books.registry.set_written(slot, end);
        if self.books.block(slot).owner.is_viewed() {
            self.zero(slot, end..before);
        }
    }

    /// The bytes of a part of a block, if all of the part was written and the block lies in one
    /// ascending extent. Costs O(1).
    #[allow(dead_code)] // Only the bindings of the main entry call it.
    pub(crate) fn written_part(&self, id: BlockId, offset: u32, count: usize) -> Option<&[u8]> {
        let slot = self.books.find(id).ok()?;
        let end = u32::try_from(count).ok().and_then(|count| offset.checked_add(count))?;
        let entry = self.books.block(slot);
        let buffer = self.buffer.as_ref()?;
        let is_there = entry.is_single_ascending() && end <= self.books.registry.written(slot);
        is_there.then(|| buffer.bytes(entry.lowest + offset, count as u32))
    }

    /// Passes the bytes of each extent of a block, in block order, to a caller that will keep their
    /// addresses, as the views of the JavaScript package do. From then on all units of the block count
    /// as written; those that were empty are zero. When the block moves, shrinks or is freed,
    /// [`Self::views_epoch`] changes. When it is overwritten with fewer units than it has, the others are
    /// empty, and zero again; what is written there by their address does not count until the next call.
    /// Costs O(extents and units that were empty).
    ///
    /// # Errors
    /// [`Error::UnknownBlock`]. [`Error::NoStorage`]: the storage is external.
    /// [`Error::Scattered`]: an extent of the block descends.
    pub fn views_with(
        &mut self,
        id: BlockId,
        visit: &mut dyn FnMut(&mut [u8]),
    ) -> Result<(), Error> {
        let slot = self.check_views(id)?;
        self.fill(slot);
        self.books.table.block_mut(slot).owner.set_viewed(true);
        let Some(buffer) = &mut self.buffer else { return Ok(()) };
        let extents = self.books.table.chain(first_of(slot)).map(|entry| entry.extent());
        for extent in first_units(extents, self.books.block(slot).asked()) {
            visit(buffer.bytes_mut(extent.start, extent.length));
        }
        Ok(())
    }

    /// The errors of [`Self::views_with`].
    pub(crate) fn check_views(&self, id: BlockId) -> Result<u32, Error> {
        let slot = self.books.find(id)?;
        if self.buffer.is_none() {
            return Err(Error::NoStorage);
        }
        if self.extents_of(slot).any(|extent| extent.step == Step::Down) {
            return Err(Error::Scattered { id });
        }
        Ok(slot)
    }

    /// Grows whenever the addresses of a block that [`Self::views_with`] has given are no longer to be
    /// used. Costs O(1).
    pub fn views_epoch(&self) -> u64 {
        self.books.table.views_epoch
    }

    /// Makes all units of a block count as written, zeroing those that were not; returns how many it
    /// has.
    fn fill(&mut self, slot: u32) -> u32 {
        let size = self.books.block(slot).asked();
        self.zero(slot, self.books.registry.written(slot)..size);
        self.books.registry.set_written(slot, size);
        size
    }

    pub(super) fn zero(&mut self, slot: u32, units: Range<u32>) {
        let Some(buffer) = &mut self.buffer else { return };
        let first = first_of(slot);
        let extents = self.books.table.chain(first).map(|entry| entry.extent());
        for extent in units_at(extents, units) {
            buffer.bytes_mut(extent.lowest(), extent.length).fill(0);
        }
    }

    fn check_part(&self, id: BlockId, offset: u32, count: usize) -> Result<(), Error> {
        let size = self.find(id)?.asked();
        match size.checked_sub(offset) {
            Some(left) if count <= left as usize => Ok(()),
            _ => Err(Error::PastEnd { id, offset, count, size }),
        }
    }
}

/// What becomes of the units of a block that are not written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rest {
    /// They stay as they are.
    Kept,
    /// They are empty.
    Emptied,
}

/// The units at these offsets in block order; none if the range is empty.
pub(crate) fn units_at(
    extents: impl Iterator<Item = Extent>,
    units: Range<u32>,
) -> impl Iterator<Item = Extent> {
    let mut before = units.start;
    let rest = extents.filter_map(move |extent| {
        let skipped = before.min(extent.length);
        before -= skipped;
        (skipped < extent.length).then(|| extent.after(skipped))
    });
    first_units(rest, units.end.saturating_sub(units.start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_there_as_far_as_it_was_written() {
        let mut memory = MemoryManager::new(10).unwrap();
        let id = memory.alloc(4).unwrap();
        memory.write_text(id, "ab").unwrap();
        let bytes = |offset, count| memory.written_part(id, offset, count).map(<[u8]>::len);
        assert_eq!(
            [(0, 2), (1, 1), (2, 0)].map(|(offset, count)| bytes(offset, count)),
            [Some(8), Some(4), Some(0),]
        );
        assert_eq!(
            [(0, 3), (1, 2), (2, 1), (3, 0)].map(|(offset, count)| bytes(offset, count)),
            [None; 4]
        );
    }

    #[test]
    fn what_is_prepared_counts_as_written_with_all_before_it() {
        let mut memory = MemoryManager::new(8).unwrap();
        let id = memory.alloc(6).unwrap();
        let part = memory.prepare_write(id, 3, 2).unwrap().unwrap();
        part.copy_from_slice(bytemuck::bytes_of(&['x', 'y'].map(u32::from)));
        assert_eq!(memory.read_text(id).as_deref(), Ok("\0\0\0xy"));
    }

    #[test]
    fn a_part_is_there_as_bytes_where_the_block_ascends_in_one_extent() {
        let mut memory = MemoryManager::new(8).unwrap();
        let [low, two, high, part, _] = [1, 2, 1, 2, 2].map(|size| memory.alloc(size).unwrap());
        memory.write_text(part, "xy").unwrap();
        assert_eq!(memory.written_part(part, 1, 1), Some(bytemuck::bytes_of(&u32::from('y'))));
        memory.free(low).unwrap();
        memory.free(high).unwrap();
        let scattered = memory.alloc(2).unwrap();
        memory.free(two).unwrap();
        let descends = memory.alloc(2).unwrap();
        assert_eq!([scattered, descends].map(|id| memory.extents(id).unwrap().count()), [2, 1]);
        for id in [scattered, descends] {
            memory.write_text(id, "zz").unwrap();
            assert_eq!(memory.written_part(id, 0, 1), None);
        }
    }
}
