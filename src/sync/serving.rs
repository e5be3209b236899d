//! Requests that one part alone cannot serve: it is given free units of the others.
//!
//! What always holds:
//! - Blocks change hands only for compaction, which needs all of them in one part; otherwise only free
//!   units do.
//! - A request fails only if all parts together cannot serve it.
//! - No attempt counts as a failure: the caller counts the request when nothing is left to try.

use super::everyone::Everyone;
use super::state::State;
use crate::manager::part::FreePiece;
use crate::placement::aligned;
use crate::{Error, FreeExtent, MemoryManager, fallible};

/// What a block needs that a part could not give it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Request {
    /// Units; for a scattered block that grows, only those that it lacks.
    pub size: u32,
    pub align: u32,
    /// Whether the block exists and grows, so that units beside it are better than others.
    pub grows: bool,
}

/// A run that has every unit.
const EVERYWHERE: FreeExtent = FreeExtent { start: 0, length: u32::MAX };

impl Everyone<'_> {
    /// Gives a part what it needs to serve a request, in ever larger steps as long as `attempt` fails:
    /// first half of what the richest part has free, so that the next time is far off; then any units
    /// that serve the request or, if they must lie in one run, the whole run; then, for a block that
    /// can only grow in place, all free units. Costs O(E + F log F). `attempt` must not count failures.
    ///
    /// # Errors
    /// The last refusal of `attempt`.
    pub fn serve<T>(
        &mut self,
        number: usize,
        request: Request,
        mut attempt: impl FnMut(&mut MemoryManager) -> Result<T, Error>,
    ) -> Result<T, Error> {
        // Since the part was asked, others may have given it units or freed blocks.
        let mut served = self.telling(number, &mut attempt);
        for way in [Self::take_half, Self::take_run, Self::take_all] {
            match &served {
                Err(Error::Pinned { .. }) if request.grows => {}
                Err(refusal) if refusal.is_want_of_units() => {}
                _ => break,
            }
            if way(self, number, request)? {
                served = self.telling(number, &mut attempt);
            }
        }
        served
    }

    /// Serves a request from part 0, with everything gathered there and compaction on demand.
    pub fn serve_compacting<T>(
        &mut self,
        attempt: impl FnOnce(&mut MemoryManager) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.gather()?;
        self.part(0).compact_on_demand(true);
        let served = self.telling(0, attempt);
        self.part(0).compact_on_demand(false);
        served
    }

    /// An attempt whose moves are listed.
    fn telling<T>(
        &mut self,
        number: usize,
        attempt: impl FnOnce(&mut MemoryManager) -> Result<T, Error>,
    ) -> Result<T, Error> {
        match &mut self.untold {
            None => attempt(&mut self.states[number].part.manager),
            Some(untold) => {
                let name = |state: &State, inner| state.public_id(number, inner);
                self.states[number].moving(untold, name, attempt)
            }
        }
    }

    /// Takes the highest half of what the richest other part has free, if that can serve.
    fn take_half(&mut self, number: usize, request: Request) -> Result<bool, Error> {
        let Request { size, .. } = request;
        let others = (0..self.states.len()).filter(|&other| other != number);
        let free = |other: &usize| self.states[*other].part.manager.free_units();
        let Some(donor) = others.max_by_key(free) else { return Ok(false) };
        let wanted = free(&donor) / 2;
        let scattered = self.part(number).options().placement.is_scattered();
        let own = if scattered { self.part(number).free_units() } else { 0 };
        if u64::from(wanted) + u64::from(own) < u64::from(size) {
            return Ok(false);
        }
        self.hand_over(donor, number, wanted, &EVERYWHERE)?;
        Ok(true)
    }

    /// Takes the units that serve the request from all parts that have them, if there are enough: a run
    /// that fits or, for a scattered placement, any, the highest first.
    fn take_run(&mut self, number: usize, request: Request) -> Result<bool, Error> {
        let Request { size, align, .. } = request;
        if size > self.free_units() {
            return Ok(false);
        }
        let placement = self.part(number).options().placement;
        if placement.is_scattered() {
            let missing = size - self.part(number).free_units().min(size);
            return self.take_from_all(number, missing, &EVERYWHERE);
        }
        let Some((size, align)) = placement.rounded(size, align) else { return Ok(false) };
        let fits = |run: &FreeExtent| aligned(run.start, run.length, size, align).is_some();
        match self.free_runs()?.into_iter().find(fits) {
            Some(run) => self.take_from_all(number, u32::MAX, &run),
            None => Ok(false),
        }
    }

    /// Takes every free unit there is, for a block that grows.
    fn take_all(&mut self, number: usize, request: Request) -> Result<bool, Error> {
        if request.grows { self.take_from_all(number, u32::MAX, &EVERYWHERE) } else { Ok(false) }
    }

    /// Takes up to `wanted` free units that lie in a run from all other parts.
    fn take_from_all(
        &mut self,
        number: usize,
        wanted: u32,
        run: &FreeExtent,
    ) -> Result<bool, Error> {
        let mut wanted = wanted;
        for donor in (0..self.states.len()).filter(|&donor| donor != number) {
            wanted -= self.hand_over(donor, number, wanted, run)?;
        }
        Ok(true)
    }

    /// Hands up to `wanted` free units that lie in a run from one part to another, the highest first;
    /// returns how many.
    fn hand_over(
        &mut self,
        from: usize,
        to: usize,
        wanted: u32,
        run: &FreeExtent,
    ) -> Result<u32, Error> {
        let [from, to] = self.states.get_disjoint_mut([from, to]).map_err(|_| Error::Metadata)?;
        let end = run.start.saturating_add(run.length);
        let within = |piece: &FreePiece| run.start <= piece.lowest && piece.lowest < end;
        let mut left = wanted;
        let as_wanted = |piece: FreePiece| {
            let length = piece.length.min(left);
            left -= length;
            (length > 0).then_some((piece, length))
        };
        let pieces = fallible::list(from.part.free_pieces().filter(within).map_while(as_wanted))?;
        for (piece, length) in pieces {
            from.part.give_free(&mut to.part, piece, length)?;
        }
        Ok(wanted - left)
    }
}
