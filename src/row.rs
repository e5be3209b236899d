//! The bytes of a buffer, which several managers may share.
//!
//! What always holds:
//! - The number of bytes never changes.
//! - No byte is asked for by two managers at a time: each unit is in the charge of exactly one of
//!   those that share a row, a manager asks only for units in its charge, and a unit changes hands
//!   only while nobody else can use either manager (see `manager::part`).
//!
//! This is one of the three files with `unsafe` code; the others are the lock and, in the module for
//! several workers, the heaps.

#![allow(unsafe_code)]

use std::cell::UnsafeCell;
use std::ops::Range;
use std::sync::Arc;

/// A fixed row of bytes, zeros at first, aligned for every unit.
#[derive(Debug)]
pub(crate) struct Row {
    words: Arc<Words>,
}

#[derive(Debug)]
struct Words(Box<[UnsafeCell<u64>]>);

// SAFETY: nothing is reached through `&Words` but by the methods of `Row`, and who has a `Row` has
// promised (see `Row::share`) that nobody else uses the same bytes meanwhile.
unsafe impl Sync for Words {}

impl Row {
    /// A row of at least so many zeros, or `None` when there is no memory for it.
    pub fn new(bytes: usize) -> Option<Self> {
        let count = bytes.div_ceil(size_of::<u64>());
        let mut words: Vec<u64> = Vec::new();
        words.try_reserve_exact(count).ok()?;
        words.resize(count, 0);
        let words = Box::into_raw(words.into_boxed_slice()) as *mut [UnsafeCell<u64>];
        // SAFETY: the pointer is that of a box, and `UnsafeCell` has the layout of what it holds.
        let words = unsafe { Box::from_raw(words) };
        Some(Self { words: Arc::new(Words(words)) })
    }

    /// Another row of the same bytes.
    ///
    /// # Safety
    /// From now on no byte may be asked for through one of the two while it is in use through the
    /// other.
    pub unsafe fn share(&self) -> Self {
        Self { words: Arc::clone(&self.words) }
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

    /// Exchanges two ranges of as many bytes that do not overlap. What lies between them is not
    /// touched.
    pub fn swap(&mut self, low: usize, high: usize, length: usize) {
        assert!(high - low >= length, "the ranges overlap");
        let (low, _) = self.place(&(low..low + length));
        let (high, _) = self.place(&(high..high + length));
        // SAFETY: both are in bounds, apart, and nobody else's, as `share` demands.
        unsafe { std::ptr::swap_nonoverlapping(low, high, length) }
    }

    /// Where a range begins, and how long it is.
    fn place(&self, range: &Range<usize>) -> (*mut u8, usize) {
        let words = &self.words.0;
        assert!(range.start <= range.end && range.end <= size_of_val(&**words), "out of bounds");
        let first = UnsafeCell::raw_get(words.as_ptr()).cast::<u8>();
        // SAFETY: in bounds, just asserted.
        (unsafe { first.add(range.start) }, range.end - range.start)
    }
}
