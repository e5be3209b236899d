//! A shared manager as bytes, and back.
//!
//! What always holds: everything is gathered in part 0 before it is saved, so that a save is that of a
//! manager of the core, preceded by what only several parts need: which IDs they have handed out, and
//! the public IDs of the blocks that came to part 0. Whatever bytes are given, loading them ends in a
//! manager that keeps every promise, or in a refusal. The form is in [`crate::save_format`].

use super::everyone::Everyone;
use super::lock::Lock;
use super::shared::Shared;
use super::state::{LAST_INNER, State, part_id};
use super::{PARTS, SharedManager, Waiting};
use crate::byte_form::{Reader, Writer, ensure};
use crate::fallible::{self, TryBox};
use crate::manager::part::Part;
use crate::manager::saved::{CHECKSUM, SHARED_MAGIC, VERSION, after_version};
use crate::{BlockId, Error, MemoryManager, Options};
use std::mem::swap;
use xxhash_rust::xxh64::xxh64;

/// The bits of [`BlockId::MAX`].
const ID_BITS: u32 = 53;

impl SharedManager {
    /// The whole state as bytes, for [`Self::load`], as [`MemoryManager::save`]. Gathers all parts
    /// first.
    ///
    /// # Errors
    /// As [`MemoryManager::save`].
    pub fn save(&self) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        let all = &mut bytes;
        self.save_with(move |length| {
            all.try_reserve_exact(length)?;
            Ok(move |part: &[u8]| all.extend_from_slice(part))
        })?;
        Ok(bytes)
    }

    /// How many bytes [`Self::save`] would return now.
    ///
    /// # Errors
    /// As [`Self::save`].
    pub fn saved_length(&self) -> Result<usize, Error> {
        let mut all = self.everyone()?;
        let front = front(&mut all)?;
        let length = saving(&mut all, self.shared.options, |manager| manager.saved_length())?;
        Ok(front.len() + CHECKSUM + length)
    }

    /// As [`MemoryManager::save_with`]; neither `begin` nor what it returns may use this manager.
    ///
    /// # Errors
    /// As [`Self::save`], and those of `begin`.
    pub fn save_with<S: FnMut(&[u8])>(
        &self,
        begin: impl FnOnce(usize) -> Result<S, Error>,
    ) -> Result<(), Error> {
        let mut all = self.everyone()?;
        let front = front(&mut all)?;
        saving(&mut all, self.shared.options, |manager| {
            manager.save_with(|length| {
                let mut sink = begin(front.len() + CHECKSUM + length)?;
                sink(&front);
                sink(&xxh64(&front, 0).to_le_bytes());
                Ok(sink)
            })
        })
    }

    /// The manager that [`Self::save`] wrote as these bytes; `waiting` says how this thread waits for
    /// others.
    ///
    /// # Errors
    /// As [`MemoryManager::load`]; [`Error::OtherSave`]: the save of a manager that is not shared.
    pub fn load(bytes: &[u8], waiting: Waiting) -> Result<Self, Error> {
        let mut frame = Reader::new(after_version(bytes, SHARED_MAGIC)?);
        let length = frame.count()?;
        let mut head = Reader::new(frame.bytes(length)?);
        let checked = bytes.len() - frame.left();
        let checksum = frame.bytes(CHECKSUM)?;
        ensure(xxh64(&bytes[..checked], 0).to_le_bytes() == checksum)?;
        let mut manager = MemoryManager::load(frame.bytes(frame.left())?)?;
        let (options, untold) = (manager.options(), manager.take_relocations());
        let mut centre = State::new(Part::whole(manager));
        let (buffer, capacity) = (centre.part.buffer(), centre.part.manager.capacity());
        let beside = || Part::beside(buffer.as_ref(), capacity, options);
        let others = take_parts(&mut head, &mut centre, beside)?;
        ensure(head.left() == 0)?;
        let mut seats = fallible::room_for(1 + others.len())?;
        for state in std::iter::once(centre).chain(others) {
            seats.push(TryBox::of(|| Ok(Lock::new(state)))?);
        }
        Ok(Self::first(Shared::of(options, capacity, buffer, seats, untold)?, waiting))
    }
}

/// The other parts, and the public IDs of the blocks that came from them.
fn take_parts(
    head: &mut Reader,
    centre: &mut State,
    beside: impl Fn() -> Result<Part, Error>,
) -> Result<Vec<State>, Error> {
    let count = head.count()?;
    ensure(count < PARTS)?;
    let mut others = fallible::room_for(count)?;
    for _ in 0..count {
        let mut part = beside()?;
        part.set_next_id(head.next_id()?);
        others.push(State::new(part));
    }
    for _ in 0..head.count()? {
        let inner = BlockId::new(head.number(ID_BITS)?);
        let public = BlockId::new(head.number(ID_BITS)?);
        let (number, old) = part_id(public);
        ensure((1..=count).contains(&number) && centre.part.manager.has(inner))?;
        let State { part, moved, .. } = &mut others[number - 1];
        ensure(0 < old.get() && old.get() < part.next_id())?;
        fallible::reserve(moved)?;
        fallible::reserve(&mut centre.guests)?;
        ensure(moved.insert(old, inner).is_none())?;
        ensure(centre.guests.insert(inner, public).is_none())?;
    }
    let has_public = |id: &BlockId| id.get() <= LAST_INNER || centre.guests.contains_key(id);
    ensure(centre.part.manager.try_ids()?.iter().all(has_public))?;
    Ok(others)
}

/// Saves part 0 with the untold moves and the options of the whole manager, which its own manager does
/// not have.
fn saving<T>(
    all: &mut Everyone,
    options: Options,
    save: impl FnOnce(&mut MemoryManager) -> Result<T, Error>,
) -> Result<T, Error> {
    let Everyone { states, untold } = all;
    let mut nothing = Vec::new();
    let untold = untold.as_deref_mut().unwrap_or(&mut nothing);
    let manager = &mut states[0].part.manager;
    swap(untold, manager.untold());
    manager.compact_on_demand(options.auto_defragment);
    let saved = save(manager);
    manager.compact_on_demand(false);
    swap(untold, manager.untold());
    saved
}

/// What comes before the save of the core, without its checksum. Gathers all parts first.
fn front(all: &mut Everyone) -> Result<Vec<u8>, Error> {
    all.gather()?;
    let mut head = Writer::default();
    let Some((centre, others)) = all.states.split_first_mut() else { return Ok(Vec::new()) };
    head.number(others.len() as u64);
    for other in others {
        head.number(other.part.next_id());
        other.part.give_counts(&mut centre.part);
    }
    head.number(centre.guests.len() as u64);
    let mut guests = fallible::list(&centre.guests)?;
    guests.sort_unstable();
    for (inner, public) in guests {
        head.number(inner.get());
        head.number(public.get());
    }
    let head = head.finish()?;
    let mut frame = Writer::default();
    SHARED_MAGIC.iter().for_each(|&byte| frame.byte(byte));
    frame.byte(VERSION);
    frame.number(head.len() as u64);
    head.iter().for_each(|&byte| frame.byte(byte));
    Ok(frame.finish()?)
}
