//! Allocation order, one relocation at a time: for budgets, pins, aligned blocks and `buddy`.
//!
//! What always holds: the blocks before `next` lie in allocation order below `start`, except those that
//! had to stay where they were. First the blocks are listed, in the order of their IDs.
//!
//! Scattered blocks: the next extent goes where it belongs, in exchange for what lies there, unit for
//! unit, so that no free unit is needed. Contiguous blocks cannot be cut: whatever lies where a block
//! belongs moves out of the way as a whole, and if it cannot, the block stays (`left.blocked`).
//!
//! Cost, with b blocks: O(extents) looks, O(log b) for each block, memory O(b); each extent moves to
//! its place once, and out of the way of others at most as often as there are others before it.

use super::mover::Mover;
use super::pass::Progress;
use crate::entry::Entry;
use crate::extent_table::{NONE, first_of};
use crate::fallible::{NoMemory, room_for};
use crate::placement::{Choice, Placement};
use crate::{BlockId, Step};
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

/// The extents of a scattered block that are still to be placed: the first is at `place` and belongs at the
/// unit `to`.
struct Rest {
    place: u32,
    to: u32,
    /// An extent in two parts, neither of which has moved yet, or [`NONE`].
    cut: u32,
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
        if !owner.is_first_of(BlockId::new(key)) {
            return Ok(Progress::Finished);
        }
        if owner.is_pinned() {
            Ok(Progress::Finished)
        } else if mover.scattered {
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

    /// Brings the extents of a scattered block to where they belong, in block order.
    fn place_extents(&mut self, mover: &mut Mover, slot: u32) -> Result<Progress, NoMemory> {
        let next = mover.table.cursor(NEXT);
        let (place, to) = match self.begun {
            Some(begun) if mover.is_extent_of(next, slot) => (next, begun.to),
            _ => (first_of(slot), self.start),
        };
        let mut rest = Rest { place, to, cut: NONE };
        let progress = self.place_each_extent(mover, &mut rest);
        if progress == Ok(Progress::Finished) {
            self.start = rest.to;
            return progress;
        }
        if rest.cut != NONE {
            mover.rejoin(rest.cut);
        }
        mover.table.set_cursor(NEXT, rest.place);
        self.begun = Some(Begun { to: rest.to, checked: rest.to });
        progress
    }

    /// As [`Self::place_extents`], from an extent on.
    fn place_each_extent(
        &mut self,
        mover: &mut Mover,
        rest: &mut Rest,
    ) -> Result<Progress, NoMemory> {
        while rest.place != NONE {
            if !mover.budget.look() {
                return Ok(Progress::OutOfBudget);
            }
            let entry = mover.table.get(rest.place);
            if entry.lowest == rest.to && entry.step() == Step::Up {
                rest.pass(mover, rest.place);
                continue;
            }
            if rest.to >= mover.table.end() {
                // Pinned blocks left no room behind them.
                mover.report.left.blocked += 1;
                return Ok(Progress::Finished);
            }
            let Some(at) = entry_at(mover, AT, rest.to) else { return Ok(Progress::OutOfBudget) };
            let foreign = at != rest.place && !mover.table.get(at).is_free();
            if foreign && mover.is_pinned(at) {
                self.count_pinned(mover, at);
                rest.to = mover.table.get(at).end();
                continue;
            }
            mover.reserve()?;
            match place_part(mover, rest.place, at, rest.to) {
                Outcome::Placed(placed) => {
                    rest.cut = NONE;
                    rest.pass(mover, placed);
                }
                Outcome::Cut { whole, first } => (rest.cut, rest.place) = (whole, first),
                Outcome::TooLarge => rest.leave(mover, at),
                Outcome::OutOfBudget => return Ok(Progress::OutOfBudget),
            }
        }
        Ok(Progress::Finished)
    }

    /// Brings a contiguous block to where it belongs, after whatever lies there.
    fn place_block(&mut self, mover: &mut Mover, slot: u32) -> Result<Progress, NoMemory> {
        let place = first_of(slot);
        let Entry { lowest, length, .. } = *mover.table.get(place);
        if lowest < self.start && self.start < lowest + length {
            // It was placed here since the last call; another pass will follow.
            self.start = lowest + length;
            return Ok(Progress::Finished);
        }
        let to = match self.free_of_pins(mover, place)? {
            Search::Found(to) => to,
            Search::Nowhere => {
                mover.report.left.blocked += 1;
                return Ok(Progress::Finished);
            }
            Search::OutOfBudget => return Ok(Progress::OutOfBudget),
        };
        if to == lowest {
            self.start = lowest + length;
            return Ok(Progress::Finished);
        }
        if mover.budget.forbids(length) {
            mover.report.left.too_large += 1;
            return Ok(Progress::Finished);
        }
        let free = match clear(mover, place, to, length)? {
            Search::Found(free) => free,
            Search::Nowhere => {
                mover.report.left.blocked += 1;
                return Ok(Progress::Finished);
            }
            Search::OutOfBudget => return Ok(Progress::OutOfBudget),
        };
        if mover.budget.allows(length) < length {
            return Ok(Progress::OutOfBudget);
        }
        mover.reserve()?;
        settle(mover, place, Choice { place: free, start: to });
        mover.table.set_cursor(AT, mover.table.above(place));
        self.start = to + length;
        Ok(Progress::Finished)
    }

    /// The lowest unit from `start` on where a block could lie without overlapping a pinned one.
    fn free_of_pins(&mut self, mover: &mut Mover, own: u32) -> Result<Search, NoMemory> {
        let length = mover.table.get(own).length;
        let align = mover.align(own);
        let multiple = if mover.buddy { length.max(align) } else { align };
        let highest = mover.table.end();
        let begun = self.begun.filter(|begun| begun.to.is_multiple_of(multiple));
        if begun.is_none() {
            mover.table.set_cursor(NEXT, mover.table.cursor(AT));
        }
        let Some(first) = self.start.checked_next_multiple_of(multiple) else {
            return Ok(Search::Nowhere);
        };
        let Begun { mut to, mut checked } = begun.unwrap_or(Begun { to: first, checked: first });
        loop {
            let Some(end) = to.checked_add(length).filter(|&end| end <= highest) else {
                return Ok(Search::Nowhere);
            };
            self.begun = Some(Begun { to, checked });
            if checked >= end {
                return Ok(Search::Found(to));
            }
            let Some(at) = entry_at(mover, NEXT, checked) else { return Ok(Search::OutOfBudget) };
            let entry = mover.table.get(at);
            checked = entry.end();
            if at != own && !entry.is_free() && mover.is_pinned(at) {
                self.count_pinned(mover, at);
                match checked.checked_next_multiple_of(multiple) {
                    Some(next) => (to, checked) = (next, next),
                    None => return Ok(Search::Nowhere),
                }
            }
        }
    }
}

impl Rest {
    /// Goes on after an extent that lies where it belongs.
    fn pass(&mut self, mover: &mut Mover, placed: u32) {
        let entry = *mover.table.get(placed);
        mover.table.set_cursor(AT, entry.above);
        (self.to, self.place) = (entry.end(), entry.next);
    }

    /// Leaves the extent `at` where it is, whole, because it is too large, and goes on above it.
    fn leave(&mut self, mover: &mut Mover, at: u32) {
        mover.report.left.too_large += 1;
        let stays = match std::mem::replace(&mut self.cut, NONE) {
            NONE => at,
            cut => mover.rejoin(cut),
        };
        let entry = *mover.table.get(stays);
        mover.table.set_cursor(AT, entry.above);
        self.to = entry.end();
        if stays == self.place {
            self.place = entry.next;
        }
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

enum Outcome {
    /// It lies where it belongs, perhaps joined with the extent before it.
    Placed(u32),
    /// The extent that was `whole` had to be cut; `first` is the part to place next.
    Cut {
        whole: u32,
        first: u32,
    },
    /// No call may move as many units as an exchange takes.
    TooLarge,
    OutOfBudget,
}

/// Brings as much as possible of an extent, its first units in block order, to the unit `to`, which
/// lies in the extent `at`.
fn place_part(mover: &mut Mover, place: u32, at: u32, to: u32) -> Outcome {
    let (entry, here) = (*mover.table.get(place), *mover.table.get(at));
    if place == at && here.lowest == to {
        return turn_round(mover, place, entry);
    }
    if here.lowest < to && !here.is_free() {
        // If blocks came or went since the last call, an extent may cross the border.
        mover.cut(at, to - here.lowest);
        return Outcome::Cut { whole: at, first: place };
    }
    let most = entry.length.min(here.end() - to);
    let length = if here.is_free() {
        mover.budget.allows(most)
    } else {
        mover.budget.allows(most.saturating_mul(2)) / 2
    };
    if length == 0 {
        return if !here.is_free() && mover.budget.forbids_exchanges() {
            Outcome::TooLarge
        } else {
            Outcome::OutOfBudget
        };
    }
    let part = first_part(mover, place, length);
    if here.is_free() {
        mover.move_into_unlisted(part, Choice { place: at, start: to });
    } else {
        let (low, _) = mover.cut(at, length);
        mover.swap(low, part);
    }
    mover.ascend(part);
    Outcome::Placed(mover.rejoin(part))
}

/// Reverses a descending extent that lies where it belongs, or cuts it, if the budget is small, so that
/// its ends can be exchanged.
fn turn_round(mover: &mut Mover, place: u32, entry: Entry) -> Outcome {
    let allowed = mover.budget.allows(entry.length);
    if allowed == entry.length {
        mover.turn(place);
        return Outcome::Placed(mover.rejoin(place));
    }
    match allowed / 2 {
        0 if mover.budget.forbids_exchanges() => Outcome::TooLarge,
        0 => Outcome::OutOfBudget,
        length => Outcome::Cut { whole: place, first: first_part(mover, place, length) },
    }
}

/// Cuts the first `length` units in block order off an extent.
fn first_part(mover: &mut Mover, place: u32, length: u32) -> u32 {
    let entry = mover.table.get(place);
    let whole = entry.length;
    match entry.step() {
        _ if whole == length => place,
        Step::Up => mover.cut(place, length).0,
        Step::Down => mover.cut(place, whole - length).1,
    }
}

/// A unit or a place, or why there is none.
enum Search {
    Found(u32),
    Nowhere,
    OutOfBudget,
}

/// Moves every other block out of the units that a block needs; returns the extent that has the first
/// of these units.
fn clear(mover: &mut Mover, own: u32, to: u32, length: u32) -> Result<Search, NoMemory> {
    let window = to..to + length;
    let Some(mut first) = entry_at(mover, AT, to) else { return Ok(Search::OutOfBudget) };
    let mut at = first;
    while at != NONE && mover.table.get(at).lowest < window.end {
        if !mover.budget.look() {
            return Ok(Search::OutOfBudget);
        }
        let entry = *mover.table.get(at);
        if entry.is_free() || at == own {
            at = mover.table.above(at);
            continue;
        }
        if mover.is_pinned(at) || mover.budget.forbids(entry.length) {
            return Ok(Search::Nowhere);
        }
        let align = mover.align(at);
        let choice = mover.placement.find_outside(mover.table, entry.length, align, &window);
        let Some(choice) = choice else { return Ok(Search::Nowhere) };
        if mover.budget.allows(entry.length) < entry.length {
            return Ok(Search::OutOfBudget);
        }
        mover.reserve()?;
        // The block takes its place in the table with it.
        mover.table.set_cursor(AT, mover.table.below(at));
        mover.move_into(at, choice);
        match entry_at(mover, AT, to) {
            Some(here) => (first, at) = (here, here),
            None => return Ok(Search::OutOfBudget),
        }
    }
    Ok(Search::Found(first))
}

/// Moves a block to units that are all free or its own already.
fn settle(mover: &mut Mover, place: u32, choice: Choice) {
    let Choice { place: free, start: to } = choice;
    let Entry { lowest, length, .. } = *mover.table.get(place);
    let overlaps = lowest < to + length && to < lowest + length;
    if !overlaps {
        mover.move_into(place, choice);
        return;
    }
    mover.hold(free);
    let before = to - mover.table.get(free).lowest;
    let mut held = free;
    if before > 0 {
        held = mover.table.split(free, before);
        mover.placement.give(mover.table, free);
    }
    mover.slide_down(held);
    mover.hold_above(held);
    mover.placement.give(mover.table, held);
}
