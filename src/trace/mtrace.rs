//! Reads [`TraceFormat::Mtrace`](super::TraceFormat::Mtrace).
//!
//! Lines are read from their end, because they begin with the place of the call, which may be anything.
//! A program that ends without closing the log, by `_exit` or a signal, leaves one that may stop
//! anywhere: a last line that is cut and cannot be read is skipped, and so is the first half of a `realloc`.

use super::line::{Expected, Line, fields, hexadecimal, pointer};
use super::pointers::Pointers;

const LINE: Expected = "`+ pointer size`, `- pointer`, `< old`, `> new size`, `! pointer size`, \
                        `= Start` or `= End`";
const SECOND_HALF: Expected = "`> new size`, the second half of the `<` before";

enum Entry {
    Mark,
    Alloc { pointer: u64, size: u64 },
    Free { pointer: u64 },
    ReallocFrom { pointer: u64 },
    ReallocTo { pointer: u64, size: u64 },
    Failed,
}

/// A place, or an entry without one.
pub(super) fn recognises(line: &[u8]) -> bool {
    line.starts_with(b"@ ") || entry(line).is_some()
}

#[derive(Debug, Default)]
pub(super) struct Reader {
    pub(super) pointers: Pointers,
    /// The old pointer of a `realloc` between its two lines.
    moving: Option<u64>,
}

impl Reader {
    pub(super) fn read(&mut self, line: Line) -> Result<(), Expected> {
        match entry(line.text) {
            None if line.is_cut => Ok(()),
            None => Err(if self.moving.is_some() { SECOND_HALF } else { LINE }),
            Some(entry) => self.operation(entry),
        }
    }

    fn operation(&mut self, entry: Entry) -> Result<(), Expected> {
        let Self { pointers, moving } = self;
        match (entry, moving.take()) {
            (Entry::ReallocTo { pointer, size }, Some(old)) => pointers.realloc(old, pointer, size),
            (_, Some(_)) => Err(SECOND_HALF),
            (Entry::ReallocTo { .. }, None) => Err("`< old` before `> new size`"),
            (Entry::ReallocFrom { pointer }, None) => {
                *moving = Some(pointer);
                Ok(())
            }
            (Entry::Alloc { pointer, size }, None) => pointers.malloc(pointer, size),
            (Entry::Free { pointer }, None) => {
                pointers.free(pointer);
                Ok(())
            }
            (Entry::Failed, None) => {
                pointers.nothing();
                Ok(())
            }
            (Entry::Mark, None) => Ok(()),
        }
    }
}

fn entry(text: &[u8]) -> Option<Entry> {
    let mut words = fields(text);
    let last = words.next_back()?;
    let before = words.next_back()?;
    match (before, last) {
        (b"=", b"Start" | b"End") => return Some(Entry::Mark),
        (b"-", _) => return Some(Entry::Free { pointer: pointer(last)? }),
        (b"<", _) => return Some(Entry::ReallocFrom { pointer: pointer(last)? }),
        _ => {}
    }
    let (kind, pointer, size) = (words.next_back()?, pointer(before)?, size(last)?);
    match kind {
        b"+" => Some(Entry::Alloc { pointer, size }),
        b">" => Some(Entry::ReallocTo { pointer, size }),
        b"!" => Some(Entry::Failed),
        _ => None,
    }
}

/// C's `%#lx`: only 0 has no prefix.
fn size(word: &[u8]) -> Option<u64> {
    match word {
        b"0" => Some(0),
        _ => hexadecimal(word.strip_prefix(b"0x")?),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{alloc, freed};
    use super::super::{Op, Trace, TraceError, TraceFormat};

    fn parse(text: &str) -> Result<Trace, TraceError> {
        Trace::parse(text.as_bytes(), Some(TraceFormat::Mtrace), "")
    }

    #[test]
    fn reads_each_entry() {
        let trace = parse(
            "= Start\n\
             @ ./a.out:[0x401136] + 0x1c9c3a0 0x20\n\
             @ /lib/my libs/libc.so.6:(setlocale+0x3b)[0x7f] + 0x1c9c400 0\n\
             @ ./a.out:[0x401151] < 0x1c9c3a0\n\
             @ ./a.out:[0x401151] > 0x1c9c3d0 0x40\n\
             ! 0x1c9c3d0 0xffffffffffffff\n\
             + (nil) 0xffffffffffffff\n\
             - 0x1c9c3d0\n\
             - 0x99\n\
             = End\n",
        )
        .unwrap();
        assert_eq!(
            trace.ops(),
            [
                alloc(0, 32),
                alloc(1, 1),
                Op::Resize { block: 0, size: 64 },
                Op::Nothing,
                Op::Nothing,
                freed(0),
            ]
        );
        assert_eq!((trace.blocks(), trace.peak_bytes(), trace.skipped()), (2, 65, 1));
    }

    #[test]
    fn blank_lines_and_crlf_are_the_same_trace() {
        let plain = parse("= Start\n+ 0x10 0x5\n< 0x10\n> 0x20 0x6\n").unwrap();
        let spaced = "\r\n= Start\r\n+ 0x10 0x5\r\n< 0x10\r\n\r\n> 0x20 0x6";
        assert_eq!(parse(spaced).unwrap(), plain);
    }

    #[test]
    fn bad_lines_are_named() {
        #[rustfmt::skip]
        let lines = [
            "= Stop", "Start", "+ 0x10", "+ 0x10 5", "+ 10 0x5", "+ 0x10 0x100000000",
            "+ 0x10 0x10000000000000000", "- 10", "- 0x", "-", "> 0x10 0x5", "! 0x10", "? 0x1 0x2",
            "@ a.out:[0x1]", "@ a.out:[0x1] 0x10 0x5",
        ];
        for line in lines {
            let error = parse(&format!("= Start\n\n{line}\n")).unwrap_err();
            assert_eq!((error.line, error.found.as_str()), (3, line));
        }
    }

    #[test]
    fn the_halves_of_a_realloc_belong_together() {
        for line in ["- 0x10", "< 0x10", "= End", "nonsense"] {
            let error = parse(&format!("+ 0x10 0x5\n< 0x10\n{line}\n")).unwrap_err();
            assert_eq!((error.line, &*error.expected), (3, super::SECOND_HALF), "{line}");
        }
        // A log may stop between them.
        assert_eq!(parse("+ 0x10 0x5\n< 0x10\n").unwrap().ops(), [alloc(0, 5)]);
    }

    /// Such a log used to be refused.
    #[test]
    fn a_last_line_that_stops_anywhere_is_passed_over() {
        let whole = "= Start\n@ a.out:[0x1] + 0x10 0x5\n";
        let next = "@ a.out:(main+0x4)[0x40] + 0x1c9c3a0 0x20";
        for end in 0..next.len() - 3 {
            let trace = parse(&format!("{whole}{}", &next[..end])).unwrap();
            assert_eq!(trace.ops(), [alloc(0, 5)], "{}", &next[..end]);
        }
        for end in ["@ a.out:[0x1] < 0x10\n@ a.out:[0x", "< 0x1"] {
            assert_eq!(parse(&format!("{whole}{end}")).unwrap().ops(), [alloc(0, 5)], "{end}");
        }
        assert_eq!(parse(&format!("{whole}@ a.out:[0x\n")).unwrap_err().line, 3);
        assert_eq!(parse(&format!("{whole}- 0x10\n+ 0x10 0x100000000")).unwrap_err().line, 4);
    }
}
