//! `worst-fit`: the largest free extent that fits, the lowest on a tie.
//!
//! Source: Knuth, *The Art of Computer Programming*, section 2.5.
//!
//! Cost, with n free extents: O(log n); an aligned block that does not fit the longest extents costs
//! O(log n) for each extent that is long enough. Good: what is left over is large. Bad: it uses up the
//! large extents first, so that large blocks soon find none.

use super::address_index::{AddressIndex, Fit, Found};

pub(super) fn find(free: &AddressIndex, fit: Fit) -> Option<Found> {
    let longest = free.longest();
    if longest < fit.size {
        return None;
    }
    let found = free.first_of_length(longest, fit);
    found.or_else(|| longest_of_all(free, fit))
}

/// The longest of all extents in which the block fits.
fn longest_of_all(free: &AddressIndex, fit: Fit) -> Option<Found> {
    let mut best: Option<Found> = None;
    let mut from = 0;
    while let Some(found) = free.first_fit(from, fit) {
        if best.is_none_or(|best| best.length < found.length) {
            best = Some(found);
        }
        from = found.lowest + 1;
    }
    best
}
