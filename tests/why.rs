//! What the laboratory says of an operation, word for word.

#![cfg(all(not(target_arch = "wasm32"), feature = "trace"))]

use twingate_memory::PlacementKind::{self, *};
use twingate_memory::laboratory::{Player, ReplayOptions};
use twingate_memory::trace::Trace;

/// What is said of the last of these operations, in the form of the CMU malloc lab, in so many units.
fn why(placement: PlacementKind, units: u32, operations: &[&str]) -> String {
    said(ReplayOptions::new(units, placement), operations)
}

fn said(options: ReplayOptions, operations: &[&str]) -> String {
    let count = operations.len();
    let text = format!("0 {count} {count} 1\n{}\n", operations.join("\n"));
    let trace = Trace::parse(text.as_bytes(), None, "").unwrap();
    let mut player = Player::new(&trace, options).unwrap();
    player.seek(usize::MAX, usize::MAX).unwrap();
    player.why().unwrap()
}

#[test]
fn an_allocation_counts_the_free_extents_that_are_too_short() {
    let holes = ["a 0 4", "a 1 1", "a 2 3", "a 3 1", "f 0", "f 2"];
    let last = |placement, size: &str| why(placement, 20, &[&holes[..], &[size]].concat());
    assert_eq!(
        last(FirstFit, "a 4 4"),
        "first-fit takes the lowest free extent that fits: units 0 to 3. \
         That is a whole free extent. Of 3 free extents 1 is too short."
    );
    assert_eq!(
        last(FirstFit, "a 4 5"),
        "first-fit takes the lowest free extent that fits: units 9 to 13. \
         That is cut from the free units 9 to 19. Of 3 free extents 2 are too short."
    );
    assert_eq!(
        last(FirstFit, "a 4 3"),
        "first-fit takes the lowest free extent that fits: units 0 to 2. \
         That is cut from the free units 0 to 3."
    );
    assert_eq!(
        why(Buddy, 12, &["a 0 3"]),
        "buddy rounds up to a power of two and halves the smallest extent that fits: \
         units 8 to 10. That is cut from the free units 8 to 11."
    );
}

#[test]
fn scattered_units_are_named_up_to_the_third_extent() {
    let holes = ["a 0 1", "a 1 4", "a 2 2", "a 3 1", "f 0", "f 2", "a 4 5"];
    assert_eq!(
        why(AddressOrdered, 20, &holes),
        "address-ordered takes the lowest free units: unit 0, units 5 to 6, units 8 to 9."
    );
    let all: Vec<_> = (0..9).map(|block| format!("a {block} 1")).collect();
    let mut all: Vec<_> = all.iter().map(String::as_str).collect();
    all.extend(["f 0", "f 2", "f 4", "f 6", "a 9 5"]);
    assert_eq!(
        why(AddressOrdered, 20, &all),
        "address-ordered takes the lowest free units: \
         unit 0, unit 2, unit 4, 2 more extents."
    );
    all.pop();
    all.push("a 9 4");
    assert_eq!(
        why(AddressOrdered, 20, &all),
        "address-ordered takes the lowest free units: \
         unit 0, unit 2, unit 4, 1 more extent."
    );
}

#[test]
fn what_is_freed_coalesces_or_does_not() {
    let free = |operations: &[&str]| why(FirstFit, 20, operations);
    assert_eq!(
        free(&["a 0 1", "a 1 4", "f 0"]),
        "Freed unit 0; no neighbour is free, so nothing coalesces."
    );
    assert_eq!(
        free(&["a 0 4", "a 1 4", "a 2 4", "f 0", "f 1"]),
        "Freed units 4 to 7, now part of the free units 0 to 7."
    );
    let scattered = ["a 0 1", "a 1 4", "a 2 2", "a 3 1", "f 0", "f 2", "a 4 5", "f 4"];
    assert_eq!(
        why(AddressOrdered, 20, &scattered),
        "Freed 5 units in 3 extents; each coalesces with what is free beside it."
    );
}

#[test]
fn a_resize_stays_shrinks_grows_moves_or_is_refused() {
    let last = |operations: &[&str]| why(FirstFit, 20, operations);
    assert_eq!(last(&["a 0 4", "r 0 4"]), "The block has 4 units already.");
    assert_eq!(last(&["a 0 4", "r 0 3"]), "The block shrinks from 4 to 3 units where it is.");
    assert_eq!(last(&["a 0 4", "r 0 9"]), "The block grows from 4 to 9 units where it is.");
    assert_eq!(
        last(&["a 0 4", "a 1 1", "r 0 9"]),
        "The block cannot grow from 4 to 9 units where it is, \
         and moves from units 0 to 3 to units 5 to 13."
    );
    assert_eq!(
        last(&["a 0 4", "a 1 1", "r 0 17"]),
        "The block keeps its 4 units: 17 fit neither where it is nor elsewhere."
    );
}

/// All of it was said to be where the block is.
#[test]
fn a_block_that_grows_into_units_elsewhere_says_which() {
    let four = ["a 0 4", "a 1 4", "a 2 4", "a 3 4", "f 2"];
    let last = |placement, units, operations: &[&str]| {
        why(placement, units, &[&four[..], operations].concat())
    };
    for placement in [Lifo, ContiguousFirst] {
        assert_eq!(
            last(placement, 16, &["r 0 6"]),
            "The block grows from 4 to 6 units: it keeps its own and takes units 11 to 10."
        );
    }
    assert_eq!(
        last(AddressOrdered, 16, &["r 0 5"]),
        "The block grows from 4 to 5 units: it keeps its own and takes unit 8."
    );
    assert_eq!(
        last(AddressOrdered, 18, &["r 1 10"]),
        "The block grows from 4 to 10 units: it keeps its own and takes units 8 to 11, units 16 to 17."
    );
    assert_eq!(
        last(AddressOrdered, 16, &["r 1 6"]),
        "The block grows from 4 to 6 units where it is."
    );
    assert_eq!(last(Lifo, 16, &["r 0 3"]), "The block shrinks from 4 to 3 units where it is.");
}

#[test]
fn compaction_on_demand_says_what_it_moved_and_where_the_block_lies() {
    let options = ReplayOptions { auto_defragment: true, ..ReplayOptions::new(12, FirstFit) };
    assert_eq!(
        said(options, &["a 0 4", "a 1 4", "a 2 2", "f 0", "a 3 6"]),
        "asked for 6 units: 6 are free, but the largest free extent has 4; \
         compaction makes room by moving 6 units, which alloc will do. The block now lies at units 6 to 11."
    );
}
