//! `any` for contiguous placements in one call: the cheapest window and the targets of its blocks, as
//! [`super::scan`] and [`super::plan`] find them for the way in steps ([`super::evacuate`]).
//!
//! What always holds: nothing changes until every block of the window has its target, and from then on
//! nothing can fail. If a block fits nowhere, nothing changes at all; the way in steps, which can widen
//! the window or slide, then takes over.
//!
//! Nothing else happens during the call, so the books need not be right until its end. The extents are
//! read once, into a list stored in the order in which it is traversed. The window becomes one held
//! extent, and the blocks in it are laid into their targets. The placement learns only once of each
//! extent that it loses or gets back, however many blocks that extent takes.
//!
//! Cost, with E extents: O(E) for the list and, for each block and each free extent of the window, O(1)
//! besides what the placement takes. Memory: O(E). (W3 in `benches/README.md` compares it with the way in
//! steps.)

use super::budget::Budget;
use super::mover::Mover;
use super::plan::{Block, GROUP, Target, as_far_outside, choose_for};
use super::queues::Queues;
use super::scan::SlideCost;
use super::{DefragmentOptions, Relocation};
use crate::PlacementKind;
use crate::entry::Entry;
use crate::extent_table::{ExtentTable, NONE, NOWHERE, is_first};
use crate::fallible::{NoMemory, room_for};
use crate::placement::buddy::buddies;
use crate::placement::{Placement, aligned};
use std::ops::Range;

/// Windows that are tried where there is no other way to make room.
const WINDOWS_TRIED: u32 = 32;

/// A planned evacuation: where each block of the window goes.
#[derive(Debug)]
pub(crate) struct AtOnce {
    survey: Survey,
    laying: Laying,
}

impl AtOnce {
    /// Plans to evacuate the cheapest window that leaves a free extent in which `size` units fit at a
    /// multiple of `align`. `None` if there is no such window, or sliding costs no more, or a block
    /// fits nowhere.
    ///
    /// # Errors
    /// [`NoMemory`].
    pub fn plan(
        table: &ExtentTable,
        kind: PlacementKind,
        size: u32,
        align: u32,
    ) -> Result<Option<Self>, NoMemory> {
        Self::among(table, kind, size, align, None, 1)
    }

    /// As [`Self::plan`], with the cheapest window whose blocks fit elsewhere, of the first so many. Costs
    /// that much more, so it is for when sliding makes no room.
    ///
    /// # Errors
    /// [`NoMemory`].
    pub fn plan_any(
        table: &ExtentTable,
        kind: PlacementKind,
        size: u32,
        align: u32,
    ) -> Result<Option<Self>, NoMemory> {
        Self::among(table, kind, size, align, Some((0, 0)), WINDOWS_TRIED)
    }

    /// Tries so many windows, each the next one after what was `tried`.
    #[inline(never)]
    fn among(
        table: &ExtentTable,
        kind: PlacementKind,
        size: u32,
        align: u32,
        mut tried: Option<Cost>,
        windows: u32,
    ) -> Result<Option<Self>, NoMemory> {
        let mut survey = Survey { extents: see(table)?, window: 0..0 };
        for _ in 0..windows {
            survey.window = cheapest(&survey.extents, size, align, tried);
            let next = Some(survey.cost());
            match Laying::plan(table, kind, &survey)? {
                None if next > tried => tried = next,
                found => return Ok(found.map(|laying| Self { survey, laying })),
            }
        }
        Ok(None)
    }

    /// Units that the plan moves.
    pub fn units(&self) -> u32 {
        self.laying.relocations.iter().map(|relocation| relocation.length).sum()
    }

    /// Carries the plan out, before anything else in a call without a budget has moved.
    ///
    /// # Errors
    /// [`NoMemory`]: nothing has changed.
    pub fn carry_out(self, mover: &mut Mover) -> Result<(), NoMemory> {
        mover.reserve_for(self.laying.cuts(), self.laying.relocations.len())?;
        self.laying.carry_out(mover, self.survey.in_window());
        Ok(())
    }
}

/// What [`Seen`] has for the place of an extent that must stay: as if it were a block's, which it is.
const STAYS: u32 = NOWHERE;
const _: () = assert!(is_first(STAYS), "what stays is not free");

/// An extent of the table.
#[derive(Clone, Copy, Debug)]
struct Seen {
    /// [`STAYS`] if the extent must stay.
    place: u32,
    lowest: u32,
    length: u32,
}

impl Seen {
    #[inline(always)]
    fn of(place: u32, &Entry { owner, lowest, length, .. }: &Entry) -> Self {
        let place = if owner.is_pinned() { STAYS } else { place };
        Self { place, lowest, length }
    }

    /// An extent that is not a block's first is free, since blocks here have one extent.
    fn is_free(&self) -> bool {
        !is_first(self.place)
    }

    /// Units of blocks.
    fn live(&self) -> u32 {
        if self.is_free() { 0 } else { self.length }
    }

    fn end(&self) -> u32 {
        self.lowest + self.length
    }
}

/// The live units in a window, and its first extent: in the order in which windows are tried.
type Cost = (u32, usize);

/// All extents by ascending address.
#[derive(Debug)]
struct Survey {
    extents: Vec<Seen>,
    window: Range<usize>,
}

impl Survey {
    fn cost(&self) -> Cost {
        (self.in_window().iter().map(Seen::live).sum(), self.window.start)
    }

    fn in_window(&self) -> &[Seen] {
        &self.extents[self.window.clone()]
    }

    fn outside(&self) -> impl Iterator<Item = &Seen> {
        let Range { start, end } = self.window;
        self.extents[..start].iter().chain(&self.extents[end..])
    }
}

/// All extents. Where the next extent is can only be read from the one before it; by going from both
/// ends at once, two reads are in flight at a time.
#[inline(never)]
fn see(table: &ExtentTable) -> Result<Vec<Seen>, NoMemory> {
    let count = table.extents();
    let mut extents: Vec<Seen> = room_for(count)?;
    extents.resize(count, Seen { place: STAYS, lowest: 0, length: 0 });
    let (lower, upper) = extents.split_at_mut(count / 2);
    let (mut low, mut high) = (table.lowest(), table.highest());
    let mut lower = lower.iter_mut();
    for above in upper.iter_mut().rev() {
        let entry = table.get(high);
        (*above, high) = (Seen::of(high, entry), entry.below);
        if let Some(below) = lower.next() {
            let entry = table.get(low);
            (*below, low) = (Seen::of(low, entry), entry.above);
        }
    }
    Ok(extents)
}

/// The cheapest window: the first with the fewest live units among those in which `size` units fit at a
/// multiple of `align`; the next one after what was `tried`. Empty if there is none, or if nothing was
/// tried and sliding moves no more units to make a free extent in which they fit wherever it lies.
#[inline(never)]
fn cheapest(extents: &[Seen], size: u32, align: u32, tried: Option<Cost>) -> Range<usize> {
    let goal = size.saturating_add(align - 1);
    let fits = |first: usize, units| {
        let lies = || aligned(extents[first].lowest, units, size, align).is_some();
        units >= size && (align == 1 || lies())
    };
    let mut slide = SlideCost::default();
    let (mut best, mut fewest) = (0..0, u32::MAX);
    // What is in the window that ends with the current extent.
    let (mut first, mut units, mut live_units) = (0, 0, 0);
    for (extent, end) in extents.iter().zip(1..) {
        if extent.place == STAYS {
            slide.stop();
            (first, units, live_units) = (end, 0, 0);
            continue;
        }
        slide.pass(extent.length, extent.live(), goal);
        units += extent.length;
        live_units += extent.live();
        while fits(first, units) {
            if live_units < fewest && tried.is_none_or(|tried| (live_units, first) > tried) {
                (best, fewest) = (first..end, live_units);
            }
            units -= extents[first].length;
            live_units -= extents[first].live();
            first += 1;
        }
    }
    if tried.is_none() && slide.reached && slide.units <= fewest { 0..0 } else { best }
}

#[derive(Debug)]
struct Laying {
    kind: PlacementKind,
    /// By ascending address.
    blocks: Queues<Block>,
    /// How many of them may leave units free below them, for their alignment.
    aligned: usize,
    targets: Queues<Target>,
    /// The notes of blocks in the order in which they found their targets.
    chose: Vec<u32>,
    /// The move of each block, by its note.
    relocations: Vec<Relocation>,
}

impl Laying {
    /// With a target for each block of the window; `None` if there is no window, or a block fits nowhere.
    #[inline(never)]
    fn plan(
        table: &ExtentTable,
        kind: PlacementKind,
        survey: &Survey,
    ) -> Result<Option<Self>, NoMemory> {
        if survey.window.is_empty() {
            return Ok(None);
        }
        let mut budget = Budget::new(&DefragmentOptions::default());
        let mut laying = Self::of(table, kind, survey)?;
        laying.choose(table, survey, &mut budget);
        Ok(laying.choose_again(&mut budget).then_some(laying))
    }

    /// Empty, with room for the blocks of the window and the free extents outside.
    #[inline(never)]
    fn of(table: &ExtentTable, kind: PlacementKind, survey: &Survey) -> Result<Self, NoMemory> {
        let blocks = survey.in_window().iter().filter(|extent| !extent.is_free()).count();
        let free = table.extents() - table.blocks();
        let (chose, relocations) = (room_for(blocks)?, room_for(blocks)?);
        let (blocks, targets) = (Queues::new(blocks)?, Queues::new(free)?);
        Ok(Self { kind, blocks, aligned: 0, targets, chose, relocations })
    }

    /// Lets the blocks of the window choose targets, group by group.
    #[inline(never)]
    fn choose(&mut self, table: &ExtentTable, survey: &Survey, budget: &mut Budget) {
        let window = survey.in_window();
        let units = window[0].lowest..window[window.len() - 1].end();
        let mut outside = survey.outside().filter(|extent| extent.is_free()).peekable();
        let group = if self.kind.is_buddy() { window.len() } else { GROUP as usize };
        for group in window.chunks(group) {
            group
                .iter()
                .filter(|extent| !extent.is_free())
                .for_each(|&block| self.add(table, block));
            let end = as_far_outside(table, units.clone(), group[group.len() - 1].end());
            while let Some(&Seen { place, lowest, length }) =
                outside.next_if(|free| free.lowest <= end)
            {
                self.targets.add(Target { place, lowest, length }, length);
            }
            while let Some(class) = self.blocks.highest() {
                let note = self.blocks.take_first(class);
                self.choose_for(note, budget);
            }
        }
    }

    fn add(&mut self, table: &ExtentTable, Seen { place, lowest, length }: Seen) {
        let owner = table.get(place).owner;
        let align = 1 << owner.align();
        // Buddies come to lie at multiples of their lengths by themselves, since none chooses after a shorter one.
        let align = if self.kind.is_buddy() && align <= length { 1 } else { align };
        self.aligned += usize::from(align > 1);
        self.blocks.add(Block { place, lowest, length, align, target: NONE }, length);
        self.relocations.push(Relocation { id: owner.id(), from: lowest, to: lowest, length });
    }

    fn choose_for(&mut self, note: u32, budget: &mut Budget) {
        if choose_for(&mut self.blocks, &mut self.targets, note, budget) {
            self.chose.push(note);
        }
    }

    /// Lets the blocks that found no target in their groups choose among all targets; returns whether
    /// every block has one now.
    fn choose_again(&mut self, budget: &mut Budget) -> bool {
        if self.chose.len() == self.relocations.len() {
            return true;
        }
        for note in 0..self.blocks.len() {
            if self.blocks.get(note).target == NONE {
                self.choose_for(note, budget);
            }
        }
        self.chose.len() == self.relocations.len()
    }

    /// Places that the table needs for it.
    fn cuts(&self) -> usize {
        // The window's extent, and what aligned blocks leave free below them.
        let cuts = 1 + self.aligned;
        if !self.kind.is_buddy() {
            return cuts;
        }
        // Each of these is cut into powers of two, and so is what is left of the targets.
        let pieces = |note| {
            let Target { lowest, length, .. } = *self.targets.get(note);
            buddies(lowest, length).count()
        };
        2 * u32::BITS as usize * cuts + (0..self.targets.len()).map(pieces).sum::<usize>()
    }

    /// Moves the blocks out of the window.
    #[inline(never)]
    fn carry_out(self, mover: &mut Mover, window: &[Seen]) {
        let ends = [window[0].place, window[window.len() - 1].place];
        let free = window.iter().filter(|extent| extent.is_free());
        let cleared = mover.clear(ends, free.map(|extent| extent.place));
        let Self { kind, blocks, aligned, targets, chose, mut relocations } = self;
        let lay = |note| {
            let Block { place, align, target, .. } = *blocks.get(note);
            relocations[note as usize].to = mover.lay_into(place, target, align);
        };
        if aligned == 0 && !kind.is_buddy() {
            // In the order in which the blocks lie in memory.
            (0..blocks.len()).for_each(lay);
        } else {
            // In the order in which they chose, so that each finds its target as it was then.
            chose.into_iter().for_each(lay);
        }
        for note in 0..targets.len() {
            let Target { place, length, .. } = *targets.get(note);
            if length > 0 && mover.table.get(place).owner.is_held() {
                mover.placement.give(mover.table, place);
            }
        }
        mover.placement.give(mover.table, cleared);
        mover.tell(relocations);
    }
}
