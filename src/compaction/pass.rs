//! Passes: from an order and a placement to the stages that lead there.
//!
//! What always holds: compaction is done when a pass went from beginning to end without any other
//! change to the manager, and with no smaller budget than the last call's. Otherwise another pass
//! follows, for what changed meanwhile or was too large before. A pass that went to its end and moved
//! nothing is settled: as long as nothing changes, another one would find the same. So is the last of
//! [`MOST_PASSES`] in a row, since around blocks that stay others may move to and fro for ever.

use super::at_once::AtOnce;
use super::budget::Progress;
use super::evacuate::Evacuation;
use super::mover::Mover;
use super::ordered::Ordered;
use super::plan::{Plan, Verdict};
use super::reach::{Reach, nearly};
use super::scan::{Scan, window_start};
use super::{Left, Order, low, slide, tail};
use crate::fallible::NoMemory;
use crate::placement::Placement;

/// How often a window is widened for blocks that fit nowhere else.
const WIDENINGS: u32 = 4;
/// Passes to their ends while nothing changes. Hardly ever does one after the fifth make anything better.
const MOST_PASSES: u32 = 8;

/// What compaction remembers between calls.
#[derive(Debug)]
pub(crate) struct Pass {
    pub order: Order,
    stage: Stage,
    /// The manager's count of changes when the pass began.
    began: u64,
    /// Whether it aims at what sliding would reach, since not all free units can come together.
    lowered: bool,
    /// How many passes to their ends came before while nothing changed.
    before: u32,
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
    /// Sliding until a free extent has `goal` units: from the bottom or, at first, from further up.
    Slide {
        goal: u32,
        from_bottom: bool,
    },
    /// `again`: how often the window may still be widened.
    Scan {
        scan: Scan,
        again: u32,
    },
    Plan {
        plan: Plan,
        again: u32,
    },
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
}

impl Pass {
    /// A pass that has not begun; `changes` is the manager's count of changes so far.
    pub fn new(order: Order, changes: u64) -> Self {
        let (stage, lowered, least) = (Stage::Begin, false, u32::MAX);
        let (before, moves, left) = (0, 0, Left::default());
        Self { order, stage, began: changes, lowered, before, least, moves, left }
    }

    /// The pass after one that is done, if nothing has changed.
    pub fn after(before: &Self) -> Self {
        Self { before: before.before + 1, ..Self::new(before.order, before.began) }
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
            if mover.budget.forbade {
                self.least = self.least.min(mover.budget.most_units());
            }
            if progress == Progress::OutOfBudget {
                return Ok(false);
            }
            self.stage = self.next_stage(mover, now)?;
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
        self.is_done() && (self.moves == 0 || self.before + 1 >= MOST_PASSES)
    }

    /// Whether another pass could still do something: after `changes`, with this budget.
    pub fn is_outdated(&self, mover: &Mover, changes: u64) -> bool {
        !self.is_undisturbed(changes) || self.least < mover.budget.most_units()
    }

    fn run_stage(&mut self, mover: &mut Mover, live: u32) -> Result<Progress, NoMemory> {
        match &mut self.stage {
            Stage::Begin | Stage::Done => Ok(Progress::Finished),
            Stage::Low => low::run(mover, live),
            Stage::Slide { goal, from_bottom } => {
                slide::run(mover, *goal, *from_bottom && !self.lowered)
            }
            Stage::Reach(reach) => Ok(reach.run(mover)),
            Stage::Scan { scan, .. } => Ok(scan.run(mover)),
            Stage::Plan { plan, .. } => Ok(plan.run(mover)),
            Stage::Evacuate(evacuation) => evacuation.run(mover),
            Stage::Ordered(ordered) => ordered.run(mover),
            Stage::Tail => Ok(tail::run(mover)),
        }
    }

    #[inline(never)]
    fn next_stage(&mut self, mover: &mut Mover, now: Now) -> Result<Stage, NoMemory> {
        let undisturbed = self.is_undisturbed(now.changes);
        let next = match std::mem::replace(&mut self.stage, Stage::Begin) {
            Stage::Begin => self.first_stage(mover, now.free)?,
            Stage::Ordered(_) if mover.kind.is_scattered() => Stage::Tail,
            Stage::Low | Stage::Ordered(_) | Stage::Tail | Stage::Done => Stage::Done,
            Stage::Scan { scan, again } => match scan.window() {
                Some(window) => Stage::Plan { plan: Plan::begin(mover, &scan, window)?, again },
                None => self.otherwise(mover, scan.goal),
            },
            Stage::Plan { plan, again } => match plan.verdict(again > 0) {
                Verdict::Evacuate => Stage::Evacuate(Evacuation::of(plan)),
                Verdict::Slide => self.otherwise(mover, plan.goal),
                Verdict::Widen(room) => {
                    let scan = Scan::begin(mover, plan.goal, room);
                    Stage::Scan { scan, again: again - 1 }
                }
            },
            Stage::Evacuate(evacuation) => {
                let (from, goal) = (window_start(mover), evacuation.goal);
                if undisturbed && !is_reached(mover, from, goal) {
                    slide_from(mover, from, goal)
                } else {
                    Stage::Done
                }
            }
            Stage::Slide { goal, from_bottom: false }
                if undisturbed && !is_reached(mover, slide::at(mover), goal) =>
            {
                self.otherwise(mover, goal)
            }
            Stage::Slide { .. } => Stage::Done,
            Stage::Reach(reach) => match reach.aim() {
                None => slide_from_bottom(mover, reach.goal),
                Some(aim) => {
                    self.lowered = true;
                    if reach.is_near(aim) { Stage::Done } else { evacuation(mover, aim) }
                }
            },
        };
        Ok(next)
    }

    /// What follows where no window can be evacuated: sliding, as far as that can reach. Should it not reach the
    /// goal, windows are tried once more, for less.
    fn otherwise(&self, mover: &mut Mover, goal: u32) -> Stage {
        if self.lowered {
            slide_from_bottom(mover, goal)
        } else {
            Stage::Reach(Reach::begin(mover, goal))
        }
    }

    fn first_stage(&self, mover: &mut Mover, free: u32) -> Result<Stage, NoMemory> {
        let first = match self.order {
            Order::Allocation => Stage::Ordered(Ordered::begin(mover)?),
            Order::Any if mover.kind.is_scattered() => {
                low::begin(mover);
                Stage::Low
            }
            Order::Any if !mover.kind.is_buddy() => {
                let goal = nearly(free);
                // At most one free extent can be this long, so looking at a few finds it.
                if goal == 0
                    || mover.placement.find_outside(mover.table, goal, 1, &(0..0)).is_some()
                {
                    Stage::Done
                } else {
                    evacuation(mover, goal)
                }
            }
            Order::Address | Order::Any => slide_from_bottom(mover, u32::MAX),
        };
        Ok(first)
    }
}

/// The evacuation of the cheapest window: at once if nothing has moved in this call and its budget has
/// no bound; otherwise, or if that fails, in steps, for which less memory is enough.
fn evacuation(mover: &mut Mover, goal: u32) -> Stage {
    let all = !mover.budget.bounded && mover.report.moves == 0;
    if all
        && let Ok(Some(planned)) = AtOnce::plan(mover.table, goal, 1)
        && planned.carry_out(mover).is_ok()
    {
        return Stage::Done;
    }
    let scan = Scan::begin(mover, goal, goal);
    Stage::Scan { scan, again: WIDENINGS }
}

fn is_reached(mover: &Mover, place: u32, goal: u32) -> bool {
    let entry = mover.table.get_checked(place);
    entry.is_some_and(|entry| entry.is_free() && entry.length >= goal)
}

/// Slides from a place on. What stays is not counted: [`Pass::otherwise`] does if the goal is not reached.
fn slide_from(mover: &mut Mover, from: u32, goal: u32) -> Stage {
    slide::begin(mover, from);
    Stage::Slide { goal, from_bottom: false }
}

fn slide_from_bottom(mover: &mut Mover, goal: u32) -> Stage {
    slide::begin(mover, mover.table.lowest());
    Stage::Slide { goal, from_bottom: true }
}
