//! Memory that another worker has grown.
//!
//! What always holds: a worker that gets an address, through a lock or a pointer that another worker
//! published, and then calls [`see`] can use it like any other.
//!
//! V8 checks the addresses of atomics, and of instructions that copy or fill, against the size of the
//! memory when the worker last looked, and a worker looks only now and then: using memory grown since
//! ends it with "memory access out of bounds". (Seen in Chromium 156 after some hundred growths, with
//! atomics and with `memory.fill`; plain loads and stores are not checked that way.) Growing by nothing
//! makes the worker look.

use core::arch::wasm32::{memory_grow, memory_size};
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::{Relaxed, Release};

/// Pages after the last growth.
static PAGES: AtomicUsize = AtomicUsize::new(0);

/// Publishes that the memory has this many pages, before anybody is given an address in them.
pub(crate) fn tell(pages: usize) {
    PAGES.fetch_max(pages, Release);
}

/// Makes this worker look how much memory there is, unless it knows. Costs two loads if it does.
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
