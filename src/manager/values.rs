//! What blocks hold: text and numbers, written whole and read back.
//!
//! What always holds: a block's first `length` units are written, the others are empty.

use super::direct::Rest;
use super::{MemoryManager, first_units};
use crate::fallible::room_for;
use crate::{BlockId, Error, Unit, UnitValue};

impl MemoryManager {
    /// Overwrites a block from its first unit on; its units past the text become empty. Costs
    /// O(characters).
    ///
    /// # Errors
    /// [`Error::UnknownBlock`]. [`Error::OutOfBounds`]: more characters than the block has units.
    /// [`Error::NoStorage`]: the storage is external. [`Error::UnitMismatch`]: the units are not
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

    /// The text last written to a block. Code points that are not characters (lone surrogates written
    /// from JavaScript) read as U+FFFD.
    ///
    /// # Errors
    /// [`Error::UnknownBlock`]. [`Error::NoStorage`]: the storage is external.
    /// [`Error::UnitMismatch`]: the units are not characters. [`Error::Metadata`]: no memory for the
    /// text.
    pub fn read_text(&self, id: BlockId) -> Result<String, Error> {
        self.check_unit(Unit::Char)?;
        let (mut text, mut length) = (String::new(), 0);
        self.read_with(id, |_, part| {
            length += characters(part).map(char::len_utf8).sum::<usize>()
        })?;
        text.try_reserve_exact(length)?;
        self.read_with(id, |_, part| characters(part).for_each(|character| text.push(character)))?;
        Ok(text)
    }

    /// Overwrites a block with numbers, from its first unit on; its units past them become empty. Costs
    /// O(values), as a memcpy for each extent.
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
    /// [`Error::NoStorage`]: the storage is external. [`Error::UnitMismatch`]: the units are of another
    /// type.
    pub fn write<T: UnitValue>(&mut self, id: BlockId, values: &[T]) -> Result<(), Error> {
        self.check_unit(T::UNIT)?;
        let bytes: &[u8] = bytemuck::cast_slice(values);
        self.write_with(id, values.len(), |offset, part| {
            let first = offset * size_of::<T>();
            part.copy_from_slice(&bytes[first..first + part.len()]);
        })
    }

    /// A copy of the numbers last written to a block.
    ///
    /// # Errors
    /// [`Error::UnknownBlock`]. [`Error::NoStorage`]: the storage is external.
    /// [`Error::UnitMismatch`]: the units are of another type. [`Error::Metadata`]: no memory for
    /// the copy.
    pub fn read<T: UnitValue>(&self, id: BlockId) -> Result<Vec<T>, Error> {
        self.check_unit(T::UNIT)?;
        let mut values = room_for(self.length(id)? as usize)?;
        self.read_with(id, |_, bytes| {
            values
                .extend(bytes.chunks_exact(size_of::<T>()).map(bytemuck::pod_read_unaligned::<T>));
        })?;
        Ok(values)
    }

    pub(super) fn check_unit(&self, given: Unit) -> Result<(), Error> {
        let units = self.options.unit;
        if units == given { Ok(()) } else { Err(Error::UnitMismatch { units, given }) }
    }

    /// Overwrites a block with `count` units from `source`, which is called once for each extent in
    /// block order, with the number of units so far and the bytes to fill, the first unit first, each in the
    /// machine's byte order. It has to fill them all: until then they may be those of a block that was freed.
    ///
    /// # Errors
    /// [`Error::UnknownBlock`]. [`Error::NoStorage`]: the storage is external.
    /// [`Error::OutOfBounds`]: more units than the block has; `source` is then never called.
    pub fn write_with(
        &mut self,
        id: BlockId,
        count: usize,
        source: impl FnMut(usize, &mut [u8]),
    ) -> Result<(), Error> {
        self.write_units(id, 0, count, Rest::Emptied, source)
    }

    /// Passes what was last written to a block to `sink`, part by part in block order, each time with
    /// the number of units so far and the bytes of the units that follow, in the machine's byte order.
    ///
    /// # Errors
    /// [`Error::UnknownBlock`]. [`Error::NoStorage`]: the storage is external.
    pub fn read_with(&self, id: BlockId, sink: impl FnMut(usize, &[u8])) -> Result<(), Error> {
        self.read_at_with(id, 0, usize::MAX, sink).map(|_| ())
    }

    /// Calls `visit` for every run of units that hold values, with its lowest unit and the bytes of the
    /// values by ascending address. With external storage no unit holds a value.
    pub fn visit_values(&self, mut visit: impl FnMut(u32, &[u8])) {
        let Some(buffer) = &self.buffer else { return };
        for slot in self.books.registry.live_slots() {
            for extent in first_units(self.extents_of(slot), self.books.registry.written(slot)) {
                visit(extent.lowest(), buffer.bytes(extent.lowest(), extent.length));
            }
        }
    }
}

fn characters(bytes: &[u8]) -> impl Iterator<Item = char> {
    bytes.chunks_exact(4).map(character)
}

pub(super) fn character(bytes: &[u8]) -> char {
    let code_point: u32 = bytemuck::pod_read_unaligned(bytes);
    char::from_u32(code_point).unwrap_or(char::REPLACEMENT_CHARACTER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_come_with_the_units_before_them() {
        let mut memory = MemoryManager::new(6).unwrap();
        let [a, _, c] = [(); 3].map(|()| memory.alloc(2).unwrap());
        memory.free(a).unwrap();
        memory.free(c).unwrap();
        let id = memory.alloc(4).unwrap();
        assert_eq!(memory.extents(id).unwrap().count(), 2);
        let (mut given, text) = (Vec::new(), ['w', 'x', 'y', 'z'].map(u32::from));
        let source: &[u8] = bytemuck::bytes_of(&text);
        let write = memory.write_with(id, 4, |before, bytes| {
            given.push(before);
            bytes.copy_from_slice(&source[4 * before..][..bytes.len()]);
        });
        assert_eq!((write, given), (Ok(()), vec![0, 2]));
        let mut read = [0; 16];
        let sink = |before, bytes: &[u8]| read[4 * before..][..bytes.len()].copy_from_slice(bytes);
        assert_eq!(memory.read_with(id, sink), Ok(()));
        assert_eq!((read, memory.read_text(id)), (bytemuck::cast(text), Ok("wxyz".into())));
    }
}
