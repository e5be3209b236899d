//! The lock: one worker at a time, by spinning.
//!
//! What always holds:
//! - A [`Guard`] is exclusive access to the value.
//! - Nobody waits for ever for a lost worker. A worker that sees the lock held by the same holder for
//!   longer than its patience takes the holder for lost and is refused; from then on everybody is
//!   refused at once. If the holder comes back after all, the lock is free again.
//!
//! The lock is a word with the token of the worker that has it, and a count beside it. It never waits
//! on an atomic, which the main thread of a page may not do; the worker's [`Waiting`] says how it
//! spends the time. (A test-and-test-and-set lock with back-off: Anderson, *The performance of spin
//! lock alternatives for shared-memory multiprocessors*, 1990.)

#![allow(unsafe_code)]

use super::waiting::Waiting;
use crate::Error;
#[cfg(loom)]
use loom::cell::{MutPtr, UnsafeCell};
#[cfg(loom)]
use loom::sync::atomic::AtomicU32;
#[cfg(not(loom))]
use std::cell::UnsafeCell;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
#[cfg(not(loom))]
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::time::Duration;

/// Nobody has the lock.
const FREE: u32 = 0;
/// The worker that had the lock is lost.
const LOST: u32 = u32::MAX;

/// A worker that locks: its token, neither 0 nor `u32::MAX`, and how it waits. Workers of one manager
/// have different tokens, unless 2^32 others were attached in between. Workers of different managers
/// may share a token. Waiters tell them apart by the lock's turn counter.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Locker {
    pub token: u32,
    pub waiting: Waiting,
}

/// See the head of this file. Aligned to 128 bytes, two cache lines, because processors prefetch pairs:
/// so what one worker writes does not slow down others that work elsewhere.
#[derive(Debug)]
#[repr(align(128))]
pub(crate) struct Lock<T> {
    holder: AtomicU32,
    /// How often the lock was taken. By this a waiter tells a worker that took it again from one that
    /// never gave it back.
    turns: AtomicU32,
    value: UnsafeCell<T>,
}

// SAFETY: the value is reached only through a `Guard`, and there is only one at a time.
unsafe impl<T: Send> Sync for Lock<T> {}

impl<T> Lock<T> {
    #[cfg(not(loom))]
    pub const fn new(value: T) -> Self {
        let (holder, turns) = (AtomicU32::new(FREE), AtomicU32::new(0));
        Self { holder, turns, value: UnsafeCell::new(value) }
    }

    #[cfg(loom)]
    pub fn new(value: T) -> Self {
        let (holder, turns) = (AtomicU32::new(FREE), AtomicU32::new(0));
        Self { holder, turns, value: UnsafeCell::new(value) }
    }

    /// Takes the lock, waiting for it as long as the locker's patience lasts.
    ///
    /// # Errors
    /// [`Error::WorkerLost`].
    #[inline(always)]
    pub fn lock(&self, locker: &Locker) -> Result<Guard<'_, T>, Error> {
        // The lock, and all that it guards, may lie in memory that another worker has grown.
        see_growth();
        if self.try_take(locker.token) { Ok(Guard::new(self)) } else { self.wait(locker) }
    }

    /// Takes the lock if it is free, for callers that never wait and need not be told apart.
    #[cfg(all(feature = "npm", target_feature = "atomics"))]
    pub fn try_lock(&self) -> Option<Guard<'_, T>> {
        self.try_take(1).then(|| Guard::new(self))
    }

    #[inline(always)]
    fn try_take(&self, token: u32) -> bool {
        let taken = self.holder.compare_exchange(FREE, token, Acquire, Relaxed).is_ok();
        if taken {
            // Only the holder writes it.
            self.turns.store(self.turns.load(Relaxed).wrapping_add(1), Relaxed);
        }
        taken
    }

    #[cold]
    fn wait(&self, locker: &Locker) -> Result<Guard<'_, T>, Error> {
        let Locker { token, waiting } = locker;
        // The holder and its turn at the last look, and since when they have been the same.
        let (mut seen, mut since) = (None, Duration::ZERO);
        let mut turn = 0_u32;
        loop {
            match self.holder.load(Relaxed) {
                LOST => return Err(Error::WorkerLost),
                FREE if self.try_take(*token) => return Ok(Guard::new(self)),
                FREE => seen = None,
                holder => {
                    let now = Some((holder, self.turns.load(Relaxed)));
                    if now != seen {
                        // Somebody has taken the lock since, so others are making progress.
                        (seen, since) = (now, (waiting.clock)());
                    } else if (waiting.clock)().saturating_sub(since) >= waiting.patience {
                        // This fails if the holder comes back at this very moment.
                        let _ = self.holder.compare_exchange(holder, LOST, Relaxed, Relaxed);
                    }
                }
            }
            (waiting.pause)(turn);
            turn = turn.saturating_add(1);
        }
    }
}

/// The value of a [`Lock`], for as long as this lives. It stays with the thread that took the lock.
#[derive(Debug)]
pub(crate) struct Guard<'a, T> {
    lock: &'a Lock<T>,
    /// Makes a guard `Sync` only if its value is, and never `Send`.
    value_is_reached: PhantomData<*mut T>,
    /// Whether the thread was already panicking, so that it only tidies up.
    panicked: bool,
    #[cfg(loom)]
    value: Option<MutPtr<T>>,
}

// SAFETY: through a shared guard the value is reached by `&T` alone.
unsafe impl<T: Sync> Sync for Guard<'_, T> {}

impl<'a, T> Guard<'a, T> {
    #[inline(always)]
    fn new(lock: &'a Lock<T>) -> Self {
        see_growth();
        Self {
            lock,
            value_is_reached: PhantomData,
            panicked: is_panicking(),
            #[cfg(loom)]
            value: Some(lock.value.get_mut()),
        }
    }

    #[cfg(not(loom))]
    #[inline(always)]
    fn pointer(&self) -> *mut T {
        self.lock.value.get()
    }

    #[cfg(loom)]
    fn pointer(&self) -> *mut T {
        self.value.as_ref().map_or(std::ptr::null_mut(), |value| value.with(|pointer| pointer))
    }
}

impl<T> Deref for Guard<'_, T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: the lock is ours.
        unsafe { &*self.pointer() }
    }
}

impl<T> DerefMut for Guard<'_, T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: the lock is ours, and so is the guard.
        unsafe { &mut *self.pointer() }
    }
}

impl<T> Drop for Guard<'_, T> {
    #[inline(always)]
    fn drop(&mut self) {
        #[cfg(loom)]
        drop(self.value.take());
        // A thread that panics leaves the value in an unknown state.
        let lost = is_panicking() && !self.panicked;
        self.lock.holder.store(if lost { LOST } else { FREE }, Release);
    }
}

#[inline(always)]
fn see_growth() {
    #[cfg(all(feature = "npm", target_feature = "atomics"))]
    super::growth::see();
}

#[inline(always)]
fn is_panicking() -> bool {
    cfg!(panic = "unwind") && std::thread::panicking()
}

#[cfg(all(test, not(loom), not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use std::cell::{Cell, RefCell};

    thread_local! {
        static LOOKS: Cell<u64> = const { Cell::new(0) };
        /// What another worker has.
        static OTHERS: RefCell<Option<Guard<'static, u32>>> = const { RefCell::new(None) };
    }

    fn counted() -> u64 {
        LOOKS.replace(LOOKS.get() + 1)
    }

    fn no_pause(turn: u32) {
        assert!(turn < 100, "it waits for ever");
    }

    fn waiter(patience: u64, clock: fn() -> Duration, pause: fn(u32)) -> Locker {
        let patience = Duration::from_millis(patience);
        Locker { token: 2, waiting: Waiting { patience, clock, pause } }
    }

    fn patient() -> Locker {
        waiter(u64::MAX, || Duration::ZERO, no_pause)
    }

    #[test]
    fn who_waits_has_the_lock_as_soon_as_it_is_given_back() {
        static LOCK: Lock<u32> = Lock::new(7);
        fn pause(turn: u32) {
            no_pause(turn);
            if turn == 3 {
                OTHERS.take();
            }
        }
        OTHERS.set(Some(LOCK.lock(&Locker { token: 1, ..patient() }).unwrap()));
        let guard = LOCK.lock(&waiter(u64::MAX, || Duration::ZERO, pause)).unwrap();
        assert_eq!(*guard, 7);
        assert!(!LOCK.try_take(3), "it is nobody else's");
        drop(guard);
        assert!(LOCK.try_take(3));
    }

    /// It does not compile where a guard is `Send`, or `Sync` though its value is not: there are two ways then
    /// to be `Either`.
    #[test]
    fn a_guard_is_shared_only_where_its_value_may_be_and_never_sent() {
        trait Either<Way> {
            fn pin() {}
        }
        impl<T> Either<()> for T {}
        impl<T: Sync> Either<[(); 1]> for T {}
        impl<T: Send> Either<[(); 2]> for T {}
        <Guard<'_, Cell<u32>> as Either<_>>::pin();
        fn sync<T: Sync>() {}
        sync::<(Lock<Cell<u32>>, Guard<'_, u32>)>();
    }

    /// A waiter looks at the clock when it first sees a holder, and then whenever it still sees the
    /// same one.
    #[test]
    fn who_has_the_lock_for_as_long_as_patience_is_is_lost() {
        let by_one = || Duration::from_millis(counted());
        let by_two = || Duration::from_millis(2 * counted());
        for (clock, patience, looks) in
            [(by_one as fn() -> Duration, 3, 4), (by_one, 4, 5), (by_two, 3, 3), (by_two, 4, 3)]
        {
            let lock = Lock::new(7);
            let guard = lock.lock(&Locker { token: 1, ..patient() }).unwrap();
            LOOKS.set(0);
            let refused = lock.lock(&waiter(patience, clock, no_pause)).err();
            assert_eq!((refused, LOOKS.get()), (Some(Error::WorkerLost), looks), "{patience}");
            assert_eq!(lock.lock(&patient()).err(), Some(Error::WorkerLost));
            drop(guard);
            assert!(lock.lock(&patient()).is_ok(), "it came back after all");
        }
    }
}
