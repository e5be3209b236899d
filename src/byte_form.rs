//! Numbers to bytes and back: what saves are made of.
//!
//! What always holds: a number is stored seven bits to a byte, the lowest first; the highest bit of a
//! byte is set if another follows (LEB128). Reading never goes past the end, and never yields a count
//! of more items than the remaining bytes can hold.

use crate::fallible::{List, NoMemory};
use crate::{BlockId, Error};
use std::collections::TryReserveError;

/// Collects bytes. If memory runs out, [`Self::finish`] says so.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    bytes: List<u8>,
}

impl Writer {
    pub fn byte(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    pub fn number(&mut self, number: impl Into<u64>) {
        self.leb128(number.into());
    }

    #[inline(never)] // Called from many places.
    fn leb128(&mut self, mut left: u64) {
        while left >= 0x80 {
            self.byte(left as u8 | 0x80);
            left >>= 7;
        }
        self.byte(left as u8);
    }

    pub fn finish(self) -> Result<Vec<u8>, NoMemory> {
        self.bytes.finish()
    }
}

/// Takes bytes from the front; an error if they are not what they should be.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
}

/// What ends reading. Only at the end it becomes an [`Error`], which is long: there are many checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// The bytes cannot be right.
    Contradiction,
    /// There is no memory for what they describe.
    NoMemory,
}

impl From<NoMemory> for Flaw {
    fn from(_: NoMemory) -> Self {
        Self::NoMemory
    }
}

impl From<TryReserveError> for Flaw {
    fn from(_: TryReserveError) -> Self {
        Self::NoMemory
    }
}

impl From<Flaw> for Error {
    fn from(flaw: Flaw) -> Self {
        match flaw {
            Flaw::Contradiction => Self::CorruptSave { reason: "they contradict themselves" },
            Flaw::NoMemory => Self::Metadata,
        }
    }
}

/// A contradiction unless the condition holds.
pub(crate) fn ensure(so: bool) -> Result<(), Flaw> {
    if so { Ok(()) } else { Err(Flaw::Contradiction) }
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    pub fn left(&self) -> usize {
        self.bytes.len()
    }

    pub fn bytes(&mut self, count: usize) -> Result<&'a [u8], Flaw> {
        ensure(count <= self.left())?;
        let (bytes, rest) = self.bytes.split_at(count);
        self.bytes = rest;
        Ok(bytes)
    }

    #[inline(never)]
    pub fn byte(&mut self) -> Result<u8, Flaw> {
        self.bytes(1).map(|bytes| bytes[0])
    }

    /// A number of at most `bits` bits.
    #[inline(never)] // Called from many places.
    pub fn number(&mut self, bits: u32) -> Result<u64, Flaw> {
        let mut number = 0;
        for shift in (0..bits).step_by(7) {
            let byte = self.byte()?;
            let low = u64::from(byte & 0x7F);
            ensure(low.checked_shr(bits - shift).unwrap_or(0) == 0)?;
            number |= low << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(Flaw::Contradiction)
    }

    /// A number of at most 32 bits.
    pub fn small(&mut self) -> Result<u32, Flaw> {
        Ok(self.number(u32::BITS)? as u32)
    }

    /// The least ID not yet handed out, which may be one past the last.
    pub fn next_id(&mut self) -> Result<u64, Flaw> {
        let next = self.number(54)?;
        ensure((1..=BlockId::MAX.get() + 1).contains(&next))?;
        Ok(next)
    }

    /// How many items follow, of at least one byte each.
    pub fn count(&mut self) -> Result<usize, Flaw> {
        let count = self.small()? as usize;
        ensure(count <= self.left())?;
        Ok(count)
    }
}

/// Maps a signed number to an unsigned one, small for numbers near 0: 0, -1, 1, -2 … are 0, 1, 2, 3 ….
pub(crate) fn folded(number: i64) -> u64 {
    (number << 1 ^ number >> 63) as u64
}

/// The inverse of [`folded`].
pub(crate) fn unfolded(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back() {
        let numbers = (0..64).flat_map(|bit| [1_u64 << bit, (1 << bit) - 1, !(1 << bit)]);
        for number in numbers {
            let mut writer = Writer::default();
            writer.number(number);
            let bytes = writer.finish().unwrap();
            let mut reader = Reader::new(&bytes);
            assert_eq!((reader.number(64).unwrap(), reader.left()), (number, 0));
            assert!(Reader::new(&bytes[..bytes.len() - 1]).number(64).is_err());
            let bits = u64::BITS - number.leading_zeros();
            assert_eq!(Reader::new(&bytes).number(bits.max(1)).unwrap(), number);
            assert!(bits < 2 || Reader::new(&bytes).number(bits - 1).is_err());
            assert_eq!(folded(unfolded(number)), number);
        }
        assert_eq!([0, -1, 1, -2].map(folded), [0, 1, 2, 3]);
    }

    #[test]
    fn counts_past_the_end_are_refused() {
        assert!(Reader::new(&[0xFF; 11]).number(64).is_err());
        assert!(Reader::new(&[2, 0]).count().is_err());
        assert_eq!(Reader::new(&[2, 0, 0]).count().unwrap(), 2);
    }
}
