//! A manager as bytes, and back.
//!
//! What always holds:
//! - A loaded manager goes on exactly as the saved one: the same IDs, the same units, the same
//!   moves. What a placement remembers is therefore part of it. A compaction that is not done
//!   starts anew in both.
//! - Whatever bytes are given, loading them ends in a manager that keeps every promise of this crate
//!   or in a refusal. Nothing is believed: not even the checksum says that a program of ours wrote
//!   them.
//! - Loading takes at most 1 MiB of memory and 400 bytes for each byte that is given: the buffer
//!   and the slots for IDs at most 256 ([`PER_BYTE`]), all other records less than 144. A save is
//!   padded with zeros until it justifies what it describes.
//!
//! # The form, version 1
//!
//! *Numbers* are unsigned and take seven bits a byte, lowest first, with the highest bit of a byte
//! set where another follows (LEB128). A *place* is the number of an extent, counted from 0 by
//! ascending address. A *list of places* is, for each, the difference to the place after the one
//! before it in the list (at first: to 0), folded (0, -1, 1, -2 … are 0, 1, 2, 3 …), times two,
//! plus one where the extent descends.
//!
//! | what | form |
//! | --- | --- |
//! | `TwgM`, version, unit, placement, flags | 4 bytes, then one each. Unit and placement: the place in [`Unit::ALL`](crate::Unit::ALL) and [`PlacementKind::ALL`](crate::PlacementKind::ALL), from 0. Flags: 1 external storage, 2 compaction on demand, 4 a block was ever aligned |
//! | capacity | number |
//! | totals of allocations, frees, failures, units moved, resizes, changes of pins | numbers |
//! | the least ID not yet handed out; slots for IDs | numbers |
//! | extents | their number; the length of each by ascending address |
//! | blocks | their number; for each by ascending ID: the difference to the ID before it (at first: to 0), twice the power of two of its alignment plus one if it is pinned, units written, units beyond those asked for, number of extents, list of their places in block order |
//! | what the placement remembers | `next-fit`: the end of the last allocation, else 0. The number of free extents in its order, and the list of their places: the stacks of `lifo` and `contiguous-first` from the top down, without the tail; the lists of `tlsf` and `buddy`, class by class; others none |
//! | moves not yet told | their number; for each ID, from, to, length |
//! | values | for each block by ascending ID the units written, in block order, little-endian |
//! | padding | number of zeros, zeros |
//! | checksum | XXH64 of all before it, seed 0, in 8 bytes, little-endian |

mod load;
mod save;

use super::{Options, Storage};
use crate::byte_form::{Reader, Writer, ensure, folded, unfolded};
use crate::entry::Entry;
use crate::extent_table::NONE;
use crate::{Error, Step};

/// What a save begins with, and that of a manager for several workers.
pub(crate) const MAGIC: &[u8; 4] = b"TwgM";
pub(crate) const SHARED_MAGIC: &[u8; 4] = b"TwgS";
const VERSION: u8 = 1;
const CHECKSUM: usize = size_of::<u64>();

const EXTERNAL: u8 = 1;
const AUTO_DEFRAGMENT: u8 = 2;
const ALIGNS: u8 = 4;

/// Bytes of memory that any save justifies, and those that each of its bytes does.
const SLACK: u64 = 1 << 20;
const PER_BYTE: u64 = 256;

/// Bytes that are kept for a slot: an entry of the extent table, a count, and less than one more.
const PER_SLOT: u64 = size_of::<Entry>() as u64 + 5;

/// The byte that stands for a kind: its place in the list of all.
fn code<T: PartialEq>(all: &[T], kind: T) -> u8 {
    all.iter().take_while(|known| **known != kind).count() as u8
}

/// The kind that a byte stands for.
fn of_code<T: Copy>(all: &[T], byte: u8) -> Option<T> {
    all.get(usize::from(byte)).copied()
}

/// Bytes that a manager of these sizes needs before it has a block.
fn bytes_described(capacity: u32, options: Options, slots: usize) -> u64 {
    let width = match options.storage {
        Storage::Owned => options.unit.bytes(),
        Storage::External => 0,
    };
    u64::from(capacity) * width as u64 + slots as u64 * PER_SLOT
}

/// A list of places, one after the other.
#[derive(Default)]
struct List {
    expected: u32,
}

impl List {
    fn put(&mut self, out: &mut Writer, saved: u32, step: Step) {
        let difference = i64::from(saved) - i64::from(self.expected);
        out.number(folded(difference) << 1 | u64::from(step == Step::Down));
        self.expected = saved + 1;
    }

    /// The next place of so many.
    fn take(&mut self, reader: &mut Reader, places: u32) -> Result<(u32, Step), Error> {
        let number = reader.number(35)?;
        let saved = i64::from(self.expected) + unfolded(number >> 1);
        ensure((0..i64::from(places)).contains(&saved))?;
        self.expected = saved as u32 + 1;
        Ok((saved as u32, if number & 1 == 0 { Step::Up } else { Step::Down }))
    }
}
