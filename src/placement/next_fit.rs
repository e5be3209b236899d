//! `next-fit`: the first free extent that fits after the last allocation, wrapping.
//!
//! Source: Knuth, *The Art of Computer Programming*, section 2.5, exercise 6: the roving pointer.
//! The search begins with the first free extent whose end lies past the end of the last
//! allocation, and a block goes to the lowest unit of the extent it finds.
//!
//! Cost, with n free extents: O(log n), and O(log n) more for each extent that is long enough but not
//! once aligned. Good: spreads allocations evenly. Bad: for the same reason it leaves fewer long
//! extents than any other fit (Johnstone and Wilson, *The memory fragmentation problem: solved?*,
//! 1998).

use super::address_index::{AddressIndex, Fit, Found};

#[derive(Debug)]
pub(crate) struct Rover {
    /// The end of the last allocation.
    unit: u32,
    /// Where the search begins: at the start of the free extent that has units on both sides of the
    /// rover, if there is one, otherwise at the rover.
    from: u32,
}

impl Rover {
    pub fn at(unit: u32) -> Self {
        Self { unit, from: unit }
    }

    pub fn unit(&self) -> u32 {
        self.unit
    }

    pub fn find(&self, free: &AddressIndex, fit: Fit) -> Option<Found> {
        free.first_fit(self.from, fit).or_else(|| free.first_fit(0, fit))
    }

    /// A free extent with these ends has appeared.
    pub fn appeared(&mut self, lowest: u32, end: u32) {
        if lowest < self.unit && self.unit < end {
            self.from = lowest;
        }
    }

    /// The free extent that began at `lowest` has vanished.
    pub fn vanished(&mut self, lowest: u32) {
        if lowest == self.from {
            self.from = self.unit;
        }
    }
}
