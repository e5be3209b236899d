//! Which workers have which blocks pinned.
//!
//! What always holds:
//! - A block that anyone has pinned here is pinned in its part. What one worker has pinned no other
//!   frees, resizes or unpins, so that addresses of its units stay good until that worker unpins it.
//! - Each block's holders are as many as workers have it, and those that were taken out with it and
//!   not let go yet.
//!
//! Costs O(1) for a block, however many others anybody has pinned.

use crate::{BlockId, Error, fallible};
use std::collections::{HashMap, HashSet};

/// See the head of this file. Workers go by their tokens.
#[derive(Debug, Default)]
pub(crate) struct Pins {
    workers: HashMap<u32, HashSet<BlockId>>,
    holders: HashMap<BlockId, u32>,
}

impl Pins {
    /// Notes a worker's pin, if `pin` succeeds.
    pub fn add(
        &mut self,
        id: BlockId,
        worker: u32,
        pin: impl FnOnce() -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut none = HashSet::new();
        let theirs = self.workers.get_mut(&worker).unwrap_or(&mut none);
        if theirs.contains(&id) {
            return pin();
        }
        theirs.try_reserve(1)?;
        fallible::reserve(&mut self.workers)?;
        fallible::reserve(&mut self.holders)?;
        pin()?;
        self.workers.entry(worker).or_insert(none).insert(id);
        *self.holders.entry(id).or_insert(0) += 1;
        Ok(())
    }

    /// Ends a worker's pin, or none; returns whether nobody has the block pinned any more.
    pub fn remove(&mut self, id: BlockId, worker: u32) -> bool {
        if self.workers.get_mut(&worker).is_some_and(|theirs| theirs.remove(&id)) {
            self.let_go(id);
        }
        !self.holders.contains_key(&id)
    }

    pub fn has(&self, id: BlockId, worker: u32) -> bool {
        self.workers.get(&worker).is_some_and(|theirs| theirs.contains(&id))
    }

    /// Whether another worker has the block pinned.
    pub fn is_held_elsewhere(&self, id: BlockId, worker: u32) -> bool {
        let holders = self.holders.get(&id).copied().unwrap_or(0);
        holders > u32::from(self.has(id, worker))
    }

    /// The first block that another worker has pinned. Costs O(n) with n pinned blocks.
    pub fn first_elsewhere(&self, worker: u32) -> Option<BlockId> {
        self.holders.keys().copied().filter(|&id| self.is_held_elsewhere(id, worker)).min()
    }

    /// Takes out what a worker has pinned, all at once and without memory, to be let go.
    pub fn take(&mut self, worker: u32) -> HashSet<BlockId> {
        self.workers.remove(&worker).unwrap_or_default()
    }

    /// Ends a pin that was taken out. The block is pinned in its part still.
    pub fn let_go(&mut self, id: BlockId) {
        if let Some(holders) = self.holders.get_mut(&id) {
            *holders -= 1;
            if *holders == 0 {
                self.holders.remove(&id);
            }
        }
    }

    pub fn clear(&mut self) {
        self.workers.values_mut().for_each(HashSet::clear);
        self.holders.clear();
    }
}

#[cfg(all(test, not(loom), not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    /// It was looked for among all pins of all, 64 at a time.
    #[test]
    fn what_a_worker_has_pinned_is_taken_out_at_once_and_held_until_it_is_let_go() {
        let mut pins = Pins::default();
        let ids = || (1..=100).map(BlockId::new);
        for (worker, ids) in [(1, 1..=100), (2, 50..=150)] {
            for id in ids.map(BlockId::new) {
                pins.add(id, worker, || Ok(())).unwrap();
                pins.add(id, worker, || Ok(())).unwrap();
            }
        }
        let taken = pins.take(1);
        assert_eq!(taken, ids().collect());
        assert!(pins.take(1).is_empty());
        assert_eq!(pins.first_elsewhere(2), Some(BlockId::new(1)));
        taken.into_iter().for_each(|id| pins.let_go(id));
        assert_eq!(pins.first_elsewhere(2), None);
        assert_eq!(pins.first_elsewhere(3), Some(BlockId::new(50)));
        for id in ids() {
            assert!(!pins.has(id, 1));
            assert_eq!(pins.has(id, 2), id.get() >= 50);
            assert_eq!(pins.remove(id, 1), id.get() < 50, "it is the other's");
            assert!(pins.remove(id, 2));
        }
        assert_eq!(pins.holders.len(), 50);
    }

    #[test]
    fn a_block_that_cannot_be_pinned_has_no_holder() {
        let mut pins = Pins::default();
        let id = BlockId::new(1);
        assert_eq!(
            pins.add(id, 1, || Err(Error::UnknownBlock { id })),
            Err(Error::UnknownBlock { id })
        );
        assert!(!pins.has(id, 1) && pins.remove(id, 1) && pins.take(1).is_empty());
    }
}
