//! Reads [`TraceFormat::Valgrind`](super::TraceFormat::Valgrind).
//!
//! A call that leads to another is on the same line as that one, without its own result:
//! `realloc(0x0,5)malloc(5) = 0x10`, `realloc(0x10,0)free(0x10)`. The last call of a line is the
//! one that took effect.

use super::TraceError;
use super::line::{Expected, Lines, decimal, exactly, fields, pointer, size};
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
    let mut pointers = Pointers::new(log);
    let mut first = None;
    for line in lines {
        let Some((process, body)) = message(line.text, b"--") else { continue };
        let Some(call) = Call::last_of(body) else { continue };
        if *first.get_or_insert(process) == process {
            call.record(&mut pointers).map_err(|what| line.expected(what))?;
        }
    }
    Ok(())
}

/// The process and the text of `--process-- text`. With `--time-stamp=yes` a time comes first.
fn message<'a>(line: &'a [u8], rule: &[u8]) -> Option<(u64, &'a [u8])> {
    let line = line.strip_prefix(rule)?;
    let end = line.windows(rule.len()).position(|window| window == rule)?;
    let process = decimal(fields(&line[..end]).next_back()?)?;
    Some((process, line[end + rule.len()..].trim_ascii_start()))
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
}

/// A call of an allocation function: what stands in its parentheses, and the rest of the line
/// from the closing one on.
struct Call<'a> {
    kind: Kind,
    arguments: &'a [u8],
    rest: &'a [u8],
}

impl<'a> Call<'a> {
    fn last_of(body: &'a [u8]) -> Option<Self> {
        let open = body.iter().rposition(|&byte| byte == b'(')?;
        let (before, after) = (&body[..open], &body[open + 1..]);
        let in_name = |&byte: &u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let name = before.rsplit(|byte| !in_name(byte)).next()?;
        let kind = Kind::of(name)?;
        let close = after.iter().position(|&byte| byte == b')').unwrap_or(after.len());
        let (arguments, rest) = after.split_at(close);
        Some(Self { kind, arguments, rest })
    }

    fn record(&self, pointers: &mut Pointers) -> Result<(), Expected> {
        match self.kind {
            Kind::Malloc => {
                let [bytes] = self.arguments(MALLOC)?;
                pointers.malloc(self.result(MALLOC)?, size(bytes)?)
            }
            Kind::Calloc => {
                let [count, bytes] = self.arguments(CALLOC)?;
                pointers.calloc(self.result(CALLOC)?, size(count)?, size(bytes)?)
            }
            Kind::Realloc => {
                let [old, bytes] = self.arguments(REALLOC)?;
                let old = pointer(old).ok_or(REALLOC)?;
                pointers.realloc(old, self.result(REALLOC)?, size(bytes)?)
            }
            Kind::Memalign => {
                let align = self.labelled(b"al ").ok_or(MEMALIGN)?;
                let bytes = self.labelled(b"size ").ok_or(MEMALIGN)?;
                pointers.memalign(self.result(MEMALIGN)?, size(align)?, size(bytes)?)
            }
            Kind::Free => {
                let old = self.each_argument().next().and_then(pointer);
                let complete = self.rest == b")";
                pointers.free(old.filter(|_| complete).ok_or(FREE)?);
                Ok(())
            }
        }
    }

    fn each_argument(&self) -> impl Iterator<Item = &'a [u8]> {
        self.arguments.split(|&byte| byte == b',').map(<[u8]>::trim_ascii)
    }

    fn arguments<const N: usize>(&self, form: Expected) -> Result<[&'a [u8]; N], Expected> {
        exactly(self.each_argument()).ok_or(form)
    }

    /// `operator new` names its size before its alignment, `memalign` after it.
    fn labelled(&self, label: &[u8]) -> Option<&'a [u8]> {
        self.each_argument().find_map(|argument| argument.strip_prefix(label))
    }

    fn result(&self, form: Expected) -> Result<u64, Expected> {
        self.rest.strip_prefix(b") = ").and_then(pointer).ok_or(form)
    }
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
        let ops = [alloc(0, 8), Op::Nothing, Op::Nothing, Op::Free { block: 0 }, alloc(1, 4)];
        assert_eq!(trace.ops(), ops);
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
            "malloc(", "malloc(5", "malloc(5)", "malloc(5) = 10", "malloc(x) = 0x10",
            "malloc(5,6) = 0x10", "malloc(4294967296) = 0x10", "malloc(5) = 0x10 x",
            "malloc(5) = 0x10000000000000000", "calloc(5) = 0x10", "calloc(65536,65536) = 0x10",
            "realloc(16,5) = 0x10", "realloc(0x10,5)", "memalign(64, 9) = 0x10",
            "memalign(al 4294967296, size 9) = 0x10", "free()", "free(0x)", "free(0x10",
            "_Znwm(x)",
        ];
        for call in calls {
            let error = parse(&format!("==7== Memcheck\n\n--7-- {call}\n")).unwrap_err();
            assert_eq!((error.line, error.found), (3, format!("--7-- {call}")));
        }
    }
}
