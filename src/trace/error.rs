//! Why a text is not a trace: the first line that could not be read, and what was expected.

use crate::fallible;
use std::borrow::Cow;
use std::fmt;

/// The first bad line of a trace.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: found {}, expected {expected}", Found(found))]
#[non_exhaustive]
pub struct TraceError {
    /// Counted from 1. If the text ends too early: the line after its last one.
    pub line: usize,
    /// The line, or the item in it, shortened; empty if the text ends too early.
    pub found: String,
    /// What was expected there.
    pub expected: Cow<'static, str>,
}

impl TraceError {
    pub(super) fn new(line: usize, found: &[u8], expected: impl Into<Cow<'static, str>>) -> Self {
        Self { line, found: excerpt(found), expected: expected.into() }
    }
}

/// Quoted and escaped, so that no byte of a trace reaches a terminal or a page unchanged.
struct Found<'a>(&'a str);

impl fmt::Display for Found<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            "" => f.write_str("nothing"),
            text => write!(f, "{text:?}"),
        }
    }
}

const LONGEST: usize = 60;

fn excerpt(text: &[u8]) -> String {
    // Cut before decoding: a line may be as long as the file. Four bytes hold any character.
    let decoded = String::from_utf8_lossy(&text[..text.len().min(4 * LONGEST + 4)]);
    let (shown, rest) = match decoded.char_indices().nth(LONGEST) {
        Some((end, _)) => (&decoded[..end], "…"),
        None => (&*decoded, ""),
    };
    // Without memory for the excerpt, the error goes without it.
    fallible::text(format_args!("{shown}{rest}")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_line_found_and_expected() {
        let error = TraceError::new(7, b"a\tx", "`a id size`");
        assert_eq!(error.to_string(), r#"line 7: found "a\tx", expected `a id size`"#);
        let end = TraceError::new(8, b"", "more");
        assert_eq!(end.to_string(), "line 8: found nothing, expected more");
    }

    #[test]
    fn shortens_long_lines_between_characters() {
        assert_eq!(excerpt(&[b'x'; LONGEST]), "x".repeat(LONGEST));
        assert_eq!(excerpt(&[b'x'; 1 << 20]), "x".repeat(LONGEST) + "…");
        assert_eq!(excerpt("𝄞".repeat(100).as_bytes()), "𝄞".repeat(LONGEST) + "…");
        assert_eq!(excerpt(&[0xFF; 1000]), "\u{FFFD}".repeat(LONGEST) + "…");
    }
}
