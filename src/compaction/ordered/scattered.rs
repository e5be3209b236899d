//! Allocation order for a scattered block: its extents, one after the other in block order.
//!
//! What always holds: the next extent goes where it belongs, in exchange for what lies there, unit for unit, so
//! that no free unit is needed. A pinned extent that lies there stays, and the block goes on above it.

use super::{AT, Begun, NEXT, Ordered, entry_at};
use crate::Step;
use crate::compaction::budget::Progress;
use crate::compaction::mover::Mover;
use crate::entry::Entry;
use crate::extent_table::{NONE, first_of};
use crate::fallible::NoMemory;
use crate::placement::Choice;

/// The extents of a scattered block that are still to be placed: the first is at `place` and belongs at the
/// unit `to`.
struct Rest {
    place: u32,
    to: u32,
    /// An extent in two parts, neither of which has moved yet, or [`NONE`].
    cut: u32,
}

impl Ordered {
    /// Brings the extents of a scattered block to where they belong, in block order.
    pub(super) fn place_extents(
        &mut self,
        mover: &mut Mover,
        slot: u32,
    ) -> Result<Progress, NoMemory> {
        let next = mover.table.cursor(NEXT);
        let (place, to) = match self.begun {
            Some(begun) if mover.is_extent_of(next, slot) => (next, begun.to),
            _ => (first_of(slot), self.start),
        };
        let mut rest = Rest { place, to, cut: NONE };
        let progress = self.place_each_extent(mover, &mut rest);
        if progress == Ok(Progress::Finished) {
            self.start = rest.to;
            return progress;
        }
        if rest.cut != NONE {
            mover.rejoin(rest.cut);
        }
        mover.table.set_cursor(NEXT, rest.place);
        self.begun = Some(Begun { to: rest.to, checked: rest.to });
        progress
    }

    /// As [`Self::place_extents`], from an extent on.
    fn place_each_extent(
        &mut self,
        mover: &mut Mover,
        rest: &mut Rest,
    ) -> Result<Progress, NoMemory> {
        while rest.place != NONE {
            if !mover.budget.look() {
                return Ok(Progress::OutOfBudget);
            }
            let entry = mover.table.get(rest.place);
            if entry.lowest == rest.to && entry.step() == Step::Up {
                rest.pass(mover, rest.place);
                continue;
            }
            if rest.to >= mover.table.end() {
                // Pinned blocks left no room behind them.
                mover.report.left.blocked += 1;
                return Ok(Progress::Finished);
            }
            let Some(at) = entry_at(mover, AT, rest.to) else { return Ok(Progress::OutOfBudget) };
            let foreign = at != rest.place && !mover.table.get(at).is_free();
            if foreign && mover.is_pinned(at) {
                self.count_pinned(mover, at);
                rest.to = mover.table.get(at).end();
                continue;
            }
            mover.reserve()?;
            match place_part(mover, rest.place, at, rest.to) {
                Outcome::Placed(placed) => {
                    rest.cut = NONE;
                    rest.pass(mover, placed);
                }
                Outcome::Cut { whole, first } => (rest.cut, rest.place) = (whole, first),
                Outcome::TooLarge => rest.leave(mover, at),
                Outcome::OutOfBudget => return Ok(Progress::OutOfBudget),
            }
        }
        Ok(Progress::Finished)
    }
}

impl Rest {
    /// Goes on after an extent that lies where it belongs.
    fn pass(&mut self, mover: &mut Mover, placed: u32) {
        let entry = *mover.table.get(placed);
        mover.table.set_cursor(AT, entry.above);
        (self.to, self.place) = (entry.end(), entry.next);
    }

    /// Leaves the extent `at` where it is, whole, because it is too large, and goes on above it.
    fn leave(&mut self, mover: &mut Mover, at: u32) {
        mover.report.left.too_large += 1;
        let stays = match std::mem::replace(&mut self.cut, NONE) {
            NONE => at,
            cut => mover.rejoin(cut),
        };
        let entry = *mover.table.get(stays);
        mover.table.set_cursor(AT, entry.above);
        self.to = entry.end();
        if stays == self.place {
            self.place = entry.next;
        }
    }
}

enum Outcome {
    /// It lies where it belongs, perhaps joined with the extent before it.
    Placed(u32),
    /// The extent that was `whole` had to be cut; `first` is the part to place next.
    Cut {
        whole: u32,
        first: u32,
    },
    /// No call may move as many units as an exchange takes.
    TooLarge,
    OutOfBudget,
}

/// Brings as much as possible of an extent, its first units in block order, to the unit `to`, which
/// lies in the extent `at`.
fn place_part(mover: &mut Mover, place: u32, at: u32, to: u32) -> Outcome {
    let (entry, here) = (*mover.table.get(place), *mover.table.get(at));
    if place == at && here.lowest == to {
        return turn_round(mover, place, entry);
    }
    if here.lowest < to && !here.is_free() {
        // If blocks came or went since the last call, an extent may cross the border.
        mover.cut(at, to - here.lowest);
        return Outcome::Cut { whole: at, first: place };
    }
    let most = entry.length.min(here.end() - to);
    let length = if here.is_free() {
        mover.budget.allows(most)
    } else {
        mover.budget.allows(most.saturating_mul(2)) / 2
    };
    if length == 0 {
        return if !here.is_free() && mover.budget.note_if_exchange_too_large() {
            Outcome::TooLarge
        } else {
            Outcome::OutOfBudget
        };
    }
    let part = first_part(mover, place, length);
    if here.is_free() {
        mover.move_into_unlisted(part, Choice { place: at, start: to });
        mover.ascend(part);
        return Outcome::Placed(mover.rejoin(part));
    }
    exchange(mover, at, part)
}

/// Reverses a descending extent that lies where it belongs; if the budget is small, exchanges as many units at
/// its ends as may move.
fn turn_round(mover: &mut Mover, place: u32, entry: Entry) -> Outcome {
    let allowed = mover.budget.allows(entry.length);
    if allowed == entry.length {
        mover.turn(place);
        return Outcome::Placed(mover.rejoin(place));
    }
    match allowed / 2 {
        0 if mover.budget.note_if_exchange_too_large() => Outcome::TooLarge,
        0 => Outcome::OutOfBudget,
        length => {
            let (low, first) = mover.cut(place, entry.length - length);
            exchange(mover, low, first)
        }
    }
}

/// Exchanges an extent with the lowest units of the block's extent `at`.
fn exchange(mover: &mut Mover, at: u32, part: u32) -> Outcome {
    let (low, _) = mover.cut(at, mover.table.get(part).length);
    mover.swap(low, part);
    mover.ascend(part);
    Outcome::Placed(mover.rejoin(part))
}

/// Cuts the first `length` units in block order off an extent.
fn first_part(mover: &mut Mover, place: u32, length: u32) -> u32 {
    let entry = mover.table.get(place);
    let whole = entry.length;
    match entry.step() {
        _ if whole == length => place,
        Step::Up => mover.cut(place, length).0,
        Step::Down => mover.cut(place, whole - length).1,
    }
}
