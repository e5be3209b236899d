//! What blocks hold, for several workers: each read and each write is atomic.

use super::SharedManager;
use crate::manager::Rest;
use crate::{BlockId, Error, UnitValue};

impl SharedManager {
    /// As [`MemoryManager::write_text`](crate::MemoryManager::write_text).
    ///
    /// # Errors
    /// As [`MemoryManager::write_text`](crate::MemoryManager::write_text).
    pub fn write_text(&self, id: BlockId, text: &str) -> Result<(), Error> {
        self.with(id, |manager, id| manager.write_text(id, text))
    }

    /// As [`MemoryManager::read_text`](crate::MemoryManager::read_text).
    ///
    /// # Errors
    /// As [`MemoryManager::read_text`](crate::MemoryManager::read_text).
    pub fn read_text(&self, id: BlockId) -> Result<String, Error> {
        self.with(id, |manager, id| manager.read_text(id))
    }

    /// As [`MemoryManager::write`](crate::MemoryManager::write).
    ///
    /// # Errors
    /// As [`MemoryManager::write`](crate::MemoryManager::write).
    pub fn write<T: UnitValue>(&self, id: BlockId, values: &[T]) -> Result<(), Error> {
        self.with(id, |manager, id| manager.write(id, values))
    }

    /// As [`MemoryManager::read`](crate::MemoryManager::read).
    ///
    /// # Errors
    /// As [`MemoryManager::read`](crate::MemoryManager::read).
    pub fn read<T: UnitValue>(&self, id: BlockId) -> Result<Vec<T>, Error> {
        self.with(id, |manager, id| manager.read(id))
    }

    /// As [`MemoryManager::write_at`](crate::MemoryManager::write_at).
    ///
    /// # Errors
    /// As [`MemoryManager::write_at`](crate::MemoryManager::write_at).
    pub fn write_at<T: UnitValue>(
        &self,
        id: BlockId,
        offset: u32,
        values: &[T],
    ) -> Result<(), Error> {
        self.with(id, |manager, id| manager.write_at(id, offset, values))
    }

    /// As [`MemoryManager::read_at`](crate::MemoryManager::read_at).
    ///
    /// # Errors
    /// As [`MemoryManager::read_at`](crate::MemoryManager::read_at).
    pub fn read_at<T: UnitValue>(
        &self,
        id: BlockId,
        offset: u32,
        values: &mut [T],
    ) -> Result<usize, Error> {
        self.with(id, |manager, id| manager.read_at(id, offset, values))
    }

    /// As [`MemoryManager::write_with`](crate::MemoryManager::write_with); `source` must not use
    /// this manager.
    ///
    /// # Errors
    /// As [`MemoryManager::write_with`](crate::MemoryManager::write_with).
    pub fn write_with(
        &self,
        id: BlockId,
        count: usize,
        source: impl FnMut(usize, &mut [u8]),
    ) -> Result<(), Error> {
        self.with(id, |manager, id| manager.write_with(id, count, source))
    }

    /// As [`MemoryManager::read_with`](crate::MemoryManager::read_with); `sink` must not use this
    /// manager.
    ///
    /// # Errors
    /// As [`MemoryManager::read_with`](crate::MemoryManager::read_with).
    pub fn read_with(&self, id: BlockId, sink: impl FnMut(usize, &[u8])) -> Result<(), Error> {
        self.with(id, |manager, id| manager.read_with(id, sink))
    }

    /// As [`MemoryManager::write_at_with`](crate::MemoryManager::write_at_with); `source` must not
    /// use this manager.
    ///
    /// # Errors
    /// As [`MemoryManager::write_at_with`](crate::MemoryManager::write_at_with).
    pub fn write_at_with(
        &self,
        id: BlockId,
        offset: u32,
        count: usize,
        source: impl FnMut(usize, &mut [u8]),
    ) -> Result<(), Error> {
        self.with(id, |manager, id| manager.write_at_with(id, offset, count, source))
    }

    /// As [`MemoryManager::write_units`](crate::MemoryManager::write_units).
    #[allow(dead_code)] // Only the bindings call it.
    pub(crate) fn write_units(
        &self,
        id: BlockId,
        offset: u32,
        count: usize,
        rest: Rest,
        source: impl FnMut(usize, &mut [u8]),
    ) -> Result<(), Error> {
        self.with(id, |manager, id| manager.write_units(id, offset, count, rest, source))
    }

    /// As [`MemoryManager::read_at_with`](crate::MemoryManager::read_at_with); `sink` must not use
    /// this manager.
    ///
    /// # Errors
    /// As [`MemoryManager::read_at_with`](crate::MemoryManager::read_at_with).
    pub fn read_at_with(
        &self,
        id: BlockId,
        offset: u32,
        most: usize,
        sink: impl FnMut(usize, &[u8]),
    ) -> Result<usize, Error> {
        self.with(id, |manager, id| manager.read_at_with(id, offset, most, sink))
    }

    /// As [`MemoryManager::visit_values`](crate::MemoryManager::visit_values); `visit` must not use
    /// this manager.
    ///
    /// # Errors
    /// [`Error::Metadata`]: no memory to list the parts.
    pub fn visit_values(&self, mut visit: impl FnMut(u32, &[u8])) -> Result<(), Error> {
        for state in &self.everyone()?.states {
            state.part.manager.visit_values(&mut visit);
        }
        Ok(())
    }
}
