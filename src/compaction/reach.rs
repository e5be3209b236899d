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
    /// Whether no window could be evacuated.
    pub windows_failed: bool,
    /// The longest free extent as it is. (The placement may have to look at all to know.)
    pub longest: u32,
    /// The longest free extent that sliding would leave.
    slid: u32,
    /// Where the last block would end.
    floor: u32,
    /// What stays, and would be slid over something if it did not.
    pub left: Left,
}

impl Reach {
    pub fn begin(mover: &mut Mover, windows_failed: bool) -> Self {
        mover.table.set_cursor(AT, mover.table.lowest());
        Self { windows_failed, longest: 0, slid: 0, floor: 0, left: Left::default() }
    }

    pub fn run(&mut self, mover: &mut Mover) -> Progress {
        loop {
            let place = mover.table.cursor(AT);
            if place == NONE {
                self.slid = self.slid.max(mover.table.end().saturating_sub(self.floor));
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
        } else if mover.budget.note_if_too_large(entry.length) {
            self.left.too_large += is_above;
            entry.lowest
        } else {
            slide::lands(mover.kind, &entry, self.floor)
        };
        self.slid = self.slid.max(lowest.saturating_sub(self.floor));
        self.floor = lowest + entry.length;
    }

    /// What to aim at instead of a goal, if neither sliding nor a window reaches that.
    pub fn aim(&self, goal: u32) -> Option<u32> {
        let aim = nearly(self.slid);
        // Around blocks that stay a window can reach more than sliding, around aligned ones hardly.
        let in_vain = self.windows_failed || self.left == Left::default();
        (aim < goal && in_vain).then_some(aim)
    }
}

/// 24 of 25 units: the rest would cost more moves than it brings.
pub(crate) fn nearly(units: u32) -> u32 {
    units - units / 25
}
