//! `any` for contiguous placements, all of it in one call: the cheapest window, and the targets of its
//! blocks, as [`super::scan`] and [`super::plan`] find them in steps.
//!
//! What always holds: nothing has changed before every block of the window has its target; from then
//! on nothing can fail. Where a block fits nowhere, nothing changes at all, and the steps, which can
//! widen the window or slide, take their turn.
//!
//! Nobody comes between, so nothing has to be right in between. The extents are read once, into a list
//! that lies in memory as it is gone through; the window becomes one held extent, out of which the
//! blocks are laid into their targets; and the placement learns of each extent that it loses or gets
//! back once, however many blocks it takes.
//!
//! Cost, with E extents: O(E) for the list, and O(1) for each block and each free extent of the window
//! beside what the placement takes for one. Memory: O(E).

use super::Relocation;
use super::mover::{Budget, Mover};
use super::plan::{Target, take};
use super::queues::Queues;
use super::scan::Slide;
use crate::entry::Entry;
use crate::extent_table::{ExtentTable, NONE};
use crate::fallible::NoMemory;
use crate::placement::Placement;
use std::ops::Range;

/// Evacuates the window that makes one free extent of `goal` units, if that is possible and costs less
/// than sliding; returns whether it did. It is the first that a call without a budget does.
///
/// # Errors
/// [`NoMemory`]: nothing has changed.
pub(crate) fn evacuate(mover: &mut Mover, goal: u32) -> Result<bool, NoMemory> {
    let survey = survey(mover.table, goal)?;
    if survey.window.is_empty() {
        return Ok(false);
    }
    let mut evacuation = Evacuation::of(mover.table, &survey)?;
    if !evacuation.choose(&mut mover.budget) {
        return Ok(false);
    }
    mover.reserve_for(evacuation.aligned)?;
    evacuation.carry_out(mover, &survey.extents[survey.window]);
    Ok(true)
}

/// An extent of the table.
#[derive(Clone, Copy, Debug)]
struct Seen {
    place: u32,
    length: u32,
    /// Its units, if they are a block's; else 0.
    live: u32,
}

impl Seen {
    fn is_free(&self) -> bool {
        self.live == 0
    }
}

#[derive(Debug)]
struct Survey {
    extents: Vec<Seen>,
    /// Empty where there is none.
    window: Range<usize>,
}

/// All extents by ascending address, and of them the cheapest window: the first with the fewest live
/// units among those of at least `goal` units, unless sliding reaches the goal with as few.
#[inline(never)]
fn survey(table: &ExtentTable, goal: u32) -> Result<Survey, NoMemory> {
    let mut extents: Vec<Seen> = Vec::new();
    extents.try_reserve_exact(table.extents())?;
    let mut slide = Slide::default();
    let (mut best, mut fewest) = (0..0, u32::MAX);
    // What the window has that ends with the extent at hand.
    let (mut first, mut window, mut window_live) = (0, 0, 0);
    for (place, &Entry { owner, length, .. }) in table.iter() {
        let live = if owner.is_free() { 0 } else { length };
        extents.push(Seen { place, length, live });
        if owner.is_pinned() {
            slide.stop();
            (first, window, window_live) = (extents.len(), 0, 0);
            continue;
        }
        slide.pass(length, live, goal);
        window += length;
        window_live += live;
        while window >= goal {
            if window_live < fewest {
                (best, fewest) = (first..extents.len(), window_live);
            }
            window -= extents[first].length;
            window_live -= extents[first].live;
            first += 1;
        }
    }
    if slide.reached && slide.units <= fewest {
        best = 0..0;
    }
    Ok(Survey { extents, window: best })
}

/// A block of the window.
#[derive(Clone, Copy, Debug)]
struct Block {
    place: u32,
    length: u32,
    align: u32,
}

#[derive(Debug)]
struct Evacuation {
    /// By ascending address.
    blocks: Queues<Block>,
    /// How many of them are aligned.
    aligned: usize,
    targets: Queues<Target>,
    /// For each block, by its note, the place of its target.
    chosen: Vec<u32>,
    /// For each block, by its note, its move.
    relocations: Vec<Relocation>,
}

impl Evacuation {
    /// The blocks of the window, none of which has a target yet, and the free extents outside.
    #[inline(never)]
    fn of(table: &ExtentTable, Survey { extents, window }: &Survey) -> Result<Self, NoMemory> {
        let free = |some: &[Seen]| some.iter().filter(|extent| extent.is_free()).count();
        let blocks = window.len() - free(&extents[window.clone()]);
        let (mut chosen, mut relocations) = (Vec::new(), Vec::new());
        chosen.try_reserve_exact(blocks)?;
        relocations.try_reserve_exact(blocks)?;
        let (blocks, targets) = (Queues::new(blocks)?, Queues::new(free(extents))?);
        let mut evacuation = Self { blocks, aligned: 0, targets, chosen, relocations };
        let mut lowest = 0;
        for (at, &Seen { place, length, live }) in extents.iter().enumerate() {
            match (live == 0, window.contains(&at)) {
                (true, false) => evacuation.targets.add(Target { place, lowest, length }, length),
                (false, true) => evacuation.add(table, place, lowest, length),
                _ => {}
            }
            lowest += length;
        }
        Ok(evacuation)
    }

    fn add(&mut self, table: &ExtentTable, place: u32, lowest: u32, length: u32) {
        let owner = table.get(place).owner;
        let align = 1 << owner.align();
        self.aligned += usize::from(align > 1);
        self.blocks.add(Block { place, length, align }, length);
        self.relocations.push(Relocation { id: owner.id(), from: lowest, to: lowest, length });
    }

    /// Chooses a target for each block, the largest first; returns whether each has one.
    #[inline(never)]
    fn choose(&mut self, budget: &mut Budget) -> bool {
        let Self { blocks, targets, chosen, .. } = self;
        chosen.resize(blocks.len() as usize, 0);
        blocks.descending().all(|note| {
            let Block { length, align, .. } = *blocks.get(note);
            let target = take(targets, length, align, budget);
            chosen[note as usize] = target.map_or(NONE, |target| targets.get(target).place);
            target.is_some()
        })
    }

    /// Moves the blocks out of the window.
    #[inline(never)]
    fn carry_out(self, mover: &mut Mover, window: &[Seen]) {
        let ends = [window[0].place, window[window.len() - 1].place];
        let free = window.iter().filter(|extent| extent.is_free());
        let hole = mover.clear(ends, free.map(|extent| extent.place));
        let Self { blocks, targets, chosen, mut relocations, aligned } = self;
        let lay = |note| {
            let Block { place, align, .. } = *blocks.get(note);
            let to = mover.lay_into(place, chosen[note as usize], align);
            relocations[note as usize].to = to;
        };
        if aligned == 0 {
            // As the blocks lie in memory.
            (0..blocks.len()).for_each(lay);
        } else {
            // As they chose, so that each finds in its target what it found then.
            blocks.descending().for_each(lay);
        }
        for note in 0..targets.len() {
            let Target { place, length, .. } = *targets.get(note);
            if length > 0 && mover.table.get(place).owner.is_held() {
                mover.placement.give(mover.table, place);
            }
        }
        mover.placement.give(mover.table, hole);
        mover.tell(relocations);
    }
}
