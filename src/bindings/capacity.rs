//! The search for the smallest capacity, as WebAssembly exports it.

use super::error::Refusal;
use super::options;
use super::shapes::object;
use super::trace::RawTrace;
use crate::laboratory::CapacitySearch;
use crate::trace::Trace;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// A search, or the refusal of one.
#[wasm_bindgen]
pub struct RawCapacitySearch {
    search: Option<CapacitySearch<Rc<Trace>>>,
    refusal: Option<Refusal>,
}

#[wasm_bindgen]
impl RawCapacitySearch {
    /// A search before its first operation. Where it is refused, `takeError` says why.
    #[wasm_bindgen(constructor)]
    pub fn new(trace: &RawTrace, placement: &str) -> RawCapacitySearch {
        match make(trace, placement) {
            Ok(search) => Self { search: Some(search), refusal: None },
            Err(refusal) => Self { search: None, refusal: Some(refusal) },
        }
    }

    /// The last refusal, as `{ name, code, message, … }`, or `undefined`.
    #[wasm_bindgen(js_name = takeError)]
    pub fn take_error(&mut self) -> JsValue {
        self.refusal.take().map_or(JsValue::UNDEFINED, |refusal| object(&refusal))
    }

    /// Runs at most so many operations: the capacity once it is found, 0 before, -1 when refused.
    pub fn run(&mut self, max_operations: f64) -> f64 {
        let Some(search) = &mut self.search else { return -1.0 };
        match search.run(max_operations as u64) {
            Ok(found) => found.map_or(0.0, |found| found.capacity.into()),
            Err(error) => {
                self.refusal = Some(error.into());
                -1.0
            }
        }
    }

    /// Whether what was found is known to be the smallest of all.
    #[wasm_bindgen(getter)]
    pub fn exact(&self) -> bool {
        let found = self.search.as_ref().and_then(CapacitySearch::found);
        found.is_some_and(|found| found.exact)
    }

    /// Operations run so far, over all capacities.
    #[wasm_bindgen(getter)]
    pub fn operations(&self) -> f64 {
        self.search.as_ref().map_or(0.0, |search| search.operations() as f64)
    }
}

fn make(trace: &RawTrace, placement: &str) -> Result<CapacitySearch<Rc<Trace>>, Refusal> {
    Ok(CapacitySearch::new(trace.share()?, options::placement(placement)?)?)
}
