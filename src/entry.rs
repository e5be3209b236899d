//! One entry of the extent table: where an extent lies, whose it is, and its neighbours.
//!
//! What always holds: an entry has 32 bytes and is aligned to 32, so that none crosses a cache line,
//! and allocating or freeing a block of one extent reads nothing else of it.

use crate::{BlockId, Extent, Step};

/// See the head of this file.
#[derive(Clone, Copy, Debug)]
#[repr(align(32))]
pub(crate) struct Entry {
    pub owner: Owner,
    pub lowest: u32,
    pub length: u32,
    /// For a block's extent, the next one in block order; for a free extent, whatever its placement
    /// keeps.
    pub next: u32,
    /// For a free extent, whatever its placement keeps; for a block's first extent, the units asked
    /// for; for its others, a hint ([`crate::placement::chain`]).
    previous_or_asked: u32,
    pub below: u32,
    pub above: u32,
}

impl Entry {
    pub const EMPTY: Self = Self::new(0, 0, Owner::HELD);

    /// An ascending extent without neighbours.
    pub const fn new(lowest: u32, length: u32, owner: Owner) -> Self {
        let (next, previous_or_asked, below, above) = (0, 0, 0, 0);
        Self { owner, lowest, length, next, previous_or_asked, below, above }
    }

    /// The same entry with another owner, in the same direction.
    #[inline(always)]
    pub fn owned_by(self, owner: Owner) -> Self {
        Self { owner: owner.going_as(self.owner), ..self }
    }

    pub fn end(&self) -> u32 {
        self.lowest + self.length
    }

    #[inline(always)]
    pub fn is_free(&self) -> bool {
        self.owner.is_free()
    }

    #[inline(always)]
    pub fn previous(&self) -> u32 {
        self.previous_or_asked
    }

    #[inline(always)]
    pub fn set_previous(&mut self, place: u32) {
        self.previous_or_asked = place;
    }

    /// Units asked for, of a block whose first extent this is.
    #[inline(always)]
    pub fn asked(&self) -> u32 {
        self.previous_or_asked
    }

    #[inline(always)]
    pub fn set_asked(&mut self, units: u32) {
        self.previous_or_asked = units;
    }

    /// With [`Step::Down`] the highest unit comes first.
    pub fn step(&self) -> Step {
        self.owner.step()
    }

    pub fn set_step(&mut self, step: Step) {
        self.owner = self.owner.with(Owner::DOWN, step == Step::Down);
    }

    /// The extent in block order.
    pub fn extent(&self) -> Extent {
        let start = match self.step() {
            Step::Up => self.lowest,
            Step::Down => self.lowest + (self.length - 1),
        };
        Extent { start, length: self.length, step: self.step() }
    }
}

/// Who has an extent, and its direction. For a block's first extent: all that is known of the block
/// itself, with its ID in the low 53 bits. For a later extent: the block's slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Owner(u64);

impl Owner {
    const ID: u64 = BlockId::MAX.get();
    const ALIGN_SHIFT: u32 = 53;
    const ALIGN: u64 = 31 << Self::ALIGN_SHIFT;
    const PINNED: u64 = 1 << 58;
    const VIEWED: u64 = 1 << 59;
    const DOWN: u64 = 1 << 62;
    const FIRST: u64 = 1 << 63;
    const SLOT: u64 = u32::MAX as u64;

    /// Nobody's.
    pub const FREE: Self = Self(u32::MAX as u64);
    /// Held by compaction, or an entry not in use: neither free nor a block's.
    pub const HELD: Self = Self(u32::MAX as u64 - 1);

    /// The block with this ID, aligned to a power of two.
    #[inline(always)]
    pub fn first_of(id: u64, align: u8) -> Self {
        Self(Self::FIRST | u64::from(align) << Self::ALIGN_SHIFT | id)
    }

    /// The block in a slot, for a later extent of it.
    pub fn later_of(slot: u32) -> Self {
        Self(u64::from(slot))
    }

    /// This owner, with the direction of another.
    #[inline(always)]
    pub fn going_as(self, other: Self) -> Self {
        Self(self.0 & !Self::DOWN | other.0 & Self::DOWN)
    }

    fn with(self, flag: u64, set: bool) -> Self {
        Self(if set { self.0 | flag } else { self.0 & !flag })
    }

    fn step(self) -> Step {
        if self.0 & Self::DOWN == 0 { Step::Up } else { Step::Down }
    }

    #[inline(always)]
    pub fn is_free(self) -> bool {
        self.0 & (Self::FIRST | Self::SLOT) == Self::FREE.0
    }

    #[inline(always)]
    pub fn is_held(self) -> bool {
        self.0 & (Self::FIRST | Self::SLOT) == Self::HELD.0
    }

    /// Whether this is a block's first extent.
    #[inline(always)]
    pub fn is_first(self) -> bool {
        self.0 & Self::FIRST != 0
    }

    /// The slot of the block, if this is a later extent of one.
    pub fn slot_of_later(self) -> Option<u32> {
        let slot = self.0 & Self::SLOT;
        (!self.is_first() && slot < Self::HELD.0).then_some(slot as u32)
    }

    /// Whether this is the first extent of the block with this ID.
    #[inline(always)]
    pub fn is_first_of(self, id: BlockId) -> bool {
        id <= BlockId::MAX && self.0 & (Self::FIRST | Self::ID) == Self::FIRST | id.get()
    }

    /// The block's ID, of a first extent.
    pub fn id(self) -> BlockId {
        BlockId::new(self.0 & Self::ID)
    }

    /// The power of two that the block was aligned to.
    pub fn align(self) -> u8 {
        ((self.0 & Self::ALIGN) >> Self::ALIGN_SHIFT) as u8
    }

    /// A pinned block is never moved.
    #[inline(always)]
    pub fn is_pinned(self) -> bool {
        self.0 & Self::PINNED != 0
    }

    pub fn set_pinned(&mut self, pinned: bool) {
        *self = self.with(Self::PINNED, pinned);
    }

    /// Whether someone may still have a view of the block's units.
    #[inline(always)]
    pub fn is_viewed(self) -> bool {
        self.0 & Self::VIEWED != 0
    }

    pub fn set_viewed(&mut self, viewed: bool) {
        *self = self.with(Self::VIEWED, viewed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owner_is_nobody_or_a_block_by_its_first_extent_or_by_a_later_one() {
        let first = Owner::first_of(7, 3);
        let owners = [Owner::FREE, Owner::HELD, first, Owner::later_of(0), Owner::later_of(9)];
        assert_eq!(owners.map(Owner::is_free), [true, false, false, false, false]);
        assert_eq!(owners.map(Owner::is_held), [false, true, false, false, false]);
        assert_eq!(owners.map(Owner::is_first), [false, false, true, false, false]);
        assert_eq!(owners.map(Owner::slot_of_later), [None, None, None, Some(0), Some(9)]);
        assert_eq!((first.id(), first.align()), (BlockId::new(7), 3));
    }
}
