//! Reads [`TraceFormat::Heaptrack`](super::TraceFormat::Heaptrack).

use super::line::{Expected, exactly, fields, hexadecimal};
use super::pointers::Pointers;

const ALLOC: Expected = "`+ size trace pointer`, hexadecimal, of heaptrack's raw data";
const FREE: Expected = "`- pointer`, hexadecimal, of heaptrack's raw data";

/// The version line, a stack frame, or one of the lines that are read.
pub(super) fn recognises(line: &[u8]) -> bool {
    let mut words = fields(line);
    match words.next() {
        Some(b"+") => numbers::<3>(words).is_some(),
        Some(b"-") => numbers::<1>(words).is_some(),
        Some(b"v" | b"t") => numbers::<2>(words).is_some(),
        _ => false,
    }
}

/// Reads a line.
pub(super) fn read(text: &[u8], pointers: &mut Pointers) -> Result<(), Expected> {
    let mut words = fields(text);
    match words.next() {
        Some(b"+") => {
            let [size, _, pointer] = numbers(words).ok_or(ALLOC)?;
            pointers.malloc(pointer, size)
        }
        Some(b"-") => {
            let [pointer] = numbers(words).ok_or(FREE)?;
            pointers.free(pointer);
            Ok(())
        }
        _ => Ok(()),
    }
}

fn numbers<'a, const N: usize>(words: impl Iterator<Item = &'a [u8]>) -> Option<[u64; N]> {
    let words: [&[u8]; N] = exactly(words)?;
    let mut numbers = [0; N];
    for (place, word) in numbers.iter_mut().zip(words) {
        *place = hexadecimal(word)?;
    }
    Some(numbers)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{alloc, freed};
    use super::super::{Op, Trace, TraceError, TraceFormat};

    fn parse(text: &str) -> Result<Trace, TraceError> {
        Trace::parse(text.as_bytes(), Some(TraceFormat::Heaptrack), "")
    }

    #[test]
    fn reads_allocations_and_frees_and_passes_over_the_rest() {
        let trace = parse(
            "v 10400 3\nX ls -l\nI 1000 3f\nm 5 libc 0 0 1\nt 7f1bc0 1\n+ 4a 1 55d6c2a0\nc 1\n\
             + 0 1 55D6C300\n- 55d6c2a0\n- 99\n- 0\nR 10\n",
        )
        .unwrap();
        assert_eq!(trace.ops(), [alloc(0, 74), alloc(1, 1), freed(0), Op::Nothing]);
        assert_eq!((trace.blocks(), trace.peak_bytes(), trace.skipped()), (2, 75, 1));
    }

    #[test]
    fn blank_lines_and_crlf_are_the_same_trace() {
        let plain = parse("+ 5 1 10\n- 10\n").unwrap();
        assert_eq!(parse("\r\n+ 5 1 10\r\n\r\n- 10").unwrap(), plain);
    }

    #[test]
    fn bad_lines_are_named() {
        #[rustfmt::skip]
        let lines = [
            "+", "+ 5", "+ 5 1", "+ 5 1 10 2", "+ 0x5 1 10", "+ 5 1 g", "+ 100000000 1 10",
            "+ 10000000000000000 1 10", "-", "- x", "- 10 20",
        ];
        for line in lines {
            let error = parse(&format!("v 10400 3\n\n{line}\n")).unwrap_err();
            assert_eq!((error.line, error.found.as_str()), (3, line));
        }
    }
}
