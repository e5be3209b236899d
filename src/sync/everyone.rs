//! Operations that take every part: requests that one part alone cannot serve, and questions about all.
//!
//! What always holds: while an [`Everyone`] lives, no other worker uses any part.
//!
//! In costs, F is the number of free extents and E that of all extents, in all parts.

use super::lock::Guard;
use super::state::{State, part_id};
use crate::fallible::{self, List};
use crate::manager::part::FreePiece;
use crate::placement::aligned;
use crate::stats::external_fragmentation;
use crate::{
    BlockId, Error, Explanation, FreeExtent, MemoryManager, PlacementKind, Relocation, Snapshot,
    Stats,
};

/// All parts, locked.
pub(crate) struct Everyone<'a> {
    /// By the number of the part.
    pub states: Vec<Guard<'a, State>>,
    /// With external storage: where moves to be told are listed.
    pub untold: Option<Guard<'a, Vec<Relocation>>>,
}

/// What a block needs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Request {
    /// Units; for a scattered block that grows, only those that it lacks.
    pub size: u32,
    pub align: u32,
    /// Whether the block exists and grows, so that units beside it are better than others.
    pub grows: bool,
}

const EVERYWHERE: FreeExtent = FreeExtent { start: 0, length: u32::MAX };

impl Everyone<'_> {
    /// The manager of a part.
    pub fn part(&mut self, number: usize) -> &mut MemoryManager {
        &mut self.states[number].part.manager
    }

    /// A figure of all parts together.
    pub fn sum(&self, figure: impl Fn(&MemoryManager) -> u32) -> u32 {
        self.states.iter().map(|state| figure(&state.part.manager)).sum()
    }

    /// Free units of all parts.
    pub fn free_units(&self) -> u32 {
        self.sum(MemoryManager::free_units)
    }

    /// The free runs of all parts together, by ascending address, each as long as possible. Costs O(E +
    /// F log F).
    fn free_runs(&self) -> Result<Vec<FreeExtent>, Error> {
        let pieces = self.states.iter().flat_map(|state| state.part.free_pieces());
        let extent = |piece: FreePiece| FreeExtent { start: piece.lowest, length: piece.length };
        let mut runs = fallible::list(pieces.map(extent))?;
        runs.sort_unstable_by_key(|run| run.start);
        runs.dedup_by(|next, run| {
            let continues = run.start + run.length == next.start;
            run.length += if continues { next.length } else { 0 };
            continues
        });
        Ok(runs)
    }

    /// The free extents that the placement would have if it were in charge of all units.
    fn free_extents(&self) -> Result<Vec<FreeExtent>, Error> {
        let runs = self.free_runs()?;
        match self.states[0].part.manager.options().placement {
            PlacementKind::Buddy => Ok(fallible::list(runs.into_iter().flat_map(buddies))?),
            _ => Ok(runs),
        }
    }

    /// Gives a part what it needs to serve a request, in ever larger steps as long as `attempt` fails:
    /// first half of what the richest part has free, so that the next time is far off; then any units
    /// that serve the request or, if they must lie in one run, the whole run; then, for a block that
    /// can only grow in place, all free units. Costs O(E + F log F). Failures are not counted.
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
        let mut served = self.uncounted(number, &mut attempt);
        for way in [Self::take_half, Self::take_run, Self::take_all] {
            match &served {
                Err(Error::Pinned { .. }) if request.grows => {}
                Err(refusal) if refusal.is_want_of_units() => {}
                _ => break,
            }
            if way(self, number, request)? {
                served = self.uncounted(number, &mut attempt);
            }
        }
        served
    }

    /// Serves a request from part 0, with everything gathered there and compaction on demand.
    /// Failures are not counted.
    pub fn serve_compacting<T>(
        &mut self,
        attempt: impl FnOnce(&mut MemoryManager) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.gather()?;
        self.part(0).compact_on_demand(true);
        let served = self.uncounted(0, attempt);
        self.part(0).compact_on_demand(false);
        served
    }

    /// An attempt whose failure is not counted and whose moves are listed.
    fn uncounted<T>(
        &mut self,
        number: usize,
        attempt: impl FnOnce(&mut MemoryManager) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let result = match &mut self.untold {
            None => attempt(&mut self.states[number].part.manager),
            Some(untold) => {
                let name = |state: &State, inner| state.public_id(number, inner);
                self.states[number].moving(untold, name, attempt)
            }
        };
        if result.as_ref().is_err_and(Error::is_want_of_units) {
            self.forget_failure();
        }
        result
    }

    /// Takes back the failure that a part has counted for a request that is now tried elsewhere.
    pub fn forget_failure(&mut self) {
        self.states[0].forgiven += 1;
    }

    /// Counts the failure that was forgotten last after all.
    pub fn count_failure(&mut self) {
        self.states[0].forgiven -= 1;
    }

    /// The part that has a block now, and the block's ID there.
    pub fn find(&self, id: BlockId) -> Result<(usize, BlockId), Error> {
        let (number, inner) = part_id(id);
        let unknown = Error::UnknownBlock { id };
        let Some(state) = self.states.get(number) else { return Err(unknown) };
        if let Some(&moved) = state.moved.get(&inner) {
            return Ok((0, moved));
        }
        let is_its_own = !state.guests.contains_key(&inner) && state.part.manager.has(inner);
        if is_its_own { Ok((number, inner)) } else { Err(unknown) }
    }

    /// The refusal of an allocation, with the figures of all parts. Costs O(E + F log F).
    pub fn refused(&self, size: u32, align: u32) -> Error {
        let manager = &self.states[0].part.manager;
        let (placement, capacity) = (manager.options().placement, manager.capacity());
        match self.free() {
            Ok(free) => Error::no_extent((size, align), free, placement, capacity),
            Err(error) => error,
        }
    }

    /// The refusal of a block's growth, in the same way.
    pub fn refused_growth(&self, id: BlockId, sizes: (u32, u32)) -> Error {
        self.free().map_or_else(|error| error, |free| Error::no_growth(id, sizes, free))
    }

    /// Free units, and those in the largest free extent.
    fn free(&self) -> Result<(u32, u32), Error> {
        let longest = self.free_extents()?.into_iter().map(|run| run.length).max();
        Ok((self.free_units(), longest.unwrap_or(0)))
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
        let (size, align) = match (placement, size.checked_next_power_of_two()) {
            // It hands out a power of two of units, at a multiple of that.
            (PlacementKind::Buddy, Some(rounded)) => (rounded.max(align), rounded.max(align)),
            (PlacementKind::Buddy, None) => return Ok(false),
            _ => (size, align),
        };
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

    /// Brings every block and every unit into part 0, which is then a manager like any other. Costs O(E
    /// log E) the first time.
    pub fn gather(&mut self) -> Result<(), Error> {
        let Some((centre, others)) = self.states.split_first_mut() else { return Ok(()) };
        for (number, other) in (1..).zip(others) {
            other.gather_into(centre, number, usize::MAX)?;
        }
        Ok(())
    }

    /// Where a part would take the units for a request, if it has them; otherwise where part 0 would,
    /// with everything gathered.
    pub fn explain(&mut self, number: usize, size: u32, align: u32) -> Result<Explanation, Error> {
        let own = self.part(number).explain(size, align)?;
        if !own.fits {
            self.gather()?;
            return self.part(0).explain(size, align);
        }
        let longest = self.free_extents()?.into_iter().map(|run| run.length).max();
        Ok(Explanation {
            free_units: self.free_units(),
            largest_free_extent: longest.unwrap_or(0),
            ..own
        })
    }

    /// The IDs of all live blocks.
    pub fn ids(&self) -> Result<Vec<BlockId>, Error> {
        let mut ids = List::default();
        for (number, state) in self.states.iter().enumerate() {
            for inner in state.part.manager.try_ids()? {
                ids.push(state.public_id(number, inner));
            }
        }
        Ok(ids.finish()?)
    }

    /// Figures of all parts together.
    pub fn stats(&self) -> Result<Stats, Error> {
        let mut parts = self.states.iter().map(|state| state.part.manager.stats());
        let Some(mut all) = parts.next() else { unreachable!("part 0 is always there") };
        let forgiven = self.states[0].forgiven;
        if self.states.len() == 1 {
            return Ok(Stats { failures: all.failures - forgiven, ..all });
        }
        let mut extents = all.extents_per_block * f64::from(all.block_count);
        for part in parts {
            extents += part.extents_per_block * f64::from(part.block_count);
            all.used_units += part.used_units;
            all.free_units += part.free_units;
            all.block_count += part.block_count;
            all.internal_fragmentation += part.internal_fragmentation;
            all.allocations += part.allocations;
            all.frees += part.frees;
            all.failures += part.failures;
            all.units_moved += part.units_moved;
        }
        all.failures -= forgiven;
        let runs = self.free_extents()?;
        let largest = runs.iter().map(|run| run.length).max().unwrap_or(0);
        all.free_extents = runs.len() as u32;
        all.largest_free_extent = largest;
        all.external_fragmentation = external_fragmentation(largest, all.free_units);
        all.extents_per_block = match all.block_count {
            0 => 0.0,
            blocks => extents.round() / f64::from(blocks),
        };
        Ok(all)
    }

    /// Where everything is.
    pub fn snapshot(&self) -> Result<Snapshot, Error> {
        let mut blocks = List::default();
        for (number, state) in self.states.iter().enumerate() {
            for mut block in state.part.manager.block_snapshots()? {
                block.id = state.public_id(number, block.id);
                blocks.push(block);
            }
        }
        let blocks = blocks.finish()?;
        if self.states.len() == 1 {
            return Ok(Snapshot { blocks, ..self.states[0].part.manager.try_snapshot()? });
        }
        let manager = &self.states[0].part.manager;
        let (capacity, options) = (manager.capacity(), manager.options());
        let free_extents = self.free_extents()?;
        let free_units = self.free_units();
        let tail = free_extents.last().filter(|run| run.start + run.length == capacity);
        let next_alloc_index = tail.map_or(capacity, |run| run.start);
        Ok(Snapshot {
            capacity,
            unit: options.unit,
            placement: options.placement,
            next_alloc_index,
            freed_fragmented_units: free_units - (capacity - next_alloc_index),
            free_units,
            blocks,
            free_extents,
        })
    }
}

/// The aligned powers of two that a run consists of, as buddies merge into them.
fn buddies(run: FreeExtent) -> impl Iterator<Item = FreeExtent> {
    let mut rest = run;
    std::iter::from_fn(move || {
        let length = 1 << rest.length.checked_ilog2()?.min(rest.start.trailing_zeros());
        let first = FreeExtent { start: rest.start, length };
        rest = FreeExtent { start: rest.start + length, length: rest.length - length };
        Some(first)
    })
}

#[cfg(all(test, not(loom), not(target_arch = "wasm32")))]
mod tests {
    use crate::sync::state::world_id;
    use crate::{BlockId, Error, SharedManager};

    /// Callers have looked before, but not at the same moment.
    #[test]
    fn a_block_is_found_by_the_id_that_the_world_knows_and_by_no_other() {
        let memory = SharedManager::new(20).unwrap();
        let other = memory.attach().unwrap();
        let (gathered, freed) = (other.alloc(2).unwrap(), other.alloc(2).unwrap());
        memory.saved_length().unwrap(); // gathers
        let (mine, theirs) = (memory.alloc(2).unwrap(), other.alloc(2).unwrap());
        other.free(freed).unwrap();
        let mut all = memory.everyone().unwrap();
        let inner = all.states[1].moved.values().next().copied().unwrap();
        assert_eq!(all.find(gathered), Ok((0, inner)));
        for (id, part) in [(mine, 0), (theirs, 1)] {
            assert_eq!(all.find(id).map(|(part, inner)| world_id(part, inner)), Ok(id));
            assert_eq!(all.find(id).unwrap().0, part);
        }
        for id in [world_id(0, inner), world_id(0, BlockId::new(9)), world_id(2, inner), freed] {
            assert_eq!(all.find(id), Err(Error::UnknownBlock { id }));
        }
        assert!(all.part(0).has(inner));
    }
}
