//! The manager and the model side by side: each operation is applied to both, then the whole
//! state is compared.

use super::reference::{Choice, Reference, Refusal};
use twingate_memory::{BlockId, Error, MemoryManager, Options, PlacementKind};

/// An operation; blocks are chosen by their place among all ever allocated, freed ones too.
#[derive(Clone, Debug)]
pub enum Operation {
    Alloc(u32, u32),
    Free(usize),
    Write(usize, String),
    Defragment,
    Clear,
}

pub struct Pair {
    manager: MemoryManager,
    model: Reference,
    /// All blocks ever: the manager's ID and the model's serial number.
    blocks: Vec<(BlockId, usize)>,
}

fn refusal(error: &Error) -> Refusal {
    match error {
        Error::OutOfMemory { .. } => Refusal::OutOfMemory,
        Error::Fragmented { .. } => Refusal::Fragmented,
        Error::OutOfBounds { .. } => Refusal::OutOfBounds,
        _ => Refusal::Value,
    }
}

impl Pair {
    pub fn new(placement: PlacementKind, capacity: u32) -> Self {
        let options = Options { placement, ..Options::default() };
        Self {
            manager: MemoryManager::with_options(capacity, options).unwrap(),
            model: Reference::new(placement, capacity as usize),
            blocks: Vec::new(),
        }
    }

    fn chosen(&self, place: usize) -> (BlockId, usize) {
        match self.blocks.len() {
            0 => (BlockId::new(place as u64), usize::MAX),
            count => self.blocks[place % count],
        }
    }

    pub fn apply(&mut self, operation: &Operation) {
        match operation {
            Operation::Alloc(size, align) => self.alloc(*size, *align),
            Operation::Free(place) => {
                let (id, serial) = self.chosen(*place);
                let ours = self.manager.free(id);
                assert_eq!(ours.map_err(|error| refusal(&error)), self.model.free(serial));
            }
            Operation::Write(place, text) => {
                let (id, serial) = self.chosen(*place);
                let ours = self.manager.write_text(id, text);
                assert_eq!(ours.map_err(|e| refusal(&e)), self.model.write(serial, text));
            }
            Operation::Defragment => self.defragment(),
            Operation::Clear => {
                self.manager.clear();
                let serials: Vec<usize> = self.model.blocks.keys().copied().collect();
                serials.into_iter().for_each(|serial| self.model.free(serial).unwrap());
            }
        }
    }

    /// Asks first where the block would go; it must then go there.
    fn alloc(&mut self, size: u32, align: u32) {
        let explained = self.manager.explain(size, align);
        let choice = self.model.choose(size as usize, align as usize);
        let id = match (self.manager.alloc_aligned(size, align), &choice) {
            (Ok(id), Ok(_)) => id,
            (Err(error), Err(theirs)) => {
                assert_eq!(refusal(&error), *theirs);
                return self.compare_refusal(size, *theirs, explained);
            }
            (ours, theirs) => panic!("{ours:?}, the model says {theirs:?}"),
        };
        assert!(self.blocks.iter().all(|&(old, _)| old != id), "{id} twice");
        let units = self.units(id);
        let explained: Vec<usize> =
            explained.unwrap().extents.iter().flat_map(|e| e.units()).map(|u| u as usize).collect();
        assert_eq!(explained, units);
        match choice.unwrap() {
            Choice::Units(expected) => assert_eq!(units, expected),
            Choice::Anywhere(multiple) => {
                assert_eq!(units.len(), size as usize);
                assert!(units.windows(2).all(|pair| pair[0] + 1 == pair[1]));
                assert_eq!(units[0] % multiple, 0);
            }
        }
        let serial = self.model.alloc(units);
        self.blocks.push((id, serial));
    }

    fn compare_refusal(
        &self,
        size: u32,
        refusal: Refusal,
        explained: Result<twingate_memory::Explanation, Error>,
    ) {
        match refusal {
            Refusal::Value => assert!(explained.is_err()),
            Refusal::OutOfMemory => assert_eq!(explained.unwrap().units_to_move, None),
            _ => {
                let window = self.model.cheapest_window(size as usize);
                let explained = explained.unwrap();
                assert!(!explained.fits);
                assert_eq!(explained.units_to_move.map(|units| units as usize), window);
            }
        }
    }

    fn defragment(&mut self) {
        let before = self.addresses();
        let report = match self.manager.defragment() {
            Err(Error::DefragmentUnsupported { .. }) => return,
            report => report.unwrap(),
        };
        self.model.defragment();
        let after = self.addresses();
        let moved = before.iter().zip(&after).filter(|(old, new)| old != new).count();
        assert!(report.done);
        assert_eq!(report.units_moved as usize, moved);
    }

    fn units(&self, id: BlockId) -> Vec<usize> {
        let extents = self.manager.extents(id).unwrap();
        extents.flat_map(|extent| extent.units()).map(|unit| unit as usize).collect()
    }

    /// The units of all blocks, in allocation and block order.
    fn addresses(&self) -> Vec<usize> {
        let ids: Vec<BlockId> = self.manager.ids().collect();
        ids.into_iter().flat_map(|id| self.units(id)).collect()
    }

    /// Compares the whole state.
    pub fn compare(&self) {
        let snapshot = self.manager.snapshot();
        let live = self.blocks.iter().filter(|(_, s)| self.model.blocks.contains_key(s));
        let live: Vec<_> = live.collect();
        assert_eq!(snapshot.blocks.len(), live.len());
        for (block, (id, serial)) in snapshot.blocks.iter().zip(live) {
            let model = &self.model.blocks[serial];
            assert_eq!(block.id, *id);
            assert_eq!(self.units(*id), model.units);
            assert_eq!(block.size as usize, model.units.len());
            assert_eq!(block.length as usize, model.written);
            assert_eq!(self.manager.read_text(*id).unwrap(), self.model.read(*serial).unwrap());
            assert_eq!(
                self.manager.address(*id).ok().map(|unit| unit as usize),
                model.units.windows(2).all(|w| w[0] + 1 == w[1]).then_some(model.units[0]),
            );
        }
        let free = snapshot.free_extents.iter();
        let free: Vec<_> =
            free.map(|free| free.start as usize..(free.start + free.length) as usize).collect();
        assert_eq!(free, self.model.shown_free());
        assert_eq!(snapshot.next_alloc_index as usize, self.model.tail());
        self.compare_stats();
    }

    fn compare_stats(&self) {
        let (stats, free) = (self.manager.stats(), self.model.shown_free());
        let handed: usize = self.model.blocks.values().map(|block| block.handed).sum();
        let asked: usize = self.model.blocks.values().map(|block| block.units.len()).sum();
        assert_eq!(stats.free_units as usize, self.model.free_units().len());
        assert_eq!(stats.used_units as usize, handed);
        assert_eq!(stats.internal_fragmentation as usize, handed - asked);
        assert_eq!(stats.free_extents as usize, free.len());
        let largest = free.iter().map(|run| run.len()).max().unwrap_or(0);
        assert_eq!(stats.largest_free_extent as usize, largest);
        assert_eq!(stats.block_count as usize, self.model.blocks.len());
        let picture = self.manager.to_string();
        let cells = self.model.cells.iter().map(|cell| cell.unwrap_or('-').to_string());
        assert_eq!(picture.split_once('\n').unwrap().1, cells.collect::<Vec<_>>().join(" "));
    }
}
