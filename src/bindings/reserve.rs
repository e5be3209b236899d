//! A little memory that is kept for what cannot be refused: wasm-bindgen takes some for every object
//! that it hands to JavaScript, and traps where there is none.
//!
//! What always holds: code that asks [`is_tight`] before it hands out an object and, if memory is tight,
//! releases the reserve for an object that only says so, never traps. Once that object is gone, the reserve
//! is kept again before anything else takes the memory.

#[cfg(not(target_feature = "atomics"))]
pub(crate) use alone::*;
#[cfg(target_feature = "atomics")]
pub(crate) use shared::*;
use wasm_bindgen::prelude::*;

/// Keeps the reserve again: to be called once an object that was refused has been freed.
#[wasm_bindgen(js_name = keepReserve)]
pub fn keep_reserve() {
    keep();
}

/// Whether there is too little memory for one more object, besides the reserve.
pub(crate) fn is_tight() -> bool {
    !keep() || grant::<[u64; ENOUGH / size_of::<u64>()]>().is_err()
}

#[cfg(not(target_feature = "atomics"))]
mod alone {
    pub(crate) use crate::fallible::probe as grant;
    use std::cell::RefCell;

    /// The largest object, and what the glue and the allocator add to it.
    pub(crate) const ENOUGH: usize = 8192;

    thread_local! {
        static RESERVE: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    }

    /// Keeps the reserve, if there is memory for it; returns whether it is kept.
    pub(super) fn keep() -> bool {
        RESERVE.with_borrow_mut(|reserve| reserve.try_reserve_exact(ENOUGH).is_ok())
    }

    /// Releases the reserve, for an object that only says that there is too little memory.
    pub(crate) fn release() {
        RESERVE.take();
    }
}

/// Other workers would take what is released here, so each worker has its reserve from the beginning.
#[cfg(target_feature = "atomics")]
mod shared {
    use crate::sync;
    pub(crate) use crate::sync::{grant, grant_reserve as release};

    /// The same here, where the objects are smaller.
    pub(crate) const ENOUGH: usize = 2048;

    pub(super) fn keep() -> bool {
        sync::keep_reserve();
        true
    }
}
