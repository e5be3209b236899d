//! Memory that another worker has grown.
//!
//! What always holds: whoever was handed an address, by a lock or by a pointer that another worker
//! published, and then calls [`see`], may use it as any other.
//!
//! V8 compares the addresses of atomics, and of instructions that copy or fill, with how much memory
//! there was when a worker last looked, and a worker looks only now and then: what was grown since
//! ends it with "memory access out of bounds". (Seen in Chromium 156 after some hundred growths, of
//! atomics and of `memory.fill` alike; plain loads and stores are not compared.) To grow by nothing is
//! to look.

use core::arch::wasm32::{memory_grow, memory_size};
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::{Relaxed, Release};

/// Pages after the last growth.
static PAGES: AtomicUsize = AtomicUsize::new(0);

/// Says that the memory has so many pages, before anybody is handed an address in them.
pub(crate) fn tell(pages: usize) {
    PAGES.fetch_max(pages, Release);
}

/// Looks how much memory there is, if this worker does not know. Costs two loads where it does.
#[inline(always)]
pub(crate) fn see() {
    if memory_size(0) < PAGES.load(Relaxed) {
        look();
    }
}

#[cold]
fn look() {
    memory_grow(0, 0);
}
