//! `any` for contiguous placements: the blocks of the cheapest window move into free extents
//! elsewhere, so that the window becomes one free extent.
//!
//! What always holds: no block moves into the window, and none moves twice.
//!
//! First a scan finds the window with the fewest live units among those that are as long as the
//! goal ([`super::scan`]); that is also the least that any compaction must move. Then each block in
//! it gets a target outside ([`super::plan`]), and only then do they move, by ascending address, so
//! that neighbours in memory follow each other, and the data of all of them after that. What fits
//! nowhere stays, and is slid together at the bottom of the window ([`super::slide`]), for which the
//! window must be so much longer.
//!
//! Blocks may come and go between the calls: of the plan only what the table still agrees with is
//! carried out.
//!
//! Cost: O(1) for each relocation.

use super::Progress;
use super::mover::Mover;
use super::plan::{Block, Plan};
use super::queues::NO_NOTE;
use crate::entry::Entry;
use crate::extent_table::NONE;
use crate::fallible::NoMemory;
use crate::placement::{Choice, Placement, aligned};
use std::ops::Range;

/// Moves for which the processor fetches together.
const TOGETHER: u32 = 16;

/// A plan that is being carried out.
#[derive(Debug)]
pub(crate) struct Evacuation {
    plan: Plan,
    /// How many of its blocks have been dealt with.
    next: u32,
}

impl Evacuation {
    pub fn of(plan: Plan) -> Self {
        Self { plan, next: 0 }
    }

    pub fn goal(&self) -> u32 {
        self.plan.goal
    }

    pub fn run(&mut self, mover: &mut Mover) -> Result<Progress, NoMemory> {
        mover.expect(self.plan.blocks.len().saturating_sub(self.next));
        mover.let_data_wait();
        let progress = self.move_blocks(mover);
        mover.move_data();
        progress
    }

    #[inline(never)]
    fn move_blocks(&mut self, mover: &mut Mover) -> Result<Progress, NoMemory> {
        let mut fetched = self.next;
        while let Some(note) = self.next_block() {
            if self.next == fetched {
                fetched = self.fetch(mover, fetched);
            }
            if !mover.budget.look() || self.carry_out(mover, note)? == Progress::OutOfBudget {
                return Ok(Progress::OutOfBudget);
            }
            self.advance(note);
        }
        Ok(Progress::Finished)
    }

    /// The note of the block that is next: the lowest or, where blocks have no targets yet, the
    /// largest.
    fn next_block(&self) -> Option<u32> {
        let Plan { blocks, targets, .. } = &self.plan;
        match targets {
            Some(_) => (self.next < blocks.len()).then_some(self.next),
            None => blocks.highest().map(|class| blocks.first(class)),
        }
    }

    /// The block that was next is dealt with.
    fn advance(&mut self, note: u32) {
        self.next += 1;
        if let Some(class) = self.plan.blocks.highest() {
            self.plan.blocks.take(class, NO_NOTE, note);
        }
    }

    /// Has the processor fetch what the moves from one on need, and returns the first for which it
    /// did not. With many blocks it all lies apart; move by move the memory would be waited for each
    /// time, and so it is for all of them at once.
    #[inline(never)]
    fn fetch(&self, mover: &Mover, first: u32) -> u32 {
        let end = self.plan.blocks.len().min(first + TOGETHER);
        let Some(targets) = &self.plan.targets else { return end };
        let mut around = [NONE; 8 * TOGETHER as usize];
        for (note, around) in (first..end).zip(around.chunks_mut(8)) {
            let block = self.plan.blocks.get(note);
            let target =
                if block.target == NO_NOTE { NONE } else { targets.get(block.target).place };
            for (place, four) in [block.place, target].into_iter().zip(around.chunks_mut(4)) {
                let Some(entry) = mover.table.get_if_any(place) else { continue };
                let previous = if entry.is_free() { entry.previous() } else { NONE };
                four.copy_from_slice(&[entry.below, entry.above, entry.next, previous]);
            }
        }
        around.iter().for_each(|&place| mover.table.fetch(place));
        end
    }

    #[inline(never)]
    fn carry_out(&mut self, mover: &mut Mover, note: u32) -> Result<Progress, NoMemory> {
        let Block { place, lowest, length, target, .. } = *self.plan.blocks.get(note);
        let entry = mover.table.get(place);
        let same = (entry.lowest, entry.length) == (lowest, length) && mover.is_block(place);
        if !same || mover.is_pinned(place) || mover.budget.forbids(length) {
            return Ok(Progress::Finished);
        }
        let Some(choice) = self.choice(mover, length, mover.align(place), target) else {
            return Ok(Progress::Finished);
        };
        if mover.budget.allows(length) < length {
            return Ok(Progress::OutOfBudget);
        }
        mover.reserve()?;
        let place = mover.move_into(place, choice);
        if let Some(targets) = self.plan.targets.as_mut().filter(|_| target != NO_NOTE) {
            targets.get_mut(target).place = mover.table.above(place);
        }
        Ok(Progress::Finished)
    }

    /// Where a block goes: into what is left of its target, if that is still free and has room;
    /// else where the placement says. What was to stay does.
    fn choice(&self, mover: &mut Mover, length: u32, align: u32, target: u32) -> Option<Choice> {
        let window = self.plan.window.start..self.plan.window.end;
        let targets = self.plan.targets.as_ref();
        if targets.is_some() && target == NO_NOTE {
            return None;
        }
        let in_target = targets.and_then(|targets| {
            let place = targets.get(target).place;
            let free = mover.table.get_if_any(place).filter(|entry| entry.is_free())?;
            let (lowest, whole) = outside(free, &window);
            aligned(lowest, whole, length, align).map(|start| Choice { place, start })
        });
        in_target.or_else(|| mover.placement.find_outside(mover.table, length, align, &window))
    }
}

/// What of an extent lies outside the window: where that begins, and how long it is. A target may
/// have been coalesced with what has become free in the window.
fn outside(entry: &Entry, window: &Range<u32>) -> (u32, u32) {
    if entry.lowest < window.start {
        (entry.lowest, entry.end().min(window.start) - entry.lowest)
    } else {
        let lowest = entry.lowest.max(window.end);
        (lowest, entry.end().saturating_sub(lowest))
    }
}
