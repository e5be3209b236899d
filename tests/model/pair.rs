//! The manager and the model side by side: each operation is applied to both, then the whole
//! state is compared.

use super::original::{Original, Refusal};
use twingate_memory::{BlockId, Error, MemoryManager};

/// An operation; blocks are chosen by their place among all ever allocated, freed ones too.
#[derive(Clone, Debug)]
pub enum Operation {
    Alloc(u32),
    Free(usize),
    Write(usize, String),
    Defragment,
    Clear,
}

pub struct Pair {
    manager: MemoryManager,
    model: Original,
    /// All blocks ever: the manager's ID and the model's serial number.
    blocks: Vec<(BlockId, usize)>,
}

fn refusal(error: &Error) -> Refusal {
    match error {
        Error::OutOfMemory { .. } | Error::OutOfBounds { .. } => Refusal::Memory,
        _ => Refusal::Value,
    }
}

impl Pair {
    pub fn new(capacity: u32) -> Self {
        Self {
            manager: MemoryManager::new(capacity).unwrap(),
            model: Original::new(capacity as usize),
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
            Operation::Alloc(size) => {
                let (ours, theirs) = (self.manager.alloc(*size), self.model.alloc(*size as usize));
                assert_eq!(ours.as_ref().map(|_| ()).map_err(refusal), theirs.map(|_| ()));
                if let (Ok(id), Ok(serial)) = (ours, theirs) {
                    assert!(self.blocks.iter().all(|&(old, _)| old != id), "{id} twice");
                    self.blocks.push((id, serial));
                }
            }
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
            Operation::Defragment => {
                let before = self.addresses();
                let report = self.manager.defragment().unwrap();
                self.model.defragment();
                let after = self.addresses();
                let moved = before.iter().zip(&after).filter(|(old, new)| old != new).count();
                assert!(report.done);
                assert_eq!(report.units_moved as usize, moved);
            }
            Operation::Clear => {
                self.manager.clear();
                let serials: Vec<usize> = self.model.blocks.keys().copied().collect();
                serials.into_iter().for_each(|serial| self.model.free(serial).unwrap());
            }
        }
    }

    /// The units of all blocks, in allocation and block order.
    fn addresses(&self) -> Vec<u32> {
        let ids: Vec<BlockId> = self.manager.ids().collect();
        ids.iter()
            .flat_map(|&id| self.manager.extents(id).unwrap())
            .flat_map(|extent| extent.units())
            .collect()
    }

    /// Compares the whole state.
    pub fn compare(&self) {
        let snapshot = self.manager.snapshot();
        let live: Vec<_> = self
            .blocks
            .iter()
            .filter(|(_, serial)| self.model.blocks.contains_key(serial))
            .collect();
        assert_eq!(snapshot.blocks.len(), live.len());
        for (block, (id, serial)) in snapshot.blocks.iter().zip(live) {
            let model = &self.model.blocks[serial];
            let units: Vec<usize> =
                block.extents.iter().flat_map(|e| e.units()).map(|unit| unit as usize).collect();
            assert_eq!(block.id, *id);
            assert_eq!(units, model.units);
            assert_eq!(block.size as usize, units.len());
            assert_eq!(block.length as usize, model.written);
            assert_eq!(self.manager.read_text(*id).unwrap(), self.model.read(*serial).unwrap());
        }
        let free: Vec<usize> = snapshot
            .free_extents
            .iter()
            .flat_map(|free| free.start as usize..(free.start + free.length) as usize)
            .collect();
        assert_eq!(free, self.model.free_units());
        assert_eq!(snapshot.next_alloc_index as usize, self.model.next_alloc_index);
        assert_eq!(snapshot.freed_fragmented_units as usize, self.model.freed.len());
        self.compare_stats(&free);
    }

    fn compare_stats(&self, free: &[usize]) {
        let stats = self.manager.stats();
        let runs: Vec<&[usize]> = free.chunk_by(|a, b| a + 1 == *b).collect();
        let largest = runs.iter().map(|run| run.len()).max().unwrap_or(0);
        assert_eq!(stats.free_units as usize, free.len());
        assert_eq!(stats.used_units + stats.free_units, stats.capacity);
        assert_eq!(stats.free_extents as usize, runs.len());
        assert_eq!(stats.largest_free_extent as usize, largest);
        assert_eq!(stats.block_count as usize, self.model.blocks.len());
        let picture = self.manager.to_string();
        let cells: Vec<String> =
            self.model.cells.iter().map(|c| c.unwrap_or('-').to_string()).collect();
        assert_eq!(picture.split_once('\n').unwrap().1, cells.join(" "));
    }
}
