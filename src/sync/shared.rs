//! What all workers share: the parts behind their locks, and how many workers each has.
//!
//! What always holds:
//! - A part is made when the first worker that is to have it attaches, and stays for the next worker when
//!   that one leaves.
//! - Whoever attaches holds the lock of no part, so that a worker that is lost meanwhile takes none along.

use super::PARTS;
use super::granting;
use super::lock::{Lock, Locker};
#[cfg(loom)]
use super::once::OnceLock;
use super::pins::Pins;
use super::state::State;
use crate::buffer::Buffer;
use crate::fallible::TryBox;
use crate::manager::part::Part;
use crate::{Error, Options, Relocation, Storage};
#[cfg(loom)]
use loom::sync::atomic::{AtomicBool, AtomicU32};
#[cfg(not(loom))]
use std::sync::OnceLock;
#[cfg(not(loom))]
use std::sync::atomic::{AtomicBool, AtomicU32};
use std::sync::{Arc, atomic::Ordering::Relaxed};

/// What all workers share.
#[derive(Debug)]
pub(super) struct Shared {
    pub capacity: u32,
    pub options: Options,
    /// For parts to come.
    buffer: Option<Buffer>,
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
pub(super) type Seat = TryBox<Lock<State>>;

/// A seat for a part, made in place, because a part is large.
#[inline(always)]
pub(super) fn seat(make: impl FnOnce() -> Result<Part, Error>) -> Result<Seat, Error> {
    TryBox::of(|| Ok(Lock::new(State::new(make()?))))
}

impl Shared {
    /// With one worker attached, to part 0.
    pub fn of(
        options: Options,
        capacity: u32,
        buffer: Option<Buffer>,
        seats: Vec<Seat>,
        untold: Vec<Relocation>,
    ) -> Result<Arc<Self>, Error> {
        let parts = std::array::from_fn(|_| OnceLock::new());
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
            buffer,
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
        if self.parts[number].get().is_none() {
            let (capacity, options) = (self.capacity, self.options);
            let seat = seat(|| Part::beside(self.buffer.as_ref(), capacity, options))?;
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

#[cfg(all(test, not(loom), not(target_arch = "wasm32")))]
mod tests {
    use crate::{SharedManager, Waiting};
    use std::time::Duration;

    fn hasty() -> Waiting {
        Waiting { patience: Duration::ZERO, ..Waiting::default() }
    }

    /// It locked the first worker's part. Where it was terminated amid that, so were this part's blocks.
    #[test]
    fn who_attaches_needs_no_part_and_locks_none() {
        let memory = SharedManager::new(100).unwrap();
        let busy = memory.part(0).unwrap();
        let other = memory.attach_waiting(hasty()).unwrap();
        drop(busy);
        assert!(other.alloc(100).is_ok());
    }

    /// One that has no patience ends while another attaches: the next to come has the part of the one that
    /// ended.
    #[test]
    fn who_ends_while_another_attaches_leaves_its_part() {
        let memory = SharedManager::new(100).unwrap();
        let ending = memory.attach_waiting(hasty()).unwrap();
        let part = ending.number;
        let coming = memory.shared.coming.lock(&memory.locker).unwrap();
        drop(ending);
        drop(coming);
        assert_eq!(memory.attach().unwrap().number, part);
    }
}
