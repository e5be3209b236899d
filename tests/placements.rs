//! The manager against the per-unit model, for every placement: after every operation the whole
//! state is compared.
//!
//! A failing case is shrunk by proptest, which prints it with its seed and keeps it in
//! `proptest-regressions`; `cargo test --test placements` then repeats it first.

#![cfg(not(target_arch = "wasm32"))]

mod model;

use model::{Operation, Pair, Step, random};
use proptest::prelude::*;
use twingate_memory::{Options, Order, PlacementKind, Unit};

/// `usual`: the order of most steps, since one that changes begins a plan anew each time.
fn operation(kind: PlacementKind, capacity: u32, usual: Order) -> impl Strategy<Value = Operation> {
    let size = prop_oneof![3 => 0..=capacity / 8 + 1, 1 => 0..=capacity + 1];
    let align = match kind.is_scattered() {
        true => prop_oneof![30 => Just(1), 1 => Just(2), 1 => Just(3)].boxed(),
        false => prop_oneof![9 => Just(1_u32), 4 => (0..5_u32).prop_map(|p| 1 << p), 1 => 0..9_u32]
            .boxed(),
    };
    prop_oneof![
        12 => (size.clone(), align).prop_map(|(size, align)| Operation::Alloc(size, align)),
        5 => (any::<usize>(), size).prop_map(|(block, size)| Operation::Resize(block, size)),
        9 => any::<usize>().prop_map(Operation::Free),
        6 => (any::<usize>(), "[a-zé漢🦀\u{0}]{0,12}").prop_map(|(b, t)| Operation::Write(b, t)),
        3 => (any::<usize>(), 0..capacity / 8 + 2, "[a-z漢\u{0}]{0,5}")
            .prop_map(|(block, offset, text)| Operation::WriteAt(block, offset, text)),
        2 => (any::<usize>(), any::<char>()).prop_map(|(block, value)| Operation::View(block, value)),
        4 => step(capacity, usual).prop_map(Operation::Step),
        1 => step(capacity, usual).prop_map(Operation::Steps),
        2 => any::<usize>().prop_map(Operation::Pin),
        2 => any::<usize>().prop_map(Operation::Unpin),
        1 => prop_oneof![19 => Just(Operation::Defragment), 1 => Just(Operation::Clear)],
        1 => Just(Operation::SaveAndLoad),
    ]
}

fn any_order() -> impl Strategy<Value = Order> {
    prop::sample::select(Order::ALL.to_vec())
}

fn step(capacity: u32, usual: Order) -> impl Strategy<Value = Step> {
    let order = prop_oneof![7 => Just(usual), 1 => any_order()];
    let max_moves = prop::option::of(0..6_u32);
    let max_units = prop::option::of(0..capacity / 2 + 2);
    (order, max_moves, max_units).prop_map(|(order, max_moves, max_units)| Step {
        max_moves,
        max_units,
        ..Step::to(order)
    })
}

fn run(options: Options, operations: Vec<Operation>, capacity: u32) {
    let mut pair = Pair::with_options(options, capacity);
    for operation in operations {
        pair.apply(&operation);
        pair.compare();
    }
}

/// 1,100 runs of up to 200 operations for each placement: about 110,000 operations.
macro_rules! agrees_with_the_model {
    ($($name:ident: $kind:ident),*) => {
        const _: () = assert!(
            [$(PlacementKind::$kind),*].len() == PlacementKind::ALL.len(),
            "every placement is compared",
        );
        $(proptest! {
            #![proptest_config(ProptestConfig { cases: 1_100, ..ProptestConfig::default() })]
            #[test]
            fn $name(
                (unit, capacity, operations) in (0..Unit::ALL.len(), 1_u32..100, any_order())
                    .prop_flat_map(|(unit, capacity, usual)| {
                        let operation = operation(PlacementKind::$kind, capacity, usual);
                        let operations = prop::collection::vec(operation, 1..200);
                        (Just(Unit::ALL[unit]), Just(capacity), operations)
                    })
            ) {
                let placement = PlacementKind::$kind;
                run(Options { unit, placement, ..Options::default() }, operations, capacity);
            }
        })*
    };
}

agrees_with_the_model!(
    lifo: Lifo,
    contiguous_first: ContiguousFirst,
    address_ordered: AddressOrdered,
    first_fit: FirstFit,
    next_fit: NextFit,
    best_fit: BestFit,
    worst_fit: WorstFit,
    buddy: Buddy,
    tlsf: Tlsf
);

fn contiguous() -> Vec<PlacementKind> {
    PlacementKind::ALL.iter().copied().filter(|kind| !kind.is_scattered()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn compaction_on_demand_serves_whatever_has_units(
        (kind, capacity, operations) in (prop::sample::select(contiguous()), 1_u32..100, any_order())
            .prop_flat_map(|(kind, capacity, usual)| {
                let operations = prop::collection::vec(operation(kind, capacity, usual), 1..120);
                (Just(kind), Just(capacity), operations)
            })
    ) {
        let options = Options { placement: kind, auto_defragment: true, ..Options::default() };
        run(options, operations, capacity);
    }
}

/// Thousands of small blocks, so that trees and lists grow deep: 8,000 operations for each
/// placement, every allocation compared, the whole state after every 500 operations.
#[test]
fn thousands_of_blocks_agree_too() {
    for &kind in PlacementKind::ALL {
        let mut next = random(0x9E37_79B9);
        let mut pair = Pair::new(kind, 40_000);
        for turn in 1..=8_000 {
            let growing = turn % 4_000 < 2_500;
            let operation = match next() % 8 {
                0..5 if growing => Operation::Alloc(1 + next() as u32 % 40, 1),
                0..2 => Operation::Alloc(1 + next() as u32 % 40, 1),
                _ => Operation::Free(next()),
            };
            pair.apply(&operation);
            if turn % 500 == 0 {
                pair.compare();
            }
            if turn == 7_000 {
                pair.apply(&Operation::SaveAndLoad);
            }
        }
    }
}

/// Mostly small steps in one order, and changes between them.
fn interrupted(capacity: u32) -> impl Strategy<Value = Vec<Operation>> {
    let size = move || 1..=capacity / 4 + 1;
    let step = move |order| {
        let budget = prop_oneof![
            (0..3_u32).prop_map(|moves| (Some(moves), None, None)),
            (0..capacity).prop_map(|units| (None, Some(units), None)),
            (0..30_u32).prop_map(|questions| (None, None, Some(questions))),
        ];
        budget.prop_map(move |(max_moves, max_units, questions)| {
            Operation::Step(Step { max_moves, max_units, questions, ..Step::to(order) })
        })
    };
    let operation = move |order| {
        prop_oneof![
            4 => size().prop_map(|size| Operation::Alloc(size, 1)),
            3 => (any::<usize>(), size()).prop_map(|(block, size)| Operation::Resize(block, size)),
            3 => any::<usize>().prop_map(Operation::Free),
            2 => any::<usize>().prop_map(Operation::Pin),
            1 => any::<usize>().prop_map(Operation::Unpin),
            5 => step(order),
        ]
    };
    any_order().prop_flat_map(move |order| prop::collection::vec(operation(order), 1..80))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, ..ProptestConfig::default() })]

    /// What a step remembers holds however blocks come, go, grow and are pinned before the next one.
    #[test]
    fn steps_go_on_after_whatever_happens_between_them(
        (kind, capacity, operations) in (prop::sample::select(PlacementKind::ALL.to_vec()), 6_u32..40)
            .prop_flat_map(|(kind, capacity)| (Just(kind), Just(capacity), interrupted(capacity)))
    ) {
        run(Options { placement: kind, ..Options::default() }, operations, capacity);
    }
}
