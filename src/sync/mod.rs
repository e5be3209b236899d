//! The thread-safe shell around the manager: who locks what, and where requests go.
//!
//! What always holds:
//! - The core knows no locks. Each part of the manager ([`part`](crate::manager::part)) is a
//!   manager of the core behind a [`lock`] of its own, in charge of some of the units.
//! - Locks are taken in the order of the parts' numbers, part 0 last.
//! - A worker allocates from its own part and frees in the part that the ID names, so that workers
//!   rarely meet. A part that cannot serve a request is given free units by the others (see
//!   [`serving`]). A request fails only if all parts together cannot serve it.
//! - A worker that is alone has part 0, which is in charge of everything, and so behaves exactly like
//!   the manager of the core.
//! - Compaction works on all blocks, so it first gathers them in part 0. While it is under way,
//!   workers allocate there; afterwards they spread again.
//!
//! Alternatives that were considered:
//! - One lock around the manager: simple, and two workers are slower than one.
//! - Fixed arenas, one for each worker: nothing is shared, but no block can be larger than an arena or
//!   have units of two.
//! - Caches of extents in front of one manager, as allocators keep them for each thread: since sizes
//!   are arbitrary, most requests must cut an extent, and most of the work (IDs, extents, coalescing)
//!   stays behind the one lock.
//! - Leases, extents of a central manager with small managers inside: simple until a block or a free
//!   run crosses two leases.
//!
//! With parts, every unit has one address everywhere, a lease is any set of extents, and it ends
//! extent by extent.

mod defragment;
#[cfg(all(feature = "npm", target_feature = "atomics"))]
mod directory;
mod everyone;
mod granting;
#[cfg(all(feature = "npm", target_feature = "atomics"))]
mod growth;
#[cfg(any(
    all(test, not(loom), not(target_arch = "wasm32")),
    all(feature = "npm", target_feature = "atomics")
))]
mod heaps;
mod lock;
#[cfg(all(test, loom))]
mod model;
#[cfg(loom)]
mod once;
mod overview;
mod pinning;
mod pins;
mod saved;
mod serving;
mod shared;
mod state;
mod values;
mod waiting;

#[cfg(all(feature = "npm", target_feature = "atomics"))]
pub(crate) use directory::Directory;
#[cfg(all(feature = "npm", target_feature = "atomics"))]
pub(crate) use granting::grant;
#[cfg(all(feature = "npm", target_feature = "atomics"))]
pub(crate) use heaps::{RESERVE, grant_reserve, keep_reserve};
pub use waiting::Waiting;

use crate::fallible;
use crate::manager::part::Part;
use crate::{
    BlockId, Error, Explanation, Extent, MemoryManager, Options, Relocation, Snapshot, Stats,
};
use everyone::Everyone;
use lock::{Guard, Locker};
use serving::Request;
use shared::{Shared, seat};
use state::{LAST_INNER, State, part_id, public_of};
use std::sync::{Arc, atomic::Ordering::Relaxed};

/// The most parts there can be. Further workers share parts.
pub(crate) const PARTS: usize = 16;

/// A [`MemoryManager`] that any number of threads may use at once.
///
/// Give each thread one of its own, made by [`Self::attach`] before you move it into the thread: it
/// then allocates from a part of the units that no other thread uses, so that threads seldom wait for
/// each other. All of them are the same manager, with the same blocks. Sharing one through an [`Arc`]
/// works too, but then the threads wait for each other, and share their pins.
///
/// The operations are those of [`MemoryManager`], and each is atomic: others see it as done or not
/// done. Besides the errors named there, each may return [`Error::WorkerLost`]. A function that one is given
/// must not use the manager, and if it panics, the part that it works on is lost, as what a poisoned
/// [`Mutex`](std::sync::Mutex) guards.
///
/// It lacks these: `slice` and `slice_mut`, since a borrow cannot outlive the lock;
/// `largest_free_extent`, `internal_fragmentation`, `extents_per_block` and `units_moved`, which
/// [`Self::stats`] has; `views_epoch` and `search_steps`; the `try_` forms, since
/// [`Self::ids`] and [`Self::snapshot`] refuse where there is no memory; and
/// [`Display`](std::fmt::Display).
///
/// ```
/// # // Threads of WebAssembly are workers, which std does not start.
/// # #[cfg(not(target_arch = "wasm32"))] {
/// use twingate_memory::SharedManager;
///
/// let memory = SharedManager::new(64)?;
/// let theirs = memory.attach()?;
/// let block = std::thread::spawn(move || {
///     let block = theirs.alloc(5)?;
///     theirs.write_text(block, "hello")?;
///     Ok::<_, twingate_memory::Error>(block)
/// })
/// .join()
/// .unwrap()?;
/// assert_eq!(memory.read_text(block)?, "hello");
/// assert_eq!(memory.stats()?.used_units, 5);
/// # }
/// # Ok::<(), twingate_memory::Error>(())
/// ```
#[derive(Debug)]
pub struct SharedManager {
    shared: Arc<Shared>,
    /// The part that this worker allocates from.
    number: usize,
    locker: Locker,
}

impl SharedManager {
    /// As [`MemoryManager::new`], with [`Waiting::default`]. Like that, it is not there for `wasm32`.
    ///
    /// # Errors
    /// As [`MemoryManager::new`].
    #[cfg(not(target_arch = "wasm32"))]
    pub fn new(capacity: u32) -> Result<Self, Error> {
        Self::with_options(capacity, Options::default(), Waiting::default())
    }

    /// As [`MemoryManager::with_options`]; `waiting` says how this thread waits for others.
    ///
    /// # Errors
    /// As [`MemoryManager::with_options`].
    pub fn with_options(capacity: u32, options: Options, waiting: Waiting) -> Result<Self, Error> {
        let mut buffer = None;
        let centre = seat(|| {
            let part = Part::whole(MemoryManager::with_options(capacity, options)?);
            buffer = part.buffer();
            Ok(part)
        })?;
        let seats = fallible::list([centre])?;
        Ok(Self::first(Shared::of(options, capacity, buffer, seats, Vec::new())?, waiting))
    }

    /// The access of the worker that has part 0.
    fn first(shared: Arc<Shared>, waiting: Waiting) -> Self {
        Self { shared, number: 0, locker: Locker { token: 1, waiting } }
    }

    /// The same manager for one more worker, with the [`Waiting`] of this one. Call it before you start
    /// the thread, and move the result into it.
    ///
    /// # Errors
    /// [`Error::Metadata`]: no memory for a part of its own.
    pub fn attach(&self) -> Result<Self, Error> {
        self.attach_waiting(self.locker.waiting)
    }

    /// As [`Self::attach`]; `waiting` says how the new worker waits for others.
    ///
    /// # Errors
    /// As [`Self::attach`].
    pub fn attach_waiting(&self, waiting: Waiting) -> Result<Self, Error> {
        Self::join(Arc::clone(&self.shared), waiting)
    }

    fn join(shared: Arc<Shared>, waiting: Waiting) -> Result<Self, Error> {
        // The tokens 0 and `u32::MAX` are never used.
        let token = shared.workers.fetch_add(1, Relaxed) % (u32::MAX - 1) + 1;
        let locker = Locker { token, waiting };
        let number = shared.seat(&locker)?;
        Ok(Self { shared, number, locker })
    }

    /// Units in the buffer.
    pub fn capacity(&self) -> u32 {
        self.shared.capacity
    }

    /// Units that blocks have, at one moment.
    ///
    /// # Errors
    /// [`Error::Metadata`]: no memory to list the parts.
    pub fn used_units(&self) -> Result<u32, Error> {
        Ok(self.everyone()?.sum(MemoryManager::used_units))
    }

    /// Units that no block has, at one moment.
    ///
    /// # Errors
    /// [`Error::Metadata`]: no memory to list the parts.
    pub fn free_units(&self) -> Result<u32, Error> {
        Ok(self.everyone()?.free_units())
    }

    /// Live blocks, at one moment.
    ///
    /// # Errors
    /// [`Error::Metadata`]: no memory to list the parts.
    pub fn block_count(&self) -> Result<u32, Error> {
        Ok(self.everyone()?.sum(MemoryManager::block_count))
    }

    /// The options that the manager was made with.
    pub fn options(&self) -> Options {
        self.shared.options
    }

    /// Allocates a block of `size` units, from the worker's own part or, if that cannot serve the
    /// request, with units from the others.
    ///
    /// # Errors
    /// As [`MemoryManager::alloc`].
    pub fn alloc(&self, size: u32) -> Result<BlockId, Error> {
        self.alloc_aligned(size, 1)
    }

    /// As [`MemoryManager::alloc_aligned`].
    ///
    /// # Errors
    /// As [`MemoryManager::alloc_aligned`].
    #[inline(always)]
    pub fn alloc_aligned(&self, size: u32, align: u32) -> Result<BlockId, Error> {
        let number = self.number_to_use();
        let mut state = self.part(number)?;
        state.part.manager.check(size, align)?;
        match state.part.manager.alloc_up_to(LAST_INNER, size, align) {
            Some(inner) => Ok(public_of(number, inner)),
            None => self.alloc_with_all(number, (size, align), state),
        }
    }

    /// The part to allocate from now.
    #[inline(always)]
    fn number_to_use(&self) -> usize {
        match self.shared.together.load(Relaxed) {
            0 => self.number,
            left => {
                // If another worker counts at the same time, both count as one; what compaction sets
                // when it is done stays.
                let _ = self.shared.together.compare_exchange(left, left - 1, Relaxed, Relaxed);
                0
            }
        }
    }

    /// Allocates after a part, which is still locked, has refused.
    #[cold]
    fn alloc_with_all(
        &self,
        number: usize,
        (size, align): (u32, u32),
        mut state: Guard<'_, State>,
    ) -> Result<BlockId, Error> {
        let manager = &mut state.part.manager;
        if !manager.lacks_units() {
            return Err(Error::Metadata);
        }
        if self.is_final(size <= manager.free_units()) {
            manager.count_failure();
            return Err(manager.refused(size, align));
        }
        drop(state);
        let mut all = self.everyone()?;
        let request = Request { size, align, grows: false };
        let alloc = |manager: &mut MemoryManager| manager.alloc_uncounted(LAST_INNER, size, align);
        let mut served = all.serve(number, request, alloc).map(|inner| (number, inner));
        let fragmented =
            served.as_ref().is_err_and(Error::is_want_of_units) && size <= all.free_units();
        if fragmented && self.shared.options.auto_defragment {
            served = all.serve_compacting(alloc).map(|inner| (0, inner));
        }
        match served {
            Ok((number, inner)) => Ok(public_of(number, inner)),
            Err(refusal) if refusal.is_want_of_units() => Err(all.refuse(size, align)),
            Err(refusal) => Err(refusal),
        }
    }

    /// As [`MemoryManager::resize`], with units from other parts if the block's part lacks any. So a block
    /// of a contiguous placement may move within its part although the units directly above it are free,
    /// if these are another part's.
    ///
    /// # Errors
    /// As [`MemoryManager::resize`]. [`Error::PinnedElsewhere`]: another worker has it pinned.
    pub fn resize(&self, id: BlockId, size: u32) -> Result<(), Error> {
        let mut all_may_help = false;
        let resized = self.with_block(id, |state, inner| {
            if state.part.manager.has_pinned_blocks() {
                self.check_pins(&state.part.manager, id, inner)?;
            }
            let resized = self.resize_in(state, (id, inner), size);
            if let Err(refusal) = &resized {
                let is_final = self.is_final(refusal.compaction_may_help());
                let lacks_units = refusal.is_want_of_units();
                all_may_help =
                    !is_final && (lacks_units || matches!(refusal, Error::Pinned { .. }));
                if is_final && lacks_units {
                    state.part.manager.count_failure();
                }
            }
            resized
        });
        if all_may_help { self.resize_with_all(id, size) } else { resized }
    }

    /// Whether neither other parts nor compaction can help a request that a part has refused, where the part
    /// is still locked; `fragmented`: the part has enough units.
    fn is_final(&self, fragmented: bool) -> bool {
        self.is_alone() && !(fragmented && self.shared.options.auto_defragment)
    }

    /// Resizes within the block's part, where no other block moves. A refusal is not counted.
    fn resize_in(
        &self,
        state: &mut State,
        (id, inner): (BlockId, BlockId),
        size: u32,
    ) -> Result<(), Error> {
        if !self.shared.tells() || self.shared.options.placement.is_scattered() {
            return state.part.manager.resize_uncounted(inner, size);
        }
        let mut untold = self.untold()?;
        state.moving(&mut untold, |_, _| id, |manager| manager.resize_uncounted(inner, size))
    }

    #[cold]
    fn resize_with_all(&self, id: BlockId, size: u32) -> Result<(), Error> {
        let mut all = self.everyone()?;
        let (number, inner) = all.find(id)?;
        // Again, since the part was not locked in between.
        self.check_pins(all.part(number), id, inner)?;
        let scattered = self.shared.options.placement.is_scattered();
        let has = if scattered { all.part(number).size(inner)? } else { 0 };
        let request = Request { size: size.saturating_sub(has), align: 1, grows: true };
        let mut served =
            all.serve(number, request, |manager| manager.resize_uncounted(inner, size));
        if served.as_ref().is_err_and(Error::compaction_may_help)
            && self.shared.options.auto_defragment
        {
            all.gather()?;
            let (_, inner) = all.find(id)?;
            served = all.serve_compacting(|manager| manager.resize_uncounted(inner, size));
        }
        match served {
            Err(refusal) if refusal.is_want_of_units() => {
                let (number, inner) = all.find(id)?;
                let part = all.part(number);
                let (has, align) = (part.size(inner)?, part.align(inner)?);
                Err(all.refuse_growth(id, (has, size, align)))
            }
            served => served.map_err(|refusal| refusal.about(id)),
        }
    }

    /// Frees a block, whichever worker allocated it.
    ///
    /// # Errors
    /// [`Error::UnknownBlock`]. [`Error::PinnedElsewhere`]: another worker has it pinned.
    #[inline(always)]
    pub fn free(&self, id: BlockId) -> Result<(), Error> {
        self.with_block(id, |state, inner| {
            let manager = &state.part.manager;
            if manager.has_pinned_blocks() && manager.is_pinned(inner)? {
                self.check_pins(manager, id, inner)?;
                self.pins()?.remove(id, self.locker.token);
            }
            state.part.manager.free(inner)?;
            if !state.guests.is_empty() {
                state.guests.remove(&inner);
            }
            Ok(())
        })
    }

    /// Calls `call` with the part that has a block now, and the block's ID there.
    #[inline(always)]
    fn with_block<T>(
        &self,
        id: BlockId,
        call: impl FnOnce(&mut State, BlockId) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let (number, inner) = part_id(id);
        if self.shared.parts[number].get().is_none() {
            return Err(Error::UnknownBlock { id });
        }
        let mut state = self.part(number)?;
        let result = if state.is_plain() {
            call(&mut state, inner)
        } else {
            self.with_moved(number, &mut state, inner, call)
        };
        result.map_err(|refusal| refusal.about(id))
    }

    /// As [`Self::with_block`], when blocks have left the parts that their IDs name.
    #[cold]
    fn with_moved<T>(
        &self,
        number: usize,
        state: &mut State,
        inner: BlockId,
        call: impl FnOnce(&mut State, BlockId) -> Result<T, Error>,
    ) -> Result<T, Error> {
        match state.moved.get(&inner) {
            Some(&moved) => {
                let mut centre = self.part(0)?;
                let result = call(&mut centre, moved);
                if !centre.part.manager.has(moved) {
                    state.moved.remove(&inner);
                }
                result
            }
            None if number == 0 && state.guests.contains_key(&inner) => {
                Err(Error::UnknownBlock { id: inner })
            }
            None => call(state, inner),
        }
    }

    /// As [`Self::with_block`], with the part's manager.
    fn with<T>(
        &self,
        id: BlockId,
        call: impl FnOnce(&mut MemoryManager, BlockId) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.with_block(id, |state, inner| call(&mut state.part.manager, inner))
    }

    /// Locks a part, which must exist.
    #[inline(always)]
    fn part(&self, number: usize) -> Result<Guard<'_, State>, Error> {
        match self.shared.parts[number].get() {
            Some(part) => part.lock(&self.locker),
            None => Err(Error::Metadata),
        }
    }

    /// Whether there has never been another worker, so that part 0 has everything. Whoever has used a
    /// part since it attached is seen by the next to lock that part.
    fn is_alone(&self) -> bool {
        !self.shared.joined.load(Relaxed)
    }

    /// Locks all parts, part 0 last; if another was made before that was locked, it starts over. One that is
    /// made later is not among them: it is empty as long as part 0, without which nobody gets any units, is
    /// locked.
    fn everyone(&self) -> Result<Everyone<'_>, Error> {
        let mut states = fallible::room_for(PARTS)?;
        loop {
            for part in self.shared.parts[1..].iter().map_while(|part| part.get()) {
                states.push(part.lock(&self.locker)?);
            }
            states.insert(0, self.part(0)?);
            match self.shared.parts.get(states.len()).and_then(|part| part.get()) {
                None => break,
                Some(_) => states.clear(),
            }
        }
        let untold = self.shared.tells().then(|| self.untold()).transpose()?;
        Ok(Everyone { states, untold })
    }

    fn untold(&self) -> Result<Guard<'_, Vec<Relocation>>, Error> {
        self.shared.untold.lock(&self.locker)
    }

    /// Frees every block.
    ///
    /// # Errors
    /// [`Error::PinnedElsewhere`]: another worker has one pinned. [`Error::Metadata`]: no memory to list
    /// the parts.
    pub fn clear(&self) -> Result<(), Error> {
        let mut all = self.everyone()?;
        let mut pins = self.pins()?;
        if let Some(id) = pins.first_elsewhere(self.locker.token) {
            return Err(Error::PinnedElsewhere { id });
        }
        pins.clear();
        for state in &mut all.states {
            state.part.manager.clear();
            state.moved.clear();
            state.guests.clear();
        }
        Ok(())
    }

    /// The IDs of all live blocks, in allocation order if only one worker allocates and none compacts with a
    /// budget.
    ///
    /// # Errors
    /// [`Error::Metadata`]: no memory for the lists.
    pub fn ids(&self) -> Result<Vec<BlockId>, Error> {
        self.everyone()?.ids()
    }

    /// Whether a live block has this ID.
    ///
    /// # Errors
    /// [`Error::WorkerLost`] only.
    pub fn has(&self, id: BlockId) -> Result<bool, Error> {
        match self.size(id) {
            Ok(_) => Ok(true),
            Err(Error::UnknownBlock { .. }) => Ok(false),
            Err(refusal) => Err(refusal),
        }
    }

    /// As [`MemoryManager::size`].
    ///
    /// # Errors
    /// As [`MemoryManager::size`].
    pub fn size(&self, id: BlockId) -> Result<u32, Error> {
        self.with(id, |manager, id| manager.size(id))
    }

    /// As [`MemoryManager::length`].
    ///
    /// # Errors
    /// As [`MemoryManager::length`].
    pub fn length(&self, id: BlockId) -> Result<u32, Error> {
        self.with(id, |manager, id| manager.length(id))
    }

    /// The extents of a block in block order, as they are now.
    ///
    /// # Errors
    /// As [`MemoryManager::extents`].
    pub fn extents(&self, id: BlockId) -> Result<std::vec::IntoIter<Extent>, Error> {
        self.with(id, |manager, id| Ok(fallible::list(manager.extents(id)?)?.into_iter()))
    }

    /// As [`MemoryManager::address`]. The block may move as soon as this has returned, unless it is
    /// pinned.
    ///
    /// # Errors
    /// As [`MemoryManager::address`].
    pub fn address(&self, id: BlockId) -> Result<u32, Error> {
        self.with(id, |manager, id| manager.address(id))
    }

    /// As [`MemoryManager::explain`]: says where [`Self::alloc_aligned`] would take the units now, if
    /// the part that it takes them from has them. Otherwise all parts are gathered first, and the
    /// answer is that for the first worker. Costs O(E + F log F), with E extents of which F are free,
    /// and the gathering.
    ///
    /// # Errors
    /// As [`MemoryManager::explain`].
    pub fn explain(&self, size: u32, align: u32) -> Result<Explanation, Error> {
        let mut all = self.everyone()?;
        let together = self.shared.together.load(Relaxed) > 0;
        let mut explanation = all.explain(if together { 0 } else { self.number }, size, align)?;
        if self.shared.options.auto_defragment && !explanation.fits {
            // No part compacts by itself, but all together do.
            let (placement, capacity) = (self.shared.options.placement, self.shared.capacity);
            explanation.reason =
                explanation.sentence(placement, capacity, align, "alloc will make room")?;
        }
        Ok(explanation)
    }

    /// As [`MemoryManager::stats`], for all parts together at one moment. With several parts it costs
    /// O(E + F log F), with E extents of which F are free.
    ///
    /// # Errors
    /// [`Error::Metadata`]: no memory for the lists.
    pub fn stats(&self) -> Result<Stats, Error> {
        self.everyone()?.stats()
    }

    /// As [`MemoryManager::snapshot`], at one moment; blocks are in allocation order if only one worker
    /// allocates and none compacts with a budget. While units are spread over several parts, each part has a
    /// tail of its own, and `next_alloc_index` is the first of the free units at the end of the buffer.
    ///
    /// # Errors
    /// [`Error::Metadata`]: no memory for the lists.
    pub fn snapshot(&self) -> Result<Snapshot, Error> {
        self.everyone()?.snapshot()
    }
}

impl Drop for SharedManager {
    /// The worker's part stays, with its blocks, for the others and for the next worker to attach.
    fn drop(&mut self) {
        self.unpin_all();
        self.shared.leave(self.number);
    }
}
