//! What all workers share: the parts behind their locks, and how many workers each has.
//!
//! What always holds: a part is made when the first worker that is to have it attaches, and stays for
//! the next worker when that one leaves.

use super::PARTS;
use super::granting;
use super::lock::{Lock, Locker};
use super::pins::Pins;
use super::state::State;
use crate::manager::part::Part;
use crate::{Error, Options, Relocation, Storage, fallible};
#[cfg(loom)]
use loom::sync::atomic::{AtomicBool, AtomicU32};
#[cfg(not(loom))]
use std::sync::atomic::{AtomicBool, AtomicU32};
use std::sync::{Arc, OnceLock, atomic::Ordering::Relaxed};

/// What all workers share.
#[derive(Debug)]
pub(super) struct Shared {
    pub capacity: u32,
    pub options: Options,
    /// Those that are set come first. Only the holder of the lock `coming` sets one.
    pub parts: [OnceLock<Seat>; PARTS],
    /// Held while attaching.
    coming: Lock<()>,
    /// Workers attached to each part. A worker leaves without a lock.
    attached: [AtomicU32; PARTS],
    /// Moves in external storage that nobody has been told yet, in order, by public IDs; the parts'
    /// managers keep none. Whoever adds moves holds this lock while making them, since a mirror has to make
    /// the moves of all parts in the same order. What a report of compaction has is not among them: a step
    /// holds the lock of part 0 only. Taken after the locks of parts.
    pub untold: Lock<Vec<Relocation>>,
    /// Taken last of all locks.
    pub pins: Lock<Pins>,
    /// Workers so far.
    pub workers: AtomicU32,
    /// Whether another worker than the first has ever attached. (A save has parts, but no workers.)
    pub joined: AtomicBool,
    /// While blocks are gathered in part 0: allocations until workers spread again.
    pub together: AtomicU32,
}

/// A part behind its lock.
pub(super) type Seat = Box<[Lock<State>; 1]>;

/// A seat for a part, made in place, because a part is large.
#[inline(always)]
pub(super) fn seat(make: impl FnOnce() -> Result<Part, Error>) -> Result<Seat, Error> {
    fallible::boxed(|| Ok(Lock::new(State::new(make()?))))
}

impl Shared {
    /// With one worker attached, to part 0.
    pub fn of(
        options: Options,
        capacity: u32,
        seats: Vec<Seat>,
        untold: Vec<Relocation>,
    ) -> Result<Arc<Self>, Error> {
        let parts = [const { OnceLock::new() }; PARTS];
        for (part, seat) in parts.iter().zip(seats) {
            let set = part.set(seat);
            debug_assert!(set.is_ok(), "nobody else has it yet");
        }
        let attached = std::array::from_fn(|number| AtomicU32::new(u32::from(number == 0)));
        let (workers, together) = (AtomicU32::new(1), AtomicU32::new(0));
        let joined = AtomicBool::new(false);
        let (coming, pins) = (Lock::new(()), Lock::new(Pins::default()));
        let untold = Lock::new(untold);
        Ok(granting::shared(Self {
            capacity,
            options,
            parts,
            coming,
            attached,
            untold,
            pins,
            workers,
            joined,
            together,
        })?)
    }

    /// Whether moves have to be told.
    pub fn tells(&self) -> bool {
        self.options.storage == Storage::External
    }

    /// A part for one more worker: one with the fewest workers, made if need be.
    pub fn seat(&self, locker: &Locker) -> Result<usize, Error> {
        let _coming = self.coming.lock(locker)?;
        let attached = |&number: &usize| self.attached[number].load(Relaxed);
        let number = (0..PARTS).min_by_key(attached).unwrap_or(0);
        if self.parts[number].get().is_none()
            && let Some(first) = self.parts[0].get()
        {
            let first = first[0].lock(locker)?;
            let seat = seat(|| Part::beside(&first.part))?;
            let set = self.parts[number].set(seat);
            debug_assert!(set.is_ok(), "only who has `coming` sets it");
        }
        self.attached[number].fetch_add(1, Relaxed);
        self.joined.store(true, Relaxed);
        Ok(number)
    }

    /// Notes that a worker with this part leaves.
    pub fn leave(&self, number: usize) {
        self.attached[number].fetch_sub(1, Relaxed);
    }
}
