//! Compaction: what `defragment` does.
//!
//! What always holds:
//! - Compaction moves data and reports where blocks lie afterwards. No block gains or loses a unit, IDs
//!   never change, and a pinned block never moves.
//! - A strategy ([`low`], [`slide`], [`evacuate`], [`at_once`], [`ordered`]) decides which relocation
//!   comes next; only [`mover::Mover`] carries it out, within the budget, and lists it for the caller.
//!   ([`in_place`], which lays all blocks out anew at once, needs neither.)
//! - Between two calls every extent of the table is free or a block's. What a strategy remembers
//!   between calls is a [`pass::Pass`]; the table keeps the places in it valid while blocks come and
//!   go.
//!
//! Why functions here are not inlined: an engine compiles a WebAssembly function when it is first
//! called, quickly and badly, and uses the well-compiled code only from a later call on. So each stage
//! is a function of its own, compiled only when it is reached, and what a stage does over and over is a
//! call. (The first `defragment` of a program is the one that people notice.)

pub(crate) mod at_once;
pub(crate) mod budget;
pub(crate) mod evacuate;
pub(crate) mod in_place;
pub(crate) mod low;
pub(crate) mod mover;
mod opening;
pub(crate) mod ordered;
pub(crate) mod pass;
mod plan;
mod queues;
mod reach;
pub(crate) mod room;
mod scan;
pub(crate) mod slide;
pub(crate) mod tail;

use crate::BlockId;
use crate::named::named;
use std::ops::AddAssign;

/// The layout that [`defragment`](crate::MemoryManager::defragment) works towards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Order {
    /// All blocks from unit 0 on, in the order in which they were allocated, each in one extent.
    ///
    /// Units are exchanged in place, which takes no free units. With a contiguous placement whole blocks move
    /// instead where there is a budget, under `buddy`, and where pins or alignments stand in the way: what lies
    /// where a block belongs moves into free extents elsewhere, and if it does not fit there the block stays
    /// ([`Left::blocked`]).
    Allocation,
    /// Blocks keep their address order and slide down.
    Address,
    /// The fewest units moved.
    ///
    /// Scattered placements: the live units that lie at or above the number of live units move below
    /// it, and no others. Contiguous placements: blocks move until one free extent has 24 of 25 free
    /// units, or all of them if fewer than 25 are free. Where pinned or aligned blocks keep free units apart, the
    /// aim is 24 of 25 units of the longest free extent that [`Order::Address`] would leave, and 23 are enough; what
    /// has moved by then often lets it reach further, so it begins anew, as long as that makes the extent a 25th
    /// longer. Each time it moves no more units than sliding to the same goal, unless blocks come or go between the
    /// calls, are aligned, or are too large for a call.
    /// `buddy`: as [`Order::Address`].
    Any,
}

named! {
    /// Every order.
    Order, "order":
    Allocation "allocation",
    Address "address",
    Any "any",
}

/// What [`defragment_with`](crate::MemoryManager::defragment_with) is asked to do. By default one call
/// does all the work, up to 2^32 - 1 units moved.
///
/// ```
/// use std::time::{Duration, Instant};
/// use twingate_memory::{DefragmentOptions, MemoryManager, Order};
///
/// let mut memory = MemoryManager::new(100)?;
/// let [a, _b] = [memory.alloc(10)?, memory.alloc(40)?];
/// memory.free(a)?;
/// loop {
///     let begin = Instant::now();
///     let out_of_time = || begin.elapsed() > Duration::from_millis(2);
///     let step = DefragmentOptions {
///         order: Some(Order::Address),
///         out_of_time: Some(&out_of_time),
///         ..DefragmentOptions::default()
///     };
///     if memory.defragment_with(&step)?.done {
///         break;
///     }
/// }
/// assert_eq!(memory.largest_free_extent(), 60);
/// # Ok::<(), twingate_memory::Error>(())
/// ```
#[derive(Clone, Copy, Default)]
pub struct DefragmentOptions<'a> {
    /// Default: [`Order::Allocation`] without a budget, [`Order::Any`] with one.
    pub order: Option<Order>,
    /// At most this many relocations.
    pub max_moves: Option<u32>,
    /// At most this many units in all relocations together. Contiguous placements leave larger blocks
    /// where they are. With 1, an extent that could only be placed by exchanging units stays too.
    pub max_units: Option<u32>,
    /// Returns true when time is up. Called before each relocation, and now and then while planning. If
    /// it always returns true, nothing moves; if it returns false at least once a call, each call makes
    /// progress, unless another bound is 0. If it panics, that counts as true, and the panic goes on once
    /// all is in order; with external storage,
    /// [`take_relocations`](crate::MemoryManager::take_relocations) has what moved then, if there is memory for
    /// it beside what it had before.
    pub out_of_time: Option<&'a dyn Fn() -> bool>,
    /// How many units can safely be moved within the time limit: contiguous placements leave larger
    /// blocks where they are. With 0 nothing moves. Ignored without [`Self::out_of_time`].
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
            .field("units_in_time", &self.units_in_time)
            .finish_non_exhaustive()
    }
}

/// One move: the `length` units that lay from `from` on now lie from `to` on. The two ranges may
/// overlap.
///
/// ```
/// use twingate_memory::Relocation;
///
/// /// Lets a copy of the buffer, one byte for each unit, follow a move.
/// fn follow(copy: &mut [u8], &Relocation { from, to, length, .. }: &Relocation) {
///     copy.copy_within(from as usize..(from + length) as usize, to as usize);
/// }
/// # let mut copy = *b"-AB";
/// # let id = twingate_memory::BlockId::new(1);
/// # follow(&mut copy, &Relocation { id, from: 1, to: 0, length: 2 });
/// # assert_eq!(&copy[..2], b"AB");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Relocation {
    /// The block.
    pub id: BlockId,
    /// The lowest unit before.
    pub from: u32,
    /// The lowest unit after.
    pub to: u32,
    /// How many units. With `buddy`, `defragment` moves all those of the rounded size.
    pub length: u32,
}

/// What a call of `defragment` did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DefragmentReport {
    /// Whether nothing is left to do for this order. [`Self::left`] counts what had to stay. Beside blocks that
    /// had to or that are aligned, and under `buddy`, another compaction may find more to move, if rarely. After
    /// the eighth without a change in between, calls with a budget move nothing.
    pub done: bool,
    /// Relocations made; an exchange of two extents is one. If blocks were packed in place at once, as without
    /// a budget where nothing is pinned: extents of which at least one unit has a new address.
    pub moves: u32,
    /// Units that were moved.
    pub units_moved: u32,
    /// The relocations, in an order in which each is a plain memmove on a mirror of the buffer. Empty
    /// if blocks were packed in place, by exchanges, which never happens with `buddy`.
    pub relocations: Vec<Relocation>,
    /// What could not be moved.
    pub left: Left,
}

/// Blocks, or extents of scattered blocks, that were in the way and stayed. Each is counted once per
/// compaction (all calls until one is `done`). If blocks come, go or are pinned in between, some may be
/// counted again. While nothing changes, further calls with a budget tell the same again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Left {
    /// They are pinned.
    pub pinned: u32,
    /// They have more units than a call may move.
    pub too_large: u32,
    /// No free place to move them to was found: `tlsf` and `buddy` look at the first few free extents of each
    /// size class.
    pub blocked: u32,
}

impl AddAssign for Left {
    fn add_assign(&mut self, other: Self) {
        self.pinned += other.pinned;
        self.too_large += other.too_large;
        self.blocked += other.blocked;
    }
}
