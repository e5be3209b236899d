//! Sliding: blocks keep their address order and move down over the free units below them.
//!
//! What always holds: below the cursor nothing is left that could slide.
//!
//! Source: sliding compaction as in Jonkers, *A fast garbage compaction algorithm*, 1979, without
//! marking, since the extent table knows the live extents in address order.
//!
//! Cost: O(extents) and every live unit above the first free one, for a whole pass; O(1) for each
//! look and each relocation. Every relocation is a memmove downwards, which may overlap itself.

use super::budget::Progress;
use super::mover::Mover;
use crate::PlacementKind;
use crate::entry::Entry;
use crate::extent_table::NONE;
use crate::fallible::NoMemory;
use crate::placement::{Choice, Placement};

const AT: usize = 0;

pub(crate) fn begin(mover: &mut Mover, from: u32) {
    mover.table.set_cursor(AT, from);
}

/// Where sliding has come to: the free extent that reached the goal, if one did.
pub(crate) fn at(mover: &Mover) -> u32 {
    mover.table.cursor(AT)
}

/// Where a block comes to lie that slides down to `floor`.
pub(crate) fn lands(kind: PlacementKind, block: &Entry, floor: u32) -> u32 {
    // Less one, where it is a power of two, it is the bits that have to be 0.
    let bits = kind.multiple(block.length, 1 << block.owner.align()) - 1;
    (floor.saturating_add(bits) & !bits).min(block.lowest)
}

/// Which blocks are counted where they stay.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Count {
    pub pinned: bool,
    /// Those too large for a call, if they have no more units than this.
    pub too_large: u32,
}

impl Count {
    pub const ALL: Self = Self { pinned: true, too_large: u32::MAX };
    pub const NONE: Self = Self { pinned: false, too_large: 0 };
}

/// Slides until one free extent has `goal` units or nothing is left to slide.
#[inline(never)]
pub(crate) fn run(mover: &mut Mover, goal: u32, count: Count) -> Result<Progress, NoMemory> {
    if mover.kind.is_buddy() {
        return run_buddy(mover, goal);
    }
    loop {
        let place = mover.table.cursor(AT);
        if place == NONE {
            return Ok(Progress::Finished);
        }
        if !mover.budget.look() {
            return Ok(Progress::OutOfBudget);
        }
        if !mover.table.get(place).is_free() {
            mover.table.set_cursor(AT, mover.table.above(place));
            continue;
        }
        mover.reserve()?;
        mover.hold(place);
        let slid = slide_over(mover, place, goal, count)?;
        if let Some(progress) = slid {
            return Ok(progress);
        }
    }
}

/// Slides what lies above a held extent down over it, block after block, until one cannot slide, and
/// then frees the held extent. Returns `None` if the pass goes on above it.
#[inline(never)]
fn slide_over(
    mover: &mut Mover,
    held: u32,
    goal: u32,
    count: Count,
) -> Result<Option<Progress>, NoMemory> {
    let mut held = held;
    let (at, progress) = loop {
        let place = mover.table.above(held);
        if mover.table.get(held).length >= goal {
            break (held, Ok(Some(Progress::Finished)));
        }
        if place == NONE {
            break (NONE, Ok(Some(Progress::Finished)));
        }
        if mover.table.get(place).is_free() {
            if !mover.budget.look() {
                break (held, Ok(Some(Progress::OutOfBudget)));
            }
            mover.hold_above(held);
            continue;
        }
        match may_slide(mover, held, place, count) {
            MaySlide::Never => break (place, Ok(None)),
            MaySlide::NotNow => break (held, Ok(Some(Progress::OutOfBudget))),
            MaySlide::Part(part) => {
                mover.cut(place, part);
            }
        }
        held = keep_alignment(mover, held);
        mover.slide_down(held);
        if let Err(error) = mover.reserve() {
            break (held, Err(error));
        }
    };
    mover.table.set_cursor(AT, at);
    mover.placement.give(mover.table, held);
    progress
}

enum MaySlide {
    /// This many of its units may move now.
    Part(u32),
    NotNow,
    /// It stays where it is.
    Never,
}

fn may_slide(mover: &mut Mover, held: u32, place: u32, count: Count) -> MaySlide {
    let Entry { lowest, length, .. } = *mover.table.get(place);
    if mover.is_pinned(place) {
        mover.report.left.pinned += u32::from(count.pinned);
        return MaySlide::Never;
    }
    let start = mover.table.get(held).lowest.checked_next_multiple_of(mover.align(place));
    if start.is_none_or(|start| start >= lowest) {
        return MaySlide::Never;
    }
    let allowed = mover.budget.allows(length);
    if allowed == length {
        return MaySlide::Part(length);
    }
    if mover.kind.is_scattered() {
        return if allowed == 0 { MaySlide::NotNow } else { MaySlide::Part(allowed) };
    }
    if mover.budget.note_if_too_large(length) {
        mover.report.left.too_large += u32::from(length <= count.too_large);
        return MaySlide::Never;
    }
    MaySlide::NotNow
}

/// Gives back the units of a held extent that the block above must leave free for its alignment.
fn keep_alignment(mover: &mut Mover, held: u32) -> u32 {
    let align = mover.align(mover.table.above(held));
    let lowest = mover.table.get(held).lowest;
    let before = lowest.next_multiple_of(align) - lowest;
    if before == 0 {
        return held;
    }
    let rest = mover.table.split(held, before);
    mover.placement.give(mover.table, held);
    debug_assert!(mover.table.get(rest).owner.is_held());
    rest
}

/// As [`run`], for `buddy`, whose blocks lie at multiples of their lengths: each moves to the lowest
/// such multiple in the free units directly below it. All that stays is counted, since a pass slides only once.
#[inline(never)]
fn run_buddy(mover: &mut Mover, goal: u32) -> Result<Progress, NoMemory> {
    loop {
        let place = mover.table.cursor(AT);
        if place == NONE || mover.placement.summary(mover.table).largest >= goal {
            return Ok(Progress::Finished);
        }
        if !mover.budget.look() {
            return Ok(Progress::OutOfBudget);
        }
        if let Some(choice) = buddy_below(mover, place) {
            let length = mover.table.get(place).length;
            if mover.is_pinned(place) {
                mover.report.left.pinned += 1;
            } else if mover.budget.note_if_too_large(length) {
                mover.report.left.too_large += 1;
            } else if mover.budget.allows(length) < length {
                return Ok(Progress::OutOfBudget);
            } else {
                mover.reserve()?;
                mover.move_into(place, choice);
            }
        }
        mover.table.set_cursor(AT, mover.table.above(place));
    }
}

/// Among the free extents directly below a block, the lowest one that it fits.
fn buddy_below(mover: &Mover, place: u32) -> Option<Choice> {
    let entry = mover.table.get(place);
    if entry.is_free() {
        return None;
    }
    let multiple = mover.multiple(place);
    let mut best = None;
    let mut at = place;
    while let Some(free) = mover.table.free_below(at) {
        let here = mover.table.get(free);
        if here.length >= entry.length && here.lowest.is_multiple_of(multiple) {
            best = Some(Choice { place: free, start: here.lowest });
        }
        at = free;
    }
    best
}
