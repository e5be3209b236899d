//! `#[wasm_bindgen]` wrappers: they convert and delegate.
//!
//! What always holds:
//! - No method throws, and none panics. One that is refused returns a value that is no result (0
//!   for an ID, -1 for a count, false), keeps the refusal, and `takeError` hands it out. On the
//!   hot path that costs nothing, where a `Result` would cost more than the allocation.
//! - Nothing here calls back into JavaScript code of the user while a manager is borrowed.

mod error;
mod manager;
mod options;
mod shapes;
mod trace;

pub use manager::RawManager;
pub use trace::RawTrace;
