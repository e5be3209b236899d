//! Managers to be saved, and what must hold of any that was loaded; for the tests and for fuzzing.

use twingate_memory::{
    BlockId, DefragmentOptions, MemoryManager, Options, Order, PlacementKind, Storage, Unit,
};
use xxhash_rust::xxh64::xxh64;

/// A manager after some operations, deterministic for a seed.
pub fn busy(options: Options, capacity: u32, seed: u32) -> MemoryManager {
    let mut state = seed;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as usize
    };
    let mut memory = MemoryManager::with_options(capacity, options).unwrap();
    for _ in 0..60 {
        let ids: Vec<_> = memory.ids().collect();
        let chosen = ids.get(next() % (ids.len() + 1)).copied();
        match (next() % 6, chosen) {
            (0..3, _) | (_, None) => drop(memory.alloc(1 + next() as u32 % (capacity / 6 + 1))),
            (3, Some(id)) => memory.free(id).unwrap(),
            (4, Some(id)) => drop(memory.resize(id, 1 + next() as u32 % (capacity / 6 + 1))),
            (_, Some(id)) if options.storage == Storage::External => memory.pin(id).unwrap(),
            (_, Some(id)) => {
                let count = next() % (memory.size(id).unwrap() as usize + 1);
                memory.write_with(id, count, |_, bytes| bytes.fill(next() as u8)).unwrap();
            }
        }
    }
    memory
}

/// One manager's options for each placement and storage, of different units.
pub fn all_options() -> impl Iterator<Item = Options> {
    PlacementKind::ALL.iter().copied().enumerate().flat_map(|(number, placement)| {
        Storage::ALL.iter().map(move |&storage| Options {
            unit: Unit::ALL[number],
            placement,
            storage,
            auto_defragment: number % 2 == 0,
        })
    })
}

/// The same bytes with a checksum that is right.
pub fn signed(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.truncate(bytes.len().saturating_sub(8));
    let checksum = xxh64(&bytes, 0);
    bytes.extend(checksum.to_le_bytes());
    bytes
}

/// Blocks and free extents cover the capacity once, and all of it can be used and freed.
pub fn audit(mut memory: MemoryManager) {
    let snapshot = memory.snapshot();
    let used = snapshot.blocks.iter().flat_map(|block| block.extents.iter());
    let mut ranges: Vec<(u32, u32)> = used.map(|extent| (extent.lowest(), extent.end())).collect();
    ranges.extend(snapshot.free_extents.iter().map(|free| (free.start, free.start + free.length)));
    ranges.sort_unstable();
    assert!(ranges.windows(2).all(|pair| pair[0].1 <= pair[1].0), "{ranges:?}");
    assert!(snapshot.blocks.iter().all(|block| (1..=BlockId::MAX.get()).contains(&block.id.get())));
    let (used, free) = (memory.used_units(), memory.free_units());
    assert_eq!(u64::from(used) + u64::from(free), u64::from(snapshot.capacity));
    for &order in Order::ALL {
        let options =
            DefragmentOptions { order: Some(order), max_moves: Some(3), ..Default::default() };
        drop(memory.defragment_with(&options));
    }
    for id in memory.ids().step_by(2) {
        drop(memory.resize(id, 1 + free / 3));
    }
    for _ in 0..100 {
        drop(memory.alloc(1 + memory.free_units() / 7));
    }
    let mut again = MemoryManager::load(&memory.save().unwrap()).unwrap();
    assert_eq!(again.snapshot(), memory.snapshot());
    again.clear();
    assert_eq!(again.free_units(), snapshot.capacity);
    if again.options().placement != PlacementKind::Buddy {
        _ = again.alloc(snapshot.capacity).unwrap();
    }
}
