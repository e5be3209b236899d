//! Every placement, unit by unit: the independent model that the manager is held against.
//!
//! It keeps single units in plain lists and searches them from end to end. It knows nothing of
//! extents, trees or classes. For the stack placements it is the Python exercise that the crate
//! grew out of.

use std::collections::BTreeMap;
use std::ops::Range;
use twingate_memory::PlacementKind;

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    Value,
    OutOfMemory,
    Fragmented,
    OutOfBounds,
    Pinned,
}

#[derive(Clone, Debug)]
pub struct Block {
    /// Units asked for, in block order.
    pub units: Vec<usize>,
    /// All units handed out, rounded up by `buddy`.
    pub handed: usize,
    pub written: usize,
    pub align: usize,
}

/// Where a request goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Exactly there.
    Units(Vec<usize>),
    /// Anywhere in the free runs, at a multiple of the number.
    Anywhere(usize),
}

#[derive(Clone, Debug)]
pub struct Reference {
    kind: PlacementKind,
    pub cells: Vec<Option<char>>,
    used: Vec<bool>,
    /// The original's two: the stack placements' own.
    next_alloc_index: usize,
    freed: Vec<usize>,
    /// The end of the last allocation, for `next-fit`.
    rover: usize,
    /// By serial number, so in allocation order.
    pub blocks: BTreeMap<usize, Block>,
    next_serial: usize,
}

impl Reference {
    pub fn new(kind: PlacementKind, capacity: usize) -> Self {
        Self {
            kind,
            cells: vec![None; capacity],
            used: vec![false; capacity],
            next_alloc_index: 0,
            freed: Vec::new(),
            rover: 0,
            blocks: BTreeMap::new(),
            next_serial: 0,
        }
    }

    /// Where a request would go, or why it is refused.
    pub fn choose(&self, size: usize, align: usize) -> Result<Choice, Refusal> {
        if size == 0 || !align.is_power_of_two() || (align > 1 && self.kind.is_scattered()) {
            return Err(Refusal::Value);
        }
        if size > self.free_units().len() {
            return Err(Refusal::OutOfMemory);
        }
        let fresh = self.next_alloc_index..self.cells.len();
        let newest = self.freed.iter().rev().copied();
        let fit = |runs: Vec<Range<usize>>| {
            let found = runs.iter().find_map(|run| fit_in(run, size, align));
            found.map(|start| Choice::Units((start..start + size).collect()))
        };
        let choice = match self.kind {
            PlacementKind::Lifo => Some(units(newest.chain(fresh), size)),
            PlacementKind::ContiguousFirst => Some(units(fresh.chain(newest), size)),
            PlacementKind::AddressOrdered => Some(units(self.free_units().into_iter(), size)),
            PlacementKind::FirstFit => fit(self.free_runs()),
            PlacementKind::NextFit => fit(self.free_runs_from_rover()),
            PlacementKind::BestFit => fit(sorted(self.free_runs(), |run| run.len() as isize)),
            PlacementKind::WorstFit => fit(sorted(self.free_runs(), |run| -(run.len() as isize))),
            PlacementKind::Buddy => {
                let rounded = size.next_power_of_two();
                let fits = self
                    .buddies()
                    .iter()
                    .any(|run| run.len() >= rounded && run.start.is_multiple_of(align));
                fits.then_some(Choice::Anywhere(rounded.max(align)))
            }
            PlacementKind::Tlsf => fit(self.free_runs()).map(|_| Choice::Anywhere(align)),
            other => panic!("the model does not know the placement {other}"),
        };
        choice.ok_or(Refusal::Fragmented)
    }

    /// Takes the units, which `choose` named or allowed.
    pub fn alloc(&mut self, units: Vec<usize>, align: usize) -> usize {
        let handed = self.handed(units.len());
        self.take(&units, handed);
        self.rover = units[units.len() - 1] + 1;
        self.next_serial += 1;
        self.blocks.insert(self.next_serial, Block { units, handed, written: 0, align });
        self.next_serial
    }

    /// Units that a block of this size gets.
    fn handed(&self, size: usize) -> usize {
        if self.kind == PlacementKind::Buddy { size.next_power_of_two() } else { size }
    }

    fn take(&mut self, units: &[usize], handed: usize) {
        self.mark(units, handed, true);
        self.freed.retain(|&unit| !self.used[unit]);
        let fresh = units.iter().max().unwrap() + 1;
        self.next_alloc_index = self.next_alloc_index.max(fresh);
    }

    /// Where a block would have its units with another size, or why that is refused.
    pub fn choose_resized(
        &self,
        serial: usize,
        size: usize,
        pinned: bool,
    ) -> Result<Choice, Refusal> {
        let block = self.blocks.get(&serial).filter(|_| size > 0).ok_or(Refusal::Value)?;
        let old = block.units.len();
        if size <= old {
            return Ok(Choice::Units(block.units[..size].to_vec()));
        }
        let missing = size - old;
        if self.kind.is_scattered() {
            let Choice::Units(more) = self.choose(missing, 1)? else { unreachable!() };
            return Ok(Choice::Units([block.units.clone(), more].concat()));
        }
        let (start, handed) = (block.units[0], self.handed(size));
        let is_free = |unit| (start..start + block.handed).contains(&unit) || !self.used[unit];
        let all_free = |start: usize| {
            start + handed <= self.used.len() && (start..start + handed).all(is_free)
        };
        let at = |start: usize| Ok(Choice::Units((start..start + size).collect()));
        let multiple = if self.kind == PlacementKind::Buddy { handed } else { 1 };
        if handed <= block.handed || (start % multiple == 0 && all_free(start)) {
            return at(start);
        }
        // Of units that were rounded up the block has more than were asked for, so that it may grow by
        // more than are free.
        let refusal = match (missing > self.free_units().len(), pinned) {
            (true, _) => Refusal::OutOfMemory,
            (false, true) => Refusal::Pinned,
            (false, false) => Refusal::Fragmented,
        };
        if pinned {
            return Err(refusal);
        }
        if let Ok(choice) = self.choose(size, block.align) {
            return Ok(choice);
        }
        let lowest = (0..start).rev().take_while(|&unit| !self.used[unit]).last();
        let multiple = multiple.max(block.align);
        let around = lowest.into_iter().flat_map(|lowest| lowest..start);
        let mut around = around.filter(|s| s % multiple == 0 && s + handed > start);
        around.find(|&start| all_free(start)).map_or(Err(refusal), at)
    }

    /// Gives a block units that `choose_resized` named or allowed.
    pub fn resize(&mut self, serial: usize, units: Vec<usize>) {
        let handed = self.handed(units.len());
        let mut block = self.blocks.remove(&serial).unwrap();
        let (old, moved) = (block.units.clone(), block.units[0] != units[0]);
        let values: Vec<_> = old.iter().map(|&unit| self.cells[unit].take()).collect();
        self.mark(&old, block.handed, false);
        self.take(&units, handed);
        self.freed.extend(old.iter().filter(|&&unit| !self.used[unit]));
        if moved {
            self.rover = units[units.len() - 1] + 1;
        }
        units.iter().zip(values).for_each(|(&unit, value)| self.cells[unit] = value);
        block.written = block.written.min(units.len());
        (block.units, block.handed) = (units, handed);
        self.blocks.insert(serial, block);
    }

    fn mark(&mut self, units: &[usize], handed: usize, used: bool) {
        let slack = units[0] + units.len()..units[0] + handed.max(units.len());
        for unit in units.iter().copied().chain(slack) {
            assert_ne!(self.used[unit], used, "unit {unit} twice");
            self.used[unit] = used;
        }
    }

    pub fn free(&mut self, serial: usize) -> Result<(), Refusal> {
        let block = self.blocks.remove(&serial).ok_or(Refusal::Value)?;
        self.mark(&block.units, block.handed, false);
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
            return Err(Refusal::OutOfBounds);
        }
        block.written = characters.len();
        for (place, &unit) in block.units.iter().enumerate() {
            self.cells[unit] = characters.get(place).copied();
        }
        Ok(())
    }

    /// Overwrites a part; empty units before it become zero.
    pub fn write_at(&mut self, serial: usize, offset: usize, text: &str) -> Result<(), Refusal> {
        let block = self.blocks.get_mut(&serial).ok_or(Refusal::Value)?;
        let end = offset + text.chars().count();
        if end > block.units.len() {
            return Err(Refusal::OutOfBounds);
        }
        if end > block.written && end > offset {
            for &unit in block.units.iter().take(offset).skip(block.written) {
                self.cells[unit] = Some('\0');
            }
            block.written = end;
        }
        for (&unit, character) in block.units[offset..].iter().zip(text.chars()) {
            self.cells[unit] = Some(character);
        }
        Ok(())
    }

    pub fn read(&self, serial: usize) -> Result<String, Refusal> {
        let block = self.blocks.get(&serial).ok_or(Refusal::Value)?;
        Ok(block.units.iter().filter_map(|&unit| self.cells[unit]).collect())
    }

    /// The original's: all blocks from unit 0 on, in allocation order, each aligned. Returns whether
    /// the alignments leave room for that; if not, nothing changes.
    pub fn defragment(&mut self) -> bool {
        let mut next = 0_usize;
        let mut starts = Vec::new();
        for block in self.blocks.values() {
            starts.push(next.next_multiple_of(block.align));
            next = starts[starts.len() - 1] + block.units.len();
        }
        if next > self.cells.len() {
            return false;
        }
        let old = std::mem::replace(&mut self.cells, vec![None; self.used.len()]);
        self.used.fill(false);
        for (block, start) in self.blocks.values_mut().zip(starts) {
            for (unit, to) in block.units.iter_mut().zip(start..) {
                self.cells[to] = old[*unit];
                self.used[to] = true;
                *unit = to;
            }
        }
        self.next_alloc_index = next;
        self.freed.clear();
        true
    }

    /// Takes over where the blocks lie after a step of compaction, as they were in allocation
    /// order, and in which order free units are taken next, the tail from `tail` on left out. One
    /// of them may have been resized.
    pub fn adopt(
        &mut self,
        layout: Vec<Vec<usize>>,
        freed: Vec<usize>,
        tail: usize,
        resized: Option<usize>,
    ) {
        let old = self.cells.clone();
        self.cells.fill(None);
        self.used.fill(false);
        assert_eq!(layout.len(), self.blocks.len());
        let mut blocks = std::mem::take(&mut self.blocks);
        for ((&serial, block), units) in blocks.iter_mut().zip(layout) {
            assert!(block.units.len() == units.len() || resized == Some(serial));
            block.written = block.written.min(units.len());
            block.handed = self.handed(units.len());
            for (&from, &to) in block.units.iter().zip(&units) {
                self.cells[to] = old[from];
            }
            self.mark(&units, block.handed, true);
            block.units = units;
        }
        self.blocks = blocks;
        self.freed = freed;
        self.next_alloc_index = tail;
    }

    /// First unit of the tail.
    pub fn tail(&self) -> usize {
        match self.kind {
            PlacementKind::Lifo | PlacementKind::ContiguousFirst => self.next_alloc_index,
            _ => {
                let last = self.free_runs().pop().filter(|run| run.end == self.cells.len());
                last.map_or(self.cells.len(), |run| run.start)
            }
        }
    }

    /// The free units by ascending address.
    pub fn free_units(&self) -> Vec<usize> {
        (0..self.cells.len()).filter(|&unit| !self.used[unit]).collect()
    }

    /// The free extents as the manager shows them.
    pub fn shown_free(&self) -> Vec<Range<usize>> {
        if self.kind == PlacementKind::Buddy { self.buddies() } else { self.free_runs() }
    }

    fn free_runs(&self) -> Vec<Range<usize>> {
        let free = self.free_units();
        free.chunk_by(|a, b| a + 1 == *b).map(|run| run[0]..run[run.len() - 1] + 1).collect()
    }

    fn free_runs_from_rover(&self) -> Vec<Range<usize>> {
        let (ahead, behind): (Vec<_>, Vec<_>) =
            self.free_runs().into_iter().partition(|run| run.end > self.rover);
        ahead.into_iter().chain(behind).collect()
    }

    /// The largest free aligned powers of two, none part of another.
    fn buddies(&self) -> Vec<Range<usize>> {
        let capacity = self.cells.len();
        let mut start = 0;
        let mut found = Vec::new();
        while start < capacity {
            let mut size = 1;
            let mut best = 0;
            while start % size == 0 && start + size <= capacity {
                if self.used[start..start + size].iter().any(|&used| used) {
                    break;
                }
                best = size;
                size *= 2;
            }
            if best > 0 {
                found.push(start..start + best);
            }
            start += best.max(1);
        }
        found
    }

    /// The fewest units of blocks that overlap any window of `size` units.
    pub fn cheapest_window(&self, size: usize) -> Option<usize> {
        let spans = self.blocks.values().map(|block| block.units[0]..block.units[0] + block.handed);
        let spans: Vec<Range<usize>> = spans.collect();
        let cost = |start: usize| -> usize {
            let window = start..start + size;
            let hit = |span: &&Range<usize>| span.start < window.end && window.start < span.end;
            spans.iter().filter(hit).map(|span| span.len()).sum()
        };
        (0..=self.cells.len().checked_sub(size)?).map(cost).min()
    }
}

fn units(from: impl Iterator<Item = usize>, size: usize) -> Choice {
    Choice::Units(from.take(size).collect())
}

fn fit_in(run: &Range<usize>, size: usize, align: usize) -> Option<usize> {
    let start = run.start.next_multiple_of(align);
    (start + size <= run.end).then_some(start)
}

fn sorted(runs: Vec<Range<usize>>, key: impl Fn(&Range<usize>) -> isize) -> Vec<Range<usize>> {
    let mut runs = runs;
    runs.sort_by_key(key);
    runs
}
