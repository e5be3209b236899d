//! Tables of numbers for JavaScript.
//!
//! What always holds: a table needs no memory of the module.

use js_sys::Float64Array;

/// Rows that are copied out of the module at a time: a call for each would cost more than copying it.
const TOGETHER: usize = 64;

/// Numbers, and then rows of `N` numbers each.
pub(crate) fn table<const N: usize>(
    numbers: &[f64],
    mut rows: impl ExactSizeIterator<Item = [f64; N]>,
) -> Float64Array {
    let mut end = numbers.len() as u32;
    let table = Float64Array::new_with_length(end + (N * rows.len()) as u32);
    table.subarray(0, end).copy_from(numbers);
    let mut part = [[0.0; N]; TOGETHER];
    loop {
        let count = part.iter_mut().zip(&mut rows).map(|(space, row)| *space = row).count();
        if count == 0 {
            return table;
        }
        let begin = end;
        end += (N * count) as u32;
        table.subarray(begin, end).copy_from(part[..count].as_flattened());
    }
}

/// A table under construction, for numbers that do not come in rows.
pub(crate) struct Numbers {
    table: Float64Array,
    /// How many numbers it has.
    end: u32,
    part: [f64; TOGETHER],
    count: usize,
}

impl Numbers {
    /// With room for this many.
    pub fn new(length: usize) -> Self {
        let table = Float64Array::new_with_length(length as u32);
        Self { table, end: 0, part: [0.0; TOGETHER], count: 0 }
    }

    #[inline(never)]
    pub fn add(&mut self, numbers: &[f64]) {
        for &number in numbers {
            if self.count == TOGETHER {
                self.copy();
            }
            self.part[self.count] = number;
            self.count += 1;
        }
    }

    fn copy(&mut self) {
        let begin = self.end;
        self.end += self.count as u32;
        self.table.subarray(begin, self.end).copy_from(&self.part[..self.count]);
        self.count = 0;
    }

    pub fn finish(mut self) -> Float64Array {
        self.copy();
        self.table
    }
}
