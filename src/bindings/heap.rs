//! The heap of a module for one worker: talc, whose code is a third as long as that of std's allocator. The module
//! for several workers has heaps of its own, in `sync::heaps`.

use talc::wasm::{WasmDynamicTalc, new_wasm_dynamic_allocator};

#[global_allocator]
static HEAP: WasmDynamicTalc = new_wasm_dynamic_allocator();
