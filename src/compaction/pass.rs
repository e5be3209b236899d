//! Passes: from an order and a placement to the stages that lead there.
//!
//! What always holds: compaction is done when a pass went from beginning to end without any other
//! change to the manager, and with no smaller budget than the last call's. Otherwise another pass
//! follows, for what changed meanwhile or was too large before. A pass that went to its end and moved nothing is
//! settled: as long as nothing changes, another one would find the same. So is the last of [`MOST_PASSES`] in a row,
//! since around blocks that stay others may move to and fro for ever.
//!
//! The stages of `any` with a contiguous placement, each as far as the one before has not reached the goal:
//!
//! ```text
//! Begin ─► Scan ─► Plan ─► Evacuate ─► Slide, from the window ─► Reach ─► Slide, from the bottom ─► Done
//!           ▲        │ does not fit                                │ sliding would not reach the goal:
//!           └────────┘ wider, 4 times                              │ it is lowered to what sliding would reach
//!           └──────────────────────────────────────────────────────┘
//! ```
//!
//! Where no window serves, `Plan` and `Scan` go straight to `Reach`. Where a block was ever aligned, `Reach` comes
//! first as well. Without a budget, [`AtOnce`] stands for `Scan` to `Evacuate` if it can. A round with a lowered goal
//! that reached it begins anew, as long as the longest free extent grows by a 25th each time; so there are
//! O(log free units) rounds.

use super::at_once::AtOnce;
use super::budget::Progress;
use super::evacuate::Evacuation;
use super::mover::Mover;
use super::ordered::Ordered;
use super::plan::Plan;
use super::reach::{Reach, nearly};
use super::scan::{Scan, window_start};
use super::slide::Count;
use super::{Left, Order, low, slide, tail};
use crate::fallible::NoMemory;
use crate::placement::Placement;

/// How often a window is widened for blocks that fit nowhere else.
const WIDENINGS: u32 = 4;
/// Passes to their ends while nothing changes. Hardly ever does one after the second move anything.
const MOST_PASSES: u32 = 8;

/// What compaction remembers between calls.
#[derive(Debug)]
pub(crate) struct Pass {
    pub order: Order,
    stage: Stage,
    /// The manager's count of changes when the pass began.
    began: u64,
    /// How long `any` wants one free extent of a contiguous placement to be; other orders have no end to that.
    goal: u32,
    /// Whether it is less than nearly all free units, because sliding would not reach that.
    lowered: bool,
    /// The longest free extent when it was last lowered.
    longest_when_lowered: u32,
    /// Blocks that have not been counted yet where they stay.
    uncounted: Count,
    /// How often the window may still be widened.
    widenings: u32,
    /// How many passes to their ends came before while nothing changed.
    passes_before: u32,
    /// The smallest [`Budget::most_units`](super::budget::Budget::most_units) of the calls in which a
    /// block was too large. A call that may move more begins another pass.
    least: u32,
    /// Moves in all calls so far.
    moves: u32,
    /// What all calls so far counted.
    left: Left,
}

/// How far a pass has come. The places it works at are cursors of the table.
#[derive(Debug)]
#[allow(clippy::large_enum_variant)] // There is only one at a time, and a box would need memory.
enum Stage {
    Begin,
    Low,
    /// Sliding until the goal is reached: from the bottom or, at first, from further up.
    Slide {
        from_bottom: bool,
    },
    Scan(Scan),
    Plan(Plan),
    Evacuate(Evacuation),
    Reach(Reach),
    Ordered(Ordered),
    Tail,
    Done,
}

/// What a pass has to know of the manager to go on.
#[derive(Clone, Copy)]
pub(crate) struct Now {
    pub live: u32,
    pub free: u32,
    /// How many changes to where blocks lie there have been, not counting compaction.
    pub changes: u64,
    /// Whether a block was ever aligned.
    pub aligned: bool,
}

impl Pass {
    /// A pass that has not begun; `changes` is the manager's count of changes so far.
    pub fn new(order: Order, changes: u64) -> Self {
        Self {
            order,
            stage: Stage::Begin,
            began: changes,
            goal: u32::MAX,
            lowered: false,
            longest_when_lowered: 0,
            uncounted: Count::ALL,
            widenings: 0,
            passes_before: 0,
            least: u32::MAX,
            moves: 0,
            left: Left::default(),
        }
    }

    /// The pass after one that is done, if nothing has changed.
    pub fn after(before: &Self) -> Self {
        Self { passes_before: before.passes_before + 1, ..Self::new(before.order, before.began) }
    }

    /// Goes on until the pass is done or the budget is used up; returns whether it is done. If it is settled,
    /// what it left is told again.
    pub fn run(&mut self, mover: &mut Mover, now: Now) -> Result<bool, NoMemory> {
        if self.is_settled() {
            mover.report.left = self.left;
            return Ok(true);
        }
        let done = self.go_on(mover, now);
        self.moves += mover.report.moves;
        self.left += mover.report.left;
        done
    }

    fn go_on(&mut self, mover: &mut Mover, now: Now) -> Result<bool, NoMemory> {
        loop {
            let progress = self.run_stage(mover, now.live)?;
            if mover.budget.met_too_large {
                self.least = self.least.min(mover.budget.most_units());
            }
            if progress == Progress::OutOfBudget {
                return Ok(false);
            }
            self.go_to_next_stage(mover, now)?;
            if self.is_done() {
                mover.table.forget_cursors();
                return Ok(true);
            }
        }
    }

    /// Whether nothing has come, gone or been pinned since it began: `changes` then count the same.
    pub fn is_undisturbed(&self, changes: u64) -> bool {
        self.began == changes
    }

    pub fn is_done(&self) -> bool {
        matches!(self.stage, Stage::Done)
    }

    /// Whether it is done, and another would be in vain.
    pub fn is_settled(&self) -> bool {
        self.is_done() && (self.moves == 0 || self.passes_before + 1 >= MOST_PASSES)
    }

    /// Whether another pass could still do something: after `changes`, with this budget.
    pub fn is_outdated(&self, mover: &Mover, changes: u64) -> bool {
        !self.is_undisturbed(changes) || self.least < mover.budget.most_units()
    }

    fn run_stage(&mut self, mover: &mut Mover, live: u32) -> Result<Progress, NoMemory> {
        match &mut self.stage {
            Stage::Begin | Stage::Done => Ok(Progress::Finished),
            Stage::Low => low::run(mover, live),
            Stage::Slide { from_bottom } => slide::run(
                mover,
                self.goal,
                if *from_bottom { self.uncounted } else { Count::NONE },
            ),
            Stage::Reach(reach) => Ok(reach.run(mover)),
            Stage::Scan(scan) => Ok(scan.run(mover)),
            Stage::Plan(plan) => Ok(plan.run(mover)),
            Stage::Evacuate(evacuation) => evacuation.run(mover),
            Stage::Ordered(ordered) => ordered.run(mover),
            Stage::Tail => Ok(tail::run(mover)),
        }
    }

    fn go_to_next_stage(&mut self, mover: &mut Mover, now: Now) -> Result<(), NoMemory> {
        let undisturbed = self.is_undisturbed(now.changes);
        self.stage = match std::mem::replace(&mut self.stage, Stage::Begin) {
            Stage::Begin => self.first_stage(mover, now)?,
            Stage::Ordered(_) if mover.kind.is_scattered() => Stage::Tail,
            Stage::Low | Stage::Ordered(_) | Stage::Tail | Stage::Done => Stage::Done,
            Stage::Scan(scan) => match scan.window() {
                Some(window) => Stage::Plan(Plan::begin(mover, &scan, window)?),
                None => self.no_window_serves(mover),
            },
            Stage::Plan(plan) => match plan.room(self.goal) {
                room if room <= plan.window.length() => Stage::Evacuate(Evacuation::of(plan)),
                room if self.widenings > 0 => {
                    self.widenings -= 1;
                    Stage::Scan(Scan::begin(mover, self.goal, room))
                }
                _ => self.no_window_serves(mover),
            },
            Stage::Evacuate(_) if undisturbed && !self.is_reached(mover, window_start(mover)) => {
                // What stays is counted later, if this does not reach the goal.
                slide::begin(mover, window_start(mover));
                Stage::Slide { from_bottom: false }
            }
            Stage::Slide { from_bottom: false }
                if undisturbed && !self.is_reached(mover, slide::at(mover)) =>
            {
                self.no_window_serves(mover)
            }
            Stage::Evacuate(_) | Stage::Slide { .. } => self.end_round(),
            Stage::Reach(reach) => self.lower_goal(mover, &reach),
        };
        Ok(())
    }

    /// What follows where no window can be evacuated: sliding, as far as that can reach. Should it not reach the
    /// goal, windows are tried once more, for less.
    #[inline(never)]
    fn no_window_serves(&self, mover: &mut Mover) -> Stage {
        if self.lowered {
            slide_from_bottom(mover)
        } else {
            Stage::Reach(Reach::begin(mover, true))
        }
    }

    /// What follows once it is known how far sliding would reach: nothing where the longest free extent is nearly that
    /// long, or has hardly grown since the last time.
    fn lower_goal(&mut self, mover: &mut Mover, reach: &Reach) -> Stage {
        let Some(goal) = reach.aim(self.goal) else {
            return if reach.windows_failed {
                slide_from_bottom(mover)
            } else {
                self.evacuation(mover)
            };
        };
        let longest_before = std::mem::replace(&mut self.longest_when_lowered, reach.longest);
        (self.goal, self.lowered) = (goal, true);
        if self.uncounted.pinned {
            // Now they are, but for what is too large only for a later call.
            self.uncounted = Count { pinned: false, too_large: self.least };
            mover.report.left += reach.left;
        } else {
            self.uncounted = Count::NONE;
        }
        if nearly(reach.longest) <= longest_before || reach.longest >= nearly(goal) {
            return Stage::Done;
        }
        self.evacuation(mover)
    }

    /// What follows where the goal is reached, or all was done for it. What moved for a lowered one may be why more can
    /// be reached now.
    fn end_round(&mut self) -> Stage {
        if std::mem::take(&mut self.lowered) { Stage::Begin } else { Stage::Done }
    }

    #[inline(never)]
    fn first_stage(&mut self, mover: &mut Mover, now: Now) -> Result<Stage, NoMemory> {
        let first = match self.order {
            Order::Allocation => Stage::Ordered(Ordered::begin(mover)?),
            Order::Any if mover.kind.is_scattered() => {
                low::begin(mover);
                Stage::Low
            }
            Order::Any if !mover.kind.is_buddy() => {
                self.goal = nearly(now.free);
                // At most one free extent can be this long, so looking at a few finds it.
                let mut find = || mover.placement.find_outside(mover.table, self.goal, 1, &(0..0));
                if self.goal == 0 || find().is_some() {
                    Stage::Done
                } else if now.aligned {
                    // Where alignments keep free units apart, all windows would be tried in vain.
                    Stage::Reach(Reach::begin(mover, false))
                } else {
                    self.evacuation(mover)
                }
            }
            Order::Address | Order::Any => slide_from_bottom(mover),
        };
        Ok(first)
    }

    /// The evacuation of the cheapest window: at once if nothing has moved in this call and its budget has
    /// no bound; otherwise, or if that fails, in steps, for which less memory is enough.
    #[inline(never)]
    fn evacuation(&mut self, mover: &mut Mover) -> Stage {
        let all = !mover.budget.bounded && mover.report.moves == 0;
        if all
            && let Ok(Some(planned)) = AtOnce::plan(mover.table, mover.kind, self.goal, 1)
            && planned.carry_out(mover).is_ok()
        {
            return self.end_round();
        }
        self.widenings = WIDENINGS;
        Stage::Scan(Scan::begin(mover, self.goal, self.goal))
    }

    fn is_reached(&self, mover: &Mover, place: u32) -> bool {
        let entry = mover.table.get_checked(place);
        entry.is_some_and(|entry| entry.is_free() && entry.length >= self.goal)
    }
}

#[inline(never)]
fn slide_from_bottom(mover: &mut Mover) -> Stage {
    slide::begin(mover, mover.table.lowest());
    Stage::Slide { from_bottom: true }
}
