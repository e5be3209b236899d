//! The smallest capacity at which a trace is served without a failure.
//!
//! More units do not always help: with most contiguous placements, some capacity may serve a trace and
//! a larger one may not, since one more unit can change every later choice (see Graham, *Bounds for
//! certain multiprocessing anomalies*, 1966). So halving finds a capacity that serves while one unit
//! less does not, and no more than that. What this search finds is the smallest of all
//! - with scattered placements: the highest sum of live sizes, since they fail only for want of
//!   units;
//! - with `first-fit`, if no block is resized: the highest unit that it uses when units never run out.
//!   With fewer, it takes the same units up to the first that is missing;
//! - wherever [`SmallestCapacity::exact`] says so, because every capacity from the highest sum of live
//!   sizes on was tried. For longer traces only some are tried, evenly spaced, and the search halves
//!   again below each that serves; for the longest, none.
//!
//! Cost: about 20 replays, each up to its first failure, and [`SCANNED`] operations for looking
//! below.

use super::options::ReplayOptions;
use super::run::{Outcome, Run};
use crate::trace::{Op, Trace};
use crate::{Error, PlacementKind};
use std::borrow::Borrow;
use std::fmt;

/// Operations that may be spent on trying capacities below the one that halving found. If they pay for
/// fewer than [`REPLAYS`] replays of the trace, none is tried.
const SCANNED: u64 = 4_000_000;
const REPLAYS: u64 = 8;

/// What a search found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SmallestCapacity {
    /// The trace has no failure at this capacity, and has one with one unit less.
    pub capacity: u32,
    /// Whether it is known to fail at every smaller capacity.
    pub exact: bool,
}

/// A search that can stop and go on.
///
/// ```
/// use twingate_memory::PlacementKind;
/// use twingate_memory::laboratory::CapacitySearch;
/// use twingate_memory::trace::Trace;
///
/// let trace = Trace::parse(b"+24,+8,-0,+30", None, "")?;
/// let smallest = |placement| -> Result<u32, twingate_memory::Error> {
///     let mut search = CapacitySearch::new(&trace, placement)?;
///     while search.run(1_000)?.is_none() {}
///     Ok(search.found().map_or(0, |found| found.capacity))
/// };
/// assert_eq!(smallest(PlacementKind::Lifo)?, 38);
/// assert_eq!(smallest(PlacementKind::BestFit)?, 62);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct CapacitySearch<T> {
    trace: T,
    placement: PlacementKind,
    /// No smaller capacity can serve.
    bound: u32,
    stage: Stage,
    /// The capacity that is being tried.
    probe: Option<Run<T>>,
    found: Option<SmallestCapacity>,
    operations: u64,
    /// Operations run before the first [`Stage::Scan`].
    before_scan: Option<u64>,
}

/// `fails` and `serves` are capacities known to fail or to serve; `fails` may be one less than the
/// bound.
#[derive(Clone, Copy, Debug)]
enum Stage {
    /// Following the highest unit that `first-fit` uses.
    Highest { end: u32 },
    /// Looking for a capacity that serves, with ever larger steps.
    Grow { fails: u32, step: u32 },
    /// Halving.
    Halve { fails: u32, serves: u32 },
    /// Trying capacities below `serves`: the odd multiples of `stride` above the bound, then those
    /// of half the stride. The even ones were tried with larger strides.
    Scan { next: u32, stride: u32, serves: u32 },
}

/// What it has found: its trace may have millions of operations.
impl<T> fmt::Debug for CapacitySearch<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CapacitySearch")
            .field("placement", &self.placement)
            .field("found", &self.found)
            .field("operations", &self.operations)
            .finish_non_exhaustive()
    }
}

impl<T: Borrow<Trace> + Clone> CapacitySearch<T> {
    /// A search before its first operation.
    ///
    /// # Errors
    /// [`Error::NoCapacity`]: more units are live at once than any manager can have.
    pub fn new(trace: T, placement: PlacementKind) -> Result<Self, Error> {
        let peak = trace.borrow().peak_bytes().max(1);
        let bound = u32::try_from(peak).map_err(|_| Error::NoCapacity)?;
        let exact = SmallestCapacity { capacity: bound, exact: true };
        let resizes = trace.borrow().ops().iter().any(|op| matches!(op, Op::Resize { .. }));
        let stage = if placement == PlacementKind::FirstFit && !resizes {
            Stage::Highest { end: bound }
        } else {
            Stage::Grow { fails: bound - 1, step: 0 }
        };
        Ok(Self {
            trace,
            placement,
            bound,
            stage,
            probe: None,
            found: placement.is_scattered().then_some(exact),
            operations: 0,
            before_scan: None,
        })
    }

    /// The result, once it is found.
    pub fn found(&self) -> Option<SmallestCapacity> {
        self.found
    }

    /// The smallest capacity known so far to serve the trace: what there is if the search is given up.
    pub fn serving(&self) -> Option<u32> {
        match (self.found, self.stage) {
            (Some(found), _) => Some(found.capacity),
            (None, Stage::Halve { serves, .. } | Stage::Scan { serves, .. }) => Some(serves),
            (None, Stage::Highest { .. } | Stage::Grow { .. }) => None,
        }
    }

    /// Operations run so far, over all capacities.
    pub fn operations(&self) -> u64 {
        self.operations
    }

    /// Runs at most `max_operations` more operations; returns the result once it is found.
    ///
    /// # Errors
    /// [`Error::NoCapacity`]: no capacity that serves was found up to 2^32 - 1; the larger they are,
    /// the fewer are tried. [`Error::Metadata`]: no memory for the records of a replay.
    pub fn run(&mut self, max_operations: u64) -> Result<Option<SmallestCapacity>, Error> {
        let end = self.operations.saturating_add(max_operations);
        while self.found.is_none() && self.operations < end {
            let mut probe = match self.probe.take() {
                Some(probe) => probe,
                None => {
                    let options = ReplayOptions::new(self.capacity(), self.placement);
                    Run::new(self.trace.clone(), options)?
                }
            };
            match self.go_on(&mut probe, end)? {
                Some(serves) => self.conclude(probe.manager.capacity(), serves)?,
                None => self.probe = Some(probe),
            }
        }
        Ok(self.found)
    }

    /// The capacity to try next.
    fn capacity(&self) -> u32 {
        match self.stage {
            Stage::Grow { fails, step } => fails.saturating_add(step.max(1)),
            Stage::Halve { fails, serves } => fails + (serves - fails) / 2,
            Stage::Scan { next, .. } => next,
            Stage::Highest { .. } => u32::MAX,
        }
    }

    /// Goes on trying a capacity; returns whether it serves, once that is known.
    fn go_on(&mut self, probe: &mut Run<T>, end: u64) -> Result<Option<bool>, Error> {
        let length = probe.trace().operations();
        while probe.position < length {
            if self.operations == end {
                return Ok(None);
            }
            self.operations += 1;
            match (probe.step()?, &mut self.stage) {
                (Outcome::Refused, _) => return Ok(Some(false)),
                (Outcome::Placed(id), Stage::Highest { end }) => {
                    let block = probe.manager.address(id)? + probe.manager.size(id)?;
                    *end = block.max(*end);
                }
                _ => {}
            }
        }
        Ok(Some(true))
    }

    /// Notes whether a capacity serves.
    fn conclude(&mut self, capacity: u32, serves: bool) -> Result<(), Error> {
        match (self.stage, serves) {
            (Stage::Highest { end }, true) => self.finish(end, true),
            (Stage::Highest { .. }, false) => return Err(Error::NoCapacity),
            (Stage::Grow { .. }, false) if capacity == u32::MAX => return Err(Error::NoCapacity),
            (Stage::Grow { step, .. }, false) => {
                let step = step.saturating_mul(2).max(self.bound / 256).max(1);
                self.stage = Stage::Grow { fails: capacity, step };
            }
            (Stage::Grow { fails, .. } | Stage::Halve { fails, .. }, true) => {
                self.halve(fails, capacity);
            }
            (Stage::Halve { serves, .. }, false) => self.halve(capacity, serves),
            (Stage::Scan { stride, .. }, true) => self.halve(capacity - stride, capacity),
            (Stage::Scan { stride, serves, .. }, false) => {
                self.scan(capacity.saturating_add(stride.saturating_mul(2)), stride, serves);
            }
        }
        Ok(())
    }

    fn halve(&mut self, fails: u32, serves: u32) {
        self.stage = Stage::Halve { fails, serves };
        if serves - fails == 1 {
            // The bound itself was tried first.
            let stride = 1 << (serves - self.bound).max(1).ilog2();
            self.scan(self.bound.saturating_add(stride), stride, serves);
        }
    }

    fn scan(&mut self, next: u32, stride: u32, serves: u32) {
        let (mut next, mut stride) = (next, stride);
        while next >= serves && stride > 1 {
            stride /= 2;
            next = self.bound + stride;
        }
        self.stage = Stage::Scan { next, stride, serves };
        let scanned = self.operations - *self.before_scan.get_or_insert(self.operations);
        let replay = self.trace.borrow().operations() as u64;
        if next >= serves {
            self.finish(serves, true);
        } else if scanned > SCANNED || replay > SCANNED / REPLAYS {
            self.finish(serves, false);
        }
    }

    fn finish(&mut self, capacity: u32, exact: bool) {
        self.found = Some(SmallestCapacity { capacity, exact });
    }
}
