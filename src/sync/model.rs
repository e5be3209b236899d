//! Model checks: loom tries every interleaving of the threads, including memory orderings, up to a
//! number of forced switches.
//!
//! `npm test -- model` runs them, in a build with `--cfg loom`.

use super::lock::{Lock, Locker};
use super::{SharedManager, Waiting};
use crate::{BlockId, DefragmentOptions, Error, Options, PlacementKind, Unit};
use loom::thread;
use std::sync::Arc;
use std::time::Duration;

fn explore(switches: usize, model: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(switches);
    builder.max_branches = 100_000;
    let model = Arc::new(model);
    builder.check(move || {
        let model = Arc::clone(&model);
        spacious(move || model()).join().unwrap();
    });
}

/// A thread in which managers are made: this needs a large stack, and loom's are small.
fn spacious<T: Send + 'static>(act: impl FnOnce() -> T + Send + 'static) -> thread::JoinHandle<T> {
    thread::Builder::new().stack_size(1 << 16).spawn(act).unwrap()
}

fn locker(token: u32) -> Locker {
    Locker { token, waiting: Waiting::default() }
}

/// A worker without any patience: it takes whoever holds the lock for lost.
fn impatient(token: u32) -> Locker {
    Locker { token, waiting: Waiting { patience: Duration::ZERO, ..Waiting::default() } }
}

#[test]
fn one_at_a_time_has_the_value() {
    explore(4, || {
        let lock = Arc::new(Lock::new(0));
        let threads: Vec<_> = [1, 2]
            .map(|token| {
                let lock = Arc::clone(&lock);
                // The increment is not atomic: loom would notice two at a time.
                thread::spawn(move || *lock.lock(&locker(token)).unwrap() += 1)
            })
            .into();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        assert_eq!(*lock.lock(&locker(3)).unwrap(), 2);
    });
}

#[test]
fn a_worker_that_dies_inside_is_told_of_and_nobody_enters() {
    explore(4, || {
        let lock = Arc::new(Lock::new(0));
        let dying = {
            let lock = Arc::clone(&lock);
            thread::spawn(move || match lock.lock(&locker(1)) {
                Ok(guard) => std::mem::forget(guard),
                Err(_) => unreachable!("nobody else is lost"),
            })
        };
        // Before the other took the lock, or not at all.
        let first = lock.lock(&impatient(2)).map(|mut value| *value += 1);
        assert!(matches!(first, Ok(()) | Err(Error::WorkerLost)));
        dying.join().unwrap();
        assert!(matches!(lock.lock(&impatient(2)), Err(Error::WorkerLost)));
        assert!(matches!(lock.lock(&locker(3)), Err(Error::WorkerLost)));
    });
}

#[test]
fn a_worker_that_was_slow_lets_the_others_in_again() {
    explore(4, || {
        let lock = Arc::new(Lock::new(0));
        let slow = {
            let lock = Arc::clone(&lock);
            thread::spawn(move || *lock.lock(&locker(1)).unwrap() += 1)
        };
        let mine = lock.lock(&impatient(2)).map(|mut value| *value += 1);
        slow.join().unwrap();
        let value = *lock.lock(&locker(3)).unwrap();
        assert_eq!(value, 1 + u32::from(mine.is_ok()));
    });
}

fn shared() -> SharedManager {
    let placement = PlacementKind::FirstFit;
    let options = Options { unit: Unit::U8, placement, ..Options::default() };
    SharedManager::with_options(8, options, Waiting::default()).unwrap()
}

/// Allocates, writes and checks, unless the units are gone.
fn use_block(memory: &SharedManager, size: u32, value: u8) -> Option<BlockId> {
    let values = vec![value; size as usize];
    let id = match memory.alloc(size) {
        Ok(id) => id,
        Err(Error::OutOfMemory { .. } | Error::Fragmented { .. }) => return None,
        Err(refusal) => panic!("{refusal}"),
    };
    memory.write(id, &values).unwrap();
    assert_eq!(memory.read::<u8>(id).unwrap(), values);
    Some(id)
}

/// One worker takes units from the other's part while the other uses it.
#[test]
fn units_change_hands_while_both_work() {
    explore(2, || {
        let memory = shared();
        let other = memory.attach().unwrap();
        let theirs = thread::spawn(move || use_block(&other, 3, 1));
        let mine = use_block(&memory, 3, 2);
        let theirs = theirs.join().unwrap();
        assert_eq!(memory.read::<u8>(mine.unwrap()).unwrap(), [2; 3]);
        assert_eq!(memory.read::<u8>(theirs.unwrap()).unwrap(), [1; 3]);
        assert_eq!(memory.stats().unwrap().free_units, 2);
    });
}

/// A part is made, and takes over units, while somebody locks all parts: a figure once lacked its
/// units, which had left part 0 after the parts were counted and before part 0 was locked.
#[test]
fn a_part_is_made_while_all_are_asked() {
    explore(2, || {
        let memory = Arc::new(shared());
        let asked = Arc::clone(&memory);
        let joining = spacious(move || {
            let other = memory.attach().unwrap();
            use_block(&other, 3, 1)
        });
        let stats = asked.stats().unwrap();
        assert_eq!(stats.used_units + stats.free_units, 8);
        assert!(joining.join().unwrap().is_some());
    });
}

/// One worker frees a block while another moves it to part 0, or reads it.
#[test]
fn a_block_is_freed_while_it_is_gathered() {
    explore(2, || {
        let memory = shared();
        let other = memory.attach().unwrap();
        let id = use_block(&other, 2, 1).unwrap();
        let step = DefragmentOptions { max_moves: Some(1), ..DefragmentOptions::default() };
        let freeing = thread::spawn(move || other.free(id).unwrap());
        memory.defragment_with(&step).unwrap();
        assert!(matches!(memory.length(id), Ok(2) | Err(Error::UnknownBlock { .. })));
        freeing.join().unwrap();
        assert_eq!(memory.length(id), Err(Error::UnknownBlock { id }));
        assert_eq!(memory.stats().unwrap().free_units, 8);
    });
}

/// Two workers free the same block: one of them is refused.
#[test]
fn a_block_is_freed_once() {
    explore(3, || {
        let memory = shared();
        let id = memory.alloc(2).unwrap();
        let other = memory.attach().unwrap();
        let theirs = thread::spawn(move || other.free(id).is_ok());
        let mine = memory.free(id).is_ok();
        assert!(mine != theirs.join().unwrap());
        assert_eq!(memory.stats().unwrap().frees, 1);
    });
}
