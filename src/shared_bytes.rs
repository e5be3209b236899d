//! The bytes of a buffer, which several managers may share.
//!
//! What always holds:
//! - The number of bytes never changes.
//! - No byte is asked for by two managers at the same time: each unit is in the charge of exactly one
//!   of the managers that share the bytes, a manager asks only for units in its charge, and a unit
//!   changes hands only while nobody else can use either manager (see `manager::part`).

#![allow(unsafe_code)]

use std::alloc::{Layout, alloc_zeroed};
use std::cell::UnsafeCell;
use std::ops::Range;
use std::ptr::NonNull;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::atomic::{AtomicUsize, fence};

/// A fixed number of bytes, zeros at first, aligned for every unit. Dropping the last owner frees them.
///
/// The first word counts the owners. The standard library's `Arc` would do the same, but it ends the
/// program if there is no memory.
#[derive(Debug)]
pub(crate) struct SharedBytes {
    words: NonNull<[UnsafeCell<u64>]>,
}

/// Words before the first byte.
const COUNT: usize = 1;
// A `u64` need not be aligned for an `AtomicU64`: on 32-bit x86 it is not.
const _: () = assert!(
    size_of::<AtomicUsize>() <= size_of::<u64>() && align_of::<AtomicUsize>() <= align_of::<u64>()
);

// SAFETY: the bytes are reached through these methods alone, and whoever shares them has promised (see
// `SharedBytes::share`) that nobody else uses the same bytes meanwhile. The count is atomic.
unsafe impl Send for SharedBytes {}
// SAFETY: as above.
unsafe impl Sync for SharedBytes {}

impl SharedBytes {
    /// At least this many bytes, all zero, or `None` if there is no memory for them. Where the system's memory is
    /// zero already, none of it is touched.
    pub fn new(bytes: usize) -> Option<Self> {
        let count = COUNT + bytes.div_ceil(size_of::<u64>());
        let layout = Layout::array::<UnsafeCell<u64>>(count).ok()?;
        // SAFETY: the layout has a size, that of the count at least.
        let first = NonNull::new(unsafe { alloc_zeroed(layout) })?;
        let bytes = Self { words: NonNull::slice_from_raw_parts(first.cast(), count) };
        bytes.owners().store(1, Relaxed);
        Some(bytes)
    }

    /// Another owner of the same bytes.
    ///
    /// # Safety
    /// From now on no byte may be asked for through one of the two while it is in use through the
    /// other.
    pub unsafe fn share(&self) -> Self {
        self.owners().fetch_add(1, Relaxed);
        Self { words: self.words }
    }

    fn owners(&self) -> &AtomicUsize {
        // SAFETY: the first word is there as long as any owner is, is large enough and aligned for the count
        // (asserted above), and is only ever used as this count.
        unsafe { AtomicUsize::from_ptr(self.words.as_ptr().cast()) }
    }

    /// The bytes of a range.
    pub fn bytes(&self, range: Range<usize>) -> &[u8] {
        let (first, length) = self.place(&range);
        // SAFETY: in bounds; nobody writes these bytes meanwhile, as `share` demands.
        unsafe { std::slice::from_raw_parts(first, length) }
    }

    /// The bytes of a range, to be written.
    pub fn bytes_mut(&mut self, range: Range<usize>) -> &mut [u8] {
        let (first, length) = self.place(&range);
        // SAFETY: in bounds; nobody uses these bytes meanwhile, as `share` demands.
        unsafe { std::slice::from_raw_parts_mut(first, length) }
    }

    /// Copies the bytes of a range to where `to` is; the two may overlap. What lies between them
    /// is not touched.
    pub fn copy_within(&mut self, from: Range<usize>, to: usize) {
        let (target, _) = self.place(&(to..to + from.len()));
        let (source, length) = self.place(&from);
        // SAFETY: both are in bounds and nobody else's, as `share` demands.
        unsafe { std::ptr::copy(source, target, length) }
    }

    /// Exchanges two ranges of equal length that do not overlap. What lies between them is not touched.
    pub fn swap(&mut self, low: usize, high: usize, length: usize) {
        assert!(high - low >= length, "the ranges overlap");
        let (low, _) = self.place(&(low..low + length));
        let (high, _) = self.place(&(high..high + length));
        // SAFETY: both are in bounds, apart, and nobody else's, as `share` demands.
        unsafe { std::ptr::swap_nonoverlapping(low, high, length) }
    }

    /// Where a range begins, and how long it is.
    fn place(&self, range: &Range<usize>) -> (*mut u8, usize) {
        let bytes = (self.words.len() - COUNT) * size_of::<u64>();
        assert!(range.start <= range.end && range.end <= bytes, "out of bounds");
        let first = self.words.as_ptr().cast::<u64>();
        // SAFETY: in bounds, just asserted.
        (unsafe { first.add(COUNT).cast::<u8>().add(range.start) }, range.end - range.start)
    }
}

impl Drop for SharedBytes {
    fn drop(&mut self) {
        if self.owners().fetch_sub(1, Release) == 1 {
            fence(Acquire);
            // SAFETY: this was the last owner, and `new` allocated the words with the layout of a box.
            drop(unsafe { Box::from_raw(self.words.as_ptr()) });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    #[test]
    fn nothing_out_of_bounds_is_reached() {
        let mut shared = SharedBytes::new(24).unwrap();
        let mut refuses = |reach: &dyn Fn(&mut SharedBytes)| {
            catch_unwind(AssertUnwindSafe(|| reach(&mut shared))).is_err()
        };
        for range in [0..24, 24..24] {
            assert!(!refuses(&|bytes| _ = bytes.bytes(range.clone())), "{range:?}");
        }
        #[allow(clippy::reversed_empty_ranges)]
        for range in [0..25, 24..25, 25..25, 9..8] {
            assert!(refuses(&|bytes| _ = bytes.bytes(range.clone())), "{range:?}");
            assert!(refuses(&|bytes| _ = bytes.bytes_mut(range.clone())), "{range:?}");
        }
        for (from, to) in [(17, 0), (0, 17), (17, 17)] {
            assert!(refuses(&|bytes| bytes.copy_within(from..from + 8, to)), "{from} to {to}");
            assert!(refuses(&|bytes| bytes.swap(from, to, 8)), "{from} with {to}");
        }
        assert!(refuses(&|bytes| bytes.swap(0, 7, 8)), "they overlap");
    }
}
