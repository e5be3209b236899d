//! A manager that runs the operations of a trace.
//!
//! What always holds:
//! - Operations run in the order of the trace, each once. A refused one leaves the manager unchanged: a
//!   block that was never placed is not freed later, and a block that could not be resized keeps its
//!   size. Resizing a block that was never placed allocates it, as `realloc` does.
//! - Runs are deterministic: the same options give the same IDs at the same positions, and IDs are
//!   never used twice. So `ids`, which covers every block that had begun by the furthest position
//!   reached, is right at all earlier positions too; whether a block is live there, the manager knows.
//!   Blocks begin in the order of their indexes.

use super::options::ReplayOptions;
use crate::fallible::room_for;
use crate::trace::{Op, Trace};
use crate::{BlockId, Error, Explanation, MemoryManager, Options, Relocation, Storage, Unit};
use std::borrow::Borrow;
use std::fmt;

pub(super) struct Run<T> {
    trace: T,
    pub manager: MemoryManager,
    /// For each block of the trace that has begun, its last ID, or [`NEVER_PLACED`]. Room for all is
    /// reserved, but only blocks that begin are written, so that a short run takes little time.
    ids: Vec<BlockId>,
    pub position: usize,
    /// What the last resize moved, of this block and of others.
    pub resize_moved: Vec<Relocation>,
}

/// How far it is: its trace may have millions of operations.
impl<T> fmt::Debug for Run<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run")
            .field("position", &self.position)
            .field("manager", &self.manager)
            .finish_non_exhaustive()
    }
}

/// No manager gives this ID.
const NEVER_PLACED: u64 = 0;

/// What came of an operation.
#[derive(Clone, Copy, Debug)]
pub(super) enum Outcome {
    /// It placed or resized this block.
    Placed(BlockId),
    /// It was refused, and changed nothing.
    Refused,
    /// It freed a block, or there was nothing to do.
    Other,
}

/// What places a block: an allocation, or resizing a block that is not live.
pub(super) struct Request {
    /// Its index.
    pub block: u32,
    pub size: u32,
    pub align: u32,
}

impl<T: Borrow<Trace>> Run<T> {
    pub fn new(trace: T, options: ReplayOptions) -> Result<Self, Error> {
        let ReplayOptions { capacity, placement, auto_defragment, .. } = options;
        let options =
            Options { unit: Unit::U8, placement, auto_defragment, storage: Storage::External };
        let manager = MemoryManager::with_options(capacity, options)?;
        let ids = room_for(trace.borrow().blocks() as usize)?;
        Ok(Self { trace, manager, ids, position: 0, resize_moved: Vec::new() })
    }

    pub fn trace(&self) -> &Trace {
        self.trace.borrow()
    }

    /// A manager as it is before the first operation.
    pub fn manager_at_start(&self) -> Result<MemoryManager, Error> {
        MemoryManager::with_options(self.manager.capacity(), self.manager.options())
    }

    /// The next operation.
    pub fn next(&self) -> Option<Op> {
        self.trace().ops().get(self.position).copied()
    }

    /// The ID of a block of the trace, if it lives.
    pub fn block(&self, block: u32) -> Option<BlockId> {
        self.ids.get(block as usize).copied().filter(|&id| self.manager.has(id))
    }

    /// What the next operation asks for, if it places a block.
    pub fn next_request(&self) -> Option<Request> {
        match self.next()? {
            Op::Alloc { block, size, align } => Some(Request { block, size, align: align.bytes() }),
            Op::Resize { block, size } if self.block(block).is_none() => {
                Some(Request { block, size, align: 1 })
            }
            _ => None,
        }
    }

    /// Where a block would go, according to the manager.
    pub fn explain(&mut self, request: &Request) -> Result<Explanation, Error> {
        self.manager.explain(request.size, self.alignment(request.align))
    }

    /// Scattered placements do not align.
    #[inline(always)]
    fn alignment(&self, asked: u32) -> u32 {
        if self.manager.options().placement.is_scattered() { 1 } else { asked }
    }

    /// Runs the next operation, of which there must be one.
    ///
    /// # Errors
    /// [`Error::Metadata`]: no memory for the manager's own records. The operation is still the next one.
    #[inline(always)]
    pub fn step(&mut self) -> Result<Outcome, Error> {
        let outcome = match self.run_next() {
            Ok(Some(id)) => Outcome::Placed(id),
            Ok(None) => Outcome::Other,
            Err(Error::Metadata) => return Err(Error::Metadata),
            Err(_) => Outcome::Refused,
        };
        self.position += 1;
        Ok(outcome)
    }

    /// Returns the block that the next operation placed or resized.
    #[inline(always)]
    fn run_next(&mut self) -> Result<Option<BlockId>, Error> {
        match self.trace.borrow().ops()[self.position] {
            Op::Alloc { block, size, align } => {
                if self.ids.len() == block as usize {
                    self.ids.push(BlockId::new(NEVER_PLACED));
                }
                self.alloc(block, size, align.bytes())
            }
            Op::Resize { block, size } => self.resize(block, size),
            Op::Free { block } => {
                // Refused if the block was never placed.
                let _ = self.manager.free(self.ids[block as usize]);
                Ok(None)
            }
            Op::Nothing => Ok(None),
        }
    }

    #[inline(always)]
    fn alloc(&mut self, block: u32, size: u32, align: u32) -> Result<Option<BlockId>, Error> {
        let id = self.manager.alloc_aligned(size, self.alignment(align))?;
        self.ids[block as usize] = id;
        Ok(Some(id))
    }

    fn resize(&mut self, block: u32, size: u32) -> Result<Option<BlockId>, Error> {
        let id = self.ids[block as usize];
        match self.manager.resize(id, size) {
            Ok(()) => {
                // Nobody has a copy of the units that would have to follow.
                self.resize_moved = self.manager.take_relocations();
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
    use crate::PlacementKind;

    /// A search for the smallest capacity makes millions of runs that end at their second operation.
    #[test]
    fn blocks_that_have_not_begun_cost_no_time() {
        let trace = Trace::parse(b"+4,+9,-0,+1,-1,-2", None, "").unwrap();
        let mut run = Run::new(&trace, ReplayOptions::new(8, PlacementKind::FirstFit)).unwrap();
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
