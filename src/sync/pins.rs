//! Which workers have which blocks pinned.
//!
//! What always holds: a block that any worker has pinned here is pinned in its part. A block that one
//! worker has pinned is not freed, resized or unpinned by any other, so addresses of its units stay
//! valid until that worker unpins it.
//!
//! Costs O(w) for a block, with w workers that have pinned any, however many blocks they have pinned.

use crate::{BlockId, Error};
use std::collections::HashSet;

/// See the head of this file.
#[derive(Debug, Default)]
pub(crate) struct Pins {
    holders: Vec<Holder>,
}

/// A worker, by its token, and what it has pinned.
#[derive(Debug)]
struct Holder {
    worker: u32,
    blocks: HashSet<BlockId>,
}

impl Pins {
    /// Adds a worker's pin, if `pin` succeeds.
    pub fn add(
        &mut self,
        id: BlockId,
        worker: u32,
        pin: impl FnOnce() -> Result<(), Error>,
    ) -> Result<(), Error> {
        let place = match self.place(worker) {
            Some(place) => place,
            None => {
                self.holders.try_reserve(1)?;
                self.holders.push(Holder { worker, blocks: HashSet::new() });
                self.holders.len() - 1
            }
        };
        let blocks = &mut self.holders[place].blocks;
        if !blocks.contains(&id) {
            blocks.try_reserve(1)?;
        }
        pin()?;
        blocks.insert(id);
        Ok(())
    }

    /// Ends a worker's pin, if it has one; returns whether nobody has the block pinned any more.
    pub fn remove(&mut self, id: BlockId, worker: u32) -> bool {
        if let Some(place) = self.place(worker) {
            self.holders[place].blocks.remove(&id);
        }
        !self.holders.iter().any(|holder| holder.blocks.contains(&id))
    }

    pub fn has(&self, id: BlockId, worker: u32) -> bool {
        self.place(worker).is_some_and(|place| self.holders[place].blocks.contains(&id))
    }

    /// Whether another worker has the block pinned.
    pub fn is_held_elsewhere(&self, id: BlockId, worker: u32) -> bool {
        self.others(worker).any(|holder| holder.blocks.contains(&id))
    }

    /// The first block that another worker has pinned. Costs O(n) with n pins.
    pub fn first_elsewhere(&self, worker: u32) -> Option<BlockId> {
        self.others(worker).flat_map(|holder| &holder.blocks).min().copied()
    }

    /// Ends all pins of a worker at once, without needing memory; returns the blocks, which are still
    /// pinned in their parts.
    pub fn take(&mut self, worker: u32) -> HashSet<BlockId> {
        let place = self.place(worker);
        place.map_or_else(HashSet::new, |place| self.holders.swap_remove(place).blocks)
    }

    /// Removes all pins; keeps the memory.
    pub fn clear(&mut self) {
        self.holders.iter_mut().for_each(|holder| holder.blocks.clear());
    }

    fn place(&self, worker: u32) -> Option<usize> {
        self.holders.iter().position(|holder| holder.worker == worker)
    }

    fn others(&self, worker: u32) -> impl Iterator<Item = &Holder> {
        self.holders.iter().filter(move |holder| holder.worker != worker)
    }
}

#[cfg(all(test, not(loom), not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    /// They used to be looked for among all pins of all workers, 64 at a time.
    #[test]
    fn what_a_worker_has_pinned_is_taken_out_at_once() {
        let mut pins = Pins::default();
        let ids = || (1..=100).map(BlockId::new);
        for (worker, ids) in [(1, 1..=100), (2, 50..=150)] {
            for id in ids.map(BlockId::new) {
                pins.add(id, worker, || Ok(())).unwrap();
                pins.add(id, worker, || Ok(())).unwrap();
            }
        }
        assert_eq!(pins.first_elsewhere(2), Some(BlockId::new(1)));
        assert_eq!(pins.take(1), ids().collect());
        assert!(pins.take(1).is_empty());
        assert_eq!(pins.first_elsewhere(2), None);
        assert_eq!(pins.first_elsewhere(1), Some(BlockId::new(50)));
        for id in ids() {
            let is_theirs = id.get() >= 50;
            assert_eq!([1, 2].map(|worker| pins.has(id, worker)), [false, is_theirs]);
            assert_eq!([1, 2].map(|it| pins.is_held_elsewhere(id, it)), [is_theirs, false]);
            assert_eq!([1, 2].map(|worker| pins.remove(id, worker)), [!is_theirs, true]);
        }
        assert_eq!(pins.first_elsewhere(1), Some(BlockId::new(101)));
    }

    #[test]
    fn a_block_that_cannot_be_pinned_is_nobodys() {
        let mut pins = Pins::default();
        let id = BlockId::new(1);
        let refusal = Error::UnknownBlock { id };
        assert_eq!(pins.add(id, 1, || Err(refusal.clone())), Err(refusal));
        assert!(!pins.has(id, 1) && pins.remove(id, 1) && pins.take(1).is_empty());
    }
}
