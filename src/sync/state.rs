//! One part and what the others call its blocks.
//!
//! What always holds:
//! - An ID names, in its lowest bits, the part that made it, and above them the block's ID in that
//!   part's manager.
//! - A block leaves the part that its ID names only for part 0. `moved` leads from its old ID to
//!   that in part 0, where `guests` leads back to the ID that the world knows; the one in part 0 is
//!   nobody's to use.

use super::PARTS;
use crate::fallible;
use crate::manager::part::Part;
use crate::{BlockId, Error, MemoryManager, Relocation};
use std::collections::HashMap;
use std::mem::swap;

/// See the head of this file.
#[derive(Debug)]
pub(crate) struct State {
    pub part: Part,
    pub moved: HashMap<BlockId, BlockId>,
    pub guests: HashMap<BlockId, BlockId>,
    /// Part 0: failures that parts counted of requests that were then tried elsewhere.
    pub forgiven: u64,
}

/// The ID of a part's block as the world knows it.
#[inline(always)]
pub(crate) fn world_id(number: usize, inner: BlockId) -> BlockId {
    BlockId::new(inner.get() * PARTS as u64 + number as u64)
}

/// The part that an ID names, and the block's ID there.
#[inline(always)]
pub(crate) fn part_id(id: BlockId) -> (usize, BlockId) {
    let parts = PARTS as u64;
    ((id.get() % parts) as usize, BlockId::new(id.get() / parts))
}

impl State {
    pub fn new(part: Part) -> Self {
        Self { part, moved: HashMap::new(), guests: HashMap::new(), forgiven: 0 }
    }

    pub fn public_id(&self, number: usize, inner: BlockId) -> BlockId {
        self.guests.get(&inner).copied().unwrap_or_else(|| world_id(number, inner))
    }

    /// Brings blocks, and when there are none left free extents, into part 0: at most so many.
    /// Returns how many it could have brought more: 0 when this part is empty.
    pub fn gather_into(
        &mut self,
        centre: &mut Self,
        number: usize,
        most: usize,
    ) -> Result<usize, Error> {
        // For all of its blocks at once: else the tables double while steps within a budget gather.
        let blocks = self.part.manager.block_count() as usize;
        self.moved.try_reserve(blocks)?;
        centre.guests.try_reserve(blocks)?;
        let ids = self.part.some_ids(most)?;
        let mut left = most - ids.len();
        for inner in ids {
            let new = self.part.give_block(&mut centre.part, inner)?;
            self.moved.insert(inner, new);
            centre.guests.insert(new, world_id(number, inner));
        }
        let pieces = fallible::list(self.part.free_pieces().take(left))?;
        left -= pieces.len();
        for piece in pieces {
            self.part.give_free(&mut centre.part, piece, piece.length)?;
        }
        Ok(left)
    }

    /// The ID by which the world will know a new block; there are fewer than one manager has.
    #[inline(always)]
    pub fn name(&mut self, number: usize, inner: BlockId) -> Result<BlockId, Error> {
        if inner.get() < BlockId::MAX.get() / PARTS as u64 {
            return Ok(world_id(number, inner));
        }
        self.part.manager.free(inner)?;
        Err(Error::Metadata)
    }

    /// Does what may move blocks in external storage: what moves comes after what is untold already,
    /// by the IDs that `name` gives. It needs no memory but what the part's manager takes.
    pub fn moving<T>(
        &mut self,
        untold: &mut Vec<Relocation>,
        name: impl Fn(&Self, BlockId) -> BlockId,
        act: impl FnOnce(&mut MemoryManager) -> T,
    ) -> T {
        let known = untold.len();
        swap(untold, self.part.manager.untold());
        let result = act(&mut self.part.manager);
        swap(untold, self.part.manager.untold());
        for relocation in untold.iter_mut().skip(known) {
            relocation.id = name(self, relocation.id);
        }
        result
    }

    /// Whether every block here is one that its ID names, and those that left are gone.
    #[inline(always)]
    pub fn is_plain(&self) -> bool {
        self.moved.is_empty() && self.guests.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// They would be no IDs any more, or those of other blocks.
    #[test]
    fn blocks_whose_ids_the_world_could_not_know_are_freed_again() {
        let mut state = State::new(Part::whole(MemoryManager::new(10).unwrap()));
        let last = BlockId::MAX.get() / PARTS as u64 - 1;
        state.part.set_next_id(last);
        let inner = state.part.manager.alloc(1).unwrap();
        assert_eq!(inner.get(), last);
        for number in [0, PARTS - 1] {
            let known = state.name(number, inner).unwrap();
            assert!(known <= BlockId::MAX);
            assert_eq!(part_id(known), (number, inner));
        }
        let inner = state.part.manager.alloc(1).unwrap();
        assert_eq!(state.name(PARTS - 1, inner), Err(Error::Metadata));
        assert_eq!(state.part.manager.block_count(), 1);
    }
}
