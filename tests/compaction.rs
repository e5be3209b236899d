//! What compaction promises beyond where blocks lie: what it costs.
//!
//! Each state is made from a seed, which a failure names.

#![cfg(not(target_arch = "wasm32"))]

mod model;

use model::random;
use std::collections::HashMap;
use twingate_memory::{
    BlockId, DefragmentOptions, DefragmentReport, MemoryManager, Options, Order, PlacementKind,
    Relocation, Storage,
};

const CONTIGUOUS: [PlacementKind; 5] = [
    PlacementKind::FirstFit,
    PlacementKind::NextFit,
    PlacementKind::BestFit,
    PlacementKind::WorstFit,
    PlacementKind::Tlsf,
];

/// A manager filled with blocks of any size, most of them small, and some of them freed again.
fn fragmented(kind: PlacementKind, seed: u32) -> MemoryManager {
    let mut next = random(seed.wrapping_mul(0x9E37_79B9) | 1);
    let options = Options { placement: kind, storage: Storage::External, ..Options::default() };
    let capacity = 100 + next() as u32 % 4_000;
    let mut manager = MemoryManager::with_options(capacity, options).unwrap();
    let largest = 1 + (capacity >> (1 + next() % 7));
    let mut ids: Vec<BlockId> = Vec::new();
    loop {
        let power = next() as u32 % (1 + largest.ilog2());
        match manager.alloc((1 << power) + next() as u32 % (1 << power)) {
            Ok(id) => ids.push(id),
            Err(_) => break,
        }
    }
    let freed = 1 + next() % 9;
    for id in ids {
        if next() % 10 < freed {
            manager.free(id).unwrap();
        }
    }
    manager
}

/// Units that sliding moves until one free extent has `goal`.
fn slide_cost(manager: &MemoryManager, goal: u32) -> u32 {
    let mut blocks: Vec<(u32, u32)> =
        manager.ids().map(|id| (manager.address(id).unwrap(), manager.size(id).unwrap())).collect();
    blocks.sort_unstable();
    blocks.push((manager.capacity(), 0));
    let (mut free, mut end, mut cost) = (0, 0, 0);
    for (lowest, length) in blocks {
        free += lowest - end;
        if free >= goal {
            break;
        }
        cost += if free > 0 { length } else { 0 };
        end = lowest + length;
    }
    cost
}

fn any(manager: &mut MemoryManager, max_moves: Option<u32>) -> DefragmentReport {
    let options =
        DefragmentOptions { order: Some(Order::Any), max_moves, ..DefragmentOptions::default() };
    manager.defragment_with(&options).unwrap()
}

#[test]
fn any_is_never_worse_than_sliding_and_mostly_better() {
    for kind in CONTIGUOUS {
        let (moved, sliding) = (1..2_000).fold((0, 0), |(moved, sliding), seed| {
            let (one, other) = compare_with_sliding(kind, seed);
            (moved + one, sliding + other)
        });
        assert!(2 * moved < sliding, "{kind:?}: {moved} units, sliding {sliding}");
    }
}

/// Units that `any` moves, at once and in steps, and those that sliding would.
fn compare_with_sliding(kind: PlacementKind, seed: u32) -> (u64, u64) {
    let (mut at_once, mut in_steps) = (fragmented(kind, seed), fragmented(kind, seed));
    let goal = at_once.free_units() - at_once.free_units() / 25;
    let slide = slide_cost(&at_once, goal);
    let report = any(&mut at_once, None);
    let state = format!("{kind:?}, seed {seed}: {report:?}, sliding {slide}");
    assert!(report.done && report.units_moved <= slide, "{state}");
    assert!(at_once.stats().largest_free_extent >= goal, "{state}");
    assert_eq!(report.left, Default::default(), "{state}");
    let mut moved = 0;
    loop {
        let step = any(&mut in_steps, Some(1 + seed % 7));
        moved += step.units_moved;
        if step.done {
            break;
        }
    }
    assert_eq!(moved, report.units_moved, "{state}");
    (u64::from(moved), u64::from(slide))
}

/// The same, with some blocks pinned.
fn pinned(kind: PlacementKind, seed: u32) -> MemoryManager {
    let (mut manager, mut next) =
        (fragmented(kind, seed), random(seed.wrapping_mul(0x85EB_CA6B) | 1));
    let one_in = 2 + next() % 40;
    for id in manager.ids() {
        if next().is_multiple_of(one_in) {
            manager.pin(id).unwrap();
        }
    }
    manager
}

#[test]
fn beside_pins_any_moves_the_same_units_in_steps_as_at_once() {
    let mut reached = 0;
    for (kind, seed) in
        CONTIGUOUS.into_iter().flat_map(|kind| (1..200).map(move |seed| (kind, seed)))
    {
        let (mut at_once, mut in_steps) = (pinned(kind, seed), pinned(kind, seed));
        let goal = at_once.free_units() - at_once.free_units() / 25;
        let report = any(&mut at_once, None);
        let mut moved = 0;
        let max_moves = 1 + seed % 7;
        loop {
            let step = any(&mut in_steps, Some(max_moves));
            moved += step.units_moved;
            if step.done {
                break;
            }
        }
        let largest = [&at_once, &in_steps].map(|manager| manager.largest_free_extent());
        let state = format!("{kind:?}, seed {seed}: {report:?}");
        assert_eq!(moved, report.units_moved, "{state}");
        assert_eq!(largest[0], largest[1], "{state}");
        reached += u32::from(largest[0] >= goal && moved > 0);
    }
    assert!(reached > 50, "{reached}");
}

/// A half-freed manager of many thousand blocks, each at a multiple of one of these alignments; and
/// at which.
fn large(kind: PlacementKind, aligns: &[u32], seed: u32) -> (MemoryManager, Vec<(BlockId, u32)>) {
    let mut next = random(seed.wrapping_mul(0x9E37_79B9) | 1);
    let options = Options { placement: kind, storage: Storage::External, ..Options::default() };
    let mut manager = MemoryManager::with_options(1 << 19, options).unwrap();
    let mut ids = Vec::new();
    loop {
        let align = aligns[next() % aligns.len()];
        match manager.alloc_aligned(1 + next() as u32 % 32, align) {
            Ok(id) => ids.push((id, align)),
            Err(_) => break,
        }
    }
    ids.retain(|&(id, _)| next().is_multiple_of(2) || manager.free(id).is_err());
    (manager, ids)
}

/// Whose each unit is.
fn owners(manager: &MemoryManager) -> Vec<u64> {
    let mut owners = vec![0; manager.capacity() as usize];
    for id in manager.ids() {
        let first = manager.address(id).unwrap() as usize;
        owners[first..first + manager.size(id).unwrap() as usize].fill(id.get());
    }
    owners
}

/// Compacts, and looks at each block, and at a mirror that follows relocations alone; returns the units
/// moved.
fn follow(manager: &mut MemoryManager, max_moves: Option<u32>) -> u64 {
    let mut mirror = owners(manager);
    let mut moved = 0;
    loop {
        let report = any(manager, max_moves);
        moved += u64::from(report.units_moved);
        for Relocation { from, to, length, .. } in report.relocations {
            mirror.copy_within(from as usize..(from + length) as usize, to as usize);
        }
        if report.done {
            break;
        }
    }
    let owners = owners(manager);
    let differs = (0..owners.len()).find(|&at| owners[at] != 0 && owners[at] != mirror[at]);
    assert_eq!(differs, None, "a unit that the mirror has not");
    moved
}

#[test]
fn blocks_that_choose_in_many_groups_lose_nothing() {
    for (kind, aligns) in [
        (PlacementKind::Tlsf, [1].as_slice()),
        (PlacementKind::FirstFit, &[1]),
        (PlacementKind::Tlsf, &[1, 1, 2, 4]),
        (PlacementKind::BestFit, &[4]),
    ] {
        let (mut at_once, ids) = large(kind, aligns, 1);
        let (mut in_steps, _) = large(kind, aligns, 1);
        assert!(at_once.block_count() > 3 * 4_096, "{kind:?}");
        let goal = at_once.free_units() - at_once.free_units() / 25;
        let slide = u64::from(slide_cost(&at_once, goal));
        for (manager, max_moves) in [(&mut at_once, None), (&mut in_steps, Some(1_000))] {
            let blocks = manager.block_count();
            let moved = follow(manager, max_moves);
            assert_eq!(manager.block_count(), blocks);
            if aligns == [1] {
                assert!(moved < slide, "{kind:?}, {max_moves:?}: {moved} units, sliding {slide}");
                assert!(manager.stats().largest_free_extent >= goal, "{kind:?}, {max_moves:?}");
            }
            for &(id, align) in &ids {
                assert_eq!(
                    manager.address(id).unwrap() % align,
                    0,
                    "{kind:?}, {max_moves:?}: {id}"
                );
            }
        }
    }
}

/// A half-freed manager whose blocks are aligned, or some of them pinned, or both.
fn beset(kind: PlacementKind, seed: u32) -> MemoryManager {
    let (align, one_in) = [(64, 0), (1, 20), (64, 20), (1, 3)][seed as usize % 4];
    let mut next = random(seed.wrapping_mul(0x9E37_79B9) | 1);
    let options = Options { placement: kind, storage: Storage::External, ..Options::default() };
    let mut manager = MemoryManager::with_options(1 << 16, options).unwrap();
    while manager.alloc_aligned(1 + next() as u32 % 512, align).is_ok() {}
    for id in manager.ids() {
        if next().is_multiple_of(2) {
            manager.free(id).unwrap();
        } else if one_in > 0 && next().is_multiple_of(one_in) {
            manager.pin(id).unwrap();
        }
    }
    manager
}

#[test]
fn beside_alignments_and_pins_any_reaches_nearly_what_sliding_would_and_moves_far_less() {
    let nearly = |units: u32| units - units / 25;
    let (mut moved, mut slid) = ([0; 4], [0; 4]);
    let (mut reached, mut reach) = ([0; 4], [0; 4]);
    for (kind, seed) in
        CONTIGUOUS.into_iter().flat_map(|kind| (0..80).map(move |seed| (kind, seed)))
    {
        let besets = seed as usize % 4;
        let mut sliding = beset(kind, seed);
        let down =
            DefragmentOptions { order: Some(Order::Address), ..DefragmentOptions::default() };
        let report = sliding.defragment_with(&down).unwrap();
        let slides_to = sliding.largest_free_extent();
        slid[besets] += u64::from(report.units_moved);
        reach[besets] += u64::from(slides_to);
        for max_moves in [None, Some(1 + seed % 7)] {
            let mut manager = beset(kind, seed);
            moved[besets] += follow(&mut manager, max_moves);
            let largest = manager.largest_free_extent();
            reached[besets] += u64::from(largest);
            let state =
                format!("{kind:?}, seed {seed}, {max_moves:?}: {largest}, sliding {slides_to}");
            assert!(largest >= nearly(nearly(slides_to)), "{state}");
            assert_eq!(follow(&mut manager, max_moves), 0, "{state}, and more was left to do");
        }
    }
    // Each was moved twice, at once and in steps. What has moved away lets the next window reach further.
    for (besets, (most, least)) in
        [(50, 95), (25, 125), (30, 115), (10, 110)].into_iter().enumerate()
    {
        let [moved, reached] = [moved, reached].map(|it| it[besets] / 2);
        let [slid, reach] = [slid, reach].map(|it| it[besets]);
        assert!(100 * moved < most * slid, "{besets}: {moved} units, sliding {slid}");
        assert!(100 * reached > least * reach, "{besets}: {reached} units, sliding {reach}");
    }
}

/// A nearly full manager with aligned and pinned blocks, and the alignment of each.
fn crowded(kind: PlacementKind, seed: u32) -> (MemoryManager, HashMap<BlockId, u32>) {
    let mut next = random(seed.wrapping_mul(0x9E37_79B9) | 1);
    let options = Options {
        placement: kind,
        storage: Storage::External,
        auto_defragment: true,
        ..Options::default()
    };
    let mut memory = MemoryManager::with_options(16 + next() as u32 % 17, options).unwrap();
    let mut aligns = HashMap::new();
    for _ in 0..30 {
        let (size, align) = (1 + next() as u32 % 5, 1 << (next() % 4).min(next() % 4));
        if next().is_multiple_of(3) && memory.block_count() > 0 {
            let id = memory.ids().nth(next() % memory.block_count() as usize).unwrap();
            memory.free(id).unwrap();
        } else if let Ok(id) = memory.alloc_aligned(size, align) {
            aligns.insert(id, align);
            if next().is_multiple_of(5) {
                memory.pin(id).unwrap();
            }
        }
    }
    (memory, aligns)
}

/// Whether a request would fit if one block that is not pinned were elsewhere, in units that are free now
/// and outside the free extents beside it.
fn one_move_makes_room(
    (memory, aligns): &(MemoryManager, HashMap<BlockId, u32>),
    size: u32,
    align: u32,
) -> bool {
    let snapshot = memory.snapshot();
    let free: Vec<_> =
        snapshot.free_extents.iter().map(|it| (it.start, it.start + it.length)).collect();
    let fits = |(from, to): (u32, u32), size, align: u32| from.next_multiple_of(align) + size <= to;
    snapshot.blocks.iter().filter(|block| !block.pinned).any(|block| {
        let lowest = memory.address(block.id).unwrap();
        let end = lowest + block.size;
        let below = free.iter().find(|it| it.1 == lowest).map_or(lowest, |it| it.0);
        let above = free.iter().find(|it| it.0 == end).map_or(end, |it| it.1);
        let others = free.iter().filter(|it| it.1 < lowest || it.0 > end);
        fits((below, above), size, align)
            && others.into_iter().any(|&it| fits(it, block.size, aligns[&block.id]))
    })
}

#[test]
fn where_one_move_makes_room_room_is_made() {
    let mut refused = 0;
    for kind in CONTIGUOUS {
        for seed in 1..=400 {
            let mut crowded = crowded(kind, seed);
            let mut next = random(seed);
            let free = crowded.0.free_units();
            let (size, align) = (1 + next() as u32 % free.max(1), 1 << (next() % 4));
            let could = one_move_makes_room(&crowded, size, align);
            let memory = &mut crowded.0;
            let said = memory.explain(size, align).unwrap();
            let served = memory.alloc_aligned(size, align).is_ok();
            assert_eq!(served, said.fits || said.units_to_move.is_some(), "{kind:?}, seed {seed}");
            assert!(served || !could, "{kind:?}, seed {seed}: {size} units at {align}\n{memory}");
            refused += u32::from(!served);
        }
    }
    assert!(refused > 100, "{refused}");
}

/// Requests of a random program that do not fit as things are though as many units are free as they take, and how many
/// of them are served; each moves what was said.
fn served_by_buddies(seed: u32, besets: bool) -> (u32, u32) {
    let mut next = random(seed.wrapping_mul(0x9E37_79B9) | 1);
    let options = Options {
        placement: PlacementKind::Buddy,
        storage: Storage::External,
        auto_defragment: true,
        ..Options::default()
    };
    let capacity = 64 + next() as u32 % 1_000;
    let mut memory = MemoryManager::with_options(capacity, options).unwrap();
    let (mut unfit, mut served) = (0, 0);
    for _ in 0..200 {
        let bits = 1 + next() as u32 % (capacity.ilog2() - 1);
        let (size, align) = (1 + next() as u32 % (1 << bits), 1 << (next() % 4));
        let align = if besets { align } else { 1 };
        if next().is_multiple_of(3) && memory.block_count() > 0 {
            let id = memory.ids().nth(next() % memory.block_count() as usize).unwrap();
            memory.free(id).unwrap();
            continue;
        }
        let said = memory.explain(size, align).unwrap();
        let (moved, free) = (memory.units_moved(), memory.free_units());
        let id = memory.alloc_aligned(size, align).ok();
        let moved = id.map(|_| (memory.units_moved() - moved) as u32);
        assert_eq!(moved, said.units_to_move, "seed {seed}: {size} units at {align}\n{memory}");
        if !said.fits && size.next_power_of_two() <= free {
            (unfit, served) = (unfit + 1, served + u32::from(id.is_some()));
        }
        if let Some(id) = id.filter(|_| besets && next().is_multiple_of(5)) {
            memory.pin(id).unwrap();
        }
    }
    (unfit, served)
}

#[test]
fn buddies_make_room_wherever_their_units_are_free_and_say_what_it_takes() {
    for (besets, least) in [(false, 95), (true, 0)] {
        let all = (1..=300).map(|seed| served_by_buddies(seed, besets));
        let (unfit, served) = all.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        assert!(unfit > 1_000 && 100 * served >= least * unfit, "{served} of {unfit}");
    }
}
