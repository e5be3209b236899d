//! `any` for contiguous placements: the blocks of the cheapest window move into free extents
//! elsewhere, largest first, so that the window becomes one free extent.
//!
//! What always holds: no block moves into the window, and none moves twice.
//!
//! First a scan finds the window with the fewest live units among those that are as long as the
//! goal; that is also the least that any compaction must move. Then the window is walked once for
//! each power of two that a block in it has for a length, from the largest down: what is large is
//! hardest to place. Each goes to the lowest free extent outside that fits. What finds no place is
//! slid together afterwards ([`super::slide`]).
//!
//! Cost, with E extents, F free ones, W in the window, p powers of two among the lengths: O(E) looks
//! for the scan, O(p W) for the evacuation, O(log F) for each relocation; O(F) memory.

use super::Progress;
use super::mover::Mover;
use crate::Error;
use crate::extent_table::{ExtentTable, NONE};
use crate::placement::{Choice, Placement, aligned_outside};
use crate::tree::{self, Tree};
use std::ops::Range;

/// Cursors of the scan: the first and the last extent of the window it looks at.
const FIRST: usize = 0;
const LAST: usize = 1;
/// The cursor of the evacuation.
const AT: usize = 0;
/// The extent directly below the best window; [`NONE`] where it begins at unit 0.
const BELOW: usize = 2;
/// The search for the cheapest window of `goal` units.
#[derive(Debug)]
pub(crate) struct Scan {
    pub goal: u32,
    live: u32,
    best: Option<Window>,
    /// Live units above the first free one: what sliding would move.
    slide_cost: u32,
    seen_free: bool,
    targets: Option<Targets>,
}

#[derive(Clone, Copy, Debug)]
struct Window {
    cost: u32,
    start: u32,
    end: u32,
}

/// The evacuation of a window.
#[derive(Debug)]
pub(crate) struct Evacuation {
    pub goal: u32,
    start: u32,
    end: u32,
    /// Blocks of this power of two move now.
    power: u32,
    /// The greatest smaller power of two that was seen.
    next_power: Option<u32>,
    /// Where blocks may go. Without it the placement is asked, which is as good where the window
    /// is a small part of everything.
    targets: Option<Targets>,
}

impl Scan {
    /// A scan for the whole of the free units, or one to make room for a block.
    pub fn begin(mover: &mut Mover, goal: u32, whole: bool) -> Self {
        for cursor in [FIRST, LAST] {
            mover.table.set_cursor(cursor, mover.table.lowest());
        }
        mover.table.set_cursor(BELOW, NONE);
        let targets = whole.then(Targets::default);
        Self { goal, live: 0, best: None, slide_cost: 0, seen_free: false, targets }
    }

    pub fn run(&mut self, mover: &mut Mover) -> Result<Progress, Error> {
        loop {
            let last = mover.table.cursor(LAST);
            if last == NONE {
                return Ok(Progress::Finished);
            }
            if !mover.budget.look() {
                return Ok(Progress::OutOfBudget);
            }
            if let Some(targets) = &mut self.targets {
                targets.add(mover.table, last)?;
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
    pub fn evacuation(&mut self, mover: &mut Mover) -> Option<Evacuation> {
        let window = self.best.filter(|window| window.cost < self.slide_cost)?;
        let Window { start, end, .. } = window;
        let power = (end - start).ilog2();
        mover.table.set_cursor(AT, window_start(mover));
        let targets = std::mem::take(&mut self.targets);
        Some(Evacuation { goal: self.goal, start, end, power, next_power: None, targets })
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
            let moves = !entry.is_free() && self.moves_now(mover, place);
            match if moves { self.move_out(mover, place)? } else { Moved::Stays } {
                Moved::Out => {}
                Moved::Stays => mover.table.set_cursor(AT, mover.table.above(place)),
                Moved::NotNow => return Ok(Progress::OutOfBudget),
            }
        }
    }

    /// Whether it is this block's turn.
    fn moves_now(&mut self, mover: &mut Mover, place: u32) -> bool {
        let length = mover.table.get(place).length;
        let power = length.ilog2();
        if power < self.power {
            self.next_power = self.next_power.max(Some(power));
            return false;
        }
        if mover.budget.forbids(length) {
            mover.report.left.too_large += 1;
            return false;
        }
        !mover.is_pinned(place)
    }

    fn move_out(&mut self, mover: &mut Mover, place: u32) -> Result<Moved, Error> {
        let length = mover.table.get(place).length;
        let align = mover.align(place);
        let window = self.start..self.end;
        let choice = match &mut self.targets {
            Some(targets) => targets.find(mover.table, length, align, &window),
            None => mover.placement.find_outside(mover.table, length, align, &window),
        };
        let Some(choice) = choice else { return Ok(Moved::Stays) };
        if mover.budget.allows(length) < length {
            return Ok(Moved::NotNow);
        }
        mover.reserve()?;
        if let Some(targets) = &mut self.targets {
            targets.remove(mover.table, choice.place);
        }
        mover.table.set_cursor(AT, mover.table.above(place));
        let place = mover.move_into(place, choice);
        if let Some(targets) = &mut self.targets {
            targets.add(mover.table, mover.table.above(place))?;
        }
        Ok(Moved::Out)
    }
}

enum Moved {
    Out,
    Stays,
    NotNow,
}

/// The free extents that the scan saw, by address. Blocks may come and go between the calls, so
/// an entry is only believed after a look at the table.
#[derive(Debug, Default)]
struct Targets {
    tree: Tree<u32>,
}

impl Targets {
    /// Notes an extent, if it is free and not noted.
    fn add(&mut self, table: &ExtentTable, place: u32) -> Result<(), Error> {
        let Some(entry) = table.get_checked(place).filter(|entry| entry.is_free()) else {
            return Ok(());
        };
        let key = entry.lowest;
        if self.tree.at_least(key).is_none_or(|noted| noted.key != key) {
            self.tree.reserve(1)?;
            self.tree.insert(tree::Entry { key, weight: entry.length, value: place }, |_, _| {});
        }
        Ok(())
    }

    fn remove(&mut self, table: &ExtentTable, place: u32) {
        self.remove_at(table.get(place).lowest);
    }

    fn remove_at(&mut self, lowest: u32) {
        self.tree.remove(self.tree.leaf(lowest), lowest);
    }

    /// The lowest noted extent outside the window in which a block fits.
    fn find(
        &mut self,
        table: &ExtentTable,
        length: u32,
        align: u32,
        window: &Range<u32>,
    ) -> Option<Choice> {
        let mut from = 0;
        loop {
            let noted = self.tree.heavy_from(from, length)?;
            let entry = table.get_checked(noted.value).filter(|entry| {
                entry.is_free() && entry.lowest == noted.key && entry.length == noted.weight
            });
            let Some(entry) = entry else {
                self.remove_at(noted.key);
                continue;
            };
            if let Some(start) = aligned_outside(entry, length, align, window) {
                return Some(Choice { place: noted.value, start });
            }
            let inside = entry.lowest < window.end && window.start < entry.end();
            from = if inside { window.end } else { noted.key + 1 };
        }
    }
}
