//! Lines and numbers, as all formats use them. Nothing here copies text.
//!
//! What always holds: a [`Line`] is trimmed and not blank, except the one that stands for the end of
//! the text.

use std::borrow::Cow;

use super::TraceError;

/// What was expected in place of a line.
pub(super) type Expected = &'static str;

/// What is expected where memory runs out.
pub(super) const MEMORY: Expected = "a trace for whose operations there is memory";

/// What a size must be, in every format.
pub(super) const SIZE: Expected = "a size of at most 4294967295 bytes";

/// A line, or an item of one, with its number.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    number: usize,
    pub(super) text: &'a [u8],
}

impl<'a> Line<'a> {
    /// The error for this line where something else was expected.
    pub(super) fn expected(self, what: impl Into<Cow<'static, str>>) -> TraceError {
        TraceError::new(self.number, self.text, what)
    }

    /// The items of a comma-separated list. A comma may end the line.
    pub(super) fn items(self) -> impl Iterator<Item = Line<'a>> {
        let list = self.text.strip_suffix(b",").unwrap_or(self.text);
        list.split(|&byte| byte == b',').map(move |item| Line { text: item.trim_ascii(), ..self })
    }
}

/// The lines of a text that are not blank.
#[derive(Debug, Clone)]
pub(super) struct Lines<'a> {
    rest: &'a [u8],
    number: usize,
    is_cut: bool,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        Self { rest: text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text), number: 0, is_cut: false }
    }

    /// Whether the last line was reached and has no line end.
    pub(super) fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// Where the next line would have been, once all are read.
    pub(super) fn end(&self) -> Line<'a> {
        Line { number: self.number + 1, text: b"" }
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = Line<'a>;

    fn next(&mut self) -> Option<Line<'a>> {
        while !self.rest.is_empty() {
            let split = split_once(self.rest, b'\n');
            let (line, rest) = split.unwrap_or((self.rest, b""));
            self.rest = rest;
            self.is_cut = split.is_none();
            self.number += 1;
            let text = line.trim_ascii();
            if !text.is_empty() {
                return Some(Line { number: self.number, text });
            }
        }
        None
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
        let line = Lines::new(b"\n+1, -0,\n").next().unwrap();
        let items: Vec<_> = line.items().map(|item| (item.number, item.text)).collect();
        assert_eq!(items, [(2, &b"+1"[..]), (2, &b"-0"[..])]);
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
