//! Allocation order, relocation by relocation: for budgets, pins, aligned blocks and `buddy`.
//!
//! What always holds: the blocks before `next` lie in allocation order below `start`, but for those
//! that had to stay where they were. First the blocks are listed, in the order of their IDs.
//!
//! Scattered blocks: the extent that comes next goes where it belongs; what lies there is exchanged
//! for it, unit for unit, so that it works without any free unit. Contiguous blocks cannot be cut:
//! what lies where a block belongs moves out of the way as a whole, and where it cannot the block
//! stays (`left.blocked`).
//!
//! Cost, with b blocks: O(extents) looks, O(log b) for each block, memory O(b); each extent moves to its place once, and out of the way of others at
//! most as often as others come before it.

use super::Progress;
use super::mover::Mover;
use crate::extent_table::{self, NONE};
use crate::placement::{Choice, Placement};
use crate::tree::{Entry, Tree};
use crate::{BlockId, Error, Step};

const AT: usize = 0;

/// A pass on its way.
#[derive(Debug, Default)]
pub(crate) struct Ordered {
    /// The IDs of the blocks.
    blocks: Tree<u64>,
    /// How far they are listed: a word of the registry.
    listed: usize,
    /// The blocks with lower IDs have been dealt with.
    next: u64,
    /// Where the next block belongs.
    start: u32,
}

impl Ordered {
    pub fn begin(mover: &mut Mover) -> Self {
        mover.table.set_cursor(AT, mover.table.lowest());
        Self::default()
    }

    pub fn run(&mut self, mover: &mut Mover) -> Result<Progress, Error> {
        if self.list(mover)? == Progress::OutOfBudget {
            return Ok(Progress::OutOfBudget);
        }
        while let Some(entry) = self.blocks.at_least(self.next) {
            if !mover.budget.look() {
                return Ok(Progress::OutOfBudget);
            }
            // It may have been freed since it was listed.
            if let Ok(slot) = mover.registry.find(BlockId::new(entry.key)) {
                let progress = match mover.registry.record(slot).is_pinned() {
                    true => Progress::Finished,
                    false if mover.scattered => place_extents(mover, slot, &mut self.start)?,
                    false => place_block(mover, slot, &mut self.start)?,
                };
                if progress == Progress::OutOfBudget {
                    return Ok(progress);
                }
            }
            self.next = entry.key + 1;
        }
        Ok(Progress::Finished)
    }

    /// Lists the blocks. The slots may double on the way: a block then stays or goes to a slot that
    /// is still to come, so none is missed.
    fn list(&mut self, mover: &mut Mover) -> Result<Progress, Error> {
        while let Some(ids) = mover.registry.live_in_word(self.listed) {
            if !mover.budget.look() {
                return Ok(Progress::OutOfBudget);
            }
            self.blocks.reserve(64)?;
            for key in ids.map(BlockId::get) {
                mover.budget.look();
                if self.blocks.at_least(key).is_none_or(|listed| listed.key != key) {
                    self.blocks.insert(Entry { key, weight: 0, value: 0 }, |_, _| {});
                }
            }
            self.listed += 1;
        }
        Ok(Progress::Finished)
    }
}

/// Brings all extents of a scattered block, in block order, to where they belong.
fn place_extents(mover: &mut Mover, slot: u32, start: &mut u32) -> Result<Progress, Error> {
    let mut cut = NONE;
    let progress = place_each_extent(mover, slot, start, &mut cut);
    if cut != NONE && !matches!(progress, Ok(Progress::Finished)) {
        mover.rejoin(cut);
    }
    progress
}

/// The same; `cut` is an extent in two parts, as long as none of them has moved.
fn place_each_extent(
    mover: &mut Mover,
    slot: u32,
    start: &mut u32,
    cut: &mut u32,
) -> Result<Progress, Error> {
    let mut to = *start;
    let mut place = mover.registry.record(slot).first;
    while place != NONE {
        if !mover.budget.look() {
            return Ok(Progress::OutOfBudget);
        }
        let entry = *mover.table.get(place);
        if entry.lowest == to && entry.step == Step::Up {
            to = entry.end();
            mover.table.set_cursor(AT, mover.table.above(place));
            place = entry.next;
            continue;
        }
        if to >= mover.table.get(mover.table.highest()).end() {
            // Pinned blocks left no room behind them.
            mover.report.left.blocked += 1;
            return Ok(Progress::Finished);
        }
        let at = entry_at(mover, to);
        let foreign = at != place && !mover.table.get(at).is_free();
        if foreign && mover.is_pinned(at) {
            mover.report.left.pinned += 1;
            to = mover.table.get(at).end();
            continue;
        }
        mover.reserve()?;
        match place_part(mover, place, at, to) {
            Part::Placed(placed) => {
                *cut = NONE;
                let entry = *mover.table.get(placed);
                mover.table.set_cursor(AT, mover.table.above(placed));
                (to, place) = (entry.end(), entry.next);
            }
            Part::Cut { whole, first } => (*cut, place) = (whole, first),
            Part::OutOfBudget => return Ok(Progress::OutOfBudget),
        }
    }
    *start = to;
    Ok(Progress::Finished)
}

/// The extent whose lowest unit is `to`. It is at the cursor, or near it.
fn entry_at(mover: &mut Mover, to: u32) -> u32 {
    let mut at = match mover.table.cursor(AT) {
        NONE => mover.table.lowest(),
        at => at,
    };
    while mover.table.get(at).lowest > to {
        at = mover.table.below(at);
    }
    while mover.table.get(at).end() <= to {
        at = mover.table.above(at);
    }
    mover.table.set_cursor(AT, at);
    at
}

enum Part {
    /// It lies where it belongs, perhaps joined with what comes before it.
    Placed(u32),
    /// The extent that was `whole` had to be cut; `first` is what comes next.
    Cut {
        whole: u32,
        first: u32,
    },
    OutOfBudget,
}

/// Brings as much as possible of an extent, its first units in block order, to the unit `to`, which
/// the extent `at` has.
fn place_part(mover: &mut Mover, place: u32, at: u32, to: u32) -> Part {
    let (entry, here) = (*mover.table.get(place), *mover.table.get(at));
    if place == at && here.lowest == to {
        return turn_round(mover, place, entry);
    }
    if here.lowest < to && !here.is_free() {
        // Blocks that came or went since the last call can leave an extent across the border.
        mover.cut(at, to - here.lowest);
        return Part::Cut { whole: at, first: place };
    }
    let most = entry.length.min(here.end() - to);
    let length = match here.is_free() {
        true => mover.budget.allows(most),
        false => mover.budget.allows(most.saturating_mul(2)) / 2,
    };
    if length == 0 {
        return Part::OutOfBudget;
    }
    let part = first_part(mover, place, length);
    match here.is_free() {
        true => mover.move_into_unlisted(part, Choice { place: at, start: to }),
        false => {
            let (low, _) = mover.cut(at, length);
            mover.swap(low, part);
        }
    }
    mover.ascend(part);
    Part::Placed(mover.rejoin(part))
}

/// Reverses a descending extent that lies where it belongs; with a small budget, it is cut, so that
/// its ends can be exchanged.
fn turn_round(mover: &mut Mover, place: u32, entry: extent_table::Entry) -> Part {
    let allowed = mover.budget.allows(entry.length);
    if allowed == entry.length {
        mover.turn(place);
        return Part::Placed(mover.rejoin(place));
    }
    match (allowed / 2).min(entry.length / 2) {
        0 => Part::OutOfBudget,
        length => Part::Cut { whole: place, first: first_part(mover, place, length) },
    }
}

/// Cuts the first `length` units in block order off an extent.
fn first_part(mover: &mut Mover, place: u32, length: u32) -> u32 {
    let extent_table::Entry { length: whole, step, .. } = *mover.table.get(place);
    match step {
        _ if whole == length => place,
        Step::Up => mover.cut(place, length).0,
        Step::Down => mover.cut(place, whole - length).1,
    }
}

/// Brings a contiguous block to where it belongs, after whatever lies there.
fn place_block(mover: &mut Mover, slot: u32, start: &mut u32) -> Result<Progress, Error> {
    let place = mover.registry.record(slot).first;
    let extent_table::Entry { lowest, length, .. } = *mover.table.get(place);
    if lowest < *start && *start < lowest + length {
        // It came since the last call; another pass will follow.
        *start = lowest + length;
        return Ok(Progress::Finished);
    }
    let multiple = if mover.buddy { length.max(mover.align(place)) } else { mover.align(place) };
    let Some(to) = free_of_pins(mover, *start, length, multiple, place) else {
        mover.report.left.blocked += 1;
        return Ok(Progress::Finished);
    };
    if to == lowest {
        *start = lowest + length;
        return Ok(Progress::Finished);
    }
    if mover.budget.forbids(length) {
        mover.report.left.too_large += 1;
        return Ok(Progress::Finished);
    }
    match clear(mover, place, to, length)? {
        Clear::Done => {}
        Clear::Blocked => {
            mover.report.left.blocked += 1;
            return Ok(Progress::Finished);
        }
        Clear::OutOfBudget => return Ok(Progress::OutOfBudget),
    }
    if mover.budget.allows(length) < length {
        return Ok(Progress::OutOfBudget);
    }
    mover.reserve()?;
    settle(mover, place, to);
    *start = to + length;
    Ok(Progress::Finished)
}

/// The lowest multiple from `start` on with `length` units that no pinned block has; none past the
/// block's own place.
fn free_of_pins(
    mover: &mut Mover,
    start: u32,
    length: u32,
    multiple: u32,
    own: u32,
) -> Option<u32> {
    let highest = mover.table.get(mover.table.highest()).end();
    let mut to = start.checked_next_multiple_of(multiple)?;
    loop {
        let end = to.checked_add(length).filter(|&end| end <= highest)?;
        let mut at = entry_at(mover, to);
        let pin = loop {
            let entry = mover.table.get(at);
            if entry.lowest >= end {
                break None;
            }
            if at != own && !entry.is_free() && mover.is_pinned(at) {
                break Some(entry.end());
            }
            at = mover.table.above(at);
            if at == NONE {
                break None;
            }
        };
        match pin {
            None => return Some(to),
            Some(end) => {
                mover.report.left.pinned += 1;
                to = end.checked_next_multiple_of(multiple)?;
            }
        }
    }
}

enum Clear {
    Done,
    Blocked,
    OutOfBudget,
}

/// Moves every other block out of the units that a block needs.
fn clear(mover: &mut Mover, own: u32, to: u32, length: u32) -> Result<Clear, Error> {
    let window = to..to + length;
    let mut at = entry_at(mover, to);
    while at != NONE && mover.table.get(at).lowest < window.end {
        let entry = *mover.table.get(at);
        let next = mover.table.above(at);
        if !entry.is_free() && at != own {
            if mover.budget.forbids(entry.length) {
                return Ok(Clear::Blocked);
            }
            let align = mover.align(at);
            let choice = mover.placement.find_outside(mover.table, entry.length, align, &window);
            let Some(choice) = choice else { return Ok(Clear::Blocked) };
            if mover.budget.allows(entry.length) < entry.length {
                return Ok(Clear::OutOfBudget);
            }
            mover.reserve()?;
            mover.move_into(at, choice);
            at = entry_at(mover, to);
            continue;
        }
        at = next;
    }
    Ok(Clear::Done)
}

/// Moves a block to units that are all free or its own.
fn settle(mover: &mut Mover, place: u32, to: u32) {
    let extent_table::Entry { lowest, length, .. } = *mover.table.get(place);
    let free = entry_at(mover, to);
    let overlaps = lowest < to + length && to < lowest + length;
    if !overlaps {
        mover.move_into(place, Choice { place: free, start: to });
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
