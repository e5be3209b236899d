//! The manager against the per-unit model: after every operation the whole state is compared.
//!
//! A failing case is shrunk by proptest, which prints it with its seed; `cargo test --test original`
//! repeats it from `proptest-regressions`.

#![cfg(not(target_arch = "wasm32"))]

mod model;

use model::{Operation, Pair};
use proptest::prelude::*;

fn operation(capacity: u32) -> impl Strategy<Value = Operation> {
    let size = prop_oneof![0..=capacity / 8 + 1, 0..=capacity + 1];
    prop_oneof![
        12 => size.prop_map(Operation::Alloc),
        8 => any::<usize>().prop_map(Operation::Free),
        6 => (any::<usize>(), "[a-zé漢🦀\u{0}]{0,12}").prop_map(|(b, t)| Operation::Write(b, t)),
        1 => Just(Operation::Defragment),
        1 => prop_oneof![9 => Just(Operation::Defragment), 1 => Just(Operation::Clear)],
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, ..ProptestConfig::default() })]

    /// 1,500 runs of up to 200 operations: about 150,000 operations.
    #[test]
    fn the_default_manager_is_the_original(
        (capacity, operations) in (1_u32..80).prop_flat_map(|capacity| {
            (Just(capacity), prop::collection::vec(operation(capacity), 1..200))
        })
    ) {
        let mut pair = Pair::new(capacity);
        for operation in &operations {
            pair.apply(operation);
            pair.compare();
        }
    }
}
