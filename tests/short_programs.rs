//! Every short program in a small buffer against the per-unit model. Random programs come upon what is
//! likely; these leave out nothing that is small.
//!
//! Each program makes a layout, by the fewest allocations and frees that lead to it; perhaps begins to
//! compact it; goes on with any operations; and then takes steps until nothing is left to do.

#![cfg(not(target_arch = "wasm32"))]

mod model;

use model::{Operation, Pair, Step};
use std::collections::{BTreeSet, VecDeque};
use twingate_memory::{Options, Order, PlacementKind, Unit};

const CAPACITY: u32 = 6;
/// Units of the largest block.
const LARGEST: u32 = 2;
/// The most blocks at a time, and the most operations, in a layout.
const BLOCKS: usize = 3;
const EARLIER: usize = 4;
/// The operations between a layout and the last steps.
const LATER: usize = 2;

#[test]
fn every_short_program_agrees_with_the_model() {
    std::thread::scope(|scope| {
        for options in every_manager() {
            scope.spawn(move || {
                let layouts = layouts(options);
                assert!(layouts.len() > 20, "{}", layouts.len());
                for &order in Order::ALL {
                    layouts.iter().for_each(|layout| run_each(options, layout, order));
                }
            });
        }
    });
}

fn every_manager() -> impl Iterator<Item = Options> {
    PlacementKind::ALL.iter().flat_map(|&placement| {
        // Scattered blocks never need compaction to find room.
        let on_demand =
            [false, true].into_iter().filter(move |on| !on || !placement.is_scattered());
        on_demand.map(move |auto_defragment| Options {
            placement,
            auto_defragment,
            unit: Unit::U8,
            ..Options::default()
        })
    })
}

/// A program so far. One that fails is printed.
struct Program {
    options: Options,
    operations: Vec<Operation>,
    pair: Pair,
}

impl Program {
    fn new(options: Options) -> Self {
        Self { options, operations: Vec::new(), pair: Pair::with_options(options, CAPACITY) }
    }

    /// A block that may be new is written at once: what is moved should be seen.
    fn apply(&mut self, operation: &Operation) {
        self.operations.push(operation.clone());
        self.pair.apply(operation);
        if let (Operation::Alloc(..), Some(newest)) = (operation, self.pair.newest()) {
            let letters = ('a'..='z').cycle().skip(5 * newest).take(LARGEST as usize);
            let size = self.pair.size(newest).unwrap_or(0);
            self.pair.apply(&Operation::Write(newest, letters.take(size).collect()));
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if std::thread::panicking() {
            println!("{:?}, {CAPACITY} units: {:?}", self.options, self.operations);
        }
    }
}

/// The shortest program to every layout.
fn layouts(options: Options) -> Vec<Vec<Operation>> {
    let (mut seen, mut programs) = (BTreeSet::new(), Vec::new());
    let mut queue = VecDeque::from([Vec::new()]);
    while let Some(operations) = queue.pop_front() {
        let mut program = Program::new(options);
        operations.iter().for_each(|operation| program.apply(operation));
        if !seen.insert(program.pair.layout_and_free()) {
            continue;
        }
        if operations.len() < EARLIER {
            let blocks = live(&program.pair);
            let allocs = (1..=LARGEST).filter(|_| blocks.len() < BLOCKS);
            let allocs = allocs.map(|size| Operation::Alloc(size, 1));
            for next in allocs.chain(blocks.iter().map(|&block| Operation::Free(block))) {
                queue.push_back(operations.iter().cloned().chain([next]).collect());
            }
        }
        programs.push(operations);
    }
    programs
}

/// All that can happen to a layout.
fn run_each(options: Options, layout: &[Operation], order: Order) {
    let step = Step { max_moves: Some(1), ..Step::to(order) };
    let mut choices = Choices::default();
    loop {
        let mut program = Program::new(options);
        layout.iter().for_each(|operation| program.apply(operation));
        if choices.below(2) == 0 {
            program.apply(&Operation::Step(step));
        }
        for _ in 0..LATER {
            let all = any(&program.pair, step);
            program.apply(&all[choices.below(all.len())]);
            program.pair.compare();
        }
        program.apply(&Operation::Steps(step));
        program.pair.compare();
        if !choices.advance() {
            break;
        }
    }
}

fn any(pair: &Pair, step: Step) -> Vec<Operation> {
    let mut all = vec![Operation::Step(step), Operation::Alloc(1, 2)];
    all.extend((1..=LARGEST).map(|size| Operation::Alloc(size, 1)));
    for block in live(pair) {
        let size = pair.size(block).map(|size| size as u32);
        let others = (1..=LARGEST + 1).filter(|&other| Some(other) != size);
        all.extend(others.map(|other| Operation::Resize(block, other)));
        all.extend([Operation::Free(block), Operation::Pin(block), Operation::Unpin(block)]);
    }
    all
}

fn live(pair: &Pair) -> Vec<usize> {
    let all = 0..pair.newest().map_or(0, |newest| newest + 1);
    all.filter(|&block| pair.size(block).is_some()).collect()
}

/// The choices of one run after another, until there has been a run for each: the last ones change first.
#[derive(Default)]
struct Choices {
    /// What was chosen, and below what.
    chosen: Vec<(usize, usize)>,
    asked: usize,
}

impl Choices {
    fn below(&mut self, limit: usize) -> usize {
        if self.asked == self.chosen.len() {
            self.chosen.push((0, limit));
        }
        self.asked += 1;
        self.chosen[self.asked - 1].0
    }

    /// Whether there is another run.
    fn advance(&mut self) -> bool {
        self.asked = 0;
        while let Some((last, limit)) = self.chosen.pop() {
            if last + 1 < limit {
                self.chosen.push((last + 1, limit));
                return true;
            }
        }
        false
    }
}
