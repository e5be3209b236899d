//! The counts of a manager.
//!
//! What always holds: each fits in the bits that a save has for it. No manager lives to see so many operations,
//! but where a call moves billions of units, these would be reached within hours: they stop there.

/// How many bits a save has for each.
pub(crate) const BITS: u32 = 63;

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
    /// Compaction or resizing moved so many units.
    pub fn moved(&mut self, units: impl Into<u64>) {
        self.units_moved = (self.units_moved + units.into()).min((1 << BITS) - 1);
    }

    /// Takes over another's totals.
    pub fn take_over(&mut self, other: &mut Self) {
        let Self { allocations, frees, failures, units_moved, pins, resizes } =
            std::mem::take(other);
        self.allocations += allocations;
        self.frees += frees;
        self.failures += failures;
        self.moved(units_moved);
        self.pins += pins;
        self.resizes += resizes;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_moved_stop_at_what_a_save_can_tell() {
        let mut counts = Counts { units_moved: (1 << BITS) - 2, ..Counts::default() };
        for expected in [(1 << BITS) - 1, (1 << BITS) - 1] {
            counts.moved(1_u32);
            assert_eq!(counts.units_moved, expected);
        }
        let mut other = counts;
        counts.take_over(&mut other);
        assert_eq!((counts.units_moved, other.units_moved), ((1 << BITS) - 1, 0));
    }
}
