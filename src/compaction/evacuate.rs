//! `any` for contiguous placements: the blocks of the cheapest window move into free extents
//! elsewhere, so that the window becomes one free extent.
//!
//! What always holds: no block moves into the window, and none moves twice.
//!
//! First a scan finds the window with the fewest live units among those that are as long as the
//! goal ([`super::scan`]); that is also the least that any compaction must move. Then each block in
//! it gets a target outside ([`super::plan`]), and only then do they move. What fits nowhere stays,
//! and is slid together at the bottom of the window ([`super::slide`]), for which the window must be
//! so much longer.
//!
//! Blocks may come and go between the calls: of the plan only what the table still agrees with is
//! carried out.
//!
//! Cost: O(1) for each relocation.

use super::Progress;
use super::mover::Mover;
use super::plan::{Block, Plan, Planned, Target};
use crate::Error;
use crate::extent_table::{ExtentTable, NONE};
use crate::placement::{Choice, Placement};

/// Moves for which the processor fetches together.
const TOGETHER: usize = 16;

/// A plan that is being carried out.
#[derive(Debug)]
pub(crate) struct Evacuation {
    plan: Plan,
    /// How many of its moves have been dealt with.
    next: usize,
}

impl Evacuation {
    pub fn of(plan: Plan) -> Self {
        Self { plan, next: 0 }
    }

    pub fn goal(&self) -> u32 {
        self.plan.goal
    }

    pub fn run(&mut self, mover: &mut Mover) -> Result<Progress, Error> {
        let mut fetched = self.next;
        while let Some(&planned) = self.plan.moves.get(self.next) {
            if self.next == fetched {
                fetched = self.fetch(mover.table, fetched);
            }
            if !mover.budget.look() || self.carry_out(mover, planned)? == Progress::OutOfBudget {
                return Ok(Progress::OutOfBudget);
            }
            self.next += 1;
        }
        Ok(Progress::Finished)
    }

    /// Has the processor fetch what the moves from one on need, and returns the first for which it
    /// did not. With many blocks it all lies apart; move by move the memory would be waited for each
    /// time, and so it is for all of them at once.
    fn fetch(&self, table: &ExtentTable, first: usize) -> usize {
        let end = self.plan.moves.len().min(first + TOGETHER);
        let moves = &self.plan.moves[first..end];
        let mut places = [NONE; 2 * TOGETHER];
        for (planned, places) in moves.iter().zip(places.chunks_mut(2)) {
            places[0] = self.plan.blocks.get(planned.block).place;
            places[1] = self.target(planned.target).map_or(NONE, |target| target.place);
        }
        let mut around = [NONE; 8 * TOGETHER];
        for (place, four) in places.iter().zip(around.chunks_mut(4)) {
            let Some(entry) = table.get_if_any(*place) else { continue };
            let previous = if entry.is_free() { entry.previous() } else { NONE };
            four.copy_from_slice(&[entry.below, entry.above, entry.next, previous]);
        }
        around.iter().for_each(|&place| table.fetch(place));
        end
    }

    fn target(&self, note: u32) -> Option<&Target> {
        self.plan.targets.as_ref().map(|targets| targets.get(note))
    }

    fn carry_out(&mut self, mover: &mut Mover, planned: Planned) -> Result<Progress, Error> {
        let Block { place, lowest, length } = *self.plan.blocks.get(planned.block);
        let entry = mover.table.get(place);
        let same = (entry.lowest, entry.length) == (lowest, length) && mover.is_block(place);
        if !same || mover.is_pinned(place) || mover.budget.forbids(length) {
            return Ok(Progress::Finished);
        }
        let Some(choice) = self.choice(mover, place, planned) else {
            return Ok(Progress::Finished);
        };
        if mover.budget.allows(length) < length {
            return Ok(Progress::OutOfBudget);
        }
        mover.reserve()?;
        let place = mover.move_into(place, choice);
        if let Some(targets) = &mut self.plan.targets {
            targets.get_mut(planned.target).place = mover.table.above(place);
        }
        Ok(Progress::Finished)
    }

    /// Where the block at a place goes, if that is still free.
    fn choice(&self, mover: &mut Mover, place: u32, planned: Planned) -> Option<Choice> {
        let (length, align) = (mover.table.get(place).length, mover.align(place));
        let Some(targets) = &self.plan.targets else {
            let window = self.plan.window.start..self.plan.window.end;
            return mover.placement.find_outside(mover.table, length, align, &window);
        };
        let choice = Choice { place: targets.get(planned.target).place, start: planned.start };
        let free = mover.table.get_checked(choice.place).filter(|entry| entry.is_free())?;
        let inside = free.lowest <= choice.start && choice.start + length <= free.end();
        (inside && choice.start.is_multiple_of(align)).then_some(choice)
    }
}
