//! Reports, figures and snapshots in the shape in which JavaScript is told them: values in an order, to
//! which `src/js/shapes.js` gives their names.
//!
//! What always holds: nothing is kept from one to the next. The names of fields would be, in a table that
//! an exception would leave in use where it passes through it, as a stack does that overflows.

use super::table::Numbers;
use crate::{BlockSnapshot, Explanation, Extent, FreeExtent, Snapshot, Stats, Step};
use js_sys::Float64Array;
use serde::{Serialize, Serializer};
use wasm_bindgen::JsValue;

/// Any shape as a JavaScript array. Numbers stay numbers: none here passes 2^53.
pub(crate) fn told(shape: &impl Serialize) -> JsValue {
    let serializer = serde_wasm_bindgen::Serializer::new().serialize_missing_as_null(true);
    shape.serialize(&serializer).unwrap_or(JsValue::UNDEFINED)
}

/// Extents that take their shape one by one, so that it needs no memory.
struct Extents<'a>(&'a [Extent]);

impl Serialize for Extents<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(extent_row))
    }
}

/// A snapshot as numbers: capacity, first unit of the tail, free units below it, free units; how many
/// blocks, and for each its ID, size, length, whether it is pinned, and how many extents, with start,
/// length and step; how many free extents, with start and length.
pub(crate) fn snapshot_table(snapshot: &Snapshot) -> Float64Array {
    let Snapshot { capacity, next_alloc_index, freed_fragmented_units, free_units, .. } = *snapshot;
    let (blocks, free) = (&snapshot.blocks, &snapshot.free_extents);
    let extents: usize = blocks.iter().map(|block| block.extents.len()).sum();
    let mut table = Numbers::new(6 + 5 * blocks.len() + 3 * extents + 2 * free.len());
    table.add(&[capacity, next_alloc_index, freed_fragmented_units, free_units].map(f64::from));
    table.add(&[blocks.len() as f64]);
    for &BlockSnapshot { id, size, length, pinned, ref extents } in blocks {
        let (pinned, count) = (u8::from(pinned).into(), extents.len() as f64);
        table.add(&[id.get() as f64, size.into(), length.into(), pinned, count]);
        extents.iter().for_each(|extent| table.add(&extent_row(extent)));
    }
    table.add(&[free.len() as f64]);
    free.iter()
        .for_each(|&FreeExtent { start, length }| table.add(&[start, length].map(f64::from)));
    table.finish()
}

/// Start, length, step.
pub(crate) fn extent_row(extent: &Extent) -> [f64; 3] {
    let step = if extent.step == Step::Up { 1.0 } else { -1.0 };
    [extent.start.into(), extent.length.into(), step]
}

/// The figures of [`Stats`], in their order there.
pub(crate) fn figures(stats: Stats) -> [f64; 13] {
    [
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
    ]
}

/// Whether it fits, requested, free units, units of the largest free extent, units to move, extents,
/// reason.
#[derive(Serialize)]
pub(crate) struct ExplanationShape<'a>(bool, u32, u32, u32, Option<u32>, Extents<'a>, &'a str);

impl<'a> From<&'a Explanation> for ExplanationShape<'a> {
    fn from(explanation: &'a Explanation) -> Self {
        Self(
            explanation.fits,
            explanation.requested,
            explanation.free_units,
            explanation.largest_free_extent,
            explanation.units_to_move,
            Extents(&explanation.extents),
            &explanation.reason,
        )
    }
}
