//! What the module for several workers has besides the raw manager: the numbers by which workers find the
//! managers that lie in the memory they share.

use super::error::Refusal;
use super::manager::RawManager;
use super::waiting::waiting;
use crate::sync::{Directory, RESERVE};
use crate::{Error, SharedManager};
use wasm_bindgen::prelude::*;

/// A manager that was refused fits into the worker's reserve, with what the glue adds to it.
const _: () = assert!(size_of::<RawManager>() + 64 <= RESERVE);

/// Managers by number, those of all workers in this memory.
static DIRECTORY: Directory = Directory::new();

#[wasm_bindgen]
impl RawManager {
    /// The number by which workers that share the memory can attach to this manager, for as long as
    /// anyone is attached; 0 when refused.
    pub fn share(&mut self) -> u32 {
        self.with(|manager| DIRECTORY.enter(manager)).unwrap_or(0)
    }

    /// The manager with this number, for one more worker. Where it is refused, `takeError` says why
    /// and nothing else works.
    pub fn attach(number: u32) -> RawManager {
        let attached: Result<Option<SharedManager>, _> = DIRECTORY.attach(number, waiting());
        let made = match attached {
            Ok(Some(manager)) => Ok(manager),
            Ok(None) => Err(Refusal::disposed()),
            Err(error) => Err(error.into()),
        };
        Self::of(made, || Error::Metadata.into())
    }
}
