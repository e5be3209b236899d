//! Tables of numbers for JavaScript.
//!
//! What always holds: a table needs no memory of the module.

use js_sys::Float64Array;

/// How many rows are copied out of the module at a time: a call for each would cost more than what it
/// tells.
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
