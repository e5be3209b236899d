//! Defragmenting: how an order is reached, and what is kept between calls.
//!
//! What always holds: a pass that is not done is kept, and the next call for the same order goes on
//! with it.

use super::MemoryManager;
use crate::compaction::budget::Budget;
use crate::compaction::mover::Mover;
use crate::compaction::pass::{Now, Pass};
use crate::compaction::room::{self, Request};
use crate::compaction::{DefragmentOptions, DefragmentReport, Left, Order, in_place};
use crate::counts::Counts;
use crate::extent_table::first_of;
use crate::fallible::NoMemory;
use crate::placement::Placement;
use crate::{BlockId, Error, Options, PlacementKind, Storage};

impl Options {
    /// The order that is asked for, if this storage supports it.
    pub(crate) fn order(&self, what: &DefragmentOptions<'_>) -> Result<Order, Error> {
        match (what.order(), self.storage) {
            (Order::Allocation, Storage::External) => Err(Error::OrderUnsupported),
            (order, _) => Ok(order),
        }
    }
}

impl MemoryManager {
    /// Lays all blocks out from unit 0 in the order in which they were allocated, each in one
    /// extent; IDs and data stay. As [`Self::defragment_with`] with the default options.
    ///
    /// # Errors
    /// As [`Self::defragment_with`].
    pub fn defragment(&mut self) -> Result<DefragmentReport, Error> {
        self.defragment_with(&DefragmentOptions::default())
    }

    /// Works towards an order, within a budget. Plans are kept for the next call with the same order,
    /// whatever happens in between: call again until the report says `done`.
    ///
    /// With external storage, apply the report's relocations to your memory, in order: there is an
    /// example on [the front page](crate#memory-of-your-own).
    ///
    /// The cost is bounded by the budget, planning included. Without a budget, with E extents, it is
    /// O(E) and the moves. [`Order::Allocation`] and [`Order::Any`] take O(E) memory for lists; no
    /// order needs a second buffer.
    ///
    /// # Errors
    /// [`Error::Metadata`]: no memory for the records. Nothing has moved: if memory runs out after
    /// something has, there is a report instead, which is not `done`. [`Error::OrderUnsupported`]:
    /// [`Order::Allocation`] with external storage.
    pub fn defragment_with(
        &mut self,
        options: &DefragmentOptions<'_>,
    ) -> Result<DefragmentReport, Error> {
        let order = self.options.order(options)?;
        let free_to_move = self.books.pinned == 0 && !self.books.aligns && !self.is_buddy();
        if order == Order::Allocation && !options.is_bounded() && free_to_move {
            return self.pack();
        }
        let now = self.now();
        let mut pass = match self.pass.take() {
            Some(pass) if pass.order == order => pass,
            _ => Pass::new(order, now.changes),
        };
        let mut mover = self.mover(Budget::new(options));
        let mut done = pass.run(&mut mover, now);
        if done == Ok(true) && pass.is_outdated(&mover, now.changes) {
            pass = Pass::new(order, now.changes);
            mover.report.left = Left::default();
            done = pass.run(&mut mover, now);
        }
        // What has moved must be reported, so the error waits for the next call.
        let done = if mover.report.moves > 0 { done.unwrap_or(false) } else { done? };
        let mut report = mover.report;
        report.done = done;
        self.books.counts.units_moved += u64::from(report.units_moved);
        self.pass = (!done).then_some(pass);
        let in_place = order == Order::Allocation && self.options.placement.is_scattered();
        debug_assert!(!in_place || report.relocations.is_empty(), "some of it are exchanges");
        Ok(report)
    }

    fn is_buddy(&self) -> bool {
        self.options.placement == PlacementKind::Buddy
    }

    fn now(&self) -> Now {
        let Counts { allocations, frees, resizes, pins, .. } = self.books.counts;
        let changes = allocations + frees + resizes + pins;
        Now { live: self.used_units(), free: self.free_units(), changes }
    }

    fn mover<'a>(&'a mut self, budget: Budget<'a>) -> Mover<'a> {
        self.books.table.promise_nothing();
        Mover {
            scattered: self.options.placement.is_scattered(),
            buddy: self.is_buddy(),
            table: &mut self.books.table,
            placement: &mut self.placement,
            registry: &self.books.registry,
            views_epoch: &mut self.books.views_epoch,
            buffer: self.buffer.as_mut(),
            extents: &mut self.books.counts.extents,
            budget,
            report: DefragmentReport::default(),
            waits_from: None,
        }
    }

    /// Makes allocation order in place, all at once.
    #[inline(never)]
    fn pack(&mut self) -> Result<DefragmentReport, Error> {
        let buffer = self.buffer.as_mut().ok_or(Error::NoStorage)?;
        let books = &self.books;
        let ids = books.in_allocation_order()?;
        let firsts = ids.iter().map(|&id| first_of(books.registry.slot(id)));
        let report = in_place::pack(firsts, &books.table, buffer)?;
        self.pass = None;
        self.lay_out(&ids);
        self.books.counts.units_moved += u64::from(report.units_moved);
        Ok(report)
    }

    /// Notes that these blocks, which are all, lie one after the other from unit 0.
    fn lay_out(&mut self, ids: &[BlockId]) {
        let Self { books, placement, .. } = self;
        let mut start = 0;
        for &id in ids {
            let slot = books.registry.slot(id);
            let block = books.block(slot);
            let stays = block.lowest == start && block.is_single_ascending();
            start += block.asked();
            if !stays {
                books.has_moved(slot);
            }
        }
        books.table.clear();
        let mut start = 0;
        for &id in ids {
            let slot = books.registry.slot(id);
            books.table.append_block(slot, start);
            start += books.block(slot).asked();
        }
        if start < self.capacity {
            books.table.append(start, self.capacity - start);
        }
        books.counts.extents = books.table.blocks();
        let rebuilt = placement.rebuild(&mut books.table);
        let reserved =
            rebuilt.and_then(|()| placement.reserve(&mut books.table, books.counts.extents));
        debug_assert!(reserved.is_ok(), "one free extent needs no more memory than before");
    }

    /// Compacts until there is room, if that is possible; returns whether it is. If not, nothing has
    /// moved.
    pub(super) fn make_room(&mut self, request: &Request) -> Result<bool, NoMemory> {
        let untold = std::mem::take(&mut self.untold);
        let everything = DefragmentOptions::default();
        let mut mover = self.mover(Budget::new(&everything));
        mover.report.relocations = untold;
        let made = room::make(&mut mover, request);
        let report = mover.report;
        if made == Ok(true) {
            self.pass = None;
        }
        self.books.counts.units_moved += u64::from(report.units_moved);
        if self.buffer.is_none() {
            self.untold = report.relocations;
        }
        made
    }

    /// Units that compaction moves to make room; `None` if it cannot make room.
    pub(super) fn units_to_make(&self, request: &Request) -> Result<Option<u32>, NoMemory> {
        room::units_to_make(&self.books.table, self.is_buddy(), request)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compaction::at_once::AtOnce;
    use crate::{Options, Storage};

    /// Blocks of 1 to 64 units, about half of which were freed.
    fn fragmented(seed: u32) -> MemoryManager {
        let mut random = seed;
        let mut next = || {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            random >> 16
        };
        let options = Options {
            placement: PlacementKind::Tlsf,
            storage: Storage::External,
            ..Options::default()
        };
        let mut manager = MemoryManager::with_options(8_192, options).unwrap();
        let mut ids = Vec::new();
        while let Ok(id) = manager.alloc(1 + next() % 64) {
            ids.push(id);
        }
        for id in ids {
            if next() % 2 == 0 {
                manager.free(id).unwrap();
            }
        }
        manager
    }

    /// The fewest live units of any extents that follow each other and have `goal` units together.
    fn cheapest(manager: &MemoryManager, goal: u32) -> u32 {
        let extents: Vec<_> = manager.books.table.iter().map(|(_, entry)| *entry).collect();
        let live = |from: usize| {
            let (mut units, mut live) = (0, 0);
            for entry in &extents[from..] {
                units += entry.length;
                live += if entry.is_free() { 0 } else { entry.length };
                if units >= goal {
                    return Some(live);
                }
            }
            None
        };
        (0..extents.len()).filter_map(live).min().unwrap()
    }

    #[test]
    fn most_windows_are_evacuated_at_once_and_the_cheapest_always() {
        let mut at_once = 0;
        for seed in 1..=100 {
            let mut manager = fragmented(seed);
            let goal = manager.free_units() - manager.free_units() / 25;
            let fewest = cheapest(&manager, goal);
            let everything = DefragmentOptions::default();
            let mut mover = manager.mover(Budget::new(&everything));
            let Some(planned) = AtOnce::plan(mover.table, goal, 1).unwrap() else { continue };
            assert_eq!(planned.units(), fewest, "seed {seed}");
            planned.carry_out(&mut mover).unwrap();
            let report = mover.report;
            assert_eq!(report.units_moved, fewest, "seed {seed}");
            assert_eq!(report.moves as usize, report.relocations.len(), "seed {seed}");
            at_once += 1;
        }
        assert!(at_once > 50, "{at_once} of 100");
    }
}
