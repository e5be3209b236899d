//! The laboratory: runs a [`Trace`](crate::trace::Trace) through any placement and reports what
//! happened.
//!
//! One byte of the trace is one unit, and the storage is external: nothing here depends on what units
//! hold. [`Replay`] runs a trace and sums it up, [`CapacitySearch`] finds the smallest capacity that
//! serves it, [`Player`] goes to any position of it, forwards and backwards, and says why each
//! operation went as it did. [`Painter`] and [`rows()`] show which block has which units.

mod checkpoints;
mod figures;
mod options;
mod painter;
mod player;
mod replay;
mod rows;
mod run;
mod smallest;
mod why;

pub use figures::{ReplayReport, Sample};
pub use options::ReplayOptions;
pub use painter::{ColourBy, Painter, View};
pub use player::Player;
pub use replay::Replay;
pub use rows::{Row, rows};
pub use smallest::{CapacitySearch, SmallestCapacity};
