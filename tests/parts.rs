//! A shared manager of several parts: what they come to together, and what goes from one to another.

#![cfg(not(target_arch = "wasm32"))]

use twingate_memory::{
    BlockId, DefragmentOptions, Error, Options, PlacementKind, SharedManager, Stats, Unit, Waiting,
};

/// The same manager for two workers.
fn pair(placement: PlacementKind, capacity: u32) -> [SharedManager; 2] {
    let options = Options { unit: Unit::U32, placement, ..Options::default() };
    let one = SharedManager::with_options(capacity, options, Waiting::default()).unwrap();
    let other = one.attach().unwrap();
    [one, other]
}

/// In turn, blocks of these sizes.
fn alloc_in_turn(workers: &[SharedManager; 2], sizes: &[u32]) -> Vec<BlockId> {
    let alloc = |(turn, &size): (usize, &u32)| workers[turn % 2].alloc(size).unwrap();
    sizes.iter().enumerate().map(alloc).collect()
}

/// A manager of two parts in which something has failed, been freed and resized.
fn used(placement: PlacementKind) -> [SharedManager; 2] {
    let workers = pair(placement, 256);
    let ids = alloc_in_turn(&workers, &[3, 3, 5, 5, 6, 7]);
    workers[0].free(ids[2]).unwrap();
    workers[1].free(ids[3]).unwrap();
    alloc_in_turn(&workers, &[9, 9]);
    workers[1].resize(ids[5], 20).unwrap();
    assert!(workers[1].alloc(250).is_err());
    workers
}

#[test]
fn figures_are_the_sums_of_what_a_snapshot_has() {
    for placement in PlacementKind::ALL {
        let [memory, _other] = used(placement);
        let (stats, snapshot) = (memory.stats().unwrap(), memory.snapshot().unwrap());
        let blocks = &snapshot.blocks;
        assert_eq!(stats.block_count as usize, blocks.len());
        let extents: usize = blocks.iter().map(|block| block.extents.len()).sum();
        assert_eq!(stats.extents_per_block, extents as f64 / blocks.len() as f64);
        let asked: u32 = blocks.iter().map(|block| block.size).sum();
        assert_eq!(stats.internal_fragmentation, stats.used_units - asked);
        let free: u32 = snapshot.free_extents.iter().map(|extent| extent.length).sum();
        assert_eq!((stats.free_units, snapshot.free_units), (free, free));
        assert_eq!(stats.free_extents as usize, snapshot.free_extents.len());
        let longest = snapshot.free_extents.iter().map(|extent| extent.length).max();
        assert_eq!(stats.largest_free_extent, longest.unwrap_or(0));
        assert_eq!(snapshot.freed_fragmented_units, free - (256 - snapshot.next_alloc_index));
        let sorted = |mut ids: Vec<BlockId>| {
            ids.sort_unstable();
            ids
        };
        let ids = blocks.iter().map(|block| block.id).collect();
        assert_eq!(sorted(ids), sorted(memory.ids().unwrap()), "{placement:?}");
        let counts = (memory.used_units().unwrap(), memory.block_count().unwrap());
        assert_eq!(counts, (stats.used_units, stats.block_count));
    }
}

#[test]
fn free_buddies_are_those_of_one_manager() {
    let [memory, _other] = used(PlacementKind::Buddy);
    for extent in memory.snapshot().unwrap().free_extents {
        assert!(extent.length.is_power_of_two());
        assert_eq!(extent.start % extent.length, 0);
    }
}

#[test]
fn what_the_others_counted_is_saved() {
    for placement in PlacementKind::ALL {
        let [memory, _other] = used(placement);
        let saved = memory.save().unwrap();
        let loaded = SharedManager::load(&saved, Waiting::default()).unwrap();
        let counts = |stats: Stats| {
            let Stats { allocations, frees, failures, units_moved, .. } = stats;
            (allocations, frees, failures, units_moved)
        };
        let before = counts(memory.stats().unwrap());
        assert_eq!(counts(loaded.stats().unwrap()), before, "{placement:?}");
        assert_eq!(before.2, 1, "what the others served was no failure: {placement:?}");
    }
}

#[test]
fn an_alignment_goes_along_when_blocks_are_gathered() {
    let [memory, other] = pair(PlacementKind::FirstFit, 200);
    other.alloc(3).unwrap();
    let aligned = other.alloc_aligned(5, 8).unwrap();
    memory.alloc(3).unwrap();
    memory.defragment().unwrap();
    assert_eq!(memory.address(aligned).unwrap() % 8, 0);
}

#[test]
fn a_gathered_block_that_was_freed_leaves_a_save_that_loads() {
    let [memory, other] = pair(PlacementKind::FirstFit, 200);
    let gathered = alloc_in_turn(&[other, memory.attach().unwrap()], &[3, 3, 3]);
    memory.defragment().unwrap();
    memory.free(gathered[0]).unwrap();
    SharedManager::load(&memory.save().unwrap(), Waiting::default()).unwrap();
}

#[test]
fn as_many_units_as_are_free_are_fragmented_not_too_many() {
    let workers = pair(PlacementKind::FirstFit, 200);
    let ids = alloc_in_turn(&workers, &[10; 10]);
    for id in ids.iter().step_by(3) {
        workers[0].free(*id).unwrap();
    }
    let free = workers[0].stats().unwrap().free_units;
    let refused = workers[0].alloc(free);
    assert!(matches!(refused, Err(Error::Fragmented { .. })), "{refused:?}");
    let refused = workers[0].alloc(free + 1);
    assert!(matches!(refused, Err(Error::OutOfMemory { .. })), "{refused:?}");
}

#[test]
fn one_call_compacts_whatever_the_others_have() {
    let [memory, other] = pair(PlacementKind::FirstFit, 10_000);
    let ids: Vec<_> = (0..3_000).map(|_| other.alloc(2).unwrap()).collect();
    for id in ids.iter().step_by(2) {
        other.free(*id).unwrap();
    }
    assert!(memory.defragment().unwrap().done);
    assert_eq!(memory.stats().unwrap().free_extents, 1);
}

#[test]
fn a_step_gathers_no_more_than_it_may() {
    let [memory, other] = pair(PlacementKind::FirstFit, 20_000);
    for _ in 0..3_000 {
        other.alloc(2).unwrap();
    }
    let up = || true;
    let options = DefragmentOptions { out_of_time: Some(&up), ..Default::default() };
    for _ in 0..5 {
        assert!(!memory.defragment_with(&options).unwrap().done);
    }
    let options = DefragmentOptions { max_moves: Some(1), ..Default::default() };
    let mut steps = 1;
    while !memory.defragment_with(&options).unwrap().done {
        steps += 1;
        assert!(steps < 10_000);
    }
    assert!(steps > 2, "{steps}");
}

#[test]
fn pins_go_with_their_blocks() {
    let [memory, other] = pair(PlacementKind::FirstFit, 100);
    let freed = memory.alloc(5).unwrap();
    memory.pin(freed).unwrap();
    memory.free(freed).unwrap();
    other.clear().unwrap();
    let cleared = memory.alloc(5).unwrap();
    memory.pin(cleared).unwrap();
    memory.clear().unwrap();
    other.clear().unwrap();
}

/// Then the first part is the only one that has units, until enough was allocated from it.
#[test]
fn after_a_compaction_the_workers_part_again() {
    let [memory, other] = pair(PlacementKind::FirstFit, 20_000);
    for _ in 0..3_000 {
        other.alloc(2).unwrap();
    }
    let step = DefragmentOptions { max_moves: Some(1), ..Default::default() };
    memory.defragment_with(&step).unwrap();
    let part = |id: BlockId| id.get() % 16;
    assert_eq!(part(other.alloc(1).unwrap()), 0);
    for _ in 0..70_000 {
        other.free(other.alloc(1).unwrap()).unwrap();
    }
    assert_ne!(part(other.alloc(1).unwrap()), 0);
}

#[test]
fn a_worker_that_is_done_leaves_its_part_to_the_next() {
    let [memory, other] = pair(PlacementKind::FirstFit, 1_000);
    drop(other);
    for _ in 0..8 {
        let next = memory.attach().unwrap();
        assert_eq!(next.alloc(1).unwrap().get() % 16, 1);
    }
}

#[test]
fn nobody_compacts_unasked() {
    let workers = pair(PlacementKind::FirstFit, 120);
    let ids = alloc_in_turn(&workers, &[10; 10]);
    let largest = workers[0].stats().unwrap().largest_free_extent;
    workers[0].alloc(largest).unwrap();
    for number in [2, 3, 6, 7] {
        workers[0].free(ids[number]).unwrap();
    }
    let left = [0, 1, 4, 5, 8, 9].map(|number| ids[number]);
    let places = || left.map(|id| workers[0].address(id).unwrap());
    let before = places();
    assert!(workers[0].resize(ids[0], 35).is_err());
    assert_eq!(places(), before);
}

#[test]
fn one_worker_alone_has_the_figures_of_a_manager() {
    let memory = SharedManager::new(100).unwrap();
    let id = memory.alloc(5).unwrap();
    memory.write_text(id, "abc").unwrap();
    assert_eq!((memory.capacity(), memory.used_units().unwrap()), (100, 5));
    assert_eq!((memory.length(id).unwrap(), memory.block_count().unwrap()), (3, 1));
    assert_eq!(memory.address(memory.alloc(7).unwrap()).unwrap(), 5);
    assert_eq!(memory.snapshot().unwrap().blocks[0].id, id);
    assert_eq!(memory.options(), Options::default());
    assert!(!memory.is_pinned(id).unwrap());
    memory.pin(id).unwrap();
    assert!(memory.is_pinned(id).unwrap());
}
