//! A player: any position of a trace, forwards and backwards.
//!
//! What always holds: at a position the manager is what a replay up to there would give, however the
//! position was reached.

use super::checkpoints::{Checkpoint, Checkpoints};
use super::options::ReplayOptions;
use super::run::{Outcome, Run};
use super::why::Question;
use crate::trace::Trace;
use crate::{BlockId, Error, Explanation, MemoryManager};
use std::borrow::Borrow;

/// Goes to any position of a trace, forwards and backwards, and says why each operation went as it did.
///
/// The manager at a position is what a [`Replay`](super::Replay) up to there would give, however the
/// position was reached. To go back without starting over, the player keeps up to 128 checkpoints:
/// states of the manager at earlier positions, saved on the way.
///
/// ```
/// use twingate_memory::PlacementKind;
/// use twingate_memory::laboratory::{Player, ReplayOptions};
/// use twingate_memory::trace::Trace;
///
/// let trace = Trace::parse(b"+24,+8,-0,+6", None, "")?;
/// let mut player = Player::new(&trace, ReplayOptions::new(64, PlacementKind::FirstFit))?;
/// player.seek(4, usize::MAX)?;
/// assert_eq!(player.manager().used_units(), 14);
/// assert_eq!(
///     player.why()?,
///     "first-fit takes the lowest free extent that fits: units 0 to 5. \
///      That is cut from the free units 0 to 23.",
/// );
/// player.seek(2, usize::MAX)?; // back
/// assert_eq!(player.manager().used_units(), 32);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Player<T> {
    run: Run<T>,
    failures: u64,
    checkpoints: Checkpoints,
}

impl<T: Borrow<Trace>> Player<T> {
    /// A player before the first operation. It takes no samples.
    ///
    /// # Errors
    /// As [`Replay::new`](super::Replay::new).
    pub fn new(trace: T, options: ReplayOptions) -> Result<Self, Error> {
        let operations = trace.borrow().operations();
        let run = Run::new(trace, options)?;
        Ok(Self { run, failures: 0, checkpoints: Checkpoints::new(operations) })
    }

    /// Operations done.
    pub fn position(&self) -> usize {
        self.run.position
    }

    /// Operations of the trace.
    pub fn operations(&self) -> usize {
        self.run.trace().operations()
    }

    /// Operations refused up to here.
    pub fn failures(&self) -> u64 {
        self.failures
    }

    /// The trace.
    pub fn trace(&self) -> &Trace {
        self.run.trace()
    }

    /// The manager as it is at this position.
    pub fn manager(&self) -> &MemoryManager {
        &self.run.manager
    }

    /// The ID of a block of the trace, if it lives at this position.
    pub fn block(&self, block: u32) -> Option<BlockId> {
        self.run.block(block)
    }

    /// Goes towards a position, or the end if the position is past it, by at most `max_operations`
    /// operations; returns whether it was reached.
    ///
    /// Going to a position for the first time costs the operations up to it. Later, and backwards, it
    /// costs O(extents) and the operations between a checkpoint and the position.
    ///
    /// # Errors
    /// [`Error::Metadata`]: no memory for the manager's own records. The position may have changed.
    pub fn seek(&mut self, position: usize, max_operations: usize) -> Result<bool, Error> {
        let target = position.min(self.operations());
        let known = self.checkpoints.before(target).map_or(0, |near| near.position);
        if target < self.run.position || self.run.position < known {
            self.return_near(target)?;
        }
        let end = target.min(self.run.position.saturating_add(max_operations));
        while self.run.position < end {
            self.step()?;
        }
        Ok(self.run.position == target)
    }

    /// Goes to the last checkpoint at or before a position, or to the beginning.
    fn return_near(&mut self, position: usize) -> Result<(), Error> {
        let (position, failures, manager) = match self.checkpoints.before(position) {
            Some(near) => (near.position, near.failures, MemoryManager::load(&near.state)),
            None => (0, 0, Ok(self.run.manager_at_start()?)),
        };
        self.run.manager = manager.map_err(|_| Error::Metadata)?;
        (self.run.position, self.failures) = (position, failures);
        Ok(())
    }

    fn step(&mut self) -> Result<(), Error> {
        if self.run.position == self.checkpoints.next() {
            self.keep();
        }
        if let Outcome::Refused = self.run.step()? {
            self.failures += 1;
        }
        // There is no copy of the units that would have to follow the moves.
        drop(self.run.manager.take_relocations());
        Ok(())
    }

    /// Saves a checkpoint; without memory for it, going back takes longer.
    fn keep(&mut self) {
        let (position, failures) = (self.run.position, self.failures);
        match self.run.manager.save() {
            Ok(state) => self.checkpoints.add(Checkpoint { position, failures, state }),
            Err(_) => self.checkpoints.skip(),
        }
    }

    /// Why the last operation went as it did: [`Self::seek_and_why`] with the current position.
    ///
    /// # Errors
    /// As [`Self::seek`].
    pub fn why(&mut self) -> Result<String, Error> {
        self.seek_and_why(self.run.position)
    }

    /// Goes to a position, and says why the operation before it went as it did: which units were
    /// chosen, what they were cut from, what freed units became part of. This comes from
    /// [`MemoryManager::explain`], from the extents before and after, and from what was moved. Empty before
    /// the first operation. Costs a [`Self::seek`] to the operation, and O(extents), for each extent of a block
    /// that was freed.
    ///
    /// # Errors
    /// As [`Self::seek`].
    pub fn seek_and_why(&mut self, position: usize) -> Result<String, Error> {
        let before = position.min(self.operations()).checked_sub(1);
        self.seek(before.unwrap_or(0), usize::MAX)?;
        if before.is_none() {
            return Ok(String::new());
        }
        let question = Question::ask(&mut self.run)?;
        self.step()?;
        question.answer(&self.run)
    }

    /// If the next operation allocates: where the block will go, and why. Costs O(extents).
    ///
    /// # Errors
    /// As [`MemoryManager::explain`].
    pub fn foresee(&mut self) -> Result<Option<Explanation>, Error> {
        let request = self.run.next_request();
        request.map(|request| self.run.explain(&request)).transpose()
    }
}
