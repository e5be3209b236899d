//! Why an operation of a trace went as it did, in a few sentences.
//!
//! What always holds: the sentences come from the manager's own answer before the operation and from
//! the extent table before and after it. No policy is described a second time here, so none can be
//! described wrongly.

use super::run::Run;
use crate::error::Units;
use crate::explanation::Places;
use crate::manager::units_at;
use crate::trace::{Op, Trace};
use crate::{BlockId, Error, Explanation, Extent, MemoryManager, PlacementKind, fallible};
use std::borrow::Borrow;

/// The state before the operation, as far as the answer needs it.
#[derive(Debug)]
pub(super) struct Question {
    op: Op,
    /// For an allocation: the manager's answer, and which free extents were too short.
    planned: Option<Planned>,
    /// For a resize or a free: where the block lies.
    block: Option<(BlockId, Vec<Extent>)>,
}

#[derive(Debug)]
struct Planned {
    explanation: Explanation,
    /// The free extent that the block is cut from. None for placements that keep freed units on a
    /// stack: what they keep as one extent says nothing about which units are free.
    from: Option<Extent>,
    /// Contiguous placements only.
    free_extents: usize,
    too_short: usize,
}

/// Asks about the next operation; there must be one.
pub(super) fn ask<T: Borrow<Trace>>(run: &mut Run<T>) -> Result<Question, Error> {
    let op = run.next().unwrap_or(Op::Nothing);
    let (block, request) = match op {
        Op::Alloc { size, align, .. } => (None, Some((size, align.bytes()))),
        Op::Resize { block, size } => match run.block(block) {
            None => (None, Some((size, 1))),
            found => (found, None),
        },
        Op::Free { block } => (run.block(block), None),
        Op::Nothing => (None, None),
    };
    let planned = match request {
        None => None,
        Some((size, align)) => {
            let explanation = run.explain(size, align)?;
            Some(Planned::of(&run.manager, explanation, size))
        }
    };
    let manager = &run.manager;
    let place = |id| -> Result<_, Error> { Ok((id, fallible::list(manager.extents(id)?)?)) };
    Ok(Question { op, planned, block: block.map(place).transpose()? })
}

impl Planned {
    fn of(manager: &MemoryManager, explanation: Explanation, size: u32) -> Self {
        let (mut free_extents, mut too_short) = (0, 0);
        if !manager.options().placement.is_scattered() {
            for extent in manager.walk().filter(|extent| extent.slot.is_none()) {
                free_extents += 1;
                too_short += usize::from(extent.length < size);
            }
        }
        let from = match explanation.extents[..] {
            [only] if !manager.options().placement.is_stacked() => {
                manager.free_extent_at(only.lowest())
            }
            _ => None,
        };
        Self { explanation, from, free_extents, too_short }
    }

    fn sentence(&self) -> String {
        let Self { explanation, from, free_extents, too_short } = self;
        let mut text = explanation.reason.clone();
        if let Some(from) = from {
            text += &if from.length == explanation.requested {
                String::from(" That is a whole free extent.")
            } else {
                format!(" That is cut from the free {}.", places(*from))
            };
        }
        if explanation.fits && *too_short > 0 {
            let verb = if *too_short == 1 { "is" } else { "are" };
            text += &format!(" Of {free_extents} free extents {too_short} {verb} too short.");
        }
        text
    }
}

impl Question {
    /// The answer, after the operation.
    pub fn answer<T: Borrow<Trace>>(&self, run: &Run<T>) -> String {
        let manager = &run.manager;
        if let Some(planned) = &self.planned {
            let compacted = match self.op {
                Op::Alloc { block, .. } | Op::Resize { block, .. } => run.block(block),
                _ => None,
            };
            return match compacted.filter(|_| !planned.explanation.fits) {
                Some(id) => compaction_helped(manager, id, &planned.explanation),
                None => planned.sentence(),
            };
        }
        match (&self.block, self.op) {
            (Some((_, extents)), Op::Free { .. }) => freed(manager, extents),
            (Some((id, before)), Op::Resize { size, .. }) => resized(manager, *id, before, size),
            _ => String::from("Nothing changes: the program's call concerned no live block."),
        }
    }
}

fn compaction_helped(manager: &MemoryManager, id: BlockId, planned: &Explanation) -> String {
    let at = manager.address(id).map_or(String::new(), |address| {
        format!(" The block now lies at {}.", places(Extent::up(address, planned.requested)))
    });
    format!("{}{at}", planned.reason)
}

fn freed(manager: &MemoryManager, extents: &[Extent]) -> String {
    let Some(first) = extents.first() else { return String::new() };
    let units: u32 = extents.iter().map(|extent| extent.length).sum();
    let what = match extents.len() {
        1 => format!("Freed {}", places(*first)),
        count => format!("Freed {units} units in {count} extents"),
    };
    let now = manager.free_extent_at(first.lowest());
    let placement = manager.options().placement;
    let handed_out = match placement {
        PlacementKind::Buddy => units.checked_next_power_of_two().unwrap_or(units),
        _ => units,
    };
    match (placement, now) {
        _ if placement.is_stacked() => format!("{what}, now the newest of the freed units."),
        (_, Some(now)) if extents.len() == 1 && now.length > handed_out => {
            format!("{what}, now part of the free {}.", places(now))
        }
        (PlacementKind::Buddy, _) => format!("{what}; the buddy is not free, so nothing merges."),
        _ if extents.len() == 1 => format!("{what}; no neighbour is free, so nothing coalesces."),
        _ => format!("{what}; each coalesces with what is free beside it."),
    }
}

fn resized(manager: &MemoryManager, id: BlockId, before: &[Extent], size: u32) -> String {
    let old: u32 = before.iter().map(|extent| extent.length).sum();
    let now: Vec<_> = manager.extents(id).into_iter().flatten().collect();
    let units: u32 = now.iter().map(|extent| extent.length).sum();
    let (Some(was), Some(is)) = (before.first(), now.first()) else { return String::new() };
    if units != size {
        format!("The block keeps its {old} units: {size} fit neither where it is nor elsewhere.")
    } else if size == old {
        format!("The block has {} already.", Units(size))
    } else if size < old {
        format!("The block shrinks from {old} to {size} units where it is.")
    } else if was.start != is.start {
        format!(
            "The block cannot grow from {old} to {size} units where it is, and moves from {} to {}.",
            places(*was),
            places(*is)
        )
    } else if now.len() == before.len() {
        format!("The block grows from {old} to {size} units where it is.")
    } else {
        let gained: Vec<_> = units_at(now.into_iter(), old..size).collect();
        format!(
            "The block grows from {old} to {size} units: it keeps its own and takes {}.",
            Places(&gained)
        )
    }
}

fn places(extent: Extent) -> String {
    match extent.length {
        1 => format!("unit {}", extent.lowest()),
        _ => format!("units {} to {}", extent.lowest(), extent.end() - 1),
    }
}
