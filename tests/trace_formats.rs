//! Every format against a writer of its own: what is written is read again, operation for
//! operation; and no text, however damaged, does worse than an error that names a line of it.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::HashMap;
use std::fmt::Write;

use proptest::prelude::*;
use twingate_memory::trace::{Align, Op, Trace, TraceFormat};

/// What a format can say besides `Alloc` without alignment and `Free`.
struct Form {
    format: TraceFormat,
    write: fn(&[Op]) -> String,
    resizes: bool,
    aligns: bool,
    nothing: bool,
}

#[rustfmt::skip]
const FORMS: [Form; 7] = [
    Form { format: TraceFormat::Rep,       write: rep,       resizes: true,  aligns: false, nothing: true },
    Form { format: TraceFormat::Wee,       write: wee,       resizes: false, aligns: false, nothing: false },
    Form { format: TraceFormat::Android,   write: android,   resizes: true,  aligns: true,  nothing: true },
    Form { format: TraceFormat::Heaptrack, write: heaptrack, resizes: false, aligns: false, nothing: true },
    Form { format: TraceFormat::Valgrind,  write: valgrind,  resizes: true,  aligns: true,  nothing: true },
    Form { format: TraceFormat::Mtrace,    write: mtrace,    resizes: true,  aligns: false, nothing: true },
    Form { format: TraceFormat::Ostep,     write: ostep,     resizes: false, aligns: false, nothing: false },
];

/// A choice: of what to do, with which of the live blocks, and of a size and an alignment.
type Choice = (u8, prop::sample::Index, u32, u8);

fn choices() -> impl Strategy<Value = Vec<Choice>> {
    let size = prop_oneof![1..200_u32, Just(u32::MAX), 1..=u32::MAX];
    prop::collection::vec((0..10_u8, any::<prop::sample::Index>(), size, 0..32_u8), 1..200)
}

impl Form {
    /// The operations that the choices come to, and the highest sum of live sizes, added up anew
    /// after each operation.
    fn operations(&self, choices: &[Choice]) -> (Vec<Op>, u64) {
        let mut live: Vec<(u32, u32)> = Vec::new();
        let (mut ops, mut blocks, mut peak) = (Vec::new(), 0, 0);
        for &(what, which, size, align) in choices {
            let align = if self.aligns { Align::at_least(1 << align).unwrap() } else { Align::ONE };
            ops.push(match what {
                5 | 6 if !live.is_empty() && self.resizes => {
                    let entry = which.get_mut(&mut live);
                    entry.1 = size;
                    Op::Resize { block: entry.0, size }
                }
                7 | 8 if !live.is_empty() => {
                    Op::Free { block: live.swap_remove(which.index(live.len())).0 }
                }
                9 if self.nothing => Op::Nothing,
                _ => {
                    live.push((blocks, size));
                    blocks += 1;
                    Op::Alloc { block: blocks - 1, size, align }
                }
            });
            peak = peak.max(live.iter().map(|&(_, size)| u64::from(size)).sum());
        }
        (ops, peak)
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(choices in choices(), blank in 0..50_usize) {
        for form in FORMS {
            let (ops, peak) = form.operations(&choices);
            let plain = (form.write)(&ops);
            for text in [plain.clone(), plain.replace('\n', "\r\n"), with_blank_line(&plain, blank)] {
                let trace = Trace::parse(text.as_bytes(), None, "written").unwrap();
                prop_assert_eq!(trace.format(), form.format);
                prop_assert_eq!(trace.ops(), &ops[..]);
                prop_assert_eq!(trace.peak_bytes(), peak);
                let allocs = ops.iter().filter(|op| matches!(op, Op::Alloc { .. })).count();
                prop_assert_eq!(trace.blocks() as usize, allocs);
                prop_assert_eq!((trace.skipped(), trace.inferred()), (0, 0));
            }
        }
    }

    #[test]
    fn any_bytes_are_a_trace_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        sound_or_refused(&bytes)?;
    }

    #[test]
    fn any_words_are_a_trace_or_an_error(text in "([-+<>!=@]|[arf]|v|(Alloc|Free)\\(|--1--|1:|\
        malloc|realloc|calloc|memalign|free|thread_done|0x[0-3]|[0-4]|[0-9]{1,20}|[ ,()\n]){0,80}") {
        sound_or_refused(text.as_bytes())?;
    }

    #[test]
    fn a_damaged_trace_is_a_trace_or_an_error(
        choices in choices(),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
        cut in any::<bool>(),
    ) {
        for form in FORMS {
            let mut text = (form.write)(&form.operations(&choices).0).into_bytes();
            let at = at.index(text.len());
            if cut { text.truncate(at) } else { text[at] = byte }
            sound_or_refused(&text)?;
        }
    }
}

fn with_blank_line(text: &str, after: usize) -> String {
    let lines: Vec<_> = text.lines().collect();
    let (before, rest) = lines.split_at(after.min(lines.len()));
    [before, &[" \t"], rest].concat().join("\n")
}

/// What always holds in a trace, or an error within the text.
fn sound_or_refused(text: &[u8]) -> Result<(), TestCaseError> {
    for format in TraceFormat::ALL.map(Some).into_iter().chain([None]) {
        match Trace::parse(text, format, "") {
            Ok(trace) => sound(&trace)?,
            Err(error) => {
                let lines = text.split(|&byte| byte == b'\n').count();
                prop_assert!((1..=lines + 1).contains(&error.line), "{error}");
            }
        }
    }
    Ok(())
}

fn sound(trace: &Trace) -> Result<(), TestCaseError> {
    let mut live = Vec::new();
    for &op in trace.ops() {
        match op {
            Op::Alloc { block, size, .. } => {
                prop_assert_eq!(block as usize, live.len());
                prop_assert!(size > 0);
                live.push(true);
            }
            Op::Resize { block, size } => prop_assert!(live[block as usize] && size > 0),
            Op::Free { block } => prop_assert!(std::mem::take(&mut live[block as usize])),
            Op::Nothing => {}
        }
    }
    prop_assert_eq!(live.len(), trace.blocks() as usize);
    prop_assert!(trace.operations() > 0);
    Ok(())
}

// ------------------------------------------------------------------------------------- writers

fn rep(ops: &[Op]) -> String {
    let mut ids = Names::from(0);
    let mut lines = String::new();
    for &op in ops {
        let line = &mut lines;
        match op {
            Op::Alloc { block, size, .. } => writeln!(line, "a {} {size}", ids.give(block)),
            Op::Resize { block, size } => writeln!(line, "r {} {size}", ids.of(block)),
            Op::Free { block } => writeln!(line, "f {}", ids.take(block)),
            Op::Nothing => writeln!(line, "f -1"),
        }
        .unwrap();
    }
    format!("20000\n{}\n{}\n1\n{lines}", ids.next, ops.len())
}

fn wee(ops: &[Op]) -> String {
    let line = |op: &Op| match *op {
        Op::Alloc { size, .. } => format!("Alloc({size}),\n"),
        Op::Free { block } => format!("Free({block}),\n"),
        _ => unreachable!(),
    };
    ops.iter().map(line).collect()
}

fn ostep(ops: &[Op]) -> String {
    let item = |op: &Op| match *op {
        Op::Alloc { size, .. } => format!("+{size}"),
        Op::Free { block } => format!("-{block}"),
        _ => unreachable!(),
    };
    ops.iter().map(item).collect::<Vec<_>>().join(",")
}

fn android(ops: &[Op]) -> String {
    let mut pointers = Names::from(0x4d5c040);
    let mut text = String::from("7: thread_done 0x0\n");
    for &op in ops {
        let line = &mut text;
        match op {
            Op::Alloc { block, size, align: Align::ONE } => {
                writeln!(line, "1: malloc 0x{:x} {size} 5 6", pointers.give(block))
            }
            Op::Alloc { block, size, align } => {
                writeln!(line, "1: memalign 0x{:x} {} {size}", pointers.give(block), align.bytes())
            }
            Op::Resize { block, size } => {
                let (old, new) = pointers.renew(block);
                writeln!(line, "1: realloc 0x{new:x} 0x{old:x} {size}")
            }
            Op::Free { block } => writeln!(line, "2: free 0x{:x}", pointers.take(block)),
            Op::Nothing => writeln!(line, "1: free 0x0"),
        }
        .unwrap();
    }
    text
}

fn heaptrack(ops: &[Op]) -> String {
    let mut pointers = Names::from(0x4d5c040);
    let mut text = String::from("v 10400 3\nX ./program -x\nt 7f00 0\n");
    for &op in ops {
        let line = &mut text;
        match op {
            Op::Alloc { block, size, .. } => {
                writeln!(line, "+ {size:x} 1 {:x}", pointers.give(block))
            }
            Op::Free { block } => writeln!(line, "- {:x}", pointers.take(block)),
            Op::Nothing => writeln!(line, "- 0"),
            Op::Resize { .. } => unreachable!(),
        }
        .unwrap();
    }
    text
}

fn valgrind(ops: &[Op]) -> String {
    let mut pointers = Names::from(0x4d5c040);
    let mut text = String::from("==1== Memcheck, a memory error detector\n");
    for &op in ops {
        text.push_str("--1-- ");
        let line = &mut text;
        match op {
            Op::Alloc { block, size, align: Align::ONE } => {
                writeln!(line, "malloc({size}) = 0x{:X}", pointers.give(block))
            }
            Op::Alloc { block, size, align } => {
                let (align, pointer) = (align.bytes(), pointers.give(block));
                writeln!(line, "memalign(al {align}, size {size}) = 0x{pointer:X}")
            }
            Op::Resize { block, size } => {
                let (old, new) = pointers.renew(block);
                writeln!(line, "realloc(0x{old:X},{size}) = 0x{new:X}")
            }
            Op::Free { block } => writeln!(line, "free(0x{:X})", pointers.take(block)),
            Op::Nothing => writeln!(line, "free(0x0)"),
        }
        .unwrap();
    }
    text
}

fn mtrace(ops: &[Op]) -> String {
    let mut pointers = Names::from(0x4d5c040);
    let mut text = String::from("= Start\n");
    for &op in ops {
        let line = &mut text;
        let place = "@ ./a b:(main+0x1d)[0x401136]";
        match op {
            Op::Alloc { block, size, .. } => {
                writeln!(line, "{place} + 0x{:x} 0x{size:x}", pointers.give(block))
            }
            Op::Resize { block, size } => {
                let (old, new) = pointers.renew(block);
                writeln!(line, "{place} < 0x{old:x}\n{place} > 0x{new:x} 0x{size:x}")
            }
            Op::Free { block } => writeln!(line, "- 0x{:x}", pointers.take(block)),
            Op::Nothing => writeln!(line, "! 0x10 0xffff"),
        }
        .unwrap();
    }
    text + "= End\n"
}

/// Ids or pointers as programs meet them: given again once they are free, the newest first.
struct Names {
    next: u64,
    free: Vec<u64>,
    names: HashMap<u32, u64>,
}

impl Names {
    fn from(first: u64) -> Self {
        Self { next: first, free: Vec::new(), names: HashMap::new() }
    }

    fn give(&mut self, block: u32) -> u64 {
        let name = self.free.pop().unwrap_or(self.next);
        self.next = self.next.max(name + 1);
        self.names.insert(block, name);
        name
    }

    fn of(&self, block: u32) -> u64 {
        self.names[&block]
    }

    fn take(&mut self, block: u32) -> u64 {
        let name = self.names.remove(&block).unwrap();
        self.free.push(name);
        name
    }

    /// A resized block may move: here to where the last one was freed, or to a new place.
    fn renew(&mut self, block: u32) -> (u64, u64) {
        let old = self.of(block);
        let new = self.give(block);
        self.free.push(old);
        (old, new)
    }
}
