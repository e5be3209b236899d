//! A memory manager over one fixed buffer, whose blocks keep their IDs while it scatters, packs and
//! moves them.
//!
//! Use it to put many things into one buffer and to defragment that buffer while they are in use:
//! memory of your own, of a GPU, or of a file. Use it also to see and compare how placement policies
//! behave on recorded allocation traces. It is not a `GlobalAlloc`: blocks are named by IDs, not by
//! pointers.
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
//! # Words
//!
//! A *unit* is the smallest cell: by default one character, otherwise a number ([`Unit`]). A *block* is a
//! live allocation; its [`BlockId`] stays valid wherever it moves, and is never handed out again. An
//! *extent* is a run of units. Blocks of a *scattered* placement may have many extents, blocks of a
//! *contiguous* placement have one. The *tail* is the free end of the buffer.
//!
//! The default placement, `lifo`, behaves as the small Python exercise that this crate grew out of ("the
//! original"), unit for unit: it takes freed units first, newest first, and then units of the tail.
//!
//! Sizes and addresses count units, in 32 bits. A heap above 4 GiB therefore needs larger units: let one
//! stand for 16 bytes, or for a vertex, with [`Storage::External`]. A block has at least one unit, so an
//! empty text cannot be allocated.
//!
//! # Which type do I want?
//!
//! | you want | use |
//! | --- | --- |
//! | a manager for one thread | [`MemoryManager`] |
//! | one that several threads use at once | [`SharedManager`] |
//! | to choose a unit, a policy, and who owns the memory | [`Options`], [`PlacementKind`] |
//! | to compact, a little at a time | [`DefragmentOptions`] |
//! | to compare placements on recorded traces | [`trace`] reads them, [`laboratory`] replays them |
//! | to read saves in another program | [`save_format`] |
//!
//! # Memory of your own
//!
//! With [`Storage::External`] the manager has no buffer: it keeps the books for memory that you own. A
//! budget keeps each step of compaction short, and every relocation is a plain memmove for you to make.
//!
//! ```
//! use twingate_memory::{DefragmentOptions, MemoryManager, Options, PlacementKind, Storage};
//!
//! let mut bytes = vec![0_u8; 65_536]; // it could be a GPU's
//! let (placement, storage) = (PlacementKind::Tlsf, Storage::External);
//! let options = Options { placement, storage, ..Options::default() };
//! let mut memory = MemoryManager::with_options(65_536, options)?;
//! let mut blocks = Vec::new();
//! for value in 0..60 {
//!     let id = memory.alloc(1_000)?;
//!     bytes[memory.address(id)? as usize..][..1_000].fill(value);
//!     blocks.push((id, value));
//! }
//! for (id, _) in blocks.extract_if(.., |(_, value)| *value % 3 > 0) {
//!     memory.free(id)?;
//! }
//! let step = DefragmentOptions { max_moves: Some(4), ..DefragmentOptions::default() };
//! loop {
//!     let report = memory.defragment_with(&step)?; // one step in every frame
//!     for relocation in report.relocations {
//!         let from = relocation.from as usize;
//!         bytes.copy_within(from..from + relocation.length as usize, relocation.to as usize);
//!     }
//!     if report.done {
//!         break;
//!     }
//! }
//! for (id, value) in blocks {
//!     assert_eq!(bytes[memory.address(id)? as usize..][..1_000], [value; 1_000]);
//! }
//! assert!(memory.largest_free_extent() >= memory.free_units() / 25 * 24);
//! # Ok::<(), twingate_memory::Error>(())
//! ```
//!
//! # Features
//!
//! | feature | default | what it has |
//! | --- | --- | --- |
//! | `trace` | on | the modules [`trace`] and [`laboratory`] |
//! | `npm`, `main-entry` | on | for `wasm32` only: the bindings of the npm package `twingate-memory` |
//!
//! A Rust program for WebAssembly does not want those bindings: it depends on this crate with
//! `default-features = false`, and with `features = ["trace"]` if it needs that.
//!
//! The least supported version of Rust is 1.88.
//!
//! # How it is built
//!
//! Dependencies point downward only: [`MemoryManager`] composes the books (which blocks there are and
//! which units they have), a placement (which units a block gets), compaction (which units go where) and
//! the buffer (the bytes). The core knows nothing of JavaScript or locks; the bindings and
//! [`SharedManager`] are above it.

// Whoever copies an example sees no warning.
#![doc(test(attr(deny(warnings))))]
// The front page names modules that are not there without it.
#![cfg_attr(not(feature = "trace"), allow(rustdoc::broken_intra_doc_links))]

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
#[cfg(feature = "trace")]
pub mod laboratory;
mod manager;
mod named;
mod placement;
mod placement_kind;
mod promise;
mod registry;
pub mod save_format;
mod shared_bytes;
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
