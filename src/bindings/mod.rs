//! `#[wasm_bindgen]` wrappers.
use wasm_bindgen::prelude::*;

/// Placeholder until the manager lands.
#[wasm_bindgen(js_name = placeholder)]
pub fn placeholder(size: f64) -> f64 {
    size
}
