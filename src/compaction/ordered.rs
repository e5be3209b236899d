//! Allocation order, one relocation at a time: for budgets, pins, aligned blocks and `buddy`.
//!
//! What always holds: the blocks before `next` lie in allocation order below `start`, except those that
//! had to stay where they were. First the blocks are listed, in the order of their IDs.
//!
//! How a block gets there is in [`scattered`] and in [`contiguous`].
//!
//! Cost, with b blocks: O(extents) looks, O(log b) for each block, memory O(b); each extent moves to
//! its place once, and out of the way of others at most as often as there are others before it.

mod contiguous;
mod scattered;

use super::budget::Progress;
use super::mover::Mover;
use crate::BlockId;
use crate::extent_table::NONE;
use crate::fallible::{NoMemory, room_for};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Cursors: the extent that lies where the next block belongs.
const AT: usize = 0;
/// Scattered blocks: the extent that comes next. Others: how far the search for pinned blocks has come.
const NEXT: usize = 1;

/// The state of a pass.
#[derive(Debug)]
pub(crate) struct Ordered {
    /// The IDs of the blocks still to come, the lowest first.
    blocks: BinaryHeap<Reverse<u64>>,
    /// The next word of the registry to list blocks from.
    listed: usize,
    /// All blocks with lower IDs have been dealt with.
    next: u64,
    /// Where the next block belongs.
    start: u32,
    /// Progress on the next block, if work on it has begun.
    begun: Option<Begun>,
    /// Pinned extents below this unit have been counted as left.
    counted: u32,
}

/// Scattered blocks: the next extent belongs at `to`. Others: the block goes to `to`, and no pinned
/// block is in the way below `checked`.
#[derive(Clone, Copy, Debug)]
struct Begun {
    to: u32,
    checked: u32,
}

impl Ordered {
    pub fn begin(mover: &mut Mover) -> Result<Self, NoMemory> {
        mover.table.set_cursor(AT, mover.table.lowest());
        let blocks = BinaryHeap::from(room_for(mover.table.blocks())?);
        Ok(Self { blocks, listed: 0, next: 0, start: 0, begun: None, counted: 0 })
    }

    #[inline(never)]
    pub fn run(&mut self, mover: &mut Mover) -> Result<Progress, NoMemory> {
        if self.list(mover)? == Progress::OutOfBudget {
            return Ok(Progress::OutOfBudget);
        }
        while let Some(&Reverse(key)) = self.blocks.peek() {
            if !mover.budget.look() {
                return Ok(Progress::OutOfBudget);
            }
            if key >= self.next && self.place(mover, key)? == Progress::OutOfBudget {
                return Ok(Progress::OutOfBudget);
            }
            (self.next, self.begun) = (key + 1, None);
            self.blocks.pop();
        }
        Ok(Progress::Finished)
    }

    /// Lists the blocks. The slots may double meanwhile: a block then keeps its slot or goes to one
    /// still to come, so that none is missed, but some may be listed twice.
    fn list(&mut self, mover: &mut Mover) -> Result<Progress, NoMemory> {
        while let Some(slots) = mover.registry.live_in_word(self.listed) {
            if !mover.budget.look() {
                return Ok(Progress::OutOfBudget);
            }
            self.blocks.try_reserve(64)?;
            for slot in slots {
                mover.budget.look();
                self.blocks.push(Reverse(mover.table.block(slot).owner.id().get()));
            }
            self.listed += 1;
        }
        Ok(Progress::Finished)
    }

    /// Brings a block to where it belongs. It may have been freed since it was listed.
    #[inline(never)]
    fn place(&mut self, mover: &mut Mover, key: u64) -> Result<Progress, NoMemory> {
        let slot = mover.registry.slot(BlockId::new(key));
        let owner = mover.table.block(slot).owner;
        if !owner.is_first_of(BlockId::new(key)) || owner.is_pinned() {
            return Ok(Progress::Finished);
        }
        if mover.kind.is_scattered() {
            self.place_extents(mover, slot)
        } else {
            self.place_block(mover, slot)
        }
    }

    /// Counts a pinned extent that is in the way, once.
    fn count_pinned(&mut self, mover: &mut Mover, at: u32) {
        let entry = mover.table.get(at);
        mover.report.left.pinned += u32::from(entry.lowest >= self.counted);
        self.counted = self.counted.max(entry.end());
    }
}

/// The extent that has the unit `to`, found from the cursor, which is at or near it; `None` if the
/// budget is used up first.
fn entry_at(mover: &mut Mover, cursor: usize, to: u32) -> Option<u32> {
    let mut at = match mover.table.cursor(cursor) {
        NONE => mover.table.lowest(),
        at => at,
    };
    loop {
        mover.table.set_cursor(cursor, at);
        let entry = mover.table.get(at);
        let (lowest, end) = (entry.lowest, entry.end());
        if (lowest..end).contains(&to) {
            return Some(at);
        }
        if !mover.budget.look() {
            return None;
        }
        at = if to < lowest { mover.table.below(at) } else { mover.table.above(at) };
    }
}
