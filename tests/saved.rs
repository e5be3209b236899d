//! Saves that are whole, and those that are not.

#![cfg(not(target_arch = "wasm32"))]

mod model;

use model::random;
use twingate_memory::{
    DefragmentOptions, Error, MemoryManager, Options, Order, PlacementKind, Storage, Unit,
};
use xxhash_rust::xxh64::xxh64;

/// A manager after some operations, deterministic for a seed.
fn busy(options: Options, capacity: u32, seed: u32) -> MemoryManager {
    let mut next = random(seed);
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

fn all_options() -> impl Iterator<Item = Options> {
    PlacementKind::ALL.into_iter().enumerate().flat_map(|(number, placement)| {
        Storage::ALL.map(|storage| Options {
            unit: Unit::ALL[number],
            placement,
            storage,
            auto_defragment: number % 2 == 0,
        })
    })
}

/// The same bytes with a checksum that is right.
fn signed(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.truncate(bytes.len().saturating_sub(8));
    let checksum = xxh64(&bytes, 0);
    bytes.extend(checksum.to_le_bytes());
    bytes
}

fn is_corrupt(bytes: &[u8]) -> bool {
    matches!(MemoryManager::load(bytes), Err(Error::CorruptSave { .. }))
}

#[test]
fn a_loaded_manager_saves_the_same_bytes() {
    for (seed, options) in (1..).zip(all_options()) {
        let mut memory = busy(options, 90, seed);
        let saved = memory.save().unwrap();
        assert_eq!(saved.len(), memory.saved_length().unwrap());
        let mut loaded = MemoryManager::load(&saved).unwrap();
        assert_eq!(loaded.snapshot(), memory.snapshot());
        assert_eq!(loaded.stats(), memory.stats());
        assert_eq!(loaded.options(), memory.options());
        assert_eq!(loaded.take_relocations(), memory.take_relocations());
        assert_eq!(loaded.save().unwrap(), memory.save().unwrap());
    }
}

#[test]
fn nothing_cut_short_lengthened_or_changed_is_loaded() {
    for (seed, options) in (1..).zip(all_options()) {
        let saved = busy(options, 50, seed).save().unwrap();
        for length in 0..saved.len() {
            assert!(is_corrupt(&saved[..length]), "{length} bytes");
        }
        assert!(is_corrupt(&[&saved[..], &[0]].concat()));
        for place in 0..saved.len() {
            for bit in 0..8 {
                let mut changed = saved.clone();
                changed[place] ^= 1 << bit;
                assert!(is_corrupt(&changed), "bit {bit} of byte {place}");
            }
        }
    }
}

#[test]
fn foreign_bytes_are_refused_and_the_reason_is_told() {
    let reason = |bytes: &[u8]| MemoryManager::load(bytes).unwrap_err().to_string();
    assert!(reason(b"").contains("no save of this package"));
    assert!(reason(b"\x89PNG\r\n\x1a\n").contains("no save of this package"));
    assert!(reason(b"TwgM").contains("cut short"));
    assert!(reason(b"TwgM\x02").contains("version"));
    assert!(reason(b"TwgM\x01 and more that is not right").contains("changed"));
}

/// Someone who knows how the checksum is made gets no further: what loads keeps every promise.
#[test]
fn a_right_checksum_is_not_enough() {
    let mut loaded = 0;
    for (seed, options) in (1..).zip(all_options()) {
        let saved = busy(options, 50, seed).save().unwrap();
        for place in 5..saved.len() - 8 {
            for value in [0, 1, 2, 0x7F, 0x80, 0xFF, saved[place] ^ 1, saved[place].wrapping_add(2)]
            {
                let mut changed = saved.clone();
                changed[place] = value;
                if let Ok(memory) = MemoryManager::load(&signed(changed)) {
                    loaded += 1;
                    audit(memory);
                }
            }
            let mut shorter = saved.clone();
            shorter.remove(place);
            if let Ok(memory) = MemoryManager::load(&signed(shorter)) {
                audit(memory);
            }
        }
    }
    assert!(loaded > 100, "{loaded}");
}

/// Blocks and free extents cover the capacity once, and all of it can be used and freed.
fn audit(mut memory: MemoryManager) {
    let snapshot = memory.snapshot();
    let used = snapshot.blocks.iter().flat_map(|block| block.extents.iter());
    let mut ranges: Vec<(u32, u32)> = used.map(|extent| (extent.lowest(), extent.end())).collect();
    ranges.extend(snapshot.free_extents.iter().map(|free| (free.start, free.start + free.length)));
    ranges.sort_unstable();
    assert!(ranges.windows(2).all(|pair| pair[0].1 <= pair[1].0), "{ranges:?}");
    let (used, free) = (memory.used_units(), memory.free_units());
    assert_eq!(u64::from(used) + u64::from(free), u64::from(snapshot.capacity));
    for order in Order::ALL {
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
        again.alloc(snapshot.capacity).unwrap();
    }
}

#[test]
fn a_few_bytes_describe_no_more_than_they_can_hold() {
    let unit = Unit::F64;
    let mut large =
        MemoryManager::with_options(1 << 24, Options { unit, ..Options::default() }).unwrap();
    let saved = large.save().unwrap();
    let justified = ((8 << 24) - (1 << 20)) / 256;
    assert!((justified..justified + 8).contains(&saved.len()), "{}", saved.len());
    assert!(MemoryManager::load(&saved).is_ok());
    let mut small =
        MemoryManager::with_options(100, Options { unit, ..Options::default() }).unwrap();
    let mut forged = small.save().unwrap();
    assert!(forged.len() < 40, "{}", forged.len());
    // The capacity follows the flags; the one extent comes after six counts, an ID and slots.
    assert_eq!((forged[8], forged[17], forged[18]), (100, 1, 100));
    let most = [0xFF, 0xFF, 0xFF, 0xFF, 0x0F];
    forged.splice(18..19, most);
    forged.splice(8..9, most);
    let error = MemoryManager::load(&signed(forged)).unwrap_err();
    assert!(error.to_string().contains("more than they can hold"), "{error}");
}

#[test]
fn the_form_is_what_the_documentation_says() {
    let options = Options { unit: Unit::U8, placement: PlacementKind::Tlsf, ..Options::default() };
    let mut memory = MemoryManager::with_options(100, options).unwrap();
    let [a, b] = [memory.alloc(3).unwrap(), memory.alloc_aligned(4, 4).unwrap()];
    memory.write(b, &[7_u8, 8]).unwrap();
    memory.pin(b).unwrap();
    memory.free(a).unwrap();
    let mut expected = b"TwgM\x01".to_vec();
    expected.extend([1, 8, 4, 100]);
    expected.extend([2, 1, 0, 0, 0, 1, 3, 64]);
    expected.extend([3, 4, 4, 92]);
    expected.extend([1, 2, 2 << 1 | 1, 2, 0, 1, 1 << 2]);
    expected.extend([0, 2, 0, 1 << 2]);
    expected.extend([0, 7, 8, 0]);
    let checksum = xxh64(&expected, 0);
    expected.extend(checksum.to_le_bytes());
    assert_eq!(memory.save().unwrap(), expected);
}
