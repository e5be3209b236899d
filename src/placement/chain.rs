//! Building a block from extents, one after the other, in block order.
//!
//! What always holds: extents that continue each other are one. The `previous` of a block's extent is
//! a hint for whoever goes along the block: the extent [`AHEAD`] further on, or one that was there.

use super::Taken;
use crate::Step;
use crate::extent_table::{Entry, ExtentTable, NONE};

/// How far ahead the hints lie. Going from one extent to the next, the processor would wait for the
/// memory each time; with hints it has that many on their way at once (Luk and Mowry, *Compiler-based
/// prefetching for recursive data structures*, 1996: jump pointers). A power of two.
const AHEAD: usize = 16;

#[derive(Debug)]
pub(crate) struct Chain {
    owner: u32,
    first: u32,
    /// The last extent and the one before it.
    last: u32,
    before: u32,
    extents: usize,
    units: u32,
    /// The extents added last, in turn; they wait for a hint.
    waiting: [u32; AHEAD],
}

impl Chain {
    pub fn new(owner: u32) -> Self {
        let (first, last, before) = (NONE, NONE, NONE);
        Self { owner, first, last, before, extents: 0, units: 0, waiting: [NONE; AHEAD] }
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
    #[inline(always)]
    pub fn add(&mut self, table: &mut ExtentTable, place: u32) {
        let entry = table.get_mut(place);
        entry.owner = self.owner;
        entry.next = NONE;
        self.units += entry.length;
        if let Some(joined) = join(table, self.last, place) {
            return self.replace_last(table, joined);
        }
        if self.last != NONE {
            table.get_mut(self.last).next = place;
        }
        self.before = self.last;
        self.last = place;
        let turn = &mut self.waiting[self.extents % AHEAD];
        // The sentinel, where nobody waits, has no use for it.
        table.get_mut(std::mem::replace(turn, place)).previous = place;
        self.extents += 1;
        if self.first == NONE {
            self.first = place;
        }
    }

    #[inline(never)]
    fn replace_last(&mut self, table: &mut ExtentTable, place: u32) {
        // What was there may be another's soon, and wants no hint of ours.
        self.waiting[self.extents.wrapping_sub(1) % AHEAD] = place;
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
#[inline(always)]
pub(crate) fn join(table: &mut ExtentTable, last: u32, next: u32) -> Option<u32> {
    // Most do not touch each other, which the neighbours of one alone tell.
    let touch = last != NONE && (table.above(last) == next || table.below(last) == next);
    if touch { join_neighbours(table, last, next) } else { None }
}

#[inline(never)]
fn join_neighbours(table: &mut ExtentTable, last: u32, next: u32) -> Option<u32> {
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
        let mut block = Chain::new(0);
        // Two units that descend, so that the first one's place is discarded, and then one apart.
        for unit in (0..50).flat_map(|run| [4 * run + 1, 4 * run, 4 * run + 3]) {
            block.add(&mut table, units[unit]);
        }
        let block = places(&table, block.finish().first);
        assert_eq!(block.len(), 100);
        for (at, &place) in block.iter().enumerate() {
            let ahead = block.get(at + AHEAD).copied().unwrap_or(NONE);
            let hint = table.get(place).previous;
            assert!(hint == ahead || table.get(hint).owner != 0, "extent {at} to {hint}");
        }
        let discarded = units.iter().filter(|place| table.get(**place).owner != 0);
        assert!(discarded.map(|place| table.get(*place).previous).all(|hint| hint == NONE));
    }
}
