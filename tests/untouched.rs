//! Memory that nobody has written is not taken from the system.
//!
//! What always holds: a process of its own looks at how much memory it has, so that no other test takes any meanwhile.

#![cfg(target_os = "linux")]

use twingate_memory::{MemoryManager, Options, PlacementKind, Unit};

/// Filling it with zeros took seconds for a GiB, and memory that nobody had use for.
#[test]
fn a_buffer_takes_memory_where_it_is_written() {
    const BYTES: u32 = 1 << 28;
    let before = resident();
    let options = Options { unit: Unit::U8, placement: PlacementKind::Tlsf, ..Options::default() };
    let mut memory = MemoryManager::with_options(BYTES, options).unwrap();
    let [_, last] = [BYTES - 1, 1].map(|units| memory.alloc(units).unwrap());
    memory.write(last, &[7_u8]).unwrap();
    assert!(resident() < before + BYTES as usize / 4, "a quarter of it");
    assert_eq!(memory.read::<u8>(last), Ok(vec![7]));
}

/// Bytes of memory that this process has.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().strip_suffix(" kB").unwrap().parse::<usize>().unwrap() << 10
}
