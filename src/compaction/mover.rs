//! Carrying out the relocations of compaction, but for packing in place.
//!
//! What always holds: after each relocation the table, the placement, the registry and the buffer
//! agree; when an evacuation moves many at once ([`super::at_once`]), after the last of them. A
//! relocation is begun only if the budget and the memory for the records suffice.

use super::budget::Budget;
use super::{DefragmentReport, Relocation};
use crate::buffer::Buffer;
use crate::entry::{Entry, Owner};
use crate::extent_table::{ExtentTable, NONE, slot_of};
use crate::fallible::NoMemory;
use crate::placement::{Choice, Placement, Policy, SPARE_PLACES};
use crate::registry::Registry;
use crate::{PlacementKind, Step};

pub(crate) struct Mover<'a> {
    pub table: &'a mut ExtentTable,
    pub kind: PlacementKind,
    pub placement: &'a mut Policy,
    pub registry: &'a Registry,
    pub buffer: Option<&'a mut Buffer>,
    /// Extents of all live blocks.
    pub extents: &'a mut usize,
    pub budget: Budget<'a>,
    pub report: DefragmentReport,
    /// The first relocation of the report whose data waits for [`Self::move_data`], with all after it.
    pub waits_from: Option<usize>,
}

impl Mover<'_> {
    /// Makes room in the report for this many relocations, as far as budget and memory allow.
    pub fn expect(&mut self, moves: u32) {
        // Where it fails, room is made for one relocation at a time.
        let _ = self.report.relocations.try_reserve(moves.min(self.budget.moves()) as usize);
    }

    /// Postpones moving the data of relocations listed from now on until [`Self::move_data`]: copying
    /// is fastest without other memory accesses in between. Not under a time limit, since copying has
    /// to count.
    pub fn let_data_wait(&mut self) {
        let next = self.report.relocations.len();
        self.waits_from = (!self.budget.is_timed()).then_some(next);
    }

    /// Moves the data that was postponed.
    pub fn move_data(&mut self) {
        let (Some(first), Some(buffer)) = (self.waits_from.take(), &mut self.buffer) else {
            return;
        };
        for &Relocation { from, to, length, .. } in &self.report.relocations[first..] {
            buffer.relocate(from, to, length, Step::Up);
        }
    }

    /// Makes sure that one relocation needs no memory.
    pub fn reserve(&mut self) -> Result<(), NoMemory> {
        self.placement.reserve(self.table, *self.extents + 2)?;
        self.table.reserve(SPARE_PLACES)?;
        Ok(self.report.relocations.try_reserve(1)?)
    }

    /// Reserves for evacuating `blocks` blocks at once, for which extents are cut so many times.
    pub fn reserve_for(&mut self, cuts: usize, blocks: usize) -> Result<(), NoMemory> {
        self.placement.reserve(self.table, *self.extents + cuts)?;
        self.table.reserve(cuts)?;
        if !self.report.relocations.is_empty() {
            self.report.relocations.try_reserve(blocks)?;
        }
        Ok(())
    }

    /// Reserves for moving every block once, and for allocating one block afterwards.
    pub fn reserve_for_all(&mut self) -> Result<(), NoMemory> {
        // Each block may leave a free extent below it; and the free extents that the placement has now
        // move too, so that its records may take twice as much memory.
        let extents = self.table.extents();
        self.placement.reserve(self.table, *self.extents + 3 * extents)?;
        self.table.reserve(SPARE_PLACES + extents)
    }

    /// Replaces a run of extents, from `lowest` to `highest`, by one held extent and returns it. `free`
    /// lists the free extents of the run, which are gone afterwards; its blocks have no neighbours
    /// until [`Self::lay_into`]. Needs [`Self::reserve_for`] first.
    pub fn clear(&mut self, [lowest, highest]: [u32; 2], free: impl Iterator<Item = u32>) -> u32 {
        self.table.forget_cursors();
        let cleared = self.table.replace(lowest, highest);
        for place in free {
            self.placement.withdraw(self.table, place);
            self.table.forget(place);
        }
        cleared
    }

    /// Lays a block without neighbours at the lowest units of a target, which is free or already held
    /// for this, and returns the block's lowest unit. Afterwards the target is held, or gone if it has
    /// no units left.
    #[inline(never)]
    pub fn lay_into(&mut self, place: u32, target: u32, align: u32) -> u32 {
        if self.table.get(target).is_free() {
            self.placement.withdraw(self.table, target);
        }
        let lowest = self.table.get(target).lowest;
        let before = lowest.next_multiple_of(align) - lowest;
        if before > 0 {
            let rest = self.table.split_below(target, before);
            self.placement.give(self.table, rest);
        }
        self.table.lay_below(place, target);
        self.table.end_views(slot_of(place));
        lowest + before
    }

    /// Lists blocks that have been laid elsewhere, which must be the first that the call moves, and
    /// moves their data.
    pub fn tell(&mut self, relocations: Vec<Relocation>) {
        let units = relocations.iter().map(|relocation| relocation.length).sum();
        self.count(relocations.len() as u32, units);
        let listed = &mut self.report.relocations;
        let room = listed.capacity() - listed.len();
        debug_assert!(listed.is_empty() || relocations.len() <= room, "reserved");
        self.waits_from = Some(listed.len());
        if listed.is_empty() {
            *listed = relocations;
        } else {
            listed.extend(relocations);
        }
        self.move_data();
    }

    /// Whether there is a block's extent at a place.
    pub fn is_block(&self, place: u32) -> bool {
        self.table.slot_at(place).is_some()
    }

    /// Whether there is an extent of the block in this slot at a place.
    pub fn is_extent_of(&self, place: u32, slot: u32) -> bool {
        self.table.slot_at(place) == Some(slot)
    }

    /// Whether the extent belongs to a pinned block.
    pub fn is_pinned(&self, place: u32) -> bool {
        self.block_at(place).is_pinned()
    }

    /// What the block's first unit must be a multiple of.
    pub fn align(&self, place: u32) -> u32 {
        1 << self.block_at(place).align()
    }

    /// What it can be moved to a multiple of: [`Self::align`], and its length under `buddy`.
    pub fn multiple(&self, place: u32) -> u32 {
        self.kind.multiple(self.table.get(place).length, self.align(place))
    }

    /// What is known of the block that has the extent at a place.
    #[inline(always)]
    fn block_at(&self, place: u32) -> Owner {
        let owner = self.table.get(place).owner;
        owner.slot_of_later().map_or(owner, |slot| self.table.block(slot).owner)
    }

    /// Ends the views of the block that has the extent at a place.
    #[inline(always)]
    fn end_views(&mut self, place: u32) {
        if let Some(slot) = self.table.slot_at(place) {
            self.table.end_views(slot);
        }
    }

    /// Counts the relocation of a block's extent that lay at `from`, and moves its data unless that is
    /// postponed.
    fn note(&mut self, place: u32, from: u32) {
        let Entry { lowest: to, length, .. } = *self.table.get(place);
        self.end_views(place);
        if let Some(buffer) = self.buffer.as_mut().filter(|_| self.waits_from.is_none()) {
            buffer.relocate(from, to, length, Step::Up);
        }
        self.count(1, length);
    }

    /// As [`Self::note`], and lists it.
    fn note_and_list(&mut self, place: u32, from: u32) {
        self.note(place, from);
        self.list(place, from);
    }

    fn list(&mut self, place: u32, from: u32) {
        let Entry { lowest: to, length, .. } = *self.table.get(place);
        let id = self.block_at(place).id();
        let listed = &mut self.report.relocations;
        debug_assert!(listed.len() < listed.capacity(), "reserved");
        listed.push(Relocation { id, from, to, length });
    }

    /// Counts so many moves of this many units in all.
    fn count(&mut self, moves: u32, units: u32) {
        self.budget.spend(moves, units);
        self.report.moves += moves;
        self.report.units_moved += units;
    }

    /// Moves an extent into free units that it does not overlap. The units it had become free and may
    /// coalesce. Returns the extent's place in the table, which differs if it was joined with the one
    /// below it. Needs [`Self::reserve`] first, and enough budget.
    #[inline(never)]
    pub fn move_into(&mut self, place: u32, choice: Choice) -> u32 {
        let from = self.table.get(place).lowest;
        self.move_into_unlisted(place, choice);
        self.list(place, from);
        self.rejoin(place)
    }

    /// As [`Self::move_into`], without listing or joining.
    pub fn move_into_unlisted(&mut self, place: u32, choice: Choice) {
        let Entry { lowest: from, length, .. } = *self.table.get(place);
        let target = self.carve(choice, length);
        self.table.exchange(place, target);
        self.note(place, from);
        self.placement.give(self.table, target);
    }

    /// Exchanges two extents of blocks, of equal length, and their data.
    pub fn swap(&mut self, low: u32, high: u32) {
        let (low_start, high_start) = (self.table.get(low).lowest, self.table.get(high).lowest);
        let length = self.table.get(low).length;
        self.table.exchange(low, high);
        if let Some(buffer) = &mut self.buffer {
            buffer.swap(low_start.min(high_start), low_start.max(high_start), length);
        }
        for place in [low, high] {
            self.end_views(place);
        }
        self.count(1, 2 * length);
        // The extent that now lies below is where it belongs, and the caller joins it.
        self.rejoin(low);
    }

    /// Makes an extent that was just moved ascend.
    pub fn ascend(&mut self, place: u32) {
        let Entry { lowest, length, .. } = *self.table.get(place);
        if self.table.get(place).step() == Step::Down {
            self.table.get_mut(place).set_step(Step::Up);
            if let Some(buffer) = &mut self.buffer {
                buffer.reverse(lowest, length);
            }
        }
    }

    /// Makes an extent ascend where it is, which counts as moving its units.
    pub fn turn(&mut self, place: u32) {
        let length = self.table.get(place).length;
        self.ascend(place);
        self.end_views(place);
        self.count(1, length);
    }

    /// Joins an extent with its neighbours if they belong to the same block and continue each other;
    /// returns the extent's place in the table.
    pub fn rejoin(&mut self, place: u32) -> u32 {
        if !self.kind.is_scattered() {
            return place; // It is its block's only extent.
        }
        let place = self.join_below(place).unwrap_or(place);
        match self.table.above(place) {
            NONE => place,
            above => self.join_below(above).unwrap_or(place),
        }
    }

    /// Joins an extent with the one below it; returns their place if they could be joined.
    fn join_below(&mut self, place: u32) -> Option<u32> {
        let below = self.table.below(place);
        let (low, high) = (*self.table.get_checked(below)?, *self.table.get(place));
        if self.table.slot_at(below) != self.table.slot_at(place) {
            return None;
        }
        if low.next == place && low.extent().append(high.extent()) {
            self.table.absorb_above(below);
            self.table.get_mut(below).next = high.next;
            *self.extents -= 1;
            return Some(below);
        }
        if self.kind.is_stacked() && high.next == below && high.extent().append(low.extent()) {
            self.table.absorb_below(place);
            let joined = self.table.get_mut(place);
            joined.next = low.next;
            joined.set_step(Step::Down);
            *self.extents -= 1;
            return Some(place);
        }
        None
    }

    /// Holds exactly `length` units from the chosen start on. The free units above them keep their
    /// place in the table.
    fn carve(&mut self, Choice { place, start }: Choice, length: u32) -> u32 {
        self.placement.withdraw(self.table, place);
        let before = start - self.table.get(place).lowest;
        if before > 0 {
            let rest = self.table.split_below(place, before);
            self.placement.give(self.table, rest);
        }
        if self.table.get(place).length == length {
            return place;
        }
        let target = self.table.split_below(place, length);
        self.placement.give(self.table, place);
        target
    }

    /// Moves the extent above a held one down by the held units, which then lie above it. Needs
    /// [`Self::reserve`] first, and enough budget.
    pub fn slide_down(&mut self, held: u32) {
        let place = self.table.above(held);
        let from = self.table.get(place).lowest;
        self.table.swap_with_above(held);
        self.note_and_list(place, from);
        self.rejoin(place);
    }

    /// Moves the extent below a held one up by the held units, which then lie below it. As
    /// [`Self::slide_down`], but for contiguous placements only.
    pub fn slide_up(&mut self, held: u32) {
        let place = self.table.below(held);
        let from = self.table.get(place).lowest;
        self.table.swap_with_above(place);
        self.note_and_list(place, from);
    }

    /// Holds a free extent.
    pub fn hold(&mut self, place: u32) {
        self.placement.withdraw(self.table, place);
        self.table.get_mut(place).set_step(Step::Up);
    }

    /// Adds the free extent directly above a held one to it.
    pub fn hold_above(&mut self, held: u32) {
        if let Some(above) = self.table.free_above(held) {
            self.placement.withdraw(self.table, above);
            self.table.absorb_above(held);
        }
        debug_assert!(self.table.get(held).owner.is_held());
    }

    /// Adds the free extent directly below a held one to it.
    pub fn hold_below(&mut self, held: u32) {
        if let Some(below) = self.table.free_below(held) {
            self.placement.withdraw(self.table, below);
            self.table.absorb_below(held);
        }
    }

    /// Cuts a block's extent so that its lowest `length` units are an extent of their own. Returns the
    /// lower extent and the upper one, which is [`NONE`] if the extent had no more units. Needs
    /// [`Self::reserve`] first.
    pub fn cut(&mut self, place: u32, length: u32) -> (u32, u32) {
        let entry = *self.table.get(place);
        if entry.length == length {
            return (place, NONE);
        }
        *self.extents += 1;
        // The part that comes first in block order keeps its place in the table, so that links to it
        // stay valid.
        let (low, high) = match entry.step() {
            Step::Up => (place, self.table.split(place, length)),
            Step::Down => (self.table.split_below(place, length), place),
        };
        let later = if low == place { high } else { low };
        self.table.get_mut(place).next = later;
        self.table.single_units_ascend([low, high]);
        (low, high)
    }
}
