//! A writer for each trace format: what a trace says, as text that means the same.
//!
//! What always holds: the writers know nothing of the readers.

use std::collections::HashMap;
use std::fmt::Write;
use twingate_memory::trace::{Align, Op, Trace, TraceFormat};

/// What a format can say besides `Alloc` without alignment and `Free`.
pub struct Form {
    pub format: TraceFormat,
    pub write: fn(&[Op]) -> String,
    pub resizes: bool,
    pub aligns: bool,
    pub nothing: bool,
}

#[rustfmt::skip]
pub const FORMS: [Form; 7] = [
    Form { format: TraceFormat::Rep,       write: rep,       resizes: true,  aligns: false, nothing: true },
    Form { format: TraceFormat::Wee,       write: wee,       resizes: false, aligns: false, nothing: false },
    Form { format: TraceFormat::Android,   write: android,   resizes: true,  aligns: true,  nothing: true },
    Form { format: TraceFormat::Heaptrack, write: heaptrack, resizes: false, aligns: false, nothing: true },
    Form { format: TraceFormat::Valgrind,  write: valgrind,  resizes: true,  aligns: true,  nothing: true },
    Form { format: TraceFormat::Mtrace,    write: mtrace,    resizes: true,  aligns: false, nothing: true },
    Form { format: TraceFormat::Ostep,     write: ostep,     resizes: false, aligns: false, nothing: false },
];

/// What always holds in a trace; and written out again it is the same one.
pub fn sound(trace: &Trace) {
    let mut live = Vec::new();
    for &op in trace.ops() {
        match op {
            Op::Alloc { block, size, .. } => {
                assert_eq!(block as usize, live.len());
                assert!(size > 0);
                live.push(true);
            }
            Op::Resize { block, size } => assert!(live[block as usize] && size > 0),
            Op::Free { block } => assert!(std::mem::take(&mut live[block as usize])),
            Op::Nothing => {}
        }
    }
    assert_eq!(live.len(), trace.blocks() as usize);
    assert!(trace.operations() > 0);
    let form = FORMS.iter().find(|form| form.format == trace.format()).unwrap();
    let text = (form.write)(trace.ops());
    let again = Trace::parse(text.as_bytes(), Some(form.format), "").unwrap();
    assert_eq!(again.ops(), trace.ops());
    assert_eq!((again.blocks(), again.peak_bytes()), (trace.blocks(), trace.peak_bytes()));
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

/// What does nothing is a free of a block that is freed already.
fn wee(ops: &[Op]) -> String {
    let mut freed = None;
    let line = |op: &Op| match *op {
        Op::Alloc { size, .. } => format!("Alloc({size}),\n"),
        Op::Free { block } => format!("Free({}),\n", freed.insert(block)),
        Op::Nothing => format!("Free({}),\n", freed.unwrap()),
        Op::Resize { .. } => unreachable!(),
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
