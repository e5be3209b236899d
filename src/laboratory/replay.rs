//! A replay: runs a trace through a placement, in parts if need be, and sums it up.
//!
//! What always holds: however often it stops, the figures and the samples are those of a run in one go, but
//! for the time that pauses took.

use super::figures::{Figures, ReplayReport, Sample};
use super::options::ReplayOptions;
use super::run::Run;
use crate::Error;
use crate::fallible::room_for;
use crate::trace::Trace;
use std::borrow::Borrow;

/// A replay that can stop and go on.
///
/// ```
/// use twingate_memory::PlacementKind;
/// use twingate_memory::laboratory::{Replay, ReplayOptions};
/// use twingate_memory::trace::Trace;
///
/// let trace = Trace::parse(b"+24,+8,-0,+30", None, "")?;
/// let mut replay = Replay::new(&trace, ReplayOptions::new(40, PlacementKind::FirstFit))?;
/// replay.run(usize::MAX, None)?;
/// let report = replay.report();
/// assert_eq!((report.failures, report.peak_used), (1, 32));
/// assert_eq!(report.peak_external_fragmentation, 0.25); // 24 and 8 units free, apart
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Replay<T> {
    run: Run<T>,
    options: ReplayOptions,
    figures: Figures,
    samples: Vec<Sample>,
}

impl<T: Borrow<Trace>> Replay<T> {
    /// A replay before its first operation. Costs O(blocks of the trace), to note their IDs.
    ///
    /// # Errors
    /// [`Error::InvalidCapacity`]: a capacity of 0. [`Error::Metadata`]: no memory for the IDs or
    /// the samples.
    pub fn new(trace: T, options: ReplayOptions) -> Result<Self, Error> {
        let samples = room_for(options.samples as usize)?;
        let run = Run::new(trace, options)?;
        Ok(Self { run, options, figures: Figures::default(), samples })
    }

    /// Operations done.
    pub fn position(&self) -> usize {
        self.run.position
    }

    /// Operations of the trace.
    pub fn operations(&self) -> usize {
        self.run.trace().operations()
    }

    /// Runs at most `max_operations` more operations; returns whether the end of the trace was reached.
    /// `clock` returns microseconds, for the longest pause.
    ///
    /// Costs what the placement's operations cost, and O(extents) for each sample. With `lifo` and
    /// `contiguous-first` the peak of external fragmentation costs, in r free extents, O(log r) more for
    /// each extent that changes hands while it may rise.
    ///
    /// # Errors
    /// [`Error::Metadata`]: there is no memory for the manager's own records. The operation is still
    /// the next one.
    pub fn run(
        &mut self,
        max_operations: usize,
        clock: Option<&dyn Fn() -> f64>,
    ) -> Result<bool, Error> {
        let operations = self.operations();
        let end = operations.min(self.position().saturating_add(max_operations));
        while self.position() < end {
            let until = self.next_sample().min(end);
            while self.position() < until {
                if self.options.auto_defragment {
                    self.step_compacting(clock)?
                } else {
                    self.step()?
                }
            }
            if self.position() == self.next_sample() {
                self.samples.push(Sample::of(&self.run.manager, self.position()));
            }
        }
        Ok(end == operations)
    }

    /// The position of the next sample.
    fn next_sample(&self) -> usize {
        let (taken, all) = (self.samples.len() as u64, u64::from(self.options.samples));
        if taken == all {
            return usize::MAX;
        }
        ((taken + 1) * self.operations() as u64 / all) as usize
    }

    #[inline(always)]
    fn step(&mut self) -> Result<(), Error> {
        let outcome = self.run.step()?;
        self.figures.note(&self.run.manager, outcome);
        Ok(())
    }

    fn step_compacting(&mut self, clock: Option<&dyn Fn() -> f64>) -> Result<(), Error> {
        let time = || clock.map_or(0.0, |clock| clock());
        let (began, moved) = (time(), self.run.manager.units_moved());
        self.step()?;
        let units = self.run.manager.units_moved() - moved;
        if units > 0 {
            self.figures.note_pause(units, time() - began);
            drop(self.run.manager.take_relocations());
        }
        Ok(())
    }

    /// The results so far.
    pub fn report(&self) -> ReplayReport {
        self.figures.report(&self.run.manager, self.position())
    }

    /// The samples so far.
    pub fn samples(&self) -> &[Sample] {
        &self.samples
    }
}
