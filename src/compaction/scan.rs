//! The search for the window that is cheapest to evacuate, and what sliding would cost instead.
//!
//! What always holds: nothing moves here. No window has a block that cannot move, because it is pinned
//! or larger than a call may move.
//!
//! Cost: O(E) looks with E extents. Each end of the window passes every extent once.

use super::budget::Progress;
use super::mover::Mover;
use crate::extent_table::NONE;

/// Cursors: the first extent of the current window, and the extent above its last.
const FIRST: usize = 0;
const LAST: usize = 1;
/// The extent directly below the best window; [`NONE`] if that begins at unit 0.
const BELOW: usize = 2;
/// How many extents the lower end may pass in one look.
const PASSED_PER_LOOK: usize = 2;

#[derive(Debug)]
pub(crate) struct Scan {
    /// How long the free extent is to be.
    goal: u32,
    /// How long the window has to be for that.
    room: u32,
    /// Where the current window ends, and what is in it.
    end: u32,
    live: u32,
    blocks: u32,
    best: Option<Window>,
    slide: SlideCost,
    /// All free extents.
    pub free: u32,
}

/// A window of the table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    pub start: u32,
    pub end: u32,
    /// Live units, and the blocks that have them.
    pub live: u32,
    pub blocks: u32,
}

/// What sliding moves until one free extent has `goal` units.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SlideCost {
    pub units: u32,
    /// Free units that blocks slide over from here on.
    held: u32,
    pub reached: bool,
}

impl Window {
    pub fn length(&self) -> u32 {
        self.end - self.start
    }
}

impl Scan {
    pub fn begin(mover: &mut Mover, goal: u32, room: u32) -> Self {
        for cursor in [FIRST, LAST] {
            mover.table.set_cursor(cursor, mover.table.lowest());
        }
        mover.table.set_cursor(BELOW, NONE);
        let (end, live, blocks, free) = (0, 0, 0, 0);
        Self { goal, room, end, live, blocks, best: None, slide: SlideCost::default(), free }
    }

    #[inline(never)]
    pub fn run(&mut self, mover: &mut Mover) -> Progress {
        while mover.budget.look() {
            if !self.go_on(mover) {
                return Progress::Finished;
            }
        }
        Progress::OutOfBudget
    }

    /// Moves the ends of the window up by an extent or two; returns whether the search goes on.
    #[inline(never)]
    fn go_on(&mut self, mover: &mut Mover) -> bool {
        if self.end >= self.room && (0..PASSED_PER_LOOK).all(|_| self.shorten(mover)) {
            return true;
        }
        let last = mover.table.cursor(LAST);
        if last == NONE {
            return false;
        }
        self.lengthen(mover, last);
        mover.table.set_cursor(LAST, mover.table.above(last));
        true
    }

    /// Adds the extent above the window to it.
    fn lengthen(&mut self, mover: &mut Mover, last: u32) {
        let entry = *mover.table.get(last);
        let fixed = !entry.is_free()
            && (mover.is_pinned(last) || mover.budget.note_if_too_large(entry.length));
        self.end = entry.end();
        self.free += u32::from(entry.is_free());
        if fixed {
            self.slide.stop();
            mover.table.set_cursor(FIRST, mover.table.above(last));
            (self.live, self.blocks) = (0, 0);
            return;
        }
        let live = if entry.is_free() { 0 } else { entry.length };
        self.slide.pass(entry.length, live, self.goal);
        self.live = self.live.saturating_add(live);
        self.blocks += u32::from(!entry.is_free());
    }

    /// Drops the lowest extent if the window is long enough with it; it may still be without it.
    fn shorten(&mut self, mover: &mut Mover) -> bool {
        let first = mover.table.cursor(FIRST);
        let Some(&entry) = mover.table.get_checked(first) else { return false };
        if self.end.saturating_sub(entry.lowest) < self.room {
            return false;
        }
        if self.best.is_none_or(|best| self.live < best.live) {
            let (start, end, live, blocks) = (entry.lowest, self.end, self.live, self.blocks);
            self.best = Some(Window { start, end, live, blocks });
            mover.table.set_cursor(BELOW, mover.table.below(first));
        }
        if !entry.is_free() {
            // Blocks may have come and gone since they were counted.
            self.live = self.live.saturating_sub(entry.length);
            self.blocks = self.blocks.saturating_sub(1);
        }
        mover.table.set_cursor(FIRST, mover.table.above(first));
        true
    }

    /// The cheapest window, unless sliding reaches the goal with no more units.
    pub fn window(&self) -> Option<Window> {
        self.best.filter(|best| !self.slide.reached || best.live < self.slide.units)
    }
}

impl SlideCost {
    /// Passes an extent that may slide, or be slid over: `length` units, of which `live` are live.
    #[inline(always)]
    pub fn pass(&mut self, length: u32, live: u32, goal: u32) {
        if self.reached {
            return;
        }
        if self.held > 0 {
            self.units = self.units.saturating_add(live);
        }
        self.held = self.held.saturating_add(length - live);
        self.reached = self.held >= goal;
    }

    /// Passes an extent that stays where it is.
    pub fn stop(&mut self) {
        self.held = 0;
    }
}

/// The lowest extent of the best window. Below it is a block or nothing, since with a free extent the
/// window would be longer at the same cost. (If that block has been freed since and coalesced with the
/// lowest units of the window, these are left out.)
pub(crate) fn window_start(mover: &Mover) -> u32 {
    mover.table.above(mover.table.cursor(BELOW))
}
