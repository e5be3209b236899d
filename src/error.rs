//! What can be refused, why, and what would help.
//!
//! What always holds: an operation that returns an error has changed nothing but the count of
//! failures. What compaction on demand has moved stays moved, where memory for the records then ends
//! (see [`Options::auto_defragment`](crate::Options::auto_defragment)).

use crate::{BlockId, PlacementKind, Unit};
use std::fmt;

/// Every refusal of the crate. Each has a stable [`code`](Error::code).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Fewer units are free than were asked for.
    #[error(
        "asked for {}, but only {free_units} are free: \
         free blocks, or use a manager with a larger capacity",
        Units(*requested)
    )]
    OutOfMemory {
        /// Units asked for.
        requested: u32,
        /// Units that are free.
        free_units: u32,
        /// Units in the largest free extent.
        largest_free_extent: u32,
    },
    /// The units are free, but in no single extent that fits.
    #[error(
        "asked for {}, and {free_units} are free, but no free extent fits{}: \
         the largest has {largest_free_extent}; defragment, where explain says that it helps, or free \
         blocks",
        Units(*requested),
        of_alignment(*requested, *largest_free_extent)
    )]
    Fragmented {
        /// Units asked for.
        requested: u32,
        /// Units that are free.
        free_units: u32,
        /// Units in the largest free extent.
        largest_free_extent: u32,
    },
    /// The units that a block lacks are free, but in no single extent with it or elsewhere.
    #[error(
        "block {id} cannot grow to {requested} units: {free_units} are free, but neither directly \
         above it nor in one extent elsewhere, where the largest has {largest_free_extent}; \
         defragment, or free blocks"
    )]
    CannotGrow {
        /// The block.
        id: BlockId,
        /// The size asked for.
        requested: u32,
        /// Units that are free.
        free_units: u32,
        /// Units in the largest free extent.
        largest_free_extent: u32,
    },
    /// A pinned block cannot grow where it is.
    #[error(
        "block {id} is pinned and cannot grow where it is: unpin it, or free what lies above it"
    )]
    Pinned {
        /// The block.
        id: BlockId,
    },
    /// The memory in which the manager keeps its own records cannot grow, or there is none for a
    /// copy or a list that was asked for.
    #[error(
        "there is no memory left for the manager's own records: \
         free blocks, or release other memory of this program"
    )]
    Metadata,
    /// No live block has this ID.
    #[error(
        "no block has the ID {id}: it was never allocated by this manager, \
         or it was freed already"
    )]
    UnknownBlock {
        /// The ID that was given.
        id: BlockId,
    },
    /// More data than the block has units.
    #[error(
        "{given} units of data do not fit block {id}, which has {size}: \
         write less, or allocate a larger block"
    )]
    OutOfBounds {
        /// The block.
        id: BlockId,
        /// Units of data.
        given: usize,
        /// Units of the block.
        size: u32,
    },
    /// A part that does not lie in its block.
    #[error(
        "{count} units from unit {offset} on do not lie in block {id}, which has {size}: \
         use a part of the block, or resize it"
    )]
    PastEnd {
        /// The block.
        id: BlockId,
        /// The first unit of the part.
        offset: u32,
        /// Units of the part.
        count: usize,
        /// Units of the block.
        size: u32,
    },
    /// A capacity of zero, or one for which no memory can be had.
    #[error(
        "a capacity of {capacity} units cannot be had: \
         use at least 1, and no more than memory allows"
    )]
    InvalidCapacity {
        /// The capacity asked for.
        capacity: u32,
    },
    /// An alignment that is no power of two.
    #[error("an alignment of {align} units cannot be had: use a power of two")]
    InvalidAlignment {
        /// The alignment asked for.
        align: u32,
    },
    /// An alignment from a placement that scatters blocks.
    #[error(
        "the placement \"{}\" scatters blocks and cannot align them: \
         leave the alignment out, or use a contiguous placement", .placement.name()
    )]
    AlignmentUnsupported {
        /// The manager's placement.
        placement: PlacementKind,
    },
    /// A block that does not lie in one ascending extent.
    #[error(
        "block {id} does not lie in one ascending extent: \
         look at its extents, or defragment first"
    )]
    Scattered {
        /// The block.
        id: BlockId,
    },
    /// Bytes that are no whole save, or one that this version cannot read.
    #[error("these bytes cannot be loaded: {reason}; use what save gave, whole and unchanged")]
    CorruptSave {
        /// What is wrong with them.
        reason: &'static str,
    },
    /// Values of another kind than the manager's units.
    #[error("the units of this manager are {}, not {}: use values of that kind", .units.name(), .given.name())]
    UnitMismatch {
        /// The manager's units.
        units: Unit,
        /// The kind that was given or asked for.
        given: Unit,
    },
    /// A manager without a buffer was asked for data.
    #[error(
        "this manager has external storage: it knows where units are, not what they hold; \
         read and write the memory itself"
    )]
    NoStorage,
    /// Allocation order with external storage.
    #[error(
        "the order \"allocation\" exchanges data in place, and this manager has external storage: \
         use the order \"address\" or \"any\""
    )]
    OrderUnsupported,
    /// A trace for which no capacity was found that serves. Where not all were tried there may be one.
    #[cfg(feature = "trace")]
    #[error(
        "no capacity up to {} units was found that serves this trace: use a shorter one, or another \
         placement",
        u32::MAX
    )]
    NoCapacity,
    /// Several workers: one began an operation on what was asked for, and did not end it.
    #[error(
        "another worker began an operation here and never ended it, so it is taken for lost, \
         and so is what its part of the manager knew: make a new manager"
    )]
    WorkerLost,
    /// Several workers: views of a block that this worker has not pinned.
    #[error(
        "block {id} is not pinned by this worker, so that another could free it under its views: \
         pin it first, and unpin it when the views are no longer used"
    )]
    NotPinned {
        /// The block.
        id: BlockId,
    },
    /// Several workers: the block is pinned by another one.
    #[error(
        "another worker has block {id} pinned: it can be freed or resized once that one unpins it"
    )]
    PinnedElsewhere {
        /// The block.
        id: BlockId,
    },
    /// A block of no units.
    #[error("a block of {size} units cannot be had: ask for at least 1")]
    InvalidSize {
        /// The size asked for.
        size: u32,
    },
}

/// So many, in words.
pub(crate) struct Units(pub u32);

impl fmt::Display for Units {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0, if self.0 == 1 { "unit" } else { "units" })
    }
}

/// What keeps a request from an extent that has its units.
fn of_alignment(requested: u32, largest_free_extent: u32) -> &'static str {
    if requested <= largest_free_extent { " at a multiple of its alignment" } else { "" }
}

impl Error {
    /// Whether a request was refused because no free units serve it.
    pub(crate) fn is_want_of_units(&self) -> bool {
        matches!(self, Self::OutOfMemory { .. } | Self::Fragmented { .. } | Self::CannotGrow { .. })
    }

    /// The same refusal about a block by another ID of it.
    pub(crate) fn about(mut self, known_as: BlockId) -> Self {
        if let Some(id) = self.block_mut() {
            *id = known_as;
        }
        self
    }

    /// The block that it is about.
    fn block_mut(&mut self) -> Option<&mut BlockId> {
        match self {
            Self::UnknownBlock { id }
            | Self::OutOfBounds { id, .. }
            | Self::PastEnd { id, .. }
            | Self::Scattered { id }
            | Self::CannotGrow { id, .. }
            | Self::Pinned { id }
            | Self::PinnedElsewhere { id }
            | Self::NotPinned { id } => Some(id),
            Self::OutOfMemory { .. }
            | Self::Fragmented { .. }
            | Self::Metadata
            | Self::InvalidAlignment { .. }
            | Self::AlignmentUnsupported { .. }
            | Self::OrderUnsupported
            | Self::UnitMismatch { .. }
            | Self::CorruptSave { .. }
            | Self::NoStorage
            | Self::WorkerLost
            | Self::InvalidCapacity { .. }
            | Self::InvalidSize { .. } => None,
            #[cfg(feature = "trace")]
            Self::NoCapacity => None,
        }
    }

    /// The stable code of the refusal, the same in every language.
    pub fn code(&self) -> &'static str {
        match self {
            Self::OutOfMemory { .. } | Self::Metadata => "ERR_OUT_OF_MEMORY",
            Self::Fragmented { .. } | Self::CannotGrow { .. } => "ERR_FRAGMENTED",
            Self::Pinned { .. } | Self::PinnedElsewhere { .. } => "ERR_PINNED",
            Self::InvalidAlignment { .. } => "ERR_INVALID_ALIGNMENT",
            Self::AlignmentUnsupported { .. } | Self::OrderUnsupported | Self::NotPinned { .. } => {
                "ERR_UNSUPPORTED"
            }
            Self::UnitMismatch { .. } => "ERR_TYPE_MISMATCH",
            Self::CorruptSave { .. } => "ERR_CORRUPT_SAVE",
            Self::Scattered { .. } => "ERR_SCATTERED",
            Self::NoStorage => "ERR_NO_STORAGE",
            Self::WorkerLost => "ERR_WORKER_LOST",
            Self::UnknownBlock { .. } => "ERR_UNKNOWN_BLOCK",
            Self::OutOfBounds { .. } | Self::PastEnd { .. } => "ERR_OUT_OF_BOUNDS",
            Self::InvalidCapacity { .. } => "ERR_INVALID_CAPACITY",
            #[cfg(feature = "trace")]
            Self::NoCapacity => "ERR_INVALID_CAPACITY",
            Self::InvalidSize { .. } => "ERR_INVALID_SIZE",
        }
    }
}
