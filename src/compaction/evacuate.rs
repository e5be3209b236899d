//! `any` for contiguous placements, in steps: the blocks of the cheapest window move into free extents
//! elsewhere, so that the window becomes one free extent. (If one call may do everything, see
//! [`super::at_once`].)
//!
//! What always holds: no block moves into the window, and none moves twice.
//!
//! First a scan finds the window with the fewest live units among those as long as the goal
//! ([`super::scan`]); no compaction can move fewer. Then each block in it gets a target outside
//! ([`super::plan`]). Only then do the blocks move, by ascending address, so that neighbours in memory
//! follow each other, and after them the data of all. Blocks that fit nowhere stay and slide together
//! at the bottom of the window ([`super::slide`]), for which the window must be longer by what they may take up.
//!
//! Blocks may come and go between calls: only those parts of the plan that still agree with the table
//! are carried out.
//!
//! Cost: O(1) for each relocation.

use super::budget::Progress;
use super::mover::Mover;
use super::plan::{Block, GROUP, Plan};
use crate::entry::Entry;
use crate::extent_table::NONE;
use crate::fallible::NoMemory;
use crate::placement::{Choice, Placement, aligned};
use std::ops::Range;

/// Moves whose targets are fetched together.
const TOGETHER: u32 = 64;

/// A plan that is being carried out.
#[derive(Debug)]
pub(crate) struct Evacuation {
    /// Only [`Self::fetch`] reads the targets: each block knows its own.
    plan: Plan,
    /// How many blocks have been dealt with.
    next: u32,
    /// For how many blocks targets have been fetched.
    fetched: u32,
}

impl Evacuation {
    pub fn of(plan: Plan) -> Self {
        Self { plan, next: 0, fetched: 0 }
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
        while self.next < self.plan.blocks.len() {
            if self.next == self.fetched {
                self.fetch(mover);
            }
            if !mover.budget.look() || self.carry_out(mover, self.next)? == Progress::OutOfBudget {
                return Ok(Progress::OutOfBudget);
            }
            self.next += 1;
        }
        Ok(Progress::Finished)
    }

    /// Has the processor fetch targets one group before they are needed. A group takes its targets in
    /// any order, and with many blocks each would have to be waited for; fetched by ascending address,
    /// they arrive as a stream.
    #[inline(never)]
    fn fetch(&mut self, mover: &Mover) {
        let first = self.fetched;
        self.fetched = self.plan.blocks.len().min(first + TOGETHER);
        for target in self.targets_until(first + GROUP)..self.targets_until(self.fetched + GROUP) {
            let place = self.plan.targets.get(target).place;
            if let Some(target) = mover.table.get_if_any(place) {
                mover.table.fetch(target.below);
            }
        }
    }

    /// About how many targets had been noted when this many blocks had been.
    fn targets_until(&self, blocks: u32) -> u32 {
        let (targets, all) = (self.plan.targets.len(), self.plan.blocks.len());
        let noted = u64::from(targets) * u64::from(blocks.min(all)) / u64::from(all);
        noted as u32
    }

    #[inline(never)]
    fn carry_out(&self, mover: &mut Mover, note: u32) -> Result<Progress, NoMemory> {
        let Block { place, lowest, length, target, .. } = *self.plan.blocks.get(note);
        let entry = mover.table.get(place);
        let same = (entry.lowest, entry.length) == (lowest, length) && mover.is_block(place);
        if !same || mover.is_pinned(place) || mover.budget.note_if_too_large(length) {
            return Ok(Progress::Finished);
        }
        let Some(choice) = self.choice(mover, length, mover.align(place), target) else {
            return Ok(Progress::Finished);
        };
        if mover.budget.allows(length) < length {
            return Ok(Progress::OutOfBudget);
        }
        mover.reserve()?;
        mover.move_into(place, choice);
        Ok(Progress::Finished)
    }

    /// Where a block goes: into what is left of its target, if that is still free and has room,
    /// otherwise where the placement says. A block without a target stays.
    fn choice(&self, mover: &mut Mover, length: u32, align: u32, target: u32) -> Option<Choice> {
        let window = self.plan.window.start..self.plan.window.end;
        if target == NONE {
            return None;
        }
        let free = mover.table.get_if_any(target).filter(|entry| entry.is_free());
        let in_target = free.and_then(|free| {
            let (lowest, whole) = outside(free, &window);
            aligned(lowest, whole, length, align).map(|start| Choice { place: target, start })
        });
        in_target.or_else(|| mover.placement.find_outside(mover.table, length, align, &window))
    }
}

/// The part of an extent that lies outside the window: its lowest unit and its length. A target may
/// have been coalesced with units that have become free in the window.
fn outside(entry: &Entry, window: &Range<u32>) -> (u32, u32) {
    if entry.lowest < window.start {
        (entry.lowest, entry.end().min(window.start) - entry.lowest)
    } else {
        let lowest = entry.lowest.max(window.end);
        (lowest, entry.end().saturating_sub(lowest))
    }
}
