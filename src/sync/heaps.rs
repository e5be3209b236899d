//! Where the module for several workers has memory from for what it keeps outside the buffer.
//!
//! What always holds:
//! - Nobody waits for a worker here. There are many heaps, and whoever finds one busy takes another;
//!   what is freed while its heap is busy is left there, for the next that opens the heap.
//! - So a worker that is terminated inside takes its heap with it, with the memory that was free
//!   there, and nothing else: what others have from that heap stays theirs.
//! - What was granted to a worker no other takes, so that what cannot be refused it asks for after it
//!   was granted as much, which can.
//!
//! The allocator of std has one lock for all, which whoever is terminated inside never opens again.
//!
//! A heap is a dlmalloc (Doug Lea, *A memory allocator*, 1987 to 2012), of the crate that std uses,
//! over pages of its own. A worker first tries the heap that the address of its stack selects: workers
//! seldom meet there, and what they write mostly lies on pages of their own.
//!
//! What can be said without the instructions of WebAssembly is compiled natively too, for its tests.

mod asking;
#[cfg(target_arch = "wasm32")]
mod global;
mod granted;
mod pages;

#[cfg(target_arch = "wasm32")]
pub(crate) use global::{RESERVE, grant, grant_reserve, keep_reserve};
