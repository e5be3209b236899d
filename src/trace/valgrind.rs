//! Reads [`TraceFormat::Valgrind`](super::TraceFormat::Valgrind).
//!
//! Valgrind writes a call before it makes it and the result after, ` = 0x10` and the end of the line. In
//! between other calls may stand, there or on further lines:
//! - What another thread did meanwhile. A result right behind a call is that call's; one on a line of
//!   its own is of the call that has waited longest, since threads take turns.
//! - What the call leads to: `realloc(0x0,5)malloc(5) = 0x10`, `realloc(0x10,0)free(0x10)`. There the
//!   second took effect, and the first gets no result that counts.

use std::collections::VecDeque;

use super::TraceError;
use super::line::{Expected, Line, Lines, MEMORY, decimal, exactly, fields, pointer, size};
use super::pointers::Pointers;
use super::recorder::Recorder;

const MALLOC: Expected = "`malloc(size) = 0xPOINTER`";
const CALLOC: Expected = "`calloc(count,size) = 0xPOINTER`";
const REALLOC: Expected = "`realloc(0xPOINTER,size) = 0xPOINTER`";
const MEMALIGN: Expected = "`memalign(al alignment, size size) = 0xPOINTER`";
const FREE: Expected = "`free(0xPOINTER)`";

/// Any line of valgrind's own.
pub(super) fn recognises(line: &[u8]) -> bool {
    message(line, b"==").or_else(|| message(line, b"--")).is_some()
}

pub(super) fn read(lines: &mut Lines, log: &mut Recorder) -> Result<(), TraceError> {
    let mut calls = Calls { pointers: Pointers::new(log), waiting: VecDeque::new() };
    let mut first = None;
    for line in lines {
        let Some((process, body)) = message_within(line.text) else { continue };
        if first.is_none_or(|first| first == process) && calls.read(line, body)? {
            first = Some(process);
        }
    }
    Ok(())
}

/// The process and the text of `--process-- text`. With `--time-stamp=yes` a time comes first.
fn message<'a>(line: &'a [u8], rule: &[u8]) -> Option<(u64, &'a [u8])> {
    let line = line.strip_prefix(rule)?;
    let end = line.windows(rule.len()).position(|window| window == rule)?;
    let stamp = &line[..end];
    if stamp.trim_ascii() != stamp {
        return None;
    }
    let process = decimal(fields(stamp).next_back()?)?;
    Some((process, line[end + rule.len()..].trim_ascii_start()))
}

/// As `message`, also behind what the program itself wrote to the same file without ending the line.
fn message_within(line: &[u8]) -> Option<(u64, &[u8])> {
    let rules = line.windows(2).enumerate().filter(|&(_, window)| window == b"--");
    rules.map(|(place, _)| &line[place..]).find_map(|line| message(line, b"--"))
}

/// The calls of one process.
struct Calls<'a, 'log> {
    pointers: Pointers<'log>,
    /// Those whose result is still to come, with their lines.
    waiting: VecDeque<(Line<'a>, Request)>,
}

impl<'a> Calls<'a, '_> {
    /// Reads the text of a line; returns whether it has a call.
    fn read(&mut self, line: Line<'a>, body: &'a [u8]) -> Result<bool, TraceError> {
        if let Some(result) = body.strip_prefix(b"= ").and_then(pointer) {
            if let Some((line, request)) = self.waiting.pop_front() {
                self.done(request, result).map_err(|what| line.expected(what))?;
            }
            return Ok(false);
        }
        let mut rest = Some(body);
        let mut calls = 0;
        while let Some(call) = rest.and_then(Call::first_of) {
            rest = self.call(line, &call).map_err(|what| line.expected(what))?;
            calls += 1;
        }
        Ok(calls > 0)
    }

    /// What stands behind it, unless the line ends with its result.
    fn call(&mut self, line: Line<'a>, call: &Call<'a>) -> Result<Option<&'a [u8]>, Expected> {
        let request = call.request()?;
        match (&request, call.rest.trim_ascii_start().strip_prefix(b"=")) {
            (_, Some(result)) => {
                let result = pointer(result.trim_ascii_start()).ok_or(call.kind.form())?;
                self.done(request, result)?;
                return Ok(None);
            }
            (Request::Free { .. }, None) if call.rest.is_empty() => self.done(request, 0)?,
            (Request::Free { .. }, None) => return Err(FREE),
            // It fails at once, without a result.
            (Request::Alloc { size: None, .. }, None) => self.done(request, 0)?,
            (request, None) if request.is_told_by_another() => {}
            (_, None) => {
                self.waiting.try_reserve(1).map_err(|_| MEMORY)?;
                self.waiting.push_back((line, request));
            }
        }
        Ok(Some(call.rest))
    }

    fn done(&mut self, request: Request, result: u64) -> Result<(), Expected> {
        match request {
            Request::Alloc { align, size } => {
                self.pointers.memalign(result, align, size.unwrap_or(u64::MAX))
            }
            Request::Realloc { old, size } => self.pointers.realloc(old, result, size),
            Request::Free { old } => {
                self.pointers.free(old);
                Ok(())
            }
        }
    }
}

/// What a call asked for.
enum Request {
    /// No size: it does not fit 64 bits.
    Alloc {
        align: u64,
        size: Option<u64>,
    },
    Realloc {
        old: u64,
        size: u64,
    },
    Free {
        old: u64,
    },
}

impl Request {
    /// Where no result stands behind it: whether it becomes another call, which has what there is.
    fn is_told_by_another(&self) -> bool {
        matches!(self, Self::Realloc { old: 0, .. } | Self::Realloc { size: 0, .. })
    }
}

enum Kind {
    Malloc,
    Calloc,
    Realloc,
    Memalign,
    Free,
}

impl Kind {
    fn of(name: &[u8]) -> Option<Self> {
        match name {
            b"malloc" | b"__builtin_new" | b"__builtin_vec_new" => Some(Self::Malloc),
            b"calloc" => Some(Self::Calloc),
            b"realloc" => Some(Self::Realloc),
            b"memalign" | b"aligned_alloc" => Some(Self::Memalign),
            b"free" | b"cfree" | b"free_sized" | b"free_aligned_sized" => Some(Self::Free),
            b"__builtin_delete" | b"__builtin_vec_delete" => Some(Self::Free),
            _ if name.starts_with(b"_Zdl") || name.starts_with(b"_Zda") => Some(Self::Free),
            _ if !(name.starts_with(b"_Znw") || name.starts_with(b"_Zna")) => None,
            _ if name.windows(11).any(|part| part == b"align_val_t") => Some(Self::Memalign),
            _ => Some(Self::Malloc),
        }
    }

    fn form(&self) -> Expected {
        match self {
            Self::Malloc => MALLOC,
            Self::Calloc => CALLOC,
            Self::Realloc => REALLOC,
            Self::Memalign => MEMALIGN,
            Self::Free => FREE,
        }
    }
}

/// A call of an allocation function: what stands in its parentheses, and behind them.
struct Call<'a> {
    kind: Kind,
    /// `None` where nothing closes them.
    arguments: Option<&'a [u8]>,
    rest: &'a [u8],
}

impl<'a> Call<'a> {
    fn first_of(text: &'a [u8]) -> Option<Self> {
        let mut rest = text;
        loop {
            let open = rest.iter().position(|&byte| byte == b'(')?;
            let (before, after) = (&rest[..open], &rest[open + 1..]);
            if let Some(kind) = Kind::of(name_at_end(before)) {
                let close = after.iter().position(|&byte| byte == b')');
                let arguments = close.map(|close| &after[..close]);
                return Some(Self {
                    kind,
                    arguments,
                    rest: close.map_or(b"", |at| &after[at + 1..]),
                });
            }
            rest = after;
        }
    }

    fn request(&self) -> Result<Request, Expected> {
        match self.kind {
            Kind::Malloc => {
                let [bytes] = self.exactly()?;
                Ok(Request::Alloc { align: 1, size: Some(size(bytes)?) })
            }
            Kind::Calloc => {
                let [count, bytes] = self.exactly()?;
                Ok(Request::Alloc { align: 1, size: size(count)?.checked_mul(size(bytes)?) })
            }
            Kind::Realloc => {
                let [old, bytes] = self.exactly()?;
                Ok(Request::Realloc { old: pointer(old).ok_or(REALLOC)?, size: size(bytes)? })
            }
            Kind::Memalign => {
                let align = self.labelled(b"al ").ok_or(MEMALIGN)?;
                let bytes = self.labelled(b"size ").ok_or(MEMALIGN)?;
                Ok(Request::Alloc { align: size(align)?, size: Some(size(bytes)?) })
            }
            Kind::Free => {
                let old = self.each_argument().next().and_then(pointer);
                Ok(Request::Free { old: old.ok_or(FREE)? })
            }
        }
    }

    fn each_argument(&self) -> impl Iterator<Item = &'a [u8]> {
        let arguments = self.arguments.into_iter();
        arguments.flat_map(|all| all.split(|&byte| byte == b',')).map(<[u8]>::trim_ascii)
    }

    fn exactly<const N: usize>(&self) -> Result<[&'a [u8]; N], Expected> {
        exactly(self.each_argument()).ok_or(self.kind.form())
    }

    /// `operator new` names its size before its alignment, `memalign` after it.
    fn labelled(&self, label: &[u8]) -> Option<&'a [u8]> {
        self.each_argument().find_map(|argument| argument.strip_prefix(label))
    }
}

/// The name that a text ends with. Digits before it are the end of an earlier result.
fn name_at_end(text: &[u8]) -> &[u8] {
    let in_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let begin = text.iter().rposition(|byte| !in_name(byte)).map_or(0, |last| last + 1);
    let name = &text[begin..];
    let digits = name.iter().take_while(|byte| byte.is_ascii_digit()).count();
    &name[digits..]
}

#[cfg(test)]
mod tests {
    use super::super::{Align, Op, Trace, TraceError, TraceFormat};

    fn parse(text: &str) -> Result<Trace, TraceError> {
        Trace::parse(text.as_bytes(), Some(TraceFormat::Valgrind), "")
    }

    const fn alloc(block: u32, size: u32) -> Op {
        Op::Alloc { block, size, align: Align::ONE }
    }

    fn aligned(block: u32, size: u32, align: u64) -> Op {
        Op::Alloc { block, size, align: Align::at_least(align).unwrap() }
    }

    #[test]
    fn reads_each_call_of_c() {
        let trace = parse(
            "==7== Memcheck, a memory error detector\n\
             --7-- malloc(0) = 0x4D6DC80\n\
             --7-- calloc(3,7) = 0x4D6DDC0\n\
             the program's own words, malloc(5) = 0x10\n\
             --7-- realloc(0x4D6DDC0,100) = 0x4D6DCC0\n\
             --7-- malloc_usable_size(0x4D6DDC0) = 21\n\
             --7-- realloc(0x0,5)malloc(5) = 0x4D6DD70\n\
             --7-- realloc(0x4D6DCC0,0)free(0x4D6DCC0)\n\
             --7--  = 0\n\
             --7-- memalign(al 48, size 9) = 0x4D6DEC0\n\
             --7-- free(0x4D6DD70)\n\
             --7-- free(0x0)\n\
             --7-- free(0x99)\n",
        )
        .unwrap();
        assert_eq!(
            trace.ops(),
            [
                alloc(0, 1),
                alloc(1, 21),
                Op::Resize { block: 1, size: 100 },
                alloc(2, 5),
                Op::Free { block: 1 },
                aligned(3, 9, 64),
                Op::Free { block: 2 },
                Op::Nothing,
            ]
        );
        assert_eq!((trace.blocks(), trace.peak_bytes(), trace.skipped()), (4, 106, 1));
    }

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
        assert_eq!(trace.ops()[4..], [Op::Free { block: 0 }, Op::Nothing, alloc(1, 4)]);
    }

    #[test]
    fn reads_new_and_delete() {
        let trace = parse(
            "--7-- _Znwm(4) = 0x10\n\
             --7-- _ZdlPvm(0x10)\n\
             --7-- _ZnamRKSt9nothrow_t(16) = 0x20\n\
             --7-- _ZdaPv(0x20)\n\
             --7-- _ZnwmSt11align_val_t(size 128, al 64) = 0x40\n\
             --7-- _ZdlPvmSt11align_val_t(0x40, 128)\n",
        )
        .unwrap();
        let freed = |block| Op::Free { block };
        let ops = [alloc(0, 4), freed(0), alloc(1, 16), freed(1), aligned(2, 128, 64), freed(2)];
        assert_eq!(trace.ops(), ops);
        let trace = parse(
            "--7-- __builtin_new(4) = 0x10\n--7-- __builtin_delete(0x10)\n\
             --7-- __builtin_vec_new(16) = 0x20\n--7-- __builtin_vec_delete(0x20)\n",
        )
        .unwrap();
        assert_eq!(trace.ops()[..], ops[..4]);
    }

    #[test]
    fn follows_the_first_process_that_allocates() {
        let trace = parse(
            "--6-- REDIR: 0x401 (ld.so:strlen) redirected to 0x580 (strlen)\n\
             --7-- malloc(1) = 0x10\n--8-- malloc(2) = 0x10\n--8-- nonsense(\n\
             --00:00:00:01.207 7-- free(0x10)\n--8-- free(x)\n",
        )
        .unwrap();
        assert_eq!(trace.ops(), [alloc(0, 1), Op::Free { block: 0 }]);
    }

    /// Threads had cut these calls, and they were lost, or the log was refused.
    #[test]
    fn a_result_that_comes_later_is_of_the_call_that_waits() {
        let freed = |block| Op::Free { block };
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
    fn what_leads_to_another_call_or_fails_at_once_waits_for_no_result() {
        let trace = parse(
            "--7-- malloc(1) = 0x10\n--7-- realloc(0x0,5)free(0x0)\n--7-- malloc(5) = 0x20\n\
             --7-- realloc(0x10,0)free(0x0)\n--7-- free(0x10)\n--7--  = 0\n\
             --7-- calloc(18446744073709551615,2)malloc(4)free(0x0)\n--7--  = 0x30\n--7--  = 0x40\n",
        )
        .unwrap();
        let nothing = Op::Nothing;
        let free = Op::Free { block: 0 };
        assert_eq!(trace.ops()[..5], [alloc(0, 1), nothing, alloc(1, 5), nothing, free]);
        assert_eq!(trace.ops()[5..], [nothing, nothing, alloc(2, 4)]);
        assert_eq!(trace.skipped(), 0);
    }

    #[test]
    fn a_bad_size_is_named_with_the_line_of_its_call() {
        let error = parse("--7-- malloc(4294967296)free(0x0)\n\n--7--  = 0x10\n").unwrap_err();
        assert_eq!(error.line, 1);
    }

    /// The line was not read, and with it the block lost.
    #[test]
    fn what_the_program_wrote_may_stand_before_a_call() {
        let trace = parse(
            "--7-- malloc(1) = 0x10\nprompt -- 1 --7-- malloc(123) = 0x4A41C70\n\
             > --7-- malloc(2)free(0x0)\n > --7--  = 0x20\n--7-- free(0x4A41C70)\n",
        )
        .unwrap();
        let ops = [alloc(0, 1), alloc(1, 123), Op::Nothing, alloc(2, 2), Op::Free { block: 1 }];
        assert_eq!(trace.ops(), ops);
    }

    #[test]
    fn blank_lines_and_crlf_are_the_same_trace() {
        let plain = parse("--7-- malloc(1) = 0x10\n--7-- free(0x10)\n").unwrap();
        let spaced = "\r\n--7-- malloc(1) = 0x10\r\n\r\n--7-- free(0x10)";
        assert_eq!(parse(spaced).unwrap(), plain);
    }

    #[test]
    fn bad_calls_are_named_with_their_line() {
        #[rustfmt::skip]
        let calls = [
            "malloc(", "malloc(5", "malloc(5) =", "malloc(5) = 10", "malloc(x) = 0x10",
            "malloc(5,6) = 0x10", "malloc(4294967296) = 0x10", "malloc(5) = 0x10 x",
            "malloc(5) = 0x10000000000000000", "calloc(5) = 0x10", "calloc(65536,65536) = 0x10",
            "realloc(16,5) = 0x10", "realloc(0x10)", "memalign(64, 9) = 0x10",
            "memalign(al 4294967296, size 9) = 0x10", "free()", "free(0x)", "free(0x10",
            "_Znwm(x)",
        ];
        for call in calls {
            let error = parse(&format!("==7== Memcheck\n\n--7-- {call}\n")).unwrap_err();
            assert_eq!((error.line, error.found), (3, format!("--7-- {call}")));
        }
    }
}
