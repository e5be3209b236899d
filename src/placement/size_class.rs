//! Size classes of lengths: each power of two is cut into 32.
//!
//! What always holds: the lengths of a class differ by less than 1/32, and longer lengths have higher
//! classes. Two levels of bitmaps find a class that has something in it.
//!
//! Source: the mapping of Masmano, Ripoll, Crespo and Real, *TLSF: a new dynamic memory allocator
//! for real-time systems*, ECRTS 2004.

/// Each power of two is cut into 2^`CUTS` classes.
const CUTS: u32 = 5;
const ROW: u32 = 1 << CUTS;
/// The first row has the lengths below `ROW`, one class each; every other row has one power of two.
/// There are a few more rows than powers, so that every class is below [`CLASSES`].
const ROWS: usize = 32;
pub(crate) const CLASSES: usize = ROWS << CUTS;

/// The number of a class, from the shortest lengths on.
pub(crate) type Class = usize;

/// The class of a length. Without a branch, which would be mispredicted, since lengths follow no
/// pattern.
#[inline(always)]
pub(crate) fn class_of(length: u32) -> Class {
    let shift = cuts_off(length);
    // The remainder changes nothing, but spares a check of bounds.
    ((shift << CUTS) + (length >> shift)) as usize % CLASSES
}

/// How many low bits of a length do not matter for its class.
#[inline(always)]
fn cuts_off(length: u32) -> u32 {
    (length | ROW).ilog2() - CUTS
}

/// The shortest length whose class, like every class above it, has only extents of at least `length`;
/// `None` past 2^32.
#[inline(always)]
pub(crate) fn round_up(length: u32) -> Option<u32> {
    length.checked_add((1 << cuts_off(length)) - 1)
}

/// The class above.
pub(crate) fn next(class: Class) -> Option<Class> {
    (class + 1 < CLASSES).then_some(class + 1)
}

/// Which classes have something in them.
#[derive(Debug, Default)]
pub(crate) struct Occupied {
    /// A bit for each row that is not empty; for each row, a bit for each class that is not.
    rows: u32,
    classes: [u32; ROWS],
}

impl Occupied {
    /// The first class from this one on.
    #[inline(always)]
    pub fn from(&self, class: Class) -> Option<Class> {
        let (row, bit) = split(class);
        let here = self.classes[row] & (u32::MAX << bit);
        if here != 0 {
            return Some(join(row, here.trailing_zeros()));
        }
        let rows = self.rows & ((u32::MAX << 1) << row);
        if rows == 0 {
            return None;
        }
        let row = rows.trailing_zeros() as usize;
        Some(join(row, self.classes[row].trailing_zeros()))
    }

    /// The highest class.
    #[inline(always)]
    pub fn highest(&self) -> Option<Class> {
        let row = self.rows.checked_ilog2()? as usize;
        Some(join(row, self.classes[row].ilog2()))
    }

    #[inline(always)]
    pub fn set(&mut self, class: Class) {
        let (row, bit) = split(class);
        self.rows |= 1 << row;
        self.classes[row] |= 1 << bit;
    }

    #[inline(always)]
    pub fn clear(&mut self, class: Class) {
        let (row, bit) = split(class);
        self.classes[row] &= !(1 << bit);
        if self.classes[row] == 0 {
            self.rows &= !(1 << row);
        }
    }
}

/// The row of a class, and its bit there.
#[inline(always)]
fn split(class: Class) -> (usize, u32) {
    (class >> CUTS, class as u32 % ROW)
}

#[inline(always)]
fn join(row: usize, bit: u32) -> Class {
    row << CUTS | (bit % ROW) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_in_order_and_span_less_than_a_thirty_second() {
        let lengths = (1..5_000).chain((13..32).flat_map(|p| [(1 << p) - 1, 1 << p, (1 << p) + 1]));
        let mut last = 0;
        for length in lengths.chain([u32::MAX - 1, u32::MAX]) {
            let class = class_of(length);
            assert!(class >= last && class < CLASSES, "{length}");
            last = class;
            if let Some(round) = round_up(length) {
                assert!(f64::from(round - length) < f64::from(length) / 32.0, "{length}");
                assert!(class_of(round) >= class && round >= length, "{length}");
            }
            assert_eq!(
                round_up(length).is_some(),
                length <= u32::MAX - (u32::MAX >> 6),
                "{length}"
            );
        }
    }
}
