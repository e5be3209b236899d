//! What one process wrote on a line: `--process-- text`, or with `==` where no calls are told.
//!
//! What always holds: the messages of a line do not overlap, and each goes up to the next.

use std::iter;

use crate::trace::line::{decimal, fields};

#[derive(Debug, PartialEq)]
pub(super) struct Message<'a> {
    pub(super) tells_calls: bool,
    pub(super) process: u64,
    pub(super) text: &'a [u8],
}

/// The messages on a line. The program's own output may precede the first.
pub(super) fn messages(line: &[u8]) -> impl Iterator<Item = Message<'_>> {
    let mut rest = Message::first_of(line).map(|(_, message)| message);
    iter::from_fn(move || {
        let message = rest.take()?;
        let Some((place, next)) = Message::first_of(message.text) else { return Some(message) };
        rest = Some(next);
        Some(Message { text: &message.text[..place], ..message })
    })
}

impl<'a> Message<'a> {
    /// The first message in a text, up to its end, and the place of its prefix.
    fn first_of(text: &'a [u8]) -> Option<(usize, Self)> {
        (0..text.len()).find_map(|place| Some((place, Self::at_start_of(&text[place..])?)))
    }

    /// The message that begins a text, up to its end. With `--time-stamp=yes` a time comes before the
    /// process.
    pub(super) fn at_start_of(text: &'a [u8]) -> Option<Self> {
        let (rule, behind) =
            text.split_at_checked(2).filter(|(rule, _)| matches!(*rule, b"--" | b"=="))?;
        let end = behind.windows(2).position(|window| window == rule)?;
        let stamp = &behind[..end];
        if stamp.trim_ascii() != stamp {
            return None;
        }
        let process = decimal(fields(stamp).next_back()?)?;
        let text = behind[end + 2..].trim_ascii_start();
        Some(Self { tells_calls: rule == b"--", process, text })
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{ops_behind_8, parse};
    use super::*;
    use crate::trace::Op;
    use crate::trace::tests::{alloc, freed};

    fn texts(line: &str) -> Vec<(bool, u64, &str)> {
        let message = |Message { tells_calls, process, text }| {
            (tells_calls, process, str::from_utf8(text).unwrap())
        };
        messages(line.as_bytes()).map(message).collect()
    }

    #[test]
    fn a_line_is_cut_at_each_prefix() {
        assert_eq!(texts("--7-- malloc(1) = 0x10"), [(true, 7, "malloc(1) = 0x10")]);
        assert_eq!(
            texts("x -- 1 --7--  malloc(1)==00:00:00:01.207 8== HEAP--9--"),
            [(true, 7, "malloc(1)"), (false, 8, "HEAP"), (true, 9, "")]
        );
        for none in ["", "--", "--7", "--7==", "-- 7--", "--7 --", "--x--", "----", "==7-- x"] {
            assert_eq!(texts(none), [], "{none}");
        }
    }

    /// The line was not read, so the block was lost.
    #[test]
    fn what_the_program_wrote_may_stand_before_a_call() {
        let trace = parse(
            "--7-- malloc(1) = 0x10\nprompt -- 1 --7-- malloc(123) = 0x4A41C70\n\
             > --7-- malloc(2)free(0x0)\n > --7--  = 0x20\n--7-- free(0x4A41C70)\n",
        )
        .unwrap();
        assert_eq!(trace.ops(), [alloc(0, 1), alloc(1, 123), Op::Nothing, alloc(2, 2), freed(1)]);
    }
    /// Another process freed the first one's block, and calls of both were lost.
    #[test]
    fn each_message_on_a_line_is_of_its_own_process() {
        let log = "--1-- malloc(9)--2-- free(0x40)\n = 0x60\n--1-- free(0x40)\n--1-- free(0x60)\n";
        assert_eq!(ops_behind_8(log), [alloc(1, 9), freed(0), freed(1)]);
        let log = "--2-- malloc(266)--1-- free(0x40)\n = 0x60\n--1-- malloc(3) = 0x60\n";
        assert_eq!(ops_behind_8(log), [freed(0), alloc(1, 3)]);
        let log =
            "--1-- malloc(9)==2== HEAP SUMMARY:\n==2==     in use\n = 0x60\n--1-- free(0x60)\n";
        assert_eq!(ops_behind_8(log), [alloc(1, 9), freed(1)]);
        let log = "--1-- malloc(9)--00:00:00:01.207 2-- free(0x40)\n = 0x60\n";
        assert_eq!(ops_behind_8(log), [alloc(1, 9)]);
        let log = "--1-- malloc(8) = 0x40\n--2-- malloc(9)==1== Command: x\n--1-- free(0x40)\n";
        let trace = parse(log).unwrap();
        assert_eq!((trace.skipped(), trace.inferred()), (1, 1));
    }
}
