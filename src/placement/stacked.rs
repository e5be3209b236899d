//! `lifo` and `contiguous-first`: a stack of freed units and a tail. They differ in which of the two comes
//! first.
//!
//! What always holds: every free unit is on the stack or in the tail. The stack keeps the order in
//! which units were freed, so only runs that continue each other in that order are joined.

use super::chain::{Chain, cut};
use super::freed_stack::FreedStack;
use super::{Choice, FreeSummary, Placement, Taken, contiguous_first, lifo};
use crate::Extent;
use crate::extent_table::{ExtentTable, NewBlock};
use crate::fallible::{List, NoMemory};

/// Where units are taken from first, and so come first in block order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum First {
    Freed,
    Tail,
}

/// See the head of this file.
#[derive(Debug)]
pub(crate) struct Stacked {
    freed: FreedStack,
    first: First,
}

impl Stacked {
    pub fn new(first: First) -> Self {
        Self { freed: FreedStack::default(), first }
    }

    /// How many units come from the tail and how many off the stack.
    fn shares(&self, table: &ExtentTable, size: u32) -> (u32, u32) {
        let fresh = match self.first {
            First::Freed => lifo::from_tail(size, self.freed.units()),
            First::Tail => contiguous_first::from_tail(size, self.freed.tail_units(table)),
        };
        (fresh, size - fresh)
    }

    /// See [`FreedStack::longest`].
    #[cfg(feature = "trace")]
    pub fn longest(&self, table: &ExtentTable) -> (u32, u32) {
        self.freed.longest(table)
    }

    /// Adds units to the end of a block.
    fn take(&mut self, table: &mut ExtentTable, size: u32, block: &mut Chain) {
        let (fresh, reused) = self.shares(table, size);
        if self.first == First::Tail {
            self.freed.take_tail(table, fresh, block);
            self.freed.pop(table, reused, block);
        } else {
            self.freed.pop(table, reused, block);
            self.freed.take_tail(table, fresh, block);
        }
    }
}

impl Placement for Stacked {
    fn reserve(&mut self, table: &mut ExtentTable, _: usize) -> Result<(), NoMemory> {
        // Whole runs change hands; only the last run and the tail may be cut.
        table.reserve(2)
    }

    fn commit(&mut self, table: &mut ExtentTable, _: Choice, size: u32, block: NewBlock) -> Taken {
        let mut block = Chain::new(block);
        self.take(table, size, &mut block);
        block.finish()
    }

    fn free(&mut self, table: &mut ExtentTable, first: u32) -> Taken {
        self.freed.push_block(table, first)
    }

    fn grow(&mut self, table: &mut ExtentTable, first: u32, size: u32) -> Option<Taken> {
        let more = size - table.get(first).asked();
        let mut block = Chain::of(table, first);
        self.take(table, more, &mut block);
        Some(block.finish())
    }

    fn shrink(&mut self, table: &mut ExtentTable, first: u32, size: u32) -> Taken {
        let (rest, added) = cut(table, first, size);
        let lost = self.freed.push_block(table, rest);
        Taken { extents: lost.extents - added, ..lost }
    }

    fn withdraw(&mut self, table: &mut ExtentTable, place: u32) {
        self.freed.withdraw(table, place);
    }

    fn give(&mut self, table: &mut ExtentTable, place: u32) {
        self.freed.give(table, place);
    }

    fn rebuild(&mut self, table: &mut ExtentTable) -> Result<(), NoMemory> {
        self.freed.rebuild(table);
        Ok(())
    }

    fn for_each_in_order(&self, table: &ExtentTable, visit: &mut dyn FnMut(u32)) {
        self.freed.for_each(table, visit);
    }

    fn restore(&mut self, table: &mut ExtentTable, order: &[u32], _: u32) -> Result<(), NoMemory> {
        self.freed.restore(table, order);
        Ok(())
    }

    fn preview(&self, table: &ExtentTable, _: Choice, size: u32, into: &mut List<Extent>) {
        let (fresh, reused) = self.shares(table, size);
        if self.first == First::Tail {
            self.freed.preview_tail(table, fresh, into);
            self.freed.preview(table, reused, into);
        } else {
            self.freed.preview(table, reused, into);
            self.freed.preview_tail(table, fresh, into);
        }
    }

    fn summary(&self, table: &ExtentTable) -> FreeSummary {
        self.freed.summary(table)
    }

    fn tail(&self, _: &ExtentTable) -> u32 {
        self.freed.tail()
    }

    fn search_steps(&self) -> u64 {
        self.freed.steps()
    }
}
