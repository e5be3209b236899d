//! Reads [`TraceFormat::Valgrind`](super::TraceFormat::Valgrind).
//!
//! Valgrind writes a call before it makes it, and afterwards the result, ` = 0x10` and the end of the
//! line ([`call`]). Other calls may come in between, on the same line or on further ones:
//! - Calls of other threads. A result right behind a call belongs to that call; one on a line of its
//!   own belongs to the call that has waited longest, since threads take turns ([`waiting`]).
//! - What the call leads to: `realloc(0x0,5)malloc(5) = 0x10`, `realloc(0x10,0)free(0x10)`. There the
//!   second call takes effect, and the first gets no result that counts.
//!
//! Several processes, and the program itself, may write to one log. So a line is cut at each prefix
//! (`--process--`, [`message`]), and only the first process that makes a call is read ([`calls`]). A
//! process writes a prefix only where it believes that a line begins: if another one writes between a
//! call and its result, the result has no prefix ([`open_lines`]).
//!
//! What always holds: only calls of the process that is read become operations. Of the others it is only known
//! which have a line open, since a result without a prefix may be theirs.
//!
//! Which calls have a result of their own depends on the version ([`asked`]). Without a banner, a call
//! that has one only in some versions waits behind all others.

mod asked;
mod call;
mod calls;
mod function;
mod message;
mod open_lines;
mod returned;
mod waiting;

use super::line::{Fault, Line, decimal};
use super::recorder::Recorder;
use call::{leaves_line_open, split_result};
use calls::Calls;
use message::{Message, messages};
use open_lines::OpenLines;
use returned::Returned;

/// Any line of valgrind's own.
pub(super) fn recognises(line: &[u8]) -> bool {
    Message::at_start_of(line).is_some()
}

#[derive(Debug, Default)]
pub(super) struct Reader {
    /// The process that is read.
    first: Option<u64>,
    /// Its calls.
    calls: Calls,
    /// Of all processes.
    open: OpenLines,
}

impl Reader {
    pub(super) fn read(&mut self, line: Line) -> Result<(), Fault> {
        match Returned::alone(line.text) {
            Some(result) => self.result(result),
            None => messages(line.text).try_for_each(|message| self.message(line, message)),
        }
    }

    pub(super) fn end(&mut self) -> Result<(), Fault> {
        self.end_line_of_first()
    }

    pub(super) fn log(&mut self) -> &mut Recorder {
        &mut self.calls.pointers.log
    }

    fn message(&mut self, line: Line, message: Message) -> Result<(), Fault> {
        let Message { tells_calls, process, text } = message;
        self.end_line(process)?;
        let is_first = self.first == Some(process);
        if !tells_calls {
            self.banner(is_first, text);
            return Ok(());
        }
        // While other lines are open, the result may be that of one of them.
        let split = if self.open.is_empty() { None } else { split_result(text) };
        let (text, result) = split.map_or((text, None), |(text, result)| (text, Some(result)));
        if (is_first || self.first.is_none()) && self.calls.read(line, text)? {
            self.first = Some(process);
        }
        if leaves_line_open(text) {
            self.open.begin(process)?;
        }
        result.map_or(Ok(()), |result| self.result(result))
    }

    fn banner(&mut self, is_first: bool, text: &[u8]) {
        if let Some(version) = version(text) {
            self.calls.version = Some(version);
        } else if is_first && text.starts_with(b"Command:") {
            self.calls.begin_anew();
        }
    }

    /// A result that ends one of the open lines.
    fn result(&mut self, result: Returned) -> Result<(), Fault> {
        if self.open.add(result)? {
            self.end_line_of_first()?;
            self.open.forget();
        }
        Ok(())
    }

    /// Decides by the results so far which one the first process has, if its line is open.
    fn end_line_of_first(&mut self) -> Result<(), Fault> {
        self.first.map_or(Ok(()), |first| self.end_line(first))
    }

    /// A process has ended its line, if it had one open.
    fn end_line(&mut self, process: u64) -> Result<(), Fault> {
        let is_first = self.first == Some(process);
        match self.open.end(process, is_first, self.calls.latest) {
            Some(result) if is_first => self.calls.answer_last(result),
            _ => Ok(()),
        }
    }
}

/// The `x` of `Using Valgrind-3.x.y`.
fn version(text: &[u8]) -> Option<u64> {
    let version = text.strip_prefix(b"Using Valgrind-3.")?;
    decimal(version.split(|byte| !byte.is_ascii_digit()).next()?)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{alloc, freed};
    use super::super::{Op, Trace, TraceError, TraceFormat};

    pub(super) fn parse(text: &str) -> Result<Trace, TraceError> {
        Trace::parse(text.as_bytes(), Some(TraceFormat::Valgrind), "")
    }

    /// The operations after a block of 8 bytes at 0x40, of a process that is the first. Nothing is amiss.
    pub(super) fn ops_behind_8(log: &str) -> Vec<Op> {
        let trace = parse(&format!("--1-- malloc(8) = 0x40\n{log}")).unwrap();
        assert_eq!((trace.skipped(), trace.inferred()), (0, 0), "{log}");
        trace.ops()[1..].to_vec()
    }

    #[test]
    fn follows_the_first_process_that_allocates() {
        let trace = parse(
            "--6-- REDIR: 0x401 (ld.so:strlen) redirected to 0x580 (strlen)\n\
             --7-- malloc(1) = 0x10\n--8-- malloc(2) = 0x10\n--8-- nonsense(\n\
             --00:00:00:01.207 7-- free(0x10)\n--8-- free(x)\n",
        )
        .unwrap();
        assert_eq!(trace.ops(), [alloc(0, 1), freed(0)]);
    }

    /// Its blocks seemed to stay live, or the next program seemed to free them.
    #[test]
    fn another_program_in_the_same_process_has_another_heap() {
        let banner = |process: u32| {
            format!("=={process}== Using Valgrind-3.19.0\n=={process}== Command: x\n")
        };
        let trace = parse(&format!(
            "{}--7-- malloc(1) = 0x20\n--7-- malloc(2) = 0x10\n--7-- malloc(3)free(0x0)\n\
             {}--7-- free(0x10)\n--7-- malloc(4) = 0x10\n{}--7--  = 0x30\n--7-- free(0x10)\n\
             --7-- free(0x20)\n--7-- malloc(5) = 0x10\n",
            banner(7),
            banner(8),
            banner(7),
        ))
        .unwrap();
        let before = [alloc(0, 1), alloc(1, 2), Op::Nothing, freed(1), alloc(2, 4)];
        assert_eq!(trace.ops()[..5], before);
        assert_eq!(trace.ops()[5..], [freed(0), freed(2), alloc(3, 5)]);
        assert_eq!((trace.skipped(), trace.inferred()), (2, 2));
    }

    #[test]
    fn blank_lines_and_crlf_are_the_same_trace() {
        let plain = parse("--7-- malloc(1) = 0x10\n--7-- free(0x10)\n").unwrap();
        let spaced = "\r\n--7-- malloc(1) = 0x10\r\n\r\n--7-- free(0x10)";
        assert_eq!(parse(spaced).unwrap(), plain);
    }
}
