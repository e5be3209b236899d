//! The budget of a call: how much it may still move and look at, and until when.
//!
//! What always holds: whatever bounds a call, be it moves, units or time, bounds its planning too, by
//! the extents that it may look at or by the clock.

use super::DefragmentOptions;

/// Whether a stage is finished, or the budget ran out first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    Finished,
    OutOfBudget,
}

/// What a call may still do.
#[derive(Clone, Copy)]
pub(crate) struct Budget<'a> {
    /// Whether anything bounds the call.
    pub bounded: bool,
    moves: u32,
    /// Without a bound: as many as a report can count.
    units: u32,
    /// The most units that one relocation of this and later calls may have.
    most_units: u32,
    /// Extents that may still be looked at.
    looks: u32,
    looks_spent_per_move: u32,
    out_of_time: Option<&'a dyn Fn() -> bool>,
    /// Whether a block or an extent was met that is too large for any call with this budget.
    pub met_too_large: bool,
}

/// Looks that a call is granted for each relocation it may make.
const LOOKS_GRANTED_PER_MOVE: u32 = 6;
/// Looks that any bounded call is granted.
const LEAST_LOOKS: u32 = 256;
/// Looks that a relocation uses up. A call that has planned much therefore moves less, so that no call
/// does both in full. The look that is granted beyond these is for finding where the block goes.
const LOOKS_SPENT_PER_MOVE: u32 = 5;
/// Looks between two checks of the time: a power of two.
const LOOKS_PER_QUESTION: u32 = 32;

impl<'a> Budget<'a> {
    pub fn new(options: &DefragmentOptions<'a>) -> Self {
        let bounded = options.is_bounded();
        let looks = match options.max_moves {
            _ if !bounded => u32::MAX,
            Some(moves) => moves.saturating_mul(LOOKS_GRANTED_PER_MOVE).max(LEAST_LOOKS),
            // Only time or units bound the call.
            None => options.max_units.map_or(u32::MAX, |units| units.max(LEAST_LOOKS)),
        };
        let units = options.max_units.unwrap_or(u32::MAX);
        let in_time = options.out_of_time.and(options.units_in_time).unwrap_or(u32::MAX);
        Self {
            bounded,
            moves: options.max_moves.unwrap_or(u32::MAX),
            looks_spent_per_move: options.max_moves.map_or(0, |_| LOOKS_SPENT_PER_MOVE),
            units,
            most_units: units.min(in_time),
            // The first looks do not ask for the time: where there is hardly any, none would be left for a move.
            looks: looks | (LOOKS_PER_QUESTION - 1),
            out_of_time: options.out_of_time,
            met_too_large: false,
        }
    }

    /// The most relocations that may still be made.
    pub fn moves(&self) -> u32 {
        self.moves
    }

    /// Whether a clock bounds the call.
    pub fn is_timed(&self) -> bool {
        self.out_of_time.is_some()
    }

    /// Whether one more extent may be looked at.
    pub fn look(&mut self) -> bool {
        if self.looks == 0 {
            return false;
        }
        self.looks -= 1;
        !self.looks.is_multiple_of(LOOKS_PER_QUESTION) || self.in_time()
    }

    fn in_time(&self) -> bool {
        !self.out_of_time.is_some_and(|out_of_time| out_of_time())
    }

    /// How many of `units` units may move now; 0 when the budget is used up.
    pub fn allows(&self, units: u32) -> u32 {
        if self.moves > 0 && self.in_time() {
            units.min(self.units).min(self.most_units)
        } else {
            0
        }
    }

    /// The most units that one relocation may have.
    pub fn most_units(&self) -> u32 {
        self.most_units
    }

    /// Notes it if this many units can never move in one call, and returns whether that is so.
    pub fn note_if_too_large(&mut self, units: u32) -> bool {
        self.met_too_large |= units > self.most_units;
        units > self.most_units
    }

    /// Notes it if a call may move one unit, but not the two that an exchange takes, and returns whether that is so.
    pub fn note_if_exchange_too_large(&mut self) -> bool {
        self.met_too_large |= self.most_units == 1;
        self.most_units == 1
    }

    /// Uses up what so many relocations of this many units in all take.
    pub fn spend(&mut self, moves: u32, units: u32) {
        self.moves -= moves;
        self.units -= units;
        self.looks = self.looks.saturating_sub(moves.saturating_mul(self.looks_spent_per_move));
    }
}
