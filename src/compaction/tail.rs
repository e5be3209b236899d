//! The end of a pass in allocation order, for scattered placements: the free extents directly below the
//! tail become part of it, as after the original's `defragment`.
//!
//! What always holds: nothing moves here.
//!
//! Cost: O(1) and a look for each free extent.

use super::budget::Progress;
use super::mover::Mover;
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

/// The free extent directly below the tail or, without a tail, the one at the end of the buffer.
fn below_tail(mover: &Mover) -> Option<u32> {
    let tail = mover.placement.tail(mover.table);
    let place = if tail == NONE { mover.table.highest() } else { mover.table.below(tail) };
    mover.table.get(place).is_free().then_some(place)
}
