//! What all parts look like together, and what is said of a request that they refuse.
//!
//! What always holds: the figures are those of one manager in charge of all units, however these are spread
//! over the parts. Only what a placement remembers is each part's own: while units are spread, a snapshot has
//! the free units at the end for the tail.

use super::everyone::Everyone;
use crate::fallible::{self, List};
use crate::placement::buddies;
use crate::stats::{extents_per_block, external_fragmentation};
use crate::{BlockId, Error, Explanation, FreeExtent, Snapshot, Stats};

impl Everyone<'_> {
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
        if self.states.len() == 1 {
            return Ok(all);
        }
        for part in parts {
            all.used_units += part.used_units;
            all.free_units += part.free_units;
            all.block_count += part.block_count;
            all.internal_fragmentation += part.internal_fragmentation;
            all.allocations += part.allocations;
            all.frees += part.frees;
            all.failures += part.failures;
            all.units_moved = all.units_moved.saturating_add(part.units_moved);
        }
        let runs = self.free_extents()?;
        let largest = runs.iter().map(|run| run.length).max().unwrap_or(0);
        all.free_extents = runs.len() as u32;
        all.largest_free_extent = largest;
        all.external_fragmentation = external_fragmentation(largest, all.free_units);
        let extents = self.states.iter().map(|state| state.part.manager.extents_of_blocks()).sum();
        all.extents_per_block = extents_per_block(extents, all.block_count);
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
        let part = &self.states[0].part;
        let manager = &part.manager;
        if part.is_whole() {
            return Ok(Snapshot { blocks, ..manager.try_snapshot()? });
        }
        let (capacity, options) = (manager.capacity(), manager.options());
        let free_extents = self.free_extents()?;
        let free_units = self.free_units();
        let below =
            |tail, run: &FreeExtent| if run.start + run.length == tail { run.start } else { tail };
        let next_alloc_index = free_extents.iter().rev().fold(capacity, below);
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

    /// Where a part would take the units for a request, if it has them; otherwise where part 0 would,
    /// with everything gathered.
    pub fn explain(&mut self, number: usize, size: u32, align: u32) -> Result<Explanation, Error> {
        if self.part(number).room_as_it_is(size, align)?.is_empty() {
            // A part alone would take what others are in charge of for blocks that may move.
            self.gather()?;
            return self.part(0).explain(size, align);
        }
        let own = self.part(number).explain(size, align)?;
        let (free_units, largest_free_extent) = self.free()?;
        Ok(Explanation { free_units, largest_free_extent, ..own })
    }

    /// The refusal of an allocation, with the figures of all parts; it is counted, unless there is no memory for
    /// them. Costs O(E + F log F).
    pub fn refuse(&mut self, size: u32, align: u32) -> Error {
        let manager = &self.states[0].part.manager;
        let (placement, capacity) = (manager.options().placement, manager.capacity());
        match self.free() {
            Ok(free) => self.counted(Error::no_extent((size, align), free, placement, capacity)),
            Err(error) => error,
        }
    }

    /// The refusal of a block's growth, in the same way.
    pub fn refuse_growth(&mut self, id: BlockId, (has, size, align): (u32, u32, u32)) -> Error {
        let placement = self.states[0].part.manager.options().placement;
        match self.free() {
            Ok(free) => self.counted(Error::no_growth(id, (has, size, align), free, placement)),
            Err(error) => error,
        }
    }

    fn counted(&mut self, refusal: Error) -> Error {
        self.part(0).count_failure();
        refusal
    }

    /// Free units, and those in the largest free extent.
    fn free(&self) -> Result<(u32, u32), Error> {
        let longest = self.free_extents()?.into_iter().map(|run| run.length).max();
        Ok((self.free_units(), longest.unwrap_or(0)))
    }

    /// The free extents that the placement would have if it were in charge of all units.
    fn free_extents(&self) -> Result<Vec<FreeExtent>, Error> {
        let runs = self.free_runs()?;
        if !self.states[0].part.manager.options().placement.is_buddy() {
            return Ok(runs);
        }
        let pieces = runs.into_iter().flat_map(|run| buddies(run.start, run.length));
        Ok(fallible::list(pieces.map(|(start, length)| FreeExtent { start, length }))?)
    }
}
