//! Reads [`TraceFormat::Valgrind`](super::TraceFormat::Valgrind).
//!
//! Valgrind writes a call before it makes it, and afterwards the result, ` = 0x10` and the end of the
//! line. Other calls may come in between, on the same line or on further ones:
//! - Calls of other threads. A result right behind a call belongs to that call; one on a line of its
//!   own belongs to the call that has waited longest, since threads take turns.
//! - What the call leads to: `realloc(0x0,5)malloc(5) = 0x10`, `realloc(0x10,0)free(0x10)`. There the
//!   second call takes effect, and the first gets no result that counts.
//!
//! Which calls have a result of their own depends on the version ([`Calls::waits`]). Without a banner,
//! a call that has one only in some versions waits behind all others.

use std::collections::{HashMap, VecDeque};

use super::TraceError;
use super::line::{Expected, Line, Lines, MEMORY, decimal, exactly, fields, pointer, size};
use super::pointers::Pointers;
use super::recorder::Recorder;

const MALLOC: Expected = "`malloc(size) = 0xPOINTER`";
const CALLOC: Expected = "`calloc(count,size) = 0xPOINTER`";
const REALLOC: Expected = "`realloc(0xPOINTER,size) = 0xPOINTER`";
const REALLOCARRAY: Expected = "`reallocarray(0xPOINTER,count,size) = 0xPOINTER`";
const MEMALIGN: Expected = "`memalign(al alignment, size size) = 0xPOINTER`";
const FREE: Expected = "`free(0xPOINTER)`";

/// Any line of valgrind's own.
pub(super) fn recognises(line: &[u8]) -> bool {
    message(line, b"==").or_else(|| message(line, b"--")).is_some()
}

pub(super) fn read(lines: &mut Lines, log: &mut Recorder) -> Result<(), TraceError> {
    let mut calls = Calls::new(log);
    let mut first = None;
    for line in lines {
        if let Some((process, body)) = message(line.text, b"==") {
            if let Some(version) = version(body) {
                calls.version = Some(version);
            } else if first == Some(process) && body.starts_with(b"Command:") {
                calls.begin_anew();
            }
            continue;
        }
        let Some((process, body)) = message_within(line.text) else { continue };
        if first.is_none_or(|first| first == process) && calls.read(line, body)? {
            first = Some(process);
        }
    }
    Ok(())
}

/// The `x` of `Using Valgrind-3.x.y`.
fn version(body: &[u8]) -> Option<u64> {
    let version = body.strip_prefix(b"Using Valgrind-3.")?;
    decimal(version.split(|byte| !byte.is_ascii_digit()).next()?)
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

/// As [`message`], also behind output of the program in the same file that did not end its line.
fn message_within(line: &[u8]) -> Option<(u64, &[u8])> {
    let rules = line.windows(2).enumerate().filter(|&(_, window)| window == b"--");
    rules.map(|(place, _)| &line[place..]).find_map(|line| message(line, b"--"))
}

/// The calls of one process.
struct Calls<'a, 'log> {
    pointers: Pointers<'log>,
    /// The `x` of valgrind 3.x, if a banner has told it.
    version: Option<u64>,
    /// Calls whose result is still to come.
    waiting: VecDeque<Waiting<'a>>,
    /// Calls whose result comes later or never, depending on the version.
    perhaps: VecDeque<Waiting<'a>>,
    /// The call that ended the line before, as `posix_memalign` of some versions does itself.
    ended: Option<(Waits, Waiting<'a>)>,
    /// How often each result of `reallocarray` is still to be repeated, on a line of its own.
    told_again: HashMap<u64, u32>,
}

struct Waiting<'a> {
    line: Line<'a>,
    kind: Kind,
    request: Request,
}

/// Whether a call without a result behind it gets one later: in every version, or only in some.
enum Waits {
    Surely,
    Perhaps,
}

impl<'a, 'log> Calls<'a, 'log> {
    fn new(log: &'log mut Recorder) -> Self {
        let (waiting, perhaps) = (VecDeque::new(), VecDeque::new());
        let pointers = Pointers::new(log);
        Self { pointers, version: None, waiting, perhaps, ended: None, told_again: HashMap::new() }
    }

    /// The process runs another program: no block of the one before is live, and no call will be
    /// answered.
    fn begin_anew(&mut self) {
        self.waiting.clear();
        self.perhaps.clear();
        self.ended = None;
        self.told_again = HashMap::new();
        self.pointers.begin_anew();
    }

    /// Reads the text of a line; returns whether it has a call.
    fn read(&mut self, line: Line<'a>, body: &'a [u8]) -> Result<bool, TraceError> {
        let ended = self.ended.take();
        if let Some(told) = body.strip_prefix(b"= ").and_then(Told::read) {
            if let Some(Waiting { line, kind, request }) = self.whose(told, ended) {
                self.done(kind, request, told).map_err(|what| line.expected(what))?;
            }
            return Ok(false);
        }
        self.wait(ended).map_err(|what| line.expected(what))?;
        let mut rest = Some(body);
        let mut calls = 0;
        while let Some(call) = rest.and_then(Call::first_of) {
            rest = self.call(line, &call).map_err(|what| line.expected(what))?;
            calls += 1;
        }
        Ok(calls > 0)
    }

    /// The call that a result on a line of its own belongs to, if it is known.
    fn whose(&mut self, told: Told, ended: Option<(Waits, Waiting<'a>)>) -> Option<Waiting<'a>> {
        if let Told::Pointer(pointer) = told
            && self.is_told_again(pointer)
        {
            // Nothing else has come in between.
            self.ended = ended;
            return None;
        }
        if let Some((_, ended)) = ended {
            return Some(ended);
        }
        let queues = [&mut self.waiting, &mut self.perhaps];
        match told {
            Told::Pointer(_) => queues.into_iter().find_map(VecDeque::pop_front),
            // It comes at once, so that few calls can be in between. `realloc(0x10,0)free(0x10)` ends
            // with it too, when both are long done.
            Told::Nothing => queues
                .into_iter()
                .find(|queue| queue.back().is_some_and(|last| last.kind.is_refused_alone()))
                .and_then(VecDeque::pop_back),
        }
    }

    fn is_told_again(&mut self, result: u64) -> bool {
        let Some(times) = self.told_again.get_mut(&result).filter(|times| **times > 0) else {
            return false;
        };
        *times -= 1;
        true
    }

    /// Reads one call; returns the text behind it, unless the line ends with its result.
    fn call(&mut self, line: Line<'a>, call: &Call<'a>) -> Result<Option<&'a [u8]>, Expected> {
        let (kind, request) = (call.kind, call.request()?);
        match (&request, call.rest.trim_ascii_start().strip_prefix(b"=")) {
            (_, Some(result)) => {
                let told = Told::read(result.trim_ascii_start());
                let fits = |told: &Told| *told != Told::Nothing || kind.may_be_refused();
                self.done(kind, request, told.filter(fits).ok_or(kind.form())?)?;
                return Ok(None);
            }
            (Request::Free { .. }, None) if call.rest.is_empty() => {
                self.done(kind, request, Told::Nothing)?;
            }
            (Request::Free { .. }, None) => return Err(FREE),
            // The call fails at once, without a result.
            (Request::Alloc { size: None, .. } | Request::Realloc { size: None, .. }, None) => {
                self.done(kind, request, Told::Nothing)?;
            }
            (_, None) => {
                let waits = self.waits(kind, &request, call.rest);
                let waiting = waits.map(|waits| (waits, Waiting { line, kind, request }));
                match kind {
                    Kind::PosixMemalign if call.rest.is_empty() => self.ended = waiting,
                    _ => self.wait(waiting)?,
                }
            }
        }
        Ok(Some(call.rest))
    }

    /// How a call waits for its result, or `None` if it does not wait:
    /// - `realloc` of a null pointer, or to 0 bytes, leads to another call up to 3.20, and has a result
    ///   of its own in later versions.
    /// - `aligned_alloc` leads to `memalign` in 3.21, has no result in 3.22 and 3.23, and has one since.
    /// - `posix_memalign` has no result from 3.21 to 3.23. Before that, it is written as a `memalign`.
    fn waits(&self, kind: Kind, request: &Request, behind: &[u8]) -> Option<Waits> {
        let without = match (kind, request) {
            (Kind::Realloc, Request::Realloc { old: 0, .. }) => 0..21,
            (Kind::Realloc, Request::Realloc { size: Some(0), .. }) => 0..21,
            (Kind::AlignedAlloc | Kind::PosixMemalign, _) => 21..24,
            _ => return Some(Waits::Surely),
        };
        match self.version {
            Some(version) => (!without.contains(&version)).then_some(Waits::Surely),
            None => {
                let next = Call::first_of(behind);
                let is_told = next.is_some_and(|next| next.is_led_to_by(kind, request));
                (!is_told).then_some(Waits::Perhaps)
            }
        }
    }

    fn wait(&mut self, waiting: Option<(Waits, Waiting<'a>)>) -> Result<(), Expected> {
        let Some((waits, waiting)) = waiting else { return Ok(()) };
        let queue = match waits {
            Waits::Surely => &mut self.waiting,
            Waits::Perhaps => &mut self.perhaps,
        };
        queue.try_reserve(1).map_err(|_| MEMORY)?;
        queue.push_back(waiting);
        Ok(())
    }

    fn done(&mut self, kind: Kind, request: Request, told: Told) -> Result<(), Expected> {
        let result = match told {
            Told::Nothing => 0,
            Told::Pointer(pointer) => pointer,
        };
        if kind == Kind::Reallocarray && told != Told::Nothing {
            self.told_again.try_reserve(1).map_err(|_| MEMORY)?;
            let times = self.told_again.get(&result).map_or(0, |times| *times);
            self.told_again.insert(result, times.saturating_add(1));
        }
        match request {
            Request::Alloc { align, size } => {
                self.pointers.memalign(result, align, size.unwrap_or(u64::MAX))
            }
            Request::Realloc { old, size } => {
                self.pointers.realloc(old, result, size.unwrap_or(u64::MAX))
            }
            Request::Free { old } => {
                self.pointers.free(old);
                Ok(())
            }
        }
    }
}

/// What a call returned.
#[derive(Clone, Copy, PartialEq)]
enum Told {
    /// `0x10`.
    Pointer(u64),
    /// ` = 0`: valgrind itself refused the arguments. Or the call returns nothing.
    Nothing,
}

impl Told {
    fn read(text: &[u8]) -> Option<Self> {
        match text {
            b"0" => Some(Self::Nothing),
            _ => pointer(text).map(Self::Pointer),
        }
    }
}

/// What a call asked for.
#[derive(PartialEq)]
enum Request {
    /// No size, here and below, means that it does not fit 64 bits.
    Alloc {
        align: u64,
        size: Option<u64>,
    },
    Realloc {
        old: u64,
        size: Option<u64>,
    },
    Free {
        old: u64,
    },
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Malloc,
    Calloc,
    Realloc,
    Reallocarray,
    Memalign,
    AlignedAlloc,
    PosixMemalign,
    AlignedNew,
    Free,
}

impl Kind {
    fn of(name: &[u8]) -> Option<Self> {
        match name {
            b"malloc" | b"__builtin_new" | b"__builtin_vec_new" => Some(Self::Malloc),
            b"calloc" => Some(Self::Calloc),
            b"realloc" => Some(Self::Realloc),
            b"reallocarray" => Some(Self::Reallocarray),
            b"memalign" => Some(Self::Memalign),
            b"aligned_alloc" => Some(Self::AlignedAlloc),
            b"posix_memalign" => Some(Self::PosixMemalign),
            b"free" | b"cfree" | b"free_sized" | b"free_aligned_sized" => Some(Self::Free),
            b"__builtin_delete" | b"__builtin_vec_delete" => Some(Self::Free),
            _ if name.starts_with(b"_Zdl") || name.starts_with(b"_Zda") => Some(Self::Free),
            _ if !(name.starts_with(b"_Znw") || name.starts_with(b"_Zna")) => None,
            _ if name.windows(11).any(|part| part == b"align_val_t") => Some(Self::AlignedNew),
            _ => Some(Self::Malloc),
        }
    }

    fn form(self) -> Expected {
        match self {
            Self::Malloc => MALLOC,
            Self::Calloc => CALLOC,
            Self::Realloc => REALLOC,
            Self::Reallocarray => REALLOCARRAY,
            Self::Memalign | Self::AlignedAlloc | Self::PosixMemalign | Self::AlignedNew => {
                MEMALIGN
            }
            Self::Free => FREE,
        }
    }

    /// Whether valgrind itself may refuse the arguments, in some versions or on some systems.
    fn may_be_refused(self) -> bool {
        self == Self::Memalign || self.is_refused_alone()
    }

    /// Whether versions in which ` = 0` ends another call do not know this kind.
    fn is_refused_alone(self) -> bool {
        matches!(self, Self::Reallocarray | Self::AlignedAlloc | Self::PosixMemalign)
    }
}

/// A call of an allocation function: what is in its parentheses, and behind them.
struct Call<'a> {
    kind: Kind,
    /// `None` if the parentheses are not closed.
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
                let old = pointer(old).ok_or(REALLOC)?;
                Ok(Request::Realloc { old, size: Some(size(bytes)?) })
            }
            Kind::Reallocarray => {
                let [old, count, bytes] = self.exactly()?;
                let old = pointer(old).ok_or(REALLOCARRAY)?;
                Ok(Request::Realloc { old, size: size(count)?.checked_mul(size(bytes)?) })
            }
            Kind::Memalign | Kind::AlignedAlloc | Kind::PosixMemalign | Kind::AlignedNew => {
                let [align, bytes] = self.align_and_size()?;
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

    /// With labels the order does not matter; from 3.27 on there are none.
    fn align_and_size(&self) -> Result<[&'a [u8]; 2], Expected> {
        let align = self.labelled(b"al ").or_else(|| self.labelled(b"alignment "));
        match (align, self.labelled(b"size "), self.kind) {
            (Some(align), Some(size), _) => Ok([align, size]),
            (None, None, Kind::AlignedNew) => self.exactly().map(|[size, align]| [align, size]),
            (None, None, Kind::PosixMemalign) => {
                self.exactly().map(|[_, align, size]| [align, size])
            }
            (None, None, _) => self.exactly(),
            _ => Err(MEMALIGN),
        }
    }

    fn labelled(&self, label: &[u8]) -> Option<&'a [u8]> {
        self.each_argument().find_map(|argument| argument.strip_prefix(label))
    }

    /// Whether this is the call that another call leads to.
    fn is_led_to_by(&self, kind: Kind, request: &Request) -> bool {
        let (led_to, becomes) = match (kind, request) {
            (Kind::Realloc, &Request::Realloc { old: 0, size }) => {
                (Kind::Malloc, &Request::Alloc { align: 1, size })
            }
            (Kind::Realloc, &Request::Realloc { old, .. }) => (Kind::Free, &Request::Free { old }),
            (Kind::AlignedAlloc, asked) => (Kind::Memalign, asked),
            _ => return false,
        };
        self.kind == led_to && self.request().as_ref() == Ok(becomes)
    }
}

/// The name at the end of a text. Digits before it belong to an earlier result.
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

    /// Such calls, interrupted by threads, were lost, or the log was refused.
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
            "==7== Using Valgrind-3.20.0\n\
             --7-- malloc(1) = 0x10\n--7-- realloc(0x0,5)free(0x0)\n--7-- malloc(5) = 0x20\n\
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

    /// The line was not read, so the block was lost.
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
        let freed = |block| Op::Free { block };
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
        assert_eq!(trace.ops()[8..], [alloc(1, 95), Op::Free { block: 1 }]);
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
        assert_eq!(trace.ops()[5..], [Op::Free { block: 1 }]);
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

    /// Its blocks seemed to stay live, or the next program seemed to free them.
    #[test]
    fn another_program_in_the_same_process_has_another_heap() {
        let banner = |process: u32| {
            format!("=={process}== Using Valgrind-3.19.0\n=={process}== Command: x\n")
        };
        let trace = parse(&format!(
            "{}--7-- malloc(1) = 0x20\n--7-- malloc(2) = 0x10\n--7-- malloc(3)free(0x0)\n\
             {}--7-- free(0x10)\n--7-- malloc(4) = 0x10\n{}--7--  = 0x30\n--7-- free(0x10)\n\
             --7-- free(0x20)\n--7-- malloc(5) = 0x10\n",
            banner(7),
            banner(8),
            banner(7),
        ))
        .unwrap();
        let freed = |block| Op::Free { block };
        let before = [alloc(0, 1), alloc(1, 2), Op::Nothing, freed(1), alloc(2, 4)];
        assert_eq!(trace.ops()[..5], before);
        assert_eq!(trace.ops()[5..], [freed(0), freed(2), alloc(3, 5)]);
        assert_eq!((trace.skipped(), trace.inferred()), (2, 2));
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
            "realloc(16,5) = 0x10", "realloc(0x10)", "memalign(64) = 0x10",
            "memalign(al 4294967296, size 9) = 0x10", "memalign(al 64, 9) = 0x10",
            "posix_memalign(64, 9) = 0x10", "reallocarray(0x0,5) = 0x10", "malloc(5) = 0", "free()", "free(0x)", "free(0x10",
            "_Znwm(x)",
        ];
        for call in calls {
            let error = parse(&format!("==7== Memcheck\n\n--7-- {call}\n")).unwrap_err();
            assert_eq!((error.line, error.found), (3, format!("--7-- {call}")));
        }
    }
}
