//! The calls of one process, in the order in which they take effect.
//!
//! What always holds: a call takes effect once: where its result is, or at once if it gets none. A call
//! whose result never comes has no effect.

use super::asked::Asked;
use super::call::{Call, Request, calls_in};
use super::returned::Returned;
use super::waiting::{Waiting, Waits};
use crate::trace::line::{Expected, Fault, Line};
use crate::trace::pointers::Pointers;

#[derive(Debug, Default)]
pub(super) struct Calls {
    pub(super) pointers: Pointers,
    waiting: Waiting,
    /// The `x` of valgrind 3.x, if a banner has told it.
    pub(super) version: Option<u64>,
    /// The address that a call returned last.
    pub(super) latest: u64,
}

impl Calls {
    /// The process runs another program: no block of the one before is live, and no call will be
    /// answered.
    pub(super) fn begin_anew(&mut self) {
        self.waiting = Waiting::default();
        self.pointers.begin_anew();
    }

    /// Reads the text of a message; returns whether it has a call.
    pub(super) fn read(&mut self, line: Line, text: &[u8]) -> Result<bool, Fault> {
        if let Some(result) = Returned::alone(text) {
            let call = self.waiting.take(result)?;
            call.map_or(Ok(()), |call| self.answer(call, result))?;
            return Ok(false);
        }
        let mut has_call = false;
        for call in calls_in(text) {
            has_call = true;
            self.call(line, &call)?;
        }
        Ok(has_call)
    }

    /// The last call has this result.
    pub(super) fn answer_last(&mut self, result: Returned) -> Result<(), Fault> {
        self.waiting.take_last(result).map_or(Ok(()), |call| self.answer(call, result))
    }

    /// A call that waited has this result. An error is one of its line.
    fn answer(&mut self, call: Asked, result: Returned) -> Result<(), Fault> {
        let fault =
            |expected: Expected| Fault { earlier: Some(call.place), expected: expected.into() };
        self.done(&call, result).map_err(fault)
    }

    fn call(&mut self, line: Line, call: &Call) -> Result<(), Expected> {
        self.waiting.queue_last()?;
        let asked = Asked::read(line, call)?;
        let result = match call.result()? {
            None if asked.request.is_over_at_once() => Some(Returned::Nothing),
            result => result,
        };
        if let Some(result) = result {
            return self.done(&asked, result);
        }
        if let Some(waits) = self.waits(&asked, call) {
            self.waiting.begin(waits, asked);
        }
        Ok(())
    }

    /// How a call without a result behind it waits for one, or `None` if it does not.
    fn waits(&self, asked: &Asked, call: &Call) -> Option<Waits> {
        let without = asked.versions_without_result();
        match self.version {
            _ if without.is_empty() => Some(Waits::Surely),
            Some(version) => (!without.contains(&version)).then_some(Waits::Surely),
            None => {
                let is_told = call.following().is_some_and(|next| asked.leads_to(&next));
                (!is_told).then_some(Waits::Perhaps)
            }
        }
    }

    fn done(&mut self, call: &Asked, result: Returned) -> Result<(), Expected> {
        let pointer = result.pointer();
        if pointer != 0 {
            self.latest = pointer;
        }
        if call.function.repeats_result() && result != Returned::Nothing {
            self.waiting.expect_again(pointer)?;
        }
        match call.request {
            Request::Alloc { align, size } => {
                self.pointers.memalign(pointer, align, size.unwrap_or(u64::MAX))
            }
            Request::Realloc { old, size } => {
                self.pointers.realloc(old, pointer, size.unwrap_or(u64::MAX))
            }
            Request::Free { old } => {
                self.pointers.free(old);
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::parse;
    use crate::trace::Op;
    use crate::trace::tests::{aligned, alloc, freed};

    #[test]
    fn reads_calls_that_failed() {
        let trace = parse(
            "--7-- malloc(8) = 0x10\n\
             --7-- malloc(18446744073709551516) = 0x0\n\
             --7-- malloc(18446744073709551516)Argument 'size' of function malloc has a fishy \
             (possibly negative) value: -100\n\
             --7--  = 0x0\n\
             --7-- realloc(0x10,9000000000) = 0x0\n\
             --7-- realloc(0x10,0) = 0x0\n\
             --7-- calloc(1152921504606846976,1152921504606846976)malloc(4) = 0x10\n",
        )
        .unwrap();
        assert_eq!(trace.ops()[..4], [alloc(0, 8), Op::Nothing, Op::Nothing, Op::Nothing]);
        assert_eq!(trace.ops()[4..], [freed(0), Op::Nothing, alloc(1, 4)]);
    }

    #[test]
    fn what_leads_to_another_call_or_fails_at_once_waits_for_no_result() {
        let trace = parse(
            "==7== Using Valgrind-3.20.0\n\
             --7-- malloc(1) = 0x10\n--7-- realloc(0x0,5)free(0x0)\n--7-- malloc(5) = 0x20\n\
             --7-- realloc(0x10,0)free(0x0)\n--7-- free(0x10)\n--7--  = 0\n\
             --7-- calloc(18446744073709551615,2)malloc(4)free(0x0)\n--7--  = 0x30\n--7--  = 0x40\n",
        )
        .unwrap();
        let nothing = Op::Nothing;
        let free = freed(0);
        assert_eq!(trace.ops()[..5], [alloc(0, 1), nothing, alloc(1, 5), nothing, free]);
        assert_eq!(trace.ops()[5..], [nothing, nothing, alloc(2, 4)]);
        assert_eq!(trace.skipped(), 0);
    }

    #[test]
    fn a_bad_size_is_named_with_the_line_of_its_call() {
        let error = parse("--7-- malloc(4294967296)free(0x0)\n\n--7--  = 0x10\n").unwrap_err();
        assert_eq!(error.line, 1);
    }

    /// What a program asked of C, and of C++, as each version writes it. Not all write `= 0x50` and `=
    /// 0x60`.
    const WORDINGS: [(&[u64], &str); 5] = [
        (
            &[15, 19, 20],
            "--7-- memalign(al 64, size 100) = 0x40\n\
             --7-- _ZnwmSt11align_val_t(size 128, al 32) = 0x80\n\
             --7-- realloc(0x0,5)malloc(5) = 0x20\n\
             --7-- realloc(0x20,0)free(0x20)\n--7--  = 0\n\
             --7-- realloc(0x40,56) = 0x30\n\
             --7-- memalign(al 16, size 7) = 0x50\n\
             --7-- memalign(al 128, size 9) = 0x60\n\
             --7-- free(0x60)\n--7-- free(0x50)\n--7-- malloc(3) = 0x50\n",
        ),
        (
            &[21, 22, 23],
            "--7-- memalign(al 64, size 100) = 0x40\n\
             --7-- _ZnwmSt11align_val_t(size 128, al 32) = 0x80\n\
             --7-- realloc(0x0,5) = 0x20\n\
             --7-- realloc(0x20,0) = 0x0\n\
             --7-- reallocarray(0x40,7,8) = 0x30\n--7--  = 0x30\n\
             --7-- aligned_alloc(al 16, size 7)posix_memalign(al 128, size 9)\n\
             --7-- free(0x60)\n--7-- free(0x50)\n--7-- malloc(3) = 0x50\n",
        ),
        (
            &[24, 25],
            "--7-- memalign(alignment 64, size 100) = 0x40\n\
             --7-- _ZnwmSt11align_val_t(size 128, al 32) = 0x80\n\
             --7-- realloc(0x0,5) = 0x20\n\
             --7-- realloc(0x20,0) = 0x0\n\
             --7-- reallocarray(0x40,7,8) = 0x30\n--7--  = 0x30\n\
             --7-- aligned_alloc(al 16, size 7) = 0x50\n\
             --7-- posix_memalign(al 128, size 9)\n--7--  = 0x60\n\
             --7-- free(0x60)\n--7-- free(0x50)\n--7-- malloc(3) = 0x50\n",
        ),
        (
            &[26],
            "--7-- memalign(al 64, size 100) = 0x40\n\
             --7-- _ZnwmSt11align_val_t(size 128, al 32) = 0x80\n\
             --7-- realloc(0x0,5) = 0x20\n\
             --7-- realloc(0x20,0) = 0x0\n\
             --7-- reallocarray(0x40,7,8) = 0x30\n--7--  = 0x30\n\
             --7-- aligned_alloc(al 16, size 7) = 0x50\n\
             --7-- posix_memalign(al 128, size 9) = 0x60\n\
             --7-- free(0x60)\n--7-- free(0x50)\n--7-- malloc(3) = 0x50\n",
        ),
        (
            &[27, 28],
            "--7-- memalign(64, 100) = 0x40\n\
             --7-- _ZnwmSt11align_val_t(128, 32) = 0x80\n\
             --7-- realloc(0x0,5) = 0x20\n\
             --7-- realloc(0x20,0) = 0x0\n\
             --7-- reallocarray(0x40,7,8) = 0x30\n--7--  = 0x30\n\
             --7-- aligned_alloc(16, 7) = 0x50\n\
             --7-- posix_memalign(0x1FFEFFF8A0, 128, 9) = 0x60\n\
             --7-- free(0x60)\n--7-- free(0x50)\n--7-- malloc(3) = 0x50\n",
        ),
    ];

    #[test]
    fn each_version_of_valgrind_tells_the_same() {
        let resized = Op::Resize { block: 0, size: 56 };
        let begin = [aligned(0, 100, 64), aligned(1, 128, 32), alloc(2, 5), freed(2), resized];
        let end = [aligned(3, 7, 16), aligned(4, 9, 128), freed(4), freed(3), alloc(5, 3)];
        for (versions, log) in WORDINGS {
            let banners =
                versions.iter().map(|x| format!("==7== Using Valgrind-3.{x}.0 and VEX\n"));
            for banner in banners.chain([String::new()]) {
                let trace = parse(&format!("{banner}{log}")).unwrap();
                assert_eq!(trace.ops()[..5], begin, "{banner}{log}");
                if versions.contains(&22) {
                    assert_eq!((&trace.ops()[5..], trace.skipped()), (&[alloc(3, 3)][..], 2))
                } else {
                    assert_eq!((&trace.ops()[5..], trace.skipped()), (&end[..], 0), "{log}")
                }
                assert_eq!(trace.inferred(), 0);
            }
        }
    }

    /// The banner tells what the lines alone do not tell.
    #[test]
    fn what_has_no_result_in_a_version_takes_none() {
        let ops = |version: &str, log: &str| {
            parse(&format!("==7== Using Valgrind-3.{version}.1\n{log}")).unwrap().ops().to_vec()
        };
        let log = "--7-- malloc(95)aligned_alloc(al 64, size 128)malloc(5) = 0x10\n--7--  = 0x20\n";
        assert_eq!(ops("22", log), [alloc(0, 5), alloc(1, 95)]);
        let log = "--7-- malloc(95)posix_memalign(al 64, size 128)\n--7--  = 0x20\n";
        assert_eq!(ops("23", log), [alloc(0, 95)]);
        assert_eq!(ops("25", log), [aligned(0, 128, 64)]);
        let log =
            "--7-- aligned_alloc(al 64, size 8)memalign(al 64, size 8) = 0x10\n--7--  = 0x20\n";
        assert_eq!(ops("21", log), [aligned(0, 8, 64)]);
        assert_eq!(ops("26", log), [aligned(0, 8, 64), aligned(1, 8, 64)]);
        let log = "--7-- realloc(0x0,5)malloc(5) = 0x10\n--7--  = 0x20\n";
        assert_eq!(ops("20", log), [alloc(0, 5)]);
        assert_eq!(ops("21", log), [alloc(0, 5), alloc(1, 5)]);
    }
}
