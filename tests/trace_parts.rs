//! Reading in parts: wherever they end the same is read, or refused, as at once; and each of them is short.
#![cfg(all(not(target_arch = "wasm32"), feature = "trace"))]

#[allow(dead_code)] // A part of it.
mod forms;
mod in_parts;

use forms::FORMS;
use in_parts::in_parts;
use twingate_memory::trace::{Align, Op, Trace, TraceError, TraceFormat, TraceReader};

/// Texts of every form, and of none.
fn texts() -> Vec<String> {
    let allocs = (0..40).map(|block| Op::Alloc { block, size: block + 1, align: Align::ONE });
    let ops: Vec<_> = allocs.chain((0..40).map(|block| Op::Free { block })).collect();
    let written = FORMS.iter().map(|form| (form.write)(&ops));
    #[rustfmt::skip]
    let others = [
        "", " \n\n", "words\nof no form\n", "+1,-0,\n-0", "+1,,-0", "Alloc(1), Free(0)", ",", "seed 0\nptr[0] = Alloc(8)\n+1",
        "seed, 0", "0 1 2 1\na 0 8\nf 0\nf 0", "0 1 2 1 9", "= Start\n+ 0x10 0x5\n@ a.out:[0x",
        "--1-- malloc(4294967296)x\n = 0x10\n--1-- free(0x10)", "--1-- malloc(4294967296)x\n\n = 0x10",
    ];
    let texts = written.chain(others.map(String::from));
    texts.flat_map(|text| [format!("\u{FEFF}\r\n\n{text}\n\n"), text]).collect()
}

#[test]
fn wherever_parts_end_the_same_is_read() {
    for text in texts() {
        for format in TraceFormat::ALL.iter().copied().map(Some).chain([None]) {
            let whole = Trace::parse(text.as_bytes(), format, "");
            for most in (1..=text.len().min(99)).chain([usize::MAX]) {
                let parts = in_parts(text.as_bytes(), format, || most);
                assert_eq!(parts, whole, "{format:?} in parts of {most}: {text}");
            }
        }
    }
}

/// Runs that it takes, and how far each goes once the format is known.
fn runs(text: &str, most: usize) -> (Result<Trace, TraceError>, Vec<usize>) {
    let mut steps = Vec::new();
    let mut reader = TraceReader::new(text, None);
    let mut before = 0;
    while let Ok(false) = reader.run(most) {
        steps.push(reader.position() - before);
        before = reader.position();
    }
    (reader.finish(""), steps)
}

#[test]
fn a_part_is_short_though_a_list_is_all_on_one_line_or_many_lines_are_blank() {
    let blank = "\n".repeat(90_000);
    for text in [
        "+8,".repeat(30_000),
        "Alloc(8),".repeat(10_000),
        format!("+8{blank}"),
        format!("+8,\n{blank},"),
    ] {
        let (read, steps) = runs(&text, 100);
        assert_eq!(read.is_ok(), !text.ends_with("\n,"));
        assert!(steps.iter().all(|&step| step <= 100));
        assert!(steps.len() >= text.len() / 100, "{} parts", steps.len());
    }
}

#[test]
fn the_format_too_is_recognised_in_parts() {
    let words = "words of no form\n".repeat(5_000);
    let (read, steps) = runs(&words, 100);
    assert_eq!(read.unwrap_err().line, 1);
    assert!(steps.len() >= words.len() / 100, "{} parts", steps.len());
    let (read, steps) = runs(&format!("{words}--1-- malloc(8) = 0x10\n"), 100);
    assert_eq!(read.unwrap().operations(), 1);
    assert!(steps.len() >= 2 * (words.len() / 100), "{} parts", steps.len());
    assert!(steps.iter().all(|&step| step <= 100));
}

#[test]
fn an_error_of_an_earlier_part_has_its_line_and_text() {
    let text = "\n--1-- malloc(4294967296)x\n--2-- free(0x1)\n = 0x10\n--1-- free(0x10)\n";
    let error = in_parts(text.as_bytes(), None, || 1).unwrap_err();
    assert_eq!((error.line, &*error.found), (2, "--1-- malloc(4294967296)x"));
}

#[test]
fn what_is_given_up_is_read_to_the_end_all_the_same() {
    let text = b"+24,+8,-0,+30";
    let mut reader = TraceReader::new(text, None);
    assert_eq!(reader.run(text.len() + 4), Ok(false));
    assert_eq!(reader.position(), 4);
    assert_eq!(reader.finish("named"), Trace::parse(text, None, "named"));
}
