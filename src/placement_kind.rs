//! The names of the placements, and what each promises.

use crate::named::named;

/// Which policy chooses the units of a new block.
///
/// | placement | takes | cost | choose it when | bad at |
/// | --- | --- | --- | --- | --- |
/// | `lifo` | freed units, newest first, then the tail | O(k) | blocks may be scattered and must always fit; the default | blocks end up in many small extents |
/// | `contiguous-first` | the tail, then freed units, newest first | O(k) | the same, and most blocks should stay in one extent for as long as possible | spreads over the whole buffer before it reuses anything |
/// | `address-ordered` | the lowest free units | O(k log n) | the same, and blocks should stay low, ascending and heal | slower than `lifo`; small blocks fill small extents first |
/// | `tlsf` | an extent of the smallest size class that surely fits | O(1) | each block needs one extent, and speed comes first | which extent it takes follows no order one can see |
/// | `best-fit` | the smallest extent that fits, the lowest on a tie | O(log n) | large blocks must fit among many small ones | leaves slivers |
/// | `first-fit` | the lowest extent that fits | O(log n) | free units should gather at the high end | small remnants pile up low |
/// | `next-fit` | the first that fits and ends after the last allocation | O(log n) | wear should be spread evenly | leaves fewer long extents than `first-fit` and `best-fit` |
/// | `worst-fit` | the largest, the lowest on a tie | O(log n) | what is left over should stay usable | large blocks soon find nothing |
/// | `buddy` | powers of two that split and merge | O(log capacity) | every block must be aligned to its size | a quarter of the units lost to rounding on average; no block above the largest power of two in the capacity |
///
/// The cost is that of an allocation and of a free, where n is the number of free extents and k the number
/// of extents of the block. An aligned request also costs each free extent that is long enough but does not
/// fit, and under `tlsf` a request that only its own size class might serve costs each extent of that class.
///
/// `lifo`, `contiguous-first` and `address-ordered` are *scattered*: a block may have many extents, so a
/// request fits whenever enough units are free, and alignment is refused. The others are *contiguous*: a
/// block has one extent. `address-ordered` and the contiguous placements except `buddy` coalesce freed
/// neighbours at once; `buddy` merges only the two halves of an extent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PlacementKind {
    /// Freed units first, newest first, then the tail. Scattered. The default.
    #[default]
    Lifo,
    /// The tail first, then freed units, newest first. Scattered.
    ContiguousFirst,
    /// The lowest free units, in ascending order. Scattered.
    AddressOrdered,
    /// The lowest free extent that fits. Contiguous.
    FirstFit,
    /// The first free extent that fits and ends after the end of the last allocation, wrapping round; the block
    /// goes to its lowest unit (Knuth's roving pointer). Contiguous.
    NextFit,
    /// The smallest free extent that fits, the lowest on a tie. Contiguous.
    BestFit,
    /// The largest free extent that fits, the lowest on a tie. Contiguous.
    WorstFit,
    /// Powers of two that split in halves and merge again. Contiguous. The capacity is cut into powers of
    /// two, and no block is larger than the largest of them. A block's size and extents are those that were asked
    /// for; used units, and what `defragment` reports, count the rounded sizes.
    Buddy,
    /// Two-level segregated fit: an extent of the smallest size class that surely fits. Contiguous.
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
    pub const fn is_scattered(self) -> bool {
        matches!(self, Self::Lifo | Self::ContiguousFirst | Self::AddressOrdered)
    }

    /// Whether blocks have powers of two of units, at multiples of these.
    pub(crate) fn is_buddy(self) -> bool {
        self == Self::Buddy
    }

    /// Units that it takes for so many, and what the first of them is a multiple of; `None` if no number can say so.
    #[inline(always)]
    pub(crate) fn rounded(self, size: u32, align: u32) -> Option<(u32, u32)> {
        let units = match self {
            Self::Buddy => size.checked_next_power_of_two()?,
            _ => size,
        };
        Some((units, self.multiple(units, align)))
    }

    /// What the first unit of a block that has `units` units is a multiple of.
    #[inline(always)]
    pub(crate) fn multiple(self, units: u32, align: u32) -> u32 {
        if self.is_buddy() { units.max(align) } else { align }
    }

    /// Units that it takes for so many.
    pub(crate) fn needed(self, size: u32) -> u32 {
        self.rounded(size, 1).map_or(u32::MAX, |(units, _)| units)
    }

    /// Units in the largest block that there can be.
    pub(crate) fn most(self, capacity: u32) -> u32 {
        match self {
            Self::Buddy => 1 << capacity.ilog2(),
            _ => capacity,
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
            Self::NextFit => {
                "takes the first free extent that fits and ends after the last allocation, wrapping round"
            }
            Self::BestFit => "takes the smallest free extent that fits",
            Self::WorstFit => "takes the largest free extent that fits",
            Self::Buddy => {
                "takes the smallest free extent that surely fits, or else any that fits, and halves it \
                 while half is enough"
            }
            Self::Tlsf => {
                "takes an extent of the smallest size class that surely fits, or else any that fits"
            }
        }
    }
}
