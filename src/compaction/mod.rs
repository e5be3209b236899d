//! Compaction: what `defragment` does.
//!
//! What always holds:
//! - Compaction moves data and says where blocks lie afterwards; no block gains or loses a unit,
//!   IDs never change, and a pinned block never moves.
//! - A strategy ([`low`], [`slide`], [`evacuate`], [`at_once`], [`ordered`]) decides which relocation comes
//!   next; [`mover::Mover`] alone carries it out, within the budget, and lists it for the caller.
//! - Between two calls every extent of the table is free or a block's. What a strategy has to
//!   remember is a [`pass::Pass`], whose places the table keeps valid while blocks come and go.
//!
//! Functions that are not inlined: an engine compiles WebAssembly when it is first called, quickly
//! and badly at first, and uses what it has compiled well from the next call on. So each stage is a
//! function of its own, compiled only where it is reached, and what a stage does over and over is a
//! call. (The first `defragment` of a program is the one that is waited for.)

pub(crate) mod at_once;
pub(crate) mod evacuate;
pub(crate) mod in_place;
pub(crate) mod low;
pub(crate) mod mover;
pub(crate) mod ordered;
pub(crate) mod pass;
mod plan;
mod queues;
pub(crate) mod room;
mod scan;
pub(crate) mod slide;
pub(crate) mod tail;

use crate::BlockId;
use crate::named::named;

/// The layout that [`defragment`](crate::MemoryManager::defragment) works towards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Order {
    /// All blocks from unit 0 in the order in which they were allocated: the original's.
    Allocation,
    /// Blocks keep their address order and slide down.
    Address,
    /// The fewest units moved.
    ///
    /// Scattered placements: the live units that lie at or above the number of live units move
    /// below it, and no others. Contiguous placements: until one free extent has 24 of 25 free
    /// units, or all where fewer than 25 are free; never more units than sliding would move until
    /// then, unless blocks come or go between the calls, or are aligned. `buddy`: as
    /// [`Order::Address`].
    Any,
}

named! {
    /// Every order.
    Order, "order":
    Allocation "allocation",
    Address "address",
    Any "any",
}

/// What [`defragment_with`](crate::MemoryManager::defragment_with) is asked to do. The default is
/// everything, in one call, but that none moves more than 2^32 - 1 units.
#[derive(Clone, Copy, Default)]
pub struct DefragmentOptions<'a> {
    /// Default: [`Order::Allocation`] without a budget, [`Order::Any`] with one.
    pub order: Option<Order>,
    /// At most so many relocations.
    pub max_moves: Option<u32>,
    /// At most so many units in all relocations together. A block of a contiguous placement that
    /// has more stays where it is; with 1, so does what another block's unit would have to be exchanged
    /// for.
    pub max_units: Option<u32>,
    /// Says when time is up. Asked before each relocation, and now and then while planning.
    pub out_of_time: Option<&'a dyn Fn() -> bool>,
    /// Units that surely move before the time is up. With [`Self::out_of_time`] a block of a
    /// contiguous placement that has more stays where it is.
    pub units_in_time: Option<u32>,
}

impl DefragmentOptions<'_> {
    pub(crate) fn is_bounded(&self) -> bool {
        self.max_moves.is_some() || self.max_units.is_some() || self.out_of_time.is_some()
    }

    pub(crate) fn order(&self) -> Order {
        let default = if self.is_bounded() { Order::Any } else { Order::Allocation };
        self.order.unwrap_or(default)
    }
}

impl std::fmt::Debug for DefragmentOptions<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DefragmentOptions")
            .field("order", &self.order)
            .field("max_moves", &self.max_moves)
            .field("max_units", &self.max_units)
            .finish_non_exhaustive()
    }
}

/// One move: `length` units from `from` on now lie from `to` on. The two may overlap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Relocation {
    /// The block.
    pub id: BlockId,
    /// The lowest unit before.
    pub from: u32,
    /// The lowest unit after.
    pub to: u32,
    /// How many units.
    pub length: u32,
}

/// What a call of `defragment` did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DefragmentReport {
    /// True when nothing is left to do for this order; what stays behind is in [`Self::left`].
    pub done: bool,
    /// Relocations; in place, extents of which at least one unit has a new address.
    pub moves: u32,
    /// Units that were moved.
    pub units_moved: u32,
    /// In an order in which each is a plain memmove on a mirror of the buffer. Empty when the
    /// order was made in place, by exchanges.
    pub relocations: Vec<Relocation>,
    /// What could not be moved.
    pub left: Left,
}

/// Blocks, or extents of scattered blocks, that were in the way and stayed. The calls up to one that
/// is done count each once, unless blocks came, went or were pinned in between: then some are gone
/// over, and counted, again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Left {
    /// They are pinned.
    pub pinned: u32,
    /// They have more units than a call may move.
    pub too_large: u32,
    /// Nothing was free to move them to.
    pub blocked: u32,
}
