//! Reads [`TraceFormat::Ostep`](super::TraceFormat::Ostep).

use super::line::{Expected, Lines, decimal, size};
use super::recorder::Recorder;
use super::{Align, TraceError};

const LIVE: Expected = "`-index` with the number of an earlier `+size`, from 0, not yet freed";

/// A sign, digits, and nothing but further items.
pub(super) fn recognises(line: &[u8]) -> bool {
    let first = line.split(|&byte| byte == b',').next().unwrap_or(line).trim_ascii();
    matches!(first, [b'+' | b'-', number @ ..] if decimal(number).is_some())
}

pub(super) fn read(lines: &mut Lines, log: &mut Recorder) -> Result<(), TraceError> {
    for item in lines.flat_map(|line| line.items()) {
        operation(item.text, log).map_err(|what| item.expected(what))?;
    }
    Ok(())
}

fn operation(text: &[u8], log: &mut Recorder) -> Result<(), Expected> {
    match text {
        [b'+', bytes @ ..] => {
            log.alloc(size(bytes)?, Align::ONE)?;
            Ok(())
        }
        [b'-', index @ ..] => match decimal(index).and_then(|index| log.block(index)) {
            Some((block, true)) => {
                log.free(block);
                Ok(())
            }
            _ => Err(LIVE),
        },
        _ => Err("`+size` or `-index`"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Align, Op, Trace, TraceError, TraceFormat};

    fn parse(text: &str) -> Result<Trace, TraceError> {
        Trace::parse(text.as_bytes(), Some(TraceFormat::Ostep), "")
    }

    const fn alloc(block: u32, size: u32) -> Op {
        Op::Alloc { block, size, align: Align::ONE }
    }

    #[test]
    fn reads_each_operation() {
        let trace = parse("+10,-0,+20,+0,-1").unwrap();
        let freed = |block| Op::Free { block };
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
}
