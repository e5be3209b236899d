//! Pinning for several workers: until a worker unpins a block, the block stays where it is, and nobody
//! else can free or resize it.
//!
//! What always holds: whoever asks or changes who has a block pinned holds the lock of the block's part, so that
//! nobody else frees, resizes or unpins it meanwhile. (Only the end of a worker first takes its pins out, and
//! then unpins the blocks in their parts, one by one.)

use super::SharedManager;
use super::lock::Guard;
use super::pins::Pins;
use crate::{BlockId, Error, MemoryManager};

impl SharedManager {
    /// Pins a block for this worker: until it is unpinned, it is never moved, and no other worker can
    /// free or resize it. Several workers can pin the same block. Pinning again changes nothing.
    ///
    /// # Errors
    /// As [`MemoryManager::pin`]; [`Error::Metadata`]: no memory for the pin.
    pub fn pin(&self, id: BlockId) -> Result<(), Error> {
        self.with(id, |manager, inner| {
            self.pins()?.add(id, self.locker.token, || manager.pin(inner))
        })
    }

    /// Ends this worker's pin. Dropping the worker's access ends all of its pins.
    ///
    /// # Errors
    /// As [`MemoryManager::unpin`].
    pub fn unpin(&self, id: BlockId) -> Result<(), Error> {
        self.with(id, |manager, inner| {
            if self.pins()?.remove(id, self.locker.token) { manager.unpin(inner) } else { Ok(()) }
        })
    }

    /// Ends all pins of this worker. A block whose part is lost or busy for too long stays pinned in
    /// its part, but belongs to no worker, so that anybody can unpin or free it.
    pub(super) fn unpin_all(&self) {
        let Ok(mut pins) = self.pins() else { return };
        let theirs = pins.take(self.locker.token);
        drop(pins);
        for id in theirs {
            let _ = self.unpin(id);
        }
    }

    /// As [`MemoryManager::views_with`], for a block that this worker has pinned: the addresses are
    /// valid until it unpins, frees or resizes the block. As long as no other worker has ever attached, no
    /// pin is needed: until the block moves, shrinks or is freed, the addresses are valid.
    ///
    /// # Errors
    /// As [`MemoryManager::views_with`]. [`Error::NotPinned`]: another worker could move the block, since
    /// this one has not pinned it.
    pub fn views_with(&self, id: BlockId, visit: &mut dyn FnMut(&mut [u8])) -> Result<(), Error> {
        self.with(id, |manager, inner| {
            if !self.is_alone() && !self.pins()?.has(id, self.locker.token) {
                manager.check_views(inner)?;
                return Err(Error::NotPinned { id });
            }
            manager.views_with(inner, visit)
        })
    }

    /// As [`MemoryManager::is_pinned`].
    ///
    /// # Errors
    /// As [`MemoryManager::is_pinned`].
    pub fn is_pinned(&self, id: BlockId) -> Result<bool, Error> {
        self.with(id, |manager, id| manager.is_pinned(id))
    }

    /// Refuses if another worker has the block pinned.
    #[cold]
    pub(super) fn check_pins(
        &self,
        manager: &MemoryManager,
        id: BlockId,
        inner: BlockId,
    ) -> Result<(), Error> {
        if manager.is_pinned(inner)? && self.pins()?.is_held_elsewhere(id, self.locker.token) {
            Err(Error::PinnedElsewhere { id })
        } else {
            Ok(())
        }
    }

    pub(super) fn pins(&self) -> Result<Guard<'_, Pins>, Error> {
        self.shared.pins.lock(&self.locker)
    }
}

#[cfg(all(test, not(loom), not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::{Options, PlacementKind, Waiting};
    use std::time::Duration;

    #[test]
    fn pins_that_are_lost_are_in_the_way_of_what_needs_them_and_of_nothing_else() {
        let waiting = Waiting { patience: Duration::ZERO, ..Waiting::default() };
        let options = Options { placement: PlacementKind::FirstFit, ..Options::default() };
        let memory = SharedManager::with_options(100, options, waiting).unwrap();
        let _other = memory.attach().unwrap();
        let [freed, pinned, id] = [5, 5, 5].map(|size| memory.alloc(size).unwrap());
        memory.pin(pinned).unwrap();
        std::mem::forget(memory.pins().unwrap());
        for refused in [
            memory.pin(id),
            memory.unpin(pinned),
            memory.free(pinned),
            memory.resize(pinned, 3),
            memory.views_with(pinned, &mut |_| ()),
            memory.clear(),
        ] {
            assert_eq!(refused, Err(Error::WorkerLost));
        }
        memory.write_text(pinned, "still").unwrap();
        memory.free(freed).unwrap();
        memory.resize(id, 10).unwrap();
        memory.defragment().unwrap();
        assert_eq!((memory.address(pinned), memory.address(id)), (Ok(5), Ok(10)));
        assert_eq!(memory.read_text(pinned).unwrap(), "still");
    }
}
