//! Whether compaction can make room for one block, and making it.
//!
//! What always holds: if room cannot be made, nothing moves, so that a refused request has changed
//! nothing. If it can, exactly as many units move as was predicted. The prediction for sliding follows
//! what [`super::slide`] will do, extent by extent, with pins, alignments and the rounding of `buddy`.
//!
//! The way is the first of these that there is:
//! - Under `buddy`, the cheapest window whose blocks fit elsewhere is evacuated, if it is among the first few; else
//!   all blocks slide. Neither is done for a pinned block that is to grow.
//! - Above a pinned block that is to grow, an opening is made.
//! - The cheapest window is evacuated, unless sliding costs no more.
//! - The blocks of the cheapest stretch slide that has neither pinned nor aligned ones.
//! - All blocks slide, from the lowest unit on, until there is room.
//! - The cheapest window whose blocks fit elsewhere is evacuated, if it is among the first few.
//!
//! For a block that is to grow and is not pinned, except under `buddy`, an opening is made instead if that
//! moves no more units than one of these ways and then the block itself.
//!
//! Cost, with E extents: O(E) to find out, and the moves; some thirty times as much where the cheapest
//! window cannot be evacuated, nor sliding helps. Memory: O(E).

use super::at_once::AtOnce;
use super::mover::Mover;
use super::opening::Opening;
use super::slide::{self, Count};
use crate::PlacementKind;
use crate::entry::Entry;
use crate::extent_table::ExtentTable;
use crate::fallible::NoMemory;
use crate::placement::aligned;

/// What has to fit into one free extent: a new block, or one that grows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Need {
    pub size: u32,
    pub align: u32,
    /// The place of the block that is to grow to this size; `None` for a new block.
    pub grows: Option<u32>,
}

/// What sliding moves until there is room.
#[derive(Clone, Copy, Debug)]
struct Slid {
    /// The place where sliding begins.
    from: u32,
    blocks: usize,
    units: u32,
}

impl Slid {
    fn nothing_yet(from: u32) -> Self {
        Self { from, blocks: 0, units: 0 }
    }

    fn add(&mut self, block: &Entry) {
        self.blocks += 1;
        self.units += block.length;
    }

    fn leave_out(&mut self, block: &Entry) {
        self.blocks -= 1;
        self.units -= block.length;
    }
}

/// How room is made.
#[allow(clippy::large_enum_variant)] // There is one at a time, and a box would need memory.
enum Way {
    Evacuating(AtOnce),
    Sliding(Slid),
    /// Directly above the block that is to grow.
    Opening(Opening),
}

impl Way {
    /// Units that it moves.
    fn units(&self) -> u32 {
        match self {
            Self::Evacuating(planned) => planned.units(),
            Self::Sliding(slid) => slid.units,
            Self::Opening(opening) => opening.units(),
        }
    }
}

impl Need {
    /// A free extent of this many units has room wherever the placement may have one.
    fn goal(&self, kind: PlacementKind) -> Option<u32> {
        let (units, multiple) = kind.rounded(self.size, self.align)?;
        Some(if kind.is_buddy() { multiple } else { units.saturating_add(multiple - 1) })
    }
}

/// Units that making room would move; `None` if room cannot be made.
///
/// # Errors
/// [`NoMemory`]: not enough memory to find out.
pub(crate) fn units_to_make(
    table: &ExtentTable,
    kind: PlacementKind,
    need: &Need,
) -> Result<Option<u32>, NoMemory> {
    Ok(choose(table, kind, need)?.map(|way| way.units()))
}

/// Makes room if possible; returns whether it did.
///
/// # Errors
/// [`NoMemory`]: nothing has changed.
#[inline(never)]
pub(crate) fn make(mover: &mut Mover, need: &Need) -> Result<bool, NoMemory> {
    match choose(mover.table, mover.kind, need)? {
        None => return Ok(false),
        Some(Way::Evacuating(planned)) => planned.carry_out(mover)?,
        Some(Way::Sliding(slid)) => slide_for(mover, need, slid)?,
        Some(Way::Opening(opening)) => opening.carry_out(mover)?,
    }
    Ok(true)
}

#[inline(never)]
fn slide_for(mover: &mut Mover, need: &Need, slid: Slid) -> Result<(), NoMemory> {
    mover.reserve_for_all()?;
    mover.report.relocations.try_reserve(slid.blocks + 1)?;
    let lists = (mover.table.places(), mover.report.relocations.capacity());
    slide::begin(mover, slid.from);
    let goal = need.goal(mover.kind).unwrap_or(u32::MAX);
    slide::run(mover, goal, Count::NONE)?;
    let lists_now = (mover.table.places(), mover.report.relocations.capacity());
    debug_assert_eq!(lists_now, lists, "all of it was reserved before anything moved");
    Ok(())
}

/// The way to make room, as the head of this file says.
#[inline(never)]
fn choose(table: &ExtentTable, kind: PlacementKind, need: &Need) -> Result<Option<Way>, NoMemory> {
    let pinned = need.grows.filter(|&place| table.get(place).owner.is_pinned());
    if kind.is_buddy() {
        return if pinned.is_none() { evacuate_or_slide_buddies(table, need) } else { Ok(None) };
    }
    if let Some(place) = pinned {
        return Ok(Opening::plan(table, place, need.size).map(Way::Opening));
    }
    let way = evacuate_or_slide(table, kind, need)?;
    let Some(place) = need.grows else { return Ok(way) };
    // The block would then move to the room.
    let own = table.get(place).length;
    let opening = Opening::plan(table, place, need.size);
    let is_less = |opening: &Opening| {
        way.as_ref().is_none_or(|way| opening.units() <= way.units().saturating_add(own))
    };
    Ok(opening.filter(is_less).map(Way::Opening).or(way))
}

/// The way without an opening, and not under `buddy`.
fn evacuate_or_slide(
    table: &ExtentTable,
    kind: PlacementKind,
    need: &Need,
) -> Result<Option<Way>, NoMemory> {
    if let Some(planned) = AtOnce::plan(table, kind, need.size, need.align)? {
        return Ok(Some(Way::Evacuating(planned)));
    }
    let stretch = need.goal(kind).and_then(|goal| slide_stretch(table, goal));
    if let Some(slid) = stretch.or_else(|| slide_all(table, kind, need)) {
        return Ok(Some(Way::Sliding(slid)));
    }
    Ok(AtOnce::plan_any(table, kind, need.size, need.align)?.map(Way::Evacuating))
}

/// The same under `buddy`.
fn evacuate_or_slide_buddies(table: &ExtentTable, need: &Need) -> Result<Option<Way>, NoMemory> {
    const BUDDY: PlacementKind = PlacementKind::Buddy;
    let Some((size, align)) = BUDDY.rounded(need.size, need.align) else { return Ok(None) };
    let planned = AtOnce::plan_any(table, BUDDY, size, align)?.map(Way::Evacuating);
    Ok(planned.or_else(|| slide_all(table, BUDDY, need).map(Way::Sliding)))
}

/// The cheapest stretch, without pinned or aligned blocks, in which sliding yields a free extent of
/// `goal` units.
#[inline(never)]
fn slide_stretch(table: &ExtentTable, goal: u32) -> Option<Slid> {
    let mut best: Option<Slid> = None;
    // For the extents from `slid.from` to the current one: the free units, and what slides over them.
    let (mut slid, mut free) = (Slid::nothing_yet(table.lowest()), 0);
    for (_, last) in table.iter() {
        if last.owner.is_pinned() || last.owner.is_first() && last.owner.align() > 0 {
            (slid, free) = (Slid::nothing_yet(last.above), 0);
            continue;
        }
        if last.is_free() {
            free += last.length;
        } else {
            slid.add(last);
        }
        // A block at the beginning slides over nothing.
        while let Some(first) = table.get_checked(slid.from)
            && first.lowest <= last.lowest
            && (!first.is_free() || free - first.length >= goal)
        {
            if first.is_free() {
                free -= first.length;
            } else {
                slid.leave_out(first);
            }
            slid.from = first.above;
        }
        if free >= goal && best.is_none_or(|best| slid.units < best.units) {
            best = Some(slid);
        }
    }
    best
}

/// What sliding from the lowest unit on moves until a free extent has the goal or, if none ever does,
/// until everything has slid; `None` if there is no room even then.
#[inline(never)]
fn slide_all(table: &ExtentTable, kind: PlacementKind, need: &Need) -> Option<Slid> {
    let (size, align) = kind.rounded(need.size, need.align)?;
    let goal = need.goal(kind)?;
    let fits = |from, to| aligned(from, to - from, size, align).is_some();
    let has_goal = |from, to| match kind {
        // What is free there is cut into powers of two.
        PlacementKind::Buddy => aligned(from, to - from, goal, goal).is_some(),
        _ => to - from >= goal,
    };
    let has_grown = |from: Option<u32>, to| {
        from.is_some_and(|from: u32| from.is_multiple_of(align) && to - from >= size)
    };
    let (mut slid, mut found) = (Slid::nothing_yet(table.lowest()), false);
    // Where the last block ends after sliding, and where the block that is to grow begins, until the
    // one after it is seen.
    let (mut floor, mut growing) = (0, None);
    for (place, entry) in table.iter().filter(|(_, entry)| !entry.is_free()) {
        if has_goal(floor, entry.lowest) {
            return Some(slid);
        }
        let owner = entry.owner;
        let lowest =
            if owner.is_pinned() { entry.lowest } else { slide::lands(kind, entry, floor) };
        found |= fits(floor, lowest) || has_grown(growing.take(), lowest);
        if need.grows == Some(place) {
            growing = Some(lowest);
        }
        if lowest != entry.lowest {
            slid.add(entry);
        }
        floor = lowest + entry.length;
    }
    found |= fits(floor, table.end()) || has_grown(growing, table.end());
    found.then_some(slid)
}
