//! A memory manager over one fixed buffer whose blocks keep their IDs while it scatters, packs
//! and moves them.
//!
//! ```
//! let mut memory = twingate_memory::MemoryManager::new(6)?;
//! let [a, _] = [memory.alloc(2)?, memory.alloc(2)?];
//! memory.free(a)?;
//! let c = memory.alloc(3)?; // scattered: units 1, 0 and 4
//! memory.write_text(c, "XYZ")?;
//! assert_eq!(memory.to_string(), "capacity 6, used 5, free 1, blocks 2\nY X - - Z -");
//! # Ok::<(), twingate_memory::Error>(())
//! ```
//!
//! The way of the data is one direction: [`MemoryManager`] composes the books (which blocks there are
//! and what they have), a placement (which units), compaction (which units go where) and the buffer (the
//! bytes). Nothing in the core knows of JavaScript; the WebAssembly bindings stand above it.
//!
//! A program that is compiled to WebAssembly itself depends on this crate with `default-features = false`
//! (and `features = ["trace"]` for traces), so that its module does not export the bindings of the npm
//! package as well.

mod block_id;
mod books;
mod buffer;
mod byte_form;
mod compaction;
mod counts;
mod entry;
mod error;
mod explanation;
mod extent;
mod extent_table;
mod fallible;
mod free_ranges;
#[cfg(feature = "trace")]
pub mod laboratory;
mod manager;
mod named;
mod placement;
mod placement_kind;
mod promise;
mod registry;
mod row;
mod snapshot;
mod stats;
mod sync;
#[cfg(feature = "trace")]
pub mod trace;
mod tree;
mod trees;
mod unit;

#[cfg(all(feature = "npm", target_arch = "wasm32"))]
pub mod bindings;

pub use block_id::BlockId;
pub use compaction::{DefragmentOptions, DefragmentReport, Left, Order, Relocation};
pub use error::Error;
pub use explanation::Explanation;
pub use extent::{Extent, Step};
pub use manager::{MemoryManager, Options, Storage};
pub use named::UnknownName;
pub use placement_kind::PlacementKind;
pub use snapshot::{BlockSnapshot, FreeExtent, Snapshot};
pub use stats::Stats;
pub use sync::{SharedManager, Waiting};
pub use unit::{Unit, UnitValue};
