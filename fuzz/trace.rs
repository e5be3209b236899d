//! What must hold of any text that is taken for a trace.

#[path = "compared.rs"]
mod compared;
#[path = "../tests/forms/mod.rs"]
mod forms;
#[path = "../tests/in_parts/mod.rs"]
mod in_parts;
#[path = "../tests/model/mod.rs"]
mod model;

use model::{compare_replay, known};
use twingate_memory::PlacementKind;
use twingate_memory::laboratory::{Replay, ReplayOptions};
use twingate_memory::trace::{Trace, TraceFormat};

/// The model goes through every unit for every operation.
const MODELLED: u64 = 300;

/// In parts it is read as at once. It is refused by one of its lines, or it is sound, reads the same once it is
/// written again, and can be replayed; where it is small, with the model's result.
pub fn check(text: &[u8], format: TraceFormat) {
    let read = Trace::parse(text, Some(format), "");
    let most = 1 + text.first().map_or(0, |&byte| usize::from(byte) % 64);
    assert_eq!(in_parts::in_parts(text, Some(format), || most), read, "in parts of {most}");
    let trace = match read {
        Ok(trace) => trace,
        Err(error) => {
            let lines = text.split(|&byte| byte == b'\n').count();
            assert!((1..=lines + 1).contains(&error.line), "{error}");
            return;
        }
    };
    forms::sound(&trace);
    let number = text.len();
    let share = 2 + number as u64 % 4;
    if trace.peak_bytes() <= MODELLED {
        let capacity = (trace.peak_bytes() * share / 4 + 1) as u32;
        let placement = known().nth(number % known().count()).unwrap();
        compare_replay(&trace, placement, capacity, "fuzzed");
        compared::add(trace.operations() as u64);
    }
    let capacity = (trace.peak_bytes() * share / 4).clamp(1, u64::from(u32::MAX)) as u32;
    let placement = PlacementKind::ALL[number % PlacementKind::ALL.len()];
    let options =
        ReplayOptions { auto_defragment: true, ..ReplayOptions::new(capacity, placement) };
    let mut replay = Replay::new(&trace, options).unwrap();
    assert!(replay.run(usize::MAX, None).unwrap());
    assert_eq!(replay.report().operations, trace.operations());
}
