//! The original, unit by unit: the independent model that the manager is held against.
//!
//! It keeps a list of units for each block, a stack of single freed units and the index of the
//! tail, as the Python exercise does, and knows nothing of extents.

use std::collections::BTreeMap;

/// Why the original refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    Value,
    Memory,
}

#[derive(Clone, Debug)]
pub struct Block {
    pub units: Vec<usize>,
    pub written: usize,
}

#[derive(Clone, Debug)]
pub struct Original {
    pub cells: Vec<Option<char>>,
    pub next_alloc_index: usize,
    pub freed: Vec<usize>,
    /// By serial number, so in allocation order.
    pub blocks: BTreeMap<usize, Block>,
    next_serial: usize,
}

impl Original {
    pub fn new(capacity: usize) -> Self {
        Self {
            cells: vec![None; capacity],
            next_alloc_index: 0,
            freed: Vec::new(),
            blocks: BTreeMap::new(),
            next_serial: 0,
        }
    }

    pub fn alloc(&mut self, size: usize) -> Result<usize, Refusal> {
        if size == 0 {
            return Err(Refusal::Value);
        }
        if self.freed.len() + self.cells.len() - self.next_alloc_index < size {
            return Err(Refusal::Memory);
        }
        let mut units = Vec::new();
        for _ in 0..size {
            units.push(self.freed.pop().unwrap_or_else(|| {
                self.next_alloc_index += 1;
                self.next_alloc_index - 1
            }));
        }
        self.next_serial += 1;
        self.blocks.insert(self.next_serial, Block { units, written: 0 });
        Ok(self.next_serial)
    }

    pub fn free(&mut self, serial: usize) -> Result<(), Refusal> {
        let block = self.blocks.remove(&serial).ok_or(Refusal::Value)?;
        for unit in block.units {
            self.cells[unit] = None;
            self.freed.push(unit);
        }
        Ok(())
    }

    pub fn write(&mut self, serial: usize, text: &str) -> Result<(), Refusal> {
        let block = self.blocks.get_mut(&serial).ok_or(Refusal::Value)?;
        let characters: Vec<char> = text.chars().collect();
        if characters.len() > block.units.len() {
            return Err(Refusal::Memory);
        }
        block.written = characters.len();
        for (place, &unit) in block.units.iter().enumerate() {
            self.cells[unit] = characters.get(place).copied();
        }
        Ok(())
    }

    pub fn read(&self, serial: usize) -> Result<String, Refusal> {
        let block = self.blocks.get(&serial).ok_or(Refusal::Value)?;
        Ok(block.units.iter().filter_map(|&unit| self.cells[unit]).collect())
    }

    pub fn defragment(&mut self) {
        let old = self.cells.clone();
        self.cells.fill(None);
        let mut next = 0;
        for block in self.blocks.values_mut() {
            for unit in &mut block.units {
                self.cells[next] = old[*unit];
                *unit = next;
                next += 1;
            }
        }
        self.next_alloc_index = next;
        self.freed.clear();
    }

    /// The free units by ascending address.
    pub fn free_units(&self) -> Vec<usize> {
        let mut free: Vec<usize> = self.freed.clone();
        free.extend(self.next_alloc_index..self.cells.len());
        free.sort_unstable();
        free
    }
}
