//! Traces as WebAssembly exports them. The package's entry `twingate-memory/trace` stands above.

use super::error::Refusal;
use super::kept::Kept;
use super::reserve;
use crate::trace::{Op, Trace, TraceError, TraceReader};
use js_sys::{Uint8Array, Uint32Array};
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// A trace that was read, or the refusal of one.
#[wasm_bindgen]
pub struct RawTrace {
    trace: Kept<Rc<Trace>>,
}

#[wasm_bindgen]
impl RawTrace {
    /// The refusal, as `[name, code, message, …]`, or `undefined`.
    #[wasm_bindgen(js_name = takeError)]
    pub fn take_error(&mut self) -> JsValue {
        self.trace.take_error()
    }

    /// The name of the format.
    #[wasm_bindgen(getter)]
    pub fn format(&self) -> JsValue {
        self.trace.get().map_or("", |trace| trace.format().name()).into()
    }

    /// How many operations.
    #[wasm_bindgen(getter)]
    pub fn operations(&self) -> f64 {
        self.trace.get().map_or(0.0, |trace| trace.operations() as f64)
    }

    /// How many blocks, live at some time.
    #[wasm_bindgen(getter)]
    pub fn blocks(&self) -> f64 {
        self.trace.get().map_or(0.0, |trace| trace.blocks().into())
    }

    /// Highest sum of live sizes in bytes.
    #[wasm_bindgen(getter, js_name = peakBytes)]
    pub fn peak_bytes(&self) -> f64 {
        self.trace.get().map_or(0.0, |trace| trace.peak_bytes() as f64)
    }

    /// Frees left out because their pointer was never seen.
    #[wasm_bindgen(getter)]
    pub fn skipped(&self) -> f64 {
        self.trace.get().map_or(0.0, |trace| trace.skipped() as f64)
    }

    /// Frees inserted because a live pointer was returned again.
    #[wasm_bindgen(getter)]
    pub fn inferred(&self) -> f64 {
        self.trace.get().map_or(0.0, |trace| trace.inferred() as f64)
    }

    /// Writes the operations to three arrays as long as `operations`: the kind (0 alloc, 1 resize,
    /// 2 free, 3 nothing), the block's index, the size in bytes.
    pub fn ops(&self, kinds: &Uint8Array, blocks: &Uint32Array, sizes: &Uint32Array) {
        let ops = self.trace.get().into_iter().flat_map(|trace| trace.ops());
        for (place, op) in (0..).zip(ops) {
            let (kind, block, size) = numbers(op);
            kinds.set_index(place, kind);
            blocks.set_index(place, block);
            sizes.set_index(place, size);
        }
    }
}

/// An operation's kind, as [`RawTrace::ops`] has it, with its block and size.
pub(super) fn numbers(op: &Op) -> (u8, u32, u32) {
    match *op {
        Op::Alloc { block, size, .. } => (0, block, size),
        Op::Resize { block, size } => (1, block, size),
        Op::Free { block } => (2, block, 0),
        Op::Nothing => (3, 0, 0),
    }
}

impl RawTrace {
    /// The trace that a reader has read, without a name: that may be of any length, so JavaScript keeps it.
    pub(crate) fn of(reader: Option<TraceReader<Vec<u8>>>) -> Self {
        let length = reader.as_ref().map_or(0, TraceReader::length) as u32;
        let trace = reader.and_then(|reader| reader.finish("").ok());
        let made = trace.and_then(shared).ok_or_else(|| too_large(length));
        Self { trace: Kept::made(made, || too_large(length)) }
    }

    /// The trace, for whatever works on it; refused if it was not read.
    pub(crate) fn share(&self) -> Result<Rc<Trace>, Refusal> {
        let unread = || Refusal::invalid_argument("this trace was not read");
        self.trace.get().cloned().ok_or_else(unread)
    }
}

fn shared(trace: Trace) -> Option<Rc<Trace>> {
    (!reserve::is_tight()).then(|| Rc::new(trace))
}

pub(super) fn too_large(bytes: u32) -> Refusal {
    let message = format!("there is no memory for a trace of {bytes} bytes: use a shorter one");
    Refusal::invalid_trace(message, None)
}

impl From<&TraceError> for Refusal {
    fn from(error: &TraceError) -> Self {
        Self::invalid_trace(error.to_string(), Some(error.line))
    }
}
