//! Allocation order for a contiguous block, which cannot be cut.
//!
//! What always holds: whatever lies where the block belongs moves out of the way, each block as a whole. If one of
//! them cannot, the block stays (`left.blocked`).

use super::{AT, Begun, NEXT, Ordered, entry_at};
use crate::compaction::budget::Progress;
use crate::compaction::mover::Mover;
use crate::entry::Entry;
use crate::extent_table::{NONE, first_of};
use crate::fallible::NoMemory;
use crate::placement::{Choice, Placement};

/// A unit or a place, or why there is none.
enum Search {
    Found(u32),
    Nowhere,
    OutOfBudget,
}

impl Ordered {
    /// Brings a contiguous block to where it belongs, after whatever lies there.
    pub(super) fn place_block(
        &mut self,
        mover: &mut Mover,
        slot: u32,
    ) -> Result<Progress, NoMemory> {
        let place = first_of(slot);
        let Entry { lowest, length, .. } = *mover.table.get(place);
        if lowest < self.start && self.start < lowest + length {
            // It was placed here since the last call; another pass will follow.
            self.start = lowest + length;
            return Ok(Progress::Finished);
        }
        match self.free_of_pins(mover, place) {
            Search::Found(to) if to == lowest => self.start = lowest + length,
            Search::Found(_) if mover.budget.note_if_too_large(length) => {
                mover.report.left.too_large += 1
            }
            Search::Found(to) => return self.move_block(mover, place, to),
            Search::Nowhere => mover.report.left.blocked += 1,
            Search::OutOfBudget => return Ok(Progress::OutOfBudget),
        }
        Ok(Progress::Finished)
    }

    /// Moves a block to where it belongs, once nothing else lies there.
    fn move_block(&mut self, mover: &mut Mover, place: u32, to: u32) -> Result<Progress, NoMemory> {
        let length = mover.table.get(place).length;
        let free = match clear(mover, place, to, length)? {
            Search::Found(free) => free,
            Search::Nowhere => {
                mover.report.left.blocked += 1;
                return Ok(Progress::Finished);
            }
            Search::OutOfBudget => return Ok(Progress::OutOfBudget),
        };
        if mover.budget.allows(length) < length {
            return Ok(Progress::OutOfBudget);
        }
        mover.reserve()?;
        settle(mover, place, Choice { place: free, start: to });
        mover.table.set_cursor(AT, mover.table.above(place));
        self.start = to + length;
        Ok(Progress::Finished)
    }

    /// The lowest unit from `start` on where a block could lie without overlapping a pinned one.
    fn free_of_pins(&mut self, mover: &mut Mover, own: u32) -> Search {
        let Entry { lowest, length, .. } = *mover.table.get(own);
        let multiple = mover.multiple(own);
        let highest = mover.table.end();
        // Since the last call the block may have been resized, and so moved to where it overlaps what was
        // found: it can stay there, or go further down.
        let is_free_of_own = |to| to <= lowest || lowest + length <= to;
        let begun = self
            .begun
            .filter(|begun| begun.to.is_multiple_of(multiple) && is_free_of_own(begun.to));
        if begun.is_none() {
            mover.table.set_cursor(NEXT, mover.table.cursor(AT));
        }
        let Some(first) = self.start.checked_next_multiple_of(multiple) else {
            return Search::Nowhere;
        };
        let Begun { mut to, mut checked } = begun.unwrap_or(Begun { to: first, checked: first });
        loop {
            let Some(end) = to.checked_add(length).filter(|&end| end <= highest) else {
                return Search::Nowhere;
            };
            self.begun = Some(Begun { to, checked });
            if checked >= end {
                return Search::Found(to);
            }
            let Some(at) = entry_at(mover, NEXT, checked) else { return Search::OutOfBudget };
            let entry = mover.table.get(at);
            checked = entry.end();
            if at == own || entry.is_free() {
                continue;
            }
            if mover.is_pinned(at) {
                self.count_pinned(mover, at);
                match checked.checked_next_multiple_of(multiple) {
                    Some(next) => (to, checked) = (next, next),
                    None => return Search::Nowhere,
                }
            } else if mover.budget.note_if_too_large(entry.length) {
                // Before others are moved out of the way in vain.
                return Search::Nowhere;
            }
        }
    }
}

/// Moves every other block out of the units that a block needs; returns the extent that has the first
/// of these units.
fn clear(mover: &mut Mover, own: u32, to: u32, length: u32) -> Result<Search, NoMemory> {
    let window = to..to + length;
    let Some(mut first) = entry_at(mover, AT, to) else { return Ok(Search::OutOfBudget) };
    let mut at = first;
    while at != NONE && mover.table.get(at).lowest < window.end {
        if !mover.budget.look() {
            return Ok(Search::OutOfBudget);
        }
        let entry = *mover.table.get(at);
        if entry.is_free() || at == own {
            at = mover.table.above(at);
            continue;
        }
        if mover.is_pinned(at) || mover.budget.note_if_too_large(entry.length) {
            return Ok(Search::Nowhere);
        }
        let align = mover.align(at);
        let choice = mover.placement.find_outside(mover.table, entry.length, align, &window);
        let Some(choice) = choice else { return Ok(Search::Nowhere) };
        if mover.budget.allows(entry.length) < entry.length {
            return Ok(Search::OutOfBudget);
        }
        mover.reserve()?;
        // The block takes its place in the table with it.
        mover.table.set_cursor(AT, mover.table.below(at));
        mover.move_into(at, choice);
        match entry_at(mover, AT, to) {
            Some(here) => (first, at) = (here, here),
            None => return Ok(Search::OutOfBudget),
        }
    }
    Ok(Search::Found(first))
}

/// Moves a block to units that are all free or its own already, the first of them free.
fn settle(mover: &mut Mover, place: u32, choice: Choice) {
    let Choice { place: free, start: to } = choice;
    let Entry { lowest, length, .. } = *mover.table.get(place);
    debug_assert!(mover.table.get(free).is_free());
    let overlaps = lowest < to + length && to < lowest + length;
    if !overlaps {
        mover.move_into(place, choice);
        return;
    }
    mover.hold(free);
    let before = to - mover.table.get(free).lowest;
    let mut held = free;
    if before > 0 {
        held = mover.table.split(free, before);
        mover.placement.give(mover.table, free);
    }
    mover.slide_down(held);
    mover.hold_above(held);
    mover.placement.give(mover.table, held);
}
