//! Why an operation of a trace went as it did, in a few sentences.
//!
//! What always holds: the sentences come from the manager's own answer before the operation, from the
//! extent table before and after it, and from what it moved. No policy is described a second time here,
//! so none can be described wrongly.

use super::run::Run;
use crate::error::Units;
use crate::explanation::{HandedOut, Places};
use crate::manager::units_at;
use crate::trace::{Op, Trace};
use crate::{BlockId, Error, Explanation, Extent, MemoryManager, PlacementKind, fallible};
use std::borrow::Borrow;

/// The state before the operation, as far as the answer needs it.
#[derive(Debug)]
pub(super) enum Question {
    /// A block of the trace is to be placed.
    Place {
        block: u32,
        planned: Planned,
    },
    /// A live block gets another size; `before` is where it lies.
    Resize {
        id: BlockId,
        before: Vec<Extent>,
        size: u32,
    },
    /// A live block is freed, and with it these extents.
    Free {
        extents: Vec<Extent>,
    },
    Nothing,
}

/// The manager's answer, and which free extents are too short.
#[derive(Debug)]
pub(super) struct Planned {
    explanation: Explanation,
    align: u32,
    /// The free extent that the block is cut from. None for placements that keep freed units on a
    /// stack: what they keep as one extent says nothing about which units are free.
    from: Option<Extent>,
    /// Contiguous placements only.
    free_extents: usize,
    too_short: usize,
}

impl Question {
    /// Asks about the next operation; there must be one.
    ///
    /// # Errors
    /// [`Error::Metadata`]: no memory for the answer.
    pub fn ask<T: Borrow<Trace>>(run: &mut Run<T>) -> Result<Self, Error> {
        if let Some(request) = run.next_request() {
            let explanation = run.explain(&request)?;
            let planned = Planned::of(&run.manager, explanation, request.align);
            return Ok(Self::Place { block: request.block, planned });
        }
        let op = run.next();
        let Some(Op::Resize { block, .. } | Op::Free { block }) = op else {
            return Ok(Self::Nothing);
        };
        let Some(id) = run.block(block) else { return Ok(Self::Nothing) };
        let extents = fallible::list(run.manager.extents(id)?)?;
        Ok(match op {
            Some(Op::Resize { size, .. }) => Self::Resize { id, before: extents, size },
            _ => Self::Free { extents },
        })
    }

    /// The answer, after the operation.
    ///
    /// # Errors
    /// [`Error::Metadata`]: no memory for it.
    pub fn answer<T: Borrow<Trace>>(&self, run: &Run<T>) -> Result<String, Error> {
        let manager = &run.manager;
        match self {
            Self::Place { block, planned } => {
                let compacted = run.block(*block).filter(|_| !planned.explanation.fits);
                match compacted {
                    Some(id) => compaction_helped(manager, id, planned),
                    None => Ok(planned.sentence(manager.options().placement)),
                }
            }
            Self::Resize { id, before, size } => resized(run, *id, before, *size),
            Self::Free { extents } => Ok(freed(manager, extents)),
            Self::Nothing => {
                Ok(String::from("Nothing changes: the program's call concerned no live block."))
            }
        }
    }
}

impl Planned {
    fn of(manager: &MemoryManager, explanation: Explanation, align: u32) -> Self {
        let (mut free_extents, mut too_short) = (0, 0);
        if !manager.options().placement.is_scattered() {
            for extent in manager.walk().filter(|extent| extent.slot.is_none()) {
                free_extents += 1;
                too_short += usize::from(extent.length < explanation.requested);
            }
        }
        let from = match explanation.extents[..] {
            [only] if !manager.options().placement.is_stacked() => {
                manager.free_extent_at(only.lowest())
            }
            _ => None,
        };
        Self { explanation, align, from, free_extents, too_short }
    }

    fn sentence(&self, placement: PlacementKind) -> String {
        let Self { explanation, from, free_extents, too_short, .. } = self;
        let mut text = explanation.reason.clone();
        if let Some(from) = from {
            text += &if from.length == placement.needed(explanation.requested) {
                String::from(" That is a whole free extent.")
            } else {
                format!(" That is cut from the free {}.", Places(&[*from]))
            };
        }
        if explanation.fits && *too_short > 0 {
            let verb = if *too_short == 1 { "is" } else { "are" };
            text += &format!(" Of {free_extents} free extents {too_short} {verb} too short.");
        }
        text
    }
}

fn compaction_helped(
    manager: &MemoryManager,
    id: BlockId,
    planned: &Planned,
) -> Result<String, Error> {
    let Planned { explanation, align, .. } = planned;
    let (placement, capacity) = (manager.options().placement, manager.capacity());
    let reason = explanation.sentence(placement, capacity, *align, "compaction makes room")?;
    let extents = fallible::list(manager.extents(id)?)?;
    Ok(format!("{reason} The block now lies at {}.", HandedOut(&extents, placement)))
}

fn freed(manager: &MemoryManager, extents: &[Extent]) -> String {
    let placement = manager.options().placement;
    let what = match extents {
        [_] => format!("Freed {}", HandedOut(extents, placement)),
        _ => {
            let units: u32 = extents.iter().map(|extent| extent.length).sum();
            format!("Freed {units} units in {} extents", extents.len())
        }
    };
    match *extents {
        _ if placement.is_stacked() => format!("{what}, now the newest of the freed units."),
        [only] => {
            format!("{what}{}", merged(manager, only.lowest(), placement.needed(only.length)))
        }
        _ => match coalesced(manager, extents) {
            0 => format!("{what}; no neighbour is free, so nothing coalesces."),
            1 => format!("{what}; 1 of them coalesces with what is free beside it."),
            all if all == extents.len() => {
                format!("{what}; each coalesces with what is free beside it.")
            }
            some => format!("{what}; {some} of them coalesce with what is free beside them."),
        },
    }
}

/// What an extent that has been freed became part of, or why of nothing, as the end of a sentence.
fn merged(manager: &MemoryManager, lowest: u32, units: u32) -> String {
    let buddy = u64::from(lowest ^ units);
    match manager.free_extent_at(lowest) {
        Some(now) if now.length > units => format!(", now part of the free {}.", Places(&[now])),
        _ if manager.options().placement != PlacementKind::Buddy => {
            String::from("; no neighbour is free, so nothing coalesces.")
        }
        _ if buddy + u64::from(units) > u64::from(manager.capacity()) => {
            String::from("; there is no buddy, so nothing merges.")
        }
        _ => String::from("; the buddy is not all free, so nothing merges."),
    }
}

/// How many of these extents, which are free now, are part of a longer one.
fn coalesced(manager: &MemoryManager, extents: &[Extent]) -> usize {
    let now = |extent: &Extent| manager.free_extent_at(extent.lowest());
    let is_part = |extent: &&Extent| now(extent).is_some_and(|now| now.length > extent.length);
    extents.iter().filter(is_part).count()
}

fn resized<T: Borrow<Trace>>(
    run: &Run<T>,
    id: BlockId,
    before: &[Extent],
    size: u32,
) -> Result<String, Error> {
    let old: u32 = before.iter().map(|extent| extent.length).sum();
    let now = fallible::list(run.manager.extents(id)?)?;
    let units: u32 = now.iter().map(|extent| extent.length).sum();
    if units != size {
        return Ok(format!(
            "The block keeps its {}: {size} fit neither where it is nor elsewhere.",
            Units(old)
        ));
    }
    if size <= old {
        return Ok(match size == old {
            true => format!("The block has {} already.", Units(size)),
            false => format!("The block shrinks from {old} to {} where it is.", Units(size)),
        });
    }
    let (was, is) = (before[0], now[0]);
    let grown = if was.start != is.start {
        format!(
            "The block cannot grow from {old} to {size} units where it is, and moves from {} to {}.",
            Places(&[was]),
            Places(&[is])
        )
    } else if now.len() == before.len() {
        format!("The block grows from {old} to {size} units where it is.")
    } else {
        let gained = fallible::list(units_at(now.into_iter(), old..size))?;
        format!(
            "The block grows from {old} to {size} units: it keeps its own and takes {}.",
            Places(&gained)
        )
    };
    let others = run.resize_moved.iter().filter(|moved| moved.id != id);
    Ok(match others.map(|moved| moved.length).sum() {
        0 => grown,
        units => {
            format!("{grown} Compaction makes room by moving {} of other blocks.", Units(units))
        }
    })
}
