//! How a manager is made.

use crate::named::named;
use crate::{PlacementKind, Unit};

/// How a [`MemoryManager`](crate::MemoryManager) is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// What a unit holds.
    pub unit: Unit,
    /// Which policy chooses units.
    pub placement: PlacementKind,
    /// Who has the memory of the units.
    pub storage: Storage,
    /// Contiguous placements: when an allocation or a growing block does not fit but its units
    /// exist, compact just enough to make it fit, if that can be; where pins, alignments or the
    /// rounding of `buddy` are in the way, it is refused and nothing has moved. With external storage,
    /// [`take_relocations`](crate::MemoryManager::take_relocations) then says what moved.
    /// What was moved stays where it is, even if memory for the manager's own records then runs out
    /// and the operation is refused ([`Error::Metadata`](crate::Error::Metadata)).
    pub auto_defragment: bool,
}

/// Who has the memory of the units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Storage {
    /// The manager.
    #[default]
    Owned,
    /// Someone else: the manager knows where blocks are, and cannot read or write them. Its memory
    /// is then proportional to the blocks.
    External,
}

named! {
    /// Both kinds.
    Storage, "storage":
    Owned "owned",
    External "external",
}
