//! `lifo`: freed units first, newest first, then the tail. The original's policy.
//!
//! Source: the Python exercise that this crate grew out of, which keeps a stack of freed units
//! and `next_alloc_index`. A block may be scattered over many extents, so an allocation fails
//! only when units run out.
//!
//! Cost, with `k` the extents of the block: `plan`, `commit` and `free` O(k), however many units
//! there are. Good: never fails by fragmentation, and the newest freed units are the warmest in a
//! cache. Bad: blocks end up in ever smaller pieces, in descending order as often as not.

use super::freed_stack::FreedStack;
use super::{Placement, Plan};
use crate::{Error, Extent};

#[derive(Debug)]
pub(crate) struct Lifo {
    capacity: u32,
    tail: u32,
    freed: FreedStack,
}

impl Lifo {
    pub fn new(capacity: u32) -> Self {
        Self { capacity, tail: 0, freed: FreedStack::default() }
    }
}

impl Placement for Lifo {
    fn plan(&mut self, size: u32, plan: &mut Plan) -> Result<(), Error> {
        let reused = size.min(self.freed.units());
        self.freed.plan(reused, plan)?;
        if reused < size {
            plan.push(Extent::up(self.tail, size - reused))?;
        }
        self.freed.reserve(plan.extents().len())
    }

    fn commit(&mut self, plan: &Plan) {
        let size: u32 = plan.extents().iter().map(|extent| extent.length).sum();
        let reused = size.min(self.freed.units());
        self.freed.pop(reused);
        self.tail += size - reused;
        self.freed.lend(plan.extents().len());
    }

    fn free(&mut self, extent: Extent) {
        self.freed.push(extent);
    }

    fn pack(&mut self, used: u32, blocks: usize) {
        self.tail = used;
        self.freed.clear(blocks);
    }

    fn tail(&self) -> u32 {
        self.tail
    }

    fn free_extents(&self) -> Vec<(u32, u32)> {
        self.freed.by_address(self.tail, self.capacity)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(lifo: &mut Lifo, size: u32) -> Vec<u32> {
        let mut plan = Plan::default();
        lifo.plan(size, &mut plan).unwrap();
        lifo.commit(&plan);
        plan.extents().iter().flat_map(Extent::units).collect()
    }

    #[test]
    fn the_originals_example() {
        let mut lifo = Lifo::new(6);
        assert_eq!(take(&mut lifo, 2), [0, 1]);
        assert_eq!(take(&mut lifo, 2), [2, 3]);
        assert_eq!(take(&mut lifo, 2), [4, 5]);
        lifo.free(Extent::up(0, 2));
        lifo.free(Extent::up(4, 2));
        assert_eq!(take(&mut lifo, 3), [5, 4, 1]);
        assert_eq!(lifo.free_extents(), [(0, 1)]);
    }

    #[test]
    fn the_tail_serves_what_freed_units_do_not() {
        let mut lifo = Lifo::new(10);
        take(&mut lifo, 3);
        take(&mut lifo, 2);
        lifo.free(Extent::up(0, 3));
        assert_eq!(take(&mut lifo, 5), [2, 1, 0, 5, 6]);
        assert_eq!(lifo.tail(), 7);
        lifo.pack(7, 2);
        assert_eq!(lifo.free_extents(), [(7, 3)]);
    }
}
