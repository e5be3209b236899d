//! A memory manager over one fixed buffer whose blocks keep their IDs.
#[cfg(target_arch = "wasm32")]
mod bindings;
