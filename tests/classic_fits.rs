//! The classic fits on random traces: every block lies where a naive model puts it.
//!
//! The model is a list of blocks and nothing else: before each allocation it lists the free runs
//! between them and picks one as the textbook says.

#![cfg(all(not(target_arch = "wasm32"), feature = "trace"))]

mod model;

use model::random_trace;
use std::collections::BTreeMap;
use std::ops::Range;
use twingate_memory::PlacementKind;
use twingate_memory::laboratory::{Player, ReplayOptions};
use twingate_memory::trace::{Op, Trace};

struct Naive {
    fit: PlacementKind,
    capacity: u32,
    /// By number in the trace.
    blocks: BTreeMap<u32, Range<u32>>,
    /// Where the last allocation ended.
    rover: u32,
}

impl Naive {
    fn free_runs(&self) -> Vec<Range<u32>> {
        let mut used: Vec<Range<u32>> = self.blocks.values().cloned().collect();
        used.sort_by_key(|block| block.start);
        used.push(self.capacity..self.capacity);
        let mut start = 0;
        let mut runs = Vec::new();
        for block in used {
            if start < block.start {
                runs.push(start..block.start);
            }
            start = block.end;
        }
        runs
    }

    fn choose(&self, size: u32, align: u32) -> Option<u32> {
        let fits = |run: &Range<u32>| {
            let start = run.start.div_ceil(align) * align;
            (start + size <= run.end).then_some((run.clone(), start))
        };
        let all: Vec<(Range<u32>, u32)> = self.free_runs().iter().filter_map(fits).collect();
        let chosen = match self.fit {
            PlacementKind::FirstFit => all.first(),
            PlacementKind::NextFit => {
                all.iter().find(|(run, _)| run.end > self.rover).or(all.first())
            }
            PlacementKind::BestFit => all.iter().min_by_key(|(run, _)| run.len()),
            _ => all.iter().rev().max_by_key(|(run, _)| run.len()),
        };
        chosen.map(|(_, start)| *start)
    }

    fn step(&mut self, op: &Op) {
        match *op {
            Op::Alloc { block, size, align } => {
                if let Some(start) = self.choose(size, align.bytes()) {
                    self.blocks.insert(block, start..start + size);
                    self.rover = start + size;
                }
            }
            Op::Free { block } => {
                self.blocks.remove(&block);
            }
            Op::Resize { .. } => unreachable!("the traces here have none"),
            Op::Nothing => {}
        }
    }
}

fn compare(trace: &Trace, fit: PlacementKind, capacity: u32, at: &str) {
    let mut naive = Naive { fit, capacity, blocks: BTreeMap::new(), rover: 0 };
    let mut player = Player::new(trace, ReplayOptions::new(capacity, fit)).unwrap();
    for (position, op) in trace.ops().iter().enumerate() {
        naive.step(op);
        assert!(player.seek(position + 1, 1).unwrap());
        let ours = (0..trace.blocks()).filter_map(|block| {
            let id = player.block(block)?;
            let start = player.manager().address(id).unwrap();
            Some((block, start..start + player.manager().size(id).unwrap()))
        });
        assert_eq!(ours.collect::<BTreeMap<_, _>>(), naive.blocks, "{at}, operation {position}");
    }
}

#[test]
fn a_thousand_random_traces() {
    let fits = [
        PlacementKind::FirstFit,
        PlacementKind::NextFit,
        PlacementKind::BestFit,
        PlacementKind::WorstFit,
    ];
    for seed in 1..=1_000 {
        let trace = random_trace(seed, 90, 24, false);
        let peak = trace.peak_bytes() as u32;
        for fit in fits {
            // Too small, just enough and ample.
            let capacity = peak * (3 + seed % 4) / 4 + 1;
            compare(&trace, fit, capacity, &format!("seed {seed}, {}", fit.name()));
        }
    }
}
