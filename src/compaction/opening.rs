//! Room directly above a block that is to grow: blocks above it slide up, and it slides down with
//! blocks below it.
//!
//! What always holds: everything that moves lies between two free extents, and all free units between
//! these end up directly above the block. No pinned and no aligned block moves.
//!
//! Cost, with E extents: O(E) to find what moves least, and the moves.

use super::mover::Mover;
use crate::Step;
use crate::extent_table::{ExtentTable, NONE};
use crate::fallible::NoMemory;
use crate::placement::Placement;

/// What lies on one side of the block, from the block as far as the free extent `to`; nothing if that
/// is the block itself.
#[derive(Clone, Copy, Debug)]
struct Side {
    to: u32,
    free: u32,
    blocks: usize,
    units: u32,
}

/// See the head of this file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Opening {
    block: u32,
    below: Side,
    above: Side,
}

impl Side {
    fn nothing(block: u32) -> Self {
        Self { to: block, free: 0, blocks: 0, units: 0 }
    }

    /// Adds what lies up to the next free extent; returns whether there is one that can be reached.
    #[inline(never)]
    fn widen(&mut self, table: &ExtentTable, next: fn(&ExtentTable, u32) -> u32) -> bool {
        let mut wider = *self;
        loop {
            wider.to = next(table, wider.to);
            let entry = table.get(wider.to);
            if wider.to == NONE || entry.owner.is_pinned() {
                return false;
            }
            if entry.is_free() {
                wider.free += entry.length;
                *self = wider;
                return true;
            }
            if entry.owner.align() > 0 {
                return false;
            }
            wider.blocks += 1;
            wider.units += entry.length;
        }
    }

    /// Leaves out its last free extent, and the blocks next to that.
    #[inline(never)]
    fn narrow(&mut self, table: &ExtentTable, back: fn(&ExtentTable, u32) -> u32, block: u32) {
        self.free -= table.get(self.to).length;
        loop {
            self.to = back(table, self.to);
            let entry = table.get(self.to);
            if self.to == block || entry.is_free() {
                return;
            }
            self.blocks -= 1;
            self.units -= entry.length;
        }
    }
}

impl Opening {
    /// What has to move so that a block of one extent can grow to `size` units where it ends up, with
    /// the fewest units moved; `None` if pinned and aligned blocks leave too little room.
    #[inline(never)]
    pub fn plan(table: &ExtentTable, block: u32, size: u32) -> Option<Self> {
        let entry = table.get(block);
        let more = size - entry.length;
        let (below, above) = (ExtentTable::below, ExtentTable::above);
        let mut plan = Self { block, below: Side::nothing(block), above: Side::nothing(block) };
        while plan.above.free < more && plan.above.widen(table, above) {}
        let mut best = (plan.above.free >= more).then_some(plan);
        if entry.owner.align() > 0 || entry.owner.is_pinned() {
            return best;
        }
        // The block itself moves as soon as anything below it is used.
        plan.below.blocks = 1;
        plan.below.units = entry.length;
        while plan.below.free < more && plan.below.widen(table, below) {
            while plan.above.to != block && plan.free() - table.get(plan.above.to).length >= more {
                plan.above.narrow(table, below, block);
            }
            let cheaper = best.is_none_or(|best| plan.units() < best.units());
            if plan.free() >= more && cheaper {
                best = Some(plan);
            }
        }
        best
    }

    fn free(&self) -> u32 {
        self.below.free + self.above.free
    }

    /// Units that move.
    pub fn units(&self) -> u32 {
        self.below.units + self.above.units
    }

    /// # Errors
    /// [`NoMemory`]: nothing has changed.
    #[inline(never)]
    pub fn carry_out(self, mover: &mut Mover) -> Result<(), NoMemory> {
        mover.reserve_for_all()?;
        mover.report.relocations.try_reserve(self.below.blocks + self.above.blocks)?;
        if self.above.to != self.block {
            self.gather(mover, self.above.to, Step::Up);
        }
        if self.below.to != self.block {
            self.gather(mover, self.below.to, Step::Down);
        }
        Ok(())
    }

    /// Slides what lies between the block and a free extent over that extent, in this direction: others
    /// up, or the block down with others. The free units are directly above the block then.
    fn gather(&self, mover: &mut Mover, held: u32, step: Step) {
        mover.hold(held);
        while mover.table.below(held) != self.block {
            match step {
                Step::Up if mover.table.free_below(held).is_some() => mover.hold_below(held),
                Step::Up => mover.slide_up(held),
                Step::Down if mover.table.free_above(held).is_some() => mover.hold_above(held),
                Step::Down => mover.slide_down(held),
            }
        }
        mover.placement.give(mover.table, held);
    }
}
