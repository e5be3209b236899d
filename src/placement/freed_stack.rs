//! The original's stack of freed units, kept as runs.
//!
//! What always holds: popping unit by unit would yield the same units in the same order as the
//! original's stack of single units. The runs are free extents of the table, linked by `next` from the
//! top down. No run continues the one below it, unless what lay between them was taken from the stack's middle.

use super::chain::{Chain, join};
use super::known_ranges::KnownRanges;
use super::{FreeSummary, Taken};
use crate::entry::{Entry, Owner};
use crate::extent_table::{ExtentTable, NONE};
use crate::fallible::List;
use crate::{Extent, Step};
use std::cell::RefCell;

/// Runs below the tail that join it in one call of [`FreedStack::give`].
const JOINED_AT_ONCE: usize = 8;

#[derive(Debug)]
pub(crate) struct FreedStack {
    top: u32,
    units: u32,
    /// The never-used end, or [`NONE`]. It is not on the stack.
    tail: u32,
    steps: u64,
    known: RefCell<KnownRanges>,
}

impl Default for FreedStack {
    fn default() -> Self {
        Self { top: NONE, units: 0, tail: NONE, steps: 0, known: RefCell::default() }
    }
}

impl FreedStack {
    /// Freed units, in all runs together.
    pub fn units(&self) -> u32 {
        self.units
    }

    pub fn tail(&self) -> u32 {
        self.tail
    }

    pub fn tail_units(&self, table: &ExtentTable) -> u32 {
        if self.tail == NONE { 0 } else { table.get(self.tail).length }
    }

    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Pops `count` units onto the end of a block. Costs O(1) for each run that it touches.
    pub fn pop(&mut self, table: &mut ExtentTable, count: u32, block: &mut Chain) {
        self.units -= count;
        let mut wanted = count;
        while wanted > 0 {
            self.steps += 1;
            let taken = match table.other(self.top) {
                Entry { length, next, .. } if *length <= wanted => {
                    std::mem::replace(&mut self.top, *next)
                }
                _ => self.cut_top(table, wanted),
            };
            let entry = table.other_mut(taken);
            entry.set_step(reversed(entry));
            let Entry { lowest, length, .. } = *entry;
            wanted -= length;
            self.known.get_mut().take(lowest, length);
            block.add(table, taken);
        }
        self.set_top(table, self.top);
    }

    /// Cuts units off the top run, which has more; the rest stays on top.
    fn cut_top(&mut self, table: &mut ExtentTable, wanted: u32) -> u32 {
        let top = self.top;
        let entry = table.other(top);
        if entry.step() == Step::Up {
            return table.split(top, entry.length - wanted);
        }
        self.top = table.split(top, wanted);
        let rest = table.other_mut(self.top);
        rest.set_step(if rest.length == 1 { Step::Up } else { Step::Down });
        top
    }

    /// Moves `count` units from the tail to the end of a block.
    pub fn take_tail(&mut self, table: &mut ExtentTable, count: u32, block: &mut Chain) {
        if count == 0 {
            return;
        }
        self.steps += 1;
        let Entry { lowest, length, .. } = *table.get(self.tail);
        let taken = self.tail;
        self.tail = if length == count { NONE } else { table.split(taken, count) };
        self.known.get_mut().take(lowest, count);
        block.add(table, taken);
    }

    /// Pushes the extents of a freed block, in block order. Costs O(extents).
    pub fn push_block(&mut self, table: &mut ExtentTable, first: u32) -> Taken {
        let Entry { length, next, .. } = *table.get(first);
        self.push(table, first);
        let mut taken = Taken { extents: 1, units: length };
        let mut place = next;
        while place != NONE {
            let entry = table.other(place);
            let Entry { length, next, .. } = *entry;
            table.fetch(entry.previous());
            taken.extents += 1;
            taken.units += length;
            self.push_other(table, place);
            place = next;
        }
        taken
    }

    /// Pushes an extent, which may be a block's first.
    fn push(&mut self, table: &mut ExtentTable, place: u32) {
        let Entry { lowest, length, .. } = *table.get(place);
        if !self.push_onto_top(table, place, lowest, length) {
            let place = table.release(place, Owner::FREE);
            self.push_new(table, place);
        }
    }

    /// As [`Self::push`], for an extent that is not a block's first.
    #[inline(always)]
    fn push_other(&mut self, table: &mut ExtentTable, place: u32) {
        let Entry { lowest, length, .. } = *table.other(place);
        if !self.push_onto_top(table, place, lowest, length) {
            let entry = table.other_mut(place);
            *entry = entry.owned_by(Owner::FREE);
            self.push_new(table, place);
        }
    }

    /// Pushes units as part of the top run if they continue it; returns whether they do.
    #[inline(always)]
    fn push_onto_top(
        &mut self,
        table: &mut ExtentTable,
        place: u32,
        lowest: u32,
        length: u32,
    ) -> bool {
        self.units += length;
        self.known.get_mut().add(lowest, length);
        join(table, self.top, place, true)
    }

    #[inline(always)]
    fn push_new(&mut self, table: &mut ExtentTable, place: u32) {
        let top = self.top;
        let entry = table.other_mut(place);
        entry.next = top;
        entry.set_previous(NONE);
        self.top = place;
        table.other_mut(top).set_previous(place);
    }

    fn set_top(&mut self, table: &mut ExtentTable, top: u32) {
        self.top = top;
        if top != NONE {
            let entry = table.other_mut(top);
            entry.set_previous(NONE);
            let next = entry.next;
            table.other_mut(next).set_previous(top);
        }
    }

    /// Takes a run out of the stack, or the tail.
    pub fn withdraw(&mut self, table: &mut ExtentTable, place: u32) {
        let entry = table.other_mut(place);
        let (previous, Entry { lowest, length, next, .. }) = (entry.previous(), *entry);
        *entry = entry.owned_by(Owner::HELD);
        self.known.get_mut().take(lowest, length);
        if place == self.tail {
            self.tail = NONE;
            return;
        }
        self.units -= length;
        if previous == NONE {
            return self.set_top(table, next);
        }
        table.other_mut(previous).next = next;
        table.other_mut(next).set_previous(previous);
    }

    /// Takes an extent from compaction. If only the tail, or nothing, lies above it, it becomes the
    /// tail, together with the runs directly below; otherwise it is pushed. Costs O(1): only a few runs
    /// below are joined, and any further ones stay runs.
    pub fn give(&mut self, table: &mut ExtentTable, place: u32) {
        table.other_mut(place).set_step(Step::Up);
        let above = table.above(place);
        if above != NONE && above != self.tail {
            return self.push(table, place);
        }
        let Entry { lowest, length, .. } = *table.get(place);
        if above != NONE {
            table.absorb_above(place);
        }
        table.other_mut(place).owner = Owner::FREE;
        self.tail = place;
        self.known.get_mut().add(lowest, length);
        for _ in 0..JOINED_AT_ONCE {
            let Some(below) = table.free_below(place) else { break };
            let Entry { lowest, length, .. } = *table.get(below);
            self.withdraw(table, below);
            table.absorb_below(place);
            self.known.get_mut().add(lowest, length);
        }
    }

    /// Learns the table anew: the highest extent, if it is free, is the tail; the other free
    /// extents are pushed by descending address, so that the lowest is taken first.
    pub fn rebuild(&mut self, table: &mut ExtentTable) {
        *self = Self { steps: self.steps, ..Self::default() };
        let highest = table.highest();
        let mut place = highest;
        while place != NONE {
            let below = table.below(place);
            let entry = *table.get(place);
            if entry.is_free() {
                let step = if entry.length == 1 { Step::Up } else { Step::Down };
                table.other_mut(place).set_step(step);
                if place == highest {
                    self.tail = place;
                } else {
                    self.push(table, place);
                }
            }
            place = below;
        }
        if self.tail != NONE {
            table.other_mut(self.tail).set_step(Step::Up);
        }
    }

    /// Visits the runs from the top down.
    pub fn for_each(&self, table: &ExtentTable, visit: &mut dyn FnMut(u32)) {
        table.for_each_linked(self.top, visit);
    }

    /// Takes over these runs, from the top down. The highest extent, if it is free and not among them,
    /// is the tail.
    pub fn restore(&mut self, table: &mut ExtentTable, runs: &[u32]) {
        *self = Self { steps: self.steps, ..Self::default() };
        let highest = table.highest();
        if table.get(highest).is_free() && !runs.contains(&highest) {
            self.tail = highest;
        }
        for &place in runs.iter().rev() {
            table.get_mut(place).next = self.top;
            self.units += table.get(place).length;
            self.set_top(table, place);
        }
    }

    /// The extents that popping `count` units would yield.
    pub fn preview(&self, table: &ExtentTable, count: u32, into: &mut List<Extent>) {
        let mut wanted = count;
        for run in table.chain(self.top) {
            if wanted == 0 {
                break;
            }
            let taken = wanted.min(run.length);
            add(into, run.extent().last_reversed(taken));
            wanted -= taken;
        }
    }

    /// The extent that taking `count` units of the tail would yield.
    pub fn preview_tail(&self, table: &ExtentTable, count: u32, into: &mut List<Extent>) {
        if count > 0 {
            add(into, Extent::up(table.get(self.tail).lowest, count));
        }
    }

    /// Amortised O(log r), with r runs, for each change since the last call, or O(1) for each if there
    /// were many.
    pub fn summary(&self, table: &ExtentTable) -> FreeSummary {
        self.known.borrow_mut().summary(table)
    }

    /// Where the longest run of free units begins, and how many there are. Costs as [`Self::summary`].
    #[cfg(feature = "trace")]
    pub fn longest(&self, table: &ExtentTable) -> (u32, u32) {
        self.known.borrow_mut().longest(table)
    }
}

fn reversed(entry: &Entry) -> Step {
    match entry.step() {
        Step::Up if entry.length > 1 => Step::Down,
        _ => Step::Up,
    }
}

fn add(extents: &mut List<Extent>, next: Extent) {
    let joined = extents.last_mut().is_some_and(|last| last.append(next));
    if !joined {
        extents.push(next);
    }
}
