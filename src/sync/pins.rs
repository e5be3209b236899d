//! Which workers have which blocks pinned.
//!
//! What always holds: a block that anyone has pinned here is pinned in its part. What one worker has
//! pinned no other frees, resizes or unpins, so that addresses of its units stay good until that
//! worker unpins it.

use crate::{BlockId, Error, fallible};
use std::collections::HashMap;

/// See the head of this file. Workers go by their tokens.
#[derive(Debug, Default)]
pub(crate) struct Pins {
    holders: HashMap<BlockId, Vec<u32>>,
}

impl Pins {
    /// Notes a worker's pin, if `pin` succeeds.
    pub fn add(
        &mut self,
        id: BlockId,
        worker: u32,
        pin: impl FnOnce() -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut none = Vec::new();
        let holders = self.holders.get_mut(&id).unwrap_or(&mut none);
        if holders.contains(&worker) {
            return pin();
        }
        holders.try_reserve(1)?;
        fallible::reserve(&mut self.holders)?;
        pin()?;
        self.holders.entry(id).or_insert(none).push(worker);
        Ok(())
    }

    /// Returns whether nobody has the block pinned any more.
    pub fn remove(&mut self, id: BlockId, worker: u32) -> bool {
        let Some(holders) = self.holders.get_mut(&id) else { return true };
        holders.retain(|&holder| holder != worker);
        if !holders.is_empty() {
            return false;
        }
        self.holders.remove(&id);
        true
    }

    pub fn has(&self, id: BlockId, worker: u32) -> bool {
        self.holders.get(&id).is_some_and(|holders| holders.contains(&worker))
    }

    /// Whether another worker has the block pinned.
    pub fn is_held_elsewhere(&self, id: BlockId, worker: u32) -> bool {
        let holders = self.holders.get(&id).map_or(&[][..], Vec::as_slice);
        holders.iter().any(|&holder| holder != worker)
    }

    /// The first block that another worker has pinned.
    pub fn first_elsewhere(&self, worker: u32) -> Option<BlockId> {
        self.holders.keys().copied().filter(|&id| self.is_held_elsewhere(id, worker)).min()
    }

    /// Ends a worker's pins, some at a time; returns of which blocks, none if there are no more. They
    /// are pinned in their parts still.
    pub fn take_some_of(&mut self, worker: u32) -> [Option<BlockId>; 64] {
        let mut theirs = self.holders.keys().copied().filter(|&id| self.has(id, worker));
        let some = std::array::from_fn(|_| theirs.next());
        for &id in some.iter().flatten() {
            self.remove(id, worker);
        }
        some
    }

    /// Forgets a block that is gone.
    pub fn forget(&mut self, id: BlockId) {
        self.holders.remove(&id);
    }

    pub fn clear(&mut self) {
        self.holders.clear();
    }
}
