//! Saving: see [`crate::save_format`] for the form.
//!
//! What always holds: saving changes nothing, except that compaction starts anew, as it does in the loaded manager.

use super::*;
use crate::counts::Counts;
use crate::extent_table::first_of;
use crate::fallible::{NoMemory, room_for};
use crate::placement::Placement;
use crate::{BlockId, Error, MemoryManager, PlacementKind, Unit};
use xxhash_rust::xxh64::Xxh64;

const ZEROS: [u8; 1024] = [0; 1024];

impl MemoryManager {
    /// The whole state as bytes, for [`Self::load`]; their form is in
    /// [`save_format`](crate::save_format). Compaction starts anew at its next step, also where it had come to
    /// rest (see [`DefragmentReport::done`](crate::DefragmentReport::done)).
    ///
    /// Costs O(the most extents and blocks there ever were) and the units written. A save has the bytes of the
    /// units written, a few bytes for each extent, and at least one byte for each 256, past the first MiB, of the
    /// buffer and of the slots, of which there are 37 bytes for each of the most blocks there ever were.
    ///
    /// ```
    /// use twingate_memory::MemoryManager;
    ///
    /// let mut memory = MemoryManager::new(6)?;
    /// let block = memory.alloc(3)?;
    /// memory.write_text(block, "ABC")?;
    /// let mut loaded = MemoryManager::load(&memory.save()?)?;
    /// assert_eq!(loaded.read_text(block)?, "ABC");
    /// assert_eq!(loaded.alloc(1)?, memory.alloc(1)?);
    /// # Ok::<(), twingate_memory::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Metadata`]: no memory for the bytes.
    pub fn save(&mut self) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        let all = &mut bytes;
        self.save_with(move |length| {
            all.try_reserve_exact(length)?;
            Ok(move |part: &[u8]| all.extend_from_slice(part))
        })?;
        Ok(bytes)
    }

    /// How many bytes [`Self::save`] would return now. Costs as that, without the units.
    ///
    /// # Errors
    /// As [`Self::save`].
    pub fn saved_length(&self) -> Result<usize, Error> {
        Ok(self.frame()?.length())
    }

    /// As [`Self::save`], but passes the bytes part by part, so that only the bookkeeping takes memory: `begin` is told
    /// how many there will be, and returns what takes the parts.
    ///
    /// # Errors
    /// As [`Self::save`], and those of `begin`.
    pub fn save_with<S: FnMut(&[u8])>(
        &mut self,
        begin: impl FnOnce(usize) -> Result<S, Error>,
    ) -> Result<(), Error> {
        let frame = self.frame()?;
        let mut sink = begin(frame.length())?;
        let Frame { ids, head, zeros, zeros_as_number, .. } = frame;
        self.pass = None;
        let mut hash = Xxh64::new(0);
        let mut give = |bytes: &[u8]| {
            hash.update(bytes);
            sink(bytes);
        };
        give(&head);
        for &id in ids.iter().filter(|_| self.buffer.is_some()) {
            self.read_with(id, |_, bytes| give(bytes))?;
        }
        give(&zeros_as_number);
        for from in (0..zeros).step_by(ZEROS.len()) {
            give(&ZEROS[..ZEROS.len().min(zeros - from)]);
        }
        sink(&hash.digest().to_le_bytes());
        Ok(())
    }

    fn frame(&self) -> Result<Frame, NoMemory> {
        let mut out = Writer::default();
        self.put_options(&mut out);
        let saved = self.put_extents(&mut out)?;
        let ids = self.books.in_allocation_order()?;
        self.put_blocks(&mut out, &ids, &saved)?;
        self.put_order(&mut out, &saved)?;
        out.number(self.untold.len() as u64);
        for relocation in &self.untold {
            out.number(relocation.id.get());
            out.number(relocation.from);
            out.number(relocation.to);
            out.number(relocation.length);
        }
        let head = out.finish()?;
        let units =
            self.books.registry.live_slots().map(|slot| self.books.registry.written(slot) as usize);
        let values = units.sum::<usize>() * self.options.unit.bytes();
        let described = bytes_described(self.capacity, self.options, self.books.registry.slots());
        let wanted = described.saturating_sub(SLACK).div_ceil(PER_BYTE) as usize;
        let zeros = wanted.saturating_sub(head.len() + values + CHECKSUM);
        let mut zeros_as_number = Writer::default();
        zeros_as_number.number(zeros as u64);
        Ok(Frame { ids, head, values, zeros, zeros_as_number: zeros_as_number.finish()? })
    }

    fn put_options(&self, out: &mut Writer) {
        let Options { unit, placement, storage, auto_defragment } = self.options;
        MAGIC.iter().for_each(|&byte| out.byte(byte));
        out.byte(VERSION);
        out.byte(code(Unit::ALL, unit));
        out.byte(code(PlacementKind::ALL, placement));
        let mut flags = if storage == Storage::External { EXTERNAL } else { 0 };
        flags |= if auto_defragment { AUTO_DEFRAGMENT } else { 0 };
        flags |= if self.books.aligns { ALIGNS } else { 0 };
        out.byte(flags);
        out.number(self.capacity);
        let Counts { allocations, frees, failures, units_moved, resizes, pins } = self.books.counts;
        for count in [allocations, frees, failures, units_moved, resizes, pins] {
            out.number(count);
        }
        out.number(self.books.registry.next());
        out.number(self.books.registry.slots() as u64);
    }

    /// Returns, for each place in the table, its place in the save and its step, as a [`PlaceList`] has them.
    fn put_extents(&self, out: &mut Writer) -> Result<Vec<u32>, NoMemory> {
        let mut saved = room_for(self.books.table.places())?;
        saved.resize(self.books.table.places(), 0);
        out.number(self.books.table.extents() as u64);
        for (number, (place, entry)) in (0..).zip(self.books.table.iter()) {
            saved[place as usize] = number << 1 | u32::from(entry.step() == Step::Down);
            out.number(entry.length);
        }
        Ok(saved)
    }

    fn put_blocks(&self, out: &mut Writer, ids: &[BlockId], saved: &[u32]) -> Result<(), NoMemory> {
        out.number(ids.len() as u64);
        let mut last = 0;
        let mut places = room_for(self.books.table.extents())?;
        for &id in ids {
            let slot = self.books.registry.slot(id);
            let block = self.books.block(slot);
            places.clear();
            let mut units = 0;
            self.books.table.for_each_linked(first_of(slot), &mut |place| {
                units += self.books.table.get(place).length;
                places.push(place);
            });
            out.number(id.get() - last);
            out.byte(block.owner.align() << 1 | u8::from(block.owner.is_pinned()));
            out.number(self.books.registry.written(slot));
            out.number(units - block.asked());
            put_places(out, &places, saved);
            last = id.get();
        }
        Ok(())
    }

    fn put_order(&self, out: &mut Writer, saved: &[u32]) -> Result<(), NoMemory> {
        out.number(self.placement.rover());
        let mut places = room_for(self.books.table.extents())?;
        self.placement.for_each_in_order(&self.books.table, &mut |place| places.push(place));
        put_places(out, &places, saved);
        Ok(())
    }
}

/// How many places, and then what is saved of each.
fn put_places(out: &mut Writer, places: &[u32], saved: &[u32]) {
    out.number(places.len() as u64);
    let mut list = PlaceList::default();
    for &place in places {
        list.put(out, saved[place as usize]);
    }
}

/// A save without the values: what comes before them and after them.
struct Frame {
    /// In allocation order.
    ids: Vec<BlockId>,
    head: Vec<u8>,
    /// Bytes.
    values: usize,
    zeros: usize,
    zeros_as_number: Vec<u8>,
}

impl Frame {
    fn length(&self) -> usize {
        self.head.len() + self.values + self.zeros_as_number.len() + self.zeros + CHECKSUM
    }
}
