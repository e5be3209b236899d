//! Tables of numbers for JavaScript.
//!
//! What always holds: a table needs no memory of the module.

use js_sys::Float64Array;

/// So many numbers; those that `values` has not are 0. Copied out of the module by hundreds: a call
/// for each would cost more than what it tells.
pub(crate) fn table(length: usize, values: impl IntoIterator<Item = f64>) -> Float64Array {
    let table = Float64Array::new_with_length(length as u32);
    let mut values = values.into_iter();
    let (mut part, mut from) = ([0.0; 264], 0);
    while from < table.length() {
        let filled =
            part.iter_mut().zip(&mut values).map(|(number, value)| *number = value).count();
        if filled == 0 {
            break;
        }
        let end = from + filled as u32;
        table.subarray(from, end).copy_from(&part[..filled]);
        from = end;
    }
    table
}
