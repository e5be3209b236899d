//! A directory: managers by number, for workers that can only pass each other numbers.
//!
//! What always holds: a number is given once and stays valid for as long as anyone is attached to its
//! manager. The directory itself does not count as attached.

use super::lock::{Lock, Locker};
use super::{Shared, SharedManager, Waiting};
use crate::Error;
use std::sync::{Arc, Weak};

/// See the head of this file.
#[derive(Debug)]
pub(crate) struct Directory {
    entries: Lock<Entries>,
}

#[derive(Debug)]
struct Entries {
    last: u32,
    managers: Vec<(u32, Weak<Shared>)>,
}

impl Directory {
    /// An empty directory.
    pub const fn new() -> Self {
        Self { entries: Lock::new(Entries { last: 0, managers: Vec::new() }) }
    }

    /// The number of a manager; it gets one at the first call.
    pub fn enter(&self, manager: &SharedManager) -> Result<u32, Error> {
        let mut entries = self.entries.lock(&manager.locker)?;
        let Entries { last, managers } = &mut *entries;
        managers.retain(|(_, known)| known.strong_count() > 0);
        let ours = |(_, known): &&(u32, Weak<Shared>)| {
            std::ptr::eq(known.as_ptr(), Arc::as_ptr(&manager.shared))
        };
        if let Some((number, _)) = managers.iter().find(ours) {
            return Ok(*number);
        }
        managers.try_reserve(1)?;
        *last += 1;
        managers.push((*last, Arc::downgrade(&manager.shared)));
        Ok(*last)
    }

    /// The manager with this number, for one more worker; `None` when nobody is attached to it.
    pub fn attach(&self, number: u32, waiting: Waiting) -> Result<Option<SharedManager>, Error> {
        // This worker has no token yet, and any will do here.
        let locker = Locker { token: 1, waiting };
        let entries = self.entries.lock(&locker)?;
        let known = entries.managers.iter().find(|(known, _)| *known == number);
        let Some(shared) = known.and_then(|(_, known)| known.upgrade()) else { return Ok(None) };
        drop(entries);
        SharedManager::join(shared, waiting).map(Some)
    }
}
