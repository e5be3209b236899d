//! The names of the placements, and what each promises.

use crate::named::named;

/// Which policy chooses the units of a new block. The guide to choosing one is in the README.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PlacementKind {
    /// Freed units first, newest first, then the tail: the original. Scattered.
    #[default]
    Lifo,
    /// The tail first, then freed units, newest first. Scattered.
    ContiguousFirst,
    /// The lowest free units, in ascending order. Scattered.
    AddressOrdered,
    /// The lowest free extent that fits. Contiguous.
    FirstFit,
    /// The first free extent that fits after the last allocation, wrapping. Contiguous.
    NextFit,
    /// The smallest free extent that fits, the lowest on a tie. Contiguous.
    BestFit,
    /// The largest free extent, the lowest on a tie. Contiguous.
    WorstFit,
    /// Powers of two that split in halves and merge again; the capacity is cut into such, and no block is
    /// larger than the largest of them. Contiguous.
    Buddy,
    /// Two-level segregated fit. Contiguous.
    Tlsf,
}

named! {
    /// Every placement.
    PlacementKind, "placement":
    Lifo "lifo",
    ContiguousFirst "contiguous-first",
    AddressOrdered "address-ordered",
    FirstFit "first-fit",
    NextFit "next-fit",
    BestFit "best-fit",
    WorstFit "worst-fit",
    Buddy "buddy",
    Tlsf "tlsf",
}

impl PlacementKind {
    /// Whether a block may lie in many extents, so that an allocation fails only when units run
    /// out. The other placements give a block one extent.
    pub fn is_scattered(self) -> bool {
        matches!(self, Self::Lifo | Self::ContiguousFirst | Self::AddressOrdered)
    }

    /// Whether it keeps free extents in an order that their addresses do not tell.
    pub(crate) fn keeps_order(self) -> bool {
        self.is_stacked() || matches!(self, Self::Buddy | Self::Tlsf)
    }

    /// Whether it keeps a stack of freed units, and a tail beside it.
    pub(crate) fn is_stacked(self) -> bool {
        matches!(self, Self::Lifo | Self::ContiguousFirst)
    }

    /// How the placement chooses, as the middle of a sentence.
    pub(crate) fn rule(self) -> &'static str {
        match self {
            Self::Lifo => "takes freed units first, newest first, then the tail",
            Self::ContiguousFirst => "takes the tail first, then freed units, newest first",
            Self::AddressOrdered => "takes the lowest free units",
            Self::FirstFit => "takes the lowest free extent that fits",
            Self::NextFit => "takes the first free extent that fits after the last allocation",
            Self::BestFit => "takes the smallest free extent that fits",
            Self::WorstFit => "takes the largest free extent",
            Self::Buddy => "rounds up to a power of two and halves the smallest extent that fits",
            Self::Tlsf => "takes an extent of the smallest size class that surely fits",
        }
    }
}
