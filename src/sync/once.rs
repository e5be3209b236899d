//! The standard library's `OnceLock` for model checks: loom does not know that it publishes what it is given.
//!
//! What always holds: whoever gets the value sees all that was done before it was set.

use loom::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::{Acquire, Release};

/// See the head of this file.
#[derive(Debug)]
pub(super) struct OnceLock<T> {
    value: std::sync::OnceLock<T>,
    is_set: AtomicBool,
}

impl<T> OnceLock<T> {
    pub fn new() -> Self {
        Self { value: std::sync::OnceLock::new(), is_set: AtomicBool::new(false) }
    }

    pub fn get(&self) -> Option<&T> {
        if self.is_set.load(Acquire) { self.value.get() } else { None }
    }

    pub fn set(&self, value: T) -> Result<(), T> {
        self.value.set(value)?;
        self.is_set.store(true, Release);
        Ok(())
    }
}
