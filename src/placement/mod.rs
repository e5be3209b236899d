//! Placements: the policies that choose units.
//!
//! What always holds:
//! - A placement sees the extent table and decides which free extents a block gets. It never learns
//!   what units hold.
//! - [`Placement::plan`] chooses, but takes nothing; [`Placement::commit`] takes what was planned, and
//!   cannot fail. `plan` also reserves all that a later [`Placement::free`] needs, so that freeing
//!   needs no memory.
//!
//! Each placement has a file of its own, whose head says where its algorithm comes from, what it costs,
//! and what it is good and bad at.

mod address_index;
mod address_ordered;
mod best_fit;
pub(crate) mod buddy;
mod by_address;
pub(crate) mod chain;
mod contiguous;
mod contiguous_first;
mod first_fit;
mod free_lists;
mod free_ranges;
mod freed_stack;
mod known_ranges;
mod lifo;
mod next_fit;
mod policy;
pub(crate) mod size_class;
mod stacked;
mod tlsf;
mod worst_fit;

use crate::Extent;
use crate::entry::Entry;
use crate::extent_table::{ExtentTable, NONE, NewBlock};
use crate::fallible::{List, NoMemory};
pub(crate) use buddy::buddies;
pub(crate) use policy::{Policy, Searched, with};
use std::ops::Range;

/// Why a request was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// No free extent fits, or too few units are free.
    NoExtent,
    /// There is no memory for the records.
    Metadata,
}

impl From<NoMemory> for Refusal {
    fn from(_: NoMemory) -> Self {
        Self::Metadata
    }
}

/// What a contiguous placement chose: a free extent of the table, and the block's first unit in it.
/// Scattered placements choose only when they take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Choice {
    pub place: u32,
    pub start: u32,
}

impl Choice {
    pub const SCATTERED: Self = Self { place: NONE, start: 0 };
}

/// Extents that were taken or came back.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taken {
    pub extents: usize,
    /// Units handed out, which may be more than were asked for.
    pub units: u32,
}

/// Free extents as the placement sees them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct FreeSummary {
    pub extents: usize,
    pub largest: u32,
}

/// See the head of this file. What is written here is what a scattered placement does.
pub(crate) trait Placement {
    /// Reserves for `extents` extents to come back, and for cutting out one more block.
    fn reserve(&mut self, table: &mut ExtentTable, extents: usize) -> Result<(), NoMemory>;

    /// Chooses `size` units at a multiple of `align`, and reserves what `commit` needs; `extents` is
    /// how many extents blocks have. The caller must know that enough units are free, and that `align`
    /// is 1 for a scattered placement.
    fn plan(
        &mut self,
        table: &mut ExtentTable,
        _size: u32,
        _align: u32,
        extents: usize,
    ) -> Result<Choice, Refusal> {
        self.reserve(table, extents)?;
        Ok(Choice::SCATTERED)
    }

    /// Takes what was planned last, for a block that has no extent yet.
    fn commit(
        &mut self,
        table: &mut ExtentTable,
        choice: Choice,
        size: u32,
        block: NewBlock,
    ) -> Taken;

    /// Takes back the extents of a block, from its first on.
    fn free(&mut self, table: &mut ExtentTable, first: u32) -> Taken;

    /// Grows a block to `size` units, more than were asked for, without moving it; returns what it gained, or
    /// `None` if it cannot grow. For a scattered placement the caller must know that enough units are free. Needs
    /// [`Self::reserve`] first.
    fn grow(&mut self, table: &mut ExtentTable, first: u32, size: u32) -> Option<Taken>;

    /// Takes back all units of a block after its first `size`; returns what it lost. Needs
    /// [`Self::reserve`] first.
    fn shrink(&mut self, table: &mut ExtentTable, first: u32, size: u32) -> Taken;

    /// Where a block fits in its own units and the free ones around it. The choice becomes valid once
    /// its own units are free. Scattered placements never need it.
    fn room_around(
        &self,
        _table: &ExtentTable,
        _first: u32,
        _size: u32,
        _align: u32,
    ) -> Option<Choice> {
        None
    }

    /// Forgets a free extent of the table, which compaction is about to use. Its owner is set to
    /// [`HELD`](crate::entry::Owner::HELD).
    fn withdraw(&mut self, table: &mut ExtentTable, place: u32);

    /// Takes an extent from compaction, and makes it free. It may be coalesced.
    fn give(&mut self, table: &mut ExtentTable, place: u32);

    /// A free extent outside `window` with room for `size` units, at least 1, of a block that compaction moves out of
    /// it. Contiguous placements only. Looks at a bounded number of extents.
    fn find_outside(
        &mut self,
        _table: &ExtentTable,
        _size: u32,
        _align: u32,
        _window: &Range<u32>,
    ) -> Option<Choice> {
        None
    }

    /// Learns the table anew: its free extents, as compaction or the constructor left them. May
    /// cut free extents as the placement needs them.
    fn rebuild(&mut self, table: &mut ExtentTable) -> Result<(), NoMemory>;

    /// The unit that the placement remembers, for `next-fit`: the end of the last allocation.
    fn rover(&self) -> u32 {
        0
    }

    /// Visits the free extents except the tail, in the placement's own order, if it has one
    /// ([`keeps_order`](crate::PlacementKind::keeps_order)).
    fn for_each_in_order(&self, _table: &ExtentTable, _visit: &mut dyn FnMut(u32)) {}

    /// Learns the table anew, as [`Self::rebuild`] does, but with the free extents in the given order
    /// and without cutting any. A free extent that is not in the order is the tail.
    fn restore(
        &mut self,
        table: &mut ExtentTable,
        _order: &[u32],
        _rover: u32,
    ) -> Result<(), NoMemory> {
        self.rebuild(table)
    }

    /// Adds the extents that a block would get now, in block order, as [`Self::commit`] would take
    /// them.
    fn preview(&self, table: &ExtentTable, choice: Choice, size: u32, into: &mut List<Extent>);

    /// How many free extents there are and how long the longest is.
    fn summary(&self, table: &ExtentTable) -> FreeSummary;

    /// The free extent with which the tail begins, or [`NONE`].
    fn tail(&self, table: &ExtentTable) -> u32 {
        let highest = table.highest();
        if table.get(highest).is_free() { highest } else { NONE }
    }

    /// Whether a person should see neighbouring free extents of the table as one.
    fn coalesces(&self) -> bool {
        true
    }

    /// What was examined to find a place, over all searches: free extents, or entries of the index over
    /// them.
    fn search_steps(&self) -> u64;
}

/// The lowest multiple of `align` in a free extent at which `size` units fit.
#[inline]
pub(crate) fn aligned(lowest: u32, length: u32, size: u32, align: u32) -> Option<u32> {
    // A mask instead of a division, since every allocation comes this way.
    let below = u64::from(align) - 1;
    let start = (u64::from(lowest) + below) & !below;
    let end = u64::from(lowest) + u64::from(length);
    (start + u64::from(size) <= end).then_some(start as u32)
}

/// Extents that [`Placement::find_outside`] looks at in a list before it gives up: for `tlsf` and `buddy` in
/// the list of each size class.
const TRIES: usize = 8;

/// The same in a tree. It has the extents of all lengths, so that more of them are tried in all, and it leads
/// past those that are too short without looking at each.
const TREE_TRIES: usize = 64 * TRIES;

/// Places that moving or handing over one extent may need in a table: four for the rests, one below and one
/// above, that may be left both where units are cut out and where they go; and those for the powers of two
/// into which `buddy` cuts what becomes free.
pub(crate) const SPARE_PLACES: usize = 4 + buddy::MOST_BUDDIES;

/// Where an aligned block fits in an extent, if that is outside the window.
pub(crate) fn aligned_outside(
    entry: &Entry,
    size: u32,
    align: u32,
    window: &Range<u32>,
) -> Option<u32> {
    let outside = entry.end() <= window.start || window.end <= entry.lowest;
    aligned(entry.lowest, entry.length, size, align).filter(|_| outside)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::books::Books;
    use crate::{BlockId, PlacementKind};

    /// Blocks of 8 units from unit 0 to 63, of which these were freed.
    fn without(freed: [usize; 3], kind: PlacementKind) -> (Books, Policy) {
        let mut books = Books::new(64).unwrap();
        let mut policy = Policy::build(kind, &mut books.table).unwrap();
        let ids: Vec<BlockId> = (0..8).map(|_| books.alloc(&mut policy, 8, 1).unwrap()).collect();
        for block in freed {
            assert!(books.free(&mut policy, ids[block]));
        }
        (books, policy)
    }

    #[test]
    fn learning_the_table_anew_forgets_no_search() {
        for &kind in PlacementKind::ALL {
            let (mut books, mut policy) = without([1, 3, 5], kind);
            _ = books.alloc(&mut policy, 8, 1).unwrap();
            let searched = policy.search_steps();
            assert!(searched > 0, "{kind:?}");
            let mut order = Vec::new();
            policy.for_each_in_order(&books.table, &mut |place| order.push(place));
            policy.restore(&mut books.table, &order, 0).unwrap();
            assert_eq!(policy.search_steps(), searched, "{kind:?}, restored");
            policy.rebuild(&mut books.table).unwrap();
            assert_eq!(policy.search_steps(), searched, "{kind:?}, rebuilt");
        }
    }

    #[test]
    fn a_stack_that_learns_the_table_anew_gives_the_lowest_units_first() {
        for kind in [PlacementKind::Lifo, PlacementKind::ContiguousFirst] {
            let (mut books, mut policy) = without([5, 1, 3], kind);
            policy.rebuild(&mut books.table).unwrap();
            let mut extents = List::default();
            policy.preview(&books.table, Choice::SCATTERED, 20, &mut extents);
            let expected = [Extent::up(8, 8), Extent::up(24, 8), Extent::up(40, 4)];
            assert_eq!(extents.finish(), Ok(expected.to_vec()), "{kind:?}");
        }
    }

    #[test]
    fn buddy_looks_at_a_few_of_each_length_and_no_more() {
        let mut books = Books::new(256).unwrap();
        let mut policy = Policy::build(PlacementKind::Buddy, &mut books.table).unwrap();
        let ids: Vec<BlockId> = (0..256).map(|_| books.alloc(&mut policy, 1, 1).unwrap()).collect();
        // The extent freed last is looked at first.
        ids.iter().step_by(2).rev().for_each(|&id| assert!(books.free(&mut policy, id)));
        let mut find = |window| {
            let found = policy.find_outside(&books.table, 1, 1, &window);
            found.map(|choice| choice.start)
        };
        let tries = TRIES as u32;
        assert_eq!(find(0..2 * tries - 2), Some(2 * tries - 2));
        assert_eq!(find(0..2 * tries), None);
    }

    #[test]
    fn a_search_in_a_tree_passes_over_many_extents_without_room_once_aligned() {
        use PlacementKind::{BestFit, FirstFit, NextFit, WorstFit};
        for kind in [FirstFit, NextFit, BestFit, WorstFit] {
            let mut books = Books::new(403).unwrap();
            let mut policy = Policy::build(kind, &mut books.table).unwrap();
            // Two units from 1, 5, 9 and so on, and from 400.
            let sizes = [1, 2, 1].into_iter().cycle().take(300).chain([2, 1]);
            let blocks: Vec<(BlockId, u32)> =
                sizes.map(|size| (books.alloc(&mut policy, size, 1).unwrap(), size)).collect();
            for (id, _) in blocks.into_iter().filter(|&(_, size)| size == 2) {
                assert!(books.free(&mut policy, id));
            }
            let found = policy.find_outside(&books.table, 2, 4, &(0..1));
            assert_eq!(found.map(|choice| choice.start), Some(400), "{kind:?}");
        }
    }

    #[test]
    fn what_is_found_outside_a_window_is_outside_and_fits() {
        for kind in PlacementKind::ALL.iter().copied().filter(|kind| !kind.is_scattered()) {
            let (books, mut policy) = without([1, 3, 5], kind);
            let mut start = |size, align, window| {
                let found = policy.find_outside(&books.table, size, align, &window);
                found.map(|choice| choice.start)
            };
            assert_eq!(start(8, 8, 0..32), Some(40), "{kind:?}");
            assert_eq!(start(8, 1, 9..10), start(8, 1, 0..16), "{kind:?}: it touches the extent");
            assert_eq!(start(8, 1, 16..64), Some(8), "{kind:?}: it ends where the window begins");
            assert_eq!(start(8, 1, 0..24).map(|start| start >= 24), Some(true), "{kind:?}");
            assert_eq!(start(8, 1, 8..48), None, "{kind:?}");
            assert_eq!(start(9, 1, 0..1), None, "{kind:?}");
            assert_eq!(start(8, 16, 0..1), None, "{kind:?}");
            if kind == PlacementKind::Buddy {
                continue; // It looks for as many units as a block is aligned to.
            }
            // The first extent that is long enough has no room at a multiple of 16; the next has.
            let (books, mut policy) = without([1, 3, 4], kind);
            let found = policy.find_outside(&books.table, 8, 16, &(0..1));
            assert_eq!(found.map(|choice| choice.start), Some(32), "{kind:?}");
        }
    }
}
