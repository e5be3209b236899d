//! Any text as a trace in the form of `heaptrack`.
#![no_main]

#[path = "../trace.rs"]
mod trace;

use twingate_memory::trace::TraceFormat;

libfuzzer_sys::fuzz_target!(|text: &[u8]| trace::check(text, TraceFormat::Heaptrack));
