//! What can be refused, why, and what would help.
//!
//! What always holds: an operation that returns an error has changed nothing.

use crate::BlockId;

/// Every refusal of the crate. Each has a stable [`code`](Error::code).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Fewer units are free than were asked for.
    #[error(
        "{requested} units were asked for, but only {free_units} are free: \
         free blocks, or use a manager with a larger capacity"
    )]
    OutOfMemory {
        /// Units asked for.
        requested: u32,
        /// Units that are free.
        free_units: u32,
        /// Units in the largest free extent.
        largest_free_extent: u32,
    },
    /// The memory in which the manager keeps its own records cannot grow.
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
    /// A capacity of zero, or one for which no memory can be had.
    #[error(
        "a capacity of {capacity} units cannot be had: \
         use at least 1, and no more than memory allows"
    )]
    InvalidCapacity {
        /// The capacity asked for.
        capacity: u32,
    },
    /// A block of no units.
    #[error("a block of {size} units cannot be had: ask for at least 1")]
    InvalidSize {
        /// The size asked for.
        size: u32,
    },
}

impl Error {
    /// The stable code of the refusal, the same in every language.
    pub fn code(&self) -> &'static str {
        match self {
            Self::OutOfMemory { .. } | Self::Metadata => "ERR_OUT_OF_MEMORY",
            Self::UnknownBlock { .. } => "ERR_UNKNOWN_BLOCK",
            Self::OutOfBounds { .. } => "ERR_OUT_OF_BOUNDS",
            Self::InvalidCapacity { .. } => "ERR_INVALID_CAPACITY",
            Self::InvalidSize { .. } => "ERR_INVALID_SIZE",
        }
    }
}
