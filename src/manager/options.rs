//! How a manager is made.

use crate::named::named;
use crate::{PlacementKind, Unit};

/// How a [`MemoryManager`](crate::MemoryManager) is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Options {
    /// What a unit holds.
    pub unit: Unit,
    /// Which policy chooses units.
    pub placement: PlacementKind,
    /// Who owns the memory of the units.
    pub storage: Storage,
    /// Contiguous placements: when an allocation or a growing block does not fit although enough units
    /// are free, compact just enough to make it fit. If pins or alignments prevent that (with
    /// `buddy`, which needs as many free units as it rounds up to, rarely anything else), the operation is refused
    /// and nothing has moved. Such a request costs, with E extents, O(E) and
    /// the moves, some thirty times as much where pins or alignments leave few ways, also if it is refused then.
    ///
    /// With external storage, [`take_relocations`](crate::MemoryManager::take_relocations) then says
    /// what moved, also where the operation is refused after that
    /// ([`Error::Metadata`](crate::Error::Metadata)).
    pub auto_defragment: bool,
}

/// Who owns the memory of the units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Storage {
    /// The manager.
    #[default]
    Owned,
    /// Someone else: the manager knows where blocks lie, but cannot read or write them. Its own memory
    /// is then proportional to the most blocks and extents there ever were.
    External,
}

named! {
    /// Both kinds.
    Storage, "storage":
    Owned "owned",
    External "external",
}
