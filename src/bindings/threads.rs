//! What the module for several workers has besides the raw manager: how its thread waits, and the
//! numbers by which workers find the managers that lie in the memory they share.

use super::clock::now;
use super::error::Refusal;
use super::manager::RawManager;
use crate::sync::{Directory, RESERVE};
use crate::{Error, SharedManager, Waiting};
use std::cell::Cell;
use std::time::Duration;
use wasm_bindgen::prelude::*;

/// A manager that was refused fits into the worker's reserve, with what the glue adds to it.
const _: () = assert!(size_of::<RawManager>() + 64 <= RESERVE);

/// Managers by number, those of all workers in this memory.
static DIRECTORY: Directory = Directory::new();

thread_local! {
    // Until told otherwise: as on the main thread of a page.
    static WAITING: Cell<Waiting> = const {
        Cell::new(Waiting { patience: Waiting::PATIENCE, clock, pause: Waiting::spin })
    };
}

fn clock() -> Duration {
    Duration::from_micros((now() * 1_000.0) as u64)
}

/// How this thread waits.
pub(crate) fn waiting() -> Waiting {
    WAITING.get()
}

/// Says whether this thread may wait on an atomic, and after how many milliseconds a worker that has not
/// finished its operation counts as lost. Applies to managers made or attached from now on.
#[wasm_bindgen(js_name = setWaiting)]
pub fn set_waiting(may_sleep: bool, patience: f64) {
    let pause = if may_sleep { Waiting::sleep } else { Waiting::spin };
    WAITING.set(Waiting {
        patience: Duration::from_micros((patience * 1_000.0) as u64),
        clock,
        pause,
    });
}

#[wasm_bindgen]
impl RawManager {
    /// The number by which workers that share the memory can attach to this manager, for as long as
    /// anyone is attached; 0 when refused.
    pub fn share(&mut self) -> u32 {
        self.with(|manager| Ok(DIRECTORY.enter(manager)?)).unwrap_or(0)
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
