//! Slices onto several blocks at once, beside what the blocks hold one by one.

#![cfg(not(target_arch = "wasm32"))]

mod model;

use model::random;
use twingate_memory::{BlockId, Error, MemoryManager, Options, PlacementKind, Storage, Unit};

fn manager(placement: PlacementKind) -> MemoryManager {
    let options = Options { unit: Unit::U16, placement, ..Options::default() };
    MemoryManager::with_options(200, options).unwrap()
}

/// A manager whose blocks are partly written, its live blocks, and any three of them.
fn some_state(seed: u32, placement: PlacementKind) -> (MemoryManager, Vec<BlockId>, [BlockId; 3]) {
    let mut next = random(seed);
    let mut memory = manager(placement);
    let mut ids = Vec::new();
    for value in 0..30_u16 {
        let size = 1 + next() as u32 % 20;
        let Ok(id) = memory.alloc(size) else { continue };
        let written = next() % (size as usize + 1);
        memory.write(id, &vec![value; written]).unwrap();
        ids.push(id);
        if next().is_multiple_of(3) {
            memory.free(ids.swap_remove(next() % ids.len())).unwrap();
        }
    }
    let three = [(); 3].map(|()| ids[next() % ids.len()]);
    (memory, ids, three)
}

/// What [`MemoryManager::slice_mut`] gives for each block, in a manager of the same state.
fn one_by_one(memory: &mut MemoryManager, ids: &[BlockId]) -> Result<Vec<Vec<u16>>, Error> {
    let mut copy = MemoryManager::load(&memory.save().unwrap()).unwrap();
    ids.iter().map(|&id| Ok(copy.slice_mut::<u16>(id)?.to_vec())).collect()
}

#[test]
fn they_are_what_each_block_has_and_reach_no_other() {
    let (mut given, mut scattered) = (0, 0);
    for (seed, &placement) in
        (1..=200).flat_map(|seed| PlacementKind::ALL.iter().map(move |it| (seed, it)))
    {
        let (mut memory, ids, three) = some_state(seed, placement);
        let (before, expected) = (memory.save(), one_by_one(&mut memory, &three));
        let of_all = |memory: &MemoryManager| {
            let others = ids.iter().filter(|id| !three.contains(id));
            others.map(|&id| (id, memory.read::<u16>(id))).collect::<Vec<_>>()
        };
        let others = of_all(&memory);
        let is_twice = three[0] == three[1] || three[1] == three[2] || three[0] == three[2];
        match memory.slices_mut::<u16, 3>(three) {
            Ok(slices) => {
                assert!(!is_twice, "seed {seed}");
                assert_eq!(
                    slices.each_ref().map(|slice| slice.to_vec()).to_vec(),
                    expected.unwrap(),
                    "seed {seed}"
                );
                slices.into_iter().zip(100..).for_each(|(slice, value)| slice.fill(value));
                for (id, value) in three.into_iter().zip(100..) {
                    let size = memory.size(id).unwrap() as usize;
                    assert_eq!(memory.read::<u16>(id), Ok(vec![value; size]), "seed {seed}");
                }
                assert_eq!(of_all(&memory), others, "seed {seed}");
                given += 1;
            }
            Err(Error::Repeated { id }) => {
                assert!(three.iter().filter(|&&other| other == id).count() > 1, "seed {seed}");
                assert_eq!(memory.save(), before, "seed {seed}");
            }
            Err(error) => {
                assert_eq!(Err(error), expected, "seed {seed}");
                assert_eq!(memory.save(), before, "seed {seed}");
                scattered += 1;
            }
        }
    }
    assert!(given > 500 && scattered > 100, "{given} {scattered}");
}

#[test]
fn what_is_refused_says_why_and_changes_nothing() {
    let mut memory = manager(PlacementKind::FirstFit);
    let [a, b, freed] = [4, 2, 1].map(|size| memory.alloc(size).unwrap());
    memory.free(freed).unwrap();
    let before = memory.save();
    let twice = memory.slices_mut::<u16, 3>([a, b, a]).unwrap_err();
    assert_eq!((twice.clone(), twice.code()), (Error::Repeated { id: a }, "ERR_UNSUPPORTED"));
    let message = format!(
        "block {a} was asked for twice: its units can be written through one slice at a time, so name it once"
    );
    assert_eq!(twice.to_string(), message);
    assert_eq!(memory.slices_mut::<u16, 2>([a, freed]), Err(Error::UnknownBlock { id: freed }));
    assert_eq!(memory.save(), before);
    assert_eq!(memory.slices_mut::<u16, 0>([]), Ok([]));
    assert_eq!(memory.slices_mut::<u16, 1>([b]).unwrap(), [[0, 0]]);

    let options = Options { storage: Storage::External, unit: Unit::U16, ..Options::default() };
    let mut external = MemoryManager::with_options(4, options).unwrap();
    let id = external.alloc(2).unwrap();
    assert_eq!(external.slices_mut::<u16, 1>([id]), Err(Error::NoStorage));
}
