//! Which workers have which blocks pinned.
//!
//! What always holds: a block that anyone has pinned here is pinned in its part. What one worker has
//! pinned no other frees, resizes or unpins, so that addresses of its units stay good until that
//! worker unpins it.

use crate::BlockId;
use std::collections::BTreeMap;

/// See the head of this file. Workers go by their tokens.
#[derive(Debug, Default)]
pub(crate) struct Pins {
    holders: BTreeMap<BlockId, Vec<u32>>,
}

impl Pins {
    pub fn add(&mut self, id: BlockId, worker: u32) {
        let holders = self.holders.entry(id).or_default();
        if !holders.contains(&worker) {
            holders.push(worker);
        }
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

    /// A block that another worker has pinned.
    pub fn any_elsewhere(&self, worker: u32) -> Option<BlockId> {
        self.holders.keys().copied().find(|&id| self.is_held_elsewhere(id, worker))
    }

    /// The blocks that a worker has pinned.
    pub fn of(&self, worker: u32) -> Vec<BlockId> {
        self.holders.keys().copied().filter(|&id| self.has(id, worker)).collect()
    }

    /// Forgets a block that is gone.
    pub fn forget(&mut self, id: BlockId) {
        self.holders.remove(&id);
    }

    pub fn clear(&mut self) {
        self.holders.clear();
    }
}
