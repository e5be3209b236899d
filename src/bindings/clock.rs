//! The clock.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// Milliseconds, in fractions.
    #[wasm_bindgen(js_namespace = performance)]
    pub(crate) fn now() -> f64;
}
