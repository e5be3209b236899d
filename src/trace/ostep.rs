//! Reads [`TraceFormat::Ostep`](super::TraceFormat::Ostep): what malloc.py is given, or what it prints.
//!
//! A request that malloc.py could not serve is one all the same: whether there is room for it is a
//! question of the placement.

use super::Align;
use super::line::{Expected, decimal, size, split_once};
use super::recorder::Recorder;

const LIVE: Expected = "`-index` with the number of an earlier `+size`, from 0, not yet freed";
const PRINTED: Expected = "`ptr[n] = Alloc(size)` with n counted from 0, `Free(ptr[n])` of one not yet \
                           freed, or another line that malloc.py prints";

/// The first words of lines that say nothing of blocks: the options, answers and the free list.
const OTHERS: &[&[u8]] = &[
    b"seed",
    b"size",
    b"baseAddr",
    b"headerSize",
    b"alignment",
    b"policy",
    b"listOrder",
    b"coalesce",
    b"numOps",
    b"range",
    b"percentAlloc",
    b"allocList",
    b"compute",
    b"returned",
    b"Free",
    b"List?",
    b"Invalid",
];

/// A sign, digits, and nothing but further items; or an operation that malloc.py prints.
pub(super) fn recognises(line: &[u8]) -> bool {
    let first = split_once(line, b',').map_or(line, |(first, _)| first);
    matches!(first.trim_ascii(), [b'+' | b'-', number @ ..] if decimal(number).is_some())
        || Printed::of(line).is_some()
}

#[derive(Debug)]
pub(super) struct Reader {
    pub(super) log: Recorder,
    /// Whether it is what malloc.py prints.
    is_printed: bool,
}

impl Reader {
    /// A text that begins with this line.
    pub(super) fn new(first: &[u8]) -> Self {
        let is_printed = is_other(first) || Printed::of(first).is_some();
        Self { log: Recorder::default(), is_printed }
    }

    /// Whether it is a list, so that each item of a line is read by itself.
    pub(super) fn takes_items(&self) -> bool {
        !self.is_printed
    }

    /// Reads a line or an item.
    pub(super) fn read(&mut self, text: &[u8]) -> Result<(), Expected> {
        let Self { log, is_printed } = self;
        if *is_printed { printed(text, log) } else { operation(text, log) }
    }
}

/// An operation as malloc.py prints it, with the numbers as they stand there.
struct Printed<'a> {
    block: &'a [u8],
    /// What is allocated; `None` where it is freed.
    bytes: Option<&'a [u8]>,
}

impl<'a> Printed<'a> {
    fn of(line: &'a [u8]) -> Option<Self> {
        let freed = line.strip_prefix(b"Free(");
        let (block, rest) = cut(freed.unwrap_or(line), b"ptr[", b']')?;
        let (bytes, rest) = match freed {
            Some(_) => (None, rest.strip_prefix(b")")?),
            None => {
                let (bytes, rest) = cut(rest, b" = Alloc(", b')')?;
                (Some(bytes), rest)
            }
        };
        // Older versions print the answer on the same line.
        let answer = rest.trim_ascii();
        (answer.is_empty() || answer.starts_with(b"returned ")).then_some(Self { block, bytes })
    }
}

fn printed(line: &[u8], log: &mut Recorder) -> Result<(), Expected> {
    match Printed::of(line) {
        Some(Printed { block, bytes: Some(bytes) }) => {
            if decimal(block) != Some(log.next_block()) {
                return Err(PRINTED);
            }
            log.alloc(size(bytes)?, Align::ONE)?;
        }
        Some(Printed { block, bytes: None }) => {
            let block = live(block, log).ok_or(PRINTED)?;
            log.free(block);
        }
        None if is_other(line) => {}
        None => return Err(PRINTED),
    }
    Ok(())
}

/// Does not look for the end of the first word, which may be that of the whole text.
fn is_other(line: &[u8]) -> bool {
    OTHERS.iter().any(|&word| {
        let behind = line.strip_prefix(word).map(<[u8]>::first);
        behind.is_some_and(|byte| byte.is_none_or(u8::is_ascii_whitespace))
    })
}

/// What stands between a beginning and an end, and what follows.
fn cut<'a>(text: &'a [u8], beginning: &[u8], end: u8) -> Option<(&'a [u8], &'a [u8])> {
    split_once(text.strip_prefix(beginning)?, end)
}

/// The block of that number, if it is live.
fn live(number: &[u8], log: &Recorder) -> Option<u32> {
    let (block, is_live) = log.block(decimal(number)?)?;
    is_live.then_some(block)
}

fn operation(text: &[u8], log: &mut Recorder) -> Result<(), Expected> {
    match text {
        [b'+', bytes @ ..] => {
            log.alloc(size(bytes)?, Align::ONE)?;
        }
        [b'-', index @ ..] => {
            let block = live(index, log).ok_or(LIVE)?;
            log.free(block);
        }
        _ => return Err("`+size` or `-index`"),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::tests::{alloc, freed};
    use super::super::{Trace, TraceError, TraceFormat};

    fn parse(text: &str) -> Result<Trace, TraceError> {
        Trace::parse(text.as_bytes(), Some(TraceFormat::Ostep), "")
    }

    #[test]
    fn reads_each_operation() {
        let trace = parse("+10,-0,+20,+0,-1").unwrap();
        assert_eq!(trace.ops(), [alloc(0, 10), freed(0), alloc(1, 20), alloc(2, 1), freed(1)]);
        assert_eq!((trace.blocks(), trace.peak_bytes()), (3, 21));
    }

    #[test]
    fn lines_and_spaces_between_items_are_the_same_trace() {
        let plain = parse("+10,-0").unwrap();
        assert_eq!(parse(" +10 , -0 ,\r\n").unwrap(), plain);
        assert_eq!(parse("\r\n+10,\r\n\r\n-0\r\n").unwrap(), plain);
    }

    #[test]
    fn the_bad_item_is_named_not_its_whole_line() {
        let items = ["", "10", "+", "-", "+x", "+-1", "+4294967296", "-2", "-1", "--0", "-0x0"];
        for item in items {
            let error = parse(&format!("+1,+1\n-1,{item},+1\n")).unwrap_err();
            assert_eq!((error.line, error.found.as_str()), (2, item));
        }
    }

    const OUTPUT: &str = "seed 0\nsize 100\nbaseAddr 1000\nheaderSize 0\nalignment -1\npolicy BEST\n\
        listOrder ADDRSORT\ncoalesce False\nnumOps 10\nrange 10\npercentAlloc 50\nallocList \n\
        compute True\n\n\
        ptr[0] = Alloc(3) returned 1000 (searched 1 elements)\n\
        Free List [ Size 1 ]: [ addr:1003 sz:97 ]\n\n\
        Free(ptr[0])\nreturned 0\n\
        Free List [ Size 2 ]: [ addr:1000 sz:3 ][ addr:1003 sz:97 ]\n\n\
        ptr[1] = Alloc(500) returned -1 (searched 2 elements)\n\
        Free List [ Size 2 ]: [ addr:1000 sz:3 ][ addr:1003 sz:97 ]\n\n\
        Invalid Free: Skipping\n";

    #[test]
    fn what_is_printed_is_the_trace_of_the_list_with_what_could_not_be_served() {
        let listed = parse("+3,-0,+500").unwrap();
        assert_eq!(parse(OUTPUT).unwrap(), listed);
        assert_eq!(Trace::parse(OUTPUT.as_bytes(), None, "").unwrap(), listed, "recognised");
        let unsolved = "ptr[0] = Alloc(3) returned ?\nList? \n\nFree(ptr[0])\nreturned ?\nList?\n\
            ptr[1] = Alloc(500) returned ?\n";
        assert_eq!(parse(unsolved).unwrap(), listed, "without -c");
        let older = "ptr[0] = Alloc(3)  returned 1000 (searched 1 elements)\n\
            Free List [ Size 1 ]:  [ addr:1003 sz:97 ] \nFree(ptr[0]) returned 0\nptr[1] = Alloc(500)\n";
        assert_eq!(parse(older).unwrap(), listed, "as older versions print it");
    }

    #[test]
    fn other_lines_are_errors_in_what_is_printed() {
        #[rustfmt::skip]
        let lines = [
            "ptr[0] = Alloc(3)", "ptr[2] = Alloc(3)", "ptr[x] = Alloc(3)", "ptr[1] = Alloc()", "ptr[1] = Alloc(-1)",
            "ptr[1] = Alloc(3) failed", "ptr[1] = Alloc(3", "ptr[1]", "ptr[18446744073709551615] = Alloc(1)",
            "Free(ptr[1])", "Free(ptr[])", "Free(ptr[0]", "Free(0)", "+1", "seeds 0", "Traceback", "free list",
        ];
        for line in lines {
            let error = parse(&format!("seed 0\nptr[0] = Alloc(8)\n{line}\n")).unwrap_err();
            assert_eq!((error.line, error.found.as_str()), (3, line));
        }
        let twice = parse("ptr[0] = Alloc(8)\nFree(ptr[0])\nFree(ptr[0])\n").unwrap_err();
        assert_eq!(twice.line, 3);
    }
}
