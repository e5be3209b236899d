//! Building a block from extents, one after the other, in block order.
//!
//! What always holds: extents that continue each other are one.

use super::Taken;
use crate::Step;
use crate::extent_table::{Entry, ExtentTable, NONE};

#[derive(Debug)]
pub(crate) struct Chain {
    owner: u32,
    first: u32,
    /// The last extent and the one before it.
    last: u32,
    before: u32,
    extents: usize,
    units: u32,
}

impl Chain {
    pub fn new(owner: u32) -> Self {
        Self { owner, first: NONE, last: NONE, before: NONE, extents: 0, units: 0 }
    }

    /// A block as it is, to be added to; [`Self::finish`] then counts what was added. Costs
    /// O(extents).
    pub fn of(table: &ExtentTable, first: u32) -> Self {
        let mut chain = Self::new(table.get(first).owner);
        let mut place = first;
        while place != NONE {
            (chain.before, chain.last) = (chain.last, place);
            place = table.get(place).next;
        }
        Self { first, ..chain }
    }

    /// Adds an extent of the table to the block.
    pub fn add(&mut self, table: &mut ExtentTable, place: u32) {
        let entry = table.get_mut(place);
        entry.owner = self.owner;
        entry.next = NONE;
        self.units += entry.length;
        if self.last != NONE {
            if let Some(joined) = join(table, self.last, place) {
                return self.replace_last(table, joined);
            }
            table.get_mut(self.last).next = place;
        }
        self.before = self.last;
        self.last = place;
        self.extents += 1;
        if self.first == NONE {
            self.first = place;
        }
    }

    fn replace_last(&mut self, table: &mut ExtentTable, place: u32) {
        self.last = place;
        match self.before {
            NONE => self.first = place,
            before => table.get_mut(before).next = place,
        }
    }

    pub fn finish(self) -> Taken {
        Taken { first: self.first, extents: self.extents, units: self.units }
    }
}

/// Coalesces `next` into `last` if its units continue the run; returns where the run is now. It
/// has the owner and the links of `last`.
pub(crate) fn join(table: &mut ExtentTable, last: u32, next: u32) -> Option<u32> {
    let mut run = table.get(last).extent();
    if !run.append(table.get(next).extent()) {
        return None;
    }
    match run.step {
        Step::Up => {
            table.absorb_above(last);
            table.get_mut(last).step = Step::Up;
            Some(last)
        }
        Step::Down => {
            let links = table.get(last).next;
            table.absorb_above(next);
            let entry = table.get_mut(next);
            entry.step = Step::Down;
            entry.next = links;
            Some(next)
        }
    }
}

/// Cuts a block after its first `units` units, of which it has more; returns the first extent of
/// what follows, and how many extents the cut added. Needs room for one more extent.
pub(crate) fn cut(table: &mut ExtentTable, first: u32, units: u32) -> (u32, usize) {
    let (mut last, mut kept) = (first, units);
    while kept > table.get(last).length {
        kept -= table.get(last).length;
        last = table.get(last).next;
    }
    let Entry { length, step, next, .. } = *table.get(last);
    if kept == length {
        table.get_mut(last).next = NONE;
        return (next, 0);
    }
    let rest = match step {
        Step::Up => table.split(last, kept),
        Step::Down => table.split_below(last, length - kept),
    };
    table.get_mut(last).next = NONE;
    for part in [last, rest] {
        let entry = table.get_mut(part);
        if entry.length == 1 {
            entry.step = Step::Up;
        }
    }
    (rest, 1)
}
