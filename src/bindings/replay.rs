//! Replays as WebAssembly exports them.

use super::clock::now;
use super::error::Refusal;
use super::kept::Kept;
use super::options;
use super::shapes::told;
use super::table::table;
use super::trace::RawTrace;
use crate::fallible::NoMemory;
use crate::laboratory::{Replay, ReplayOptions, ReplayReport, Sample};
use crate::trace::Trace;
use js_sys::Float64Array;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// A replay, or the refusal of one.
#[wasm_bindgen]
pub struct RawReplay {
    replay: Kept<Replay<Rc<Trace>>>,
}

#[wasm_bindgen]
impl RawReplay {
    /// A replay before its first operation. Where it is refused, `takeError` says why.
    #[wasm_bindgen(constructor)]
    pub fn new(
        trace: &RawTrace,
        capacity: f64,
        placement: &str,
        auto_defragment: bool,
        samples: u32,
    ) -> RawReplay {
        let made = make(trace, capacity, placement, auto_defragment, samples);
        Self { replay: Kept::made(made, || NoMemory.into()) }
    }

    /// The last refusal, as `[name, code, message, …]`, or `undefined`.
    #[wasm_bindgen(js_name = takeError)]
    pub fn take_error(&mut self) -> JsValue {
        self.replay.take_error()
    }

    /// Runs at most this many operations: 1 when the end is reached, 0 when not, -1 when refused.
    pub fn run(&mut self, max_operations: f64) -> i32 {
        let micros = || now() * 1_000.0;
        let run = |replay: &mut Replay<_>| replay.run(max_operations as usize, Some(&micros));
        self.replay.with(run).map_or(-1, i32::from)
    }

    /// Operations done.
    #[wasm_bindgen(getter)]
    pub fn position(&self) -> f64 {
        self.replay.get().map_or(0.0, |replay| replay.position() as f64)
    }

    /// The report so far.
    pub fn report(&self) -> JsValue {
        let report = self.replay.get().map(|replay| replay.report());
        report.map_or(JsValue::UNDEFINED, |it| told(&(it.placement.name(), figures(&it))))
    }

    /// The samples so far, five numbers each: position, units used, internal and external
    /// fragmentation, extents per block.
    pub fn samples(&self) -> Float64Array {
        let samples = self.replay.get().map_or(&[][..], |replay| replay.samples());
        table(&[], samples.iter().map(row))
    }
}

fn row(sample: &Sample) -> [f64; 5] {
    [
        sample.position as f64,
        sample.used.into(),
        sample.internal_fragmentation.into(),
        sample.external_fragmentation,
        sample.extents_per_block,
    ]
}

fn make(
    trace: &RawTrace,
    capacity: f64,
    placement: &str,
    auto_defragment: bool,
    samples: u32,
) -> Result<Replay<Rc<Trace>>, Refusal> {
    let options = self::options(capacity, placement, auto_defragment, samples)?;
    Ok(Replay::new(trace.share()?, options)?)
}

/// The options of a replay, or of a player.
pub(crate) fn options(
    capacity: f64,
    placement: &str,
    auto_defragment: bool,
    samples: u32,
) -> Result<ReplayOptions, Refusal> {
    let placement = options::known(placement)?;
    let units = options::units(capacity).ok_or_else(|| Refusal::invalid_capacity(capacity))?;
    Ok(ReplayOptions { capacity: units, placement, auto_defragment, samples })
}

/// The figures of a report but for its placement, in the order of [`ReplayReport`].
fn figures(report: &ReplayReport) -> [f64; 14] {
    [
        report.capacity.into(),
        report.operations as f64,
        report.failures as f64,
        report.peak_used.into(),
        report.external_fragmentation,
        report.peak_external_fragmentation,
        report.internal_fragmentation.into(),
        report.peak_internal_fragmentation.into(),
        report.extents_per_block,
        report.extents_per_block_at_peak,
        report.units_moved as f64,
        report.search_steps as f64,
        report.longest_pause_units as f64,
        report.longest_pause_micros,
    ]
}
