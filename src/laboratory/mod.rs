//! The laboratory: a trace on its way through any placement, and what came of it.
//!
//! One byte of the trace is one unit, and the storage is external: nothing here depends on what
//! units hold. [`Replay`] runs a trace and sums it up, [`CapacitySearch`] finds the smallest
//! capacity that serves it.

mod figures;
mod replay;
mod run;
mod smallest;

pub use figures::{ReplayReport, Sample};
pub use replay::{Replay, ReplayOptions};
pub use smallest::{CapacitySearch, SmallestCapacity};
