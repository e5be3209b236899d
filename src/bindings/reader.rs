//! Readers of traces as WebAssembly exports them.

use super::copied::copied;
use super::error::Refusal;
use super::kept::Kept;
use super::options;
use super::trace::{RawTrace, too_large};
use crate::trace::TraceReader;
use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;

/// A reader, or the refusal of one.
#[wasm_bindgen]
pub struct RawTraceReader {
    /// None once the trace was handed out, or refused for want of memory.
    reader: Kept<Option<TraceReader<Vec<u8>>>>,
    /// Of the text.
    length: u32,
}

#[wasm_bindgen]
impl RawTraceReader {
    /// A reader of the text of a trace, which it copies; the format is recognised when it is not given. Where it is
    /// refused, `takeError` says why.
    #[wasm_bindgen(constructor)]
    pub fn new(text: &Uint8Array, format: Option<String>) -> RawTraceReader {
        let length = text.length();
        let made = make(text, format).map(Some);
        Self { reader: Kept::made(made, || too_large(length)), length }
    }

    /// The last refusal, as `[name, code, message, …]`, or `undefined`.
    #[wasm_bindgen(js_name = takeError)]
    pub fn take_error(&mut self) -> JsValue {
        self.reader.take_error()
    }

    /// Reads at most so many bytes: 1 when the trace is whole, 0 when not, -1 when refused.
    pub fn run(&mut self, max_bytes: f64) -> i32 {
        let Some(reader) = self.reader.get_mut() else { return -1 };
        let read = match reader {
            Some(reader) => reader.run(max_bytes as usize).map_err(Refusal::from),
            None => Err(too_large(self.length)),
        };
        self.reader.checked(read).map_or(-1, i32::from)
    }

    /// Bytes read.
    #[wasm_bindgen(getter)]
    pub fn position(&self) -> f64 {
        let reader = self.reader.get().and_then(Option::as_ref);
        reader.map_or(self.length.into(), |reader| reader.position() as f64)
    }

    /// Hands out the trace, once it is whole.
    pub fn trace(&mut self) -> RawTrace {
        RawTrace::of(self.reader.get_mut().and_then(Option::take))
    }
}

fn make(text: &Uint8Array, format: Option<String>) -> Result<TraceReader<Vec<u8>>, Refusal> {
    let format = format.map(|name| options::known(&name)).transpose()?;
    let length = text.length();
    let bytes = copied(length, |copy| text.copy_to(copy)).map_err(|_| too_large(length))?;
    Ok(TraceReader::new(bytes, format))
}
