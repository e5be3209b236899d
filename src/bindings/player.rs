//! Players, with the pictures of what they show, as WebAssembly exports them.

use super::copied::copied;
use super::error::Refusal;
use super::kept::Kept;
use super::options;
use super::replay;
use super::shapes::{ExplanationShape, figures, snapshot_table, told};
use super::table::table;
use super::trace::{RawTrace, numbers};
use crate::fallible::NoMemory;
use crate::laboratory::{Painter, Player, View, rows};
use crate::trace::{Op, Trace};
use js_sys::{Float64Array, Uint32Array};
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// A player, or the refusal of one.
#[wasm_bindgen]
pub struct RawPlayer {
    player: Kept<Player<Rc<Trace>>>,
    painter: Painter,
}

#[wasm_bindgen]
impl RawPlayer {
    /// A player before the first operation. Where it is refused, `takeError` says why.
    #[wasm_bindgen(constructor)]
    pub fn new(trace: &RawTrace, capacity: f64, placement: &str, auto_defragment: bool) -> Self {
        let made = make(trace, capacity, placement, auto_defragment);
        let player = Kept::made(made, || NoMemory.into());
        Self { player, painter: Painter::new() }
    }

    /// The last refusal, as `[name, code, message, …]`, or `undefined`.
    #[wasm_bindgen(js_name = takeError)]
    pub fn take_error(&mut self) -> JsValue {
        self.player.take_error()
    }

    /// Goes towards a position by at most this many operations: 1 when it is reached, 0 when not, -1 when
    /// refused.
    pub fn seek(&mut self, position: f64, max_operations: f64) -> i32 {
        let seek = |player: &mut Player<_>| player.seek(position as usize, max_operations as usize);
        self.player.with(seek).map_or(-1, i32::from)
    }

    /// Operations done.
    #[wasm_bindgen(getter)]
    pub fn position(&self) -> f64 {
        self.player.get().map_or(0.0, |player| player.position() as f64)
    }

    /// Operations refused up to here.
    #[wasm_bindgen(getter)]
    pub fn failures(&self) -> f64 {
        self.player.get().map_or(0.0, |player| player.failures() as f64)
    }

    /// Goes to a position, and says why the operation before it went as it did; `undefined` when
    /// refused.
    pub fn why(&mut self, position: f64) -> Option<String> {
        self.player.with(|player| player.seek_and_why(position as usize))
    }

    /// Where the next operation will go, if it allocates; `null` if not, `undefined` when refused.
    pub fn foresee(&mut self) -> JsValue {
        match self.player.with(|player| player.foresee()) {
            None => JsValue::UNDEFINED,
            Some(None) => JsValue::NULL,
            Some(Some(explanation)) => told(&ExplanationShape::from(&explanation)),
        }
    }

    /// The operation at a position: its kind as in `RawTrace.ops`, its block, its size, its
    /// alignment, and the block's ID if it lives now, else 0. Empty past the end.
    pub fn operation(&self, position: f64) -> Float64Array {
        let found = self.player.get().and_then(|player| {
            let op = player.trace().ops().get(position as usize)?;
            let (kind, block, size) = numbers(op);
            let align = if let Op::Alloc { align, .. } = op { align.bytes() } else { 1 };
            let id = if let Op::Nothing = op { None } else { player.block(block) };
            let id = id.map_or(0.0, |id| id.get() as f64);
            Some(vec![kind.into(), block.into(), size.into(), align.into(), id])
        });
        Float64Array::from(&found.unwrap_or_default()[..])
    }

    /// Figures about the manager.
    pub fn stats(&mut self) -> JsValue {
        let stats = self.player.with(|player| Ok(player.manager().stats()));
        stats.map_or(JsValue::UNDEFINED, |stats| told(&figures(stats)))
    }

    /// Where everything is, as [`snapshot_table`]; `undefined` when refused.
    pub fn snapshot(&mut self) -> Option<Float64Array> {
        let snapshot = self.player.with(|player| player.manager().try_snapshot())?;
        Some(snapshot_table(&snapshot))
    }

    /// Paints, and returns where in the module's memory the pixels begin; 0 when refused.
    pub fn paint(
        &mut self,
        first: u32,
        units_per_pixel: u32,
        pixels: u32,
        colour_by: &str,
        colours: &Uint32Array,
    ) -> u32 {
        let Self { player, painter } = self;
        let colour_by = player.checked(options::known(colour_by));
        let painted = colour_by.and_then(|colour_by| {
            player.with(|player| {
                let view = View { first, units_per_pixel, pixels: pixels as usize, colour_by };
                let colours = copied(colours.length(), |copy| colours.copy_to(copy))?;
                painter.paint(player.manager(), view, &colours)
            })
        });
        painted.map_or(0, |()| self.painter.pixels().as_ptr() as u32)
    }

    /// What is in the units from `first` on: four numbers a row, the lowest unit, how many, the ID
    /// of the block (0 where they are free), and the block's size; `undefined` when refused.
    pub fn rows(&mut self, first: u32, limit: u32) -> Option<Float64Array> {
        let found = self.player.with(|player| rows(player.manager(), first, limit as usize))?;
        let numbers = found.iter().map(|row| {
            let (id, size) = row.block.map_or((0.0, 0), |(id, size)| (id.get() as f64, size));
            [row.start.into(), row.length.into(), id, size.into()]
        });
        Some(table(&[], numbers))
    }
}

fn make(
    trace: &RawTrace,
    capacity: f64,
    placement: &str,
    auto_defragment: bool,
) -> Result<Player<Rc<Trace>>, Refusal> {
    let options = replay::options(capacity, placement, auto_defragment, 0)?;
    Ok(Player::new(trace.share()?, options)?)
}
