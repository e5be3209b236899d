//! Compaction in steps, and in one: what is asked, counted and begun anew.

#![cfg(not(target_arch = "wasm32"))]

use twingate_memory::{
    BlockId, DefragmentOptions, Left, MemoryManager, Options, Order, PlacementKind, Unit,
};

fn manager(capacity: u32, placement: PlacementKind) -> MemoryManager {
    let options = Options { unit: Unit::U32, placement, ..Options::default() };
    MemoryManager::with_options(capacity, options).unwrap()
}

/// A manager in which every other one of so many blocks was freed, and those that are left.
fn with_holes(placement: PlacementKind, blocks: u32, size: u32) -> (MemoryManager, Vec<BlockId>) {
    let mut memory = manager(2 * blocks * size + 2_000, placement);
    let ids: Vec<_> = (0..blocks).map(|_| memory.alloc(size).unwrap()).collect();
    let (freed, left): (Vec<_>, Vec<_>) = ids.chunks(2).map(|pair| (pair[0], pair[1])).unzip();
    freed.into_iter().for_each(|id| memory.free(id).unwrap());
    (memory, left)
}

#[test]
fn whatever_comes_between_the_steps_is_not_forgotten() {
    for (placement, order) in all() {
        let (mut memory, ids) = with_holes(placement, 400, 8);
        let step =
            DefragmentOptions { order: Some(order), max_moves: Some(150), ..Default::default() };
        memory.defragment_with(&step).unwrap();
        // Of each as many as of its opposite.
        memory.free(ids[0]).unwrap();
        memory.alloc(8).unwrap();
        memory.resize(ids[1], 2).unwrap();
        let mut calls = 0;
        while !memory.defragment_with(&step).unwrap().done {
            calls += 1;
            assert!(calls < 1_000, "{placement:?} {order:?}");
        }
        let again = DefragmentOptions { order: Some(order), ..Default::default() };
        assert_eq!(memory.defragment_with(&again).unwrap().moves, 0, "{placement:?} {order:?}");
    }
}

fn all() -> impl Iterator<Item = (PlacementKind, Order)> {
    PlacementKind::ALL.into_iter().flat_map(|placement| Order::ALL.map(|order| (placement, order)))
}

#[test]
fn when_time_is_up_nothing_moves() {
    for (placement, order) in all() {
        let (mut memory, _) = with_holes(placement, 1_000, 5);
        let up = || true;
        let options = DefragmentOptions {
            order: Some(order),
            out_of_time: Some(&up),
            units_in_time: Some(100),
            ..Default::default()
        };
        let report = memory.defragment_with(&options).unwrap();
        assert_eq!((report.done, report.moves), (false, 0), "{placement:?} {order:?}");
    }
}

#[test]
fn a_block_of_as_many_units_as_move_in_time_moves_and_a_larger_one_stays() {
    for (most, stays) in [(8, false), (7, true)] {
        let mut memory = manager(20, PlacementKind::FirstFit);
        let hole = memory.alloc(4).unwrap();
        let block = memory.alloc(8).unwrap();
        memory.free(hole).unwrap();
        let never = || false;
        let options = DefragmentOptions {
            order: Some(Order::Address),
            out_of_time: Some(&never),
            units_in_time: Some(most),
            ..Default::default()
        };
        let report = memory.defragment_with(&options).unwrap();
        assert_eq!(memory.address(block).unwrap(), if stays { 4 } else { 0 });
        assert_eq!(report.left, Left { too_large: stays.into(), ..Left::default() });
    }
}

#[test]
fn what_is_pinned_between_two_steps_stays() {
    let (mut memory, ids) = with_holes(PlacementKind::Tlsf, 400, 8);
    let step = DefragmentOptions { max_moves: Some(1), ..Default::default() };
    // As soon as something has moved all is planned.
    while memory.defragment_with(&step).unwrap().moves == 0 {}
    ids.iter().for_each(|&id| memory.pin(id).unwrap());
    let places: Vec<_> = ids.iter().map(|&id| memory.address(id).unwrap()).collect();
    while !memory.defragment_with(&step).unwrap().done {}
    let now: Vec<_> = ids.iter().map(|&id| memory.address(id).unwrap()).collect();
    assert_eq!(now, places);
}

#[test]
fn steps_begin_anew_after_a_compaction_on_demand() {
    let options = Options {
        placement: PlacementKind::FirstFit,
        unit: Unit::U32,
        auto_defragment: true,
        ..Options::default()
    };
    let mut memory = MemoryManager::with_options(3_200, options).unwrap();
    let ids: Vec<_> = (0..400).map(|_| memory.alloc(8).unwrap()).collect();
    for id in ids.iter().step_by(2) {
        memory.free(*id).unwrap();
    }
    let step = DefragmentOptions {
        order: Some(Order::Address),
        max_moves: Some(50),
        ..Default::default()
    };
    memory.defragment_with(&step).unwrap();
    memory.alloc(1_000).unwrap();
    while !memory.defragment_with(&step).unwrap().done {}
    assert_eq!(memory.stats().free_extents, 1);
}

#[test]
fn packing_counts_the_extents_that_moved() {
    let mut memory = manager(30, PlacementKind::Lifo);
    let ids: Vec<_> = [3, 4, 5, 6].map(|size| memory.alloc(size).unwrap()).into();
    memory.free(ids[1]).unwrap();
    let report = memory.defragment().unwrap();
    assert_eq!((report.moves, report.units_moved, report.done), (2, 11, true));
    assert_eq!(memory.defragment().unwrap().moves, 0);
}

#[test]
fn packing_ends_the_views_of_what_moved_and_of_nothing_else() {
    for (viewed, ends) in [(0, false), (2, true)] {
        let mut memory = manager(30, PlacementKind::FirstFit);
        let ids: Vec<_> = [3, 4, 5].map(|size| memory.alloc(size).unwrap()).into();
        memory.views_with(ids[viewed], &mut |_| {}).unwrap();
        memory.free(ids[1]).unwrap();
        let before = memory.views_epoch();
        memory.defragment().unwrap();
        assert_eq!(memory.views_epoch() != before, ends);
    }
}

#[test]
fn later_extents_know_their_block_when_the_slots_have_doubled() {
    for placement in [PlacementKind::Lifo, PlacementKind::AddressOrdered] {
        let (mut memory, _) = with_holes(placement, 40, 3);
        let ids: Vec<_> = (0..5).map(|_| memory.alloc(12).unwrap()).collect();
        for (value, &id) in (0_u32..).zip(&ids) {
            memory.write(id, &[value; 12]).unwrap();
        }
        let mut memory = with_many_more(memory);
        let step = DefragmentOptions {
            order: Some(Order::Address),
            max_moves: Some(5),
            ..Default::default()
        };
        let mut calls = 0;
        while !memory.defragment_with(&step).unwrap().done {
            calls += 1;
            assert!(calls < 5_000);
        }
        for (value, &id) in (0_u32..).zip(&ids) {
            assert_eq!(memory.read::<u32>(id).unwrap(), [value; 12]);
        }
    }
}

/// So many blocks that their slots double several times.
fn with_many_more(mut memory: MemoryManager) -> MemoryManager {
    while memory.alloc(1).is_ok() {}
    memory
}

#[test]
fn each_block_in_the_way_is_counted() {
    for placement in [PlacementKind::FirstFit, PlacementKind::Buddy, PlacementKind::Lifo] {
        let (mut memory, ids) = with_holes(placement, 20, 8);
        [3, 7, 9].iter().for_each(|&number| memory.pin(ids[number]).unwrap());
        let options = DefragmentOptions { order: Some(Order::Address), ..Default::default() };
        let left = memory.defragment_with(&options).unwrap().left;
        assert_eq!(left, Left { pinned: 3, ..Left::default() }, "{placement:?}");
    }
}

#[test]
fn a_bounded_call_asks_for_the_time_now_and_then() {
    use std::cell::Cell;
    let (mut memory, _) = with_holes(PlacementKind::Tlsf, 20_000, 2);
    let asked = Cell::new(0);
    let never = || {
        asked.set(asked.get() + 1);
        false
    };
    let step =
        DefragmentOptions { max_moves: Some(1), out_of_time: Some(&never), ..Default::default() };
    let mut calls = 0;
    while memory.defragment_with(&step).unwrap().moves == 0 {
        calls += 1;
        // It looks at 256 extents, and asks at each 32nd.
        assert!((1..=16).contains(&asked.replace(0)), "call {calls}");
    }
    assert!(calls > 50, "{calls}");
}
