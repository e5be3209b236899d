//! The manager and its bindings in a browser: `wasm-pack test --headless --chrome`.

#![cfg(all(target_arch = "wasm32", feature = "main-entry", feature = "trace"))]

mod model;

use js_sys::{Reflect, Uint8Array, Uint32Array};
use model::{Operation, Pair, Step, random};
use twingate_memory::bindings::{
    RawCapacitySearch, RawManager, RawPlayer, RawReplay, RawTrace, RawTraceReader,
};
use twingate_memory::{Order, PlacementKind};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

fn manager(capacity: f64) -> RawManager {
    RawManager::new(capacity, None, None, None, false)
}

/// What is told in a place; which that is, says `src/js/shapes.js`.
fn get(told: &JsValue, place: u32) -> JsValue {
    Reflect::get_u32(told, place).unwrap()
}

fn number(told: &JsValue, place: u32) -> f64 {
    get(told, place).as_f64().unwrap_or(f64::NAN)
}

fn code(raw: &mut RawManager) -> String {
    let refusal = raw.take_error();
    if refusal.is_undefined() {
        return String::new();
    }
    get(&refusal, 1).as_string().unwrap_or_default()
}

fn write(raw: &mut RawManager, id: f64, text: &str) -> bool {
    let code_points: Vec<u32> = text.chars().map(u32::from).collect();
    let bytes: Vec<u8> =
        code_points.iter().flat_map(|code_point| code_point.to_le_bytes()).collect();
    raw.write_at(id, 0.0, &Uint8Array::from(&bytes[..]), true)
}

fn read(raw: &mut RawManager, id: f64) -> String {
    let units = Uint32Array::new_with_length(raw.length(id) as u32);
    assert_eq!(
        raw.read_at(id, 0.0, &Uint8Array::new(&units.buffer()), true),
        f64::from(units.length())
    );
    units.to_vec().into_iter().filter_map(char::from_u32).collect()
}

#[wasm_bindgen_test]
fn the_originals_example() {
    let mut raw = manager(6.0);
    let [a, b, c] = [raw.alloc(2.0), raw.alloc(2.0), raw.alloc(2.0)];
    for (id, text) in [(a, "AB"), (b, "CD"), (c, "EF")] {
        assert!(write(&mut raw, id, text));
    }
    assert!(raw.release(a) && raw.release(c));
    let d = raw.alloc(3.0);
    assert!(write(&mut raw, d, "XYZ"));
    let units = Uint32Array::new_with_length(6);
    units.fill(u32::from(b'-'), 0, 6);
    let written = Uint8Array::new_with_length(6);
    raw.contents(&Uint8Array::new(&units.buffer()), &written);
    assert_eq!(written.to_vec(), [0, 1, 1, 1, 1, 1]);
    let picture: String = units.to_vec().iter().map(|&unit| unit as u8 as char).collect();
    assert_eq!(picture, "-ZCDYX");
    assert_eq!((read(&mut raw, b), read(&mut raw, d)), ("CD".into(), "XYZ".into()));
    // The first unit of the tail, and the free units below it.
    assert_eq!(raw.snapshot().unwrap().to_vec()[1..3], [6.0, 1.0]);
    let report =
        raw.defragment(usize::MAX, f64::NAN, f64::NAN, f64::NAN).map(|table| table.to_vec());
    // Done, extents moved, units moved, nothing left; in place, so without a list of relocations.
    assert_eq!(report, Some(vec![1.0, 3.0, 5.0, 0.0, 0.0, 0.0]));
    assert_eq!(raw.snapshot().unwrap().to_vec()[1], 5.0);
}

#[wasm_bindgen_test]
fn bad_sizes_and_ids_have_codes_and_change_nothing() {
    let mut raw = manager(6.0);
    let live = raw.alloc(2.0);
    let stale = raw.alloc(1.0);
    assert!(raw.release(stale));
    for size in [0.0, -1.0, 1.5, f64::NAN, f64::INFINITY, 4_294_967_296.0, 1e300] {
        assert_eq!(raw.alloc(size), 0.0);
        assert_eq!(code(&mut raw), "ERR_INVALID_SIZE", "{size}");
    }
    assert_eq!(raw.alloc(5.0), -1.0);
    let refusal = raw.take_error();
    assert_eq!(get(&refusal, 1), JsValue::from("ERR_OUT_OF_MEMORY"));
    assert_eq!((number(&refusal, 3), number(&refusal, 4)), (5.0, 4.0));
    for id in [0.0, -1.0, 0.5, f64::NAN, stale, 99.0, 2_f64.powi(53), f64::INFINITY] {
        assert!(!raw.release(id) && raw.has(id) == 0);
        assert_eq!(code(&mut raw), "ERR_UNKNOWN_BLOCK", "{id}");
        assert_eq!((raw.size(id), raw.length(id)), (-1.0, -1.0));
        assert!(raw.extents(id).is_none());
    }
    assert!(!write(&mut raw, live, "abc"));
    assert_eq!(code(&mut raw), "ERR_OUT_OF_BOUNDS");
    assert_eq!((raw.used_units(), raw.block_count(), raw.length(live)), (2.0, 1.0, 0.0));
}

#[wasm_bindgen_test]
fn capacities_past_the_module_are_refused() {
    for capacity in [0.0, -1.0, 0.5, f64::NAN, f64::INFINITY, 4_294_967_295.0, 4_294_967_296.0] {
        let mut raw = manager(capacity);
        assert_eq!(code(&mut raw), "ERR_INVALID_CAPACITY", "{capacity}");
        assert_eq!(raw.alloc(1.0), 0.0);
    }
}

#[wasm_bindgen_test]
fn options_to_come_are_refused_and_unknown_ones_named() {
    let refusal = |unit: Option<&str>, placement: Option<&str>, automatic| {
        let [unit, placement] = [unit, placement].map(|name| name.map(String::from));
        code(&mut RawManager::new(6.0, unit, placement, None, automatic))
    };
    for &kind in PlacementKind::ALL {
        assert_eq!(refusal(Some("char"), Some(kind.name()), false), "");
    }
    assert_eq!(refusal(Some("f64"), None, false), "");
    assert_eq!(refusal(None, Some("tlsf"), true), "");
    assert_eq!(refusal(Some("nibble"), None, false), "ERR_INVALID_ARGUMENT");
    assert_eq!(refusal(None, Some("luck"), false), "ERR_INVALID_ARGUMENT");
}

#[wasm_bindgen_test]
fn alignment_and_external_storage() {
    let [unit, placement, storage] = [None, Some("tlsf".into()), Some("external".into())];
    let mut raw = RawManager::new(4_294_967_295.0, unit, placement, storage, false);
    assert_eq!(raw.alloc(3.0), 1.0);
    let id = raw.alloc_aligned(4_000_000_000.0, 64.0);
    assert_eq!(raw.address(id), 64.0);
    assert_eq!(raw.alloc_aligned(1.0, 3.0), 0.0);
    assert_eq!(code(&mut raw), "ERR_INVALID_ALIGNMENT");
    assert!(!write(&mut raw, id, "a"));
    assert_eq!(code(&mut raw), "ERR_NO_STORAGE");
    assert_eq!(manager(6.0).alloc_aligned(1.0, 2.0), 0.0);
    let explanation = raw.explain(1.0, 1.0);
    assert_eq!(number(&explanation, 4), 0.0);
    assert!(get(&explanation, 6).as_string().unwrap().starts_with("tlsf takes"));
}

#[wasm_bindgen_test]
fn a_trace_is_read_and_a_bad_line_is_named() {
    let mut trace = read_trace("0 1 2 1\na 0 24\nf 0\n");
    assert!(trace.take_error().is_undefined());
    assert_eq!((trace.operations(), trace.blocks(), trace.peak_bytes()), (2.0, 1.0, 24.0));
    let mut refused = RawTraceReader::new(&Uint8Array::from(&b"0 1 2 1\na 0 24\nx 0\n"[..]), None);
    for _ in 0..2 {
        assert_eq!(refused.run(f64::INFINITY), -1);
        assert_eq!(number(&refused.take_error(), 7), 3.0);
    }
}

fn read_trace(text: &str) -> RawTrace {
    let mut reader = RawTraceReader::new(&Uint8Array::from(text.as_bytes()), None);
    while reader.run(3.0) == 0 {}
    reader.trace()
}

#[wasm_bindgen_test]
fn a_trace_is_replayed_and_played() {
    let trace = read_trace("+24,+8,-0,+30");
    let mut search = RawCapacitySearch::new(&trace, "best-fit");
    assert_eq!((search.run(f64::INFINITY), search.exact()), (62.0, true));
    let mut replay = RawReplay::new(&trace, 40.0, "best-fit", true, 2);
    assert_eq!((replay.run(3.0), replay.run(1e9)), (0, 1));
    assert_eq!(number(&get(&replay.report(), 1), 10), 8.0);
    assert_eq!(replay.samples().length(), 10);
    let mut player = RawPlayer::new(&trace, 64.0, "buddy", false);
    assert_eq!((player.seek(4.0, 1.0), player.seek(4.0, 9.0)), (0, 1));
    assert!(player.why(player.position()).unwrap().starts_with("buddy takes the smallest"));
    assert_ne!(player.paint(0, 1, 64, "age", &Uint32Array::from(&[0, 1][..])), 0);
    assert_eq!(player.rows(0, 2).unwrap().length(), 8);
    let mut refused = RawPlayer::new(&trace, 0.5, "buddy", false);
    assert_eq!(get(&refused.take_error(), 1), "ERR_INVALID_CAPACITY");
    assert_eq!(refused.seek(1.0, 1.0), -1);
}

/// The model again, in the browser: for each placement 8 seeds of 250 operations.
#[wasm_bindgen_test]
fn every_placement_agrees_with_the_model() {
    for (kind, seed) in
        PlacementKind::ALL.iter().copied().flat_map(|kind| (1..=8).map(move |s| (kind, s)))
    {
        let mut next = random(0x9E37_79B9_u32.wrapping_mul(seed));
        let capacity = 1 + next() as u32 % 80;
        let mut pair = Pair::new(kind, capacity);
        for _ in 0..250 {
            let align = if next().is_multiple_of(4) { 1 << (next() % 4) } else { 1 };
            let operation = match next() % 8 {
                0..3 => Operation::Alloc(next() as u32 % (capacity / 4 + 2), align),
                3..5 => Operation::Free(next()),
                5..7 => Operation::Write(next(), "aé漢🦀z".chars().take(next() % 6).collect()),
                _ if next().is_multiple_of(4) => Operation::Defragment,
                _ if next().is_multiple_of(2) => {
                    Operation::Resize(next(), next() as u32 % (capacity / 4 + 2))
                }
                _ if next().is_multiple_of(3) => Operation::View(next(), 'v'),
                _ if next().is_multiple_of(3) => Operation::SaveAndLoad,
                _ => Operation::Step(Step {
                    max_moves: Some(next() as u32 % 5),
                    ..Step::to(Order::ALL[next() % 3])
                }),
            };
            pair.apply(&operation);
            pair.compare();
        }
    }
}
