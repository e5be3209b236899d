//! A little memory that is kept for what cannot be refused: wasm-bindgen takes some for every object
//! that it hands to JavaScript, and traps where there is none.
//!
//! What always holds: who asks [`is_tight`] before it hands out an object, and where it is gives away
//! the reserve for one that only says so, does not trap. Once that one is gone, the reserve is kept
//! again, before anything else takes the memory.

use std::cell::RefCell;
use std::hint::black_box;
use wasm_bindgen::prelude::*;

/// The largest object, and what the glue and the allocator add to it.
pub(crate) const ENOUGH: usize = 8192;

thread_local! {
    static RESERVE: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Whether there is too little memory for one more object, besides the reserve.
pub(crate) fn is_tight() -> bool {
    RESERVE.with_borrow_mut(|reserve| {
        let mut more = Vec::<u8>::new();
        let is_tight =
            [reserve, &mut more].into_iter().any(|it| it.try_reserve_exact(ENOUGH).is_err());
        // What nobody uses the compiler need not allocate.
        black_box(more);
        is_tight
    })
}

/// For whoever has freed an object that was refused: the reserve is kept again.
#[wasm_bindgen(js_name = keepReserve)]
pub fn keep_reserve() {
    is_tight();
}

/// Gives the reserve away, for an object that says no more than that there is too little memory.
pub(crate) fn release() {
    RESERVE.take();
}
