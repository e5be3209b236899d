//! How the thread of a worker waits for others.
//!
//! What always holds: a thread that was not told otherwise waits as the main thread of a page has to.

use super::clock::now;
use crate::Waiting;
use std::cell::Cell;
use std::time::Duration;
use wasm_bindgen::prelude::*;

thread_local! {
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
