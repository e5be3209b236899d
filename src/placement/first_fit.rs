//! `first-fit`: the lowest free extent that fits.
//!
//! Source: Knuth, *The Art of Computer Programming*, section 2.5, algorithm A, with a tree instead of a
//! list, after Stephenson (*Fast fits*, 1983).
//!
//! Cost, with n free extents: O(log n), and O(log n) more for each extent that is long enough but not
//! once aligned. Good: little fragmentation on most loads, and free units gather at the end. Bad: small
//! remnants pile up at the low end.

use super::address_index::{AddressIndex, Fit, Found};

pub(super) fn find(free: &AddressIndex, fit: Fit) -> Option<Found> {
    free.first_fit(0, fit)
}
