//! The names of the placements, and what each promises.

/// Which policy chooses the units of a new block. The guide to choosing one is in the README.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
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

impl PlacementKind {
    /// Every placement.
    pub const ALL: [Self; 9] = [
        Self::Lifo,
        Self::ContiguousFirst,
        Self::AddressOrdered,
        Self::FirstFit,
        Self::NextFit,
        Self::BestFit,
        Self::WorstFit,
        Self::Buddy,
        Self::Tlsf,
    ];

    /// The name used in the JavaScript interface.
    pub fn name(self) -> &'static str {
        match self {
            Self::Lifo => "lifo",
            Self::ContiguousFirst => "contiguous-first",
            Self::AddressOrdered => "address-ordered",
            Self::FirstFit => "first-fit",
            Self::NextFit => "next-fit",
            Self::BestFit => "best-fit",
            Self::WorstFit => "worst-fit",
            Self::Buddy => "buddy",
            Self::Tlsf => "tlsf",
        }
    }

    /// Whether a block may lie in many extents, so that an allocation fails only when units run
    /// out. The other placements give a block one extent.
    pub fn is_scattered(self) -> bool {
        matches!(self, Self::Lifo | Self::ContiguousFirst | Self::AddressOrdered)
    }

    /// Units that it takes for so many.
    pub(crate) fn needed(self, size: u32) -> u32 {
        match self {
            Self::Buddy => size.checked_next_power_of_two().unwrap_or(u32::MAX),
            _ => size,
        }
    }

    /// Units in the largest block that there can be.
    pub(crate) fn most(self, capacity: u32) -> u32 {
        match self {
            Self::Buddy => 1 << capacity.ilog2(),
            _ => u32::MAX,
        }
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
