//! One part, and the public IDs of its blocks.
//!
//! What always holds:
//! - A public ID has, in its lowest bits, the number of the part that made it, and above them the
//!   block's ID in that part's manager, the inner ID.
//! - A block leaves the part that its ID names only for part 0. `moved` maps its old inner ID to its
//!   inner ID in part 0, and `guests` of part 0 maps that back to the public ID. No caller can use the
//!   public form of the inner ID in part 0.

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
}

/// The last ID of a part that has a public one: others would pass [`BlockId::MAX`], so only blocks that came
/// from another part have them.
pub(crate) const LAST_INNER: u64 = BlockId::MAX.get() / PARTS as u64 - 1;

/// The public ID of a block that its part made, whose inner ID is at most [`LAST_INNER`].
#[inline(always)]
pub(crate) fn public_of(number: usize, inner: BlockId) -> BlockId {
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
        Self { part, moved: HashMap::new(), guests: HashMap::new() }
    }

    pub fn public_id(&self, number: usize, inner: BlockId) -> BlockId {
        self.guests.get(&inner).copied().unwrap_or_else(|| public_of(number, inner))
    }

    /// Brings blocks and, when none are left, free extents into part 0, at most `most`. Returns how
    /// many more it could have brought.
    pub fn gather_into(
        &mut self,
        centre: &mut Self,
        number: usize,
        most: usize,
    ) -> Result<usize, Error> {
        // For all blocks at once: otherwise the maps would double within steps that have a budget.
        let blocks = self.part.manager.block_count() as usize;
        self.moved.try_reserve(blocks)?;
        centre.guests.try_reserve(blocks)?;
        let ids = self.part.some_ids(most)?;
        let mut left = most - ids.len();
        for inner in ids {
            let new = self.part.give_block(&mut centre.part, inner)?;
            self.moved.insert(inner, new);
            centre.guests.insert(new, public_of(number, inner));
        }
        let pieces = fallible::list(self.part.free_pieces().take(left))?;
        left -= pieces.len();
        for piece in pieces {
            self.part.give_free(&mut centre.part, piece, piece.length)?;
        }
        Ok(left)
    }

    /// Does what may move blocks in external storage, adding the moves to those untold already, by the
    /// IDs that `name` gives. It needs no memory of its own.
    pub fn moving<T>(
        &mut self,
        untold: &mut Vec<Relocation>,
        name: impl Fn(&Self, BlockId) -> BlockId,
        act: impl FnOnce(&mut MemoryManager) -> T,
    ) -> T {
        let before = untold.len();
        swap(untold, self.part.manager.untold());
        let result = act(&mut self.part.manager);
        swap(untold, self.part.manager.untold());
        for relocation in untold.iter_mut().skip(before) {
            relocation.id = name(self, relocation.id);
        }
        result
    }

    /// Whether all blocks here were made here, and none that left is still live.
    #[inline(always)]
    pub fn is_plain(&self) -> bool {
        self.moved.is_empty() && self.guests.is_empty()
    }
}

#[cfg(all(test, not(loom), not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::{Options, PlacementKind, SharedManager, Waiting};

    /// Their public IDs would be too large, or those of other blocks. Such a block was allocated and freed
    /// again, which both counts said.
    #[test]
    fn blocks_whose_ids_the_world_could_not_know_are_refused_before_anything_is_counted() {
        let placement = PlacementKind::FirstFit;
        let options = Options { placement, auto_defragment: true, ..Options::default() };
        let memory = SharedManager::with_options(10, options, Waiting::default()).unwrap();
        let other = memory.attach().unwrap();
        for (number, worker) in [&memory, &other].into_iter().enumerate() {
            let next_is = |id| worker.part(number).unwrap().part.set_next_id(id);
            next_is(LAST_INNER);
            let public = worker.alloc(1).unwrap();
            assert!(public <= BlockId::MAX);
            assert_eq!(part_id(public), (number, BlockId::new(LAST_INNER)));
            for next in [LAST_INNER, LAST_INNER + 1] {
                next_is(next); // The first is in use.
                let before = worker.stats();
                // From what the part has, and from what others have.
                for size in [1, 5] {
                    assert_eq!(worker.alloc(size), Err(Error::Metadata), "{size} in {number}");
                    assert_eq!(worker.stats(), before, "{size} in {number}");
                }
            }
            assert!(matches!(worker.alloc(10), Err(Error::OutOfMemory { .. })));
        }
        // Only compaction finds room for these.
        assert!(!memory.explain(8, 1).unwrap().fits);
        assert_eq!(memory.alloc(8), Err(Error::Metadata));
        assert_eq!(memory.stats().unwrap().allocations, 2);
    }
}
