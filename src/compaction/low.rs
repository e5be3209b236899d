//! `any` for scattered placements: live units above the live count move into free units below it.
//!
//! What always holds: a unit moves at most once, and only from at or above the live count to below it.
//! So exactly the live units at or above it move, the fewest that can leave all free units in one run
//! at the end (without pins).
//!
//! Source: Edwards' two-finger compaction (Saunders, *The LISP system for the Q-32 computer*,
//! 1964): one finger goes up over free extents, the other down over used ones, until they meet.
//!
//! Cost: O(extents) for a whole pass, O(1) for each look and each relocation.

use super::budget::Progress;
use super::mover::Mover;
use crate::extent_table::NONE;
use crate::fallible::NoMemory;
use crate::placement::{Choice, Placement};

/// Cursors: the finger that goes up, and the one that goes down.
const UP: usize = 0;
const DOWN: usize = 1;

pub(crate) fn begin(mover: &mut Mover) {
    mover.table.set_cursor(UP, mover.table.lowest());
    mover.table.set_cursor(DOWN, mover.table.highest());
}

#[inline(never)]
pub(crate) fn run(mover: &mut Mover, live: u32) -> Result<Progress, NoMemory> {
    loop {
        // Looking already joins free extents with the tail, and no error may follow that.
        mover.reserve()?;
        let Some(source) = last_used(mover, live) else { return Ok(Progress::OutOfBudget) };
        let Some(target) = first_free(mover, live) else { return Ok(Progress::OutOfBudget) };
        if source == NONE || target == NONE {
            return Ok(Progress::Finished);
        }
        let (used, free) = (*mover.table.get(source), *mover.table.get(target));
        let above = used.end() - used.lowest.max(live);
        let below = free.end().min(live) - free.lowest;
        let length = mover.budget.allows(above.min(below));
        if length == 0 {
            return Ok(Progress::OutOfBudget);
        }
        let (rest, piece) = if length == used.length {
            (mover.table.below(source), source)
        } else {
            mover.cut(source, used.length - length)
        };
        mover.table.set_cursor(DOWN, rest);
        let piece = mover.move_into(piece, Choice { place: target, start: free.lowest });
        mover.table.set_cursor(UP, mover.table.above(piece));
    }
}

/// The highest extent that has units at or above the live count and may move; [`NONE`] if there is
/// none, `None` when the budget is used up.
#[inline(never)]
fn last_used(mover: &mut Mover, live: u32) -> Option<u32> {
    loop {
        let place = mover.table.cursor(DOWN);
        if place == NONE || mover.table.get(place).end() <= live {
            return Some(NONE);
        }
        let used = !mover.table.get(place).is_free();
        if used && !mover.is_pinned(place) {
            return Some(place);
        }
        if !mover.budget.look() {
            return None;
        }
        if used {
            mover.report.left.pinned += 1;
        } else if mover.table.above(place) == mover.placement.tail(mover.table) {
            // Units that were freed run by run become part of the tail.
            mover.hold(place);
            mover.placement.give(mover.table, place);
        }
        mover.table.set_cursor(DOWN, mover.table.below(place));
    }
}

/// The lowest free extent that has units below the live count; as [`last_used`].
#[inline(never)]
fn first_free(mover: &mut Mover, live: u32) -> Option<u32> {
    loop {
        let place = mover.table.cursor(UP);
        if place == NONE || mover.table.get(place).lowest >= live {
            return Some(NONE);
        }
        if mover.table.get(place).is_free() {
            return Some(place);
        }
        if !mover.budget.look() {
            return None;
        }
        mover.table.set_cursor(UP, mover.table.above(place));
    }
}
