//! The end of a pass in the order of allocation, for scattered placements: what is free directly below
//! the tail becomes part of it, as it is after the original's defragmentation.
//!
//! What always holds: nothing moves here.
//!
//! Cost: O(1) for each free extent, and a look.

use super::mover::Mover;
use super::pass::Progress;
use crate::extent_table::NONE;
use crate::placement::Placement;

pub(crate) fn run(mover: &mut Mover) -> Progress {
    while let Some(run) = below_tail(mover) {
        if !mover.budget.look() {
            return Progress::OutOfBudget;
        }
        mover.hold(run);
        mover.placement.give(mover.table, run);
    }
    Progress::Finished
}

/// The free extent directly below the tail or, where there is none, the one at the end.
fn below_tail(mover: &Mover) -> Option<u32> {
    let tail = mover.placement.tail(mover.table);
    let place = if tail == NONE { mover.table.highest() } else { mover.table.below(tail) };
    mover.table.get(place).is_free().then_some(place)
}
