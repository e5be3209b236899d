//! Reads [`TraceFormat::Rep`](super::TraceFormat::Rep).
//!
//! What always holds: an id is in `bound` exactly while its block is live.

use std::collections::HashMap;

use super::Align;
use super::line::{Expected, Fault, MEMORY, decimal, exactly, fields, size};
use super::recorder::Recorder;

const HEADER: Expected = "a header of four numbers: any, ids, operations, any";
const OPERATION: Expected = "`a id size`, `r id size` or `f id`";

/// A line of one to four numbers: the beginning of a header.
pub(super) fn recognises(line: &[u8]) -> bool {
    fields(line).count() <= 4 && fields(line).all(|field| field.iter().all(u8::is_ascii_digit))
}

#[derive(Debug, Default)]
pub(super) struct Reader {
    header: Header,
    /// Operations read.
    done: u64,
    ids: Ids,
}

/// The numbers so far. Files have one on each line, but their driver accepts any spacing.
#[derive(Debug, Default)]
struct Header {
    numbers: [u64; 4],
    known: usize,
}

impl Reader {
    pub(super) fn read(&mut self, line: &[u8]) -> Result<(), Fault> {
        if !self.header.is_whole() {
            return Ok(self.header.read(line)?);
        }
        let [_, limit, operations, _] = self.header.numbers;
        if self.done == operations {
            return Err(format!("the end: the header states {operations} operations").into());
        }
        self.done += 1;
        Ok(self.ids.operation(line, limit)?)
    }

    pub(super) fn end(&self) -> Result<(), Fault> {
        let operations = self.header.numbers[2];
        match self.done {
            _ if !self.header.is_whole() => Err(HEADER.into()),
            done if done < operations => {
                Err(format!("operation {} of {operations}", done + 1).into())
            }
            _ => Ok(()),
        }
    }

    pub(super) fn log(&mut self) -> &mut Recorder {
        &mut self.ids.log
    }
}

impl Header {
    fn is_whole(&self) -> bool {
        self.known == self.numbers.len()
    }

    fn read(&mut self, line: &[u8]) -> Result<(), Expected> {
        for field in fields(line) {
            let number = self.numbers.get_mut(self.known).ok_or(HEADER)?;
            *number = decimal(field).ok_or(HEADER)?;
            self.known += 1;
        }
        Ok(())
    }
}

#[derive(Debug, Default)]
struct Ids {
    bound: HashMap<u64, u32>,
    log: Recorder,
}

impl Ids {
    /// Every ID is below the limit.
    fn operation(&mut self, text: &[u8], limit: u64) -> Result<(), Expected> {
        if let Some([b"f", id]) = exactly(fields(text)) {
            return self.free(id, limit);
        }
        let Some([kind @ (b"a" | b"r"), id, bytes]) = exactly(fields(text)) else {
            return Err(OPERATION);
        };
        let id = known(id, limit)?;
        let bytes = size(bytes)?;
        match (kind, self.bound.get(&id).copied()) {
            (b"a", Some(_)) => Err("an id that is not in use"),
            (b"r", None) if bytes == 0 => {
                self.log.nothing();
                Ok(())
            }
            (b"r", Some(block)) if bytes == 0 => {
                self.bound.remove(&id);
                self.log.free(block);
                Ok(())
            }
            (_, Some(block)) => self.log.resize(block, bytes),
            (_, None) => {
                self.bound.try_reserve(1).map_err(|_| MEMORY)?;
                self.bound.insert(id, self.log.alloc(bytes, Align::ONE)?);
                Ok(())
            }
        }
    }

    fn free(&mut self, id: &[u8], limit: u64) -> Result<(), Expected> {
        if id == b"-1" {
            self.log.nothing();
            return Ok(());
        }
        let id = known(id, limit)?;
        self.log.free(self.bound.remove(&id).ok_or("an id that is in use")?);
        Ok(())
    }
}

fn known(id: &[u8], limit: u64) -> Result<u64, Expected> {
    decimal(id)
        .filter(|&id| id < limit)
        .ok_or("an id below the number of ids that the header states")
}

#[cfg(test)]
mod tests {
    use super::super::tests::{alloc, freed};
    use super::super::{Op, Trace, TraceError, TraceFormat};

    fn parse(text: &str) -> Result<Trace, TraceError> {
        Trace::parse(text.as_bytes(), Some(TraceFormat::Rep), "")
    }

    fn bad(text: &str) -> (usize, String) {
        let error = parse(text).unwrap_err();
        (error.line, error.to_string())
    }

    #[test]
    fn reads_each_operation() {
        let text = "20000\n3\n8\n1\na 0 512\na 2 128\nr 0 640\nr 1 7\nf 2\nf -1\nr 0 0\na 2 1\n";
        let trace = parse(text).unwrap();
        assert_eq!(
            trace.ops(),
            [
                alloc(0, 512),
                alloc(1, 128),
                Op::Resize { block: 0, size: 640 },
                alloc(2, 7),
                freed(1),
                Op::Nothing,
                freed(0),
                alloc(3, 1),
            ]
        );
        assert_eq!((trace.operations(), trace.blocks(), trace.peak_bytes()), (8, 4, 775));
    }

    #[test]
    fn blank_lines_crlf_and_a_header_on_one_line_are_the_same_trace() {
        let plain = parse("0\n1\n2\n1\na 0 5\nf 0\n").unwrap();
        assert_eq!(parse("0\r\n1\r\n2\r\n1\r\na 0 5\r\nf 0").unwrap(), plain);
        assert_eq!(parse("\n 0 1\n\n2 1\n\n\na  0\t5\n\nf 0\n\n").unwrap(), plain);
    }

    #[test]
    fn a_resize_to_nothing_of_nothing_does_nothing() {
        assert_eq!(parse("0\n1\n2\n1\nr 0 0\na 0 0\n").unwrap().ops(), [Op::Nothing, alloc(0, 1)]);
    }

    #[test]
    fn the_header_is_four_numbers() {
        assert_eq!(bad("0\n1\nx\n1\n").0, 3);
        assert_eq!(bad("0\n1\n2\n").0, 4);
        assert_eq!(bad("0 1 2 1 9\n").0, 1);
        assert_eq!(bad("0\n1\n2\n\na 0 5\n").0, 5);
        assert_eq!(bad("0\n18446744073709551616\n2\n1\n").0, 2);
    }

    #[test]
    fn the_number_of_operations_is_exact() {
        let (line, message) = bad("0\n1\n3\n1\na 0 5\nf 0\n");
        assert_eq!((line, &*message), (7, "line 7: found nothing, expected operation 3 of 3"));
        let (line, message) = bad("0\n1\n1\n1\na 0 5\n\nf 0\n");
        assert_eq!(line, 7);
        assert!(message.ends_with("expected the end: the header states 1 operations"), "{message}");
        assert_eq!(bad("0\n1\n18446744073709551615\n1\na 0 5\n").0, 6);
    }

    #[test]
    fn bad_operations_are_named_with_their_line() {
        #[rustfmt::skip]
        let lines = [
            "x 1 2", "a 1", "a 1 2 3", "a 2 2", "a -1 2", "a 1 -2", "a 1 4294967296", "a 1 1.5",
            "a 0 5", "f 1", "f 2", "f -2", "f 0 0", "r 2 8", "r 0 4294967296", "aa 1 2",
        ];
        for line in lines {
            let (number, message) = bad(&format!("0\n2\n2\n1\na 0 5\n{line}\n"));
            assert_eq!(number, 6, "{line}");
            assert!(message.contains(line), "{message}");
        }
    }
}
