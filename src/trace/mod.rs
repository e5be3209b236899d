//! Allocation traces: what real programs asked of their allocator, to be replayed.
//!
//! [`Trace::parse`] reads several text formats ([`TraceFormat`]) into one list of operations, in one
//! pass over the text; [`TraceReader`] does the same in parts. Two questions arise in every format and have one answer here:
//!
//! - **A size of 0** is a block of 1 byte: `malloc(0)` gives real programs a pointer of their own.
//! - **An operation that does nothing** (`free` of a null pointer, an allocation that failed while
//!   recording) is still an operation of the program: it is listed as [`Op::Nothing`], so that
//!   positions in the list agree with counts that a trace states about itself.
//!
//! Recordings of real programs often begin in the middle and miss calls. So in `android`, `heaptrack`,
//! `valgrind` and `mtrace`, freeing a pointer that was never seen is left out and counted
//! ([`Trace::skipped`]), and resizing one begins a block. An allocation that returns a pointer still
//! live first frees the earlier block, whose `free` was missed ([`Trace::inferred`]); so does, in
//! `valgrind`, another program that begins in the same process. `rep`, `wee` and `ostep` number their
//! blocks themselves; there the same is an error.

// What always holds in a Trace: Alloc brings the block indexes 0, 1, 2, … in this order; Resize
// and Free name a block that is live; a freed index does not return; every size is at least 1.

mod android;
mod error;
mod format;
mod heaptrack;
mod line;
mod mtrace;
mod not_text;
mod ostep;
mod pointers;
mod reader;
mod recorder;
mod rep;
mod valgrind;
mod wee;

pub use error::TraceError;
pub use format::TraceFormat;
pub use reader::TraceReader;

/// A list of allocations, resizes and frees, with figures that sum it up.
///
/// ```
/// use twingate_memory::trace::{Align, Op, Trace, TraceFormat};
///
/// let trace = Trace::parse(b"+24,+8,-0", None, "two blocks")?;
/// assert_eq!(trace.format(), TraceFormat::Ostep);
/// assert_eq!((trace.operations(), trace.blocks(), trace.peak_bytes()), (3, 2, 32));
/// assert_eq!(trace.ops()[1], Op::Alloc { block: 1, size: 8, align: Align::ONE });
/// assert_eq!(trace.ops()[2], Op::Free { block: 0 });
/// # Ok::<(), twingate_memory::trace::TraceError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    name: String,
    format: TraceFormat,
    ops: Vec<Op>,
    blocks: u32,
    peak_bytes: u64,
    skipped: usize,
    inferred: usize,
}

/// One operation of a program, 12 bytes long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Op {
    /// The block with the next index begins.
    Alloc {
        /// 0 for the first block of the trace, then one more each time.
        block: u32,
        /// Bytes asked for, at least 1.
        size: u32,
        /// [`Align::ONE`] unless the program asked for more.
        align: Align,
    },
    /// A live block grows or shrinks.
    Resize {
        /// Its index.
        block: u32,
        /// Bytes asked for, at least 1.
        size: u32,
    },
    /// A live block ends.
    Free {
        /// Its index, not used again.
        block: u32,
    },
    /// The program made a call that changed no block.
    Nothing,
}

const _: () = assert!(size_of::<Op>() == 12);

/// An alignment: a power of two, at most 2^31.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Align(u8);

impl Align {
    /// No particular alignment.
    pub const ONE: Self = Self(0);

    /// The smallest alignment that satisfies a request, rounded as C libraries do: 0 and 1 ask for
    /// none, 3 for 4. `None` past 2^31.
    ///
    /// ```
    /// # use twingate_memory::trace::Align;
    /// assert_eq!(Align::at_least(3).map(Align::bytes), Some(4));
    /// assert_eq!(Align::at_least(u64::MAX), None);
    /// ```
    pub fn at_least(bytes: u64) -> Option<Self> {
        let power = u32::try_from(bytes).ok()?.checked_next_power_of_two()?;
        Some(Self(power.trailing_zeros() as u8))
    }

    /// The alignment in bytes.
    pub const fn bytes(self) -> u32 {
        1 << self.0
    }
}

impl Trace {
    /// Reads a trace; the format is recognised when it is not given. Blank lines, CRLF line ends
    /// and a byte order mark are tolerated.
    ///
    /// A truncated file looks whole if it is cut between two lines or within the last number, which is
    /// then shorter; only [`Rep`](TraceFormat::Rep) states how many operations there are.
    ///
    /// Time and memory are linear in the length of the text. To show progress, or to stop, use a [`TraceReader`].
    ///
    /// # Errors
    /// The first line that is not of the format, has a number out of range (sizes end at 2^32 - 1) or
    /// contradicts an earlier line; a text of no known format; a compressed or UTF-16 text; a trace
    /// without any operation, or too long for the available memory.
    ///
    /// ```
    /// use twingate_memory::trace::Trace;
    ///
    /// let error = Trace::parse(b"Alloc(16),\nFree(1),\n", None, "").unwrap_err();
    /// assert_eq!(error.line, 2);
    /// assert_eq!(
    ///     error.to_string(),
    ///     "line 2: found \"Free(1)\", expected `Free(n)` with n the number of an earlier Alloc, \
    ///      counted from 0",
    /// );
    /// ```
    pub fn parse(text: &[u8], format: Option<TraceFormat>, name: &str) -> Result<Self, TraceError> {
        TraceReader::new(text, format).finish(name)
    }

    /// The name given to [`parse`](Self::parse) or [`TraceReader::finish`].
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The format that was given or recognised.
    pub fn format(&self) -> TraceFormat {
        self.format
    }

    /// The operations, in the order in which the program made them.
    pub fn ops(&self) -> &[Op] {
        &self.ops
    }

    /// Number of operations, including those that do nothing.
    pub fn operations(&self) -> usize {
        self.ops.len()
    }

    /// Number of blocks in the whole trace, live or not: every index is below it.
    pub fn blocks(&self) -> u32 {
        self.blocks
    }

    /// Highest sum of the sizes of live blocks, in bytes asked for.
    pub fn peak_bytes(&self) -> u64 {
        self.peak_bytes
    }

    /// Frees left out because their pointer was never seen.
    pub fn skipped(&self) -> usize {
        self.skipped
    }

    /// Frees added because a live pointer was returned again, or because another program began in the
    /// same process.
    pub fn inferred(&self) -> usize {
        self.inferred
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) const fn alloc(block: u32, size: u32) -> Op {
        Op::Alloc { block, size, align: Align::ONE }
    }

    pub(super) fn aligned(block: u32, size: u32, align: u64) -> Op {
        Op::Alloc { block, size, align: Align::at_least(align).unwrap() }
    }

    pub(super) const fn freed(block: u32) -> Op {
        Op::Free { block }
    }

    #[test]
    fn alignments_round_up_to_a_power_of_two_and_end_at_2_31() {
        let bytes = |n| Align::at_least(n).map(Align::bytes);
        assert_eq!(bytes(0), Some(1));
        assert_eq!(bytes(1), Some(1));
        assert_eq!(bytes(48), Some(64));
        assert_eq!(bytes(1 << 31), Some(1 << 31));
        assert_eq!(bytes((1 << 31) + 1), None);
        assert_eq!(bytes(1 << 32), None);
    }

    #[test]
    fn a_text_of_no_known_format_is_named_by_its_first_line() {
        let error = Trace::parse(b"\n\nDear allocator,\n", None, "").unwrap_err();
        assert_eq!((error.line, error.found.as_str()), (3, "Dear allocator,"));
    }

    #[test]
    fn an_empty_text_is_an_error_with_and_without_a_format() {
        for format in TraceFormat::ALL.iter().copied().map(Some).chain([None]) {
            let error = Trace::parse(b"", format, "").unwrap_err();
            assert_eq!((error.line, error.found.as_str()), (1, ""), "{format:?}");
        }
    }

    #[test]
    fn a_trace_without_operations_is_an_error_at_its_end() {
        let error = Trace::parse(b"==1== Memcheck\n", None, "").unwrap_err();
        assert_eq!(error.line, 2);
        assert_eq!(error.to_string(), "line 2: found nothing, expected at least one operation");
    }

    #[test]
    fn name_and_format_are_kept() {
        let trace = Trace::parse(b"+1", Some(TraceFormat::Ostep), "one").unwrap();
        assert_eq!((trace.name(), trace.format()), ("one", TraceFormat::Ostep));
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_first_line() {
        assert!(Trace::parse(b"\xEF\xBB\xBF+1,-0", None, "").is_ok());
    }
}
