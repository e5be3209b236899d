//! The pages of the module's memory: what a heap gets of them, and which heap has each.
//!
//! What always holds:
//! - A page that was given to a heap stays with it, so that an address leads to the heap it is from.
//! - One past what a heap gets is an address too: the last bytes of the address space are never given.

use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

/// Bytes of a page.
pub(crate) const PAGE: usize = 1 << PAGE_BITS;
const PAGE_BITS: u32 = 16;
/// Pages of the address space, which has 32 bits.
const PAGES: usize = 1 << (u32::BITS - PAGE_BITS);
/// Bytes of the address space that are never given.
const END: usize = 16;

/// The heap that has each page.
pub(crate) struct Owners([AtomicU8; PAGES]);

impl Owners {
    pub const fn new() -> Self {
        Self([const { AtomicU8::new(0) }; PAGES])
    }

    /// The number of the heap that has an address.
    pub fn of(&self, address: usize) -> u8 {
        self.0[address >> PAGE_BITS].load(Relaxed)
    }

    /// Gives a heap pages for this many bytes. `grow` makes as many pages as it is told to and returns the
    /// first, or `None` if there are not as many. Returns where they begin, and how many bytes the heap has
    /// there.
    #[inline(always)]
    pub fn give(
        &self,
        heap: u8,
        bytes: usize,
        grow: impl FnOnce(usize) -> Option<usize>,
    ) -> Option<(usize, usize)> {
        let pages = bytes.div_ceil(PAGE);
        let first = grow(pages)?;
        for owner in &self.0[first..first + pages] {
            owner.store(heap, Relaxed);
        }
        let kept = if first + pages == PAGES { END } else { 0 };
        Some((first << PAGE_BITS, pages * PAGE - kept))
    }
}

#[cfg(all(test, not(loom), not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn whole_pages_are_given_and_every_address_in_them_leads_to_the_heap() {
        let owners = Owners::new();
        for (bytes, pages) in [(1, 1), (PAGE, 1), (PAGE + 1, 2), (5 * PAGE - 1, 5)] {
            let given = owners.give(7, bytes, |wanted| (wanted == pages).then_some(20));
            assert_eq!(given, Some((20 * PAGE, pages * PAGE)), "{bytes}");
        }
        _ = owners.give(9, PAGE, |_| Some(21));
        let heaps = [20, 21, 22, 24].map(|page| owners.of(page * PAGE));
        assert_eq!(heaps, [7, 9, 7, 7]);
        assert_eq!([20 * PAGE - 1, 25 * PAGE].map(|address| owners.of(address)), [0, 0]);
        assert_eq!([21 * PAGE - 1, 22 * PAGE - 1].map(|address| owners.of(address)), [7, 9]);
    }

    #[test]
    fn no_block_ends_at_the_end_of_the_address_space() {
        let owners = Owners::new();
        let (first, bytes) = owners.give(1, 2 * PAGE, |_| Some(PAGES - 2)).unwrap();
        assert!(u32::try_from(first + bytes).is_ok(), "{first} and {bytes}");
        assert_eq!((first + bytes) % END, 0);
        assert_eq!(owners.of(u32::MAX as usize), 1);
        let before = owners.give(1, PAGE, |_| Some(PAGES - 3));
        assert_eq!(before, Some(((PAGES - 3) * PAGE, PAGE)));
    }

    #[test]
    fn where_the_memory_cannot_grow_nothing_is_given() {
        let owners = Owners::new();
        assert_eq!(owners.give(3, usize::MAX, |pages| (pages < PAGES).then_some(0)), None);
        assert!((0..PAGES).all(|page| owners.of(page * PAGE) == 0));
    }
}
