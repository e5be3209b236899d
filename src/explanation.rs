//! Where a request would go and why, or why it cannot be served.

use crate::error::Units;
use crate::fallible::{NoMemory, text};
use crate::{Extent, PlacementKind, Step};
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
    /// even that does not help.
    pub units_to_move: Option<u32>,
    /// Where it would go, in block order; empty when it does not fit.
    pub extents: Vec<Extent>,
    /// One sentence for a person.
    pub reason: String,
}

/// Extents that a sentence names; it only counts those after them.
const NAMED: usize = 3;

impl Explanation {
    pub(crate) fn sentence(
        &self,
        placement: PlacementKind,
        capacity: u32,
        align: u32,
    ) -> Result<String, NoMemory> {
        let Self { free_units, largest_free_extent: largest, .. } = *self;
        let requested = Units(self.requested);
        if self.fits {
            let (name, rule) = (placement.name(), placement.rule());
            let places = Places(&self.extents);
            return text(format_args!("{name} {rule}: {requested} at {places}."));
        }
        if self.requested > free_units {
            return text(format_args!(
                "{requested} asked for, but only {free_units} are free, and no compaction makes more."
            ));
        }
        let most = 1 << capacity.ilog2();
        if placement == PlacementKind::Buddy && self.requested.max(align) > most {
            return text(format_args!(
                "{requested} asked for, but buddy has no block above {most} units in a capacity of {capacity}: \
                 take a larger one, or another placement."
            ));
        }
        let compaction = Compaction(self.units_to_move);
        match self.requested > largest {
            true => text(format_args!(
                "{requested} asked for: as many are free, but in no single extent, the largest has {largest}; \
                 {compaction}."
            )),
            false => text(format_args!(
                "{requested} asked for: as many are free in one extent, but in none from a multiple of {align} on; \
                 {compaction}."
            )),
        }
    }
}

/// What it would do, by how many units it would have to move.
struct Compaction(Option<u32>);

impl fmt::Display for Compaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(units) => write!(f, "compaction makes room by moving {}", Units(units)),
            None => f.write_str("compaction makes no room for it, as blocks and pins lie"),
        }
    }
}

/// Which units these are.
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
