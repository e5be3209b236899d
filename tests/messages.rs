//! What refusals say: what was asked, what was found, what would help.

#![cfg(not(target_arch = "wasm32"))]

use twingate_memory::PlacementKind::{BestFit, Buddy, FirstFit, Lifo};
use twingate_memory::{BlockId, Error, MemoryManager, Options, PlacementKind, Unit};

fn manager(capacity: u32, placement: PlacementKind) -> MemoryManager {
    let options = Options { placement, ..Options::default() };
    MemoryManager::with_options(capacity, options).unwrap()
}

/// A manager of full blocks of two units, of which every other one was freed.
fn fragmented(blocks: u32, placement: PlacementKind) -> (MemoryManager, Vec<BlockId>) {
    let mut memory = manager(2 * blocks, placement);
    let ids: Vec<_> = (0..blocks).map(|_| memory.alloc(2).unwrap()).collect();
    ids.iter().skip(1).step_by(2).for_each(|&id| memory.free(id).unwrap());
    (memory, ids)
}

#[track_caller]
fn says<T: std::fmt::Debug>(refused: Result<T, Error>, message: &str) {
    assert_eq!(refused.unwrap_err().to_string(), message);
}

#[test]
fn an_allocation() {
    let mut memory = manager(3, Lifo);
    says(memory.alloc(0), "the size must be a whole number from 1 to 4294967295, not 0");
    let help = "free blocks, or use a manager with a larger capacity";
    says(memory.alloc(4), &format!("asked for 4 units, but only 3 are free: {help}"));
    let _ = memory.alloc(2).unwrap();
    says(memory.alloc(2), &format!("asked for 2 units, but only 1 is free: {help}"));
    let _ = memory.alloc(1).unwrap();
    says(memory.alloc(1), &format!("asked for 1 unit, but none is free: {help}"));
}

#[test]
fn an_allocation_among_free_extents_that_are_too_short() {
    let help = "if explain finds a number of units to move, automatic defragmentation makes room by moving them; \
                otherwise free blocks, or defragment";
    let (mut memory, _) = fragmented(4, BestFit);
    says(
        memory.alloc(3),
        &format!("asked for 3 units: 4 are free, but the largest free extent has 2; {help}"),
    );
    says(memory.alloc_aligned(1, 3), "align must be a power of two up to 2147483648, not 3");
    says(
        memory.alloc_aligned(2, 8),
        &format!(
            "asked for 2 units at a multiple of 8: 4 are free, but no free extent has room at such a \
             multiple; {help}"
        ),
    );
    let (mut memory, _) = fragmented(8, Buddy);
    says(
        memory.alloc(3),
        &format!(
            "asked for 3 units (rounded up to 4): 8 are free, but the largest free extent has 2; {help}"
        ),
    );
    says(
        manager(30, Buddy).alloc(17),
        "asked for 17 units (rounded up to 32): 30 are free, but with this capacity no block has more than \
         16 units; use a larger capacity, or another placement",
    );
}

#[test]
fn a_block_that_grows() {
    let (mut memory, ids) = fragmented(4, FirstFit);
    says(
        memory.resize(ids[0], 7),
        "block 1 has 2 units and needs 5 more to grow to 7, but only 4 are free: free blocks, or use a \
         manager with a larger capacity",
    );
    says(
        memory.resize(ids[0], 5),
        "block 1 has 2 units and needs 3 more to grow to 5: 4 are free, but not enough of them directly \
         above the block, nor 5 units in one free extent elsewhere, where the largest has 2; free blocks beside \
         it; automatic defragmentation makes room where it can",
    );
    // As many units are free as it is to have: packing the blocks gathers them.
    let (mut memory, ids) = fragmented(6, FirstFit);
    says(
        memory.resize(ids[0], 6),
        "block 1 has 2 units and needs 4 more to grow to 6: 6 are free, but not enough of them directly \
         above the block, nor 6 units in one free extent elsewhere, where the largest has 2; free blocks beside \
         it, or defragment; automatic defragmentation makes room where it can",
    );
    memory.defragment().unwrap();
    memory.resize(ids[0], 6).unwrap();
    // Long enough, but at no multiple of 8.
    let mut memory = manager(25, FirstFit);
    let id = memory.alloc_aligned(4, 8).unwrap();
    let _ = memory.alloc(5).unwrap();
    says(
        memory.resize(id, 10),
        "block 1 has 4 units and needs 6 more to grow to 10: 16 are free, but not enough of them directly \
         above the block, nor 10 units at a multiple of 8 in one free extent elsewhere, where the largest has \
         16; free blocks beside it, or defragment; automatic defragmentation makes room where it can",
    );
    let (mut memory, ids) = fragmented(8, Buddy);
    says(
        memory.resize(ids[0], 5),
        "block 1 has 2 units and needs 3 more to grow to 5: 8 are free, but not enough of them directly above \
         the block, nor 5 units (rounded up to 8) in one free extent elsewhere, where the largest has 2; free \
         blocks beside it, or defragment; automatic defragmentation makes room where it can",
    );
}

#[test]
fn a_manager_that_cannot_be() {
    says(MemoryManager::new(0), "the capacity must be a whole number from 1 to 4294967295, not 0");
    let of = |capacity, unit| Error::NoBuffer { capacity, unit }.to_string();
    assert_eq!(
        of(1_000, Unit::Char),
        "1000 \"char\" units of 4 bytes need 4000 bytes, but there is no memory for them: use fewer units, a \
         smaller unit, or the storage \"external\"",
        "where addresses have 64 bits, no buffer is too large in itself"
    );
}

#[test]
fn data_that_is_too_long() {
    let mut memory = manager(8, Lifo);
    let id = memory.alloc(3).unwrap();
    says(
        memory.write_text(id, "ABCD"),
        "the data has 4 units, but block 1 has only 3: write less, or resize the block",
    );
    says(
        memory.read_at_with(id, 5, 1, |_, _| {}),
        "offset 5 + 1 is past the end of block 1, which has 3 units: use a part of the block, or resize \
         it",
    );
    says(
        memory.write_at_with(id, 2, 2, |_, _| {}),
        "offset 2 + 2 is past the end of block 1, which has 3 units: use a part of the block, or resize \
         it",
    );
    let stale = BlockId::new(9);
    says(
        memory.free(stale),
        "no block has the ID 9: it was never allocated by this manager, or it was freed already",
    );
}
