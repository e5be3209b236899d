//! Reads [`TraceFormat::Wee`](super::TraceFormat::Wee).

use super::Align;
use super::line::{Expected, decimal, size};
use super::recorder::Recorder;

const OPERATION: Expected = "`Alloc(bytes),` or `Free(n),`";
const EARLIER: Expected = "`Free(n)` with n the number of an earlier Alloc, counted from 0";

pub(super) fn recognises(line: &[u8]) -> bool {
    // `Free(ptr[0])` is what malloc.py prints.
    line.starts_with(b"Alloc(") || line.starts_with(b"Free(") && !line.starts_with(b"Free(ptr[")
}

/// Reads an item.
pub(super) fn read(text: &[u8], log: &mut Recorder) -> Result<(), Expected> {
    let inner = text.strip_suffix(b")").ok_or(OPERATION)?;
    if let Some(bytes) = inner.strip_prefix(b"Alloc(") {
        log.alloc(size(bytes)?, Align::ONE)?;
        return Ok(());
    }
    let number = inner.strip_prefix(b"Free(").ok_or(OPERATION)?;
    match decimal(number).and_then(|number| log.block(number)) {
        None => return Err(EARLIER),
        Some((block, true)) => log.free(block),
        Some((_, false)) => log.nothing(),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::tests::{alloc, freed};
    use super::super::{Op, Trace, TraceError, TraceFormat};

    fn parse(text: &str) -> Result<Trace, TraceError> {
        Trace::parse(text.as_bytes(), Some(TraceFormat::Wee), "")
    }

    #[test]
    fn reads_each_operation() {
        let trace = parse("Alloc(552),\nAlloc(120),\nFree(0),\nFree(0),\nAlloc(0),\n").unwrap();
        let ops = [alloc(0, 552), alloc(1, 120), freed(0), Op::Nothing, alloc(2, 1)];
        assert_eq!(trace.ops(), ops);
        assert_eq!((trace.blocks(), trace.peak_bytes()), (3, 672));
    }

    #[test]
    fn blank_lines_crlf_and_spacing_are_the_same_trace() {
        let plain = parse("Alloc(5),\nFree(0),\n").unwrap();
        assert_eq!(parse("\r\nAlloc(5),\r\n\r\n  Free(0),").unwrap(), plain);
        assert_eq!(parse("Alloc(5), Free(0)").unwrap(), plain);
    }

    #[test]
    fn bad_operations_are_named_with_their_line() {
        #[rustfmt::skip]
        let lines = [
            "Alloc(5)x,", "Alloc(,", "Alloc(),", "alloc(5),", "Alloc(-5),", "Alloc(4294967296),",
            "Free(1),", "Free(18446744073709551616),", "Free(x),", "Free(0", "free(0),", ",", "[",
        ];
        for line in lines {
            let error = parse(&format!("Alloc(8),\n\n{line}\n")).unwrap_err();
            assert_eq!(error.line, 3, "{line}");
        }
    }
}
