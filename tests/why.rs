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
}

/// `buddy` was said to cut from an extent that it took whole, and its rounding was not mentioned.
#[test]
fn buddy_says_what_it_rounds_up_and_whether_it_halves() {
    let rule = "buddy takes the smallest free extent that surely fits, or else any that fits, and halves it \
                while half is enough";
    assert_eq!(
        why(Buddy, 4, &["a 0 3"]),
        format!("{rule}: units 0 to 2, rounded up to units 0 to 3. That is a whole free extent.")
    );
    assert_eq!(
        why(Buddy, 8, &["a 0 3"]),
        format!(
            "{rule}: units 0 to 2, rounded up to units 0 to 3. That is cut from the free units 0 to 7."
        )
    );
    assert_eq!(
        why(Buddy, 12, &["a 0 4"]),
        format!("{rule}: units 8 to 11. That is a whole free extent.")
    );
}

/// Only extents after the last allocation were spoken of.
#[test]
fn next_fit_wraps_round() {
    assert_eq!(
        why(NextFit, 6, &["a 0 2", "a 1 4", "f 0", "a 2 2"]),
        "next-fit takes the first free extent that fits and ends after the last allocation, wrapping \
         round: units 0 to 1. That is a whole free extent."
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
        "Freed 5 units in 3 extents; 1 of them coalesces with what is free beside it."
    );
}

/// All of them were said to coalesce, whatever is beside them.
#[test]
fn of_several_extents_those_that_coalesce_are_counted() {
    // A block of units 0 and 2 to 3, and what else is freed.
    let last = |others: &[&str]| {
        let scattered = ["a 0 1", "a 1 1", "a 2 2", "a 3 1", "f 0", "f 2", "a 4 3"];
        why(AddressOrdered, 5, &[&scattered[..], others, &["f 4"]].concat())
    };
    assert_eq!(
        last(&[]),
        "Freed 3 units in 2 extents; no neighbour is free, so nothing coalesces."
    );
    assert_eq!(
        last(&["f 3"]),
        "Freed 3 units in 2 extents; 1 of them coalesces with what is free beside it."
    );
    assert_eq!(
        last(&["f 1"]),
        "Freed 3 units in 2 extents; each coalesces with what is free beside it."
    );
    let three =
        ["a 0 1", "a 1 1", "a 2 1", "a 3 1", "a 4 1", "a 5 1", "f 0", "f 2", "f 4", "a 6 3"];
    assert_eq!(
        why(AddressOrdered, 6, &[&three[..], &["f 1", "f 6"]].concat()),
        "Freed 3 units in 3 extents; 2 of them coalesce with what is free beside them."
    );
}

/// An extent that has no buddy was said to have one that is not free.
#[test]
fn buddy_merges_or_says_what_is_in_the_way() {
    assert_eq!(
        why(Buddy, 4, &["a 0 3", "f 0"]),
        "Freed units 0 to 2, rounded up to units 0 to 3; there is no buddy, so nothing merges."
    );
    assert_eq!(
        why(Buddy, 12, &["a 0 4", "f 0"]),
        "Freed units 8 to 11; there is no buddy, so nothing merges."
    );
    let two = |free| why(Buddy, 4, &[&["a 0 2", "a 1 1", "f 0"][..], free].concat());
    assert_eq!(two(&[]), "Freed units 0 to 1; the buddy is not all free, so nothing merges.");
    assert_eq!(two(&["f 1"]), "Freed unit 2, now part of the free units 0 to 3.");
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
    assert_eq!(last(&["a 0 4", "r 0 1"]), "The block shrinks from 4 to 1 unit where it is.");
    assert_eq!(
        last(&["a 0 1", "r 0 21"]),
        "The block keeps its 1 unit: 21 fit neither where it is nor elsewhere."
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
         compaction makes room by moving 6 units. The block now lies at units 6 to 11."
    );
}

#[test]
fn what_compaction_would_have_done_is_not_said_to_have_happened() {
    assert_eq!(
        why(FirstFit, 12, &["a 0 4", "a 1 4", "a 2 2", "f 0", "a 3 6"]),
        "asked for 6 units: 6 are free, but the largest free extent has 4; \
         compaction would make room by moving 6 units."
    );
}

/// It was said that a block grows where it is, and not that others had made room.
#[test]
fn a_block_that_grows_says_what_else_was_moved() {
    let last = |units, operations: &[&str]| {
        let options =
            ReplayOptions { auto_defragment: true, ..ReplayOptions::new(units, FirstFit) };
        said(options, operations)
    };
    assert_eq!(
        last(7, &["a 0 2", "a 1 3", "a 2 1", "f 2", "r 0 4"]),
        "The block grows from 2 to 4 units where it is. \
         Compaction makes room by moving 3 units of other blocks."
    );
    assert_eq!(
        last(7, &["a 0 2", "a 1 3", "f 0", "r 1 6"]),
        "The block cannot grow from 3 to 6 units where it is, and moves from units 2 to 4 to units 0 to 5."
    );
}
