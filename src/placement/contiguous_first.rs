//! `contiguous-first`: the tail first, then freed units, newest first.
//!
//! Source: a wish of the original's author ("contiguous space first").
//!
//! Cost, with k the extents of the block: O(k). Good: blocks stay in one extent for as long as
//! the tail lasts, and it never fails by fragmentation. Bad: it spreads over the whole buffer
//! before it uses a freed unit again; afterwards it scatters like `lifo`.

use super::chain::Chain;
use super::freed_stack::FreedStack;
use super::{Choice, FreeSummary, Placement, Refusal, Taken};
use crate::extent_table::ExtentTable;
use crate::{Error, Extent};
use std::ops::Range;

#[derive(Debug, Default)]
pub(crate) struct ContiguousFirst {
    freed: FreedStack,
}

impl Placement for ContiguousFirst {
    fn reserve(&mut self, table: &mut ExtentTable, _: usize) -> Result<(), Error> {
        // Whole runs change hands; only the last run and the tail can be cut.
        table.reserve(2)
    }

    fn plan(
        &mut self,
        table: &mut ExtentTable,
        _: u32,
        _: u32,
        extents: usize,
    ) -> Result<Choice, Refusal> {
        self.reserve(table, extents)?;
        Ok(Choice::SCATTERED)
    }

    fn commit(&mut self, table: &mut ExtentTable, _: Choice, size: u32, owner: u32) -> Taken {
        let mut block = Chain::new(owner);
        let fresh = size.min(self.freed.tail_units(table));
        self.freed.take_tail(table, fresh, &mut block);
        self.freed.pop(table, size - fresh, &mut block);
        block.finish()
    }

    fn free(&mut self, table: &mut ExtentTable, first: u32) -> Taken {
        self.freed.push_block(table, first)
    }

    fn withdraw(&mut self, table: &mut ExtentTable, place: u32) {
        self.freed.withdraw(table, place);
    }

    fn give(&mut self, table: &mut ExtentTable, place: u32) {
        self.freed.give(table, place);
    }

    fn find_outside(&mut self, _: &ExtentTable, _: u32, _: u32, _: &Range<u32>) -> Option<Choice> {
        None
    }

    fn rebuild(&mut self, table: &mut ExtentTable) -> Result<(), Error> {
        self.freed.rebuild(table);
        Ok(())
    }

    fn preview(&self, table: &ExtentTable, _: Choice, size: u32) -> Vec<Extent> {
        let mut extents = Vec::new();
        let fresh = size.min(self.freed.tail_units(table));
        self.freed.preview_tail(table, fresh, &mut extents);
        self.freed.preview(table, size - fresh, &mut extents);
        extents
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
