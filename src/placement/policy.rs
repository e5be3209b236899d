//! The placement of a manager: one of all.
//!
//! What always holds: nothing is decided here; each method is the placement's own.

use super::address_ordered::AddressOrdered;
use super::best_fit::BestFit;
use super::buddy::Buddy;
use super::by_address::{ByAddress, Rule};
use super::contiguous::{Contiguous, FreeIndex};
use super::next_fit::Rover;
use super::stacked::{First, Stacked};
use super::tlsf::Tlsf;
use super::{Choice, FreeSummary, Placement, Refusal, Taken};
use crate::extent_table::{ExtentTable, NewBlock};
use crate::fallible::{List, NoMemory};
use crate::{Extent, PlacementKind};
use std::ops::Range;

/// The placement of a manager. An enum instead of a trait object, so that allocating and freeing are
/// each one function together with the books ([`crate::books`]).
#[derive(Debug)]
#[allow(clippy::large_enum_variant)] // There is only one in each manager.
pub(crate) enum Policy {
    Stacked(Stacked),
    AddressOrdered(AddressOrdered),
    ByAddress(Contiguous<ByAddress>),
    BestFit(Contiguous<BestFit>),
    Buddy(Buddy),
    Tlsf(Contiguous<Tlsf>),
}

/// A contiguous placement whose index is a tree, and takes much longer than a call of it: one copy of the code is
/// for all of them.
pub(crate) type Searched = Contiguous<dyn FreeIndex>;

/// Evaluates an expression with the placement, whichever it is. Those with trees come as [`Searched`].
macro_rules! with {
    ($policy:expr, $it:ident => $expression:expr) => {
        match $policy {
            $crate::placement::Policy::Tlsf($it) => $expression,
            $crate::placement::Policy::Stacked($it) => $expression,
            $crate::placement::Policy::AddressOrdered($it) => $expression,
            $crate::placement::Policy::Buddy($it) => $expression,
            $crate::placement::Policy::ByAddress(it) => {
                let $it: &mut $crate::placement::Searched = it;
                $expression
            }
            $crate::placement::Policy::BestFit(it) => {
                let $it: &mut $crate::placement::Searched = it;
                $expression
            }
        }
    };
}

pub(crate) use with;

/// Calls a method of the placement, as the whole body of a function; `mut` is for methods that change
/// it. Contiguous placements share one copy of the code here, whatever their index: a copy of its own is only
/// worth it for `tlsf`, where it allocates and frees.
macro_rules! delegate {
    (mut $policy:ident, $method:ident($($argument:expr),*)) => {
        delegate!(&mut Searched, $policy, $method($($argument),*))
    };
    ($policy:ident, $method:ident($($argument:expr),*)) => {
        delegate!(&Searched, $policy, $method($($argument),*))
    };
    ($contiguous:ty, $policy:ident, $method:ident($($argument:expr),*)) => {{
        let contiguous: $contiguous = match $policy {
            Policy::Stacked(it) => return it.$method($($argument),*),
            Policy::AddressOrdered(it) => return it.$method($($argument),*),
            Policy::Buddy(it) => return it.$method($($argument),*),
            Policy::ByAddress(it) => it,
            Policy::BestFit(it) => it,
            Policy::Tlsf(it) => it,
        };
        contiguous.$method($($argument),*)
    }};
}

impl Policy {
    /// The placement for a table. May cut free extents as the placement needs them.
    pub fn build(kind: PlacementKind, table: &mut ExtentTable) -> Result<Self, NoMemory> {
        let mut policy = match kind {
            PlacementKind::Lifo => Self::Stacked(Stacked::new(First::Freed)),
            PlacementKind::ContiguousFirst => Self::Stacked(Stacked::new(First::Tail)),
            PlacementKind::AddressOrdered => Self::AddressOrdered(AddressOrdered::default()),
            PlacementKind::FirstFit => Self::by_address(Rule::First),
            PlacementKind::NextFit => Self::by_address(Rule::Next(Rover::at(0))),
            PlacementKind::WorstFit => Self::by_address(Rule::Worst),
            PlacementKind::BestFit => Self::BestFit(Contiguous::new(BestFit::default())),
            PlacementKind::Buddy => Self::Buddy(Buddy::default()),
            PlacementKind::Tlsf => Self::Tlsf(Contiguous::new(Tlsf::default())),
        };
        policy.rebuild(table)?;
        Ok(policy)
    }

    fn by_address(rule: Rule) -> Self {
        Self::ByAddress(Contiguous::new(ByAddress::new(rule)))
    }
}

// What has many callers is not inlined: each copy would make the WebAssembly module larger.
impl Placement for Policy {
    fn reserve(&mut self, table: &mut ExtentTable, extents: usize) -> Result<(), NoMemory> {
        delegate!(mut self, reserve(table, extents))
    }

    #[inline(never)]
    fn plan(
        &mut self,
        table: &mut ExtentTable,
        size: u32,
        align: u32,
        extents: usize,
    ) -> Result<Choice, Refusal> {
        delegate!(mut self, plan(table, size, align, extents))
    }

    #[inline(never)]
    fn commit(
        &mut self,
        table: &mut ExtentTable,
        choice: Choice,
        size: u32,
        block: NewBlock,
    ) -> Taken {
        delegate!(mut self, commit(table, choice, size, block))
    }

    fn free(&mut self, table: &mut ExtentTable, first: u32) -> Taken {
        delegate!(mut self, free(table, first))
    }

    #[inline(never)]
    fn grow(&mut self, table: &mut ExtentTable, first: u32, size: u32) -> Option<Taken> {
        delegate!(mut self, grow(table, first, size))
    }

    #[inline(never)]
    fn shrink(&mut self, table: &mut ExtentTable, first: u32, size: u32) -> Taken {
        delegate!(mut self, shrink(table, first, size))
    }

    fn room_around(
        &self,
        table: &ExtentTable,
        first: u32,
        size: u32,
        align: u32,
    ) -> Option<Choice> {
        delegate!(self, room_around(table, first, size, align))
    }

    #[inline(never)]
    fn withdraw(&mut self, table: &mut ExtentTable, place: u32) {
        delegate!(mut self, withdraw(table, place))
    }

    #[inline(never)]
    fn give(&mut self, table: &mut ExtentTable, place: u32) {
        delegate!(mut self, give(table, place))
    }

    #[inline(never)]
    fn find_outside(
        &mut self,
        table: &ExtentTable,
        size: u32,
        align: u32,
        window: &Range<u32>,
    ) -> Option<Choice> {
        debug_assert!(size > 0, "no extent and no block is empty");
        delegate!(mut self, find_outside(table, size, align, window))
    }

    #[inline(never)]
    fn rebuild(&mut self, table: &mut ExtentTable) -> Result<(), NoMemory> {
        delegate!(mut self, rebuild(table))
    }

    fn rover(&self) -> u32 {
        delegate!(self, rover())
    }

    fn for_each_in_order(&self, table: &ExtentTable, visit: &mut dyn FnMut(u32)) {
        delegate!(self, for_each_in_order(table, visit))
    }

    fn restore(
        &mut self,
        table: &mut ExtentTable,
        order: &[u32],
        rover: u32,
    ) -> Result<(), NoMemory> {
        delegate!(mut self, restore(table, order, rover))
    }

    fn preview(&self, table: &ExtentTable, choice: Choice, size: u32, into: &mut List<Extent>) {
        delegate!(self, preview(table, choice, size, into))
    }

    fn summary(&self, table: &ExtentTable) -> FreeSummary {
        delegate!(self, summary(table))
    }

    fn tail(&self, table: &ExtentTable) -> u32 {
        delegate!(self, tail(table))
    }

    fn coalesces(&self) -> bool {
        delegate!(self, coalesces())
    }

    fn search_steps(&self) -> u64 {
        delegate!(self, search_steps())
    }
}
