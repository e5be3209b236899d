//! All parts of a shared manager, locked: where their blocks and free units are.
//!
//! What always holds: while an [`Everyone`] lives, no other worker uses any part.
//!
//! [`serving`](super::serving) and [`overview`](super::overview) say what all are locked for.
//!
//! In costs, F is the number of free extents and E that of all extents, in all parts.

use super::lock::Guard;
use super::state::{State, part_id};
use crate::manager::part::FreePiece;
use crate::{BlockId, Error, FreeExtent, MemoryManager, Relocation, fallible};

/// All parts, locked.
pub(crate) struct Everyone<'a> {
    /// By the number of the part.
    pub states: Vec<Guard<'a, State>>,
    /// With external storage: where moves to be told are listed.
    pub untold: Option<Guard<'a, Vec<Relocation>>>,
}

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

    /// The free runs of all parts together, by ascending address, each as long as possible. Costs O(E +
    /// F log F).
    pub fn free_runs(&self) -> Result<Vec<FreeExtent>, Error> {
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

    /// Brings every block and every unit into part 0, which is then a manager like any other. Costs O(E
    /// log E) the first time.
    pub fn gather(&mut self) -> Result<(), Error> {
        let Some((centre, others)) = self.states.split_first_mut() else { return Ok(()) };
        for (number, other) in (1..).zip(others) {
            other.gather_into(centre, number, usize::MAX)?;
        }
        Ok(())
    }
}

#[cfg(all(test, not(loom), not(target_arch = "wasm32")))]
mod tests {
    use crate::sync::state::public_of;
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
            assert_eq!(all.find(id).map(|(part, inner)| public_of(part, inner)), Ok(id));
            assert_eq!(all.find(id).unwrap().0, part);
        }
        for id in [public_of(0, inner), public_of(0, BlockId::new(9)), public_of(2, inner), freed] {
            assert_eq!(all.find(id), Err(Error::UnknownBlock { id }));
        }
        assert!(all.part(0).has(inner));
    }
}
