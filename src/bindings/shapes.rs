//! Figures, snapshots and explanations in the shape in which JavaScript is told them: values in an order.
//! `src/js/shapes.js` gives them their names, so that the module has none and copies none out.

use super::table::{Numbers, table};
use crate::{BlockSnapshot, Explanation, Extent, FreeExtent, Snapshot, Stats, Step};
use js_sys::{Array, Float64Array};
use wasm_bindgen::JsValue;

/// Values in their order, as a JavaScript array.
#[inline(never)] // Called from several places.
pub(crate) fn told(values: &[JsValue]) -> JsValue {
    let array = Array::new();
    values.iter().for_each(|value| _ = array.push(value));
    array.into()
}

/// A snapshot as numbers: capacity, first unit of the tail, free units below it, free units; how many
/// blocks, and for each its ID, size, length, whether it is pinned, and how many extents, with start,
/// length and step; how many free extents, with start and length.
pub(crate) fn snapshot_table(snapshot: &Snapshot) -> Float64Array {
    let Snapshot { capacity, next_alloc_index, freed_fragmented_units, free_units, .. } = *snapshot;
    let (blocks, free) = (&snapshot.blocks, &snapshot.free_extents);
    let extents: usize = blocks.iter().map(|block| block.extents.len()).sum();
    let mut numbers = Numbers::new(6 + 5 * blocks.len() + 3 * extents + 2 * free.len());
    numbers.add(&[capacity, next_alloc_index, freed_fragmented_units, free_units].map(f64::from));
    numbers.add(&[blocks.len() as f64]);
    for &BlockSnapshot { id, size, length, pinned, ref extents } in blocks {
        let (pinned, count) = (u8::from(pinned).into(), extents.len() as f64);
        numbers.add(&[id.get() as f64, size.into(), length.into(), pinned, count]);
        extents.iter().for_each(|extent| numbers.add(&extent_row(extent)));
    }
    numbers.add(&[free.len() as f64]);
    free.iter()
        .for_each(|&FreeExtent { start, length }| numbers.add(&[start, length].map(f64::from)));
    numbers.finish()
}

/// Start, length, step.
pub(crate) fn extent_row(extent: &Extent) -> [f64; 3] {
    let step = if extent.step == Step::Up { 1.0 } else { -1.0 };
    [extent.start.into(), extent.length.into(), step]
}

/// The figures of [`Stats`], in their order there.
pub(crate) fn figures(stats: Stats) -> Float64Array {
    let figures: [f64; 13] = [
        stats.capacity.into(),
        stats.used_units.into(),
        stats.free_units.into(),
        stats.block_count.into(),
        stats.free_extents.into(),
        stats.largest_free_extent.into(),
        stats.external_fragmentation,
        stats.internal_fragmentation.into(),
        stats.extents_per_block,
        stats.allocations as f64,
        stats.frees as f64,
        stats.failures as f64,
        stats.units_moved as f64,
    ];
    table::<0>(&figures, std::iter::empty())
}

/// Whether it fits, requested, free units, units of the largest free extent, units to move or `null`,
/// extents with three numbers each, reason.
pub(crate) fn explanation(it: &Explanation) -> JsValue {
    told(&[
        it.fits.into(),
        it.requested.into(),
        it.free_units.into(),
        it.largest_free_extent.into(),
        it.units_to_move.map_or(JsValue::NULL, JsValue::from),
        table(&[], it.extents.iter().map(extent_row)).into(),
        it.reason.as_str().into(),
    ])
}
