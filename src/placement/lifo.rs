//! `lifo`: freed units first, newest first, then the tail. The original's policy.
//!
//! Source: the Python exercise that this crate grew out of, which keeps a stack of freed units
//! and `next_alloc_index`.
//!
//! Cost, with k the extents of the block: O(k), however many units and free extents there are.
//! Good: never fails by fragmentation; the newest freed units are the warmest in a cache. Bad:
//! blocks end up in ever smaller pieces, descending ones as often as not.

use super::chain::Chain;
use super::freed_stack::FreedStack;
use super::{Choice, FreeSummary, Placement, Refusal, Taken};
use crate::extent_table::ExtentTable;
use crate::{Error, Extent};
use std::ops::Range;

#[derive(Debug, Default)]
pub(crate) struct Lifo {
    freed: FreedStack,
}

impl Placement for Lifo {
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
        let reused = size.min(self.freed.units());
        self.freed.pop(table, reused, &mut block);
        self.freed.take_tail(table, size - reused, &mut block);
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
        let reused = size.min(self.freed.units());
        self.freed.preview(table, reused, &mut extents);
        self.freed.preview_tail(table, size - reused, &mut extents);
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
