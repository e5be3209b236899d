//! Where everything is, as plain data.

use crate::extent_table::ExtentTable;
use crate::fallible::{self, NoMemory};
use crate::{BlockId, Extent, PlacementKind, Unit};

/// A picture of a manager at one moment, without the values in its units.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Snapshot {
    /// Units in the buffer.
    pub capacity: u32,
    /// What a unit holds.
    pub unit: Unit,
    /// Which policy chooses units.
    pub placement: PlacementKind,
    /// First unit of the tail: the original's `next_alloc_index`.
    pub next_alloc_index: u32,
    /// Free units below the tail: the length of the original's `freed_fragmented_units`.
    pub freed_fragmented_units: u32,
    /// Units that no block has.
    pub free_units: u32,
    /// All blocks in allocation order (for a [`SharedManager`](crate::SharedManager), only if one
    /// worker allocates and none compacts with a budget).
    pub blocks: Vec<BlockSnapshot>,
    /// All runs of free units by ascending address, each as long as possible; with `buddy`, free powers
    /// of two.
    pub free_extents: Vec<FreeExtent>,
}

/// One block of a [`Snapshot`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BlockSnapshot {
    /// The block's ID.
    pub id: BlockId,
    /// Units of the block.
    pub size: u32,
    /// Units last written to it.
    pub length: u32,
    /// Whether it is pinned.
    pub pinned: bool,
    /// Its extents in block order.
    pub extents: Vec<Extent>,
}

/// A run of free units of a [`Snapshot`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FreeExtent {
    /// The lowest unit.
    pub start: u32,
    /// How many units.
    pub length: u32,
}

/// The free extents of a table by ascending address, neighbours joined if `coalesced`.
pub(crate) fn free_extents(
    table: &ExtentTable,
    coalesced: bool,
) -> Result<Vec<FreeExtent>, NoMemory> {
    fallible::list(table.free(coalesced).map(|(start, length)| FreeExtent { start, length }))
}
