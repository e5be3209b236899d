//! Size classes: lengths by the power of two below them, each cut into 32.
//!
//! What always holds: a class spans less than 1/32 of its lengths; longer lengths have higher
//! classes. Two levels of bitmaps find a class that has something in it.
//!
//! Source: the mapping of Masmano, Ripoll, Crespo and Real, *TLSF: a new dynamic memory allocator
//! for real-time systems*, ECRTS 2004.

/// Each power of two is cut into 2^`CUTS` classes.
const CUTS: u32 = 5;
pub(crate) const ROW: usize = 1 << CUTS;
/// The first row has the lengths below `ROW`, one class each; the others a power of two each.
pub(crate) const ROWS: usize = (u32::BITS - CUTS) as usize + 1;

/// The row and the place in it.
pub(crate) type Class = (usize, usize);

/// The row and the class of a length. Without a branch: which lengths come is anyone's guess.
#[inline(always)]
pub(crate) fn class_of(length: u32) -> Class {
    let shift = cuts_off(length);
    let class = ((shift << CUTS) + (length >> shift)) as usize;
    (class / ROW, class % ROW)
}

/// How many low bits of a length its class does not look at.
#[inline(always)]
fn cuts_off(length: u32) -> u32 {
    (length | ROW as u32).ilog2() - CUTS
}

/// The shortest length whose class, and every class above it, has only extents of at least
/// `length`; none past 2^32.
#[inline(always)]
pub(crate) fn round_up(length: u32) -> Option<u32> {
    length.checked_add((1 << cuts_off(length)) - 1)
}

/// The class above.
pub(crate) fn next((row, class): Class) -> Option<Class> {
    match class + 1 < ROW {
        true => Some((row, class + 1)),
        false => (row + 1 < ROWS).then_some((row + 1, 0)),
    }
}

/// Which classes have something in them.
#[derive(Debug, Default)]
pub(crate) struct Occupied {
    /// A bit for each row that has something, and in it for each class that has.
    rows: u32,
    classes: [u32; ROWS],
}

impl Occupied {
    /// The first class from this one on.
    #[inline(always)]
    pub fn from(&self, (row, class): Class) -> Option<Class> {
        let here = self.classes[row] & (u32::MAX << class);
        if here != 0 {
            return Some((row, here.trailing_zeros() as usize));
        }
        let rows = self.rows & ((u32::MAX << 1) << row);
        if rows == 0 {
            return None;
        }
        let row = rows.trailing_zeros() as usize;
        Some((row, self.classes[row].trailing_zeros() as usize))
    }

    /// The highest class.
    pub fn highest(&self) -> Option<Class> {
        let row = self.rows.checked_ilog2()? as usize;
        Some((row, self.classes[row].ilog2() as usize))
    }

    #[inline(always)]
    pub fn set(&mut self, (row, class): Class) {
        self.rows |= 1 << row;
        self.classes[row] |= 1 << class;
    }

    #[inline(always)]
    pub fn clear(&mut self, (row, class): Class) {
        self.classes[row] &= !(1 << class);
        if self.classes[row] == 0 {
            self.rows &= !(1 << row);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_in_order_and_span_less_than_a_thirty_second() {
        let lengths = (1..5_000).chain((13..32).flat_map(|p| [(1 << p) - 1, 1 << p, (1 << p) + 1]));
        let mut last = (0, 0);
        for length in lengths.chain([u32::MAX - 1, u32::MAX]) {
            let class = class_of(length);
            assert!(class >= last && class.0 < ROWS && class.1 < ROW, "{length}");
            last = class;
            if let Some(round) = round_up(length) {
                assert!(f64::from(round - length) < f64::from(length) / 32.0, "{length}");
                assert!(class_of(round) >= class && round >= length, "{length}");
            }
        }
    }
}
