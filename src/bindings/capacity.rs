//! The search for the smallest capacity, as WebAssembly exports it.

use super::error::Refusal;
use super::kept::Kept;
use super::options;
use super::trace::RawTrace;
use crate::fallible::NoMemory;
use crate::laboratory::CapacitySearch;
use crate::trace::Trace;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// A search, or the refusal of one.
#[wasm_bindgen]
pub struct RawCapacitySearch {
    search: Kept<CapacitySearch<Rc<Trace>>>,
}

#[wasm_bindgen]
impl RawCapacitySearch {
    /// A search before its first operation. Where it is refused, `takeError` says why.
    #[wasm_bindgen(constructor)]
    pub fn new(trace: &RawTrace, placement: &str) -> RawCapacitySearch {
        Self { search: Kept::made(make(trace, placement), || NoMemory.into()) }
    }

    /// The last refusal, as `[name, code, message, …]`, or `undefined`.
    #[wasm_bindgen(js_name = takeError)]
    pub fn take_error(&mut self) -> JsValue {
        self.search.take_error()
    }

    /// Runs at most this many operations: the capacity once it is found, 0 before, -1 when refused.
    pub fn run(&mut self, max_operations: f64) -> f64 {
        let run = self.search.with(|search| search.run(max_operations as u64));
        run.map_or(-1.0, |found| found.map_or(0.0, |found| found.capacity.into()))
    }

    /// Whether what was found is known to be the smallest of all.
    #[wasm_bindgen(getter)]
    pub fn exact(&self) -> bool {
        let found = self.search.get().and_then(CapacitySearch::found);
        found.is_some_and(|found| found.exact)
    }

    /// The smallest capacity known so far to serve, or 0.
    #[wasm_bindgen(getter)]
    pub fn serving(&self) -> f64 {
        self.search.get().and_then(CapacitySearch::serving).map_or(0.0, f64::from)
    }

    /// Operations run so far, over all capacities.
    #[wasm_bindgen(getter)]
    pub fn operations(&self) -> f64 {
        self.search.get().map_or(0.0, |search| search.operations() as f64)
    }
}

fn make(trace: &RawTrace, placement: &str) -> Result<CapacitySearch<Rc<Trace>>, Refusal> {
    Ok(CapacitySearch::new(trace.share()?, options::known(placement)?)?)
}
