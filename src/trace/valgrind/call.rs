//! The grammar of a call, and what it asks for: `name(arguments)` and, unless something else came first, ` = result` and the
//! end of the line.
//!
//! What always holds: finding calls refuses nothing, since those of other processes may be anything. What
//! is wrong with a call is found when it is read.

use std::iter;

use super::function::Function;
use super::returned::Returned;
use crate::trace::line::{Expected, exactly, pointer, size, split_once};

/// A call: what is in its parentheses, and behind them.
pub(super) struct Call<'a> {
    pub(super) function: Function,
    /// `None` if the parentheses are not closed.
    arguments: Option<&'a [u8]>,
    behind: &'a [u8],
}

/// What a call asks for. No size means that it does not fit 64 bits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Request {
    Alloc { align: u64, size: Option<u64> },
    Realloc { old: u64, size: Option<u64> },
    Free { old: u64 },
}

impl Request {
    /// Whether the call is over at once, without a result: it fails, or returns nothing.
    pub(super) fn is_over_at_once(self) -> bool {
        match self {
            Self::Alloc { size, .. } | Self::Realloc { size, .. } => size.is_none(),
            Self::Free { .. } => true,
        }
    }
}

/// The calls in a text, in their order.
pub(super) fn calls_in(text: &[u8]) -> impl Iterator<Item = Call<'_>> {
    iter::successors(Call::first_of(text), Call::following)
}

/// Whether the last call in a text is still without its result.
pub(super) fn leaves_line_open(text: &[u8]) -> bool {
    calls_in(text)
        .last()
        .is_some_and(|last| last.function != Function::Free && last.behind_equals().is_none())
}

/// Splits off the result at the end of a text whose last call has one.
pub(super) fn split_result(text: &[u8]) -> Option<(&[u8], Returned)> {
    let end = text.iter().rposition(|&byte| byte == b'=')?;
    let result = Returned::read(text[end + 1..].trim_ascii_start())?;
    let text = text[..end].trim_ascii_end();
    leaves_line_open(text).then_some((text, result))
}

impl<'a> Call<'a> {
    fn first_of(text: &'a [u8]) -> Option<Self> {
        let mut rest = text;
        loop {
            let (before, after) = split_once(rest, b'(')?;
            if let Some(function) = Function::of(name_at_end(before)) {
                let closed = split_once(after, b')');
                let behind = closed.map_or(&b""[..], |(_, behind)| behind);
                let arguments = closed.map(|(arguments, _)| arguments);
                return Some(Self { function, arguments, behind });
            }
            rest = after;
        }
    }

    /// The next call in the same text.
    pub(super) fn following(&self) -> Option<Self> {
        Self::first_of(self.behind)
    }

    /// The result right behind it, if there is one.
    pub(super) fn result(&self) -> Result<Option<Returned>, Expected> {
        let Some(text) = self.behind_equals() else { return Ok(None) };
        let result = Returned::read(text.trim_ascii_start());
        let result = result.filter(|result| result.may_be_of(self.function));
        result.map(Some).ok_or(self.function.form())
    }

    fn behind_equals(&self) -> Option<&'a [u8]> {
        self.behind.trim_ascii_start().strip_prefix(b"=")
    }

    /// Reads what is in the parentheses. `free` ends its line.
    pub(super) fn request(&self) -> Result<Request, Expected> {
        let form = self.function.form();
        match self.function {
            Function::Malloc => {
                let [bytes] = self.exactly()?;
                Ok(Request::Alloc { align: 1, size: Some(size(bytes)?) })
            }
            Function::Calloc => {
                let [count, bytes] = self.exactly()?;
                Ok(Request::Alloc { align: 1, size: size(count)?.checked_mul(size(bytes)?) })
            }
            Function::Realloc | Function::Reallocf => {
                let [old, bytes] = self.exactly()?;
                let old = pointer(old).ok_or(form)?;
                Ok(Request::Realloc { old, size: Some(size(bytes)?) })
            }
            Function::Reallocarray => {
                let [old, count, bytes] = self.exactly()?;
                let old = pointer(old).ok_or(form)?;
                Ok(Request::Realloc { old, size: size(count)?.checked_mul(size(bytes)?) })
            }
            Function::Memalign
            | Function::AlignedAlloc
            | Function::PosixMemalign
            | Function::AlignedNew => {
                let [align, bytes] = self.align_and_size()?;
                Ok(Request::Alloc { align: size(align)?, size: Some(size(bytes)?) })
            }
            Function::Free => {
                let ends_line = self.behind.is_empty() || self.behind_equals().is_some();
                let old = self.each_argument().next().and_then(pointer).filter(|_| ends_line);
                Ok(Request::Free { old: old.ok_or(form)? })
            }
        }
    }

    fn each_argument(&self) -> impl Iterator<Item = &'a [u8]> {
        let arguments = self.arguments.into_iter();
        arguments.flat_map(|all| all.split(|&byte| byte == b',')).map(<[u8]>::trim_ascii)
    }

    fn exactly<const N: usize>(&self) -> Result<[&'a [u8]; N], Expected> {
        exactly(self.each_argument()).ok_or(self.function.form())
    }

    /// With labels the order does not matter; from 3.27 on there are none.
    fn align_and_size(&self) -> Result<[&'a [u8]; 2], Expected> {
        let align = self.labelled(b"al ").or_else(|| self.labelled(b"alignment "));
        match (align, self.labelled(b"size "), self.function) {
            (Some(align), Some(size), _) => Ok([align, size]),
            (None, None, Function::AlignedNew) => self.exactly().map(|[size, align]| [align, size]),
            (None, None, Function::PosixMemalign) => {
                self.exactly().map(|[_, align, size]| [align, size])
            }
            (None, None, _) => self.exactly(),
            _ => Err(self.function.form()),
        }
    }

    fn labelled(&self, label: &[u8]) -> Option<&'a [u8]> {
        self.each_argument().find_map(|argument| argument.strip_prefix(label))
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
    use super::super::tests::parse;
    use crate::trace::Op;
    use crate::trace::tests::{aligned, alloc, freed};

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
                freed(1),
                aligned(3, 9, 64),
                freed(2),
                Op::Nothing,
            ]
        );
        assert_eq!((trace.blocks(), trace.peak_bytes(), trace.skipped()), (4, 106, 1));
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
