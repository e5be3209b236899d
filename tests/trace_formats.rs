//! Every format against a writer of its own: what is written is read again, operation for
//! operation; and no text, however damaged, does worse than an error that names a line of it.
#![cfg(all(not(target_arch = "wasm32"), feature = "trace"))]

mod forms;
mod in_parts;

use forms::{FORMS, Form, sound};
use in_parts::in_parts;
use proptest::prelude::*;
use twingate_memory::trace::{Align, Op, Trace, TraceFormat};

/// A choice: of what to do, with which of the live blocks, and of a size and an alignment.
type Choice = (u8, prop::sample::Index, u32, u8);

fn choices() -> impl Strategy<Value = Vec<Choice>> {
    let size = prop_oneof![1..200_u32, Just(u32::MAX), 1..=u32::MAX];
    prop::collection::vec((0..10_u8, any::<prop::sample::Index>(), size, 0..32_u8), 1..200)
}

/// The operations that the choices come to, and the highest sum of live sizes, added up anew
/// after each operation.
fn operations(form: &Form, choices: &[Choice]) -> (Vec<Op>, u64) {
    let mut live: Vec<(u32, u32)> = Vec::new();
    let (mut ops, mut blocks, mut peak) = (Vec::new(), 0, 0);
    for &(what, which, size, align) in choices {
        let align = if form.aligns { Align::at_least(1 << align).unwrap() } else { Align::ONE };
        ops.push(match what {
            5 | 6 if !live.is_empty() && form.resizes => {
                let entry = which.get_mut(&mut live);
                entry.1 = size;
                Op::Resize { block: entry.0, size }
            }
            7 | 8 if !live.is_empty() => {
                Op::Free { block: live.swap_remove(which.index(live.len())).0 }
            }
            9 if form.nothing => Op::Nothing,
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

proptest! {
    #[test]
    fn what_is_written_is_read_again(choices in choices(), blank in 0..50_usize) {
        for form in FORMS {
            let (ops, peak) = operations(&form, &choices);
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
        malloc|realloc|calloc|memalign|free|thread_done|reallocarray|aligned_alloc|posix_memalign|al |--2--|reallocf|\
        ==1== (Command:|Using Valgrind-3\\.2[0-7])|0x[0-3]|[0-4]|[0-9]{1,20}|[ ,()\n]){0,80}") {
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
            let mut text = (form.write)(&operations(&form, &choices).0).into_bytes();
            let at = at.index(text.len());
            if cut { text.truncate(at) } else { text[at] = byte }
            sound_or_refused(&text)?;
        }
    }
}

/// Some had lines that a reader took, and the trace was small and wrong.
#[test]
fn what_is_compressed_or_utf_16_is_refused_whatever_lines_it_seems_to_have() {
    let trace = b"\n+ 5 1 10\n- 10\n";
    for (begin, by) in [
        (&b"\x1F\x8B\x08"[..], "gzip"),
        (b"\x28\xB5\x2F\xFD\x04", "zstd"),
        (b"\xFD7zXZ", "xz"),
        (b"\x04\x22\x4D\x18\x64\x40\x00", "lz4"),
        (b"PK\x03\x04\x14\x00", "zip"),
        (b"BZh91AY&SY", "bzip2"),
        (b"\n+\x00 \x005\x00", "UTF-16"),
        (b"\xFF\xFE\x00 \x005\x00", "UTF-16"),
    ] {
        let text = [begin, trace].concat();
        for format in [None, Some(TraceFormat::Heaptrack)] {
            let error = Trace::parse(&text, format, "").unwrap_err();
            assert!(error.to_string().contains(by), "{error}");
        }
    }
    assert!(Trace::parse(b"+ 5 1 10\n\0\n- 10\n", None, "").is_ok(), "of the program's own");
}

fn with_blank_line(text: &str, after: usize) -> String {
    let lines: Vec<_> = text.lines().collect();
    let (before, rest) = lines.split_at(after.min(lines.len()));
    [before, &[" \t"], rest].concat().join("\n")
}

/// What always holds in a trace, or an error within the text; and the same in parts.
fn sound_or_refused(text: &[u8]) -> Result<(), TestCaseError> {
    for format in TraceFormat::ALL.iter().copied().map(Some).chain([None]) {
        let read = Trace::parse(text, format, "");
        let mut number = text.len();
        let mut random = || {
            number = number.wrapping_mul(0x9E37_79B1) >> 3;
            1 + number % 9
        };
        prop_assert_eq!(&in_parts(text, format, || 1), &read);
        prop_assert_eq!(&in_parts(text, format, &mut random), &read);
        match read {
            Ok(trace) => sound(&trace),
            Err(error) => {
                let lines = text.split(|&byte| byte == b'\n').count();
                prop_assert!((1..=lines + 1).contains(&error.line), "{error}");
            }
        }
    }
    Ok(())
}
