//! The counts of a manager.

/// Totals since the manager was made.
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
}

impl Counts {
    /// Takes over another's totals.
    pub fn take_over(&mut self, other: &mut Self) {
        let Self { allocations, frees, failures, units_moved, pins, resizes } =
            std::mem::take(other);
        self.allocations += allocations;
        self.frees += frees;
        self.failures += failures;
        self.units_moved += units_moved;
        self.pins += pins;
        self.resizes += resizes;
    }
}
