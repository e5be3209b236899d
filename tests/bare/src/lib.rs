//! The module exports one function and imports nothing.

use std::time::Duration;
use twingate_memory::trace::Trace;
use twingate_memory::{MemoryManager, Options, SharedManager, Waiting};

/// Blocks in two managers and a trace.
#[unsafe(no_mangle)]
pub extern "C" fn blocks(size: u32) -> u32 {
    let mut memory = MemoryManager::new(64).unwrap();
    let waiting =
        Waiting { patience: Duration::ZERO, clock: || Duration::ZERO, pause: Waiting::spin };
    let shared = SharedManager::with_options(64, Options::default(), waiting).unwrap();
    let trace = Trace::parse(b"+24,+8,-0", None, "two blocks").unwrap();
    let allocated = [memory.alloc(size).is_ok(), shared.alloc(size).is_ok()];
    trace.blocks() + allocated.map(u32::from).iter().sum::<u32>()
}
