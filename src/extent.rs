//! Extents: runs of units.
//!
//! What always holds: an extent has at least one unit, all its units lie below the capacity, and an
//! extent of a single unit ascends, so that equal runs are equal values.

/// The direction in which an extent's units follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// `start, start + 1, …`
    Up,
    /// `start, start - 1, …`
    Down,
}

/// A run of units in block order: `start`, `start ± 1`, … for `length` units.
///
/// ```
/// use twingate_memory::{MemoryManager, Step};
///
/// let mut memory = MemoryManager::new(6)?;
/// let all = memory.alloc(6)?;
/// memory.free(all)?;
/// let block = memory.alloc(2)?; // units that were freed come back last one first
/// let run = memory.extents(block)?.next().unwrap();
/// assert_eq!((run.start(), run.length(), run.step()), (5, 2, Step::Down));
/// assert_eq!(run.units().collect::<Vec<_>>(), [5, 4]);
/// assert_eq!((run.lowest(), run.end()), (4, 6));
/// # Ok::<(), twingate_memory::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Extent {
    pub(crate) start: u32,
    pub(crate) length: u32,
    pub(crate) step: Step,
}

impl Extent {
    /// The ascending extent of `length` units from `start`.
    pub(crate) fn up(start: u32, length: u32) -> Self {
        Self { start, length, step: Step::Up }
    }

    fn directed(start: u32, length: u32, step: Step) -> Self {
        let step = if length == 1 { Step::Up } else { step };
        Self { start, length, step }
    }

    /// The first unit in block order.
    pub const fn start(&self) -> u32 {
        self.start
    }

    /// How many units; at least one.
    pub const fn length(&self) -> u32 {
        self.length
    }

    /// Whether the units ascend or descend; a single one ascends.
    pub const fn step(&self) -> Step {
        self.step
    }

    /// The unit at `offset` in block order, which is less than the length.
    fn unit(&self, offset: u32) -> u32 {
        match self.step {
            Step::Up => self.start + offset,
            Step::Down => self.start - offset,
        }
    }

    /// The lowest unit of the extent.
    pub const fn lowest(&self) -> u32 {
        match self.step {
            Step::Up => self.start,
            Step::Down => self.start - (self.length - 1),
        }
    }

    /// One past the highest unit of the extent.
    pub const fn end(&self) -> u32 {
        self.lowest() + self.length
    }

    /// The units in block order.
    pub fn units(&self) -> impl Iterator<Item = u32> + use<> {
        let extent = *self;
        (0..extent.length).map(move |offset| extent.unit(offset))
    }

    /// The first `count` units; `count` is from 1 to the length.
    pub(crate) fn first(&self, count: u32) -> Self {
        Self::directed(self.start, count, self.step)
    }

    /// The units after the first `count`, which must not be all.
    pub(crate) fn after(&self, count: u32) -> Self {
        Self::directed(self.unit(count), self.length - count, self.step)
    }

    /// The last `count` units, the last one first, as popping them one by one yields them.
    pub(crate) fn last_reversed(&self, count: u32) -> Self {
        let step = match self.step {
            Step::Up => Step::Down,
            Step::Down => Step::Up,
        };
        Self::directed(self.unit(self.length - 1), count, step)
    }

    /// Coalesces `next` into this extent if its units continue the run. Constant time.
    pub(crate) fn append(&mut self, next: Self) -> bool {
        let Some(step) = self.step_to(next.start) else {
            return false;
        };
        let fits =
            (self.length == 1 || self.step == step) && (next.length == 1 || next.step == step);
        if fits {
            *self = Self::directed(self.start, self.length + next.length, step);
        }
        fits
    }

    fn step_to(&self, unit: u32) -> Option<Step> {
        let last = self.unit(self.length - 1);
        if last.checked_add(1) == Some(unit) {
            Some(Step::Up)
        } else if last.checked_sub(1) == Some(unit) {
            Some(Step::Down)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn units(extent: Extent) -> Vec<u32> {
        extent.units().collect()
    }

    #[test]
    fn popping_a_run_reverses_it() {
        let run = Extent::up(4, 3);
        assert_eq!(units(run.last_reversed(2)), [6, 5]);
        assert_eq!(units(run.last_reversed(2).last_reversed(2)), [5, 6]);
        assert_eq!(run.last_reversed(1), Extent::up(6, 1));
    }

    #[test]
    fn a_single_unit_always_ascends() {
        let run = Extent::up(4, 3).last_reversed(3);
        assert_eq!(units(run.first(2)), [6, 5]);
        assert_eq!(run.first(1), Extent::up(6, 1));
    }

    #[test]
    fn append_coalesces_only_a_continued_run() {
        let mut run = Extent::up(5, 1);
        assert!(run.append(Extent::up(4, 1)));
        assert_eq!(units(run), [5, 4]);
        assert!(!run.append(Extent::up(3, 2)));
        assert!(run.append(Extent::up(3, 1)));
        assert_eq!(units(run), [5, 4, 3]);
        assert!(!run.append(Extent::up(6, 1)));
    }

    #[test]
    fn the_edges_of_the_address_space_do_not_overflow() {
        let mut low = Extent::up(0, 1);
        assert!(!low.append(Extent::up(u32::MAX - 1, 1)));
        let mut high = Extent::up(u32::MAX - 1, 1);
        assert!(!high.append(Extent::up(0, 1)));
        assert_eq!(high.end(), u32::MAX);
    }
}
