//! Reads [`TraceFormat::Valgrind`](super::TraceFormat::Valgrind).
//!
//! Valgrind writes a call before it makes it, and afterwards the result, ` = 0x10` and the end of the
//! line. Other calls may come in between, on the same line or on further ones:
//! - Calls of other threads. A result right behind a call belongs to that call; one on a line of its
//!   own belongs to the call that has waited longest, since threads take turns.
//! - What the call leads to: `realloc(0x0,5)malloc(5) = 0x10`, `realloc(0x10,0)free(0x10)`. There the
//!   second call takes effect, and the first gets no result that counts.
//!
//! Several processes, and the program itself, may write to one log. So a line is cut at each prefix
//! (`--process--`). A process writes a prefix only where it believes that a line begins: if another one
//! writes between a call and its result, the result has no prefix ([`OpenLines`]).
//!
//! Which calls have a result of their own depends on the version ([`Calls::waits`]). Without a banner,
//! a call that has one only in some versions waits behind all others.

use std::collections::{HashMap, VecDeque};
use std::iter;

use super::TraceError;
use super::line::{Expected, Line, Lines, MEMORY, decimal, exactly, fields, pointer, size};
use super::pointers::Pointers;
use super::recorder::Recorder;

const MALLOC: Expected = "`malloc(size) = 0xPOINTER`";
const CALLOC: Expected = "`calloc(count,size) = 0xPOINTER`";
const REALLOC: Expected = "`realloc(0xPOINTER,size) = 0xPOINTER`";
const REALLOCF: Expected = "`reallocf(0xPOINTER,size) = 0xPOINTER`";
const REALLOCARRAY: Expected = "`reallocarray(0xPOINTER,count,size) = 0xPOINTER`";
const MEMALIGN: Expected = "`memalign(al alignment, size size) = 0xPOINTER`";
const FREE: Expected = "`free(0xPOINTER)`";

/// Any line of valgrind's own.
pub(super) fn recognises(line: &[u8]) -> bool {
    message(line).is_some()
}

pub(super) fn read(lines: &mut Lines, log: &mut Recorder) -> Result<(), TraceError> {
    let mut reader = Reader { calls: Calls::new(log), first: None, open: OpenLines::default() };
    for line in lines {
        match Told::alone(line.text) {
            Some(told) => reader.told(line, told)?,
            None => messages(line.text).try_for_each(|message| reader.message(line, message))?,
        }
    }
    reader.end()
}

/// What one process wrote on a line: `--process-- text`, or with `==` where no calls are told.
struct Message<'a> {
    tells_calls: bool,
    process: u64,
    text: &'a [u8],
}

/// The messages on a line, each up to the next. The program's own output may precede the first.
fn messages(line: &[u8]) -> impl Iterator<Item = Message<'_>> {
    let mut rest = first_message(line).map(|(_, message)| message);
    iter::from_fn(move || {
        let message = rest.take()?;
        let Some((place, next)) = first_message(message.text) else { return Some(message) };
        rest = Some(next);
        Some(Message { text: &message.text[..place], ..message })
    })
}

/// The first message in a text and the place of its prefix.
fn first_message(text: &[u8]) -> Option<(usize, Message<'_>)> {
    let places = text.windows(2).enumerate().filter(|(_, rule)| matches!(*rule, b"--" | b"=="));
    places.map(|(place, _)| place).find_map(|place| Some((place, message(&text[place..])?)))
}

/// The message that begins a text, up to its end. With `--time-stamp=yes` a time comes first.
fn message(text: &[u8]) -> Option<Message<'_>> {
    let (rule, behind) =
        text.split_at_checked(2).filter(|(rule, _)| matches!(*rule, b"--" | b"=="))?;
    let end = behind.windows(2).position(|window| window == rule)?;
    let stamp = &behind[..end];
    if stamp.trim_ascii() != stamp {
        return None;
    }
    let process = decimal(fields(stamp).next_back()?)?;
    let text = behind[end + 2..].trim_ascii_start();
    Some(Message { tells_calls: rule == b"--", process, text })
}

/// The `x` of `Using Valgrind-3.x.y`.
fn version(text: &[u8]) -> Option<u64> {
    let version = text.strip_prefix(b"Using Valgrind-3.")?;
    decimal(version.split(|byte| !byte.is_ascii_digit()).next()?)
}

/// Reads the first process that makes a call.
struct Reader<'a, 'log> {
    /// Of the first process.
    calls: Calls<'a, 'log>,
    first: Option<u64>,
    open: OpenLines,
}

impl<'a> Reader<'a, '_> {
    fn message(&mut self, line: Line<'a>, message: Message<'a>) -> Result<(), TraceError> {
        let Message { tells_calls, process, text } = message;
        self.end_line(process)?;
        let is_first = self.first == Some(process);
        if !tells_calls {
            self.banner(is_first, text);
            return Ok(());
        }
        let (text, told) = self.open.split_result(text);
        if (is_first || self.first.is_none()) && self.calls.read(line, text)? {
            self.first = Some(process);
        }
        if leaves_line_open(text) {
            self.open.begin(process).map_err(|what| line.expected(what))?;
        }
        told.map_or(Ok(()), |told| self.told(line, told))
    }

    /// A result without a prefix.
    fn told(&mut self, line: Line<'a>, told: Told) -> Result<(), TraceError> {
        if self.open.tell(told).map_err(|what| line.expected(what))? {
            self.end()?;
            self.open.forget();
        }
        Ok(())
    }

    /// Decides on the line of the first process, if it is open, by the results so far.
    fn end(&mut self) -> Result<(), TraceError> {
        self.first.map_or(Ok(()), |first| self.end_line(first))
    }

    /// A process has ended its line, if it had one open.
    fn end_line(&mut self, process: u64) -> Result<(), TraceError> {
        let is_first = self.first == Some(process);
        match self.open.end(process, is_first, self.calls.latest) {
            Some(told) if is_first => self.calls.answer_last(told),
            _ => Ok(()),
        }
    }

    fn banner(&mut self, is_first: bool, text: &[u8]) {
        if let Some(version) = version(text) {
            self.calls.version = Some(version);
        } else if is_first && text.starts_with(b"Command:") {
            self.calls.begin_anew();
        }
    }
}

/// The lines that have a call and not yet its result. A process writes nothing else before the result,
/// and no prefix before that. So when several lines are open, a result can belong to any of them, even
/// if it stands right behind another one's call. It is decided when a process begins another line, or
/// when there is a result for each. If several results remain then, the first process gets the one whose
/// address is nearest to its latest.
///
/// What always holds: a process has at most one line open, and there are fewer results than lines, or
/// none of either.
#[derive(Default)]
struct OpenLines {
    /// The process of each line.
    lines: Vec<u64>,
    results: Vec<Told>,
}

impl OpenLines {
    /// A process that was killed leaves its line open. The limit keeps each search short.
    const MOST: usize = 64;

    fn begin(&mut self, process: u64) -> Result<(), Expected> {
        if self.lines.len() == Self::MOST {
            self.lines.remove(0);
        }
        self.lines.try_reserve(1).map_err(|_| MEMORY)?;
        self.lines.push(process);
        Ok(())
    }

    /// A process has ended its line, if it had one open. Returns the result in it, if there is one: the
    /// nearest to `latest` for the first process, and what that leaves for another.
    fn end(&mut self, process: u64, is_first: bool, latest: u64) -> Option<Told> {
        let line = self.lines.iter().position(|&open| open == process)?;
        self.lines.remove(line);
        let results = 0..self.results.len();
        let distance = |&place: &usize| self.results[place].pointer().abs_diff(latest);
        let place =
            if is_first { results.min_by_key(distance) } else { results.max_by_key(distance) };
        place.map(|place| self.results.remove(place))
    }

    /// One of the lines has ended with this result; returns whether there is one for each now.
    fn tell(&mut self, told: Told) -> Result<bool, Expected> {
        self.results.try_reserve(1).map_err(|_| MEMORY)?;
        self.results.push(told);
        Ok(self.results.len() >= self.lines.len())
    }

    fn forget(&mut self) {
        self.lines.clear();
        self.results.clear();
    }

    /// Splits off the result at the end of a text if it may belong to another line.
    fn split_result<'a>(&self, text: &'a [u8]) -> (&'a [u8], Option<Told>) {
        let split = || {
            let end = text.iter().rposition(|&byte| byte == b'=')?;
            let told = Told::read(text[end + 1..].trim_ascii_start())?;
            let text = text[..end].trim_ascii_end();
            leaves_line_open(text).then_some((text, Some(told)))
        };
        if self.lines.is_empty() { None } else { split() }.unwrap_or((text, None))
    }
}

/// Whether the last call in a text is still without its result.
fn leaves_line_open(text: &[u8]) -> bool {
    let calls = iter::successors(Call::first_of(text), |call| Call::first_of(call.rest));
    calls.last().is_some_and(|last| {
        last.kind != Kind::Free && !last.rest.trim_ascii_start().starts_with(b"=")
    })
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
    /// The last call, while its result may still go on the same line. `posix_memalign` of some versions
    /// ends the line itself, and the result is on the next one.
    last: Option<(Waits, Waiting<'a>)>,
    /// The address that a call returned last.
    latest: u64,
    /// How often each result that is told twice is still to be repeated, on a line of its own.
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
        Self {
            pointers,
            version: None,
            waiting,
            perhaps,
            last: None,
            latest: 0,
            told_again: HashMap::new(),
        }
    }

    /// The process runs another program: no block of the one before is live, and no call will be
    /// answered.
    fn begin_anew(&mut self) {
        self.waiting.clear();
        self.perhaps.clear();
        self.last = None;
        self.told_again = HashMap::new();
        self.pointers.begin_anew();
    }

    /// Reads the text of a message; returns whether it has a call.
    fn read(&mut self, line: Line<'a>, text: &'a [u8]) -> Result<bool, TraceError> {
        if let Some(told) = Told::alone(text) {
            if let Some(call) = self.whose(told).map_err(|what| line.expected(what))? {
                self.answer(call, told)?;
            }
            return Ok(false);
        }
        let mut rest = Some(text);
        let mut calls = 0;
        while let Some(call) = rest.and_then(Call::first_of) {
            rest = self.call(line, &call).map_err(|what| line.expected(what))?;
            calls += 1;
        }
        Ok(calls > 0)
    }

    /// The last call has this result.
    fn answer_last(&mut self, told: Told) -> Result<(), TraceError> {
        let last = self.last.take_if(|(_, last)| told.may_be_of(last.kind));
        last.map_or(Ok(()), |(_, last)| self.answer(last, told))
    }

    fn answer(&mut self, call: Waiting<'a>, told: Told) -> Result<(), TraceError> {
        let Waiting { line, kind, request } = call;
        self.done(kind, request, told).map_err(|what| line.expected(what))
    }

    /// The call that a result with a prefix belongs to, if it is known.
    fn whose(&mut self, told: Told) -> Result<Option<Waiting<'a>>, Expected> {
        if let Told::Pointer(pointer) = told
            && self.is_told_again(pointer)
        {
            return Ok(None);
        }
        if let Some((_, last)) = self.last.take_if(|(_, last)| last.kind == Kind::PosixMemalign) {
            return Ok(Some(last));
        }
        self.queue_last()?;
        let queues = [&mut self.waiting, &mut self.perhaps];
        Ok(match told {
            Told::Pointer(_) => queues.into_iter().find_map(VecDeque::pop_front),
            // It comes at once, so that few calls can be in between. `realloc(0x10,0)free(0x10)` ends
            // with it too, when both are long done.
            Told::Nothing => queues
                .into_iter()
                .find(|queue| queue.back().is_some_and(|last| last.kind.is_refused_alone()))
                .and_then(VecDeque::pop_back),
        })
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
        self.queue_last()?;
        let (kind, request) = (call.kind, call.request()?);
        match (&request, call.rest.trim_ascii_start().strip_prefix(b"=")) {
            (_, Some(result)) => {
                let told = Told::read(result.trim_ascii_start());
                let told = told.filter(|told| told.may_be_of(kind)).ok_or(kind.form())?;
                self.done(kind, request, told)?;
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
                self.last = waits.map(|waits| (waits, Waiting { line, kind, request }));
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

    /// Something else has come behind the last call.
    fn queue_last(&mut self) -> Result<(), Expected> {
        let Some((waits, last)) = self.last.take() else { return Ok(()) };
        let queue = match waits {
            Waits::Surely => &mut self.waiting,
            Waits::Perhaps => &mut self.perhaps,
        };
        queue.try_reserve(1).map_err(|_| MEMORY)?;
        queue.push_back(last);
        Ok(())
    }

    fn done(&mut self, kind: Kind, request: Request, told: Told) -> Result<(), Expected> {
        let result = told.pointer();
        if result != 0 {
            self.latest = result;
        }
        if kind.is_told_twice() && told != Told::Nothing {
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
    fn pointer(self) -> u64 {
        match self {
            Self::Nothing => 0,
            Self::Pointer(pointer) => pointer,
        }
    }

    /// Reads a text that is a result and nothing else.
    fn alone(text: &[u8]) -> Option<Self> {
        text.strip_prefix(b"= ").and_then(Self::read)
    }

    fn may_be_of(self, kind: Kind) -> bool {
        self != Self::Nothing || kind.may_be_refused()
    }

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
    Reallocf,
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
            b"malloc" | b"builtin_new" => Some(Self::Malloc),
            b"__builtin_new" | b"__builtin_vec_new" => Some(Self::Malloc),
            b"calloc" => Some(Self::Calloc),
            b"realloc" => Some(Self::Realloc),
            b"reallocf" => Some(Self::Reallocf),
            b"reallocarray" => Some(Self::Reallocarray),
            b"memalign" => Some(Self::Memalign),
            b"aligned_alloc" => Some(Self::AlignedAlloc),
            b"posix_memalign" => Some(Self::PosixMemalign),
            b"free" | b"cfree" | b"vfree" => Some(Self::Free),
            b"free_sized" | b"free_aligned_sized" => Some(Self::Free),
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
            Self::Reallocf => REALLOCF,
            Self::Reallocarray => REALLOCARRAY,
            Self::Memalign | Self::AlignedAlloc | Self::PosixMemalign | Self::AlignedNew => {
                MEMALIGN
            }
            Self::Free => FREE,
        }
    }

    /// Whether the result is repeated.
    fn is_told_twice(self) -> bool {
        matches!(self, Self::Reallocf | Self::Reallocarray)
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
            Kind::Realloc | Kind::Reallocf => {
                let [old, bytes] = self.exactly()?;
                let old = pointer(old).ok_or(self.kind.form())?;
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
        let trace = parse("--7-- builtin_new(4) = 0x10\n--7-- vfree(0x10)\n").unwrap();
        assert_eq!(trace.ops()[..], ops[..2]);
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

    /// The operations after a block of 8 bytes at 0x40, of a process that is the first. Nothing is amiss.
    fn ops_behind_8(log: &str) -> Vec<Op> {
        let trace = parse(&format!("--1-- malloc(8) = 0x40\n{log}")).unwrap();
        assert_eq!((trace.skipped(), trace.inferred()), (0, 0), "{log}");
        trace.ops()[1..].to_vec()
    }

    /// Another process freed the first one's block, and calls of both were lost.
    #[test]
    fn each_message_on_a_line_is_of_its_own_process() {
        let freed = |block| Op::Free { block };
        let log = "--1-- malloc(9)--2-- free(0x40)\n = 0x60\n--1-- free(0x40)\n--1-- free(0x60)\n";
        assert_eq!(ops_behind_8(log), [alloc(1, 9), freed(0), freed(1)]);
        let log = "--2-- malloc(266)--1-- free(0x40)\n = 0x60\n--1-- malloc(3) = 0x60\n";
        assert_eq!(ops_behind_8(log), [freed(0), alloc(1, 3)]);
        let log =
            "--1-- malloc(9)==2== HEAP SUMMARY:\n==2==     in use\n = 0x60\n--1-- free(0x60)\n";
        assert_eq!(ops_behind_8(log), [alloc(1, 9), freed(1)]);
        let log = "--1-- malloc(9)--00:00:00:01.207 2-- free(0x40)\n = 0x60\n";
        assert_eq!(ops_behind_8(log), [alloc(1, 9)]);
        let log = "--1-- malloc(8) = 0x40\n--2-- malloc(9)==1== Command: x\n--1-- free(0x40)\n";
        let trace = parse(log).unwrap();
        assert_eq!((trace.skipped(), trace.inferred()), (1, 1));
    }

    /// It was lost, and the call that got none took the result of the next one.
    #[test]
    fn a_result_without_a_prefix_goes_on_with_the_line_of_its_process() {
        let resized = Op::Resize { block: 0, size: 99 };
        let freed = |block| Op::Free { block };
        let log = "--1-- realloc(0x40,99)progress\nprogress\n = 0x40\n--1-- free(0x40)\n";
        assert_eq!(ops_behind_8(log), [resized, freed(0)]);
        let log = "--1-- malloc(9)x\n = 0x60\n--1-- malloc(5)\n--1--  = 0x70\n--1-- free(0x70)\n";
        assert_eq!(ops_behind_8(log), [alloc(1, 9), alloc(2, 5), freed(2)]);
        let log = "--1-- malloc(95)malloc(5)x\n = 0x60\n--1--  = 0x70\n";
        assert_eq!(ops_behind_8(log), [alloc(1, 5), alloc(2, 95)]);
        let log = "--1-- reallocarray(0x40,9,11)x\n = 0x60\n--1--  = 0x60\n = 0x70\n";
        assert_eq!(ops_behind_8(log), [resized]);
        let log = "--1-- aligned_alloc(3, 8)x\n = 0\n--1-- malloc(9)x\n = 0\n--1--  = 0x60\n";
        assert_eq!(ops_behind_8(log), [Op::Nothing, alloc(1, 9)]);
        assert_eq!(ops_behind_8("--1-- free(0x40)\n = 0x60\n"), [freed(0)]);
    }

    #[test]
    fn of_several_open_lines_the_one_whose_process_goes_on_had_the_result() {
        let freed = |block| Op::Free { block };
        let own = "--1-- malloc(9)--2-- malloc(7) = 0x60\n--1-- free(0x60)\n = 0x80\n";
        assert_eq!(ops_behind_8(own), [alloc(1, 9), freed(1)]);
        let other =
            "--1-- malloc(9)--2-- malloc(7) = 0x60\n--2-- free(0x60)\n = 0x80\n--1-- free(0x80)\n";
        assert_eq!(ops_behind_8(other), [alloc(1, 9), freed(1)]);
        let both = "--1-- malloc(9)--2-- malloc(700) = 0x80\n = 0x60\n--1-- free(0x60)\n";
        assert_eq!(ops_behind_8(both), [alloc(1, 9), freed(1)]);
        let three =
            "--2-- malloc(7)--3-- malloc(7)--1-- malloc(9) = 0x90\n = 0x60\n--3-- free(0x90)\n";
        assert_eq!(ops_behind_8(three), [alloc(1, 9)]);
        let killed =
            "--2-- malloc(7)--1-- malloc(9) = 0x60\n--1-- free(0x60)\n--1-- malloc(3) = 0x60\n";
        assert_eq!(ops_behind_8(killed), [alloc(1, 9), freed(1), alloc(2, 3)]);
    }

    #[test]
    fn more_open_lines_than_there_is_room_for_lose_none_of_the_first_process() {
        let others: String =
            (2..1000).map(|process| format!("--{process}-- malloc(7)x\n")).collect();
        let log = format!("{others}--1-- malloc(9) = 0x60\n--1-- free(0x60)\n--1-- malloc(3)x\n");
        let trace = parse(&format!("--1-- malloc(8) = 0x40\n{log} = 0x60\n")).unwrap();
        let freed = Op::Free { block: 1 };
        assert_eq!(trace.ops(), [alloc(0, 8), alloc(1, 9), freed, alloc(2, 3)]);
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
        let freed = |block| Op::Free { block };
        let resized = Op::Resize { block: 0, size: 24 };
        assert_eq!(trace.ops()[..3], [alloc(0, 8), resized, alloc(1, 95)]);
        assert_eq!(trace.ops()[3..], [Op::Nothing, freed(0), freed(1)]);
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
            "realloc(16,5) = 0x10", "realloc(0x10)", "reallocf(0x10) = 0x20", "memalign(64) = 0x10",
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
