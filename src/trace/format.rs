//! The formats: what they are, how to tell them apart, and the reader of each.
//!
//! What always holds: no line is recognised by two formats. A reader holds no text: a part that was read may go
//! before the next one comes.

use super::line::{Fault, Line, Lines};
use super::pointers::Pointers;
use super::recorder::Recorder;
use super::{android, heaptrack, mtrace, ostep, rep, valgrind, wee};
use crate::named::named;

/// A text format for allocation traces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TraceFormat {
    /// The malloc lab of CMU's "Computer Systems: A Programmer's Perspective" (its driver reads
    /// `traces/*.rep`). Four header numbers: the first and the last mean different things in different
    /// years and are ignored, the second bounds the ids, and the third is the exact number of
    /// operations. Then `a id size`, `r id size` or `f id`. `r` of an id that is not in use allocates;
    /// `r id 0` frees, or does nothing if the id is not in use; and `f -1` does nothing. An id may be used
    /// again once it is freed.
    ///
    /// ```text
    /// 20000
    /// 2
    /// 4
    /// 1
    /// a 0 512
    /// a 1 128
    /// r 0 640
    /// f 1
    /// ```
    Rep,
    /// The test traces of the allocator wee_alloc (`test/traces/*.trace`, written by its
    /// `trace-malloc-free` tool). `n` is the number of an Alloc, counted from 0; freeing the same one
    /// again does nothing.
    ///
    /// ```text
    /// Alloc(552),
    /// Alloc(120),
    /// Free(0),
    /// ```
    Wee,
    /// Android's `malloc_debug` with `record_allocs`, replayed by `memory_replay`: thread, call,
    /// returned pointer in hexadecimal, arguments in decimal, then optionally the nanoseconds of its
    /// start and end and, for `free` and `realloc`, the bytes of the old block that were in memory. `thread_done`
    /// is not an operation. Alignments are rounded up to a power of two,
    /// as the C library does.
    ///
    /// ```text
    /// 186: malloc 0xb6038060 20
    /// 186: calloc 0xb609f080 32 4
    /// 186: realloc 0xb603e9a0 0xb609f080 12
    /// 186: memalign 0xae9063c1 16 104
    /// 187: free 0xb6038060
    /// 187: thread_done 0x0
    /// ```
    Android,
    /// The raw data of the heap profiler heaptrack (`heaptrack --raw`, or the file that its preloaded
    /// library writes), decompressed: `+ size trace pointer` and `- pointer`, all in hexadecimal
    /// without prefix. Other kinds of line are skipped. A `realloc` is recorded as a free and an
    /// allocation, so as two blocks, and alignments are not recorded. The usual `.gz` or `.zst` files
    /// of heaptrack are already interpreted and have no pointers: they are refused.
    ///
    /// ```text
    /// v 10400 3
    /// t 7f1bc0 1
    /// + 4a 1 55d6c2a0
    /// - 55d6c2a0
    /// ```
    Heaptrack,
    /// What valgrind's memcheck writes with `--trace-malloc=yes`. Lines of other kinds are skipped, and
    /// so are the calls of any process but the first that allocates, since addresses of two processes
    /// are unrelated. C++'s `operator new` and `delete` are read under their mangled names (`_Znwm`,
    /// `_ZdlPv`, …). A call that another thread interrupted counts where its result is; a call without
    /// a result is left out. Other processes and the program itself may write to the same file, even
    /// between a call and its result. If that leaves two results that the first process may have got,
    /// the nearer address counts.
    ///
    /// Versions differ in wording and in which calls have a result. The banner (`Using
    /// Valgrind-3.19.0`), which `-q` leaves out, tells them apart. Without it, a call that has no
    /// result in some versions gets a result only if no other call waits for it. Valgrind 3.21 to 3.23
    /// write no pointer for `posix_memalign`, 3.22 and 3.23 none for `aligned_alloc`, and no version
    /// since 3.21 writes a call of `valloc`: such blocks are unknown, and their frees are
    /// [skipped](super::Trace::skipped). From 3.24 on the pointer of `valloc` is written, and a call
    /// that waits for its result may get it. macOS's zone functions (`malloc_zone_malloc`, …) are not
    /// read. When the process runs another program (`exec`, followed with `--trace-children=yes`), its
    /// blocks are [freed](super::Trace::inferred); a log without banners does not show that.
    ///
    /// ```text
    /// --1234-- malloc(72704) = 0x4D5C040
    /// --1234-- calloc(3,7) = 0x4D6DDC0
    /// --1234-- realloc(0x4D6DDC0,100) = 0x4D6DCC0
    /// --1234-- realloc(0x0,5)malloc(5) = 0x4D6DD70
    /// --1234-- memalign(al 64, size 9) = 0x4D6DEC0
    /// --1234-- free(0x4D6DCC0)
    /// ```
    Valgrind,
    /// The log that glibc's `mtrace()` writes to the file named by `MALLOC_TRACE`. Each line may begin
    /// with the place of the call; `<` and `>` are the two halves of a `realloc`, and `!` is one that
    /// failed. Alignments are not recorded.
    ///
    /// A program that ends by `_exit` or a signal leaves a log that may stop anywhere: a last line
    /// without a line end is skipped if it cannot be read. A program that forks may leave a log that
    /// cannot be read at all, since parent and child both write what was buffered at the fork, and
    /// overwrite each other.
    ///
    /// ```text
    /// = Start
    /// @ ./a.out:[0x401136] + 0x1c9c3a0 0x20
    /// @ ./a.out:[0x401151] < 0x1c9c3a0
    /// @ ./a.out:[0x401151] > 0x1c9c3d0 0x40
    /// @ ./a.out:[0x401167] - 0x1c9c3d0
    /// = End
    /// ```
    Mtrace,
    /// The operand of `-A` of `malloc.py`, the free-space homework of "Operating Systems: Three
    /// Easy Pieces": `+size` allocates, `-index` frees the allocation of that number, from 0. Or what
    /// it prints, with or without `-c`: a request that it could not serve is read like any other.
    ///
    /// ```text
    /// +10,-0,+20,+30,-1
    /// ```
    ///
    /// ```text
    /// ptr[0] = Alloc(3) returned 1000 (searched 1 elements)
    /// Free List [ Size 1 ]: [ addr:1003 sz:97 ]
    ///
    /// Free(ptr[0])
    /// returned 0
    /// ```
    Ostep,
}

named! {
    /// All formats.
    TraceFormat, "trace format":
    Rep "rep",
    Wee "wee",
    Android "android",
    Heaptrack "heaptrack",
    Valgrind "valgrind",
    Mtrace "mtrace",
    Ostep "ostep",
}

impl TraceFormat {
    /// The format of the first line that any format recognises.
    ///
    /// ```
    /// # use twingate_memory::trace::TraceFormat;
    /// assert_eq!(TraceFormat::recognise(b"186: free 0x10"), Some(TraceFormat::Android));
    /// assert_eq!(TraceFormat::recognise(b"free 0x10"), None);
    /// ```
    pub fn recognise(text: &[u8]) -> Option<Self> {
        Lines::new(text).find_map(|line| Self::of(line.text))
    }

    /// The format that recognises a line. Those that take items come first: they need not look through a line that is
    /// the whole text.
    pub(super) fn of(line: &[u8]) -> Option<Self> {
        let items = [Self::Wee, Self::Ostep];
        items.iter().chain(Self::ALL).copied().find(|format| format.recognises(line))
    }

    fn recognises(self, line: &[u8]) -> bool {
        match self {
            Self::Rep => rep::recognises(line),
            Self::Wee => wee::recognises(line),
            Self::Android => android::recognises(line),
            Self::Heaptrack => heaptrack::recognises(line),
            Self::Valgrind => valgrind::recognises(line),
            Self::Mtrace => mtrace::recognises(line),
            Self::Ostep => ostep::recognises(line),
        }
    }

    /// What reads a text whose first line that is not blank is this one.
    pub(super) fn reader(self, first: &[u8]) -> Reader {
        match self {
            Self::Rep => Reader::Rep(rep::Reader::default()),
            Self::Wee => Reader::Wee(Recorder::default()),
            Self::Android => Reader::Android(Pointers::default()),
            Self::Heaptrack => Reader::Heaptrack(Pointers::default()),
            Self::Valgrind => Reader::Valgrind(valgrind::Reader::default()),
            Self::Mtrace => Reader::Mtrace(mtrace::Reader::default()),
            Self::Ostep => Reader::Ostep(ostep::Reader::new(first)),
        }
    }
}

/// What reads the lines of a format, one after the other.
#[derive(Debug)]
#[allow(clippy::large_enum_variant)] // There is one at a time, and for a box there might be no memory.
pub(super) enum Reader {
    Rep(rep::Reader),
    Wee(Recorder),
    Android(Pointers),
    Heaptrack(Pointers),
    Valgrind(valgrind::Reader),
    Mtrace(mtrace::Reader),
    Ostep(ostep::Reader),
}

impl Reader {
    /// Whether it reads the items of comma-separated lists instead of lines.
    pub(super) fn takes_items(&self) -> bool {
        match self {
            Self::Wee(_) => true,
            Self::Ostep(reader) => reader.takes_items(),
            _ => false,
        }
    }

    /// Reads the next line or item.
    pub(super) fn read(&mut self, line: Line) -> Result<(), Fault> {
        let read = match self {
            Self::Rep(reader) => return reader.read(line.text),
            Self::Wee(log) => wee::read(line.text, log),
            Self::Android(pointers) => android::read(line.text, pointers),
            Self::Heaptrack(pointers) => heaptrack::read(line.text, pointers),
            Self::Valgrind(reader) => return reader.read(line),
            Self::Mtrace(reader) => reader.read(line),
            Self::Ostep(reader) => reader.read(line.text),
        };
        Ok(read?)
    }

    /// There are no more of them.
    pub(super) fn end(&mut self) -> Result<(), Fault> {
        match self {
            Self::Rep(reader) => reader.end()?,
            Self::Valgrind(reader) => reader.end()?,
            _ => {}
        }
        Ok(self.log().check()?)
    }

    /// What was read.
    pub(super) fn log(&mut self) -> &mut Recorder {
        match self {
            Self::Rep(reader) => reader.log(),
            Self::Wee(log) => log,
            Self::Android(pointers) | Self::Heaptrack(pointers) => &mut pointers.log,
            Self::Valgrind(reader) => reader.log(),
            Self::Mtrace(reader) => &mut reader.pointers.log,
            Self::Ostep(reader) => &mut reader.log,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_recognised_by_its_own_format_alone() {
        let own: [(TraceFormat, &[&str]); 7] = [
            (TraceFormat::Rep, &["20000", "0 3 8 1"]),
            (TraceFormat::Wee, &["Alloc(1),", "Free(0),", "Alloc(8)"]),
            (TraceFormat::Android, &["1: malloc 0x10 1", "1: thread_done 0x0", "1: free 0x0 5 6"]),
            (TraceFormat::Heaptrack, &["v 10400 3", "+ 10 1 abc", "+ 1 2 3", "- ab", "t 7f 0"]),
            (
                TraceFormat::Valgrind,
                &["==1== Memcheck", "--1-- malloc(8) = 0x10", "--1-- free(0x1)"],
            ),
            (TraceFormat::Mtrace, &["= Start", "@ a:[0x1] - 0x5", "+ 0x1 0x2", "- 0x1", "< 0x1"]),
            (
                TraceFormat::Ostep,
                &["+10,-0", "+1", "-0", "+1,", "ptr[0] = Alloc(3) returned ?", "Free(ptr[0])"],
            ),
        ];
        for (format, lines) in own {
            for line in lines {
                let by: Vec<_> = TraceFormat::ALL
                    .iter()
                    .copied()
                    .filter(|f| f.recognises(line.as_bytes()))
                    .collect();
                assert_eq!(by, [format], "{line}");
            }
        }
    }

    #[test]
    fn lines_before_the_first_known_one_do_not_matter() {
        let text = b"building...\n\n==7== Memcheck, a memory error detector\n";
        assert_eq!(TraceFormat::recognise(text), Some(TraceFormat::Valgrind));
        assert_eq!(TraceFormat::recognise(b"nothing\nhere\n"), None);
    }
}
