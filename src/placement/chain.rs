//! Builds a block from extents, one after the other, in block order.
//!
//! What always holds: extents that continue each other are one; where the placement hands out no descending
//! runs, only if they ascend. In every extent of a block but the first, `previous` is a hint for going along
//! the block: the extent [`AHEAD`] further on, or one that used to be there.

use super::Taken;
use crate::Step;
use crate::entry::{Entry, Owner};
use crate::extent_table::{ExtentTable, NONE, NewBlock, first_of, slot_of};

/// How far ahead the hints lie; a power of two. From one extent to the next the processor would wait
/// for memory each time; with hints, this many reads are in flight at once (jump pointers: Luk and
/// Mowry, *Compiler-based prefetching for recursive data structures*, 1996).
const AHEAD: usize = 16;

/// Leaves hints in the later extents of a block, which are added in block order.
#[derive(Debug)]
pub(crate) struct Hints {
    /// The extents added last, in a ring.
    waiting: [u32; AHEAD],
    told: usize,
}

impl Hints {
    pub fn new() -> Self {
        Self { waiting: [NONE; AHEAD], told: 0 }
    }

    #[inline(always)]
    pub fn add(&mut self, table: &mut ExtentTable, place: u32) {
        let turn = &mut self.waiting[self.told % AHEAD];
        // At first this writes to the sentinel, which does not use it.
        table.other_mut(std::mem::replace(turn, place)).set_previous(place);
        self.told += 1;
    }
}

#[derive(Debug)]
pub(crate) struct Chain {
    block: NewBlock,
    /// The last extent; [`NONE`] before there is one.
    last: u32,
    extents: usize,
    units: u32,
    hints: Hints,
    may_descend: bool,
}

impl Chain {
    pub fn new(block: NewBlock) -> Self {
        let hints = Hints::new();
        Self { block, last: NONE, extents: 0, units: 0, hints, may_descend: true }
    }

    /// The same without runs that descend: those have no views.
    pub fn ascending(self) -> Self {
        Self { may_descend: false, ..self }
    }

    /// An existing block, to be added to; [`Self::finish`] then counts what was added. Costs
    /// O(extents).
    pub fn of(table: &ExtentTable, first: u32) -> Self {
        let (mut last, mut place) = (NONE, first);
        while place != NONE {
            last = place;
            place = table.get(place).next;
        }
        let entry = table.get(first);
        let block = NewBlock { slot: slot_of(first), owner: entry.owner, asked: entry.asked() };
        Self { last, ..Self::new(block) }
    }

    /// Adds an extent of the table to the block.
    #[inline(always)]
    pub fn add(&mut self, table: &mut ExtentTable, place: u32) {
        self.units += table.other(place).length;
        if join(table, self.last, place, self.may_descend) {
            return;
        }
        if self.last == NONE {
            table.give_to(self.block, place);
            self.last = first_of(self.block.slot);
            self.extents += 1;
            return;
        }
        table.get_mut(self.last).next = place;
        let entry = table.other_mut(place);
        *entry = entry.owned_by(Owner::later_of(self.block.slot));
        entry.next = NONE;
        self.last = place;
        self.hints.add(table, place);
        self.extents += 1;
    }

    pub fn finish(self) -> Taken {
        Taken { extents: self.extents, units: self.units }
    }
}

/// Coalesces `next` into `last` if its units continue the run, upwards unless it `may_descend`; returns whether
/// they do.
#[inline(always)]
pub(crate) fn join(table: &mut ExtentTable, last: u32, next: u32, may_descend: bool) -> bool {
    // Most do not touch, which the neighbours of one of them tell.
    let touches = |last: &Entry| last.above == next || last.below == next;
    last != NONE
        && table.get_if_any(last).is_some_and(touches)
        && (may_descend || table.get(last).above == next)
        && join_neighbours(table, last, next)
}

#[inline(never)]
fn join_neighbours(table: &mut ExtentTable, last: u32, next: u32) -> bool {
    let mut run = table.get(last).extent();
    if !run.append(table.get(next).extent()) {
        return false;
    }
    match run.step {
        Step::Up => table.absorb_above(last),
        Step::Down => table.absorb_below(last),
    }
    table.get_mut(last).set_step(run.step);
    true
}

/// Cuts a block after its first `units` units, which must not be all; returns the first extent after
/// the cut, and how many extents the cut added. Needs room for one more extent.
pub(crate) fn cut(table: &mut ExtentTable, first: u32, units: u32) -> (u32, usize) {
    let (mut last, mut kept) = (first, units);
    while kept > table.get(last).length {
        kept -= table.get(last).length;
        last = table.get(last).next;
    }
    let entry = *table.get(last);
    let Entry { length, next, .. } = entry;
    if kept == length {
        table.get_mut(last).next = NONE;
        return (next, 0);
    }
    let rest = match entry.step() {
        Step::Up => table.split(last, kept),
        Step::Down => table.split_below(last, length - kept),
    };
    table.get_mut(last).next = NONE;
    table.single_units_ascend([last, rest]);
    (rest, 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A table of extents of one unit each, and their places.
    fn table(units: u32) -> (ExtentTable, Vec<u32>) {
        let mut table = ExtentTable::new(units).unwrap();
        table.reserve(units as usize).unwrap();
        let mut place = table.lowest();
        let mut places = vec![place];
        for _ in 1..units {
            place = table.split(place, 1);
            places.push(place);
        }
        (table, places)
    }

    fn places(table: &ExtentTable, first: u32) -> Vec<u32> {
        let mut places = Vec::new();
        table.for_each_linked(first, &mut |place| places.push(place));
        places
    }

    #[test]
    fn hints_lead_ahead_in_the_block_and_spare_what_was_coalesced_away() {
        let (mut table, units) = table(200);
        table.reserve_slots(64).unwrap();
        table.double_slots(64);
        let mut block = Chain::new(NewBlock { slot: 0, owner: Owner::first_of(1, 0), asked: 150 });
        // Two units that descend, so that one of their places is discarded, and then one apart.
        for unit in (0..50).flat_map(|run| [4 * run + 1, 4 * run, 4 * run + 3]) {
            block.add(&mut table, units[unit]);
        }
        assert_eq!(block.finish().extents, 100);
        let block = places(&table, first_of(0));
        assert_eq!(block.len(), 100);
        let is_its_own = |place: u32| table.slot_at(place) == Some(0);
        let mut leading = 0;
        for (at, &place) in block.iter().enumerate().skip(1) {
            let ahead = block.get(at + AHEAD).copied().unwrap_or(NONE);
            let hint = table.get(place).previous();
            assert!(hint == ahead || !is_its_own(hint), "extent {at} to {hint}");
            leading += usize::from(hint == ahead && ahead != NONE);
        }
        assert_eq!(leading, block.len() - 1 - AHEAD, "each that has an extent so far ahead");
        let discarded = units.iter().filter(|place| !is_its_own(**place));
        assert!(discarded.map(|place| table.get(*place).previous()).all(|hint| hint == NONE));
        assert_eq!(table.block(0).asked(), 150);
    }
}
