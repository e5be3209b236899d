//! One manager and several workers: nobody's unit is another's, data stays, totals are exact, and
//! no request fails while its units exist.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Barrier, Mutex};
use std::time::Duration;
use twingate_memory::{
    BlockId, DefragmentOptions, Error, MemoryManager, Options, Order, PlacementKind, Relocation,
    SharedManager, Storage, Unit, Waiting,
};
use xxhash_rust::xxh64::xxh64;

/// Xorshift, seeded so that a failure can be repeated as far as threads allow.
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 >> 11
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }
}

fn shared(capacity: u32, options: Options) -> SharedManager {
    SharedManager::with_options(capacity, options, Waiting::default()).unwrap()
}

fn numbers(placement: PlacementKind) -> Options {
    Options { unit: Unit::U32, placement, ..Options::default() }
}

// ---------------------------------------------------------------- one worker

/// A worker that is alone sees what the manager of the core does, unit for unit.
#[test]
fn a_worker_alone_has_the_order_of_the_core() {
    for &placement in PlacementKind::ALL {
        for auto_defragment in [false, true] {
            let options = Options { placement, auto_defragment, ..Options::default() };
            let (mut core, memory) =
                (MemoryManager::with_options(300, options).unwrap(), shared(300, options));
            let mut random = Random::new(7);
            let mut blocks: Vec<(BlockId, BlockId)> = Vec::new();
            for _ in 0..2_000 {
                if random.below(2) == 0 && !blocks.is_empty() {
                    let (theirs, ours) = blocks.swap_remove(random.below(blocks.len()));
                    assert_eq!(core.free(theirs).is_ok(), memory.free(ours).is_ok());
                    assert!(
                        matches!(memory.free(ours), Err(Error::UnknownBlock { id }) if id == ours)
                    );
                    continue;
                }
                let size = random.below(30) as u32;
                if random.below(4) == 0 && !blocks.is_empty() {
                    let (theirs, ours) = blocks[random.below(blocks.len())];
                    // The refusals name other IDs.
                    let code = |error: Error| error.code();
                    let resized = core.resize(theirs, size).map_err(code);
                    assert_eq!(resized, memory.resize(ours, size).map_err(code), "{placement:?}");
                    if random.below(2) == 0 {
                        assert_eq!(core.pin(theirs).is_ok(), memory.pin(ours).is_ok());
                    } else {
                        assert_eq!(core.unpin(theirs).is_ok(), memory.unpin(ours).is_ok());
                    }
                }
                assert_eq!(core.explain(size, 1), memory.explain(size, 1));
                match (core.alloc(size), memory.alloc(size)) {
                    (Ok(theirs), Ok(ours)) => blocks.push((theirs, ours)),
                    (Err(theirs), Err(ours)) => assert_eq!(theirs, ours),
                    (theirs, ours) => panic!("{placement:?}: {theirs:?}, {ours:?}"),
                }
                for &(theirs, ours) in &blocks {
                    let core: Vec<_> = core.extents(theirs).unwrap().collect();
                    assert_eq!(core, memory.extents(ours).unwrap().collect::<Vec<_>>());
                }
            }
            assert_eq!(core.stats(), memory.stats().unwrap());
        }
    }
}

// ---------------------------------------------------------------- several, one after the other

/// With as many parts as can be, and free units spread over them.
#[test]
fn whoever_asks_gets_every_free_unit() {
    for &placement in PlacementKind::ALL {
        let memory = shared(256, numbers(placement));
        let workers: Vec<SharedManager> = (0..20).map(|_| memory.attach().unwrap()).collect();
        for worker in &workers {
            worker.free(worker.alloc(4).unwrap()).unwrap();
        }
        for worker in &workers {
            let all = worker.alloc(256).unwrap();
            assert_eq!(worker.stats().unwrap().free_units, 0);
            let refused = workers[0].alloc(1);
            assert!(
                matches!(refused, Err(Error::OutOfMemory { free_units: 0, .. })),
                "{refused:?}"
            );
            memory.free(all).unwrap();
        }
        let stats = memory.stats().unwrap();
        assert_eq!((stats.allocations, stats.frees, stats.failures), (40, 40, 20));
        assert_eq!(
            (stats.free_units, stats.largest_free_extent, stats.free_extents),
            (256, 256, 1)
        );
    }
}

/// A scattered block takes its units from wherever they are; a contiguous one finds a run that
/// lies across parts.
#[test]
fn a_request_is_served_across_parts() {
    for &placement in PlacementKind::ALL {
        let memory = shared(64, numbers(placement));
        let other = memory.attach().unwrap();
        // Half for each.
        memory.free(other.alloc(32).unwrap()).unwrap();
        let blocks: Vec<BlockId> =
            (0..8).map(|turn| [&memory, &other][turn % 2].alloc(8).unwrap()).collect();
        let lowest = |id: &BlockId| memory.extents(*id).unwrap().map(|run| run.lowest()).min();
        let mut by_address = blocks.clone();
        by_address.sort_unstable_by_key(lowest);
        // Two neighbours, one of each part, and a third one.
        memory.free(by_address[3]).unwrap();
        other.free(by_address[4]).unwrap();
        memory.free(by_address[6]).unwrap();
        let parts = [3, 4].map(|place| by_address[place].get() % 16);
        assert_ne!(parts[0], parts[1]);
        let scattered = placement.is_scattered();
        assert!(memory.alloc(25).is_err());
        assert_eq!(memory.alloc(24).is_ok(), scattered, "{placement:?}");
        // Neighbours that are no buddies serve nobody.
        if !scattered && placement != PlacementKind::Buddy {
            _ = other.alloc(16).unwrap();
        }
    }
}

/// A block grows into free units of another part: beside it, and elsewhere.
#[test]
fn a_block_grows_across_parts() {
    for &placement in PlacementKind::ALL {
        let memory = shared(64, numbers(placement));
        let other = memory.attach().unwrap();
        memory.free(other.alloc(32).unwrap()).unwrap();
        let mine = memory.alloc(32).unwrap();
        let values: Vec<u32> = (0..32).collect();
        memory.write(mine, &values).unwrap();
        memory.pin(mine).unwrap();
        let refused = memory.resize(mine, 65);
        assert!(
            matches!(refused, Err(Error::NoUnitsToGrow { size: 32, free_units: 32, .. })),
            "{refused:?}"
        );
        memory.resize(mine, 64).unwrap();
        assert_eq!(memory.read::<u32>(mine).unwrap(), values);
        memory.resize(mine, 1).unwrap();
        assert_eq!(other.stats().unwrap().free_units, 63);
    }
}

/// It gathered all blocks in part 0 first, where whoever allocates next meets the others.
#[test]
fn what_is_no_request_is_refused_before_anything_is_gathered() {
    let options = Options { storage: Storage::External, ..numbers(PlacementKind::FirstFit) };
    let memory = shared(1_000, options);
    let other = memory.attach().unwrap();
    let [first, second] = [other.alloc(5).unwrap(), other.alloc(5).unwrap()];
    assert_eq!(memory.explain(0, 1), Err(Error::InvalidSize { size: 0 }));
    assert_eq!(memory.explain(5, 3), Err(Error::InvalidAlignment { align: 3 }));
    let order = Some(Order::Allocation);
    for max_moves in [None, Some(1)] {
        let options = DefragmentOptions { order, max_moves, ..DefragmentOptions::default() };
        assert_eq!(memory.defragment_with(&options), Err(Error::OrderUnsupported));
    }
    let third = other.alloc(5).unwrap();
    let [first, second, third] = [first, second, third].map(|id| id.get());
    assert_eq!(third - second, second - first, "it is of the same part");
    assert_eq!(
        other.address(BlockId::new(third)),
        Ok(other.address(BlockId::new(second)).unwrap() + 5)
    );
}

/// As long as a worker's part has the units, they are those that it takes.
#[test]
fn explained_is_what_the_worker_would_get() {
    for &placement in PlacementKind::ALL {
        let memory = shared(1_000, numbers(placement));
        let other = memory.attach().unwrap();
        let workers = [&memory, &other];
        let blocks: Vec<BlockId> = (0..60)
            .flat_map(|turn| [1 + turn % 7, 2].map(|size| workers[turn as usize % 2].alloc(size)))
            .map(Result::unwrap)
            .collect();
        blocks.iter().step_by(3).for_each(|&id| memory.free(id).unwrap());
        for (turn, worker) in (0..40).zip(workers.iter().cycle()) {
            let explained = worker.explain(1 + turn % 9, 1).unwrap();
            let stats = worker.stats().unwrap();
            assert_eq!(explained.free_units, stats.free_units);
            assert_eq!(explained.largest_free_extent, stats.largest_free_extent);
            let id = worker.alloc(1 + turn % 9).unwrap();
            assert_eq!(explained.extents, worker.extents(id).unwrap().collect::<Vec<_>>());
        }
        let all = memory.stats().unwrap().free_units;
        assert!(memory.explain(all + 1, 1).unwrap().reason.contains(&all.to_string()));
    }
}

#[test]
fn compaction_on_demand_gathers_what_it_needs() {
    let options = Options { auto_defragment: true, ..numbers(PlacementKind::BestFit) };
    let memory = shared(100, options);
    let other = memory.attach().unwrap();
    let blocks: Vec<BlockId> =
        (0..10).map(|turn| [&memory, &other][turn % 2].alloc(10).unwrap()).collect();
    for (turn, &id) in blocks.iter().enumerate() {
        memory.write(id, &[turn as u32; 10]).unwrap();
    }
    for &id in blocks.iter().step_by(2) {
        other.free(id).unwrap();
    }
    let large = other.alloc(45).unwrap();
    assert_eq!(memory.size(large).unwrap(), 45);
    for (turn, &id) in blocks.iter().enumerate().skip(1).step_by(2) {
        assert_eq!(memory.read::<u32>(id).unwrap(), [turn as u32; 10]);
    }
    assert_eq!(memory.stats().unwrap().failures, 0);
}

#[test]
fn ids_of_gathered_blocks_stay_and_no_other_names_them() {
    let memory = shared(1_000, numbers(PlacementKind::FirstFit));
    let other = memory.attach().unwrap();
    let mut ids: BTreeSet<BlockId> = (0..50).map(|_| other.alloc(7).unwrap()).collect();
    ids.extend((0..50).map(|_| memory.alloc(7).unwrap()));
    memory.defragment().unwrap();
    assert_eq!(memory.ids().unwrap().into_iter().collect::<BTreeSet<_>>(), ids);
    let snapshot = memory.snapshot().unwrap();
    assert_eq!(snapshot.blocks.iter().map(|block| block.id).collect::<BTreeSet<_>>(), ids);
    for number in 0..10_000 {
        let id = BlockId::new(number);
        assert_eq!(memory.has(id).unwrap(), ids.contains(&id), "{id}");
    }
    for &id in &ids {
        other.free(id).unwrap();
        assert_eq!(memory.free(id), Err(Error::UnknownBlock { id }));
    }
    assert_eq!(memory.stats().unwrap().free_units, 1_000);
}

/// IDs, data, totals and what stale IDs are told survive; new IDs are new.
#[test]
fn a_shared_manager_is_saved_and_loaded() {
    for &placement in PlacementKind::ALL {
        let memory = shared(1_000, numbers(placement));
        let other = memory.attach().unwrap();
        let mut blocks = BTreeMap::new();
        for turn in 0..60 {
            let id = [&memory, &other][turn % 2].alloc(7).unwrap();
            memory.write(id, &[turn as u32; 5]).unwrap();
            blocks.insert(id, turn as u32);
        }
        let stale: Vec<BlockId> = blocks.keys().copied().step_by(3).collect();
        stale.iter().for_each(|id| {
            other.free(*id).unwrap();
            blocks.remove(id);
        });
        assert!(memory.alloc(1_000).is_err());
        let bytes = memory.save().unwrap();
        assert_eq!(bytes.len(), memory.saved_length().unwrap());
        let called_off = memory.save_with(|length| {
            assert_eq!(length, bytes.len());
            Err::<fn(&[u8]), _>(Error::Metadata)
        });
        assert_eq!(called_off, Err(Error::Metadata));
        assert_eq!(memory.save().unwrap(), bytes);
        let loaded = SharedManager::load(&bytes, Waiting::default()).unwrap();
        assert_eq!(loaded.stats().unwrap(), memory.stats().unwrap());
        assert_eq!(loaded.save().unwrap(), bytes);
        let beside = loaded.attach().unwrap();
        for id in &stale {
            assert_eq!(beside.free(*id), Err(Error::UnknownBlock { id: *id }));
        }
        for (&id, &turn) in &blocks {
            assert_eq!(beside.read::<u32>(id).unwrap(), [turn; 5]);
        }
        let new = [&loaded, &beside].map(|worker| worker.alloc(3).unwrap());
        assert!(new.iter().all(|id| !blocks.contains_key(id) && !stale.contains(id)));
        for broken in (0..bytes.len()).step_by(11) {
            let mut bytes = bytes.clone();
            bytes[broken] ^= 1;
            assert!(SharedManager::load(&bytes, Waiting::default()).is_err());
            assert!(SharedManager::load(&bytes[..broken], Waiting::default()).is_err());
        }
        assert!(MemoryManager::load(&bytes).is_err());
        let plain = MemoryManager::new(5).unwrap().save().unwrap();
        assert!(SharedManager::load(&plain, Waiting::default()).is_err());
    }
}

/// Steps gather first; with nobody else at work they come to the end that one worker's would.
#[test]
fn steps_come_to_an_end() {
    for &placement in PlacementKind::ALL {
        for order in [Order::Any, Order::Address, Order::Allocation] {
            let memory = shared(4_096, numbers(placement));
            let other = memory.attach().unwrap();
            let blocks: Vec<BlockId> =
                (0..200).map(|turn| [&memory, &other][turn % 2].alloc(16).unwrap()).collect();
            blocks.iter().step_by(3).for_each(|&id| memory.free(id).unwrap());
            let step = DefragmentOptions {
                order: Some(order),
                max_moves: Some(8),
                ..DefragmentOptions::default()
            };
            let done = (0..1_000).any(|_| memory.defragment_with(&step).unwrap().done);
            assert!(done, "{placement:?} {order:?}");
            let stats = memory.stats().unwrap();
            let least = stats.free_units - stats.free_units / 25;
            let promised = placement != PlacementKind::Buddy;
            assert!(!promised || stats.largest_free_extent >= least, "{placement:?} {order:?}");
            // And spread again.
            let far = other.alloc(16).unwrap();
            assert_ne!(far.get() % 16, memory.alloc(16).unwrap().get() % 16);
        }
    }
}

// ---------------------------------------------------------------- several at once

/// What the blocks that workers pass around are known to hold.
type Pool = Mutex<Vec<(BlockId, Vec<u32>)>>;

#[derive(Default)]
struct Totals {
    allocations: AtomicU64,
    frees: AtomicU64,
    failures: AtomicU64,
}

struct Worker<'a> {
    memory: SharedManager,
    random: Random,
    pool: &'a Pool,
    totals: &'a Totals,
    mine: Vec<(BlockId, Vec<u32>)>,
}

impl Worker<'_> {
    fn turn(&mut self) {
        match self.random.below(9) {
            8 => self.resize(),
            0..3 => self.alloc(),
            3..5 => self.free(),
            5 => self.write(),
            6 => self.check(),
            _ => self.exchange(),
        }
    }

    fn alloc(&mut self) {
        let size = 1 << self.random.below(8);
        let size = size + self.random.below(size);
        match self.memory.alloc(size as u32) {
            Ok(id) => {
                self.totals.allocations.fetch_add(1, Relaxed);
                self.mine.push((id, Vec::new()));
                self.write();
            }
            Err(Error::OutOfMemory { requested, free_units, .. }) => {
                assert!(free_units < requested);
                self.totals.failures.fetch_add(1, Relaxed);
            }
            Err(Error::Fragmented { requested, largest_free_extent, .. }) => {
                let buddy = self.memory.options().placement == PlacementKind::Buddy;
                assert!(buddy || largest_free_extent < requested);
                self.totals.failures.fetch_add(1, Relaxed);
            }
            Err(refusal) => panic!("{refusal}"),
        }
    }

    fn chosen(&mut self) -> Option<usize> {
        (!self.mine.is_empty()).then(|| self.random.below(self.mine.len()))
    }

    fn free(&mut self) {
        let Some(place) = self.chosen() else { return };
        let (id, _) = self.mine.swap_remove(place);
        self.memory.free(id).unwrap();
        self.totals.frees.fetch_add(1, Relaxed);
        assert_eq!(self.memory.read::<u32>(id), Err(Error::UnknownBlock { id }));
    }

    fn resize(&mut self) {
        let Some(place) = self.chosen() else { return };
        let size = 1 + self.random.below(400);
        let (id, values) = &mut self.mine[place];
        match self.memory.resize(*id, size as u32) {
            Ok(()) => values.truncate(size),
            Err(Error::NoUnitsToGrow { .. } | Error::CannotGrow { .. }) => {
                self.totals.failures.fetch_add(1, Relaxed);
            }
            Err(refusal) => panic!("{refusal}"),
        }
        self.check();
    }

    /// Every value tells its block, so that a foreign one would show.
    fn write(&mut self) {
        let Some(place) = self.chosen() else { return };
        let (id, values) = &mut self.mine[place];
        let size = self.memory.size(*id).unwrap() as usize;
        let length = size - self.random.below(size + 1);
        let salt = self.random.next() as u32;
        *values =
            (0..length).map(|unit| (id.get() as u32) << 12 ^ salt << 8 ^ unit as u32).collect();
        self.memory.write(*id, values).unwrap();
    }

    fn check(&mut self) {
        let Some(place) = self.chosen() else { return };
        let (id, values) = &self.mine[place];
        assert_eq!(self.memory.read::<u32>(*id).unwrap(), *values);
    }

    /// Leaves a block to whoever comes, and takes another's.
    fn exchange(&mut self) {
        let Some(place) = self.chosen() else { return };
        let block = self.mine.swap_remove(place);
        let mut pool = self.pool.lock().unwrap();
        pool.push(block);
        let other = self.random.below(pool.len());
        let taken = pool.swap_remove(other);
        drop(pool);
        self.mine.push(taken);
        self.check();
    }
}

/// Steps of every kind, and now and then all at once, until the others are done.
fn compact(memory: &SharedManager, done: &AtomicBool, seed: u64) {
    let mut random = Random::new(seed);
    while !done.load(Relaxed) {
        let order = [Order::Any, Order::Address, Order::Allocation][random.below(3)];
        let step = DefragmentOptions {
            order: Some(order),
            max_moves: (random.below(64) > 0).then_some(4),
            ..DefragmentOptions::default()
        };
        for _ in 0..random.below(200) {
            memory.defragment_with(&step).unwrap();
        }
        let stats = memory.stats().unwrap();
        assert_eq!(stats.used_units + stats.free_units, stats.capacity);
        audit(memory);
        memory.explain(1 + random.below(300) as u32, 1).unwrap();
        // A while in which workers have parts of their own.
        (0..random.below(2_000)).for_each(|_| std::thread::yield_now());
    }
}

/// No unit is owned twice, and every unit is owned or free.
fn audit(memory: &SharedManager) -> BTreeMap<BlockId, u32> {
    let snapshot = memory.snapshot().unwrap();
    let mut taken = vec![false; snapshot.capacity as usize];
    let extents = snapshot.blocks.iter().flat_map(|block| &block.extents);
    let units = extents.flat_map(|extent| extent.units());
    let free = snapshot.free_extents.iter().flat_map(|run| run.start..run.start + run.length);
    for unit in units.chain(free) {
        assert!(!std::mem::replace(&mut taken[unit as usize], true), "unit {unit} twice");
    }
    let buddy = snapshot.placement == PlacementKind::Buddy;
    assert!(buddy || taken.iter().all(|&taken| taken), "a unit is lost");
    snapshot.blocks.iter().map(|block| (block.id, block.size)).collect()
}

fn stress(placement: PlacementKind, auto_defragment: bool, seed: u64) {
    println!("{placement:?}, seed {seed}");
    let turns = 4_000;
    let memory = shared(20_000, Options { auto_defragment, ..numbers(placement) });
    let (pool, totals, done) = (Pool::default(), Totals::default(), AtomicBool::new(false));
    let begin = Barrier::new(4);
    let left: Vec<_> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..4)
            .map(|number| {
                let memory = memory.attach().unwrap();
                let (pool, totals, begin) = (&pool, &totals, &begin);
                scope.spawn(move || {
                    let random = Random::new(seed * 10 + number);
                    let mut worker = Worker { memory, random, pool, totals, mine: Vec::new() };
                    begin.wait();
                    (0..turns).for_each(|_| worker.turn());
                    worker.mine
                })
            })
            .collect();
        scope.spawn(|| compact(&memory, &done, seed));
        let left = workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect();
        done.store(true, Relaxed);
        left
    });
    let mut blocks: Vec<(BlockId, Vec<u32>)> = left;
    blocks.extend(pool.into_inner().unwrap());
    let known = audit(&memory);
    assert_eq!(known.len(), blocks.len());
    for (id, values) in &blocks {
        assert_eq!(memory.read::<u32>(*id).unwrap(), *values);
    }
    let stats = memory.stats().unwrap();
    let total = |count: &AtomicU64| count.load(Relaxed);
    assert_eq!(stats.allocations, total(&totals.allocations));
    assert_eq!(stats.frees, total(&totals.frees));
    assert_eq!(stats.failures, total(&totals.failures));
    let asked: u32 = known.values().sum();
    assert_eq!(stats.used_units - stats.internal_fragmentation, asked);
    let extents: usize = known.keys().map(|&id| memory.extents(id).unwrap().len()).sum();
    assert_eq!(stats.extents_per_block, extents as f64 / known.len().max(1) as f64);
    blocks.iter().for_each(|&(id, _)| memory.free(id).unwrap());
    let whole = memory.alloc(if placement == PlacementKind::Buddy { 16_384 } else { 20_000 });
    assert!(whole.is_ok(), "{whole:?}");
}

#[test]
fn four_threads_beside_compaction() {
    for (seed, &placement) in (1..).zip(PlacementKind::ALL) {
        stress(placement, false, seed);
        stress(placement, true, seed + 100);
    }
}

// ---------------------------------------------------------------- workers that end

#[test]
fn a_worker_that_ends_leaves_its_blocks_and_its_units() {
    let memory = shared(100, numbers(PlacementKind::Lifo));
    let blocks: Vec<BlockId> = (0..5_u32)
        .map(|turn| {
            let memory = memory.attach().unwrap();
            let worker = std::thread::spawn(move || {
                let id = memory.alloc(10).unwrap();
                memory.write(id, &[turn; 10]).unwrap();
                id
            });
            worker.join().unwrap()
        })
        .collect();
    for (turn, &id) in (0..).zip(&blocks) {
        assert_eq!(memory.read::<u32>(id).unwrap(), [turn; 10]);
    }
    _ = memory.alloc(50).unwrap();
    assert_eq!(memory.stats().unwrap().free_units, 0);
}

/// A thread that ends inside an operation: what it worked on is refused, the rest works on.
#[test]
fn nobody_waits_for_ever_for_a_worker_that_died() {
    let waiting = Waiting { patience: Duration::from_millis(20), ..Waiting::default() };
    let memory = SharedManager::with_options(100, numbers(PlacementKind::Lifo), waiting).unwrap();
    let lost = memory.attach().unwrap();
    let mine = memory.alloc(10).unwrap();
    let theirs = lost.alloc(10).unwrap();
    let inside = &Barrier::new(2);
    std::thread::scope(|scope| {
        let stuck = scope.spawn(move || {
            lost.write_with(theirs, 1, |_, _| {
                inside.wait();
                inside.wait();
            })
        });
        inside.wait();
        // As far as anybody can tell, it never comes back.
        assert_eq!(memory.read::<u32>(theirs), Err(Error::WorkerLost));
        assert_eq!(memory.stats(), Err(Error::WorkerLost));
        assert_eq!(memory.defragment(), Err(Error::WorkerLost));
        memory.write(mine, &[5_u32; 10]).unwrap();
        assert_eq!(memory.read::<u32>(mine).unwrap(), [5; 10]);
        memory.free(memory.alloc(10).unwrap()).unwrap();
        // But here it does.
        inside.wait();
        stuck.join().unwrap().unwrap();
    });
    assert_eq!(memory.length(theirs).unwrap(), 1);
    assert_eq!(memory.stats().unwrap().used_units, 20);
}

#[test]
fn a_panic_inside_an_operation_loses_what_it_worked_on() {
    let memory = shared(100, numbers(PlacementKind::Lifo));
    let other = memory.attach().unwrap();
    let id = other.alloc(10).unwrap();
    let panicked = std::thread::spawn(move || {
        let _ = other.write_with(id, 1, |_, _| panic!("on purpose"));
    });
    assert!(panicked.join().is_err());
    assert_eq!(memory.free(id), Err(Error::WorkerLost));
    let mine = memory.alloc(10).unwrap();
    // What went on unwinding lost nothing else.
    memory.pin(mine).unwrap();
    memory.free(mine).unwrap();
}

/// What one worker has pinned stays where it is and what it is, whatever the others do.
#[test]
fn a_pin_is_the_workers_own() {
    let memory = shared(100, numbers(PlacementKind::FirstFit));
    let (first, id) = (memory.alloc(5).unwrap(), memory.alloc(5).unwrap());
    memory.free(first).unwrap();
    let views = |worker: &SharedManager| worker.views_with(id, &mut |_| {});
    assert_eq!(views(&memory), Ok(()), "nobody else could move it");
    let other = memory.attach().unwrap();
    assert_eq!(views(&memory), Err(Error::NotPinned { id }));
    memory.pin(id).unwrap();
    memory.pin(id).unwrap();
    views(&memory).unwrap();
    assert_eq!(views(&other), Err(Error::NotPinned { id }));
    let refused = Err(Error::PinnedElsewhere { id });
    other.unpin(id).unwrap();
    assert_eq!(other.free(id), refused);
    assert_eq!(other.resize(id, 3), refused);
    assert_eq!(other.clear(), refused);
    let address = memory.address(id).unwrap();
    other.defragment().unwrap();
    assert_eq!(other.free(id), refused, "gathered, it is pinned still");
    assert_eq!(memory.address(id).unwrap(), address);
    other.pin(id).unwrap();
    memory.unpin(id).unwrap();
    assert_eq!(memory.free(id), Err(Error::PinnedElsewhere { id }));
    drop(other);
    assert!(!memory.is_pinned(id).unwrap());
    memory.defragment().unwrap();
    assert_eq!(memory.address(id).unwrap(), 0);
    memory.free(id).unwrap();
}

/// It was refused where the manager that was saved had had more workers: their parts are loaded, too.
#[test]
fn a_worker_that_loaded_a_save_is_alone() {
    let memory = shared(100, numbers(PlacementKind::FirstFit));
    let other = memory.attach().unwrap();
    let id = other.alloc(5).unwrap();
    let loaded = SharedManager::load(&memory.save().unwrap(), Waiting::default()).unwrap();
    let views = || loaded.views_with(id, &mut |_| {});
    assert_eq!(views(), Ok(()), "nobody else could move it");
    let _theirs = loaded.attach().unwrap();
    assert_eq!(views(), Err(Error::NotPinned { id }));
}

/// What a part alone could do by compaction was reckoned first, with what others are in charge of as if it could
/// move: under `buddy` that lies where no block would. (No bug that anybody saw: it was thrown away.)
#[test]
fn what_does_not_fit_is_explained_by_all_parts_together() {
    let memory = shared(64, numbers(PlacementKind::Buddy));
    let other = memory.attach().unwrap();
    let mut ids = Vec::new();
    for turn in 0..300 {
        let worker = [&memory, &other][turn % 2];
        match worker.alloc(1 + turn as u32 % 5) {
            Ok(id) => ids.push(id),
            Err(_) => memory.free(ids.swap_remove(turn % ids.len())).unwrap(),
        }
        let explained = worker.explain(8, 1).unwrap();
        assert!(explained.fits || explained.extents.is_empty(), "{explained:?}");
    }
}

/// It was refused for the pin, though what lies above the block could be moved.
#[test]
fn compaction_on_demand_makes_room_above_a_pinned_block() {
    let options =
        Options { placement: PlacementKind::FirstFit, auto_defragment: true, ..Options::default() };
    let (alone, memory) = (shared(10, options), shared(10, options));
    let _other = memory.attach().unwrap();
    for worker in [&alone, &memory] {
        let [id, above] = [2, 2].map(|size| worker.alloc(size).unwrap());
        worker.pin(id).unwrap();
        worker.resize(id, 4).unwrap();
        worker.pin(above).unwrap();
        assert!(worker.resize(id, 9).is_err());
    }
}

/// Another worker that gathered the block made it forget them, and they kept what is empty now.
#[allow(unsafe_code)]
#[test]
fn what_a_shorter_write_leaves_empty_is_zero_in_the_views_of_a_gathered_block() {
    let memory = shared(20, numbers(PlacementKind::Lifo));
    let other = memory.attach().unwrap();
    let id = other.alloc(3).unwrap();
    other.pin(id).unwrap();
    other.write(id, &[1_u32, 2, 3]).unwrap();
    let mut view = (std::ptr::null(), 0);
    other.views_with(id, &mut |bytes| view = (bytes.as_ptr(), bytes.len())).unwrap();
    memory.saved_length().unwrap();
    other.write(id, &[4_u32]).unwrap();
    // SAFETY: the pinned block is where it was, and nobody else writes to it.
    let seen = unsafe { std::slice::from_raw_parts(view.0, view.1) };
    assert_eq!(seen, [4_u32.to_ne_bytes(), [0; 4], [0; 4]].as_flattened());
}

/// Where the tail begins was told by what is free once another worker had attached, not by the placement.
#[test]
fn a_snapshot_is_the_same_when_a_worker_has_attached() {
    for &placement in PlacementKind::ALL {
        let memory = shared(10, numbers(placement));
        let [_, freed] = [2, 2].map(|size| memory.alloc(size).unwrap());
        memory.free(freed).unwrap();
        let alone = memory.snapshot().unwrap();
        let _other = memory.attach().unwrap();
        assert_eq!(memory.snapshot().unwrap(), alone, "{placement:?}");
    }
}

/// Of part 0 alone it is the units in its charge. (No bug: a mutation that nobody noticed.)
#[test]
fn the_capacity_is_that_of_all_parts() {
    let memory = shared(100, numbers(PlacementKind::FirstFit));
    let other = memory.attach().unwrap();
    _ = other.alloc(10).unwrap();
    for worker in [&memory, &other] {
        let stats = worker.stats().unwrap();
        assert_eq!((stats.capacity, stats.used_units + stats.free_units), (100, 100));
    }
}

/// A part that began with ID 0 allocated blocks that nobody was told of.
#[test]
fn a_save_in_which_a_part_begins_with_no_id_is_refused() {
    let memory = shared(20, numbers(PlacementKind::FirstFit));
    let other = memory.attach().unwrap();
    let saved = memory.save().unwrap();
    drop(other);
    // The head: one part more, the ID that it gives next, no gathered blocks.
    let head = b"TwgS\x01\x03\x01\x01\x00";
    assert!(saved.starts_with(head));
    let with_next = |next: u8| {
        let mut front = head.to_vec();
        front[7] = next;
        let checksum = xxh64(&front, 0).to_le_bytes();
        let bytes = [&front[..], &checksum[..], &saved[head.len() + checksum.len()..]].concat();
        SharedManager::load(&bytes, Waiting::default())
    };
    assert!(with_next(1).is_ok());
    assert!(matches!(with_next(0), Err(Error::CorruptSave { .. })));
}

/// Its ID would have been one that no number of JavaScript's names.
#[test]
fn a_save_in_which_a_block_has_an_id_past_the_last_is_refused() {
    let varint = |mut left: u64| {
        let mut bytes = Vec::new();
        while left >= 0x80 {
            bytes.push(left as u8 | 0x80);
            left >>= 7;
        }
        bytes.push(left as u8);
        bytes
    };
    let sealed = |mut bytes: Vec<u8>| {
        let checksum = xxh64(&bytes, 0).to_le_bytes();
        bytes.extend(checksum);
        bytes
    };
    let load = |next: u64| {
        // What a manager saves that has no block yet, with another ID as its next: one byte at 15 up to now.
        let empty = MemoryManager::new(10).unwrap().save().unwrap();
        let body = [&empty[..15], &varint(next), &empty[16..empty.len() - 8]].concat();
        let mut inner = MemoryManager::load(&sealed(body)).unwrap();
        let id = inner.alloc(2).unwrap();
        assert!(id.get() >= next);
        let head = sealed(b"TwgS\x01\x02\x00\x00".to_vec());
        SharedManager::load(&[head, inner.save().unwrap()].concat(), Waiting::default())
    };
    assert!(load(1 << 40).is_ok());
    assert!(matches!(load(1 << 50), Err(Error::CorruptSave { .. })));
}

/// It named the block by the ID that it has in its part.
#[test]
fn a_part_past_the_end_of_a_block_is_refused_by_the_ids_that_the_world_knows() {
    let memory = shared(20, numbers(PlacementKind::FirstFit));
    let id = memory.alloc(4).unwrap();
    let refused = memory.write_at_with(id, 3, 5, |_, _| {});
    assert!(matches!(refused, Err(Error::PastEnd { id: named, .. }) if named == id), "{refused:?}");
}

#[test]
fn external_storage_has_no_data() {
    let options = Options { storage: Storage::External, ..numbers(PlacementKind::Tlsf) };
    let memory = shared(u32::MAX, options);
    let other = memory.attach().unwrap();
    let id = other.alloc(u32::MAX / 2).unwrap();
    assert_eq!(memory.read::<u32>(id), Err(Error::NoStorage));
    assert_eq!(memory.defragment(), Err(Error::OrderUnsupported));
    assert_eq!(memory.address(id).unwrap(), other.address(id).unwrap());
}

// ---------------------------------------------------------------- a mirror of external storage

/// What a caller has whose memory it is: to which block's data each unit belongs.
struct Mirror(Vec<u64>);

impl Mirror {
    fn write(&mut self, memory: &SharedManager, id: BlockId) {
        let (start, size) = (memory.address(id).unwrap() as usize, memory.size(id).unwrap());
        self.0[start..start + size as usize].fill(id.get());
    }

    /// Moves what was moved; returns which blocks that were.
    fn follow(&mut self, memory: &SharedManager) -> Vec<BlockId> {
        let told = memory.take_relocations().unwrap();
        for &Relocation { from, to, length, .. } in &told {
            self.0.copy_within(from as usize..(from + length) as usize, to as usize);
        }
        told.into_iter().map(|relocation| relocation.id).collect()
    }

    fn check(&self, memory: &SharedManager, (id, size): (BlockId, u32)) {
        let start = memory.address(id).unwrap() as usize;
        let data = &self.0[start..start + size as usize];
        assert!(data.iter().all(|&unit| unit == id.get()), "{id}: {data:?}");
    }
}

/// Two workers resize in parts of their own and, at times, where all was gathered. What moved into
/// units that something else had just left was told before that left them.
#[test]
fn moves_are_told_in_the_order_in_which_they_were_made() {
    let mut moves = 0;
    for placement in
        PlacementKind::ALL.iter().copied().filter(|placement| !placement.is_scattered())
    {
        for (auto_defragment, seed) in (1..60).flat_map(|seed| [(false, seed), (true, seed)]) {
            let storage = Storage::External;
            let options = Options { storage, auto_defragment, ..numbers(placement) };
            let memory = shared(256, options);
            let workers = [memory.attach().unwrap(), memory.attach().unwrap()];
            let (mut random, mut mirror) = (Random::new(seed), Mirror(vec![0; 256]));
            let mut blocks = Vec::new();
            for _ in 0..60 {
                let worker = &workers[random.below(2)];
                let Ok(id) = worker.alloc(1 + random.below(8) as u32) else { continue };
                mirror.follow(&memory);
                mirror.write(&memory, id);
                blocks.push((id, memory.size(id).unwrap()));
            }
            blocks.retain(|&(id, _)| random.below(3) == 0 || workers[0].free(id).is_err());
            for _ in 0..12 {
                let (id, _) = blocks[random.below(blocks.len())];
                let size = memory.size(id).unwrap() + 1 + random.below(20) as u32;
                // Where it is refused nothing has moved.
                let _ = workers[random.below(2)].resize(id, size);
                if random.below(20) == 0 {
                    memory.saved_length().unwrap(); // gathers
                }
            }
            let moved = mirror.follow(&memory);
            moves += moved.len();
            assert!(moved.iter().all(|moved| blocks.iter().any(|(id, _)| id == moved)));
            blocks.iter().for_each(|&block| mirror.check(&memory, block));
        }
    }
    assert!(moves > 1_000, "{moves}");
}

/// A block that was gathered, moved and freed was told of by the ID that it had in part 0.
#[test]
fn moves_are_told_by_the_ids_that_the_world_knows() {
    let options = Options { storage: Storage::External, ..numbers(PlacementKind::FirstFit) };
    let memory = shared(100, options);
    let other = memory.attach().unwrap();
    let ids = [other.alloc(4).unwrap(), other.alloc(4).unwrap()];
    memory.saved_length().unwrap(); // gathers
    other.resize(ids[0], 8).unwrap();
    other.free(ids[0]).unwrap();
    let told = memory.take_relocations().unwrap();
    assert_eq!(told.iter().map(|relocation| relocation.id).collect::<Vec<_>>(), [ids[0]]);
    assert!(other.take_relocations().unwrap().is_empty());
}

/// Only what part 0 had not told was saved.
#[test]
fn a_save_has_what_was_not_told_yet() {
    let options = Options { storage: Storage::External, ..numbers(PlacementKind::FirstFit) };
    let memory = shared(200, options);
    let other = memory.attach().unwrap();
    for worker in [&memory, &other] {
        let ids = [worker.alloc(4).unwrap(), worker.alloc(4).unwrap()];
        worker.resize(ids[0], 8).unwrap();
    }
    let bytes = memory.save().unwrap();
    assert_eq!(memory.save().unwrap(), bytes);
    let told = memory.take_relocations().unwrap();
    assert_eq!(told.len(), 2);
    let loaded = SharedManager::load(&bytes, Waiting::default()).unwrap();
    assert_eq!(loaded.take_relocations().unwrap(), told);
}

// ---------------------------------------------------------------- who waits, and meanwhile

/// It was refused: a free run of one unit at such a multiple was taken for enough.
#[test]
fn buddies_of_an_alignment_above_the_size_are_found() {
    let memory = shared(32, numbers(PlacementKind::Buddy));
    let other = memory.attach().unwrap();
    let theirs = [other.alloc(8).unwrap(), other.alloc(8).unwrap()];
    let mine = [8, 4, 4].map(|size| memory.alloc(size).unwrap());
    assert_eq!(memory.address(theirs[0]).unwrap(), 16);
    assert_eq!(memory.address(mine[2]).unwrap(), 12);
    other.free(theirs[0]).unwrap();
    memory.free(mine[2]).unwrap();
    let id = memory.alloc_aligned(1, 8).unwrap();
    assert_eq!(memory.address(id).unwrap(), 16);
}

/// It asked whether it was alone before it had any lock, and then did nothing and was not done.
#[test]
fn a_worker_that_comes_meanwhile_does_not_keep_defragment_from_its_end() {
    static WAITS: AtomicBool = AtomicBool::new(false);
    static GOES_ON: AtomicBool = AtomicBool::new(false);
    fn pause(_: u32) {
        WAITS.store(true, Relaxed);
        while !GOES_ON.load(Relaxed) {
            std::thread::yield_now();
        }
    }
    let waiting = Waiting { pause, ..Waiting::default() };
    let options = numbers(PlacementKind::FirstFit);
    let memory = &SharedManager::with_options(100, options, waiting).unwrap();
    let [freed, id] = [memory.alloc(10).unwrap(), memory.alloc(10).unwrap()];
    memory.free(freed).unwrap();
    let inside = &Barrier::new(2);
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let wait = |_, _: &mut [u8]| {
                inside.wait();
                inside.wait();
            };
            memory.write_with(id, 1, wait).unwrap();
        });
        inside.wait();
        let defragmenting = scope.spawn(move || memory.defragment());
        while !WAITS.load(Relaxed) {
            std::thread::yield_now();
        }
        inside.wait();
        let other = memory.attach_waiting(Waiting::default()).unwrap();
        _ = other.alloc(5).unwrap();
        GOES_ON.store(true, Relaxed);
        assert!(defragmenting.join().unwrap().unwrap().done);
    });
    assert_eq!(memory.address(id), Ok(0));
}

/// Between the attempt in the block's part and that with everybody's units it may be pinned.
#[test]
fn a_block_that_is_pinned_meanwhile_is_not_resized() {
    static WAITS: AtomicBool = AtomicBool::new(false);
    fn pause(_: u32) {
        WAITS.store(true, Relaxed);
        std::thread::yield_now();
    }
    for placement in [PlacementKind::Lifo, PlacementKind::FirstFit] {
        let memory = &shared(100, numbers(placement));
        let id = memory.alloc(10).unwrap();
        let resizer = memory.attach_waiting(Waiting { pause, ..Waiting::default() }).unwrap();
        resizer.free(resizer.alloc(40).unwrap()).unwrap();
        let writer = memory.attach().unwrap();
        let busy = writer.alloc(1).unwrap();
        let inside = &Barrier::new(2);
        WAITS.store(false, Relaxed);
        std::thread::scope(|scope| {
            scope.spawn(move || {
                let wait = |_, _: &mut [u8]| {
                    inside.wait();
                    inside.wait();
                };
                writer.write_with(busy, 1, wait).unwrap();
            });
            inside.wait();
            let resizing = scope.spawn(move || resizer.resize(id, 80));
            while !WAITS.load(Relaxed) {
                std::thread::yield_now();
            }
            memory.pin(id).unwrap();
            inside.wait();
            assert_eq!(resizing.join().unwrap(), Err(Error::PinnedElsewhere { id }));
        });
        assert_eq!(memory.size(id).unwrap(), 10);
    }
}

/// Each of its operations was short, but whenever somebody looked it had the lock.
#[test]
fn a_worker_of_many_short_operations_is_not_taken_for_lost() {
    const OPERATIONS: u32 = 20;
    static TURN: Barrier = Barrier::new(2);
    static LOOKS: AtomicU64 = AtomicU64::new(0);
    static LEFT: AtomicU64 = AtomicU64::new(OPERATIONS as u64);
    /// A millisecond for each look.
    fn clock() -> Duration {
        Duration::from_millis(LOOKS.fetch_add(1, Relaxed))
    }
    /// After every other look: lets the other end its operation and begin the next.
    fn pause(turn: u32) {
        if turn.is_multiple_of(2) {
            LEFT.fetch_sub(1, Relaxed);
            TURN.wait();
            TURN.wait();
        }
    }
    let patience = Duration::from_millis(3);
    let memory = shared(100, numbers(PlacementKind::Lifo));
    let id = memory.alloc(10).unwrap();
    let other = memory.attach_waiting(Waiting { patience, clock, pause }).unwrap();
    let begin = &Barrier::new(2);
    std::thread::scope(|scope| {
        let busy = scope.spawn(move || {
            for operation in 0..OPERATIONS {
                let wait = |_, _: &mut [u8]| {
                    match operation {
                        0 => begin.wait(),
                        _ => TURN.wait(),
                    };
                    TURN.wait();
                };
                memory.write_with(id, 1, wait).unwrap();
            }
            TURN.wait();
            memory
        });
        begin.wait();
        let length = other.length(id);
        for _ in 0..2 * LEFT.load(Relaxed) {
            TURN.wait();
        }
        busy.join().unwrap();
        assert_eq!(length, Ok(1));
    });
}

/// A part was lost: the pins in all others end all the same.
#[test]
fn who_ends_ends_every_pin_that_can_be_ended() {
    let memory = shared(1_000, numbers(PlacementKind::Lifo));
    let (dying, pinning) = (memory.attach().unwrap(), memory.attach().unwrap());
    let lost = dying.alloc(10).unwrap();
    let ids: Vec<BlockId> = (0..100).map(|_| memory.alloc(1).unwrap()).collect();
    ids.iter().chain([&lost]).for_each(|&id| pinning.pin(id).unwrap());
    let panicked = std::thread::scope(|scope| {
        let panics = || dying.write_with(lost, 1, |_, _| panic!("on purpose"));
        scope.spawn(panics).join()
    });
    assert!(panicked.is_err());
    drop(pinning);
    ids.iter().for_each(|&id| assert_eq!(memory.free(id), Ok(())));
}

/// One that has no patience ends while another is amid an operation.
#[test]
fn who_ends_while_another_is_slow_leaves_nobody_its_pins() {
    let memory = &shared(100, numbers(PlacementKind::Lifo));
    let id = memory.alloc(10).unwrap();
    let hasty = Waiting { patience: Duration::ZERO, ..Waiting::default() };
    let pinning = memory.attach_waiting(hasty).unwrap();
    pinning.pin(id).unwrap();
    let inside = &Barrier::new(2);
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let wait = |_, _: &mut [u8]| {
                inside.wait();
                inside.wait();
            };
            memory.write_with(id, 1, wait).unwrap();
        });
        inside.wait();
        drop(pinning);
        inside.wait();
    });
    memory.resize(id, 5).unwrap();
    assert_eq!(memory.free(id), Ok(()));
}
