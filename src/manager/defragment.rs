//! Defragmenting: how an order is reached, and what is kept between calls.
//!
//! What always holds: the last pass is kept. If it is not done, the next call for the same order goes on
//! with it; if it is settled, a call with a budget in each frame costs O(1) while nothing changes.

use super::MemoryManager;
use crate::compaction::budget::Budget;
use crate::compaction::in_place::{self, Target};
use crate::compaction::mover::Mover;
use crate::compaction::pass::{Now, Pass};
use crate::compaction::room::{self, Need};
use crate::compaction::{DefragmentOptions, DefragmentReport, Left, Order};
use crate::counts::Counts;
use crate::extent_table::{first_of, slot_of};
use crate::fallible::{NoMemory, room_for};
use crate::placement::Placement;
use crate::{Error, Options, Storage};
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

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
    /// O(E) and the moves; for [`Order::Allocation`], E is the most there ever were, blocks that pins or
    /// alignments keep from being packed at once are sorted, O(b log b) with b blocks, and a block of k extents
    /// is put in order in place, which moves its units up to O(log² k) times; for [`Order::Any`], O(E) each of the
    /// O(log free units) times that it begins anew, in most cases once. Both take O(E) memory for lists; no order
    /// needs a second buffer.
    ///
    /// # Errors
    /// [`Error::Metadata`]: no memory for the records. Nothing has moved: if memory runs out after
    /// something has, there is a report instead, which is not `done`. [`Error::OrderUnsupported`]:
    /// [`Order::Allocation`] with external storage.
    pub fn defragment_with(
        &mut self,
        options: &DefragmentOptions<'_>,
    ) -> Result<DefragmentReport, Error> {
        let Some(out_of_time) = options.out_of_time.filter(|_| cfg!(panic = "unwind")) else {
            return self.work_towards(options);
        };
        // Extents are held while the caller is asked for the time: a panic has to wait.
        let panicked = Cell::new(None);
        let or_panics = || {
            catch_unwind(AssertUnwindSafe(out_of_time)).unwrap_or_else(|panic| {
                panicked.set(Some(panic));
                true
            })
        };
        let options = DefragmentOptions { out_of_time: Some(&or_panics), ..*options };
        let report = self.work_towards(&options);
        if let Some(panic) = panicked.take() {
            self.keep_untold(report);
            resume_unwind(panic);
        }
        report
    }

    /// Keeps the relocations of a report that nobody will see for [`Self::take_relocations`].
    fn keep_untold(&mut self, report: Result<DefragmentReport, Error>) {
        let moved = report.map_or_else(|_| Vec::new(), |report| report.relocations);
        if self.buffer.is_some() {
            return;
        }
        if self.untold.is_empty() {
            self.untold = moved;
        } else if self.untold.try_reserve(moved.len()).is_ok() {
            self.untold.extend(moved);
        }
    }

    fn work_towards(&mut self, options: &DefragmentOptions<'_>) -> Result<DefragmentReport, Error> {
        let order = self.options.order(options)?;
        let all_may_move = self.books.pinned == 0 && !self.options.placement.is_buddy();
        let at_once = order == Order::Allocation && !options.is_bounded() && all_may_move;
        if at_once && let Some(targets) = self.targets()? {
            return self.pack(&targets);
        }
        let now = self.now();
        let mut pass = self.next_pass(order, options.is_bounded(), now);
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
        self.books.counts.moved(report.units_moved);
        self.pass = Some(pass);
        let in_place = order == Order::Allocation && self.options.placement.is_scattered();
        debug_assert!(!in_place || report.relocations.is_empty(), "some of it are exchanges");
        Ok(report)
    }

    /// The pass that a call goes on with.
    fn next_pass(&mut self, order: Order, bounded: bool, now: Now) -> Pass {
        match self.pass.take().filter(|pass| pass.order == order) {
            Some(pass) if bounded && (pass.is_settled() || !pass.is_done()) => pass,
            // A call without a budget would only have to begin again after a disturbed pass.
            Some(pass) if pass.is_undisturbed(now.changes) => match pass.is_done() {
                true => Pass::after(&pass),
                false => pass,
            },
            _ => Pass::new(order, now.changes),
        }
    }

    fn now(&self) -> Now {
        let Counts { allocations, frees, resizes, pins, .. } = self.books.counts;
        let changes = allocations + frees + resizes + pins;
        let (live, free, aligned) = (self.used_units(), self.free_units(), self.books.aligns);
        Now { live, free, changes, aligned }
    }

    fn mover<'a>(&'a mut self, budget: Budget<'a>) -> Mover<'a> {
        self.books.table.promise_nothing();
        Mover {
            kind: self.options.placement,
            table: &mut self.books.table,
            placement: &mut self.placement,
            registry: &self.books.registry,
            buffer: self.buffer.as_mut(),
            extents: &mut self.books.extents,
            budget,
            report: DefragmentReport::default(),
            waits_from: None,
        }
    }

    /// Where blocks lie in allocation order; `None` if their alignments leave too little room for that.
    fn targets(&self) -> Result<Option<Vec<Target>>, NoMemory> {
        let ids = self.books.in_allocation_order()?;
        let mut targets = room_for(ids.len())?;
        let mut end = 0_u32;
        for id in ids {
            let slot = self.books.registry.slot(id);
            let block = self.books.block(slot);
            let size = block.asked();
            let start = end.checked_next_multiple_of(1 << block.owner.align());
            let fits = |&start: &u32| start <= self.capacity && size <= self.capacity - start;
            let Some(start) = start.filter(fits) else { return Ok(None) };
            targets.push(Target { first: first_of(slot), start, size });
            end = start + size;
        }
        Ok(Some(targets))
    }

    /// Puts all blocks in allocation order at once, in place.
    #[inline(never)]
    fn pack(&mut self, targets: &[Target]) -> Result<DefragmentReport, Error> {
        let buffer = self.buffer.as_mut().ok_or(Error::NoStorage)?;
        let books = &mut self.books;
        let free = free_extents(targets) + 1;
        books.table.reserve(free)?;
        self.placement.reserve(&mut books.table, books.extents + free)?;
        let report = in_place::pack(targets, &books.table, buffer)?;
        self.pass = None;
        self.lay_out(targets);
        self.books.counts.moved(report.units_moved);
        Ok(report)
    }

    /// Notes that all blocks lie at their targets.
    fn lay_out(&mut self, targets: &[Target]) {
        let Self { books, placement, .. } = self;
        for &Target { first, start, .. } in targets {
            let block = books.table.get(first);
            if block.lowest != start || !block.is_single_ascending() {
                books.table.end_views(slot_of(first));
            }
        }
        books.table.clear();
        let mut end = 0;
        for &Target { first, start, size } in targets {
            books.table.append_free(end, start);
            books.table.append_block(slot_of(first), start);
            end = start + size;
        }
        books.table.append_free(end, self.capacity);
        books.extents = books.table.blocks();
        let rebuilt = placement.rebuild(&mut books.table);
        let reserved = rebuilt.and_then(|()| placement.reserve(&mut books.table, books.extents));
        debug_assert!(reserved.is_ok(), "all of it was reserved before anything moved");
    }

    /// Compacts until there is room, if that is possible; returns whether it is. If not, nothing has
    /// moved.
    pub(super) fn make_room(&mut self, need: &Need) -> Result<bool, NoMemory> {
        let untold = std::mem::take(&mut self.untold);
        let everything = DefragmentOptions::default();
        let mut mover = self.mover(Budget::new(&everything));
        mover.report.relocations = untold;
        let made = room::make(&mut mover, need);
        let report = mover.report;
        if made == Ok(true) {
            self.pass = None;
        }
        self.books.counts.moved(report.units_moved);
        if self.buffer.is_none() {
            self.untold = report.relocations;
        }
        made
    }

    /// Units that compaction moves to make room; `None` if it cannot make room.
    pub(super) fn units_to_make(&self, need: &Need) -> Result<Option<u32>, NoMemory> {
        room::units_to_make(&self.books.table, self.options.placement, need)
    }
}

/// How many free extents there are below blocks.
fn free_extents(targets: &[Target]) -> usize {
    let ends = targets.iter().map(|target| target.start + target.size);
    let starts = targets.iter().map(|target| target.start);
    std::iter::once(0).chain(ends).zip(starts).filter(|(end, start)| end < start).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compaction::at_once::AtOnce;
    use crate::{Options, PlacementKind, Storage};

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
            let Some(planned) = AtOnce::plan(mover.table, mover.kind, goal, 1).unwrap() else {
                continue;
            };
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
