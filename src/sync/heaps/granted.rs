//! A block of memory that was granted to a worker and waits to be used.
//!
//! What always holds: a block is handed out once, whole, and only for what fits into it. What is handed out
//! or replaced is not here any more.

use std::alloc::Layout;
use std::cell::Cell;
use std::ptr::null_mut;

/// A block, or none. Zeros are none: a worker whose stack and thread-locals are still to be allocated
/// finds zeros in their stead, at the beginning of the memory.
pub(crate) struct Granted {
    block: Cell<*mut u8>,
    size: Cell<usize>,
}

impl Granted {
    pub const fn nothing() -> Self {
        Self { block: Cell::new(null_mut()), size: Cell::new(0) }
    }

    pub fn is(&self, block: *mut u8) -> bool {
        self.block.get() == block
    }

    pub fn fits(&self, layout: Layout) -> bool {
        let block = self.block.get();
        !block.is_null()
            && layout.size() <= self.size.get()
            && block.addr().is_multiple_of(layout.align())
    }

    /// Hands the block out if it fits; otherwise null.
    pub fn take(&self, layout: Layout) -> *mut u8 {
        if self.fits(layout) { self.block.replace(null_mut()) } else { null_mut() }
    }

    /// Keeps another block, of `size` bytes; returns the one that was here unused, or null.
    #[must_use = "nobody else knows of it"]
    pub fn replace(&self, block: *mut u8, size: usize) -> *mut u8 {
        self.size.set(size);
        self.block.replace(block)
    }
}

#[cfg(all(test, not(loom), not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use std::ptr::without_provenance_mut;

    fn layout(size: usize, align: usize) -> Layout {
        Layout::from_size_align(size, align).unwrap()
    }

    #[test]
    fn a_block_is_handed_out_once_for_what_fits() {
        let block = without_provenance_mut(0x1_0010);
        let granted = Granted::nothing();
        assert!(granted.replace(block, 100).is_null());
        for too_much in [layout(101, 1), layout(1, 32)] {
            assert!(granted.take(too_much).is_null(), "{too_much:?}");
        }
        assert_eq!(granted.take(layout(100, 16)), block);
        assert!(granted.take(layout(1, 1)).is_null(), "it was handed out");
    }

    #[test]
    fn without_a_block_nothing_fits() {
        let granted = Granted::nothing();
        assert!(granted.is(null_mut()) && !granted.fits(layout(0, 1)));
        assert!(granted.replace(null_mut(), 512).is_null());
        assert!(!granted.fits(layout(1, 1)), "a size without a block");
    }

    #[test]
    fn a_block_that_was_not_used_is_given_back_by_the_next() {
        let [first, second] = [0x1_0000, 0x2_0000].map(without_provenance_mut);
        let granted = Granted::nothing();
        _ = granted.replace(first, 64);
        assert_eq!(granted.replace(second, 8), first);
        assert!(!granted.fits(layout(9, 1)), "the size is that of the second");
        assert!(granted.is(second) && granted.fits(layout(8, 1)));
    }
}
