//! Passes: from an order and a placement to the stages that lead there.
//!
//! What always holds: a pass is done when it went from its beginning to its end without any other
//! change to the manager in between, and with no smaller budget than the last call's; otherwise
//! another one follows, so that what came between, or was too large before, is not forgotten.

use super::evacuate::{Scan, window_start};
use super::mover::Mover;
use super::ordered::Ordered;
use super::{Order, Pass, Progress, Stage, low, slide};
use crate::Error;
use crate::placement::Placement;

impl Pass {
    /// A pass from its beginning; `changes` are what the manager has seen so far.
    pub fn new(order: Order, changes: u64) -> Self {
        Self { order, stage: Stage::Begin, began: changes, least: u32::MAX }
    }

    /// A pass that ends as soon as one free extent has `goal` units.
    pub fn to_make_room(mover: &mut Mover, goal: u32) -> Self {
        let stage = match mover.buddy {
            true => slide_from(mover, mover.table.lowest(), goal),
            false => Stage::Scan(Scan::begin(mover, goal, false)),
        };
        Self { order: Order::Any, stage, began: 0, least: u32::MAX }
    }

    /// Goes on until the pass is done or the budget is at its end; returns whether it is done.
    pub fn run(&mut self, mover: &mut Mover, live: u32, free: u32) -> Result<bool, Error> {
        loop {
            let progress = self.run_stage(mover, live)?;
            if mover.report.left.too_large > 0 {
                self.least = self.least.min(mover.budget.most_units());
            }
            if progress == Progress::OutOfBudget {
                return Ok(false);
            }
            self.stage = self.next_stage(mover, free);
            if matches!(self.stage, Stage::Done) {
                return Ok(true);
            }
        }
    }

    /// Whether another pass could still do something: after `changes`, with this budget.
    pub fn is_outdated(&self, mover: &Mover, changes: u64) -> bool {
        self.began != changes || self.least < mover.budget.most_units()
    }

    fn run_stage(&mut self, mover: &mut Mover, live: u32) -> Result<Progress, Error> {
        match &mut self.stage {
            Stage::Begin | Stage::Done => Ok(Progress::Finished),
            Stage::Low => low::run(mover, live),
            Stage::Slide { .. } if mover.buddy => slide::run_buddy(mover),
            Stage::Slide { goal, .. } => slide::run(mover, *goal),
            Stage::Scan(scan) => scan.run(mover),
            Stage::Evacuate(evacuation) => evacuation.run(mover),
            Stage::Ordered(ordered) => ordered.run(mover),
        }
    }

    fn next_stage(&mut self, mover: &mut Mover, free: u32) -> Stage {
        match &mut self.stage {
            Stage::Begin => self.first_stage(mover, free),
            Stage::Low | Stage::Ordered(_) | Stage::Done => Stage::Done,
            Stage::Scan(scan) => match scan.evacuation(mover) {
                Some(evacuation) => Stage::Evacuate(evacuation),
                None => slide_from(mover, mover.table.lowest(), scan.goal),
            },
            Stage::Evacuate(evacuation) => {
                let from = window_start(mover);
                unless_reached(mover, evacuation.goal, from)
            }
            Stage::Slide { from: Some(_), goal } => {
                unless_reached(mover, *goal, mover.table.lowest())
            }
            Stage::Slide { from: None, .. } => Stage::Done,
        }
    }

    fn first_stage(&self, mover: &mut Mover, free: u32) -> Stage {
        match self.order {
            Order::Allocation => Stage::Ordered(Ordered::begin(mover)),
            Order::Any if mover.scattered => {
                low::begin(mover);
                Stage::Low
            }
            Order::Any if !mover.buddy => {
                let goal = free - free / 25;
                match mover.placement.summary(mover.table).largest >= goal {
                    true => Stage::Done,
                    false => Stage::Scan(Scan::begin(mover, goal, true)),
                }
            }
            Order::Address | Order::Any => slide_from(mover, mover.table.lowest(), u32::MAX),
        }
    }
}

fn unless_reached(mover: &mut Mover, goal: u32, from: u32) -> Stage {
    match mover.placement.summary(mover.table).largest >= goal {
        true => Stage::Done,
        false => slide_from(mover, from, goal),
    }
}

fn slide_from(mover: &mut Mover, from: u32, goal: u32) -> Stage {
    let bottom = from == mover.table.lowest();
    slide::begin(mover, from);
    Stage::Slide { from: (!bottom).then_some(from), goal }
}
