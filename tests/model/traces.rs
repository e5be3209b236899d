//! Traces of random operations.

use super::random;
use twingate_memory::trace::Trace;

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
