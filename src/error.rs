//! What can be refused, why, and what would help.
//!
//! What always holds: an operation that returns an error has changed nothing but the count of
//! failures, with the one exception of [`Error::Metadata`].

use crate::{BlockId, PlacementKind, Unit};
use std::fmt;

/// Every refusal of the crate. Each has a stable [`code`](Error::code).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Fewer units are free than were asked for.
    #[error(
        "asked for {}, but {}: free blocks, or use a manager with a larger capacity",
        Units(*requested),
        Free(*free_units, "only ")
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
        "{}; {}",
        Fragments {
            request: Request { requested: *requested, needed: *needed, align: *align },
            most: *most,
            free_units: *free_units,
            largest_free_extent: *largest_free_extent,
        },
        Fragments::help(needed > most)
    )]
    Fragmented {
        /// Units asked for.
        requested: u32,
        /// Units that the placement takes for them: `buddy` rounds up.
        needed: u32,
        /// What the first unit must be a multiple of.
        align: u32,
        /// Units in the largest block that there can be.
        most: u32,
        /// Units that are free.
        free_units: u32,
        /// Units in the largest free extent.
        largest_free_extent: u32,
    },
    /// Fewer units are free than a block lacks.
    #[error(
        "block {id} has {} and needs {} more to grow to {requested}, but {}: \
         free blocks, or use a manager with a larger capacity",
        Units(*size),
        *requested - *size,
        Free(*free_units, "only ")
    )]
    NoUnitsToGrow {
        /// The block.
        id: BlockId,
        /// The size that it has.
        size: u32,
        /// The size asked for.
        requested: u32,
        /// Units that are free.
        free_units: u32,
        /// Units in the largest free extent.
        largest_free_extent: u32,
    },
    /// The units that a block lacks are free, but in no single extent with it or elsewhere.
    #[error(
        "block {id} has {} and needs {} more to grow to {requested}: {}, but not enough of them \
         directly above the block, nor {} in one free extent elsewhere, where the largest \
         has {largest_free_extent}; free blocks beside it{}; automatic defragmentation makes room \
         where it can",
        Units(*size),
        *requested - *size,
        Free(*free_units, ""),
        Request { requested: *requested, needed: *needed, align: *align },
        if requested > free_units { "" } else { ", or defragment" }
    )]
    CannotGrow {
        /// The block.
        id: BlockId,
        /// The size that it has.
        size: u32,
        /// The size asked for.
        requested: u32,
        /// Units that the placement takes for them: `buddy` rounds up.
        needed: u32,
        /// What the first unit must be a multiple of.
        align: u32,
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
    /// copy or a list that was asked for. Where that shows only after
    /// [`auto_defragment`](crate::Options::auto_defragment) has made room, what has moved by then stays moved.
    #[error(
        "there is no memory left for the manager's own records: \
         free blocks, or release other memory of this program"
    )]
    Metadata,
    /// No live block has this ID.
    #[error("{}", NoBlock(id))]
    UnknownBlock {
        /// The ID that was given.
        id: BlockId,
    },
    /// More data than the block has units.
    #[error(
        "the data has {given} units, but block {id} has only {size}: write less, or resize the block"
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
        "offset {offset} + {count} is past the end of block {id}, which has {}: use a part of the \
         block, or resize it",
        Units(*size)
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
    /// A capacity of zero.
    #[error("{}", not_whole("the capacity", capacity))]
    InvalidCapacity {
        /// The capacity asked for.
        capacity: u32,
    },
    /// A capacity for which there is no buffer: it would need more than one allocation may have, or there
    /// is no memory.
    #[error(
        "{capacity} \"{}\" units of {} bytes need {} bytes, but {NO_BUFFER}: use fewer units, a smaller unit, or \
         the storage \"external\"",
        .unit.name(),
        .unit.bytes(),
        u64::from(*capacity) * .unit.bytes() as u64
    )]
    NoBuffer {
        /// The capacity asked for.
        capacity: u32,
        /// What each unit holds.
        unit: Unit,
    },
    /// An alignment that is not a power of two.
    #[error("{}", not_a_power(align))]
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
    /// A block that was asked for twice at the same time, to be written.
    #[error(
        "block {id} was asked for twice: its units can be written through one slice at a time, so name it once"
    )]
    Repeated {
        /// The block.
        id: BlockId,
    },
    /// Bytes that are not a whole save, or a save that this version cannot read.
    #[error("these bytes cannot be loaded: {reason}; use what save gave, whole and unchanged")]
    CorruptSave {
        /// What is wrong with them.
        reason: &'static str,
    },
    /// The save of the other kind of manager.
    #[error("this is a save of {0}: load it with {0}::load, not {1}::load", kind(*shared), kind(!*shared))]
    OtherSave {
        /// Whether a manager for several workers saved it.
        shared: bool,
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
        "{}",
        if_shared(
            "a worker started an operation and did not finish it: it panicked, or was probably terminated, \
             since the patience has passed. The blocks in the part it worked on can no longer be used: make a \
             new manager"
        )
    )]
    WorkerLost,
    /// Several workers: views of a block that this worker has not pinned.
    #[error(
        "block {id} is {}",
        if_shared(
            "not pinned by this worker, so another worker could free it while its views are in use: pin \
             it first, and unpin it when the views are no longer used"
        )
    )]
    NotPinned {
        /// The block.
        id: BlockId,
    },
    /// Several workers: the block is pinned by another one.
    #[error(
        "block {id} is {}",
        if_shared(
            "pinned by another worker: it can be freed or resized after that worker unpins it (if it ended \
             without doing so: in a manager loaded from a save of this one)"
        )
    )]
    PinnedElsewhere {
        /// The block.
        id: BlockId,
    },
    /// A block of no units.
    #[error("{}", not_whole("the size", size))]
    InvalidSize {
        /// The size asked for.
        size: u32,
    },
}

/// A number of units, in words.
pub(crate) struct Units(pub u32);

impl fmt::Display for Units {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0, if self.0 == 1 { "unit" } else { "units" })
    }
}

/// How many are free, as a clause; `only` is said before the number.
pub(crate) struct Free(pub u32, pub &'static str);

impl fmt::Display for Free {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(units, only) = *self;
        match units {
            0 => f.write_str("none is free"),
            _ => write!(f, "{only}{units} {} free", if units == 1 { "is" } else { "are" }),
        }
    }
}

/// Units that are to lie in one extent, in words.
pub(crate) struct Request {
    pub requested: u32,
    pub needed: u32,
    pub align: u32,
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { requested, needed, align } = *self;
        Units(requested).fmt(f)?;
        if needed > requested {
            write!(f, " (rounded up to {needed})")?;
        }
        if align > 1 {
            write!(f, " at a multiple of {align}")?;
        }
        Ok(())
    }
}

/// What was asked for, and why no free extent fits.
pub(crate) struct Fragments {
    pub request: Request,
    pub most: u32,
    pub free_units: u32,
    pub largest_free_extent: u32,
}

impl Fragments {
    /// What would help: another manager if the request can never fit, otherwise another state of this one.
    pub fn help(never: bool) -> &'static str {
        match never {
            true => "use a larger capacity, or another placement",
            false => {
                "if explain finds a number of units to move, automatic defragmentation makes room by moving \
                 them; otherwise free blocks, or defragment"
            }
        }
    }
}

impl fmt::Display for Fragments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { ref request, most, free_units, largest_free_extent: largest } = *self;
        let needed = request.needed;
        write!(f, "asked for {request}: {}, but ", Free(free_units, ""))?;
        if needed > most {
            write!(f, "with this capacity no block has more than {}", Units(most))
        } else if needed > largest {
            write!(f, "the largest free extent has {largest}")
        } else {
            f.write_str("no free extent has room at such a multiple")
        }
    }
}

/// Why there is no buffer. With larger addresses no capacity needs more than one allocation may have.
const NO_BUFFER: &str = match cfg!(target_pointer_width = "32") {
    true => "an owned buffer must be smaller than 2 GiB, and there must be memory for it",
    false => "there is no memory for them",
};

/// Words left out of the module for one worker, which never says them: every byte is downloaded.
const fn if_shared(words: &'static str) -> &'static str {
    match cfg!(all(target_arch = "wasm32", not(target_feature = "atomics"))) {
        true => "",
        false => words,
    }
}

/// The type of manager that saved, and loads.
fn kind(shared: bool) -> &'static str {
    if shared { "SharedManager" } else { "MemoryManager" }
}

/// What a number must be, and what it is instead.
pub(crate) struct Must<'a>(pub &'static str, pub &'static str, pub &'a dyn fmt::Display);

impl fmt::Display for Must<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(what, expected, found) = self;
        write!(f, "{what} must be {expected}, not {found}")
    }
}

/// A number that must be a number of units is not.
pub(crate) fn not_whole<'a>(what: &'static str, found: &'a dyn fmt::Display) -> Must<'a> {
    Must(what, "a whole number from 1 to 4294967295", found)
}

/// A number that must be an alignment is not.
pub(crate) fn not_a_power(found: &dyn fmt::Display) -> Must<'_> {
    Must("align", "a power of two up to 2147483648", found)
}

/// The statement that no block has an ID.
pub(crate) struct NoBlock<'a>(pub &'a dyn fmt::Display);

impl fmt::Display for NoBlock<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = self.0;
        write!(
            f,
            "no block has the ID {id}: it was never allocated by this manager, or it was freed already"
        )
    }
}

impl Error {
    /// The refusal of an allocation, by what is free in all and in the largest free extent.
    pub(crate) fn no_extent(
        (requested, align): (u32, u32),
        (free_units, largest_free_extent): (u32, u32),
        placement: PlacementKind,
        capacity: u32,
    ) -> Self {
        if requested > free_units {
            return Self::OutOfMemory { requested, free_units, largest_free_extent };
        }
        let (needed, most) = (placement.needed(requested), placement.most(capacity));
        Self::Fragmented { requested, needed, align, most, free_units, largest_free_extent }
    }

    /// The refusal of a block's growth, by what is free in all and in the largest free extent.
    pub(crate) fn no_growth(
        id: BlockId,
        (size, requested, align): (u32, u32, u32),
        (free_units, largest_free_extent): (u32, u32),
        placement: PlacementKind,
    ) -> Self {
        if requested - size > free_units {
            return Self::NoUnitsToGrow { id, size, requested, free_units, largest_free_extent };
        }
        let needed = placement.needed(requested);
        Self::CannotGrow { id, size, requested, needed, align, free_units, largest_free_extent }
    }

    /// Whether a request was refused because no free units serve it.
    pub(crate) fn is_want_of_units(&self) -> bool {
        matches!(
            self,
            Self::OutOfMemory { .. }
                | Self::Fragmented { .. }
                | Self::NoUnitsToGrow { .. }
                | Self::CannotGrow { .. }
        )
    }

    /// Whether compaction may help where a request was refused.
    pub(crate) fn compaction_may_help(&self) -> bool {
        matches!(self, Self::Fragmented { .. } | Self::CannotGrow { .. } | Self::Pinned { .. })
    }

    /// The same refusal, with another ID of the block.
    pub(crate) fn about(mut self, known_as: BlockId) -> Self {
        if let Some(id) = self.block_mut() {
            *id = known_as;
        }
        self
    }

    /// The block that it is about.
    pub(crate) fn block_mut(&mut self) -> Option<&mut BlockId> {
        match self {
            Self::UnknownBlock { id }
            | Self::OutOfBounds { id, .. }
            | Self::PastEnd { id, .. }
            | Self::Scattered { id }
            | Self::Repeated { id }
            | Self::CannotGrow { id, .. }
            | Self::NoUnitsToGrow { id, .. }
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
            | Self::OtherSave { .. }
            | Self::NoStorage
            | Self::WorkerLost
            | Self::InvalidCapacity { .. }
            | Self::NoBuffer { .. }
            | Self::InvalidSize { .. } => None,
            #[cfg(feature = "trace")]
            Self::NoCapacity => None,
        }
    }

    /// The stable code of the refusal, the same in every language.
    pub fn code(&self) -> &'static str {
        match self {
            Self::OutOfMemory { .. } | Self::NoUnitsToGrow { .. } | Self::Metadata => {
                "ERR_OUT_OF_MEMORY"
            }
            Self::Fragmented { .. } | Self::CannotGrow { .. } => "ERR_FRAGMENTED",
            Self::Pinned { .. } | Self::PinnedElsewhere { .. } => "ERR_PINNED",
            Self::InvalidAlignment { .. } => "ERR_INVALID_ALIGNMENT",
            Self::AlignmentUnsupported { .. }
            | Self::OrderUnsupported
            | Self::Repeated { .. }
            | Self::NotPinned { .. } => "ERR_UNSUPPORTED",
            Self::UnitMismatch { .. } => "ERR_TYPE_MISMATCH",
            Self::CorruptSave { .. } | Self::OtherSave { .. } => "ERR_CORRUPT_SAVE",
            Self::Scattered { .. } => "ERR_SCATTERED",
            Self::NoStorage => "ERR_NO_STORAGE",
            Self::WorkerLost => "ERR_WORKER_LOST",
            Self::UnknownBlock { .. } => "ERR_UNKNOWN_BLOCK",
            Self::OutOfBounds { .. } | Self::PastEnd { .. } => "ERR_OUT_OF_BOUNDS",
            Self::InvalidCapacity { .. } | Self::NoBuffer { .. } => "ERR_INVALID_CAPACITY",
            #[cfg(feature = "trace")]
            Self::NoCapacity => "ERR_INVALID_CAPACITY",
            Self::InvalidSize { .. } => "ERR_INVALID_SIZE",
        }
    }
}
