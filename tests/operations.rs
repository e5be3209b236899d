//! A slice of what `npm run fuzz` does: programs of random bytes, the same ones in every run.

#![cfg(not(target_arch = "wasm32"))]

mod model;

use model::{Program, random};

/// Fails with the seed of the first program that shows a difference.
#[test]
fn programs_of_random_bytes_agree_with_the_model() {
    let mut operations = 0;
    for seed in 1..=3_000_u32 {
        let mut next = random(seed.wrapping_mul(0x9E37_79B9) | 1);
        let bytes: Vec<u8> = (0..600).map(|_| (next() >> 5) as u8).collect();
        let compared = std::panic::catch_unwind(|| Program::new(&bytes).run(false));
        operations += compared.unwrap_or_else(|_| {
            let _ = std::panic::catch_unwind(|| Program::new(&bytes).run(true));
            panic!("seed {seed}");
        });
    }
    assert!(operations > 500_000, "{operations}");
}
