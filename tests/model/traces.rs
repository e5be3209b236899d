//! Traces of random operations, and replaying a trace unit by unit.

use super::random;
use super::reference::{Choice, Reference};
use std::collections::BTreeMap;
use twingate_memory::PlacementKind;
use twingate_memory::laboratory::{Replay, ReplayOptions};
use twingate_memory::trace::{Op, Trace};

/// In android's form, which has all kinds of operations; sizes up to `largest`.
pub fn random_trace(seed: u32, operations: usize, largest: usize, resizes: bool) -> Trace {
    let mut next = random(seed.wrapping_mul(0x9E37_79B9) | 1);
    let mut text = String::new();
    let mut live: Vec<usize> = Vec::new();
    for pointer in 1..=operations {
        let size = 1 + next() % largest;
        let line = match next() % 8 {
            0..3 if !live.is_empty() => {
                format!("free {:#x}", live.swap_remove(next() % live.len()))
            }
            3 if resizes && !live.is_empty() => {
                let old = live[next() % live.len()];
                format!("realloc {old:#x} {old:#x} {size}")
            }
            4 => {
                live.push(pointer);
                format!("memalign {pointer:#x} {} {size}", 1 << (next() % 6))
            }
            _ => {
                live.push(pointer);
                format!("malloc {pointer:#x} {size}")
            }
        };
        text += &format!("7: {line}\n");
    }
    Trace::parse(text.as_bytes(), None, "random").unwrap()
}

/// The same replay, unit by unit.
struct Naive {
    model: Reference,
    serials: BTreeMap<u32, usize>,
    pub failures: u64,
    pub peak_used: u32,
    pub worst: f64,
}

impl Naive {
    fn replay(trace: &Trace, placement: PlacementKind, capacity: u32) -> Self {
        let model = Reference::new(placement, capacity as usize);
        let mut naive =
            Self { model, serials: BTreeMap::new(), failures: 0, peak_used: 0, worst: 0.0 };
        for op in trace.ops() {
            naive.step(op, placement.is_scattered());
            let free = naive.model.free_units().len();
            naive.peak_used = naive.peak_used.max(capacity - free as u32);
            naive.worst = naive.worst.max(naive.fragmentation());
        }
        naive
    }

    fn step(&mut self, op: &Op, scattered: bool) {
        match *op {
            Op::Alloc { block, size, align } => {
                let align = if scattered { 1 } else { align.bytes() };
                self.alloc(block, size, align);
            }
            Op::Resize { block, size } => match self.serials.get(&block) {
                None => self.alloc(block, size, 1),
                Some(&serial) => match self.model.choose_resized(serial, size as usize, false) {
                    Ok(Choice::Units(units)) => self.model.resize(serial, units),
                    _ => self.failures += 1,
                },
            },
            Op::Free { block } => {
                if let Some(serial) = self.serials.remove(&block) {
                    self.model.free(serial).unwrap();
                }
            }
            Op::Nothing => {}
        }
    }

    fn alloc(&mut self, block: u32, size: u32, align: u32) {
        match self.model.choose(size as usize, align as usize) {
            Ok(Choice::Units(units)) => {
                self.serials.insert(block, self.model.alloc(units, align as usize));
            }
            _ => self.failures += 1,
        }
    }

    fn fragmentation(&self) -> f64 {
        let free = self.model.free_units().len();
        let largest = self.model.shown_free().iter().map(|run| run.len()).max().unwrap_or(0);
        if free == 0 { 0.0 } else { 1.0 - largest as f64 / free as f64 }
    }
}

/// The placements whose choice of units the model knows exactly.
pub fn known() -> impl Iterator<Item = PlacementKind> {
    let all = PlacementKind::ALL.iter().copied();
    all.filter(|kind| !matches!(kind, PlacementKind::Buddy | PlacementKind::Tlsf))
}

/// Replays a trace by one of the [`known`] placements; `of` names the trace in messages.
pub fn compare_replay(trace: &Trace, placement: PlacementKind, capacity: u32, of: &str) {
    let naive = Naive::replay(trace, placement, capacity);
    let mut replay = Replay::new(trace, ReplayOptions::new(capacity, placement)).unwrap();
    assert!(replay.run(usize::MAX, None).unwrap());
    let report = replay.report();
    let at = format!("{of}, {}", placement.name());
    assert_eq!(report.failures, naive.failures, "{at}");
    assert_eq!(report.peak_used, naive.peak_used, "{at}");
    assert_eq!(report.operations, trace.operations(), "{at}");
    assert_eq!(report.external_fragmentation, naive.fragmentation(), "{at}");
    match placement {
        PlacementKind::Lifo | PlacementKind::ContiguousFirst => {
            assert!(report.peak_external_fragmentation <= naive.worst, "{at}");
        }
        _ => assert_eq!(report.peak_external_fragmentation, naive.worst, "{at}"),
    }
}
