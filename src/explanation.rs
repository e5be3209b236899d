//! Where a request would go and why, or why it cannot be served.

use crate::error::{Fragments, Request, Units};
use crate::fallible::{NoMemory, text};
use crate::{Error, Extent, PlacementKind, Step};
use std::fmt;

/// The answer to [`MemoryManager::explain`](crate::MemoryManager::explain).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Explanation {
    /// Whether the request would be served without compaction. With
    /// [`Options::auto_defragment`](crate::Options::auto_defragment) one that does not fit is served all
    /// the same where [`Self::units_to_move`] is some number.
    pub fits: bool,
    /// Units asked for.
    pub requested: u32,
    /// Units that are free.
    pub free_units: u32,
    /// Units in the largest free extent.
    pub largest_free_extent: u32,
    /// How many units compaction on demand moves to make it fit, exactly, 0 when it fits; `None` where
    /// it finds no room. (Defragmenting as a whole, which may choose otherwise, may still help with aligned or
    /// pinned blocks.)
    pub units_to_move: Option<u32>,
    /// Where it would go, in block order; empty when it does not fit.
    pub extents: Vec<Extent>,
    /// One sentence for a person.
    pub reason: String,
}

/// Extents that a sentence names; the others it only counts.
const NAMED: usize = 3;

impl Explanation {
    /// The reason. `makes_room`: what compaction does if it helps, up to the number of units that it moves.
    pub(crate) fn sentence(
        &self,
        placement: PlacementKind,
        capacity: u32,
        align: u32,
        makes_room: &str,
    ) -> Result<String, NoMemory> {
        let Self { requested, free_units, largest_free_extent, .. } = *self;
        if self.fits {
            let (name, rule) = (placement.name(), placement.rule());
            let places = HandedOut(&self.extents, placement);
            return text(format_args!("{name} {rule}: {places}."));
        }
        if requested > free_units {
            let refused = Error::OutOfMemory { requested, free_units, largest_free_extent };
            return text(format_args!("{refused}."));
        }
        let (needed, most) = (placement.needed(requested), placement.most(capacity));
        let request = Request { requested, needed, align };
        let refused = Fragments { request, most, free_units, largest_free_extent };
        if needed > most {
            return text(format_args!("{refused}; {}.", Fragments::help(true)));
        }
        match self.units_to_move {
            Some(units) => {
                text(format_args!("{refused}; {makes_room} by moving {}.", Units(units)))
            }
            None => text(format_args!(
                "{refused}; compaction on demand finds no room for it: free blocks, or unpin some."
            )),
        }
    }
}

/// Which units a block has, in words: those asked for and, where the placement rounds up, all.
pub(crate) struct HandedOut<'a>(pub &'a [Extent], pub PlacementKind);

impl fmt::Display for HandedOut<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(extents, placement) = *self;
        Places(extents).fmt(f)?;
        match *extents {
            [Extent { start, length, .. }] if placement.needed(length) > length => {
                let all = Extent::up(start, placement.needed(length));
                write!(f, ", rounded up to {}", Places(&[all]))
            }
            _ => Ok(()),
        }
    }
}

/// Which units extents have, in words.
pub(crate) struct Places<'a>(pub &'a [Extent]);

impl fmt::Display for Places<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(extents) = self;
        for (number, extent) in extents.iter().take(NAMED).enumerate() {
            let before = if number > 0 { ", " } else { "" };
            let last = match extent.step {
                Step::Up => extent.start + (extent.length - 1),
                Step::Down => extent.lowest(),
            };
            match extent.length {
                1 => write!(f, "{before}unit {last}")?,
                _ => write!(f, "{before}units {} to {last}", extent.start)?,
            }
        }
        match extents.len().saturating_sub(NAMED) {
            0 => Ok(()),
            1 => f.write_str(", 1 more extent"),
            more => write!(f, ", {more} more extents"),
        }
    }
}
