//! A manager on its way through the operations of a trace.
//!
//! What always holds:
//! - Operations run in the order of the trace, each once. One that is refused leaves the manager as
//!   it was: a block that was never placed is not freed later, and one that could not be resized
//!   keeps its size. Resizing a block that was never placed allocates it, as `realloc` does.
//! - The same options give the same IDs at the same positions, so `ids` is right at every position
//!   that was ever reached: IDs are never used twice, and what is not live the manager says. It has
//!   the blocks that had begun at the furthest of them, which begin in the order of their indexes.

use crate::fallible::room_for;
use crate::trace::{Op, Trace};
use crate::{BlockId, Error, Explanation, MemoryManager, Options, PlacementKind, Storage, Unit};
use std::borrow::Borrow;

#[derive(Debug)]
pub(super) struct Run<T> {
    trace: T,
    pub manager: MemoryManager,
    /// The ID of each block of the trace that has begun, as soon as it was placed once. There is room for
    /// all, but no time is spent on those of operations that are never run.
    ids: Vec<BlockId>,
    pub position: usize,
}

/// No manager gives this ID.
const NEVER_PLACED: u64 = 0;

impl<T: Borrow<Trace>> Run<T> {
    pub fn new(
        trace: T,
        capacity: u32,
        placement: PlacementKind,
        auto_defragment: bool,
    ) -> Result<Self, Error> {
        let options =
            Options { unit: Unit::U8, placement, auto_defragment, storage: Storage::External };
        let manager = MemoryManager::with_options(capacity, options)?;
        let ids = room_for(trace.borrow().blocks() as usize)?;
        Ok(Self { trace, manager, ids, position: 0 })
    }

    pub fn trace(&self) -> &Trace {
        self.trace.borrow()
    }

    /// The next operation.
    pub fn next(&self) -> Option<Op> {
        self.trace().ops().get(self.position).copied()
    }

    /// The ID of a block of the trace, if it lives.
    pub fn block(&self, block: u32) -> Option<BlockId> {
        self.ids.get(block as usize).copied().filter(|&id| self.manager.has(id))
    }

    /// The core's answer to where a block would go. Scattered placements do not align.
    pub fn explain(&mut self, size: u32, align: u32) -> Result<Explanation, Error> {
        let scattered = self.manager.options().placement.is_scattered();
        self.manager.explain(size, if scattered { 1 } else { align })
    }

    /// Runs the next operation; there must be one. The block that it placed or resized.
    ///
    /// # Errors
    /// As [`MemoryManager::alloc_aligned`] and [`MemoryManager::resize`]; the operation is done
    /// with nevertheless.
    #[inline(always)]
    pub fn step(&mut self) -> Result<Option<BlockId>, Error> {
        let op = self.trace.borrow().ops()[self.position];
        self.position += 1;
        match op {
            Op::Alloc { block, size, align } => {
                if self.ids.len() == block as usize {
                    self.ids.push(BlockId::new(NEVER_PLACED));
                }
                self.alloc(block, size, align.bytes())
            }
            Op::Resize { block, size } => self.resize(block, size),
            Op::Free { block } => {
                // Refused where the block was never placed.
                let _ = self.manager.free(self.ids[block as usize]);
                Ok(None)
            }
            Op::Nothing => Ok(None),
        }
    }

    #[inline(always)]
    fn alloc(&mut self, block: u32, size: u32, align: u32) -> Result<Option<BlockId>, Error> {
        let scattered = self.manager.options().placement.is_scattered();
        let align = if scattered { 1 } else { align };
        let id = self.manager.alloc_aligned(size, align)?;
        self.ids[block as usize] = id;
        Ok(Some(id))
    }

    fn resize(&mut self, block: u32, size: u32) -> Result<Option<BlockId>, Error> {
        let id = self.ids[block as usize];
        match self.manager.resize(id, size) {
            Ok(()) => {
                // Nobody has a copy of the units that would have to follow.
                drop(self.manager.take_relocations());
                Ok(Some(id))
            }
            Err(Error::UnknownBlock { .. }) => self.alloc(block, size, 1),
            Err(refused) => Err(refused),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A search for the smallest capacity makes millions of runs that end at their second operation.
    #[test]
    fn blocks_that_have_not_begun_cost_no_time() {
        let trace = Trace::parse(b"+4,+9,-0,+1,-1,-2", None, "").unwrap();
        let mut run = Run::new(&trace, 8, PlacementKind::FirstFit, false).unwrap();
        let mut begun = vec![run.ids.len()];
        while run.next().is_some() {
            let _ = run.step();
            begun.push(run.ids.len());
        }
        assert_eq!(begun, [0, 1, 2, 2, 3, 3, 3]);
        assert_eq!(run.ids[1], BlockId::new(NEVER_PLACED), "9 units do not fit");
        assert!(run.ids.capacity() >= 3, "there was room for all");
    }
}
