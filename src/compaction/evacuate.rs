//! `any` for contiguous placements: the blocks of the cheapest window move into free extents
//! elsewhere, largest first, so that the window becomes one free extent.
//!
//! What always holds: no block moves into the window, and none moves twice.
//!
//! First a scan finds the window with the fewest live units among those that are as long as the
//! goal; that is also the least that any compaction must move. Then the window is walked once for
//! each power of two that a block in it has for a length, from the largest down: what is large is
//! hardest to place. What finds no place is slid together afterwards ([`super::slide`]).
//!
//! Cost, with E extents, W of them in the window: O(E) looks for the scan; at most 32 W looks and
//! W relocations for the evacuation, each with one search by the placement.

use super::Progress;
use super::mover::Mover;
use crate::Error;
use crate::extent_table::NONE;
use std::ops::Range;

/// Cursors of the scan: the first and the last extent of the window it looks at.
const FIRST: usize = 0;
const LAST: usize = 1;
/// The cursor of the evacuation.
const AT: usize = 0;
/// The extent directly below the best window; [`NONE`] where it begins at unit 0.
const BELOW: usize = 2;

/// The search for the cheapest window of `goal` units.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scan {
    pub goal: u32,
    live: u32,
    best: Option<Window>,
    /// Live units above the first free one: what sliding would move.
    slide_cost: u32,
    seen_free: bool,
}

#[derive(Clone, Copy, Debug)]
struct Window {
    cost: u32,
    start: u32,
    end: u32,
}

/// The evacuation of a window.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Evacuation {
    pub goal: u32,
    start: u32,
    end: u32,
    /// Blocks of this power of two move now.
    power: u32,
    /// The greatest smaller power of two that was seen.
    next_power: Option<u32>,
}

impl Scan {
    pub fn begin(mover: &mut Mover, goal: u32) -> Self {
        for cursor in [FIRST, LAST] {
            mover.table.set_cursor(cursor, mover.table.lowest());
        }
        mover.table.set_cursor(BELOW, NONE);
        Self { goal, live: 0, best: None, slide_cost: 0, seen_free: false }
    }

    pub fn run(&mut self, mover: &mut Mover) -> Progress {
        loop {
            let last = mover.table.cursor(LAST);
            if last == NONE {
                return Progress::Finished;
            }
            if !mover.budget.look() {
                return Progress::OutOfBudget;
            }
            self.add(mover, last);
            mover.table.set_cursor(LAST, mover.table.above(last));
        }
    }

    fn add(&mut self, mover: &mut Mover, last: u32) {
        let entry = *mover.table.get(last);
        if entry.is_free() {
            self.seen_free = true;
        } else {
            self.live += entry.length;
            self.slide_cost += if self.seen_free { entry.length } else { 0 };
            if mover.is_pinned(last) {
                mover.table.set_cursor(FIRST, mover.table.above(last));
                self.live = 0;
                return;
            }
        }
        loop {
            let first = mover.table.cursor(FIRST);
            let Some(begin) = mover.table.get_checked(first).copied() else { return };
            if begin.lowest > entry.lowest || entry.end() - begin.lowest < self.goal {
                return;
            }
            if self.best.is_none_or(|best| self.live < best.cost) {
                let window = Window { cost: self.live, start: begin.lowest, end: entry.end() };
                self.best = Some(window);
                mover.table.set_cursor(BELOW, mover.table.below(first));
            }
            let live = if begin.is_free() { 0 } else { begin.length };
            self.live = self.live.saturating_sub(live);
            mover.table.set_cursor(FIRST, mover.table.above(first));
        }
    }

    /// The evacuation that follows, unless sliding is cheaper or the only way.
    pub fn evacuation(&self, mover: &mut Mover) -> Option<Evacuation> {
        let window = self.best.filter(|window| window.cost < self.slide_cost)?;
        mover.table.set_cursor(AT, window_start(mover));
        let power = (window.end - window.start).ilog2();
        Some(Evacuation {
            goal: self.goal,
            start: window.start,
            end: window.end,
            power,
            next_power: None,
        })
    }
}

/// The lowest extent of the window.
pub(crate) fn window_start(mover: &Mover) -> u32 {
    match mover.table.cursor(BELOW) {
        NONE => mover.table.lowest(),
        below => mover.table.above(below),
    }
}

impl Evacuation {
    pub fn run(&mut self, mover: &mut Mover) -> Result<Progress, Error> {
        loop {
            let place = mover.table.cursor(AT);
            let here = mover.table.get_checked(place).copied();
            let Some(entry) = here.filter(|entry| entry.lowest < self.end) else {
                let Some(power) = self.next_power.take() else { return Ok(Progress::Finished) };
                self.power = power;
                mover.table.set_cursor(AT, window_start(mover));
                continue;
            };
            if !mover.budget.look() {
                return Ok(Progress::OutOfBudget);
            }
            if !entry.is_free() {
                let power = entry.length.ilog2();
                if power < self.power {
                    self.next_power = self.next_power.max(Some(power));
                } else if self.move_out(mover, place)? == Progress::OutOfBudget {
                    return Ok(Progress::OutOfBudget);
                }
            }
            // The block has left; what has its place in the address order now is looked at next.
            let next = mover.table.cursor(AT);
            if next == place {
                mover.table.set_cursor(AT, mover.table.above(place));
            }
        }
    }

    fn move_out(&mut self, mover: &mut Mover, place: u32) -> Result<Progress, Error> {
        let length = mover.table.get(place).length;
        if mover.is_pinned(place) {
            return Ok(Progress::Finished);
        }
        if mover.budget.forbids(length) {
            mover.report.left.too_large += 1;
            return Ok(Progress::Finished);
        }
        let align = mover.align(place);
        let window: Range<u32> = self.start..self.end;
        let Some(choice) = mover.placement.find_outside(mover.table, length, align, &window) else {
            return Ok(Progress::Finished);
        };
        if mover.budget.allows(length) < length {
            return Ok(Progress::OutOfBudget);
        }
        mover.reserve()?;
        mover.table.set_cursor(AT, mover.table.above(place));
        mover.move_into(place, choice);
        Ok(Progress::Finished)
    }
}
