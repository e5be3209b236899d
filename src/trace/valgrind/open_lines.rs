//! The lines that have a call and not yet its result. A process writes nothing else before the result,
//! and no prefix before that. So when several lines are open, a result can belong to any of them, even
//! if it stands right behind another one's call. It is decided when a process begins another line, or
//! when there is a result for each. If several results remain then, the first process gets the one whose
//! address is nearest to its latest.
//!
//! What always holds: a process has at most one line open, and there are fewer results than lines, or
//! none of either.

use super::returned::Returned;
use crate::trace::line::{Expected, MEMORY};

#[derive(Debug, Default)]
pub(super) struct OpenLines {
    /// The process of each line.
    lines: Vec<u64>,
    results: Vec<Returned>,
}

impl OpenLines {
    /// A process that was killed leaves its line open. The limit keeps each search short.
    const MOST: usize = 64;

    pub(super) fn begin(&mut self, process: u64) -> Result<(), Expected> {
        if self.lines.len() == Self::MOST {
            self.lines.remove(0);
        }
        self.lines.try_reserve(1).map_err(|_| MEMORY)?;
        self.lines.push(process);
        Ok(())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// A process has ended its line, if it had one open. Returns the result in it, if there is one: the
    /// nearest to `latest` for the first process, and what that leaves for another.
    pub(super) fn end(&mut self, process: u64, is_first: bool, latest: u64) -> Option<Returned> {
        let line = self.lines.iter().position(|&open| open == process)?;
        self.lines.remove(line);
        let results = 0..self.results.len();
        let distance = |&place: &usize| self.results[place].pointer().abs_diff(latest);
        let place =
            if is_first { results.min_by_key(distance) } else { results.max_by_key(distance) };
        place.map(|place| self.results.remove(place))
    }

    /// One of the lines has ended with this result; returns whether there is one for each now.
    pub(super) fn add(&mut self, result: Returned) -> Result<bool, Expected> {
        self.results.try_reserve(1).map_err(|_| MEMORY)?;
        self.results.push(result);
        Ok(self.results.len() >= self.lines.len())
    }

    pub(super) fn forget(&mut self) {
        self.lines.clear();
        self.results.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{ops_behind_8, parse};
    use crate::trace::Op;
    use crate::trace::tests::{alloc, freed};

    /// It was lost, and the call that got none took the result of the next one.
    #[test]
    fn a_result_without_a_prefix_goes_on_with_the_line_of_its_process() {
        let resized = Op::Resize { block: 0, size: 99 };
        let log = "--1-- realloc(0x40,99)progress\nprogress\n = 0x40\n--1-- free(0x40)\n";
        assert_eq!(ops_behind_8(log), [resized, freed(0)]);
        let log = "--1-- malloc(9)x\n = 0x60\n--1-- malloc(5)\n--1--  = 0x70\n--1-- free(0x70)\n";
        assert_eq!(ops_behind_8(log), [alloc(1, 9), alloc(2, 5), freed(2)]);
        let log = "--1-- malloc(95)malloc(5)x\n = 0x60\n--1--  = 0x70\n";
        assert_eq!(ops_behind_8(log), [alloc(1, 5), alloc(2, 95)]);
        let log = "--1-- reallocarray(0x40,9,11)x\n = 0x60\n--1--  = 0x60\n = 0x70\n";
        assert_eq!(ops_behind_8(log), [resized]);
        let log = "--1-- aligned_alloc(3, 8)x\n = 0\n--1-- malloc(9)x\n = 0\n--1--  = 0x60\n";
        assert_eq!(ops_behind_8(log), [Op::Nothing, alloc(1, 9)]);
        assert_eq!(ops_behind_8("--1-- free(0x40)\n = 0x60\n"), [freed(0)]);
    }

    #[test]
    fn of_several_open_lines_the_one_whose_process_goes_on_had_the_result() {
        let own = "--1-- malloc(9)--2-- malloc(7) = 0x60\n--1-- free(0x60)\n = 0x80\n";
        assert_eq!(ops_behind_8(own), [alloc(1, 9), freed(1)]);
        let other =
            "--1-- malloc(9)--2-- malloc(7) = 0x60\n--2-- free(0x60)\n = 0x80\n--1-- free(0x80)\n";
        assert_eq!(ops_behind_8(other), [alloc(1, 9), freed(1)]);
        let both = "--1-- malloc(9)--2-- malloc(700) = 0x80\n = 0x60\n--1-- free(0x60)\n";
        assert_eq!(ops_behind_8(both), [alloc(1, 9), freed(1)]);
        let three =
            "--2-- malloc(7)--3-- malloc(7)--1-- malloc(9) = 0x90\n = 0x60\n--3-- free(0x90)\n";
        assert_eq!(ops_behind_8(three), [alloc(1, 9)]);
        let killed =
            "--2-- malloc(7)--1-- malloc(9) = 0x60\n--1-- free(0x60)\n--1-- malloc(3) = 0x60\n";
        assert_eq!(ops_behind_8(killed), [alloc(1, 9), freed(1), alloc(2, 3)]);
    }

    #[test]
    fn more_open_lines_than_there_is_room_for_lose_none_of_the_first_process() {
        let others: String =
            (2..1000).map(|process| format!("--{process}-- malloc(7)x\n")).collect();
        let log = format!("{others}--1-- malloc(9) = 0x60\n--1-- free(0x60)\n--1-- malloc(3)x\n");
        let trace = parse(&format!("--1-- malloc(8) = 0x40\n{log} = 0x60\n")).unwrap();
        assert_eq!(trace.ops(), [alloc(0, 8), alloc(1, 9), freed(1), alloc(2, 3)]);
    }
}
