//! The calls of one process whose results are still to come, and which of them a result belongs to.
//!
//! What always holds: the calls wait in the order in which they were written. One that has its result
//! waits no more.

use std::collections::{HashMap, VecDeque};

use super::asked::Asked;
use super::function::Function;
use super::returned::Returned;
use crate::trace::line::{Expected, MEMORY};

#[derive(Debug, Default)]
pub(super) struct Waiting {
    /// The last call, while its result may still go on the same line. `posix_memalign` of some versions
    /// ends the line itself, and the result is on the next one.
    last: Option<(Waits, Asked)>,
    surely: VecDeque<Asked>,
    perhaps: VecDeque<Asked>,
    /// How often each result that is told twice is still to be repeated.
    repeats: HashMap<u64, u32>,
}

/// Whether a call gets a result later: in every version, or only in some.
#[derive(Debug)]
pub(super) enum Waits {
    Surely,
    Perhaps,
}

impl Waiting {
    pub(super) fn begin(&mut self, waits: Waits, call: Asked) {
        self.last = Some((waits, call));
    }

    /// Something else has come behind the last call.
    pub(super) fn queue_last(&mut self) -> Result<(), Expected> {
        let Some((waits, last)) = self.last.take() else { return Ok(()) };
        let queue = match waits {
            Waits::Surely => &mut self.surely,
            Waits::Perhaps => &mut self.perhaps,
        };
        queue.try_reserve(1).map_err(|_| MEMORY)?;
        queue.push_back(last);
        Ok(())
    }

    /// The last call, if it is the one with this result.
    pub(super) fn take_last(&mut self, result: Returned) -> Option<Asked> {
        let last = self.last.take_if(|(_, last)| result.may_be_of(last.function));
        last.map(|(_, last)| last)
    }

    /// The call with this result, which is on a line of its own; `None` if no call is known to have it.
    pub(super) fn take(&mut self, result: Returned) -> Result<Option<Asked>, Expected> {
        if let Returned::Pointer(pointer) = result
            && self.is_repeated(pointer)
        {
            return Ok(None);
        }
        let last = self.last.take_if(|(_, last)| last.function == Function::PosixMemalign);
        if let Some((_, last)) = last {
            return Ok(Some(last));
        }
        self.queue_last()?;
        let queues = [&mut self.surely, &mut self.perhaps];
        Ok(match result {
            Returned::Pointer(_) => queues.into_iter().find_map(VecDeque::pop_front),
            // It comes at once, so that few calls can be in between. `realloc(0x10,0)free(0x10)` ends
            // with it too, when both are long done.
            Returned::Nothing => queues
                .into_iter()
                .find(|queue| queue.back().is_some_and(|last| last.function.is_refused_alone()))
                .and_then(VecDeque::pop_back),
        })
    }

    /// This result will be told once more.
    pub(super) fn expect_again(&mut self, result: u64) -> Result<(), Expected> {
        self.repeats.try_reserve(1).map_err(|_| MEMORY)?;
        let times = self.repeats.get(&result).map_or(0, |times| *times);
        self.repeats.insert(result, times.saturating_add(1));
        Ok(())
    }

    fn is_repeated(&mut self, result: u64) -> bool {
        match self.repeats.get_mut(&result) {
            Some(times @ 1..) => {
                *times -= 1;
                true
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::parse;
    use crate::trace::Op;
    use crate::trace::tests::{aligned, alloc, freed};

    /// Such calls, interrupted by threads, were lost, or the log was refused.
    #[test]
    fn a_result_that_comes_later_is_of_the_call_that_waits() {
        let trace = parse(
            "--7-- malloc(95)free(0x0)\n--7-- malloc(5) = 0x10\n--7--  = 0x7877280\n\
             --7-- free(0x7877280)\n--7-- free(0x10)\n",
        )
        .unwrap();
        assert_eq!(trace.ops(), [Op::Nothing, alloc(0, 5), alloc(1, 95), freed(1), freed(0)]);
        let trace = parse(
            "--7-- malloc(4096)malloc(5)\n--7--  = 0x10\n--7--  = 0x20\n\
             --7-- realloc(0x10,5000)realloc(0x0,6)malloc(6) = 0x40\n--7--  = 0x30\n--7-- free(0x20)\n\
             --7-- memalign(al 64, size 9)malloc_usable_size(0x30) = 5000\n--8--  = 0x60\n--7--  = 0x50\n",
        )
        .unwrap();
        let resized = Op::Resize { block: 0, size: 5000 };
        let ops = [alloc(0, 4096), alloc(1, 5), alloc(2, 6), resized, freed(1), aligned(3, 9, 64)];
        assert_eq!(trace.ops(), ops);
        assert_eq!((trace.skipped(), trace.inferred()), (0, 0));
    }

    #[test]
    fn a_result_is_told_again_once() {
        let trace = parse(
            "--7-- reallocarray(0x0,5,6) = 0x10\n--7--  = 0x10\n--7-- free(0x10)\n\
             --7-- malloc(95)free(0x0)\n--7--  = 0x10\n",
        )
        .unwrap();
        assert_eq!(trace.ops(), [alloc(0, 30), freed(0), Op::Nothing, alloc(1, 95)]);
    }

    /// Without a banner: calls that have a result in every version come first.
    #[test]
    fn what_may_have_no_result_takes_one_that_nobody_else_waits_for() {
        let trace = parse(
            "--7-- realloc(0x0,5)free(0x0)\n--7-- aligned_alloc(al 64, size 128)malloc(95)free(0x0)\n\
             --7--  = 0x20\n--7--  = 0x30\n--7--  = 0x40\n--7--  = 0x50\n",
        )
        .unwrap();
        assert_eq!(trace.ops()[2..], [alloc(0, 95), alloc(1, 5), aligned(2, 128, 64)]);
    }

    #[test]
    fn what_valgrind_refuses_itself_is_null() {
        let trace = parse(
            "--7-- malloc(8) = 0x10\n--7-- aligned_alloc(al 48, size 96) = 0\n\
             --7-- aligned_alloc(48, 96) = 0\n--7-- posix_memalign(al 3, size 96)\n--7--  = 0\n\
             --7-- reallocarray(0x10,1152921504606846976,1152921504606846976) = 0\n\
             --7-- malloc(95)posix_memalign(al 3, size 9)aligned_alloc(al 3, size 9)free(0x0)\n\
             --7--  = 0\n--7--  = 0\n--7--  = 0x20\n--7-- free(0x20)\n",
        )
        .unwrap();
        assert_eq!(trace.ops()[0], alloc(0, 8));
        assert_eq!(trace.ops()[1..8], [Op::Nothing; 7]);
        assert_eq!(trace.ops()[8..], [alloc(1, 95), freed(1)]);
    }

    #[test]
    fn a_result_told_again_is_of_no_call_that_waits() {
        let trace = parse(
            "--7-- malloc(95)reallocarray(0x0,5,6) = 0x10\n--7--  = 0x10\n--7--  = 0x50\n\
             --7-- malloc(1)reallocarray(0x10,5,8)free(0x0)\n--7--  = 0x20\n--7--  = 0x30\n\
             --7--  = 0x30\n--7-- free(0x50)\n",
        )
        .unwrap();
        let resized = Op::Resize { block: 0, size: 40 };
        let ops = [alloc(0, 30), alloc(1, 95), Op::Nothing, alloc(2, 1), resized];
        assert_eq!(trace.ops()[..5], ops);
        assert_eq!(trace.ops()[5..], [freed(1)]);
    }

    /// The block stayed live where it had been.
    #[test]
    fn reads_reallocf_whose_result_is_told_twice() {
        let trace = parse(
            "--7-- malloc(8) = 0x40\n--7-- malloc(95)reallocf(0x40,24) = 0x60\n--7--  = 0x60\n\
             --7--  = 0x50\n--7-- reallocf(0x60,99) = 0x0\n--7-- free(0x60)\n--7--  = 0x0\n\
             --7-- reallocf(0x50,0) = 0x0\n--7--  = 0x0\n",
        )
        .unwrap();
        let resized = Op::Resize { block: 0, size: 24 };
        assert_eq!(trace.ops()[..3], [alloc(0, 8), resized, alloc(1, 95)]);
        assert_eq!(trace.ops()[3..], [Op::Nothing, freed(0), freed(1)]);
    }
}
