//! The plan of an evacuation: which block of the window goes where.
//!
//! What always holds: nothing moves here. A plan is carried out only if it moves less than sliding
//! would, so that `any` is never worse than sliding.
//!
//! Blocks choose by descending size class, since large blocks are hardest to place. Each takes units of
//! a free extent outside the window, from the smallest class that surely fits, and leaves the rest of
//! that extent to others. Which units it gets is decided when it moves. (Best fit decreasing, see
//! Johnson, *Near-optimal bin packing algorithms*, 1973, with the good fit of `tlsf` in place of the
//! best.)
//!
//! Blocks choose in groups, by ascending address. A group has the free extents that lie as far up
//! outside the window as the group lies within it, and those that earlier groups left over. So what a
//! group and its moves touch lies close together in memory. With a million blocks memory is the
//! bottleneck: a move costs a quarter less, and a choice a fifth of what it would. Blocks that find
//! nothing in their group choose again at the end, among all that is left.
//!
//! Cost, with E extents, F free ones and B blocks in the window: O(E + B) looks, O(F + B) memory.

use super::budget::{Budget, Progress};
use super::mover::Mover;
use super::queues::{NO_NOTE, Queues};
use super::scan::{Scan, Window, window_start};
use crate::entry::Entry;
use crate::extent_table::{ExtentTable, NONE};
use crate::fallible::NoMemory;
use crate::placement::aligned;
use crate::placement::size_class::{class_of, next, round_up};
use std::ops::Range;

/// Cursors: the next extent of the window, and the next of all extents, to find those outside.
const INSIDE: usize = 0;
const OUTSIDE: usize = 1;
/// Blocks that choose together or, in an evacuation at once, extents of the window.
pub(crate) const GROUP: u32 = 4096;
/// Targets that are tried for a block if no class surely fits.
const TARGETS_TRIED: u32 = 64;
/// Looks that choosing a target costs.
const LOOKS_PER_CHOICE: u32 = 4;

#[derive(Debug)]
pub(crate) struct Plan {
    pub window: Window,
    /// By ascending address.
    pub blocks: Queues<Block>,
    pub targets: Queues<Target>,
    /// Blocks of the groups that have chosen.
    chose: u32,
    /// Blocks that have been given their second choice, if they needed one.
    chose_again: u32,
    /// Units that blocks which fit nowhere outside may take up.
    staying: u32,
}

/// A block in the window.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Block {
    pub place: u32,
    pub lowest: u32,
    pub length: u32,
    /// What its first unit must be a multiple of.
    pub align: u32,
    /// The place of its target, or [`NONE`].
    pub target: u32,
}

impl Block {
    /// The most units that it takes up where it slides to, with those that its alignment leaves free below it.
    fn room(&self) -> u32 {
        self.length.saturating_add(self.align - 1)
    }
}

/// What is left of a free extent outside the window.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target {
    pub place: u32,
    pub lowest: u32,
    pub length: u32,
}

impl Plan {
    /// A plan for the window that a scan found.
    pub fn begin(mover: &mut Mover, scan: &Scan, window: Window) -> Result<Self, NoMemory> {
        mover.table.set_cursor(INSIDE, window_start(mover));
        mover.table.set_cursor(OUTSIDE, mover.table.lowest());
        Ok(Self {
            window,
            blocks: Queues::new(window.blocks as usize)?,
            targets: Queues::new(scan.free as usize)?,
            chose: 0,
            chose_again: 0,
            staying: 0,
        })
    }

    #[inline(never)]
    pub fn run(&mut self, mover: &mut Mover) -> Progress {
        loop {
            let group = self.chose.saturating_add(GROUP);
            let noted = self.note_blocks(mover, group) && self.note_targets(mover);
            if !noted || !self.choose(&mut mover.budget) {
                return Progress::OutOfBudget;
            }
            self.chose = self.blocks.len();
            if self.inside(mover).is_none() {
                break;
            }
        }
        if self.choose_again(&mut mover.budget) {
            Progress::Finished
        } else {
            Progress::OutOfBudget
        }
    }

    /// The next extent of the window.
    fn inside<'a>(&self, mover: &'a Mover) -> Option<&'a Entry> {
        let next = mover.table.get_checked(mover.table.cursor(INSIDE));
        next.filter(|next| next.lowest < self.window.end)
    }

    // The functions that follow return whether the budget sufficed.

    /// Notes the blocks of the window, until there are `count`.
    fn note_blocks(&mut self, mover: &mut Mover, count: u32) -> bool {
        while self.blocks.len() < count {
            let Some(&entry) = self.inside(mover) else { break };
            if !mover.budget.look() {
                return false;
            }
            if !entry.is_free() && self.window.start < entry.end() {
                self.note(mover, mover.table.cursor(INSIDE), &entry);
            }
            mover.table.set_cursor(INSIDE, entry.above);
        }
        true
    }

    /// Notes the free extents outside that belong to the blocks noted so far.
    fn note_targets(&mut self, mover: &mut Mover) -> bool {
        let Window { start, end, .. } = self.window;
        let inside = self.inside(mover).map_or(end, |next| next.lowest);
        let outside = as_far_outside(mover.table, start..end, inside);
        loop {
            let place = mover.table.cursor(OUTSIDE);
            let next = mover.table.get_checked(place).filter(|next| next.lowest <= outside);
            let Some(&entry) = next else { return true };
            if !mover.budget.look() {
                return false;
            }
            if entry.is_free() && (entry.end() <= start || end <= entry.lowest) {
                self.note(mover, place, &entry);
            }
            mover.table.set_cursor(OUTSIDE, entry.above);
        }
    }

    /// Notes a free extent outside, or a block of the window, unless it is pinned.
    #[inline(never)]
    fn note(&mut self, mover: &Mover, place: u32, entry: &Entry) {
        let (lowest, length) = (entry.lowest, entry.length);
        if entry.is_free() {
            self.targets.add(Target { place, lowest, length }, length);
        } else if !mover.is_pinned(place) {
            let (align, target) = (1 << entry.owner.align(), NONE);
            self.blocks.add(Block { place, lowest, length, align, target }, length);
        }
    }

    /// Chooses a target for each block of a group, the largest first.
    #[inline(never)]
    fn choose(&mut self, budget: &mut Budget) -> bool {
        while let Some(class) = self.blocks.highest() {
            if !(0..LOOKS_PER_CHOICE).all(|_| budget.look()) {
                return false;
            }
            let note = self.blocks.take_first(class);
            if !choose_for(&mut self.blocks, &mut self.targets, note, budget) {
                self.staying = self.staying.saturating_add(self.blocks.get(note).room());
            }
        }
        true
    }

    /// Chooses a target for blocks that found none in their groups.
    #[inline(never)]
    fn choose_again(&mut self, budget: &mut Budget) -> bool {
        while self.staying > 0 && self.chose_again < self.blocks.len() {
            if !budget.look() {
                return false;
            }
            let block = *self.blocks.get(self.chose_again);
            if block.target == NONE
                && choose_for(&mut self.blocks, &mut self.targets, self.chose_again, budget)
            {
                self.staying = self.staying.saturating_sub(block.room());
            }
            self.chose_again += 1;
        }
        true
    }

    /// How long a window has to be in which what fits nowhere else can slide together at the bottom and leave
    /// `goal` units, once everything is chosen.
    pub fn room(&self, goal: u32) -> u32 {
        goal.saturating_add(self.staying)
    }
}

/// The unit that is as far up outside a window as the given one is within it.
pub(crate) fn as_far_outside(table: &ExtentTable, window: Range<u32>, unit: u32) -> u32 {
    let Range { start, end } = window;
    let capacity = table.end();
    let (length, passed) = (end - start, unit.clamp(start, end) - start);
    if passed == length {
        return capacity;
    }
    let outside = u64::from(capacity - length) * u64::from(passed) / u64::from(length);
    if outside < u64::from(start) { outside as u32 } else { outside as u32 + length }
}

/// Chooses a target for a block; returns whether there is one.
#[inline(always)]
pub(crate) fn choose_for(
    blocks: &mut Queues<Block>,
    targets: &mut Queues<Target>,
    note: u32,
    budget: &mut Budget,
) -> bool {
    let block = blocks.get_mut(note);
    let target = take(targets, block.length, block.align, budget);
    block.target = target.unwrap_or(NONE);
    target.is_some()
}

/// Takes units of a target for a block; returns the target's place.
#[inline(never)]
fn take(targets: &mut Queues<Target>, length: u32, align: u32, budget: &mut Budget) -> Option<u32> {
    let surely = length.checked_add(align - 1).and_then(round_up);
    if let Some(class) = surely.and_then(|surely| targets.class_from(class_of(surely))) {
        let note = targets.first(class);
        let Target { place, lowest, length: whole } = *targets.get(note);
        let start = aligned(lowest, whole, length, align)?;
        targets.take(class, NO_NOTE, note);
        leave_from(targets, note, start + length);
        return Some(place);
    }
    let mut tries = TARGETS_TRIED;
    let mut at = Some(class_of(length));
    while let Some(class) = at.and_then(|class| targets.class_from(class)) {
        let (mut before, mut note) = (NO_NOTE, targets.first(class));
        while note != NO_NOTE {
            if tries == 0 {
                return None;
            }
            tries -= 1;
            budget.look();
            let Target { place, lowest, length: whole } = *targets.get(note);
            if let Some(start) = aligned(lowest, whole, length, align) {
                targets.take(class, before, note);
                leave_from(targets, note, start + length);
                return Some(place);
            }
            (before, note) = (note, targets.after(note));
        }
        at = next(class);
    }
    None
}

/// Leaves a target only its units from `lowest` on.
fn leave_from(targets: &mut Queues<Target>, note: u32, lowest: u32) {
    let target = targets.get_mut(note);
    target.length -= lowest - target.lowest;
    target.lowest = lowest;
    let rest = target.length;
    if rest > 0 {
        targets.put(note, rest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DefragmentOptions;

    #[test]
    fn a_block_that_found_nothing_in_its_group_chooses_again_among_all() {
        let (mut blocks, targets) = (Queues::new(1).unwrap(), Queues::new(1).unwrap());
        blocks.add(Block { place: 1, lowest: 0, length: 8, align: 1, target: NONE }, 8);
        let window = Window { start: 0, end: 8, live: 8, blocks: 1 };
        let (chose, chose_again, staying) = (0, 0, 0);
        let mut plan = Plan { window, blocks, targets, chose, chose_again, staying };
        let mut budget = Budget::new(&DefragmentOptions::default());
        assert!(plan.choose(&mut budget));
        assert_eq!((plan.blocks.get(0).target, plan.staying), (NONE, 8));
        plan.targets.add(Target { place: 2, lowest: 16, length: 9 }, 9);
        assert!(plan.choose_again(&mut budget));
        assert_eq!((plan.blocks.get(0).target, plan.staying), (2, 0));
    }

    #[test]
    fn a_block_takes_units_of_the_smallest_class_that_surely_fits() {
        let mut budget = Budget::new(&DefragmentOptions::default());
        for (align, just_enough) in [(1, 8), (4, 11)] {
            let mut targets = Queues::new(2).unwrap();
            targets.add(Target { place: 2, lowest: 0, length: 100 }, 100);
            targets.add(Target { place: 4, lowest: 200, length: just_enough }, just_enough);
            assert_eq!(take(&mut targets, 8, align, &mut budget), Some(4), "{align}");
        }
    }

    #[test]
    fn a_window_and_what_lies_outside_are_gone_through_at_one_pace() {
        let table = ExtentTable::new(100).unwrap();
        // A fifth of the units are inside, from 40 on.
        let outside =
            [0, 40, 41, 49, 50, 55, 59, 60, 99].map(|unit| as_far_outside(&table, 40..60, unit));
        assert_eq!(outside, [0, 0, 4, 36, 60, 80, 96, 100, 100]);
    }
}
