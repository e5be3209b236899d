//! `#[wasm_bindgen]` wrappers: they convert and delegate.
//!
//! What always holds:
//! - No method throws, and none panics. Each that can be refused returns a value that says so (0 for
//!   an ID, -1 for a count, false, `undefined`), keeps the refusal, and `takeError` hands it out: see
//!   [`kept`]. On the hot path that costs nothing, where a `Result` would cost more than the
//!   allocation.
//! - Nothing here calls back into JavaScript code of the user while a manager is borrowed.
//!
//! Each entry of the npm package is a WebAssembly module of its own, with the bindings that its
//! feature brings. The entry `twingate-memory/threads` has those of the main entry, over a shared
//! manager, in a build for a memory that several workers share.

// Each entry uses only a part of what the entries share.
#![cfg_attr(not(all(feature = "main-entry", feature = "trace")), allow(dead_code))]

#[cfg(feature = "main-entry")]
mod backing;
#[cfg(feature = "trace")]
mod capacity;
mod clock;
mod copied;
mod error;
#[cfg(not(target_feature = "atomics"))]
mod heap;
mod kept;
#[cfg(feature = "main-entry")]
mod manager;
mod options;
#[cfg(feature = "trace")]
mod player;
#[cfg(feature = "trace")]
mod reader;
#[cfg(feature = "trace")]
mod replay;
mod reserve;
mod shapes;
mod table;
#[cfg(all(feature = "main-entry", target_feature = "atomics"))]
mod threads;
#[cfg(feature = "trace")]
mod trace;
#[cfg(all(feature = "main-entry", target_feature = "atomics"))]
mod waiting;

#[cfg(feature = "trace")]
pub use capacity::RawCapacitySearch;
#[cfg(feature = "main-entry")]
pub use manager::RawManager;
#[cfg(feature = "trace")]
pub use player::RawPlayer;
#[cfg(feature = "trace")]
pub use reader::RawTraceReader;
#[cfg(feature = "trace")]
pub use replay::RawReplay;
#[cfg(feature = "trace")]
pub use trace::RawTrace;
