//! The buffer: the bytes of the units, and how they are moved.
//!
//! What always holds: the buffer decides nothing and does not know what a unit means. It is given unit
//! addresses, multiplies them by the width of a unit, and moves bytes. Its size never changes. It
//! touches only the units that it is told to, since those between may belong to another manager.

use crate::shared_bytes::SharedBytes;
use crate::{Error, Extent, Step, Unit};

/// A fixed row of units, each `width` bytes wide.
#[derive(Debug)]
pub(crate) struct Buffer {
    shared: SharedBytes,
    width: usize,
}

impl Buffer {
    /// A buffer of zeros.
    ///
    /// # Errors
    /// [`Error::NoBuffer`].
    pub fn of(capacity: u32, unit: Unit) -> Result<Self, Error> {
        Self::new(capacity, unit.bytes()).ok_or(Error::NoBuffer { capacity, unit })
    }

    /// A buffer of zeros, or `None` when there is no memory for it.
    fn new(capacity: u32, width: usize) -> Option<Self> {
        let bytes = (capacity as usize).checked_mul(width)?;
        Some(Self { shared: SharedBytes::new(bytes)?, width })
    }

    /// Another buffer of the same units.
    ///
    /// # Safety
    /// As [`SharedBytes::share`]: from now on no unit may be in use through both at the same time.
    #[allow(unsafe_code)]
    pub unsafe fn share(&self) -> Self {
        // SAFETY: the caller promises it.
        Self { shared: unsafe { self.shared.share() }, width: self.width }
    }

    /// The bytes of `length` units from `start`.
    pub fn bytes(&self, start: u32, length: u32) -> &[u8] {
        self.shared.bytes(self.range(start, length))
    }

    /// The bytes of `length` units from `start`, to be written.
    pub fn bytes_mut(&mut self, start: u32, length: u32) -> &mut [u8] {
        self.shared.bytes_mut(self.range(start, length))
    }

    /// Lets `source` fill the bytes of an extent's units, given in block order.
    pub fn write(&mut self, extent: Extent, source: impl FnOnce(&mut [u8])) {
        source(self.bytes_mut(extent.lowest(), extent.length));
        if extent.step == Step::Down {
            self.reverse(extent.lowest(), extent.length);
        }
    }

    /// Passes the bytes of an extent's units to `sink` in block order, part by part, each with the
    /// number of units before it. A descending extent is reversed through a small copy.
    pub fn read(&self, extent: Extent, mut sink: impl FnMut(usize, &[u8])) {
        let bytes = self.bytes(extent.lowest(), extent.length);
        if extent.step == Step::Up {
            return sink(0, bytes);
        }
        let mut words = [0_u64; 128];
        let copy: &mut [u8] = bytemuck::cast_slice_mut(&mut words);
        for (turn, part) in bytes.rchunks(copy.len()).enumerate() {
            let before = turn * copy.len() / self.width;
            let copy = &mut copy[..part.len()];
            copy.copy_from_slice(part);
            reverse_units(copy, self.width);
            sink(before, copy);
        }
    }

    /// Moves `length` units from `from` to `to`; the two places may overlap. With
    /// [`Step::Down`] the units are then reversed in their new place.
    pub fn relocate(&mut self, from: u32, to: u32, length: u32, step: Step) {
        let source = self.range(from, length);
        let target = self.range(to, 0).start;
        self.shared.copy_within(source, target);
        if step == Step::Down {
            self.reverse(to, length);
        }
    }

    /// Reverses the order of the units.
    pub fn reverse(&mut self, start: u32, length: u32) {
        let width = self.width;
        let bytes = self.bytes_mut(start, length);
        reverse_units(bytes, width);
    }

    /// Exchanges two ranges of `length` units that do not overlap, of which `low` is the lower.
    pub fn swap(&mut self, low: u32, high: u32, length: u32) {
        let width = self.width;
        self.shared.swap(low as usize * width, high as usize * width, length as usize * width);
    }

    /// Exchanges two adjacent ranges of units: the first `before` from `start`, and the `length` after
    /// them.
    pub fn rotate(&mut self, start: u32, before: u32, length: u32) {
        let width = self.width;
        let bytes = self.bytes_mut(start, before + length);
        bytes.rotate_left(before as usize * width);
    }

    fn range(&self, start: u32, length: u32) -> std::ops::Range<usize> {
        let first = start as usize * self.width;
        first..first + length as usize * self.width
    }
}

/// Reverses the order of units `width` bytes wide.
fn reverse_units(bytes: &mut [u8], width: usize) {
    match width {
        1 => bytes.reverse(),
        2 => bytemuck::cast_slice_mut::<u8, u16>(bytes).reverse(),
        4 => bytemuck::cast_slice_mut::<u8, u32>(bytes).reverse(),
        _ => bytemuck::cast_slice_mut::<u8, u64>(bytes).reverse(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbered(width: usize) -> Buffer {
        let mut buffer = Buffer::new(6, width).unwrap();
        for unit in 0..6 {
            buffer.bytes_mut(unit, 1)[0] = unit as u8;
        }
        buffer
    }

    fn order(buffer: &Buffer) -> Vec<u8> {
        (0..6).map(|unit| buffer.bytes(unit, 1)[0]).collect()
    }

    #[test]
    fn every_width_moves_whole_units() {
        for width in [1, 2, 4, 8] {
            let mut buffer = numbered(width);
            buffer.relocate(1, 2, 3, Step::Up);
            assert_eq!(order(&buffer), [0, 1, 1, 2, 3, 5]);
            let mut buffer = numbered(width);
            buffer.relocate(2, 0, 3, Step::Down);
            assert_eq!(order(&buffer), [4, 3, 2, 3, 4, 5]);
            let mut buffer = numbered(width);
            buffer.swap(0, 4, 2);
            assert_eq!(order(&buffer), [4, 5, 2, 3, 0, 1]);
            let mut buffer = numbered(width);
            buffer.rotate(1, 3, 1);
            assert_eq!(order(&buffer), [0, 4, 1, 2, 3, 5]);
        }
    }

    #[test]
    fn a_long_descending_extent_is_read_in_block_order() {
        let mut buffer = Buffer::new(1_000, 4).unwrap();
        let values: Vec<u32> = (0..1_000).collect();
        buffer.bytes_mut(0, 1_000).copy_from_slice(bytemuck::cast_slice(&values));
        let mut read = Vec::new();
        buffer.read(Extent::up(3, 990).last_reversed(990), |before, bytes| {
            assert_eq!(before, read.len());
            read.extend(bytes.chunks(4).map(bytemuck::pod_read_unaligned::<u32>));
        });
        assert_eq!(read, (3..993).rev().collect::<Vec<u32>>());
    }

    #[test]
    fn a_buffer_past_all_memory_is_none() {
        if usize::BITS == 32 {
            assert!(Buffer::new(u32::MAX, 8).is_none());
        }
    }
}
