//! The laboratory: a trace on its way through any placement, and what came of it.
//!
//! One byte of the trace is one unit, and the storage is external: nothing here depends on what
//! units hold. [`Replay`] runs a trace and sums it up, [`CapacitySearch`] finds the smallest
//! capacity that serves it, [`Player`] goes to any position and says why things are there, and
//! [`Painter`] paints what is.

mod checkpoints;
mod figures;
mod painter;
mod player;
mod replay;
mod rows;
mod run;
mod smallest;
mod why;

pub use figures::{ReplayReport, Sample};
pub use painter::{ColourBy, Painter, View};
pub use player::Player;
pub use replay::{Replay, ReplayOptions};
pub use rows::{Row, rows};
pub use smallest::{CapacitySearch, SmallestCapacity};
