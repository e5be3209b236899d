//! The counts of a manager.

/// Totals since the manager was made, and the number of extents now.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    pub allocations: u64,
    pub frees: u64,
    pub failures: u64,
    pub units_moved: u64,
    /// Blocks that grew or shrank.
    pub resizes: u64,
    /// Blocks pinned and unpinned.
    pub pins: u64,
    /// Extents of all live blocks.
    pub extents: usize,
}

impl Counts {
    /// Takes over another's totals; leaves it its extents.
    pub fn take_over(&mut self, other: &mut Self) {
        let Self { allocations, frees, failures, units_moved, pins, resizes, extents } = *other;
        *other = Self { extents, ..Self::default() };
        self.allocations += allocations;
        self.frees += frees;
        self.failures += failures;
        self.units_moved += units_moved;
        self.pins += pins;
        self.resizes += resizes;
    }
}
