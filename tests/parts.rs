//! A shared manager of several parts: what they come to together, and what goes from one to another.

#![cfg(not(target_arch = "wasm32"))]

use twingate_memory::{
    BlockId, DefragmentOptions, Error, Options, PlacementKind, SharedManager, Stats, Unit, Waiting,
};
use xxhash_rust::xxh64::xxh64;

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
    let cases = PlacementKind::ALL.iter().flat_map(|&it| [(it, false), (it, true)]);
    for (placement, gathered) in cases {
        let [memory, other] = used(placement);
        if gathered {
            memory.saved_length().unwrap(); // gathers
            _ = other.alloc(2).unwrap();
        }
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
    for &placement in PlacementKind::ALL {
        let [memory, _other] = used(placement);
        let stats = memory.stats().unwrap();
        let saved = memory.save().unwrap();
        let loaded = SharedManager::load(&saved, Waiting::default()).unwrap();
        let counts = |stats: Stats| {
            let Stats { allocations, frees, failures, units_moved, .. } = stats;
            (allocations, frees, failures, units_moved)
        };
        let before = counts(stats);
        assert_eq!(counts(memory.stats().unwrap()), before, "{placement:?}");
        assert_eq!(counts(loaded.stats().unwrap()), before, "{placement:?}");
        assert_eq!(before.2, 1, "what the others served was no failure: {placement:?}");
    }
}

/// What a save has behind its head and its checksum: the save of the core.
fn core_of(saved: &[u8]) -> &[u8] {
    let head = usize::from(saved[5]);
    assert!(saved.starts_with(b"TwgS\x01") && head < 128);
    &saved[6 + head + size_of::<u64>()..]
}

/// The flags of a save, and its totals: allocations, frees, failures, units moved, resizes and changes
/// of pins.
fn flags_and_totals(saved: &[u8]) -> (u8, [u64; 6]) {
    let core = core_of(saved);
    let mut rest = &core[8..];
    let mut number = || {
        let end = rest.iter().position(|byte| byte & 0x80 == 0).unwrap();
        let (bytes, after) = rest.split_at(end + 1);
        rest = after;
        bytes.iter().rev().fold(0, |number, byte| number << 7 | u64::from(byte & 0x7f))
    };
    number();
    (core[7], [(); 6].map(|()| number()))
}

#[test]
fn every_total_is_the_sum_of_what_the_workers_did() {
    let workers = pair(PlacementKind::FirstFit, 400);
    for worker in &workers {
        let ids = [3, 3, 3].map(|size| worker.alloc(size).unwrap());
        worker.resize(ids[0], 6).unwrap();
        worker.resize(ids[2], 2).unwrap();
        worker.pin(ids[2]).unwrap();
        worker.unpin(ids[2]).unwrap();
        worker.pin(ids[2]).unwrap();
        worker.free(ids[1]).unwrap();
        assert!(worker.alloc(400).is_err());
    }
    let stats = workers[0].stats().unwrap();
    assert_eq!((stats.allocations, stats.frees, stats.failures), (6, 2, 2));
    assert_eq!(stats.units_moved, 6, "one block of each was in the way of another");
    let totals = [6, 2, 2, 6, 4, 6];
    assert_eq!(flags_and_totals(&workers[0].save().unwrap()), (0, totals));
    assert_eq!(flags_and_totals(&workers[1].save().unwrap()), (0, totals), "counted once");
}

#[test]
fn that_a_block_was_aligned_is_noted_where_one_was() {
    for (align, flags) in [(1, 0), (8, 4)] {
        let [memory, other] = pair(PlacementKind::FirstFit, 200);
        _ = other.alloc_aligned(5, align).unwrap();
        assert_eq!(flags_and_totals(&memory.save().unwrap()).0, flags, "aligned to {align}");
    }
}

#[test]
fn an_alignment_goes_along_when_blocks_are_gathered() {
    let [memory, other] = pair(PlacementKind::FirstFit, 200);
    _ = other.alloc(3).unwrap();
    let aligned = other.alloc_aligned(5, 8).unwrap();
    _ = memory.alloc(3).unwrap();
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

/// A part with more free units than the request has, but in pieces, is not given its own.
#[test]
fn what_only_lies_in_pieces_is_fragmented() {
    let [memory, other] = pair(PlacementKind::FirstFit, 64);
    other.free(other.alloc(32).unwrap()).unwrap();
    _ = memory.alloc(32).unwrap();
    let ids: Vec<_> = (0..8).map(|_| other.alloc(4).unwrap()).collect();
    ids.iter().step_by(2).for_each(|&id| other.free(id).unwrap());
    for worker in [&memory, &other] {
        let refused = worker.alloc(8);
        assert!(
            matches!(
                refused,
                Err(Error::Fragmented { free_units: 16, largest_free_extent: 4, .. })
            ),
            "{refused:?}"
        );
    }
}

#[test]
fn the_tail_of_several_parts_is_what_is_free_up_to_the_end() {
    let [memory, other] = pair(PlacementKind::FirstFit, 64);
    let ids = alloc_in_turn(&[memory.attach().unwrap(), other], &[8, 8, 16]);
    let begins = |memory: &SharedManager| {
        let snapshot = memory.snapshot().unwrap();
        (snapshot.next_alloc_index, snapshot.freed_fragmented_units)
    };
    let highest = |ids: &[BlockId]| ids.iter().map(|&id| memory.address(id).unwrap()).max();
    while let Ok(id) = memory.alloc(8) {
        assert!(!ids.contains(&id));
    }
    assert_eq!((begins(&memory), memory.stats().unwrap().free_units), ((64, 0), 0));
    let all = memory.ids().unwrap();
    let last = all.iter().copied().find(|&id| memory.address(id).ok() == highest(&all)).unwrap();
    let (start, lowest) = (memory.address(last).unwrap(), memory.address(ids[0]).unwrap());
    memory.free(last).unwrap();
    assert_eq!(begins(&memory), (start, 0));
    assert!(lowest < start);
    memory.free(ids[0]).unwrap();
    assert_eq!(begins(&memory), (start, 8));
}

/// The units on which it insists are beside it; what its own part has elsewhere does not help.
#[test]
fn a_pinned_block_grows_into_what_lies_beside_it_in_another_part() {
    let [memory, other] = pair(PlacementKind::FirstFit, 64);
    other.free(other.alloc(32).unwrap()).unwrap();
    let low = memory.alloc(20).unwrap();
    let id = memory.alloc(12).unwrap();
    memory.free(low).unwrap();
    memory.pin(id).unwrap();
    assert_eq!(memory.address(id).unwrap(), 20);
    memory.resize(id, 16).unwrap();
    assert_eq!((memory.address(id).unwrap(), memory.size(id).unwrap()), (20, 16));
}

/// What `buddy` rounds a block up to is what a run must have.
#[test]
fn a_run_across_parts_fits_what_buddy_makes_of_the_request() {
    let [memory, other] = pair(PlacementKind::Buddy, 32);
    let ids: Vec<_> = (0..32).map(|turn| [&memory, &other][turn % 2].alloc(1).unwrap()).collect();
    let at = |unit| ids.iter().copied().find(|&id| memory.address(id).unwrap() == unit).unwrap();
    for unit in [1, 2, 3, 8, 9, 10, 11].map(at) {
        memory.free(unit).unwrap();
    }
    let id = other.alloc(3).unwrap();
    assert_eq!(other.address(id).unwrap(), 8);
}

/// Where it has been given enough, a part is given no more, not even nothing.
#[test]
fn no_free_extent_is_empty() {
    for placement in PlacementKind::ALL.iter().copied().filter(|placement| placement.is_scattered())
    {
        let [memory, other] = pair(placement, 64);
        let ids = alloc_in_turn(&[memory.attach().unwrap(), other], &[2; 32]);
        // Some of them beside others that were freed before.
        let freed = ids.iter().step_by(3).chain(ids[1..].iter().step_by(3));
        freed.for_each(|&id| memory.free(id).unwrap());
        let third = memory.attach().unwrap();
        for (size, left) in [(31, 13), (12, 1), (1, 0)] {
            let id = third.alloc(size).unwrap();
            assert_eq!(memory.stats().unwrap().free_units, left, "{placement:?}");
            let mut extents = memory.extents(id).unwrap();
            assert!(extents.all(|extent| extent.length() > 0), "{placement:?}");
            let free = memory.snapshot().unwrap().free_extents;
            assert!(free.iter().all(|extent| extent.length > 0), "{placement:?}: {free:?}");
        }
    }
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

/// So many workers beside the first, which in turn allocate so many blocks.
fn of_many_parts(others: usize, blocks: usize) -> SharedManager {
    let [memory, other] = pair(PlacementKind::FirstFit, 20_000);
    let more = (1..others).map(|_| memory.attach().unwrap());
    let others: Vec<_> = std::iter::once(other).chain(more).collect();
    for other in others.iter().cycle().take(blocks) {
        _ = other.alloc(2).unwrap();
    }
    memory
}

/// Each of which may move a block.
fn steps_to_the_end(memory: &SharedManager) -> u32 {
    let options = DefragmentOptions { max_moves: Some(1), ..Default::default() };
    let is_done = |_: &u32| memory.defragment_with(&options).unwrap().done;
    (1..10_000).find(is_done).expect("there is an end")
}

#[test]
fn a_step_gathers_no_more_than_it_may() {
    let memory = of_many_parts(1, 3_000);
    let up = || true;
    let options = DefragmentOptions { out_of_time: Some(&up), ..Default::default() };
    for _ in 0..5 {
        assert!(!memory.defragment_with(&options).unwrap().done);
    }
}

/// Of 1,024 blocks and free extents each; the last one compacts too.
#[test]
fn gathering_takes_as_many_steps_as_it_must() {
    for (others, blocks, steps) in [(1, 3_000, 3), (15, 600, 1), (2, 2_000, 2), (3, 2_400, 3)] {
        let gathered = of_many_parts(others, blocks);
        gathered.saved_length().unwrap(); // gathers
        let compacting = steps_to_the_end(&gathered);
        let all = steps_to_the_end(&of_many_parts(others, blocks));
        assert_eq!(all, steps - 1 + compacting, "{blocks} blocks of {others} parts");
    }
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
        _ = other.alloc(2).unwrap();
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
    _ = workers[0].alloc(largest).unwrap();
    for number in [2, 3, 6, 7] {
        workers[0].free(ids[number]).unwrap();
    }
    let left = [0, 1, 4, 5, 8, 9].map(|number| ids[number]);
    let places = || left.map(|id| workers[0].address(id).unwrap());
    let before = places();
    assert!(workers[0].resize(ids[0], 35).is_err());
    assert_eq!(places(), before);
}

/// Parts that could serve a request together do, before anything moves.
#[test]
fn nothing_is_compacted_while_others_have_units() {
    let options = Options {
        unit: Unit::U32,
        placement: PlacementKind::FirstFit,
        auto_defragment: true,
        ..Options::default()
    };
    let memory = SharedManager::with_options(64, options, Waiting::default()).unwrap();
    let other = memory.attach().unwrap();
    assert_eq!(other.options(), options);
    let ids: Vec<_> = (0..8).map(|_| other.alloc(4).unwrap()).collect();
    ids.iter().step_by(2).for_each(|&id| other.free(id).unwrap());
    _ = other.alloc(24).unwrap();
    assert_eq!(memory.stats().unwrap().units_moved, 0);
    _ = other.alloc(24).unwrap();
    assert_eq!(memory.stats().unwrap().free_units, 0);
}

#[test]
fn values_go_through_callbacks_too() {
    let [memory, other] = pair(PlacementKind::FirstFit, 64);
    let ids = [memory.alloc(4).unwrap(), other.alloc(4).unwrap()];
    for (id, values) in ids.into_iter().zip([[1_u32, 2, 3, 4], [5, 6, 7, 8]]) {
        memory.write(id, &values).unwrap();
        let bytes = |values: &[u32]| -> Vec<u8> {
            values.iter().flat_map(|value| value.to_ne_bytes()).collect()
        };
        let mut read = Vec::new();
        other.read_with(id, |_, part| read.extend_from_slice(part)).unwrap();
        assert_eq!(read, bytes(&values));
        let mut read = Vec::new();
        let count = other.read_at_with(id, 1, 2, |_, part| read.extend_from_slice(part));
        assert_eq!((count, read), (Ok(2), bytes(&values[1..3])));
        let start = memory.address(id).unwrap();
        let mut found = Vec::new();
        let visit = |unit, part: &[u8]| found.extend((unit == start).then(|| part.to_vec()));
        other.visit_values(visit).unwrap();
        assert_eq!(found, [bytes(&values)]);
    }
}

#[test]
fn parts_of_a_block_go_through_slices_too() {
    let [memory, other] = pair(PlacementKind::FirstFit, 64);
    let ids = [memory.alloc(4).unwrap(), other.alloc(4).unwrap()];
    assert_eq!(memory.free_units(), Ok(56));
    for id in ids {
        other.write_at(id, 1, &[5_u32, 6]).unwrap();
        let mut read = [9_u32; 4];
        assert_eq!(memory.read_at(id, 0, &mut read), Ok(3));
        assert_eq!(read, [0, 5, 6, 9]);
        let mut read = [9_u32; 4];
        assert_eq!(memory.read_at(id, 2, &mut read), Ok(1));
        assert_eq!(read, [6, 9, 9, 9]);
        let past_end = other.write_at(id, 3, &[7_u32, 8]);
        assert!(matches!(past_end, Err(Error::PastEnd { id: named, .. }) if named == id));
        assert!(matches!(memory.read_at(id, 0, &mut [0_u8]), Err(Error::UnitMismatch { .. })));
    }
    other.free(ids[1]).unwrap();
    assert_eq!(other.free_units(), Ok(60));
}

/// The head is: the other parts, of each the next ID; the gathered blocks, of each the ID that it has
/// in the first part and the one that the world knows, which has the part in its lowest bits.
#[test]
fn a_head_that_names_what_there_is_not_is_refused() {
    let [memory, other] = pair(PlacementKind::FirstFit, 64);
    let id = other.alloc(4).unwrap();
    let saved = memory.save().unwrap();
    assert_eq!(id.get(), 17, "the first block of part 1");
    let load = |head: &[u8]| {
        let mut bytes = b"TwgS\x01".to_vec();
        bytes.push(head.len() as u8);
        bytes.extend_from_slice(head);
        bytes.extend_from_slice(&xxh64(&bytes, 0).to_le_bytes());
        bytes.extend_from_slice(core_of(&saved));
        SharedManager::load(&bytes, Waiting::default())
    };
    assert_eq!(load(&[1, 2, 1, 1, 17]).unwrap().size(id), Ok(4));
    let fifteen = |count: u8| [&[count][..], &[2; 16][..count.into()], &[1, 1, 17]].concat();
    assert_eq!(load(&fifteen(15)).unwrap().size(id), Ok(4));
    let forged = [
        ("more parts than there can be", fifteen(16)),
        ("a block gathered from the first part", vec![1, 2, 1, 1, 16]),
        ("a block gathered from a part that there is not", vec![1, 2, 1, 1, 18]),
        ("a block that the first part does not have", vec![1, 2, 1, 2, 17]),
        ("an ID that no part gives", vec![1, 2, 1, 1, 1]),
        ("the ID that its part gives next", vec![1, 2, 1, 1, 33]),
        ("an ID that its part has not come to", vec![1, 2, 1, 1, 49]),
        ("a block twice", vec![1, 3, 2, 1, 17, 1, 33]),
        ("an ID twice", vec![1, 2, 2, 1, 17, 1, 17]),
    ];
    for (what, head) in forged {
        let loaded = load(&head);
        assert!(matches!(loaded, Err(Error::CorruptSave { .. })), "{what}: {loaded:?}");
    }
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
