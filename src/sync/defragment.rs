//! Defragmenting for several workers: compaction works on all blocks, so it first gathers them in part
//! 0.
//!
//! What always holds: nothing moves unless part 0 is in charge of all units.

use super::state::State;
use super::{PARTS, SharedManager};
use crate::{DefragmentOptions, DefragmentReport, Error, Relocation};
use std::sync::atomic::Ordering::Relaxed;

/// Allocations after which a compaction is taken to be abandoned, so that workers spread again.
const PATIENT_ALLOCATIONS: u32 = 1 << 16;

/// How many blocks and free extents a bounded step of compaction gathers in all, and how many before it
/// releases the locks for others.
const GATHERED: usize = 1024;
const GATHERED_AT_ONCE: usize = 64;

impl SharedManager {
    /// As [`MemoryManager::defragment`](crate::MemoryManager::defragment). Everybody else waits
    /// until it is done.
    ///
    /// # Errors
    /// As [`MemoryManager::defragment`](crate::MemoryManager::defragment).
    pub fn defragment(&self) -> Result<DefragmentReport, Error> {
        self.defragment_with(&DefragmentOptions::default())
    }

    /// As [`MemoryManager::defragment_with`](crate::MemoryManager::defragment_with). With a budget,
    /// nobody else waits for longer than the budget, except while a table of the records grows. If
    /// there are several parts, the first calls gather all blocks in one of them and move none. Workers
    /// then allocate there until a report is `done`, or after 65,536 allocations, when the compaction
    /// is taken to be abandoned.
    ///
    /// With external storage, nothing says which came first, the moves of a report or those that
    /// [`Self::take_relocations`] returns. Where several workers keep one mirror, a lock of yours has to be held
    /// around this call and the copying, and around each call that may move something else ([`Self::resize`]
    /// and, with [`Options::auto_defragment`](crate::Options::auto_defragment), allocating), taking the
    /// relocations and the copying.
    ///
    /// # Errors
    /// As [`MemoryManager::defragment_with`](crate::MemoryManager::defragment_with).
    pub fn defragment_with(
        &self,
        options: &DefragmentOptions<'_>,
    ) -> Result<DefragmentReport, Error> {
        self.shared.options.order(options)?;
        if !options.is_bounded() {
            let mut all = self.everyone()?;
            all.gather()?;
            return self.compact(&mut all.states[0], options);
        }
        if !self.is_alone() && !self.gather_some(options)? {
            return Ok(DefragmentReport::default());
        }
        self.compact(&mut *self.part(0)?, options)
    }

    fn compact(
        &self,
        centre: &mut State,
        options: &DefragmentOptions<'_>,
    ) -> Result<DefragmentReport, Error> {
        if !centre.part.is_whole() {
            // A worker has been given units since all were gathered.
            return Ok(DefragmentReport::default());
        }
        let mut report = centre.part.manager.defragment_with(options)?;
        for relocation in &mut report.relocations {
            relocation.id = centre.public_id(0, relocation.id);
        }
        if report.done {
            self.shared.together.store(0, Relaxed);
        }
        Ok(report)
    }

    /// Gathers as many blocks as a bounded step may; returns whether all are gathered.
    fn gather_some(&self, options: &DefragmentOptions<'_>) -> Result<bool, Error> {
        self.shared.together.store(PATIENT_ALLOCATIONS, Relaxed);
        let mut left = GATHERED;
        for number in (1..PARTS).take_while(|&number| self.shared.parts[number].get().is_some()) {
            loop {
                let mut state = self.part(number)?;
                if state.part.is_empty() {
                    break;
                }
                if left == 0 || options.out_of_time.is_some_and(|out_of_time| out_of_time()) {
                    return Ok(false);
                }
                let most = left.min(GATHERED_AT_ONCE);
                let unused = state.gather_into(&mut *self.part(0)?, number, most)?;
                left -= most - unused;
            }
        }
        Ok(true)
    }

    /// As [`MemoryManager::take_relocations`](crate::MemoryManager::take_relocations), for all workers'
    /// moves, in the order in which they were made. While you apply them to a mirror of the units, make
    /// sure that nobody uses these units. If several workers do so, they need a lock: see
    /// [`Self::defragment_with`].
    ///
    /// # Errors
    /// [`Error::WorkerLost`] only.
    pub fn take_relocations(&self) -> Result<Vec<Relocation>, Error> {
        Ok(std::mem::take(&mut *self.untold()?))
    }
}
