//! The recordings that the page ships are read as its index says.
//!
//! The figures in the index come from the script that recorded them, which reads valgrind's logs
//! by itself; the one log that is shipped whole also ends with valgrind's own count.
#![cfg(all(not(target_arch = "wasm32"), feature = "trace"))]

mod in_parts;

use std::fs;
use std::io::Read;

use flate2::read::GzDecoder;
use serde_json::Value;
use twingate_memory::trace::{Op, Trace, TraceFormat};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/www/traces");

fn index() -> Vec<Value> {
    let text = fs::read_to_string(format!("{FOLDER}/index.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn text(entry: &Value) -> Vec<u8> {
    let file = fs::File::open(format!("{FOLDER}/{}", entry["file"].as_str().unwrap())).unwrap();
    let mut text = Vec::new();
    GzDecoder::new(file).read_to_end(&mut text).unwrap();
    text
}

#[test]
fn each_is_recognised_and_has_the_listed_figures() {
    for entry in index() {
        let name = entry["name"].as_str().unwrap();
        let trace = Trace::parse(&text(&entry), None, name).unwrap();
        assert_eq!(trace.format().name(), entry["format"], "{name}");
        assert_eq!(trace.operations(), entry["operations"], "{name}");
        assert_eq!(trace.blocks(), entry["blocks"], "{name}");
        assert_eq!(trace.peak_bytes(), entry["peakBytes"], "{name}");
        assert_eq!((trace.skipped(), trace.inferred()), (0, 0), "{name}");
    }
}

#[test]
fn in_parts_the_same_is_read() {
    for entry in index() {
        let text = text(&entry);
        let whole = Trace::parse(&text, None, "");
        let mut seed = 7_u32;
        let mut random = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            1 + (seed >> 16) as usize % 5_000
        };
        assert_eq!(in_parts::in_parts(&text, None, || 1), whole);
        assert_eq!(in_parts::in_parts(&text, None, &mut random), whole);
    }
}

#[test]
fn at_least_five_programs_and_small_enough_to_ship() {
    let index = index();
    let mut programs: Vec<_> = index.iter().map(|entry| entry["program"].as_str()).collect();
    programs.sort_unstable();
    programs.dedup();
    assert!(programs.len() >= 5, "{programs:?}");

    let sizes = fs::read_dir(FOLDER).unwrap().map(|file| file.unwrap().metadata().unwrap().len());
    let total: u64 = sizes.sum();
    assert!(total < 300_000, "{total} bytes");
}

#[test]
fn valgrind_counts_the_same_allocations_and_frees() {
    let logs: Vec<_> = index().into_iter().filter(|entry| entry["format"] == "valgrind").collect();
    assert!(!logs.is_empty());
    for entry in logs {
        let text = text(&entry);
        let trace = Trace::parse(&text, Some(TraceFormat::Valgrind), "").unwrap();
        let count = |wanted: fn(&Op) -> bool| trace.ops().iter().filter(|op| wanted(op)).count();
        let resizes = count(|op| matches!(op, Op::Resize { .. }));
        let allocs = count(|op| matches!(op, Op::Alloc { .. })) + resizes;
        let frees = count(|op| matches!(op, Op::Free { .. })) + resizes;
        assert_eq!((allocs, frees), heap_usage(&text));
    }
}

/// From `==1==   total heap usage: 2,431 allocs, 2,294 frees, 10,090,605 bytes allocated`.
fn heap_usage(log: &[u8]) -> (usize, usize) {
    let log = String::from_utf8_lossy(log);
    let (_, usage) = log.split_once("total heap usage: ").unwrap();
    let mut words = usage.split_whitespace();
    let mut number = || {
        let digits = words.next().unwrap().replace(',', "");
        words.next();
        digits.parse().unwrap()
    };
    (number(), number())
}
