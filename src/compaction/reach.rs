//! What sliding would reach: the longest free extent that it would leave between blocks that stay or are
//! aligned, beside which not all free units can come together.
//!
//! What always holds: nothing moves here. Extents are gone through as [`super::slide`] would, from the
//! bottom up.
//!
//! Cost: O(E) looks with E extents.

use super::Left;
use super::budget::Progress;
use super::mover::Mover;
use super::slide;
use crate::extent_table::NONE;

const AT: usize = 0;

#[derive(Debug)]
pub(crate) struct Reach {
    /// How long a free extent is to be.
    pub goal: u32,
    /// The longest free extent so far, and the longest that sliding would leave.
    longest: u32,
    slid: u32,
    /// Where the last block would end.
    floor: u32,
    /// What stays, and would be slid over something if it did not.
    pub left: Left,
}

impl Reach {
    pub fn begin(mover: &mut Mover, goal: u32) -> Self {
        mover.table.set_cursor(AT, mover.table.lowest());
        Self { goal, longest: 0, slid: 0, floor: 0, left: Left::default() }
    }

    #[inline(never)]
    pub fn run(&mut self, mover: &mut Mover) -> Progress {
        loop {
            let place = mover.table.cursor(AT);
            if place == NONE {
                self.slid = self.slid.max(mover.table.end().saturating_sub(self.floor));
                if self.aim().is_some() {
                    mover.report.left += self.left;
                }
                return Progress::Finished;
            }
            if !mover.budget.look() {
                return Progress::OutOfBudget;
            }
            self.pass(mover, place);
            mover.table.set_cursor(AT, mover.table.above(place));
        }
    }

    fn pass(&mut self, mover: &mut Mover, place: u32) {
        let entry = *mover.table.get(place);
        if entry.is_free() {
            self.longest = self.longest.max(entry.length);
            return;
        }
        let is_above = u32::from(self.floor < entry.lowest);
        let lowest = if mover.is_pinned(place) {
            self.left.pinned += is_above;
            entry.lowest
        } else if mover.budget.forbids(entry.length) {
            self.left.too_large += is_above;
            entry.lowest
        } else {
            slide::lands(mover.kind, &entry, self.floor)
        };
        self.slid = self.slid.max(lowest.saturating_sub(self.floor));
        self.floor = lowest + entry.length;
    }

    /// What to aim at instead of the goal, if sliding does not reach that.
    pub fn aim(&self) -> Option<u32> {
        let aim = nearly(self.slid);
        (aim < self.goal).then_some(aim)
    }

    /// Whether a free extent is long enough as it is.
    pub fn is_near(&self, aim: u32) -> bool {
        self.longest >= nearly(aim)
    }
}

/// 24 of 25 units: the rest would cost more moves than it brings.
pub(crate) fn nearly(units: u32) -> u32 {
    units - units / 25
}
