//! Lines and numbers, as all formats use them. Nothing here copies text.
//!
//! What always holds: a [`Line`] is trimmed and not blank, except the one that stands for the end of
//! the text, and an item between two commas.

use std::borrow::Cow;

use super::TraceError;

/// What was expected in place of a line.
pub(super) type Expected = &'static str;

/// What is expected where memory runs out.
pub(super) const MEMORY: Expected = "a trace that there is memory for";

/// What a size must be, in every format.
pub(super) const SIZE: Expected = "a size from 0 to 4294967295 bytes";

/// A line, or an item of one, with its number.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    number: usize,
    /// Where it begins in the whole text.
    start: usize,
    pub(super) text: &'a [u8],
    /// Whether the whole text stops here, without a line end.
    pub(super) is_cut: bool,
}

impl Line<'_> {
    /// The error for this line where something else was expected.
    pub(super) fn expected(self, what: impl Into<Cow<'static, str>>) -> TraceError {
        TraceError::new(self.number, self.text, what)
    }

    /// What is kept of a line until the next part of the text is read.
    pub(super) fn place(self) -> Place {
        Place { number: self.number, start: self.start, length: self.text.len() }
    }
}

/// Where a line is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    number: usize,
    start: usize,
    length: usize,
}

/// What is wrong with a line: with the one at hand, or with an earlier one.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) earlier: Option<Place>,
    pub(super) expected: Cow<'static, str>,
}

impl<E: Into<Cow<'static, str>>> From<E> for Fault {
    fn from(expected: E) -> Self {
        Self { earlier: None, expected: expected.into() }
    }
}

/// How far the lines of a text were read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor {
    /// Where the next line or item begins.
    start: usize,
    /// It does not end before here.
    looked: usize,
    /// Of the last line.
    number: usize,
    /// Whether the next item is one of the last line, too.
    within: bool,
}

impl Cursor {
    /// Before the first line.
    pub(super) fn new(text: &[u8]) -> Self {
        let start = if text.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
        Self { start, looked: start, number: 0, within: false }
    }

    /// How many bytes were looked at.
    pub(super) fn position(self) -> usize {
        self.looked
    }
}

/// The lines of a text that are not blank, from a cursor on.
#[derive(Debug, Clone)]
pub(super) struct Lines<'a> {
    text: &'a [u8],
    cursor: Cursor,
}

/// What stands in a part of a text.
pub(super) enum Found<'a> {
    Line(Line<'a>),
    /// A blank line, or only the beginning of a line.
    Nothing,
    /// The text ends.
    End,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        Self::from(text, Cursor::new(text))
    }

    pub(super) fn from(text: &'a [u8], cursor: Cursor) -> Self {
        Self { text, cursor }
    }

    /// The whole text.
    pub(super) fn text(&self) -> &'a [u8] {
        self.text
    }

    pub(super) fn cursor(&self) -> Cursor {
        self.cursor
    }

    /// The next line, or the next item of comma-separated lists, if it ends within so many bytes; those that were
    /// looked at are taken off. A comma may end a line.
    pub(super) fn find(&mut self, items: bool, bytes: &mut usize) -> Found<'a> {
        let Self { text, cursor } = self;
        let part = &text[cursor.looked..];
        let part = &part[..part.len().min(*bytes)];
        let end = match items {
            true => part.iter().position(|&byte| byte == b',' || byte == b'\n'),
            false => part.iter().position(|&byte| byte == b'\n'),
        };
        let length = end.map_or(part.len(), |end| end + 1);
        *bytes -= length;
        cursor.looked += length;
        if end.is_none() && cursor.looked < text.len() {
            return Found::Nothing;
        }
        if cursor.start == text.len() {
            return Found::End;
        }
        let line = &text[cursor.start..cursor.looked - usize::from(end.is_some())];
        let begun = line.trim_ascii_start();
        let start = cursor.start + line.len() - begun.len();
        cursor.start = cursor.looked;
        cursor.number += usize::from(!cursor.within);
        cursor.within = end.is_some_and(|end| part[end] == b',');
        if begun.is_empty() && !cursor.within {
            return Found::Nothing;
        }
        let (number, text) = (cursor.number, begun.trim_ascii_end());
        Found::Line(Line { number, start, text, is_cut: end.is_none() })
    }

    /// The line that is there.
    pub(super) fn at(&self, Place { number, start, length }: Place) -> Line<'a> {
        Line { number, start, text: &self.text[start..start + length], is_cut: false }
    }

    /// Where the next line would have been, once all are read.
    pub(super) fn end(&self) -> Line<'a> {
        Line { number: self.cursor.number + 1, start: self.text.len(), text: b"", is_cut: false }
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = Line<'a>;

    fn next(&mut self) -> Option<Line<'a>> {
        loop {
            let mut unbounded = usize::MAX;
            match self.find(false, &mut unbounded) {
                Found::Line(line) => return Some(line),
                Found::Nothing => {}
                Found::End => return None,
            }
        }
    }
}

/// What is before the first such byte, and what is behind it.
#[inline(never)] // Called from many places, and small code counts more.
pub(super) fn split_once(text: &[u8], byte: u8) -> Option<(&[u8], &[u8])> {
    let place = text.iter().position(|&other| other == byte)?;
    Some((&text[..place], &text[place + 1..]))
}

/// The words of a line.
pub(super) fn fields(text: &[u8]) -> impl DoubleEndedIterator<Item = &[u8]> {
    text.split(u8::is_ascii_whitespace).filter(|field| !field.is_empty())
}

/// The words, when there are exactly `N`.
pub(super) fn exactly<'a, const N: usize>(
    mut words: impl Iterator<Item = &'a [u8]>,
) -> Option<[&'a [u8]; N]> {
    let mut found: [&[u8]; N] = [b""; N];
    for place in &mut found {
        *place = words.next()?;
    }
    words.next().is_none().then_some(found)
}

/// A number written only in decimal digits.
pub(super) fn decimal(digits: &[u8]) -> Option<u64> {
    number(digits, 10)
}

/// A number of bytes in decimal digits. The recorder checks that it is not too large.
pub(super) fn size(digits: &[u8]) -> Result<u64, Expected> {
    decimal(digits).ok_or(SIZE)
}

/// A number written only in hexadecimal digits.
pub(super) fn hexadecimal(digits: &[u8]) -> Option<u64> {
    number(digits, 16)
}

/// An address as C prints it: `0x4a5c040`, or `(nil)` for the null pointer.
pub(super) fn pointer(text: &[u8]) -> Option<u64> {
    match text {
        b"(nil)" => Some(0),
        _ => hexadecimal(text.strip_prefix(b"0x")?),
    }
}

fn number(digits: &[u8], radix: u32) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0u64, |value, &digit| {
        let digit = char::from(digit).to_digit(radix)?;
        value.checked_mul(radix.into())?.checked_add(digit.into())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<(usize, &str)> {
        let lines = Lines::new(text.as_bytes());
        lines.map(|line| (line.number, str::from_utf8(line.text).unwrap())).collect()
    }

    #[test]
    fn lines_are_counted_from_1_with_the_blank_ones() {
        assert_eq!(texts("a\r\n\r\n \n  b c  \nd"), [(1, "a"), (4, "b c"), (5, "d")]);
        assert_eq!(texts("\n\n"), []);
    }

    #[test]
    fn the_end_is_the_line_after_the_last() {
        for (text, end) in [("", 1), ("a", 2), ("a\n", 2), ("a\n\n", 3)] {
            let mut lines = Lines::new(text.as_bytes());
            while lines.next().is_some() {}
            assert_eq!(lines.end().number, end, "{text:?}");
        }
    }

    #[test]
    fn items_keep_the_number_of_their_line() {
        let mut lines = Lines::new(b"\n+1, -0,\n,");
        let mut items = Vec::new();
        loop {
            match lines.find(true, &mut usize::MAX.clone()) {
                Found::Line(item) => items.push((item.number, item.text)),
                Found::Nothing => {}
                Found::End => break,
            }
        }
        assert_eq!(items, [(2, &b"+1"[..]), (2, &b"-0"[..]), (3, &b""[..])]);
    }

    #[test]
    fn numbers_are_digits_alone_and_end_with_64_bits() {
        assert_eq!(decimal(b"18446744073709551615"), Some(u64::MAX));
        assert_eq!(hexadecimal(b"ffffFFFFffffFFFF"), Some(u64::MAX));
        for bad in [&b""[..], b"18446744073709551616", b"+1", b"-1", b"1.0", b"a", b" 1"] {
            assert_eq!(decimal(bad), None, "{bad:?}");
        }
        assert_eq!(hexadecimal(b"10000000000000000"), None);
    }

    #[test]
    fn pointers_have_a_prefix_or_are_nil() {
        assert_eq!(pointer(b"0x1F"), Some(31));
        assert_eq!(pointer(b"(nil)"), Some(0));
        for bad in [&b"1F"[..], b"0x", b"0xg", b""] {
            assert_eq!(pointer(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn exactly_refuses_more_and_fewer_words() {
        assert!(exactly::<2>(fields(b" a \t b ")).is_some());
        assert!(exactly::<2>(fields(b"a")).is_none());
        assert!(exactly::<2>(fields(b"a b c")).is_none());
    }
}
