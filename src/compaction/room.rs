//! Room for one request: whether compaction can make it, and making it.
//!
//! What always holds: where it cannot be made nothing moves, so that a request that is refused has
//! changed nothing. What is said beforehand of sliding is what [`super::slide`] does then, extent by
//! extent, with pins, alignments and the rounding of `buddy`.
//!
//! Cost, with E extents: O(E) to find out, and the moves. Memory: O(E).

use super::mover::Mover;
use super::{at_once, slide};
use crate::extent_table::ExtentTable;
use crate::fallible::NoMemory;
use crate::placement::aligned;

/// What has to fit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Room {
    pub size: u32,
    pub align: u32,
    /// The place of the block that is to grow to this size, if one is; it is not pinned.
    pub grows: Option<u32>,
}

/// What sliding moves of `buddy`'s blocks until there is room.
#[derive(Clone, Copy, Debug, Default)]
struct Slid {
    blocks: usize,
    units: u32,
}

impl Room {
    /// A free extent of so many units has room, wherever it begins.
    fn goal(&self) -> u32 {
        self.size.saturating_add(self.align - 1)
    }

    /// Whether it fits between two places.
    fn fits(&self, from: u32, to: u32) -> bool {
        aligned(from, to - from, self.size, self.align).is_some()
    }

    /// As `buddy` hands it out: the units, which are what its first unit is a multiple of.
    fn rounded(&self) -> Option<u32> {
        Some(self.size.checked_next_power_of_two()?.max(self.align))
    }
}

/// Whether compaction can make room, but for `buddy`.
///
/// # Errors
/// [`NoMemory`]: no memory to find out.
pub(crate) fn can_be_made(table: &ExtentTable, room: &Room) -> Result<bool, NoMemory> {
    Ok(by_sliding(table, room).is_some() || at_once::can_evacuate(table, room.goal())?)
}

/// What making room moves of `buddy`'s blocks; `None` where it cannot be made.
pub(crate) fn units_of_buddies(table: &ExtentTable, room: &Room) -> Option<u32> {
    by_sliding_buddies(table, room).map(|slid| slid.units)
}

/// Makes room, if that can be; returns whether it did.
///
/// # Errors
/// [`NoMemory`]: nothing has changed.
#[inline(never)]
pub(crate) fn make(mover: &mut Mover, room: &Room) -> Result<bool, NoMemory> {
    if mover.buddy {
        let (Some(slid), Some(rounded)) = (by_sliding_buddies(mover.table, room), room.rounded())
        else {
            return Ok(false);
        };
        mover.reserve_for_all()?;
        mover.report.relocations.try_reserve(slid.blocks + 1)?;
        slide::begin(mover, mover.table.lowest());
        slide::run_buddy(mover, rounded, u32::MAX)?;
        return Ok(true);
    }
    mover.reserve_for_all()?;
    let evacuated = at_once::evacuate(mover, room.goal());
    if evacuated == Ok(true) {
        return Ok(true);
    }
    let Some(blocks) = by_sliding(mover.table, room) else { return evacuated };
    mover.report.relocations.try_reserve(blocks + 1)?;
    slide::begin(mover, mover.table.lowest());
    slide::run(mover, room.goal(), u32::MAX)?;
    Ok(true)
}

/// How many blocks slide until a free extent has the goal or, where none comes to have it, everything
/// lies where it slides to; `None` where there is no room even then.
#[inline(never)]
fn by_sliding(table: &ExtentTable, room: &Room) -> Option<usize> {
    let (mut slid, mut found) = (0, false);
    // Where the last block ends then, and where that which grows begins, until what follows it is seen.
    let (mut floor, mut growing) = (0, None);
    let has_grown = |from: Option<u32>, to| from.is_some_and(|from| to - from >= room.size);
    for (place, entry) in table.iter().filter(|(_, entry)| !entry.is_free()) {
        let (owner, stays) = (entry.owner, entry.owner.is_pinned());
        if entry.lowest - floor >= room.goal() {
            return Some(slid);
        }
        let lowest = match stays {
            true => entry.lowest,
            false => floor.next_multiple_of(1 << owner.align()),
        };
        found |= room.fits(floor, lowest) || has_grown(growing.take(), lowest);
        if room.grows == Some(place) {
            growing = Some(lowest);
        }
        slid += usize::from(lowest != entry.lowest);
        floor = lowest + entry.length;
    }
    found |= room.fits(floor, table.end()) || has_grown(growing, table.end());
    found.then_some(slid)
}

/// The same for `buddy`.
#[inline(never)]
fn by_sliding_buddies(table: &ExtentTable, room: &Room) -> Option<Slid> {
    let rounded = room.rounded()?;
    let has_room = |from, to: u32| aligned(from, to - from, rounded, rounded).is_some();
    let mut slid = Slid::default();
    let mut floor = 0;
    for (_, entry) in table.iter().filter(|(_, entry)| !entry.is_free()) {
        if has_room(floor, entry.lowest) {
            return Some(slid);
        }
        let multiple = entry.length.max(1 << entry.owner.align());
        let lowest = floor.next_multiple_of(multiple);
        if lowest < entry.lowest && !entry.owner.is_pinned() {
            slid.blocks += 1;
            slid.units += entry.length;
            floor = lowest + entry.length;
        } else {
            floor = entry.end();
        }
    }
    has_room(floor, table.end()).then_some(slid)
}
