//! Reads [`TraceFormat::Android`](super::TraceFormat::Android).

use super::line::{Expected, decimal, fields, pointer, size};
use super::pointers::Pointers;

const CALL: Expected = "`tid:`, then malloc, calloc, realloc, memalign, free or thread_done";

pub(super) fn recognises(line: &[u8]) -> bool {
    call(line).is_some()
}

/// Reads a line.
pub(super) fn read(text: &[u8], pointers: &mut Pointers) -> Result<(), Expected> {
    let (form, mut words) = call(text).ok_or(CALL)?;
    let mut arguments: [&[u8]; 3] = [b""; 3];
    for place in &mut arguments[..form.arguments] {
        *place = words.next().ok_or(form.expected)?;
    }
    let further = words.try_fold(0, |count, word| decimal(word).map(|_| count + 1));
    if !further.is_some_and(|count| form.further.contains(&count)) {
        return Err(form.expected);
    }

    let address = |word| pointer(word).ok_or(form.expected);
    let [new, second, third] = arguments;
    let new = address(new)?;
    match form.name {
        b"malloc" => pointers.malloc(new, size(second)?),
        b"calloc" => pointers.calloc(new, size(second)?, size(third)?),
        b"realloc" => pointers.realloc(address(second)?, new, size(third)?),
        b"memalign" => pointers.memalign(new, size(second)?, size(third)?),
        b"free" => {
            pointers.free(new);
            Ok(())
        }
        _ => Ok(()),
    }
}

/// How a call is written: after its arguments the times of its start and end may follow and, where a block goes,
/// how many of its bytes were in memory.
struct Form {
    name: &'static [u8],
    arguments: usize,
    /// How many more numbers there may be.
    further: &'static [usize],
    expected: Expected,
}

#[rustfmt::skip]
const FORMS: [Form; 6] = [
    Form { name: b"malloc",      arguments: 2, further: &[0, 2],    expected: "`tid: malloc pointer size`" },
    Form { name: b"calloc",      arguments: 3, further: &[0, 2],    expected: "`tid: calloc pointer count size`" },
    Form { name: b"realloc",     arguments: 3, further: &[0, 2, 3], expected: "`tid: realloc new old size`" },
    Form { name: b"memalign",    arguments: 3, further: &[0, 2],    expected: "`tid: memalign pointer align size`" },
    Form { name: b"free",        arguments: 1, further: &[0, 2, 3], expected: "`tid: free pointer`" },
    // The end of a thread takes no time: one number is enough.
    Form { name: b"thread_done", arguments: 1, further: &[0, 1, 2], expected: "`tid: thread_done 0x0`" },
];

/// The form of a line's call and the words after its name.
fn call(text: &[u8]) -> Option<(&'static Form, impl Iterator<Item = &[u8]>)> {
    let mut words = fields(text);
    decimal(words.next()?.strip_suffix(b":")?)?;
    let name = words.next()?;
    let form = FORMS.iter().find(|form| form.name == name)?;
    Some((form, words))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{aligned, alloc, freed};
    use super::super::{Op, Trace, TraceError, TraceFormat};

    fn parse(text: &str) -> Result<Trace, TraceError> {
        Trace::parse(text.as_bytes(), Some(TraceFormat::Android), "")
    }

    #[test]
    fn reads_each_call() {
        let trace = parse(
            "186: malloc 0xb6038060 20\n\
             187: calloc 0xb609f080 32 4 100 200\n\
             186: realloc 0xb603e9a0 0xb609f080 12\n\
             186: realloc 0x10 0x0 7\n\
             186: memalign 0xae9063c1 48 104\n\
             186: free 0xb6038060 300 301\n\
             186: free 0x0\n\
             186: free 0xdead\n\
             186: realloc 0x20 0x0 1 300 301 0\n\
             186: free 0x20 300 301 4096\n\
             187: realloc 0x0 0x10 0\n\
             187: thread_done 0x0\n\
             186: thread_done 0x0 400\n",
        )
        .unwrap();
        assert_eq!(
            trace.ops(),
            [
                alloc(0, 20),
                alloc(1, 128),
                Op::Resize { block: 1, size: 12 },
                alloc(2, 7),
                aligned(3, 104, 64),
                freed(0),
                Op::Nothing,
                alloc(4, 1),
                freed(4),
                freed(2),
            ]
        );
        assert_eq!((trace.blocks(), trace.peak_bytes(), trace.skipped()), (5, 148, 1));
    }

    #[test]
    fn blank_lines_and_crlf_are_the_same_trace() {
        let plain = parse("1: malloc 0x10 5\n1: free 0x10\n").unwrap();
        assert_eq!(parse("\r\n1: malloc 0x10 5\r\n\r\n1: free 0x10").unwrap(), plain);
    }

    #[test]
    fn bad_lines_are_named() {
        #[rustfmt::skip]
        let lines = [
            "malloc 0x10 5", "1 malloc 0x10 5", "x: malloc 0x10 5", "1: mallok 0x10 5", "1:",
            "1: malloc", "1: malloc 0x10", "1: malloc 10 5", "1: malloc 0x10 0x5",
            "1: malloc 0x10 4294967296", "1: malloc 0x10 5 6", "1: malloc 0x10 5 6 7 8",
            "1: malloc 0x10 5 6 x", "1: calloc 0x10 5", "1: calloc 0x10 65536 65536",
            "1: calloc 0x10 18446744073709551615 2", "1: realloc 0x10 16 5", "1: realloc 0x10 0x0",
            "1: memalign 0x10 2147483649 5", "1: memalign 0x10 8", "1: free", "1: free 0x10 7",
            "1: free 0x10000000000000000", "1: thread_done", "1: thread_done 0x0 1 2 3",
        ];
        for line in lines {
            let error = parse(&format!("\n1: malloc 0x10 1\n{line}\n")).unwrap_err();
            assert_eq!((error.line, error.found.as_str()), (3, line));
        }
    }
}
