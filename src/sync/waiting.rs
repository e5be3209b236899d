//! How a worker waits for another.
//!
//! What always holds: a worker waits on an atomic only if it may.

use std::time::Duration;

/// How a worker spends the time until a lock is free, and when it gives up. `wasm32`, where std has no clock,
/// has no default.
#[derive(Clone, Copy, Debug)]
pub struct Waiting {
    /// How long one operation of another worker may take before that worker is taken for lost.
    pub patience: Duration,
    /// The time since a fixed moment; monotonic.
    pub clock: fn() -> Duration,
    /// Called between two looks at a lock, with the number of looks so far.
    pub pause: fn(turn: u32),
}

/// Looks before a worker that may sleep does so.
const LOOKS: u32 = 64;
/// Short compared with what sleeping saves, and long compared with an operation.
const SLEEP: Duration = Duration::from_micros(50);

impl Waiting {
    /// Ten seconds, longer than any operation takes that does not move gigabytes.
    pub const PATIENCE: Duration = Duration::from_secs(10);

    /// For a thread that may not sleep, as the main thread of a page: it spins.
    pub fn spin(_: u32) {
        std::hint::spin_loop();
    }

    /// For any other thread: it spins for a moment and then sleeps, so that the worker it waits for
    /// gets the processor.
    pub fn sleep(turn: u32) {
        if turn < LOOKS { std::hint::spin_loop() } else { std::thread::sleep(SLEEP) }
    }
}

#[cfg(not(target_arch = "wasm32"))]
impl Default for Waiting {
    fn default() -> Self {
        Self { patience: Self::PATIENCE, clock: native::clock, pause: native::PAUSE }
    }
}

#[cfg(all(not(target_arch = "wasm32"), not(loom)))]
mod native {
    use std::sync::OnceLock;
    use std::time::{Duration, Instant};

    pub fn clock() -> Duration {
        static BEGIN: OnceLock<Instant> = OnceLock::new();
        BEGIN.get_or_init(Instant::now).elapsed()
    }

    pub const PAUSE: fn(u32) = super::Waiting::sleep;
}

/// In a model check time stands still, and waiting lets the other threads go on.
#[cfg(loom)]
mod native {
    use std::time::Duration;

    pub fn clock() -> Duration {
        Duration::ZERO
    }

    pub const PAUSE: fn(u32) = |_| loom::thread::yield_now();
}

#[cfg(all(test, not(loom), not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn time_goes_on() {
        let Waiting { clock, .. } = Waiting::default();
        let begin = clock();
        assert!((0..1_u64 << 32).any(|_| clock() > begin));
    }
}
