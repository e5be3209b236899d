//! What a [`RawManager`](super::RawManager) stands on: a manager of its own or, in the module for
//! several workers, one worker's access to a manager that all share. There any operation may be refused
//! because a worker was lost.

#[cfg(not(target_feature = "atomics"))]
pub(crate) use alone::*;
#[cfg(target_feature = "atomics")]
pub(crate) use shared::*;

#[cfg(not(target_feature = "atomics"))]
mod alone {
    pub(crate) use crate::MemoryManager as Manager;
    use crate::{BlockId, Error, Options, Relocation, Snapshot, Stats};

    pub(crate) fn make(capacity: u32, options: Options) -> Result<Manager, Error> {
        Manager::with_options(capacity, options)
    }

    pub(crate) fn load(bytes: &[u8]) -> Result<Manager, Error> {
        Manager::load(bytes)
    }

    /// A request that was refused. The manager knows why as long as nothing else is done.
    pub(crate) struct Refused {
        size: u32,
        align: u32,
    }

    impl Refused {
        pub fn lacks_units(&self, manager: &Manager) -> bool {
            manager.lacks_units()
        }

        pub fn error(self, manager: &Manager) -> Error {
            manager.refused(self.size, self.align)
        }
    }

    pub(crate) fn alloc(
        manager: &mut Manager,
        size: u32,
        align: u32,
    ) -> Result<Result<BlockId, Refused>, Error> {
        manager.check(size, align)?;
        Ok(manager.alloc_valid(size, align).ok_or(Refused { size, align }))
    }

    /// As [`Manager::alloc`] for a size that is valid, as long as nothing is in the way.
    #[inline(always)]
    pub(crate) fn alloc_at_once(manager: &mut Manager, size: u32) -> Option<BlockId> {
        manager.alloc_at_once(size, 1)
    }

    /// As [`Manager::free`], as long as nothing is in the way.
    #[inline(always)]
    pub(crate) fn free_at_once(manager: &mut Manager, id: BlockId) -> bool {
        manager.free_if_any(id)
    }

    pub(crate) fn clear(manager: &mut Manager) -> Result<(), Error> {
        manager.clear();
        Ok(())
    }

    pub(crate) fn has(manager: &Manager, id: BlockId) -> Result<bool, Error> {
        Ok(manager.has(id))
    }

    pub(crate) fn used_units(manager: &Manager) -> Result<u32, Error> {
        Ok(manager.used_units())
    }

    pub(crate) fn block_count(manager: &Manager) -> Result<u32, Error> {
        Ok(manager.block_count())
    }

    pub(crate) fn stats(manager: &Manager) -> Result<Stats, Error> {
        Ok(manager.stats())
    }

    pub(crate) fn snapshot(manager: &Manager) -> Result<Snapshot, Error> {
        manager.try_snapshot()
    }

    pub(crate) fn visit_values(
        manager: &Manager,
        visit: impl FnMut(u32, &[u8]),
    ) -> Result<(), Error> {
        manager.visit_values(visit);
        Ok(())
    }

    /// As [`Manager::write_at_with`], but returns where the part is, if it lies in one ascending extent, for
    /// the caller to fill at once.
    pub(crate) fn place_to_write(
        manager: &mut Manager,
        id: BlockId,
        offset: u32,
        count: usize,
    ) -> Result<Option<usize>, Error> {
        let part = manager.prepare_write(id, offset, count)?;
        Ok(part.map(|bytes| bytes.as_ptr() as usize))
    }

    /// Where a part is that was written and lies in one ascending extent.
    pub(crate) fn place_to_read(
        manager: &mut Manager,
        id: BlockId,
        offset: u32,
        count: usize,
    ) -> Result<Option<usize>, Error> {
        let part = manager.written_part(id, offset, count);
        Ok(part.map(|bytes| bytes.as_ptr() as usize))
    }

    pub(crate) fn views(
        manager: &mut Manager,
        id: BlockId,
        visit: &mut dyn FnMut(&mut [u8]),
    ) -> Result<(), Error> {
        manager.views_with(id, visit)
    }

    pub(crate) fn views_epoch(manager: &Manager) -> u64 {
        manager.views_epoch()
    }

    pub(crate) fn ids(manager: &Manager) -> Result<Vec<BlockId>, Error> {
        manager.try_ids()
    }

    pub(crate) fn take_relocations(manager: &mut Manager) -> Result<Vec<Relocation>, Error> {
        Ok(manager.take_relocations())
    }
}

#[cfg(target_feature = "atomics")]
mod shared {
    use super::super::waiting::waiting;
    pub(crate) use crate::SharedManager as Manager;
    use crate::{BlockId, Error, Options, Relocation, Snapshot, Stats};

    pub(crate) fn make(capacity: u32, options: Options) -> Result<Manager, Error> {
        Manager::with_options(capacity, options, waiting())
    }

    pub(crate) fn load(bytes: &[u8]) -> Result<Manager, Error> {
        Manager::load(bytes, waiting())
    }

    /// A request that was refused, and why: other workers may do something at any time.
    pub(crate) struct Refused(Error);

    impl Refused {
        pub fn lacks_units(&self, _: &Manager) -> bool {
            matches!(self.0, Error::OutOfMemory { .. } | Error::Fragmented { .. })
        }

        pub fn error(self, _: &Manager) -> Error {
            self.0
        }
    }

    pub(crate) fn alloc(
        manager: &Manager,
        size: u32,
        align: u32,
    ) -> Result<Result<BlockId, Refused>, Error> {
        Ok(manager.alloc_aligned(size, align).map_err(Refused))
    }

    /// Never: an attempt that failed could not be undone before the request is made again.
    pub(crate) fn alloc_at_once(_: &mut Manager, _: u32) -> Option<BlockId> {
        None
    }

    /// Never, for the same reason.
    pub(crate) fn free_at_once(_: &mut Manager, _: BlockId) -> bool {
        false
    }

    pub(crate) fn clear(manager: &mut Manager) -> Result<(), Error> {
        manager.clear()
    }

    pub(crate) fn has(manager: &Manager, id: BlockId) -> Result<bool, Error> {
        manager.has(id)
    }

    pub(crate) fn used_units(manager: &Manager) -> Result<u32, Error> {
        manager.used_units()
    }

    pub(crate) fn block_count(manager: &Manager) -> Result<u32, Error> {
        manager.block_count()
    }

    pub(crate) fn stats(manager: &Manager) -> Result<Stats, Error> {
        manager.stats()
    }

    pub(crate) fn snapshot(manager: &Manager) -> Result<Snapshot, Error> {
        manager.snapshot()
    }

    pub(crate) fn visit_values(
        manager: &Manager,
        visit: impl FnMut(u32, &[u8]),
    ) -> Result<(), Error> {
        manager.visit_values(visit)
    }

    /// Nowhere: a place would be valid only as long as the lock is held.
    pub(crate) fn place_to_write(
        _: &mut Manager,
        _: BlockId,
        _: u32,
        _: usize,
    ) -> Result<Option<usize>, Error> {
        Ok(None)
    }

    pub(crate) use place_to_write as place_to_read;

    pub(crate) fn views(
        manager: &mut Manager,
        id: BlockId,
        visit: &mut dyn FnMut(&mut [u8]),
    ) -> Result<(), Error> {
        manager.views_with(id, visit)
    }

    /// Views of shared memory cannot be ended; a pin keeps them valid.
    pub(crate) fn views_epoch(_: &Manager) -> u64 {
        0
    }

    pub(crate) fn ids(manager: &Manager) -> Result<Vec<BlockId>, Error> {
        manager.ids()
    }

    pub(crate) fn take_relocations(manager: &mut Manager) -> Result<Vec<Relocation>, Error> {
        manager.take_relocations()
    }
}
