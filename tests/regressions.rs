//! Bugs that were found once, each with a name and the shortest operations that showed it.

#![cfg(not(target_arch = "wasm32"))]

mod model;

use model::{Operation, Operation::*, Pair, Step};
use std::panic::AssertUnwindSafe;
use twingate_memory::{
    DefragmentOptions, Error, Left, MemoryManager, Options, Order, PlacementKind, Storage, Unit,
};

fn run(kind: PlacementKind, capacity: u32, operations: &[Operation]) {
    let mut pair = Pair::new(kind, capacity);
    for operation in operations {
        pair.apply(operation);
        pair.compare();
    }
}

fn step(order: Order, max_moves: Option<u32>, max_units: Option<u32>) -> Operation {
    Step(Step { max_moves, max_units, ..Step::to(order) })
}

/// A step without budget cut an extent and left it in two, so that `address` refused the block.
#[test]
fn an_extent_that_was_cut_in_vain_is_joined_again() {
    let operations = [
        [Alloc(1, 1), Alloc(1, 1), Alloc(1, 1), Alloc(1, 1), Free(0), Alloc(1, 1), Free(4)]
            .to_vec(),
        [Free(3), Free(2), Alloc(1, 1), Alloc(2, 1), Alloc(1, 1), Free(1), Defragment].to_vec(),
        [Alloc(3, 1), Free(5), Free(7), step(Order::Any, None, None)].to_vec(),
        [step(Order::Allocation, None, Some(4)), Alloc(1, 1), Alloc(5, 1), Alloc(2, 1)].to_vec(),
        [Free(8), Alloc(1, 1), Free(6), Alloc(2, 1), Free(13), Alloc(1, 1), Alloc(2, 1)].to_vec(),
        [step(Order::Allocation, Some(0), None)].to_vec(),
    ];
    run(PlacementKind::ContiguousFirst, 14, &operations.concat());
}

/// The same, of an extent that lay across the border up to which blocks had their places. (No bug: a
/// mutation that nobody noticed.)
#[test]
fn an_extent_across_the_border_that_was_cut_in_vain_is_joined_again() {
    let nothing = |max_units, questions| {
        Step(Step { max_moves: Some(0), max_units, questions, ..Step::to(Order::Allocation) })
    };
    let operations = [
        [Alloc(4, 1), Alloc(1, 1), Alloc(1, 1), Alloc(2, 1), Free(2)].to_vec(),
        [nothing(Some(2), Some(4)), Free(1), Alloc(2, 1), nothing(None, Some(1))].to_vec(),
    ];
    run(PlacementKind::Lifo, 9, &operations.concat());
}

/// A block that comes between two steps is laid out with the others, though none was ever freed. (No
/// bug: a mutation that nobody noticed.)
#[test]
fn a_block_that_comes_between_steps_is_laid_out_too() {
    let two = || step(Order::Allocation, Some(2), None);
    let operations = [Alloc(2, 1), Alloc(5, 1), Resize(4, 5), two(), Alloc(1, 1), two()];
    run(PlacementKind::NextFit, 28, &operations);
}

/// A pass left blocks behind as too large, and a later call that might have moved them ended it.
#[test]
fn what_was_too_large_for_one_call_is_moved_by_a_later_one() {
    let operations = [
        [Alloc(8, 1), Alloc(1, 1), Free(0), Alloc(6, 1), Alloc(8, 1), Alloc(1, 1)].to_vec(),
        [Free(4), Alloc(3, 1), Alloc(3, 1), Free(5)].to_vec(),
        [step(Order::Address, Some(1), Some(3)), step(Order::Address, None, None)].to_vec(),
    ];
    run(PlacementKind::FirstFit, 71, &operations.concat());
}

/// Steps in allocation order walked over a block's pinned neighbours anew in each call, and where
/// there were many the looks of one call were not enough to come to the end.
#[test]
fn a_step_goes_on_where_the_last_one_stopped() {
    let mut memory = MemoryManager::new(2_100).unwrap();
    let small: Vec<_> = (0..1_400).map(|_| memory.alloc(1).unwrap()).collect();
    for pair in small.chunks(2) {
        memory.pin(pair[0]).unwrap();
        memory.free(pair[1]).unwrap();
    }
    let large = memory.alloc(700).unwrap();
    let options = DefragmentOptions {
        order: Some(Order::Allocation),
        max_moves: Some(1),
        ..DefragmentOptions::default()
    };
    let mut reports = (0..5_000).map(|_| memory.defragment_with(&options).unwrap());
    assert!(reports.any(|report| report.done), "5,000 steps do not end");
    let units: Vec<u32> = memory.extents(large).unwrap().flat_map(|e| e.units()).collect();
    assert_eq!(units, (0..700).map(|unit| 2 * unit + 1).collect::<Vec<_>>());
}

/// A block that was too large for the budget was counted once for each size class of the others,
/// and again by the pass that followed in the same call.
#[test]
fn what_is_left_is_counted_once() {
    let options = Options { placement: PlacementKind::FirstFit, ..Options::default() };
    let mut memory = MemoryManager::with_options(115, options).unwrap();
    let ids = [10, 4, 10, 40, 10, 8, 10, 2, 10, 1, 10].map(|size| memory.alloc(size).unwrap());
    for id in ids.into_iter().step_by(2) {
        memory.free(id).unwrap();
    }
    let options = DefragmentOptions {
        order: Some(Order::Any),
        max_units: Some(20),
        ..DefragmentOptions::default()
    };
    let left = |memory: &mut MemoryManager| {
        let mut left = 0;
        loop {
            let report = memory.defragment_with(&options).unwrap();
            left += report.left.too_large;
            if report.done {
                return left;
            }
        }
    };
    assert_eq!(left(&mut memory), 1);
}

/// Pinned blocks that were in the way in allocation order count once over all calls of a compaction.
#[test]
fn what_is_pinned_in_the_way_is_counted_once() {
    for placement in [PlacementKind::Lifo, PlacementKind::FirstFit] {
        for max_moves in [None, Some(1)] {
            let options = Options { placement, ..Options::default() };
            let mut memory = MemoryManager::with_options(30, options).unwrap();
            let ids = [(); 5].map(|()| memory.alloc(3).unwrap());
            ids[2..4].iter().for_each(|&id| memory.pin(id).unwrap());
            ids[..2].iter().for_each(|&id| memory.free(id).unwrap());
            _ = memory.alloc(7).unwrap();
            let order = Some(Order::Allocation);
            let options = DefragmentOptions { order, max_moves, ..DefragmentOptions::default() };
            let mut pinned = 0;
            loop {
                let report = memory.defragment_with(&options).unwrap();
                pinned += report.left.pinned;
                if report.done {
                    break;
                }
            }
            assert_eq!(pinned, 2, "{placement:?} {max_moves:?}");
        }
    }
}

/// The same where blocks stay, so that the next ones are to go around the same pinned block. (No bug: a
/// mutation that nobody noticed.)
#[test]
fn what_is_pinned_below_blocks_that_stay_is_counted_once() {
    let options = Options { placement: PlacementKind::FirstFit, ..Options::default() };
    let mut memory = MemoryManager::with_options(13, options).unwrap();
    let [low, pinned, between, ..] = [2, 2, 1, 5, 3].map(|size| memory.alloc(size).unwrap());
    memory.pin(pinned).unwrap();
    [low, between].iter().for_each(|&id| memory.free(id).unwrap());
    let (order, max_units) = (Some(Order::Allocation), Some(4));
    let options = DefragmentOptions { order, max_units, ..DefragmentOptions::default() };
    let Left { pinned, too_large, blocked, .. } = memory.defragment_with(&options).unwrap().left;
    assert_eq!((pinned, too_large, blocked), (1, 1, 1));
}

/// The same when blocks of `buddy` slide, each to the lowest place that is good for it.
#[test]
fn what_is_pinned_among_buddies_is_counted_once() {
    let options = Options { placement: PlacementKind::Buddy, ..Options::default() };
    let mut memory = MemoryManager::with_options(32, options).unwrap();
    let ids = [(); 4].map(|()| memory.alloc(4).unwrap());
    memory.pin(ids[2]).unwrap();
    memory.free(ids[0]).unwrap();
    let order = Some(Order::Address);
    let options = DefragmentOptions { order, ..DefragmentOptions::default() };
    let report = memory.defragment_with(&options).unwrap();
    assert_eq!((report.done, report.moves, report.left.pinned), (true, 1, 1));
    assert_eq!([1, 2, 3].map(|block| memory.address(ids[block])), [Ok(0), Ok(8), Ok(12)]);
}

/// A step in allocation order turned a descending extent where it lay, and the view that someone
/// had of its block, from before it grew, did not end.
#[test]
fn a_view_ends_when_its_block_is_turned_where_it_lies() {
    let operations = [
        [Alloc(2, 1), Free(0), Alloc(1, 1), View(1, 'a'), Resize(1, 2)].to_vec(),
        [step(Order::Allocation, None, Some(2))].to_vec(),
    ];
    run(PlacementKind::Lifo, 76, &operations.concat());
}

/// The model refused what the manager rightly did: a rounded block that grows over all units.
#[test]
fn a_rounded_block_grows_by_more_units_than_are_free() {
    let operations = [Alloc(1, 1), Alloc(1, 1), Alloc(3, 1), Free(0), Free(1), Resize(2, 16)];
    run(PlacementKind::Buddy, 16, &operations);
}

/// Blocks that came and went while a plan was made had more units than the window, and the
/// difference was below zero.
#[test]
fn a_plan_may_know_more_blocks_than_its_window_has_room_for() {
    let allocate = |sizes: &[u32]| sizes.iter().map(|&size| Alloc(size, 1)).collect::<Vec<_>>();
    let operations = [
        [vec![Alloc(1, 1); 6], vec![Clear], allocate(&[5, 5, 2, 1, 9])].concat(),
        [vec![Free(3080019891579164642)], allocate(&[4, 6])].concat(),
        [step(Order::Allocation, None, None), Alloc(4, 1), Alloc(2, 16), Alloc(9, 1)].to_vec(),
        [Alloc(8, 1), Alloc(8, 8), Alloc(4, 1), Alloc(1, 1)].to_vec(),
        [step(Order::Allocation, None, None), Free(6194466891892370553)].to_vec(),
        [allocate(&[4, 4, 1]), vec![step(Order::Any, Some(0), None)]].concat(),
        [Resize(8682763518463331153, 3), step(Order::Any, None, Some(8)), Clear].to_vec(),
        [Alloc(69, 1), Alloc(3, 2), step(Order::Any, None, None)].to_vec(),
    ];
    run(PlacementKind::WorstFit, 86, &operations.concat());
}

/// Compaction on demand moved blocks and then found that there was no room after all.
#[test]
fn a_request_that_compaction_cannot_help_moves_nothing() {
    let run = |placement, capacity, storage, operations: &[Operation]| {
        let options = Options { placement, storage, auto_defragment: true, ..Options::default() };
        let mut pair = Pair::with_options(options, capacity);
        for operation in operations {
            pair.apply(operation);
            pair.compare();
        }
    };
    for placement in PlacementKind::ALL.iter().copied().filter(|kind| !kind.is_scattered()) {
        for storage in [Storage::Owned, Storage::External] {
            let rounded = [Alloc(1, 1), Alloc(5, 1), Alloc(4, 1)];
            run(placement, 6, storage, &rounded);
            let pinned = [Alloc(4, 1), Alloc(4, 1), Free(0), Alloc(2, 1), Pin(2), Alloc(6, 1)];
            run(placement, 12, storage, &pinned);
            run(placement, 16, storage, &[Alloc(8, 1), Alloc(3, 1), Resize(0, 10)]);
            run(placement, 11, storage, &[Alloc(5, 2), Alloc(1, 2), Alloc(4, 4)]);
        }
    }
}

fn buddy(capacity: u32, auto_defragment: bool) -> MemoryManager {
    let options =
        Options { placement: PlacementKind::Buddy, auto_defragment, ..Options::default() };
    MemoryManager::with_options(capacity, options).unwrap()
}

/// It was said that compaction makes room for what `buddy` rounds up to more than there is.
#[test]
fn what_buddy_cannot_have_compaction_is_not_said_to_make() {
    let explained = buddy(6, false).explain(5, 1).unwrap();
    assert_eq!((explained.fits, explained.units_to_move), (false, None));
}

/// Compaction on demand moved all of `buddy`'s blocks, however little was wanted.
#[test]
fn buddy_compacts_just_enough() {
    let mut memory = buddy(64, true);
    let ids: Vec<_> = (0..64).map(|_| memory.alloc(1).unwrap()).collect();
    ids.iter().step_by(2).for_each(|&id| memory.free(id).unwrap());
    assert_eq!(memory.explain(2, 1).unwrap().units_to_move, Some(1));
    _ = memory.alloc(2).unwrap();
    assert_eq!(memory.units_moved(), 1);
}

/// (No bugs: mutations that nobody noticed.)
#[test]
fn buddy_moves_nothing_in_vain_for_a_block_that_grows() {
    // Slid down to 4 it would have eight units, but not at a multiple of eight.
    let mut memory = buddy(16, true);
    let [_, gap, grows, above] = [4, 4, 4, 4].map(|size| memory.alloc(size).unwrap());
    memory.free(gap).unwrap();
    memory.pin(above).unwrap();
    assert!(matches!(memory.resize(grows, 8), Err(Error::CannotGrow { .. })));
    assert_eq!((memory.address(grows), memory.units_moved()), (Ok(8), 0));
    // Elsewhere there would be room for it.
    let mut memory = buddy(32, true);
    let ids: Vec<_> = (0..8).map(|_| memory.alloc(4).unwrap()).collect();
    [2, 4].iter().for_each(|&at: &usize| memory.free(ids[at]).unwrap());
    memory.pin(ids[0]).unwrap();
    assert!(matches!(memory.resize(ids[0], 8), Err(Error::Pinned { .. })));
    assert_eq!(memory.units_moved(), 0);
}

/// Eight short free extents in the way were all that was looked at, and a longer one was not found.
#[test]
fn buddy_looks_for_a_place_in_each_size_class() {
    let mut memory = buddy(128, false);
    let low = memory.alloc(32).unwrap();
    let moves = memory.alloc(32).unwrap();
    memory.free(low).unwrap();
    let small: Vec<_> = (0..32).map(|_| memory.alloc(1).unwrap()).collect();
    small.iter().step_by(2).for_each(|&id| memory.free(id).unwrap());
    let options = DefragmentOptions {
        order: Some(Order::Allocation),
        max_moves: Some(1_000),
        ..DefragmentOptions::default()
    };
    while !memory.defragment_with(&options).unwrap().done {}
    assert_eq!(memory.address(moves).unwrap(), 0);
}

/// The largest free extent was said to be too short, though only its alignment was in the way.
#[test]
fn what_an_alignment_forbids_is_said_to_be_its_fault() {
    let options = Options { placement: PlacementKind::Tlsf, ..Options::default() };
    let mut memory = MemoryManager::with_options(1_000, options).unwrap();
    _ = memory.alloc(5).unwrap();
    let explained = memory.explain(9, 1_024).unwrap();
    assert_eq!((explained.fits, explained.units_to_move), (false, None));
    assert_eq!(
        explained.reason,
        "asked for 9 units at a multiple of 1024: 995 are free, but no free extent has room at such a \
         multiple; compaction on demand finds no room for it: free blocks, or unpin some."
    );
    let refused = memory.alloc_aligned(9, 1_024).unwrap_err().to_string();
    assert!(refused.contains("no free extent has room at such a multiple"), "{refused}");
    memory.defragment().unwrap();
    let explained = memory.explain(993, 8).unwrap();
    assert_eq!((explained.fits, explained.units_to_move), (false, None));
}

/// What is looked for with a pin about was longer than what was asked for. (No bug: a mutation that
/// nobody noticed.)
#[test]
fn compaction_on_demand_moves_no_more_than_it_must_beside_a_pin() {
    let options =
        Options { placement: PlacementKind::FirstFit, auto_defragment: true, ..Options::default() };
    let mut memory = MemoryManager::with_options(13, options).unwrap();
    let [pinned, low, _, high, _] = [1, 2, 6, 2, 1].map(|size| memory.alloc(size).unwrap());
    memory.pin(pinned).unwrap();
    memory.free(low).unwrap();
    memory.free(high).unwrap();
    assert_eq!(memory.explain(3, 1).unwrap().units_to_move, Some(1));
    _ = memory.alloc(3).unwrap();
    assert_eq!(memory.units_moved(), 1);
}

/// A block grows where it has slid to, though there is no free extent of its new size. (No bug: a
/// mutation that nobody noticed.)
#[test]
fn a_block_grows_where_compaction_on_demand_slid_it() {
    for storage in [Storage::Owned, Storage::External] {
        let placement = PlacementKind::FirstFit;
        let options = Options { placement, storage, auto_defragment: true, ..Options::default() };
        let mut pair = Pair::with_options(options, 10);
        for operation in [Alloc(2, 1), Alloc(1, 1), Alloc(4, 1), Free(0), Resize(2, 8)] {
            pair.apply(&operation);
            pair.compare();
        }
        let mut memory = MemoryManager::with_options(10, options).unwrap();
        let [low, _, grows] = [2, 1, 4].map(|size| memory.alloc(size).unwrap());
        memory.free(low).unwrap();
        memory.resize(grows, 8).unwrap();
        assert_eq!(memory.address(grows).unwrap(), 1);
    }
}

/// The same under `buddy`, which was refused: blocks of 4, 2, 2 and 4 units with gaps between them, the last
/// of which can only grow to 8 units where it slides to.
#[test]
fn a_buddy_grows_where_compaction_on_demand_slid_it() {
    let mut memory = buddy(16, true);
    let ids = [4, 2, 2, 2, 2, 4].map(|size| memory.alloc(size).unwrap());
    memory.free(ids[2]).unwrap();
    memory.free(ids[4]).unwrap();
    memory.resize(ids[5], 7).unwrap();
    assert_eq!(memory.address(ids[5]).unwrap(), 8);
    assert_eq!(memory.units_moved(), 6);
}

/// What was said was the least that any window holds, though its blocks fitted nowhere else.
#[test]
fn compaction_on_demand_moves_what_was_said_before() {
    let said_and_moved = |placement, capacity, sizes: &[(u32, u32)], freed: &[usize], last| {
        let (size, align) = last;
        let options = Options { placement, auto_defragment: true, ..Options::default() };
        let mut memory = MemoryManager::with_options(capacity, options).unwrap();
        let alloc = |&(size, align): &(u32, u32)| memory.alloc_aligned(size, align).unwrap();
        let ids: Vec<_> = sizes.iter().map(alloc).collect();
        freed.iter().for_each(|&number| memory.free(ids[number]).unwrap());
        let said = memory.explain(size, align).unwrap().units_to_move;
        _ = memory.alloc_aligned(size, align).unwrap();
        (said.map(u64::from), memory.units_moved())
    };
    // Only 7 units are free: everything slides.
    let all = said_and_moved(PlacementKind::NextFit, 18, &[(4, 1), (5, 1), (6, 1)], &[0], (7, 1));
    assert_eq!(all, (Some(11), 11));
    // A window of five units was free, but no multiple of 4 in it.
    let aligned = said_and_moved(PlacementKind::BestFit, 15, &[(1, 1), (2, 8)], &[], (5, 4));
    assert_eq!(aligned, (Some(1), 1));
}

/// A window was looked for that holds the request wherever it begins; there was none.
#[test]
fn compaction_on_demand_looks_for_windows_at_a_multiple_of_the_alignment() {
    let options =
        Options { placement: PlacementKind::BestFit, auto_defragment: true, ..Options::default() };
    let mut memory = MemoryManager::with_options(1024, options).unwrap();
    let sizes = [16, 240, 256, 256, 240];
    let [low, freed, ..] = sizes.map(|size| memory.alloc(size).unwrap());
    memory.free(freed).unwrap();
    assert_eq!(memory.explain(256, 256).unwrap().units_to_move, Some(16));
    let aligned = memory.alloc_aligned(256, 256).unwrap();
    assert_eq!((memory.address(aligned), memory.address(low)), (Ok(0), Ok(1008)));
}

/// An exchange moves two units, so that no call came to do anything, nor to an end.
#[test]
fn a_budget_of_one_unit_comes_to_an_end() {
    let options = |max_units| DefragmentOptions {
        order: Some(Order::Allocation),
        max_units: Some(max_units),
        ..DefragmentOptions::default()
    };
    for (capacity, placement) in [
        (4, PlacementKind::AddressOrdered),
        (40, PlacementKind::AddressOrdered),
        (9, PlacementKind::Lifo),
    ] {
        let mut memory =
            MemoryManager::with_options(capacity, Options { placement, ..Options::default() })
                .unwrap();
        let [first, _, last] = [1, 2, 1].map(|size| memory.alloc(size).unwrap());
        [first, last].iter().for_each(|&id| memory.free(id).unwrap());
        _ = memory.alloc(2).unwrap();
        let mut run = |max_units| {
            let mut left = Left::default();
            let has_end = (0..100).any(|_| {
                let report = memory.defragment_with(&options(max_units)).unwrap();
                left += report.left;
                report.done
            });
            assert!(has_end);
            left
        };
        assert!(run(1).too_large > 0);
        assert_eq!(run(2), Left::default());
        let extents = memory.snapshot().blocks.iter().map(|block| block.extents.len()).max();
        assert_eq!(extents, Some(1));
    }
}

/// They passed over IDs, and `explain` counted as a search of the allocations.
#[test]
fn neither_refusals_nor_explanations_change_what_comes_after_them() {
    for placement in PlacementKind::ALL.iter().copied().filter(|kind| !kind.is_scattered()) {
        let saved_after = |between: &dyn Fn(&mut MemoryManager)| {
            let options = Options { placement, ..Options::default() };
            let mut memory = MemoryManager::with_options(1024, options).unwrap();
            let ids: Vec<_> = (0..40).map(|_| memory.alloc(1).unwrap()).collect();
            for _ in 0..24 {
                let id = memory.alloc(1).unwrap();
                memory.free(id).unwrap();
            }
            ids.iter().step_by(3).for_each(|&id| memory.free(id).unwrap());
            _ = memory.alloc(1).unwrap();
            between(&mut memory);
            memory.free(ids[1]).unwrap();
            (memory.alloc(1).unwrap(), memory.snapshot())
        };
        let nothing = saved_after(&|_| {});
        let refused = |memory: &mut MemoryManager| assert!(memory.alloc(990).is_err());
        assert_eq!(saved_after(&refused), nothing, "{placement:?}");
        let explained = |memory: &mut MemoryManager| assert!(memory.explain(1, 1).unwrap().fits);
        assert_eq!(saved_after(&explained), nothing, "{placement:?}");
    }
}

/// It was said that blocks and pins lie in the way, where there were none.
#[test]
fn an_explanation_says_that_buddy_has_no_block_as_large() {
    let options = Options { placement: PlacementKind::Buddy, ..Options::default() };
    let mut memory = MemoryManager::with_options(30, options).unwrap();
    let reason = memory.explain(17, 1).unwrap().reason;
    assert!(reason.contains("with this capacity no block has more than 16 units"), "{reason}");
}

/// It slid from the lowest unit on, though most of that was in nobody's way.
#[test]
fn compaction_on_demand_slides_where_the_fewest_units_do() {
    let options =
        Options { placement: PlacementKind::FirstFit, auto_defragment: true, ..Options::default() };
    let mut memory = MemoryManager::with_options(63, options).unwrap();
    let ids: Vec<_> = (0..21).map(|_| memory.alloc(3).unwrap()).collect();
    // Two units are free here and there, and too few for any block.
    for number in [1, 12, 14] {
        memory.resize(ids[number], 1).unwrap();
    }
    assert_eq!(memory.explain(4, 1).unwrap().units_to_move, Some(4));
    _ = memory.alloc(4).unwrap();
    assert_eq!(memory.units_moved(), 4);
}

/// No test looked at sizes that are just as large as something.
#[test]
fn as_many_units_as_are_free_or_as_the_largest_extent_has_are_told_apart() {
    let options = Options { placement: PlacementKind::FirstFit, ..Options::default() };
    let mut memory = MemoryManager::with_options(30, options).unwrap();
    let ids = [10, 10, 10].map(|size| memory.alloc(size).unwrap());
    memory.free(ids[0]).unwrap();
    memory.free(ids[2]).unwrap();
    assert_eq!(
        memory.explain(20, 1).unwrap().reason,
        "asked for 20 units: 20 are free, but the largest free extent has 10; \
         compaction would make room by moving 10 units."
    );
    assert_eq!(
        memory.explain(21, 1).unwrap().reason,
        "asked for 21 units, but only 20 are free: free blocks, or use a manager with a larger capacity."
    );
    _ = memory.alloc(1).unwrap();
    let reason = memory.explain(10, 16).unwrap().reason;
    assert!(reason.contains("room at such a multiple"), "{reason}");
}

/// Parts that begin inside of an extent, of blocks that have several, some of them descending.
#[test]
fn parts_of_a_scattered_block_are_those_of_what_was_written() {
    let options = Options { unit: twingate_memory::Unit::U32, ..Options::default() };
    let mut memory = MemoryManager::with_options(40, options).unwrap();
    let ids: Vec<_> = (0..6).map(|_| memory.alloc(3).unwrap()).collect();
    for &id in ids.iter().step_by(2) {
        memory.free(id).unwrap();
    }
    let block = memory.alloc(12).unwrap();
    assert_eq!(memory.extents(block).unwrap().count(), 4);
    let values: Vec<u32> = (100..112).collect();
    for (from, to) in (0..12).flat_map(|from| (from..=12).map(move |to| (from, to))) {
        memory.write(block, &[7_u32; 12]).unwrap();
        memory.write_at(block, from as u32, &values[from..to]).unwrap();
        let mut all = vec![7; 12];
        all[from..to].copy_from_slice(&values[from..to]);
        assert_eq!(memory.read::<u32>(block).unwrap(), all);
        let mut part = vec![0_u32; to - from];
        assert_eq!(memory.read_at(block, from as u32, &mut part).unwrap(), to - from);
        assert_eq!(part, values[from..to]);
    }
}

/// Only the bindings asked for them.
#[test]
fn names_and_codes_are_what_the_documentation_says() {
    use twingate_memory::{Error, Order, Storage, Unit};
    assert!(Order::ALL.iter().map(|it| it.name()).eq(["allocation", "address", "any"]));
    assert!(Storage::ALL.iter().map(|it| it.name()).eq(["owned", "external"]));
    let units = ["char", "u8", "i8", "u16", "i16", "u32", "i32", "u64", "i64", "f32", "f64"];
    assert!(Unit::ALL.iter().map(|it| it.name()).eq(units));
    let mut memory = MemoryManager::new(4).unwrap();
    let id = memory.alloc(1).unwrap();
    assert_eq!(id.to_string(), "1");
    assert_eq!(memory.alloc(4).unwrap_err().code(), "ERR_OUT_OF_MEMORY");
    memory.free(id).unwrap();
    assert_eq!(memory.free(id), Err(Error::UnknownBlock { id }));
    assert_eq!(memory.free(id).unwrap_err().code(), "ERR_UNKNOWN_BLOCK");
}

/// Between the pins there is room as soon as the block there has gone elsewhere, and not where it slides
/// to. (No bug: a mutation that nobody noticed.)
#[test]
fn compaction_on_demand_evacuates_where_sliding_does_not_help() {
    let options =
        Options { placement: PlacementKind::FirstFit, auto_defragment: true, ..Options::default() };
    let mut memory = MemoryManager::with_options(12, options).unwrap();
    let ids = [2, 1, 2, 3, 1, 3].map(|size| memory.alloc(size).unwrap());
    [0, 3, 5].iter().for_each(|&number| memory.free(ids[number]).unwrap());
    [1, 4].iter().for_each(|&number| memory.pin(ids[number]).unwrap());
    assert_eq!(memory.explain(5, 1).unwrap().units_to_move, Some(2));
    let large = memory.alloc(5).unwrap();
    assert_eq!((memory.address(large), memory.address(ids[2])), (Ok(3), Ok(0)));
    assert_eq!(memory.units_moved(), 2);
}

/// A descending extent is read part by part, each of which comes with the units before it. (No bug: a
/// mutation that nobody noticed.)
#[test]
fn a_long_descending_extent_is_read_from_any_unit_on() {
    let options = Options { unit: twingate_memory::Unit::U16, ..Options::default() };
    let mut memory = MemoryManager::with_options(5_000, options).unwrap();
    let hole = memory.alloc(5_000).unwrap();
    memory.free(hole).unwrap();
    let block = memory.alloc(5_000).unwrap();
    assert!(memory.address(block).is_err(), "it descends");
    let values: Vec<u16> = (0..5_000).collect();
    memory.write(block, &values).unwrap();
    assert_eq!(memory.read::<u16>(block).unwrap(), values);
    for offset in [0, 1, 777, 4_999] {
        let mut part = vec![0_u16; 5_000 - offset];
        assert_eq!(memory.read_at(block, offset as u32, &mut part), Ok(part.len()));
        assert!(part == values[offset..], "from unit {offset} on");
    }
}

/// (No bug: mutations that nobody noticed.)
#[test]
fn units_of_another_type_are_refused() {
    let options = Options { unit: Unit::U8, ..Options::default() };
    let mut memory = MemoryManager::with_options(4, options).unwrap();
    let id = memory.alloc(4).unwrap();
    memory.write(id, &[1_u8, 2, 3, 4]).unwrap();
    let refused = |given| Error::UnitMismatch { units: Unit::U8, given };
    // As wide as those that the manager has.
    assert_eq!(memory.write(id, &[5_i8]), Err(refused(Unit::I8)));
    assert_eq!(memory.write_at(id, 0, &[5_i8]), Err(refused(Unit::I8)));
    assert_eq!(memory.read::<i8>(id), Err(refused(Unit::I8)));
    assert_eq!(memory.read_at(id, 0, &mut [0_i8]), Err(refused(Unit::I8)));
    assert_eq!(memory.slice::<i8>(id), Err(refused(Unit::I8)));
    assert_eq!(memory.slice_mut::<i8>(id), Err(refused(Unit::I8)));
    assert_eq!(memory.slices_mut::<i8, 1>([id]), Err(refused(Unit::I8)));
    assert_eq!(memory.write_text(id, "5"), Err(refused(Unit::Char)));
    assert_eq!(memory.read_text(id), Err(refused(Unit::Char)));
    assert_eq!(memory.read::<u8>(id), Ok(vec![1, 2, 3, 4]));
}

/// Each kind of number as it is written, and a dash for what was not. (No bug: a mutation that nobody
/// noticed.)
#[test]
fn the_picture_shows_numbers() {
    use twingate_memory::{Unit, UnitValue};
    fn picture<T: UnitValue>(values: [T; 2]) -> String {
        let options = Options { unit: T::UNIT, ..Options::default() };
        let mut memory = MemoryManager::with_options(3, options).unwrap();
        let id = memory.alloc(3).unwrap();
        memory.write(id, &values).unwrap();
        memory.to_string().split_once('\n').unwrap().1.to_string()
    }
    assert_eq!(picture([200_u8, 7]), "200 7 -");
    assert_eq!(picture([-100_i8, 7]), "-100 7 -");
    assert_eq!(picture([60_000_u16, 7]), "60000 7 -");
    assert_eq!(picture([-30_000_i16, 7]), "-30000 7 -");
    assert_eq!(picture([4_000_000_000_u32, 7]), "4000000000 7 -");
    assert_eq!(picture([-2_000_000_000_i32, 7]), "-2000000000 7 -");
    assert_eq!(picture([u64::MAX, 7]), "18446744073709551615 7 -");
    assert_eq!(picture([i64::MIN, 7]), "-9223372036854775808 7 -");
    assert_eq!(picture([0.5_f32, -0.0]), "0.5 -0 -");
    assert_eq!(picture([0.1_f64, 1e3]), "0.1 1000 -");
    assert_eq!(Unit::ALL.len(), 11);
}

/// `tlsf` counted one extent more where none surely fits. (The rest is no bug: a mutation that nobody noticed.)
#[test]
fn search_steps_are_the_free_extents_that_were_looked_at() {
    let steps = |memory: &mut MemoryManager, size| {
        let before = memory.search_steps();
        memory.alloc(size).ok();
        memory.search_steps() - before
    };
    let mut memory = buddy(64, false);
    assert_eq!(steps(&mut memory, 8), 4, "powers from 8 to 64");
    assert_eq!(steps(&mut memory, 8), 1);
    let options = Options { placement: PlacementKind::Tlsf, ..Options::default() };
    let mut memory = MemoryManager::with_options(400, options).unwrap();
    let ids: Vec<_> =
        [102, 1, 102, 1, 194].iter().map(|&size| memory.alloc(size).unwrap()).collect();
    ids.iter().step_by(2).take(2).for_each(|&id| memory.free(id).unwrap());
    assert_eq!(steps(&mut memory, 90), 1, "any extent of a higher class does");
    memory.free(memory.ids().last().unwrap()).unwrap();
    assert_eq!(steps(&mut memory, 103), 2, "none does, and of its own class there are two");
}

/// (No bug: a mutation that nobody noticed.)
#[test]
fn tlsf_takes_units_of_the_smallest_class_that_surely_fits() {
    for (size, align, just_enough) in [(8, 1, 8), (66, 1, 66), (8, 4, 11)] {
        let options = Options { placement: PlacementKind::Tlsf, ..Options::default() };
        let mut memory = MemoryManager::with_options(1_000, options).unwrap();
        let [low, _] = [just_enough, 1].map(|size| memory.alloc(size).unwrap());
        memory.free(low).unwrap();
        let id = memory.alloc_aligned(size, align).unwrap();
        assert_eq!(memory.address(id), Ok(0), "{size} units at a multiple of {align}");
    }
}

/// The free units around the last allocation's end are gone, and what ends there later comes last, as ever. (No
/// bug: a mutation that nobody noticed.)
#[test]
fn next_fit_goes_on_from_the_last_allocation_after_compaction() {
    let options = Options { placement: PlacementKind::NextFit, ..Options::default() };
    let mut memory = MemoryManager::with_options(12, options).unwrap();
    let [_, freed, slides, _] = [3, 3, 2, 4].map(|size| memory.alloc(size).unwrap());
    memory.free(freed).unwrap();
    let last = memory.alloc(2).unwrap();
    assert_eq!(memory.address(last), Ok(3));
    memory.free(last).unwrap();
    let order = Some(Order::Address);
    let options = DefragmentOptions { order, ..DefragmentOptions::default() };
    memory.defragment_with(&options).unwrap();
    assert_eq!(memory.address(slides), Ok(3));
    memory.free(slides).unwrap();
    let next = memory.alloc(1).unwrap();
    assert_eq!(memory.address(next), Ok(9));
}

/// Whatever lay in the way stayed where it was once any block had been aligned, even if it was gone.
#[test]
fn blocks_are_packed_whether_or_not_one_was_aligned() {
    let memory = |capacity| {
        let options = Options { placement: PlacementKind::FirstFit, ..Options::default() };
        MemoryManager::with_options(capacity, options).unwrap()
    };
    let mut without = memory(16);
    let gone = without.alloc_aligned(1, 2).unwrap();
    without.free(gone).unwrap();
    let mut with = memory(17);
    let aligned = with.alloc_aligned(1, 16).unwrap();
    with.free(aligned).unwrap();
    for memory in [&mut without, &mut with] {
        let [a, b] = [8, 2].map(|size| memory.alloc(size).unwrap());
        memory.write_text(b, "bb").unwrap();
        memory.free(a).unwrap();
        let c = memory.alloc(7).unwrap();
        memory.write_text(c, "ccccccc").unwrap();
        if memory.capacity() == 17 {
            let last = memory.alloc_aligned(1, 16).unwrap();
            memory.write_text(last, "l").unwrap();
        }
        let report = memory.defragment().unwrap();
        assert_eq!((report.done, report.left), (true, Left::default()));
        assert_eq!([b, c].map(|id| memory.address(id).unwrap()), [0, 2]);
        let contents = memory.to_string();
        assert!(contents.contains("b b c c c c c c c - - - - - - -"), "{contents}");
        assert_eq!(memory.defragment().unwrap().moves, 0);
    }
    assert!(with.to_string().ends_with(" l"));
}

/// Allocation order in steps went on to where a block was to go, though a resize had moved the block there
/// since: its own units were taken for free ones and moved over another block.
#[test]
fn a_block_that_was_resized_between_steps_is_not_moved_into_itself() {
    let options = Options { placement: PlacementKind::Tlsf, unit: Unit::U8, ..Options::default() };
    let mut memory = MemoryManager::with_options(16, options).unwrap();
    let step = |memory: &mut MemoryManager, max_moves, max_units| {
        let order = Some(Order::Allocation);
        let options =
            DefragmentOptions { order, max_moves, max_units, ..DefragmentOptions::default() };
        memory.defragment_with(&options).unwrap()
    };
    let [a, .., d, _, f, g] = [1, 1, 1, 1, 2, 4, 5].map(|size| memory.alloc(size).unwrap());
    memory.resize(f, 1).unwrap();
    let h = memory.alloc(2).unwrap();
    memory.free(a).unwrap();
    step(&mut memory, Some(1), None);
    memory.pin(h).unwrap();
    memory.pin(d).unwrap();
    step(&mut memory, Some(1), None);
    memory.free(h).unwrap();
    memory.resize(g, 7).unwrap();
    memory.write(g, &[1_u8, 2, 3, 4, 5, 6, 7]).unwrap();
    let report = step(&mut memory, None, Some(12));
    assert!(report.relocations.iter().all(|relocation| memory.has(relocation.id)));
    assert_eq!(memory.read::<u8>(g), Ok(vec![1, 2, 3, 4, 5, 6, 7]));
    assert!(MemoryManager::load(&memory.save().unwrap()).is_ok());
}

/// Each of three blocks leaves a free extent below it where it goes, for which room was reserved. (No bug: a
/// mutation that nobody noticed.)
#[test]
fn an_evacuation_has_room_for_what_aligned_blocks_leave_free_below_them() {
    let options =
        Options { placement: PlacementKind::FirstFit, auto_defragment: true, ..Options::default() };
    let mut memory = MemoryManager::with_options(119, options).unwrap();
    let aligned = [(10, 8), (6, 2), (10, 8), (6, 2), (10, 8)];
    let moved = aligned.map(|(size, align)| memory.alloc_aligned(size, align).unwrap());
    let [freed, pinned] = [18, 1].map(|size| memory.alloc(size).unwrap());
    memory.free(freed).unwrap();
    memory.pin(pinned).unwrap();
    let large = memory.alloc(60).unwrap();
    assert_eq!(memory.address(large), Ok(0));
    assert_eq!(moved.map(|id| memory.address(id)), [64, 106, 80, 112, 96].map(Ok));
}

/// A block could not grow although its units were free, where they were too few for it elsewhere.
#[test]
fn compaction_on_demand_makes_room_above_a_block_that_grows() {
    let grown = |sizes: &[u32], freed: &[usize], block: usize, size| {
        let (placement, storage) = (PlacementKind::Tlsf, Storage::External);
        let options = Options { placement, storage, auto_defragment: true, ..Options::default() };
        let mut memory = MemoryManager::with_options(sizes.iter().sum(), options).unwrap();
        let ids: Vec<_> = sizes.iter().map(|&size| memory.alloc(size).unwrap()).collect();
        freed.iter().for_each(|&freed| memory.free(ids[freed]).unwrap());
        memory.resize(ids[block], size).unwrap();
        assert_eq!(memory.size(ids[block]), Ok(size));
        let moves = memory.take_relocations();
        moves.iter().map(|it| (it.id.get(), it.from, it.to, it.length)).collect::<Vec<_>>()
    };
    // What lies above slides up.
    assert_eq!(grown(&[4, 2, 1], &[2], 0, 5), [(2, 4, 5, 2)]);
    // It moves down into the units around it, which takes no compaction.
    assert_eq!(grown(&[1, 3, 9, 1], &[0, 3], 1, 4), [(2, 1, 0, 3)]);
    // It stays, since what lies above moves less.
    assert_eq!(grown(&[1, 1, 1, 3, 2, 2], &[0, 2, 5], 3, 5), [(5, 6, 8, 2)]);
    // It slides down to what is free below, so that only one of the two above it moves.
    assert_eq!(grown(&[1, 3, 1, 1, 9, 1], &[0, 3, 5], 1, 5), [(3, 4, 5, 1), (2, 1, 0, 3)]);
    // It takes from both sides.
    assert_eq!(grown(&[1, 3, 3, 1], &[0, 3], 1, 5), [(3, 4, 5, 3), (2, 1, 0, 3)]);
}

/// It ended the views of a block that stays where it is.
#[test]
fn views_outlast_a_shorter_write() {
    let mut memory = MemoryManager::new(4).unwrap();
    let id = memory.alloc(4).unwrap();
    memory.views_with(id, &mut |_| {}).unwrap();
    let epoch = memory.views_epoch();
    memory.write_text(id, "ab").unwrap();
    assert_eq!((memory.views_epoch(), memory.length(id)), (epoch, Ok(2)));
}

/// `buddy` looked only for free extents of as many units as the alignment.
#[test]
fn a_buddy_may_be_aligned_to_more_than_any_block_has() {
    let run = |capacity, operations: &[Operation]| run(PlacementKind::Buddy, capacity, operations);
    run(5, &[Alloc(4, 16)]);
    run(64, &[Alloc(1, 128), Alloc(1, 128)]);
    run(32, &[Alloc(16, 1), Alloc(8, 1), Alloc(8, 1), Free(1), Alloc(4, 16), Alloc(4, 8)]);
}

/// The free end of a capacity that is no power of two was said to begin with its last buddy.
#[test]
fn all_of_a_new_buddy_manager_is_its_tail() {
    let options = Options { placement: PlacementKind::Buddy, ..Options::default() };
    let snapshot = MemoryManager::with_options(100, options).unwrap().snapshot();
    assert_eq!((snapshot.next_alloc_index, snapshot.freed_fragmented_units), (0, 0));
}

/// What was planned before blocks went was carried out first, and then all of it anew.
#[test]
fn a_call_without_a_budget_moves_each_block_once() {
    let options = Options { placement: PlacementKind::FirstFit, ..Options::default() };
    let mut memory = MemoryManager::with_options(12, options).unwrap();
    let [a, b, ..] = [2, 4, 1, 4].map(|size| memory.alloc(size).unwrap());
    let order = Some(Order::Address);
    memory.free(b).unwrap();
    let one = DefragmentOptions { order, max_moves: Some(1), ..DefragmentOptions::default() };
    memory.defragment_with(&one).unwrap();
    memory.free(a).unwrap();
    let all = DefragmentOptions { order, ..DefragmentOptions::default() };
    assert_eq!(memory.defragment_with(&all).unwrap().units_moved, 5);
}

/// What was too large for a window's last free extent, and lay at its bottom, was not counted: compaction was done
/// with nothing left, and far from its goal.
#[test]
fn what_is_too_large_at_the_bottom_of_a_window_is_counted() {
    let options = Options { placement: PlacementKind::FirstFit, ..Options::default() };
    let mut memory = MemoryManager::with_options(27, options).unwrap();
    let ids = [4, 2, 4, 2, 6, 5].map(|size| memory.alloc(size).unwrap());
    memory.free(ids[0]).unwrap();
    let order = Some(Order::Any);
    let plan = DefragmentOptions { order, max_moves: Some(0), ..DefragmentOptions::default() };
    assert!(!memory.defragment_with(&plan).unwrap().done);
    let never = || false;
    let small = DefragmentOptions {
        order,
        out_of_time: Some(&never),
        units_in_time: Some(2),
        ..DefragmentOptions::default()
    };
    let report = memory.defragment_with(&small).unwrap();
    assert_eq!((report.done, report.units_moved, report.left.too_large), (true, 0, 1));
}

/// A pinned block could not grow by compaction on demand, although what lies above it may move.
#[test]
fn compaction_on_demand_makes_room_above_a_pinned_block() {
    let options =
        Options { placement: PlacementKind::FirstFit, auto_defragment: true, ..Options::default() };
    let mut memory = MemoryManager::with_options(6, options).unwrap();
    let [a, b] = [1, 1].map(|size| memory.alloc(size).unwrap());
    memory.write_text(b, "b").unwrap();
    memory.pin(a).unwrap();
    memory.resize(a, 3).unwrap();
    assert_eq!((memory.address(a), memory.size(a)), (Ok(0), Ok(3)));
    assert_eq!((memory.address(b), memory.read_text(b).as_deref()), (Ok(5), Ok("b")));
    // What is pinned, too, stays in the way.
    let c = memory.alloc(1).unwrap();
    memory.pin(c).unwrap();
    assert_eq!(memory.resize(a, 4), Err(Error::Pinned { id: a }));
    memory.unpin(c).unwrap();
    memory.resize(a, 4).unwrap();
    assert_eq!(memory.address(c), Ok(4));
}

/// Room elsewhere is of no use to it.
#[test]
fn compaction_on_demand_moves_nothing_for_a_pinned_block_that_cannot_grow() {
    let options =
        Options { placement: PlacementKind::FirstFit, auto_defragment: true, ..Options::default() };
    let mut memory = MemoryManager::with_options(12, options).unwrap();
    let [a, above, hole, ..] = [1, 1, 2, 2].map(|size| memory.alloc(size).unwrap());
    memory.pin(a).unwrap();
    memory.pin(above).unwrap();
    memory.free(hole).unwrap();
    let before = memory.snapshot();
    assert_eq!(memory.resize(a, 7), Err(Error::Pinned { id: a }));
    assert_eq!(memory.snapshot(), before);
}

/// What is not buddies has no largest block, and a refusal said that it had 4,294,967,295 units.
#[test]
fn a_refusal_knows_that_no_block_is_larger_than_the_buffer() {
    let options = Options { placement: PlacementKind::FirstFit, ..Options::default() };
    let mut memory = MemoryManager::with_options(8, options).unwrap();
    let _ = memory.alloc(1).unwrap();
    assert!(matches!(memory.alloc_aligned(7, 8), Err(Error::Fragmented { most: 8, .. })));
}

/// A part counted as written before it was: a panic of what was to fill it left the bytes of a freed block.
#[test]
fn a_part_counts_as_written_once_it_was() {
    for (placement, scattered) in [(PlacementKind::Lifo, true), (PlacementKind::Tlsf, false)] {
        let options = Options { placement, unit: Unit::U8, ..Options::default() };
        let mut memory = MemoryManager::with_options(6, options).unwrap();
        let freed = [2, 2, 2].map(|size| memory.alloc(size).unwrap());
        freed.iter().for_each(|&id| memory.write(id, b"no").unwrap());
        memory.free(freed[0]).unwrap();
        memory.free(freed[2]).unwrap();
        let id = memory.alloc(if scattered { 4 } else { 2 }).unwrap();
        memory.write_at_with(id, 1, 0, |_, _| unreachable!("there is nothing to fill")).unwrap();
        memory.write_at(id, 0, &[7_u8]).unwrap();
        let panics = AssertUnwindSafe(|| {
            memory.write_at_with(id, 1, 1, |_, _| std::panic::resume_unwind(Box::new(())))
        });
        assert!(std::panic::catch_unwind(panics).is_err());
        assert_eq!(memory.read::<u8>(id), Ok(vec![7]));
    }
}

/// Views of a block were refused because a unit that it gained, or that it was given in an exchange, lay right
/// below the one before: both were one extent, which descended. Only stacks hand out such extents.
#[test]
fn blocks_of_address_ordered_never_descend() {
    let options = Options { placement: PlacementKind::AddressOrdered, ..Options::default() };
    let mut memory = MemoryManager::with_options(40, options).unwrap();
    let [below, id] = [1, 1].map(|size| memory.alloc(size).unwrap());
    memory.free(below).unwrap();
    memory.resize(id, 2).unwrap();
    assert_eq!(memory.views_with(id, &mut |_| {}), Ok(()));
    let (mut random, mut ids) = (1_u32, vec![id]);
    let mut below = |bound: usize| {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (random >> 16) as usize % bound
    };
    for _ in 0..3_000 {
        let at = below(ids.len() + 1);
        let size = 1 + below(6) as u32;
        if at == ids.len() {
            ids.extend(memory.alloc(size).ok());
        } else if below(3) == 0 {
            memory.free(ids.swap_remove(at)).unwrap();
        } else {
            let _ = memory.resize(ids[at], size);
        }
        let (order, max_units) = (Some(Order::ALL[below(3)]), Some(below(5) as u32));
        let step = DefragmentOptions { order, max_units, ..DefragmentOptions::default() };
        memory.defragment_with(&step).unwrap();
        for &id in &ids {
            assert_eq!(memory.views_with(id, &mut |_| {}), Ok(()));
        }
    }
}

/// An aligned block that fits nowhere outside the window stays in the middle of it: sliding does not bring it to
/// the bottom, as the plan had counted on. So compaction left less in one extent than there was before.
#[test]
fn compaction_does_not_count_on_an_aligned_block_to_slide_as_far_as_another() {
    for max_moves in [None, Some(1), Some(64)] {
        let options = Options { placement: PlacementKind::FirstFit, ..Options::default() };
        let mut memory = MemoryManager::with_options(51, options).unwrap();
        let [free, _] = [28, 4].map(|size| memory.alloc(size).unwrap());
        _ = memory.alloc_aligned(9, 16).unwrap();
        _ = memory.alloc(3).unwrap();
        _ = memory.alloc_aligned(4, 4).unwrap();
        memory.free(free).unwrap();
        let step = DefragmentOptions {
            order: Some(Order::Any),
            max_moves,
            ..DefragmentOptions::default()
        };
        while !memory.defragment_with(&step).unwrap().done {}
        assert!(memory.largest_free_extent() >= 28, "{max_moves:?}: {memory}");
    }
}

/// A placement was asked for a free extent of no units where none is free. Those that there are said no; one that takes
/// the logarithm of a length would not have.
#[test]
fn no_placement_is_asked_for_room_of_no_units() {
    for &placement in PlacementKind::ALL {
        let options = Options { placement, ..Options::default() };
        let mut memory = MemoryManager::with_options(8, options).unwrap();
        _ = memory.alloc(8).unwrap();
        let step = DefragmentOptions { max_moves: Some(1), ..DefragmentOptions::default() };
        let report = memory.defragment_with(&step).unwrap();
        assert_eq!((report.done, report.moves), (true, 0), "{placement}");
    }
}
