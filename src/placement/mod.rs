//! Placements: the policies that choose units.
//!
//! What always holds:
//! - A placement knows free units only. Which block has the others, and what they hold, it never
//!   learns.
//! - [`Placement::plan`] chooses and changes nothing; [`Placement::commit`] takes what was planned
//!   and cannot fail. What a later [`Placement::free`] needs is reserved by `plan`, so freeing
//!   needs no memory.
//!
//! Each placement is a file of its own, with the source of its algorithm and its cost.

mod freed_stack;
mod lifo;

use crate::{Error, Extent};

/// Which policy chooses the units of a new block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum PlacementKind {
    /// Freed units first, newest first, then the tail: the original.
    #[default]
    Lifo,
}

impl PlacementKind {
    /// Every placement.
    pub const ALL: [Self; 1] = [Self::Lifo];

    /// The name used in the JavaScript interface.
    pub fn name(self) -> &'static str {
        match self {
            Self::Lifo => "lifo",
        }
    }

    pub(crate) fn build(self, capacity: u32) -> Box<dyn Placement> {
        match self {
            Self::Lifo => Box::new(lifo::Lifo::new(capacity)),
        }
    }
}

/// What a placement chose for one block, in block order.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    extents: Vec<Extent>,
}

impl Plan {
    pub fn clear(&mut self) {
        self.extents.clear();
    }

    /// Adds units to the block, as part of its last extent where they continue it.
    pub fn push(&mut self, extent: Extent) -> Result<(), Error> {
        let joined = self.extents.last_mut().is_some_and(|last| last.append(extent));
        if !joined {
            let room = self.extents.try_reserve(1);
            room.map_err(|_| Error::Metadata)?;
            self.extents.push(extent);
        }
        Ok(())
    }

    pub fn extents(&self) -> &[Extent] {
        &self.extents
    }
}

/// See the head of this file.
pub(crate) trait Placement: std::fmt::Debug {
    /// Chooses `size` units; the caller knows that so many are free.
    fn plan(&mut self, size: u32, plan: &mut Plan) -> Result<(), Error>;

    /// Takes what was planned last.
    fn commit(&mut self, plan: &Plan);

    /// Takes back one extent of a freed block; called in block order.
    fn free(&mut self, extent: Extent);

    /// From now on `blocks` blocks, one extent each, fill the first `used` units, and all others
    /// are the tail.
    fn pack(&mut self, used: u32, blocks: usize);

    /// First unit of the tail.
    fn tail(&self) -> u32;

    /// The free extents by ascending address, each as long as can be.
    fn free_extents(&self) -> Vec<(u32, u32)>;
}
