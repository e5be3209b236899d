//! Replays against the per-unit model, and smallest capacities against trying every one.

#![cfg(all(not(target_arch = "wasm32"), feature = "trace"))]

mod model;

use model::{compare_replay, known, random_trace};
use twingate_memory::laboratory::{
    CapacitySearch, Player, Replay, ReplayOptions, SmallestCapacity,
};
use twingate_memory::trace::{Trace, TraceReader};
use twingate_memory::{Error, PlacementKind};

#[test]
fn a_replay_agrees_with_one_unit_by_unit() {
    for seed in 1..=40 {
        let trace = random_trace(seed, 150, 12, true);
        for placement in known() {
            let capacity = trace.peak_bytes() as u32 * (2 + seed % 4) / 4 + 1;
            compare_replay(&trace, placement, capacity, &format!("seed {seed}"));
        }
    }
}

#[test]
fn a_replay_in_parts_gives_what_one_at_once_gives() {
    for &placement in PlacementKind::ALL {
        let trace = random_trace(5, 3_000, 300, true);
        let options = ReplayOptions {
            auto_defragment: true,
            samples: 37,
            ..ReplayOptions::new(trace.peak_bytes() as u32, placement)
        };
        let mut whole = Replay::new(&trace, options).unwrap();
        assert!(whole.run(usize::MAX, None).unwrap());
        let mut parts = Replay::new(&trace, options).unwrap();
        let mut turns = 0;
        while !parts.run(7, None).unwrap() {
            turns += 1;
            assert_eq!(parts.position(), 7 * turns);
        }
        assert_eq!(parts.report(), whole.report(), "{}", placement.name());
        assert_eq!(parts.samples(), whole.samples(), "{}", placement.name());
        assert_eq!(whole.samples().len(), 37);
        let last = whole.samples()[36];
        assert_eq!(last.position, trace.operations());
        assert_eq!(last.external_fragmentation, whole.report().external_fragmentation);
    }
}

fn search_steps(placement: PlacementKind, capacity: u32, text: &str) -> u64 {
    let trace = Trace::parse(text.as_bytes(), None, "").unwrap();
    let mut replay = Replay::new(&trace, ReplayOptions::new(capacity, placement)).unwrap();
    assert!(replay.run(usize::MAX, None).unwrap());
    replay.report().search_steps
}

#[test]
fn each_allocation_examines_an_extent_at_least() {
    for &placement in PlacementKind::ALL {
        let steps = |text| search_steps(placement, 64, text);
        let (one, three) = (steps("+4"), steps("+4,+4,-0,+4"));
        assert!(one >= 1 && three >= one + 2, "{}: {one}, {three}", placement.name());
    }
}

/// Each search of a tree counted as one, so that all the fits had the same figure.
#[test]
fn among_many_free_extents_each_fit_has_its_own_number_of_search_steps() {
    // 300 free extents of one unit, and above them enough for the last block.
    let ones: String = (0..600).map(|_| "+1,").collect();
    let freed: String = (0..300).map(|block| format!("-{},", 2 * block)).collect();
    let last = |placement, size| {
        let steps = |text: &str| search_steps(placement, 1_000, &format!("{ones}{freed}{text}"));
        steps(size) - steps("-1")
    };
    let [tlsf, first, best, worst] = [
        PlacementKind::Tlsf,
        PlacementKind::FirstFit,
        PlacementKind::BestFit,
        PlacementKind::WorstFit,
    ]
    .map(|placement| (last(placement, "+1"), last(placement, "+100")));
    assert_eq!(tlsf, (1, 1));
    // The lowest extent is the first of each level; the long one is behind all others.
    assert!(first.0 < 5 && first.1 > 10, "{first:?}");
    assert!(worst.0 > 10 && worst.1 > 10, "{worst:?}");
    // Short extents share a tree; the long one is alone in its own.
    assert!(best.0 > 10 && best.1 < 5, "{best:?}");
}

#[test]
fn a_pause_is_what_one_operation_moved() {
    let trace = Trace::parse(b"+4,+4,+4,+4,-0,-2,+8,-1,-3,+12", None, "").unwrap();
    let options =
        ReplayOptions { auto_defragment: true, ..ReplayOptions::new(16, PlacementKind::FirstFit) };
    let mut replay = Replay::new(&trace, options).unwrap();
    let time = std::cell::Cell::new(0.0);
    let clock = || time.replace(time.get() + 5.0);
    assert!(replay.run(usize::MAX, Some(&clock)).unwrap());
    let report = replay.report();
    assert_eq!((report.failures, report.longest_pause_units), (1, 4));
    assert_eq!((report.units_moved, report.longest_pause_micros), (4, 5.0));
    let trace = Trace::parse(b"+4,+4,-0", None, "").unwrap();
    let mut replay = Replay::new(&trace, options).unwrap();
    assert!(replay.run(usize::MAX, Some(&clock)).unwrap());
    assert_eq!(replay.report().longest_pause_micros, 0.0, "nothing moved");
}

/// Two blocks of one extent each; then as many units, but one of three blocks lies in two extents.
#[test]
fn extents_at_the_peak_are_those_when_it_was_first_reached() {
    let trace = Trace::parse(b"+6,+2,-0,+2,+2,+2,-2,-4,+4", None, "").unwrap();
    let options = ReplayOptions::new(8, PlacementKind::AddressOrdered);
    let mut replay = Replay::new(&trace, options).unwrap();
    assert!(replay.run(usize::MAX, None).unwrap());
    let report = replay.report();
    assert_eq!((report.peak_used, report.extents_per_block_at_peak), (8, 1.0));
    assert_eq!(report.extents_per_block, 4.0 / 3.0);
}

fn failures(trace: &Trace, placement: PlacementKind, capacity: u32) -> u64 {
    let mut replay = Replay::new(trace, ReplayOptions::new(capacity, placement)).unwrap();
    replay.run(usize::MAX, None).unwrap();
    replay.report().failures
}

fn smallest(trace: &Trace, placement: PlacementKind, at_once: u64) -> SmallestCapacity {
    let mut search = CapacitySearch::new(trace, placement).unwrap();
    loop {
        if let Some(found) = search.run(at_once).unwrap() {
            return found;
        }
    }
}

#[test]
fn the_smallest_capacity_is_the_first_of_all_that_serves() {
    for seed in 1..=12 {
        let trace = random_trace(seed, 90, 40, seed % 2 == 0);
        for &placement in PlacementKind::ALL {
            let found = smallest(&trace, placement, u64::MAX);
            let first = (1..).find(|&capacity| failures(&trace, placement, capacity) == 0);
            let at = format!("seed {seed}, {}", placement.name());
            assert_eq!(first, Some(found.capacity), "{at}");
            assert!(found.exact, "{at}");
            assert_eq!(smallest(&trace, placement, 17), found, "{at}, in parts");
        }
    }
}

#[test]
fn a_search_counts_its_operations_and_stops_after_as_many_as_it_may() {
    let trace = random_trace(1, 60, 20, true);
    let mut whole = CapacitySearch::new(&trace, PlacementKind::BestFit).unwrap();
    assert_eq!(whole.operations(), 0);
    whole.run(u64::MAX).unwrap();
    let mut search = CapacitySearch::new(&trace, PlacementKind::BestFit).unwrap();
    let calls = (1..100_000).find(|_| search.run(1).unwrap().is_some());
    assert_eq!(calls, Some(search.operations()));
    assert_eq!(search.operations(), whole.operations());
    assert!(whole.operations() > 2 * trace.operations() as u64);
}

#[test]
fn what_a_search_knows_to_serve_serves_and_never_grows() {
    for &placement in PlacementKind::ALL {
        let trace = random_trace(2, 90, 40, true);
        let mut search = CapacitySearch::new(&trace, placement).unwrap();
        let mut known = u32::MAX;
        while search.run(17).unwrap().is_none() {
            let Some(serving) = search.serving() else { continue };
            assert!(serving <= known, "{placement}");
            assert_eq!(failures(&trace, placement, serving), 0, "{placement} at {serving}");
            known = serving;
        }
        assert_eq!(search.serving(), search.found().map(|found| found.capacity), "{placement}");
    }
}

/// Too long for every capacity to be tried.
#[test]
fn what_is_found_for_a_long_trace_serves_and_one_unit_less_does_not() {
    let trace = random_trace(3, 20_000, 4_000, true);
    for &placement in PlacementKind::ALL {
        let found = smallest(&trace, placement, u64::MAX);
        assert_eq!(failures(&trace, placement, found.capacity), 0, "{}", placement.name());
        assert!(failures(&trace, placement, found.capacity - 1) > 0, "{}", placement.name());
        assert_eq!(found.exact, placement.is_scattered(), "{}", placement.name());
    }
}

#[test]
fn more_live_units_than_any_capacity_has_are_refused() {
    let trace = Trace::parse(b"+4294967295,+1", None, "").unwrap();
    assert!(CapacitySearch::new(&trace, PlacementKind::Tlsf).is_err());
    let trace = Trace::parse(b"+4294967295", None, "").unwrap();
    assert_eq!(smallest(&trace, PlacementKind::BestFit, 9).capacity, u32::MAX);
    let mut search = CapacitySearch::new(&trace, PlacementKind::Buddy).unwrap();
    let refused = search.run(1_000).unwrap_err().to_string();
    // Not that there is none: of so many only some are tried.
    assert!(refused.starts_with("no capacity up to 4294967295 units was found that"), "{refused}");
}

/// Twice the distance between the capacities that are tried does not fit 32 bits.
#[test]
fn capacities_far_beyond_the_highest_sum_of_live_sizes_are_tried() {
    let lines: String = (1..=4).map(|at| format!("1: memalign 0x{at}0 1073741824 1\n")).collect();
    let trace = Trace::parse(lines.as_bytes(), None, "").unwrap();
    let last = 3 * (1 << 30) + 1;
    for placement in
        PlacementKind::ALL.iter().copied().filter(|placement| !placement.is_scattered())
    {
        match CapacitySearch::new(&trace, placement).unwrap().run(10_000) {
            Ok(None) => assert_eq!(failures(&trace, placement, last), 0, "{}", placement.name()),
            Ok(Some(found)) => assert_eq!(found.capacity, last, "{}", placement.name()),
            Err(error) => assert_eq!((placement, error), (PlacementKind::Buddy, Error::NoCapacity)),
        }
    }
}

/// A panic of whoever has one of them in a struct shows it.
#[test]
fn what_runs_is_shown_short_however_long_its_trace() {
    let text = b"+24,+8,-0,".repeat(10_000);
    let mut reader = TraceReader::new(&text, None);
    assert_eq!(reader.run(1_000), Ok(false));
    let (position, length) = (reader.position(), text.len());
    assert_eq!(
        format!("{reader:?}"),
        format!("TraceReader {{ position: {position}, length: {length}, .. }}")
    );

    let trace = random_trace(5, 30_000, 300, true);
    let options = ReplayOptions::new(trace.peak_bytes() as u32, PlacementKind::Tlsf);
    let (mut player, mut replay) =
        (Player::new(&trace, options).unwrap(), Replay::new(&trace, options).unwrap());
    let mut search = CapacitySearch::new(&trace, PlacementKind::BestFit).unwrap();
    player.seek(20_000, usize::MAX).unwrap();
    replay.run(20_000, None).unwrap();
    assert_eq!(search.run(20_000), Ok(None));
    for shown in [format!("{player:?}"), format!("{replay:?}"), format!("{search:?}")] {
        assert!(shown.len() < 1_000, "{shown}");
        assert!(shown.contains("20000") && shown.contains(".."), "{shown}");
    }
}
