//! What a [`RawManager`](super::RawManager) stands on: a manager of its own or, in the module for
//! several workers, one worker's access to a manager that all share. There every operation may be
//! refused, because a worker was lost.

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
        Ok(manager.snapshot())
    }

    pub(crate) fn visit_values(
        manager: &Manager,
        visit: impl FnMut(u32, &[u8]),
    ) -> Result<(), Error> {
        manager.visit_values(visit);
        Ok(())
    }

    pub(crate) fn take_relocations(manager: &mut Manager) -> Result<Vec<Relocation>, Error> {
        Ok(manager.take_relocations())
    }
}

#[cfg(target_feature = "atomics")]
mod shared {
    use super::super::threads;
    pub(crate) use crate::SharedManager as Manager;
    use crate::{BlockId, Error, Options, Relocation, Snapshot, Stats};

    pub(crate) fn make(capacity: u32, options: Options) -> Result<Manager, Error> {
        Manager::with_options(capacity, options, threads::waiting())
    }

    pub(crate) fn load(bytes: &[u8]) -> Result<Manager, Error> {
        Manager::load(bytes, threads::waiting())
    }

    pub(crate) fn clear(manager: &Manager) -> Result<(), Error> {
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

    pub(crate) fn take_relocations(manager: &Manager) -> Result<Vec<Relocation>, Error> {
        manager.take_relocations()
    }
}
