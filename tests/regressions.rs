//! Bugs that were found once, each with a name and the shortest operations that showed it.

#![cfg(not(target_arch = "wasm32"))]

mod model;

use model::{Operation, Operation::*, Pair, Step};
use twingate_memory::{Order, PlacementKind};

fn run(kind: PlacementKind, capacity: u32, operations: &[Operation]) {
    let mut pair = Pair::new(kind, capacity);
    for operation in operations {
        pair.apply(operation);
        pair.compare();
    }
}

fn step(order: Order, max_moves: Option<u32>, max_units: Option<u32>) -> Operation {
    Step(Step { order, max_moves, max_units })
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
