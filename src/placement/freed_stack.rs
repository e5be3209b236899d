//! The original's stack of freed units, kept as runs.
//!
//! What always holds: popping unit by unit would yield the same units in the same order as the
//! original's stack of single units; no two neighbouring runs could be one.

use super::Plan;
use crate::{Error, Extent};

#[derive(Debug, Default)]
pub(crate) struct FreedStack {
    runs: Vec<Extent>,
    units: u32,
    /// Extents that blocks hold, and that may all come back: there is always room for them.
    lent: usize,
}

impl FreedStack {
    /// Freed units, all runs together.
    pub fn units(&self) -> u32 {
        self.units
    }

    /// Plans to pop `count` units. Costs the runs it touches.
    pub fn plan(&self, count: u32, plan: &mut Plan) -> Result<(), Error> {
        let mut wanted = count;
        for run in self.runs.iter().rev() {
            if wanted == 0 {
                break;
            }
            let taken = wanted.min(run.length);
            plan.push(run.last_reversed(taken))?;
            wanted -= taken;
        }
        Ok(())
    }

    pub fn pop(&mut self, count: u32) {
        self.units -= count;
        let mut wanted = count;
        while wanted > 0 {
            let last = self.runs.len() - 1;
            let run = &mut self.runs[last];
            if run.length > wanted {
                *run = run.first(run.length - wanted);
                return;
            }
            wanted -= run.length;
            self.runs.pop();
        }
    }

    /// Makes sure that all extents of blocks, `more` among them, can be pushed without memory.
    pub fn reserve(&mut self, more: usize) -> Result<(), Error> {
        let room = self.runs.try_reserve(self.lent + more);
        room.map_err(|_| Error::Metadata)
    }

    pub fn lend(&mut self, extents: usize) {
        self.lent += extents;
    }

    pub fn push(&mut self, extent: Extent) {
        self.lent -= 1;
        self.units += extent.length;
        let joined = self.runs.last_mut().is_some_and(|run| run.append(extent));
        if !joined {
            self.runs.push(extent);
        }
    }

    /// The free extents as start and length by ascending address, the tail from `tail` to
    /// `capacity` among them. Costs O(r log r) with `r` runs.
    pub fn by_address(&self, tail: u32, capacity: u32) -> Vec<(u32, u32)> {
        let mut parts: Vec<_> = self.runs.iter().map(|run| (run.lowest(), run.length)).collect();
        if tail < capacity {
            parts.push((tail, capacity - tail));
        }
        parts.sort_unstable();
        parts.dedup_by(|next, previous| {
            let adjacent = previous.0 + previous.1 == next.0;
            if adjacent {
                previous.1 += next.1;
            }
            adjacent
        });
        parts
    }

    /// Forgets all runs; blocks now hold `lent` extents.
    pub fn clear(&mut self, lent: usize) {
        self.runs.clear();
        self.units = 0;
        self.lent = lent;
    }
}
