//! A manager as bytes, and back. The form is in [`crate::save_format`].
//!
//! What always holds:
//! - A loaded manager goes on exactly as the saved one: the same IDs, the same units, the same moves.
//!   So a save has what a placement remembers. A compaction that is not done starts anew in both.
//! - Whatever bytes are given, loading them ends in a manager that keeps every promise of this crate,
//!   or in a refusal. Nothing is trusted: even a right checksum does not prove that this crate wrote
//!   the bytes.
//! - Loading takes at most 1 MiB of memory and 400 bytes for each byte given: at most 256
//!   ([`PER_BYTE`]) for the buffer and the slots for IDs, less than 144 for all other records. A save
//!   is padded with zeros until it justifies what it describes.

mod load;
mod save;

use super::{Options, Storage};
use crate::byte_form::{Flaw, Reader, Writer, ensure, folded, unfolded};
use crate::entry::Entry;
use crate::extent_table::NONE;
use crate::{Error, Step};

/// How a save begins, and how one of a manager for several workers does.
pub(crate) const MAGIC: &[u8; 4] = b"TwgM";
pub(crate) const SHARED_MAGIC: &[u8; 4] = b"TwgS";
pub(crate) const VERSION: u8 = 1;
pub(crate) const CHECKSUM: usize = size_of::<u64>();

const EXTERNAL: u8 = 1;
const AUTO_DEFRAGMENT: u8 = 2;
const ALIGNS: u8 = 4;

/// Bytes of memory that any save justifies, and that each of its bytes justifies.
const SLACK: u64 = 1 << 20;
const PER_BYTE: u64 = 256;

/// Bytes of memory for a slot: an entry of the extent table, a count, and less than one more.
const PER_SLOT: u64 = size_of::<Entry>() as u64 + 5;

/// The bytes after the version of a save that begins like this.
pub(crate) fn after_version<'a>(bytes: &'a [u8], magic: &[u8; 4]) -> Result<&'a [u8], Error> {
    let corrupt = |reason| Err(Error::CorruptSave { reason });
    match bytes.strip_prefix(magic) {
        Some([VERSION, rest @ ..]) => Ok(rest),
        Some([]) => corrupt("they are cut short"),
        Some(_) => corrupt("they have a version that is not known here, perhaps a later one"),
        None if bytes.starts_with(MAGIC) => Err(Error::OtherSave { shared: false }),
        None if bytes.starts_with(SHARED_MAGIC) => Err(Error::OtherSave { shared: true }),
        None => corrupt("they are not a save of this package"),
    }
}

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
struct PlaceList {
    expected: u32,
}

impl PlaceList {
    /// `saved` is twice the place, and 1 more where the units descend.
    fn put(&mut self, out: &mut Writer, saved: u32) {
        let difference = i64::from(saved >> 1) - i64::from(self.expected);
        out.number(folded(difference) << 1 | u64::from(saved & 1));
        self.expected = (saved >> 1) + 1;
    }

    /// The next place, which must be less than `places`.
    fn take(&mut self, reader: &mut Reader, places: u32) -> Result<(u32, Step), Flaw> {
        let number = reader.number(35)?;
        let saved = i64::from(self.expected) + unfolded(number >> 1);
        ensure((0..i64::from(places)).contains(&saved))?;
        self.expected = saved as u32 + 1;
        Ok((saved as u32, if number & 1 == 0 { Step::Up } else { Step::Down }))
    }
}
