//! The thread-safe shell around the manager: who locks what, and who asks whom.
//!
//! What always holds:
//! - The core knows no locks. Each part of the manager ([`part`](crate::manager::part)) is a
//!   manager of the core behind a [`lock`] of its own, in charge of some of the units.
//! - Locks are taken in the order of the parts' numbers, part 0 last.
//! - A worker allocates from its own part and frees in the part that the ID names, so that workers
//!   rarely meet. A part that cannot serve a request is given free units by the others, as
//!   [`everyone`] says; a request fails only if all parts together cannot serve it.
//! - A worker that is alone has part 0, which is in charge of everything: the manager of the core,
//!   unit for unit.
//! - Compaction works on all blocks, so it first gathers them in part 0. While it is under way,
//!   workers allocate there; afterwards they spread again.
//!
//! What else was weighed:
//! - One lock around the manager: simple, and two workers are slower than one.
//! - Fixed arenas, one for each worker: nothing is shared, but a block cannot be larger than an
//!   arena, nor can a request be served by units of two.
//! - Caches of extents in front of one manager, as allocators keep them for each thread: sizes are
//!   any, so most requests must cut an extent, and IDs, extents and coalescing stay behind the one
//!   lock, which is most of the work.
//! - Leases, extents of a central manager with small managers inside: simple until a block or a
//!   free run lies across two leases.
//!
//! With parts, every unit has one address everywhere, a lease is any set of extents, and it ends
//! extent by extent.

#[cfg(target_feature = "atomics")]
mod directory;
mod everyone;
#[cfg(target_feature = "atomics")]
mod heaps;
mod lock;
#[cfg(all(test, loom))]
mod model;
mod pins;
mod saved;
mod state;
mod waiting;

#[cfg(target_feature = "atomics")]
pub(crate) use directory::Directory;
pub use waiting::Waiting;

use crate::fallible;
use crate::manager::part::Part;
use crate::{
    BlockId, DefragmentOptions, DefragmentReport, Error, Explanation, Extent, MemoryManager,
    Options, Relocation, Snapshot, Stats, UnitValue,
};
use everyone::{Everyone, Request};
use lock::{Guard, Lock, Locker};
#[cfg(loom)]
use loom::sync::atomic::AtomicU32;
use pins::Pins;
use state::{State, part_id};
use std::sync::Arc;
use std::sync::OnceLock;
#[cfg(not(loom))]
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::Relaxed;

/// How many parts there can be. More workers than that share parts.
pub(crate) const PARTS: usize = 16;

/// Allocations after which workers spread again, though a compaction did not come to its end.
const PATIENT_ALLOCATIONS: u32 = 1 << 16;

/// Blocks and free extents that a bounded step of compaction gathers, and those it gathers before
/// it lets others have the locks.
const GATHERED: usize = 1024;
const GATHERED_AT_ONCE: usize = 64;

/// What all workers share.
#[derive(Debug)]
struct Shared {
    capacity: u32,
    options: Options,
    /// Those that are set come first. Each is set while its maker has `attached`.
    parts: [OnceLock<Seat>; PARTS],
    /// Workers attached to each part.
    attached: Lock<[u32; PARTS]>,
    /// Taken last of all locks.
    pins: Lock<Pins>,
    /// Workers so far.
    workers: AtomicU32,
    /// While blocks are gathered in part 0: allocations until workers spread again.
    together: AtomicU32,
}

/// A part behind its lock.
type Seat = Box<[Lock<State>; 1]>;

/// A seat for a part, which is large: it is made where it stays.
#[inline(always)]
fn seat(make: impl FnOnce() -> Result<Part, Error>) -> Result<Seat, Error> {
    fallible::boxed(|| Ok(Lock::new(State::new(make()?))))
}

impl Shared {
    /// With one worker attached, to part 0.
    fn of(options: Options, capacity: u32, seats: Vec<Seat>) -> Result<Arc<Self>, Error> {
        let parts = [const { OnceLock::new() }; PARTS];
        for (part, seat) in parts.iter().zip(seats) {
            let set = part.set(seat);
            debug_assert!(set.is_ok(), "nobody else has it yet");
        }
        let mut attached = [0; PARTS];
        attached[0] = 1;
        let (workers, together) = (AtomicU32::new(1), AtomicU32::new(0));
        let (attached, pins) = (Lock::new(attached), Lock::new(Pins::default()));
        fallible::shared(Self { capacity, options, parts, attached, pins, workers, together })
    }

    /// A part for one more worker: one that few have, made if need be.
    fn seat(&self, locker: &Locker) -> Result<usize, Error> {
        let mut attached = self.attached.lock(locker)?;
        let number = (0..PARTS).min_by_key(|&number| attached[number]).unwrap_or(0);
        if self.parts[number].get().is_none()
            && let Some(first) = self.parts[0].get()
        {
            let mut first = first[0].lock(locker)?;
            let seat = seat(|| Part::beside(&first.part))?;
            first.part.manager.compact_on_demand(false);
            let set = self.parts[number].set(seat);
            debug_assert!(set.is_ok(), "only who has `attached` sets it");
        }
        attached[number] += 1;
        Ok(number)
    }
}

/// A [`MemoryManager`] that any number of threads may use at once.
///
/// Each thread best has one of its own, made by [`Self::attach`]: it then allocates from a part of
/// the units that no other thread uses, and two threads seldom wait for each other. All of them are
/// the same manager, with the same blocks.
///
/// The operations are those of [`MemoryManager`], and each is one step for everybody else: it is
/// done or it is not. Beside the errors named there, each may return [`Error::WorkerLost`].
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
    /// As [`MemoryManager::new`].
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
        let centre = seat(|| MemoryManager::with_options(capacity, options).map(Part::whole))?;
        let seats = fallible::list([centre])?;
        Ok(Self::first(Shared::of(options, capacity, seats)?, waiting))
    }

    /// For the worker that has part 0.
    fn first(shared: Arc<Shared>, waiting: Waiting) -> Self {
        Self { shared, number: 0, locker: Locker { token: 1, waiting } }
    }

    /// The same manager for one more worker, which waits as this one does.
    ///
    /// # Errors
    /// [`Error::Metadata`]: no memory for a part of its own.
    pub fn attach(&self) -> Result<Self, Error> {
        self.attach_waiting(self.locker.waiting)
    }

    /// The same manager for one more worker; `waiting` says how that one waits for others.
    ///
    /// # Errors
    /// As [`Self::attach`].
    pub fn attach_waiting(&self, waiting: Waiting) -> Result<Self, Error> {
        Self::join(Arc::clone(&self.shared), waiting)
    }

    fn join(shared: Arc<Shared>, waiting: Waiting) -> Result<Self, Error> {
        // Two tokens are never used.
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
    /// None but [`Error::WorkerLost`].
    pub fn used_units(&self) -> Result<u32, Error> {
        Ok(self.everyone()?.sum(MemoryManager::used_units))
    }

    /// Live blocks, at one moment.
    ///
    /// # Errors
    /// None but [`Error::WorkerLost`].
    pub fn block_count(&self) -> Result<u32, Error> {
        Ok(self.everyone()?.sum(MemoryManager::block_count))
    }

    /// The options that the manager was made with.
    pub fn options(&self) -> Options {
        self.shared.options
    }

    /// Allocates a block of `size` units, from the worker's own part or, where that cannot serve
    /// the request, with units that the others give.
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
        match state.part.manager.alloc_aligned(size, align) {
            Ok(inner) => state.name(number, inner),
            Err(refusal) => {
                drop(state);
                self.alloc_with_all(number, (size, align), refusal)
            }
        }
    }

    /// The part to allocate from now.
    #[inline(always)]
    fn number_to_use(&self) -> usize {
        match self.shared.together.load(Relaxed) {
            0 => self.number,
            left => {
                // Two workers may count one allocation for both: it need not be exact.
                self.shared.together.store(left - 1, Relaxed);
                0
            }
        }
    }

    #[cold]
    fn alloc_with_all(
        &self,
        number: usize,
        (size, align): (u32, u32),
        refusal: Error,
    ) -> Result<BlockId, Error> {
        if !refusal.is_want_of_units() || self.is_alone() {
            return Err(refusal);
        }
        let mut all = self.everyone()?;
        all.forget_failure();
        let request = Request { size, align, grows: false };
        let alloc = |manager: &mut MemoryManager| manager.alloc_aligned(size, align);
        let mut served = all.serve(number, request, alloc).map(|inner| (number, inner));
        let fragmented =
            served.as_ref().is_err_and(Error::is_want_of_units) && size <= all.free_units();
        if fragmented && self.shared.options.auto_defragment {
            served = all.serve_compacting(alloc).map(|inner| (0, inner));
        }
        match served {
            Ok((number, inner)) => all.states[number].name(number, inner),
            Err(refusal) if refusal.is_want_of_units() => {
                all.count_failure();
                Err(all.refused(size))
            }
            Err(refusal) => Err(refusal),
        }
    }

    /// As [`MemoryManager::resize`]; what the block's part lacks the others give.
    ///
    /// # Errors
    /// As [`MemoryManager::resize`]. [`Error::PinnedElsewhere`]: another worker has it pinned.
    pub fn resize(&self, id: BlockId, size: u32) -> Result<(), Error> {
        let resized = self.with(id, |manager, inner| {
            if manager.has_pinned_blocks() {
                self.check_pins(manager, id, inner)?;
            }
            manager.resize(inner, size)
        });
        match resized {
            Err(refusal) if !self.is_alone() => self.resize_with_all(id, size, refusal),
            result => result,
        }
    }

    #[cold]
    fn resize_with_all(&self, id: BlockId, size: u32, refusal: Error) -> Result<(), Error> {
        if !refusal.is_want_of_units() && !matches!(refusal, Error::Pinned { .. }) {
            return Err(refusal);
        }
        let mut all = self.everyone()?;
        if refusal.is_want_of_units() {
            all.forget_failure();
        }
        let (number, inner) = all.find(id)?;
        let scattered = self.shared.options.placement.is_scattered();
        let has = if scattered { all.part(number).size(inner)? } else { 0 };
        let request = Request { size: size.saturating_sub(has), align: 1, grows: true };
        let mut served = all.serve(number, request, |manager| manager.resize(inner, size));
        if matches!(served, Err(Error::CannotGrow { .. })) && self.shared.options.auto_defragment {
            all.gather()?;
            let (_, inner) = all.find(id)?;
            served = all.serve_compacting(|manager| manager.resize(inner, size));
        }
        if served.as_ref().is_err_and(Error::is_want_of_units) {
            all.count_failure();
        }
        served.map_err(|refusal| refusal.about(id))
    }

    /// Frees a block, whichever worker allocated it.
    ///
    /// # Errors
    /// [`Error::UnknownBlock`]. [`Error::PinnedElsewhere`]: another worker has it pinned.
    #[inline(always)]
    pub fn free(&self, id: BlockId) -> Result<(), Error> {
        self.with_block(id, |state, inner| {
            if state.part.manager.has_pinned_blocks() {
                self.check_pins(&state.part.manager, id, inner)?;
                self.pins()?.forget(id);
            }
            state.part.manager.free(inner)?;
            if !state.guests.is_empty() {
                state.guests.remove(&inner);
            }
            Ok(())
        })
    }

    /// Refuses what must not be done to a block that another worker has pinned.
    #[cold]
    fn check_pins(
        &self,
        manager: &MemoryManager,
        id: BlockId,
        inner: BlockId,
    ) -> Result<(), Error> {
        match manager.is_pinned(inner)? && self.pins()?.is_held_elsewhere(id, self.locker.token) {
            true => Err(Error::PinnedElsewhere { id }),
            false => Ok(()),
        }
    }

    fn pins(&self) -> Result<Guard<'_, Pins>, Error> {
        self.shared.pins.lock(&self.locker)
    }

    /// Calls with the part that has a block now, and with the block's ID there.
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
        let result = match state.is_plain() {
            true => call(&mut state, inner),
            false => self.with_moved(number, &mut state, inner, call),
        };
        result.map_err(|refusal| refusal.about(id))
    }

    /// The same, where blocks have left the parts that their IDs name.
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

    /// The same with the part's manager.
    fn with<T>(
        &self,
        id: BlockId,
        call: impl FnOnce(&mut MemoryManager, BlockId) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.with_block(id, |state, inner| call(&mut state.part.manager, inner))
    }

    /// A part, locked; it is one that was made.
    #[inline(always)]
    fn part(&self, number: usize) -> Result<Guard<'_, State>, Error> {
        match self.shared.parts[number].get() {
            Some(part) => part[0].lock(&self.locker),
            None => Err(Error::Metadata),
        }
    }

    /// Whether there never was another part.
    fn is_alone(&self) -> bool {
        self.shared.parts[1].get().is_none()
    }

    /// All parts, locked.
    fn everyone(&self) -> Result<Everyone<'_>, Error> {
        let mut states = Vec::new();
        states.try_reserve_exact(PARTS).map_err(|_| Error::Metadata)?;
        for part in self.shared.parts[1..].iter().map_while(OnceLock::get) {
            states.push(part[0].lock(&self.locker)?);
        }
        states.insert(0, self.part(0)?);
        Ok(Everyone { states })
    }

    /// Frees every block.
    ///
    /// # Errors
    /// [`Error::PinnedElsewhere`]: another worker has one pinned.
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

    /// The IDs of all live blocks, in allocation order where only one worker allocates.
    ///
    /// # Errors
    /// [`Error::Metadata`]: no memory to list what there is.
    pub fn ids(&self) -> Result<Vec<BlockId>, Error> {
        self.everyone()?.ids()
    }

    /// Whether a live block has this ID.
    ///
    /// # Errors
    /// None but [`Error::WorkerLost`].
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

    /// As [`MemoryManager::write_text`].
    ///
    /// # Errors
    /// As [`MemoryManager::write_text`].
    pub fn write_text(&self, id: BlockId, text: &str) -> Result<(), Error> {
        self.with(id, |manager, id| manager.write_text(id, text))
    }

    /// As [`MemoryManager::read_text`].
    ///
    /// # Errors
    /// As [`MemoryManager::read_text`].
    pub fn read_text(&self, id: BlockId) -> Result<String, Error> {
        self.with(id, |manager, id| manager.read_text(id))
    }

    /// As [`MemoryManager::write`].
    ///
    /// # Errors
    /// As [`MemoryManager::write`].
    pub fn write<T: UnitValue>(&self, id: BlockId, values: &[T]) -> Result<(), Error> {
        self.with(id, |manager, id| manager.write(id, values))
    }

    /// As [`MemoryManager::read`].
    ///
    /// # Errors
    /// As [`MemoryManager::read`].
    pub fn read<T: UnitValue>(&self, id: BlockId) -> Result<Vec<T>, Error> {
        self.with(id, |manager, id| manager.read(id))
    }

    /// As [`MemoryManager::write_with`]; `source` must not use this manager.
    ///
    /// # Errors
    /// As [`MemoryManager::write_with`].
    pub fn write_with(
        &self,
        id: BlockId,
        count: usize,
        source: impl FnMut(usize, &mut [u8]),
    ) -> Result<(), Error> {
        self.with(id, |manager, id| manager.write_with(id, count, source))
    }

    /// As [`MemoryManager::read_with`]; `sink` must not use this manager.
    ///
    /// # Errors
    /// As [`MemoryManager::read_with`].
    pub fn read_with(&self, id: BlockId, sink: impl FnMut(usize, &[u8])) -> Result<(), Error> {
        self.with(id, |manager, id| manager.read_with(id, sink))
    }

    /// As [`MemoryManager::write_at_with`]; `source` must not use this manager.
    ///
    /// # Errors
    /// As [`MemoryManager::write_at_with`].
    pub fn write_at_with(
        &self,
        id: BlockId,
        offset: u32,
        count: usize,
        source: impl FnMut(usize, &mut [u8]),
    ) -> Result<(), Error> {
        self.with(id, |manager, id| manager.write_at_with(id, offset, count, source))
    }

    /// As [`MemoryManager::read_at_with`]; `sink` must not use this manager.
    ///
    /// # Errors
    /// As [`MemoryManager::read_at_with`].
    pub fn read_at_with(
        &self,
        id: BlockId,
        offset: u32,
        most: usize,
        sink: impl FnMut(usize, &[u8]),
    ) -> Result<usize, Error> {
        self.with(id, |manager, id| manager.read_at_with(id, offset, most, sink))
    }

    /// Pins a block for this worker: until it is unpinned, it is never moved, and no other worker
    /// frees or resizes it. Several workers can have a block pinned. Pinning again changes nothing.
    ///
    /// # Errors
    /// As [`MemoryManager::pin`].
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
        self.with(id, |manager, inner| match self.pins()?.remove(id, self.locker.token) {
            true => manager.unpin(inner),
            false => Ok(()),
        })
    }

    fn unpin_all(&self) -> Result<(), Error> {
        loop {
            let some = self.pins()?.some_of(self.locker.token);
            if some[0].is_none() {
                return Ok(());
            }
            some.into_iter().flatten().try_for_each(|id| self.unpin(id))?;
        }
    }

    /// As [`MemoryManager::views_with`], of a block that this worker has pinned: the addresses are
    /// good until it unpins, frees or resizes the block.
    ///
    /// # Errors
    /// As [`MemoryManager::views_with`]. [`Error::NotPinned`]: this worker has not pinned it.
    pub fn views_with(&self, id: BlockId, visit: &mut dyn FnMut(&mut [u8])) -> Result<(), Error> {
        self.with(id, |manager, inner| {
            manager.size(inner)?;
            if !self.pins()?.has(id, self.locker.token) {
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

    /// As [`MemoryManager::defragment`]. Everybody else waits until it is done.
    ///
    /// # Errors
    /// As [`MemoryManager::defragment`].
    pub fn defragment(&self) -> Result<DefragmentReport, Error> {
        self.defragment_with(&DefragmentOptions::default())
    }

    /// As [`MemoryManager::defragment_with`]. With a budget nobody else waits for longer than that;
    /// where there are several parts, the first calls gather blocks in one of them and move none,
    /// and workers allocate there until a report says `done`, or for so many allocations that
    /// nobody seems to go on.
    ///
    /// # Errors
    /// As [`MemoryManager::defragment_with`].
    pub fn defragment_with(
        &self,
        options: &DefragmentOptions<'_>,
    ) -> Result<DefragmentReport, Error> {
        if !self.is_alone() && !options.is_bounded() {
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
            // A worker was given units since they were gathered.
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

    /// As [`MemoryManager::take_relocations`], whichever worker's doing they are. Those of one block
    /// come in the order in which it moved.
    ///
    /// # Errors
    /// [`Error::Metadata`]: no memory for the list; nothing was taken.
    pub fn take_relocations(&self) -> Result<Vec<Relocation>, Error> {
        let mut everyone = self.everyone()?;
        let count = everyone.states.iter().map(|state| state.part.manager.untold().len()).sum();
        let mut all = Vec::new();
        all.try_reserve_exact(count).map_err(|_| Error::Metadata)?;
        for (number, state) in everyone.states.iter_mut().enumerate() {
            for mut relocation in state.part.manager.take_relocations() {
                relocation.id = state.public_id(number, relocation.id);
                all.push(relocation);
            }
        }
        Ok(all)
    }

    /// As [`MemoryManager::explain`], for all parts together; it gathers them first.
    ///
    /// # Errors
    /// As [`MemoryManager::explain`].
    pub fn explain(&self, size: u32, align: u32) -> Result<Explanation, Error> {
        let mut all = self.everyone()?;
        all.gather()?;
        all.part(0).explain(size, align)
    }

    /// As [`MemoryManager::stats`], of all parts together at one moment. Where there are several
    /// parts it costs O(F log F) with F free extents.
    ///
    /// # Errors
    /// [`Error::Metadata`]: no memory to list what there is.
    pub fn stats(&self) -> Result<Stats, Error> {
        self.everyone()?.stats()
    }

    /// As [`MemoryManager::snapshot`], of one moment; blocks are in allocation order where only one
    /// worker allocates.
    ///
    /// # Errors
    /// [`Error::Metadata`]: no memory to list what there is.
    pub fn snapshot(&self) -> Result<Snapshot, Error> {
        self.everyone()?.snapshot()
    }

    /// As [`MemoryManager::visit_values`]; `visit` must not use this manager.
    ///
    /// # Errors
    /// None but [`Error::WorkerLost`].
    pub fn visit_values(&self, mut visit: impl FnMut(u32, &[u8])) -> Result<(), Error> {
        for state in &self.everyone()?.states {
            state.part.manager.visit_values(&mut visit);
        }
        Ok(())
    }
}

impl Drop for SharedManager {
    /// The worker's part stays, with its blocks, for the others, and for the next that attaches.
    fn drop(&mut self) {
        // Where a worker was lost, nobody can use its blocks any more.
        let _ = self.unpin_all();
        if let Ok(mut attached) = self.shared.attached.lock(&self.locker) {
            attached[self.number] -= 1;
        }
    }
}
