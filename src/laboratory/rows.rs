//! What is in a range of units, as a table for readers who do not see the picture.

use crate::{BlockId, Error, MemoryManager, fallible};

/// A run of units that are free, or of one block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Row {
    /// The lowest unit.
    pub start: u32,
    /// How many units.
    pub length: u32,
    /// The block that has them, and how many units were asked for it; `None` if they are free.
    pub block: Option<(BlockId, u32)>,
}

/// The runs that touch the units from `first` on, by ascending address, at most `limit` of them.
/// Adjacent free extents are joined unless the placement keeps them apart for good, as in a snapshot.
/// Costs O(extents up to the last of them).
///
/// # Errors
/// [`Error::Metadata`]: no memory for the list.
pub fn rows(manager: &MemoryManager, first: u32, limit: usize) -> Result<Vec<Row>, Error> {
    let extents = manager.walk_joined().skip_while(|extent| extent.end() <= first);
    let row = extents.map(|extent| Row {
        start: extent.lowest,
        length: extent.length,
        block: extent.slot.map(|slot| manager.in_slot(slot)),
    });
    Ok(fallible::list(row.take(limit))?)
}
