//! Reports, figures and snapshots in the shape that JavaScript sees.

use crate::{BlockSnapshot, Explanation, Extent, FreeExtent, Snapshot, Stats, Step};
use serde::{Serialize, Serializer};
use std::marker::PhantomData;
use wasm_bindgen::JsValue;

/// Any shape as a plain JavaScript object. Numbers stay numbers: none here passes 2^53.
pub(crate) fn object(shape: &impl Serialize) -> JsValue {
    let serializer = serde_wasm_bindgen::Serializer::new().serialize_missing_as_null(true);
    shape.serialize(&serializer).unwrap_or(JsValue::UNDEFINED)
}

/// Items that take their shape one by one, so that it needs no memory.
struct Each<'a, T, Shape>(&'a [T], PhantomData<Shape>);

impl<'a, T, Shape> From<&'a Vec<T>> for Each<'a, T, Shape> {
    fn from(items: &'a Vec<T>) -> Self {
        Self(items, PhantomData)
    }
}

impl<'a, T, Shape: From<&'a T> + Serialize> Serialize for Each<'a, T, Shape> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(Shape::from))
    }
}

#[derive(Serialize)]
pub(crate) struct ExtentShape {
    start: u32,
    length: u32,
    step: i32,
}

impl From<&Extent> for ExtentShape {
    fn from(extent: &Extent) -> Self {
        let step = if extent.step == Step::Up { 1 } else { -1 };
        Self { start: extent.start, length: extent.length, step }
    }
}

#[derive(Serialize)]
struct FreeExtentShape {
    start: u32,
    length: u32,
}

impl From<&FreeExtent> for FreeExtentShape {
    fn from(free: &FreeExtent) -> Self {
        Self { start: free.start, length: free.length }
    }
}

#[derive(Serialize)]
struct BlockShape<'a> {
    id: f64,
    size: u32,
    length: u32,
    pinned: bool,
    extents: Each<'a, Extent, ExtentShape>,
}

impl<'a> From<&'a BlockSnapshot> for BlockShape<'a> {
    fn from(block: &'a BlockSnapshot) -> Self {
        Self {
            id: block.id.get() as f64,
            size: block.size,
            length: block.length,
            pinned: block.pinned,
            extents: (&block.extents).into(),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SnapshotShape<'a> {
    capacity: u32,
    unit: &'static str,
    placement: &'static str,
    next_alloc_index: u32,
    freed_fragmented_units: u32,
    free_units: u32,
    blocks: Each<'a, BlockSnapshot, BlockShape<'a>>,
    free_extents: Each<'a, FreeExtent, FreeExtentShape>,
}

impl<'a> From<&'a Snapshot> for SnapshotShape<'a> {
    fn from(snapshot: &'a Snapshot) -> Self {
        Self {
            capacity: snapshot.capacity,
            unit: snapshot.unit.name(),
            placement: snapshot.placement.name(),
            next_alloc_index: snapshot.next_alloc_index,
            freed_fragmented_units: snapshot.freed_fragmented_units,
            free_units: snapshot.free_units,
            blocks: (&snapshot.blocks).into(),
            free_extents: (&snapshot.free_extents).into(),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StatsShape {
    capacity: u32,
    used_units: u32,
    free_units: u32,
    block_count: u32,
    free_extents: u32,
    largest_free_extent: u32,
    external_fragmentation: f64,
    internal_fragmentation: u32,
    extents_per_block: f64,
    allocations: f64,
    frees: f64,
    failures: f64,
    units_moved: f64,
}

impl From<Stats> for StatsShape {
    fn from(stats: Stats) -> Self {
        Self {
            capacity: stats.capacity,
            used_units: stats.used_units,
            free_units: stats.free_units,
            block_count: stats.block_count,
            free_extents: stats.free_extents,
            largest_free_extent: stats.largest_free_extent,
            external_fragmentation: stats.external_fragmentation,
            internal_fragmentation: stats.internal_fragmentation,
            extents_per_block: stats.extents_per_block,
            allocations: stats.allocations as f64,
            frees: stats.frees as f64,
            failures: stats.failures as f64,
            units_moved: stats.units_moved as f64,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExplanationShape<'a> {
    fits: bool,
    requested: u32,
    free_units: u32,
    largest_free_extent: u32,
    units_to_move: Option<u32>,
    extents: Each<'a, Extent, ExtentShape>,
    reason: &'a str,
}

impl<'a> From<&'a Explanation> for ExplanationShape<'a> {
    fn from(explanation: &'a Explanation) -> Self {
        Self {
            fits: explanation.fits,
            requested: explanation.requested,
            free_units: explanation.free_units,
            largest_free_extent: explanation.largest_free_extent,
            units_to_move: explanation.units_to_move,
            extents: (&explanation.extents).into(),
            reason: &explanation.reason,
        }
    }
}
