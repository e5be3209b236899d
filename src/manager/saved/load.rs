//! Loading: see [`crate::save_format`] for the form.
//!
//! What always holds: a number is checked before it is used, and memory is justified before it is
//! taken.

use super::*;
use crate::buffer::Buffer;
use crate::compaction::Relocation;
use crate::counts::{self, Counts};
use crate::entry::Owner;
use crate::extent_table::{self, NewBlock, first_of};
use crate::fallible::room_for;
use crate::placement::Placement;
use crate::placement::chain::Hints;
use crate::{BlockId, Error, Extent, MemoryManager, PlacementKind, Unit};
use xxhash_rust::xxh64::Xxh64;

impl MemoryManager {
    /// The manager that [`Self::save`] wrote as these bytes. It goes on exactly as the saved one would.
    ///
    /// Costs O(bytes), and O(capacity) to zero the buffer. Takes at most 1 MiB of memory and 400 bytes
    /// for each byte given, whatever the bytes are.
    ///
    /// # Errors
    /// [`Error::CorruptSave`]: damaged, truncated or foreign bytes, or a later version.
    /// [`Error::OtherSave`]: the save of a manager for several workers.
    /// [`Error::NoBuffer`], [`Error::Metadata`]: the save is intact, but there is no memory for the buffer
    /// or for the records.
    pub fn load(bytes: &[u8]) -> Result<Self, Error> {
        let mut reader = Reader::new(checked(bytes)?);
        let head = Head::take(&mut reader)?;
        let mut manager = head.manager(bytes.len())?;
        manager.take_books(&mut reader)?;
        let (ids, values) = manager.take_values(&mut reader)?;
        if manager.options.storage == Storage::Owned {
            manager.buffer = Some(Buffer::of(manager.capacity, manager.options.unit)?);
            manager.write_values(ids, values)?;
        }
        Ok(manager)
    }

    /// Takes all but the values.
    #[inline(never)]
    fn take_books(&mut self, reader: &mut Reader) -> Result<(), Flaw> {
        let extents = self.take_extents(reader)?;
        self.take_blocks(reader, extents)?;
        self.check_free_extents()?;
        self.take_order(reader, extents)?;
        self.take_untold(reader)
    }

    /// Takes all extents, free at first; returns how many there are.
    fn take_extents(&mut self, reader: &mut Reader) -> Result<u32, Flaw> {
        let count = reader.count()?;
        self.books.table.reserve(count)?;
        self.books.table.clear();
        let mut start = 0_u32;
        for _ in 0..count {
            let length = reader.small()?;
            ensure(length > 0 && length <= self.capacity - start)?;
            self.books.table.append(start, length);
            start += length;
        }
        ensure(start == self.capacity)?;
        Ok(count as u32)
    }

    fn take_blocks(&mut self, reader: &mut Reader, extents: u32) -> Result<(), Flaw> {
        let count = reader.count()?;
        let mut last = 0_u64;
        for _ in 0..count {
            last = last.saturating_add(reader.number(53)?);
            self.take_block(reader, last, extents)?;
        }
        ensure(last < self.books.registry.next())?;
        let Counts { allocations, frees, .. } = self.books.counts;
        ensure(allocations.checked_sub(frees) == Some(count as u64))
    }

    fn take_block(&mut self, reader: &mut Reader, id: u64, extents: u32) -> Result<(), Flaw> {
        let flags = reader.byte()?;
        let (align, pinned) = (flags >> 1, flags & 1 == 1);
        ensure(align < 32 && (align == 0 || self.books.aligns))?;
        let (written, beyond) = (reader.small()?, reader.small()?);
        let Some(slot) = self.books.insert_known(id) else { return Err(Flaw::Contradiction) };
        let mut owner = Owner::first_of(id, align);
        owner.set_pinned(pinned);
        let units = self.take_chain(reader, NewBlock { slot, owner, asked: 0 }, extents)?;
        let size = units.saturating_sub(beyond);
        self.books.table.block_mut(slot).set_asked(size);
        ensure(
            size > 0 && written <= size && (written == 0 || self.options.storage == Storage::Owned),
        )?;
        self.check_place(slot, size, units, 1 << align)?;
        self.books.registry.set_written(slot, written);
        self.books.free_units -= units;
        self.books.asked += size;
        self.books.pinned += u32::from(pinned);
        Ok(())
    }

    /// Gives a block its extents, which must be as few as they can be; returns their units.
    fn take_chain(
        &mut self,
        reader: &mut Reader,
        block: NewBlock,
        extents: u32,
    ) -> Result<u32, Flaw> {
        let count = reader.count()?;
        ensure(count > 0)?;
        let may_descend = self.options.placement != PlacementKind::AddressOrdered;
        let table = &mut self.books.table;
        let mut list = PlaceList::default();
        let (mut last, mut units) = (NONE, 0);
        let mut run = None;
        let mut hints = Hints::new();
        for _ in 0..count {
            let (saved, step) = list.take(reader, extents)?;
            let place = extent_table::appended(saved);
            let entry = table.other_mut(place);
            ensure(entry.is_free() && (step == Step::Up || may_descend && entry.length > 1))?;
            entry.set_step(step);
            units += entry.length;
            let continues = |mut run: Extent| {
                run.append(entry.extent()) && (may_descend || run.step == Step::Up)
            };
            ensure(!run.replace(entry.extent()).is_some_and(continues))?;
            if last == NONE {
                table.give_to(block, place);
                last = first_of(block.slot);
                continue;
            }
            *entry = entry.owned_by(Owner::later_of(block.slot));
            table.get_mut(last).next = place;
            last = place;
            hints.add(table, place);
        }
        self.books.extents += count;
        Ok(units)
    }

    /// Checks that a block of `size` units may lie where it lies.
    fn check_place(&self, slot: u32, size: u32, units: u32, align: u32) -> Result<(), Flaw> {
        let entry = self.books.block(slot);
        let placement = self.options.placement;
        if placement.is_scattered() {
            return ensure(units == size && align == 1);
        }
        ensure(entry.is_single_ascending())?;
        let is_rounded =
            |(rounded, multiple)| rounded == units && entry.lowest.is_multiple_of(multiple);
        ensure(placement.rounded(size, align).is_some_and(is_rounded))
    }

    /// Checks that free extents are coalesced as far as the placement does that.
    fn check_free_extents(&self) -> Result<(), Flaw> {
        let placement = self.options.placement;
        for (place, entry) in self.books.table.iter().filter(|(_, entry)| entry.is_free()) {
            let above =
                self.books.table.free_above(place).map(|above| self.books.table.get(above).length);
            ensure(match placement {
                PlacementKind::Buddy => {
                    let is_low = entry.lowest & entry.length == 0;
                    entry.length.is_power_of_two()
                        && entry.lowest.is_multiple_of(entry.length)
                        && !(is_low && above == Some(entry.length))
                }
                _ => placement.is_stacked() || above.is_none(),
            })?;
        }
        Ok(())
    }

    fn take_order(&mut self, reader: &mut Reader, extents: u32) -> Result<(), Flaw> {
        let placement = self.options.placement;
        let rover = reader.small()?;
        ensure(rover <= self.capacity && (rover == 0 || placement == PlacementKind::NextFit))?;
        let free = self.books.table.iter().filter(|(_, entry)| entry.is_free()).count();
        let count = reader.count()?;
        let has_tail = placement.is_stacked() && count + 1 == free;
        ensure(count == if placement.keeps_order() { free - usize::from(has_tail) } else { 0 })?;
        let mut order = room_for(count)?;
        let mut list = PlaceList::default();
        for _ in 0..count {
            let (saved, step) = list.take(reader, extents)?;
            let place = extent_table::appended(saved);
            let entry = self.books.table.other_mut(place);
            let may_descend = placement.is_stacked() && entry.length > 1;
            ensure(entry.is_free() && (step == Step::Up || may_descend))?;
            // So that none is accepted twice.
            entry.owner = Owner::HELD;
            entry.set_step(step);
            order.push(place);
        }
        ensure(!has_tail || self.books.table.get(self.books.table.highest()).is_free())?;
        order.iter().for_each(|&place| {
            self.books.table.release(place, Owner::FREE);
        });
        self.placement.restore(&mut self.books.table, &order, rover)?;
        // From now on freeing needs no memory.
        Ok(self.placement.reserve(&mut self.books.table, self.books.extents)?)
    }

    fn take_untold(&mut self, reader: &mut Reader) -> Result<(), Flaw> {
        let count = reader.count()?;
        ensure(count == 0 || self.options.storage == Storage::External)?;
        self.untold.try_reserve_exact(count)?;
        for _ in 0..count {
            let id = BlockId::new(reader.number(53)?);
            let (from, to, length) = (reader.small()?, reader.small()?, reader.small()?);
            let most = self.capacity.checked_sub(length);
            ensure(length > 0 && most.is_some_and(|most| from <= most && to <= most))?;
            self.untold.push(Relocation { id, from, to, length });
        }
        Ok(())
    }

    /// The blocks in allocation order, and the values of one after the other.
    #[inline(never)]
    fn take_values<'a>(&self, reader: &mut Reader<'a>) -> Result<(Vec<BlockId>, &'a [u8]), Flaw> {
        let width = self.options.unit.bytes();
        let ids = self.books.in_allocation_order()?;
        let written =
            |id: &BlockId| self.books.registry.written(self.books.registry.slot(*id)) as usize;
        let units = ids.iter().try_fold(0_usize, |sum, id| sum.checked_add(written(id)));
        let length = units.and_then(|units| units.checked_mul(width)).unwrap_or(usize::MAX);
        let values = reader.bytes(length)?;
        let zeros = reader.number(53)?;
        ensure(zeros == reader.left() as u64)?;
        ensure(reader.bytes(reader.left())?.iter().all(|&byte| byte == 0))?;
        Ok((ids, values))
    }

    fn write_values(&mut self, ids: Vec<BlockId>, values: &[u8]) -> Result<(), Error> {
        let (width, mut values) = (self.options.unit.bytes(), Reader::new(values));
        for id in ids {
            let count = self.length(id)? as usize;
            let bytes = values.bytes(count * width)?;
            self.write_with(id, count, |offset, part| {
                let first = offset * width;
                part.copy_from_slice(&bytes[first..first + part.len()]);
            })?;
        }
        Ok(())
    }
}

/// The bytes between the version and the checksum, if these are right.
fn checked(bytes: &[u8]) -> Result<&[u8], Error> {
    let corrupt = |reason| Err(Error::CorruptSave { reason });
    let rest = after_version(bytes, MAGIC)?;
    let Some((_, checksum)) = rest.split_last_chunk() else {
        return corrupt("they are cut short");
    };
    let body = &bytes[..bytes.len() - CHECKSUM];
    let mut hash = Xxh64::new(0);
    hash.update(body);
    if hash.digest() != u64::from_le_bytes(*checksum) {
        return corrupt("they were changed or cut short");
    }
    Ok(&body[MAGIC.len() + 1..])
}

/// What a manager has before it has blocks.
struct Head {
    capacity: u32,
    options: Options,
    aligns: bool,
    counts: [u64; 6],
    next: u64,
    slots: usize,
}

impl Head {
    #[inline(never)]
    fn take(reader: &mut Reader) -> Result<Self, Flaw> {
        let unit = of_code(Unit::ALL, reader.byte()?);
        let placement = of_code(PlacementKind::ALL, reader.byte()?);
        let (Some(unit), Some(placement)) = (unit, placement) else {
            return Err(Flaw::Contradiction);
        };
        let flags = reader.byte()?;
        ensure(flags <= EXTERNAL | AUTO_DEFRAGMENT | ALIGNS)?;
        let storage = if flags & EXTERNAL == 0 { Storage::Owned } else { Storage::External };
        let auto_defragment = flags & AUTO_DEFRAGMENT != 0;
        let options = Options { unit, placement, storage, auto_defragment };
        let capacity = reader.small()?;
        ensure(capacity > 0)?;
        let mut counts = [0; 6];
        for count in &mut counts {
            *count = reader.number(counts::BITS)?;
        }
        let (next, slots) = (reader.next_id()?, reader.small()? as usize);
        ensure(slots == 0 || slots.is_power_of_two())?;
        Ok(Self { capacity, options, aligns: flags & ALIGNS != 0, counts, next, slots })
    }

    /// The manager, without blocks or buffer, if a save of so many bytes justifies its memory.
    fn manager(self, bytes: usize) -> Result<MemoryManager, Error> {
        let Self { capacity, options, aligns, counts, next, slots } = self;
        if bytes_described(capacity, options, slots) > SLACK + PER_BYTE * bytes as u64 {
            return Err(Error::CorruptSave { reason: "they describe more than they can hold" });
        }
        let bookkeeping = Options { storage: Storage::External, ..options };
        let mut manager = MemoryManager::with_options(capacity, bookkeeping)?;
        manager.options = options;
        manager.books.set_slots(slots)?;
        ensure(manager.books.registry.slots() == slots)?;
        manager.books.registry.set_next(next);
        manager.books.aligns = aligns;
        let [allocations, frees, failures, units_moved, resizes, pins] = counts;
        manager.books.counts = Counts { allocations, frees, failures, units_moved, resizes, pins };
        Ok(manager)
    }
}
