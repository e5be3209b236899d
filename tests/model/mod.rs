//! What the manager is compared with, natively and in a browser.

// Each test that uses the model uses a part of it.
#![allow(dead_code, unused_imports)]

mod bytes;
mod pair;
mod reference;
#[cfg(feature = "trace")]
mod traces;
mod values;

pub use bytes::Program;
pub use pair::{Operation, Pair, Step};
pub use reference::{Choice, Reference};
#[cfg(feature = "trace")]
pub use traces::{compare_replay, known, random_trace};

/// xorshift32 from a seed.
pub fn random(seed: u32) -> impl FnMut() -> usize {
    let mut state = seed;
    move || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as usize
    }
}
