//! The player beside replays from the beginning, and pictures beside painting unit by unit.

#![cfg(all(not(target_arch = "wasm32"), feature = "trace"))]

mod model;

use model::{random, random_trace};
use twingate_memory::laboratory::{ColourBy, Painter, Player, ReplayOptions, View, rows};
use twingate_memory::trace::{Op, Trace};
use twingate_memory::{MemoryManager, PlacementKind, Snapshot, Unit};

fn options(trace: &Trace, placement: PlacementKind) -> ReplayOptions {
    let capacity = trace.peak_bytes() as u32 * 11 / 10;
    ReplayOptions { auto_defragment: true, ..ReplayOptions::new(capacity, placement) }
}

#[test]
fn wherever_it_goes_the_state_is_that_of_the_first_way_there() {
    for &placement in PlacementKind::ALL {
        let trace = random_trace(11, 6_000, 90, true);
        let mut player = Player::new(&trace, options(&trace, placement)).unwrap();
        let mut known: Vec<(Snapshot, u64)> = Vec::new();
        for position in 0..=trace.operations() {
            assert!(player.seek(position, 1).unwrap());
            if position % 50 == 0 {
                known.push((player.manager().snapshot(), player.failures()));
            }
        }
        let mut next = random(42);
        for _ in 0..150 {
            let place = next() % known.len();
            while !player.seek(place * 50, 700).unwrap() {}
            let now = (player.manager().snapshot(), player.failures());
            assert!(now == known[place], "{} at {}", placement.name(), place * 50);
        }
        assert!(player.seek(usize::MAX, usize::MAX).unwrap());
        assert_eq!(player.position(), trace.operations());
    }
}

#[test]
fn asking_why_changes_nothing_and_always_has_an_answer() {
    for &placement in PlacementKind::ALL {
        let trace = random_trace(7, 400, 50, true);
        let mut asked = Player::new(&trace, options(&trace, placement)).unwrap();
        let mut silent = Player::new(&trace, options(&trace, placement)).unwrap();
        assert_eq!(asked.why().unwrap(), "");
        for position in 1..=trace.operations() {
            asked.foresee().unwrap();
            asked.seek(position, usize::MAX).unwrap();
            let why = asked.why().unwrap();
            assert!(why.ends_with('.'), "{why:?}");
            silent.seek(position, usize::MAX).unwrap();
            assert_eq!(asked.manager().snapshot(), silent.manager().snapshot(), "{why}");
        }
    }
}

#[test]
fn what_is_foreseen_comes_true() {
    for &placement in PlacementKind::ALL {
        let trace = random_trace(9, 500, 50, false);
        let mut player = Player::new(&trace, options(&trace, placement)).unwrap();
        for position in 0..trace.operations() {
            let foreseen = player.foresee().unwrap();
            player.seek(position + 1, usize::MAX).unwrap();
            let Some(foreseen) = foreseen.filter(|foreseen| foreseen.fits) else { continue };
            let newest = player.manager().ids().last().unwrap();
            let extents: Vec<_> = player.manager().extents(newest).unwrap().collect();
            assert_eq!(extents, foreseen.extents, "{} at {position}", placement.name());
        }
    }
}

#[test]
fn the_reasons_name_what_was_cut_and_what_coalesced() {
    let trace = Trace::parse(b"+24,+8,+8,-0,+6,-1,-2", None, "").unwrap();
    let why = |placement, position| {
        let mut player = Player::new(&trace, ReplayOptions::new(64, placement)).unwrap();
        player.seek(position, usize::MAX).unwrap();
        player.why().unwrap()
    };
    assert_eq!(
        why(PlacementKind::BestFit, 5),
        "best-fit takes the smallest free extent that fits: units 0 to 5. \
         That is cut from the free units 0 to 23."
    );
    assert_eq!(
        why(PlacementKind::BestFit, 6),
        "Freed units 24 to 31, now part of the free units 6 to 31."
    );
    assert_eq!(
        why(PlacementKind::Lifo, 4),
        "Freed units 0 to 23, now the newest of the freed units."
    );
    assert_eq!(
        why(PlacementKind::FirstFit, 4),
        "Freed units 0 to 23; no neighbour is free, so nothing coalesces."
    );
}

#[test]
fn an_allocation_alone_is_foreseen_and_a_refused_one_counted() {
    let trace = Trace::parse(b"+4,+4,+4,-1,+9", None, "").unwrap();
    let options = ReplayOptions::new(16, PlacementKind::FirstFit);
    let mut player = Player::new(&trace, options).unwrap();
    for (position, op) in trace.ops().iter().enumerate() {
        player.seek(position, usize::MAX).unwrap();
        let allocates = matches!(op, Op::Alloc { .. });
        assert_eq!(player.foresee().unwrap().is_some(), allocates, "{position}");
        assert_eq!(player.failures(), 0);
    }
    player.seek(usize::MAX, usize::MAX).unwrap();
    assert_eq!(player.failures(), 1);
}

/// The rounding of `buddy` looked as if something had coalesced.
#[test]
fn what_buddy_rounded_has_not_merged() {
    let trace = Trace::parse(b"+5,+8,-0,-1", None, "").unwrap();
    let mut player = Player::new(&trace, ReplayOptions::new(32, PlacementKind::Buddy)).unwrap();
    player.seek(3, usize::MAX).unwrap();
    let why = player.why().unwrap();
    assert_eq!(
        why,
        "Freed units 0 to 4, rounded up to units 0 to 7; the buddy is not all free, so nothing merges."
    );
    player.seek(4, usize::MAX).unwrap();
    let why = player.why().unwrap();
    assert_eq!(why, "Freed units 8 to 15, now part of the free units 0 to 31.");
}

/// As `realloc` does; nothing was foreseen of it.
#[test]
fn a_resize_of_what_was_refused_is_foreseen_as_the_allocation_that_it_is() {
    let trace = Trace::parse(b"0 2 4 1\na 0 8\na 1 8\nf 0\nr 1 4\n", None, "").unwrap();
    let mut player = Player::new(&trace, ReplayOptions::new(10, PlacementKind::FirstFit)).unwrap();
    player.seek(3, usize::MAX).unwrap();
    let foreseen = player.foresee().unwrap().unwrap();
    player.seek(4, usize::MAX).unwrap();
    assert_eq!(player.manager().snapshot().blocks[0].extents, foreseen.extents);
    let trace = Trace::parse(b"0 1 2 1\na 0 4\nr 0 8\n", None, "").unwrap();
    let mut player = Player::new(&trace, ReplayOptions::new(10, PlacementKind::FirstFit)).unwrap();
    player.seek(1, usize::MAX).unwrap();
    assert_eq!(player.foresee().unwrap(), None, "a resize of a live block is none");
}

/// It was said to be a character.
#[test]
fn a_unit_is_a_byte_of_the_trace_also_after_a_checkpoint() {
    let trace = random_trace(5, 3_000, 30, true);
    let mut player = Player::new(&trace, options(&trace, PlacementKind::Lifo)).unwrap();
    for position in [0, 2_500, 1_500] {
        player.seek(position, usize::MAX).unwrap();
        assert_eq!(player.manager().snapshot().unit, Unit::U8);
    }
}

/// Only the bindings asked for them.
#[test]
fn what_decides_a_colour_has_a_name() {
    assert!(ColourBy::ALL.iter().map(|it| it.name()).eq(["block", "age", "size", "extents"]));
}

/// The picture, unit by unit.
fn painted(manager: &MemoryManager, view: View, colours: &[u32]) -> Vec<u32> {
    let snapshot = manager.snapshot();
    let last = snapshot.blocks.last().map_or(0, |block| block.id.get());
    let mut units = vec![colours[0]; snapshot.capacity as usize];
    for block in &snapshot.blocks {
        let place = match view.colour_by {
            ColourBy::Size => block.size.ilog2() as usize,
            ColourBy::Extents => block.extents.len() - 1,
            _ => panic!("not known here: {last}"),
        };
        let colour = colours[1 + place.min(colours.len() - 2)];
        for extent in &block.extents {
            extent.units().for_each(|unit| units[unit as usize] = colour);
        }
    }
    let each = view.units_per_pixel as usize;
    let mean = |pixel: usize| {
        let from = (view.first as usize + pixel * each).min(units.len());
        let units = &units[from..(from + each).min(units.len())];
        let count = units.len().max(1);
        let byte = |at: usize| {
            let sum: usize = units.iter().map(|unit| unit.to_le_bytes()[at] as usize).sum();
            ((sum + count / 2) / count) as u8
        };
        u32::from_le_bytes([byte(0), byte(1), byte(2), byte(3)])
    };
    (0..view.pixels).map(mean).collect()
}

#[test]
fn every_pixel_is_the_mean_of_its_units() {
    let colours = [0xFF10_2030, 0xFFFF_0000, 0xFF00_FF00, 0xFF00_00FF, 0xFF77_8899];
    for &placement in PlacementKind::ALL {
        if placement == PlacementKind::Buddy {
            continue; // Its blocks have units that a snapshot does not list.
        }
        let trace = random_trace(5, 300, 30, true);
        let mut player = Player::new(&trace, options(&trace, placement)).unwrap();
        player.seek(200, usize::MAX).unwrap();
        let mut painter = Painter::new();
        let mut next = random(77);
        for _ in 0..200 {
            let view = View {
                first: next() as u32 % (player.manager().capacity() + 10),
                units_per_pixel: 1 + next() as u32 % 20,
                pixels: next() % 200,
                colour_by: [ColourBy::Size, ColourBy::Extents][next() % 2],
            };
            painter.paint(player.manager(), view, &colours).unwrap();
            let expected = painted(player.manager(), view, &colours);
            assert_eq!(painter.pixels(), expected, "{} {view:?}", placement.name());
        }
    }
}

#[test]
fn blocks_and_ages_have_colours_of_their_own() {
    let trace = Trace::parse(b"+4,+4,+4,+4", None, "").unwrap();
    let mut player = Player::new(&trace, ReplayOptions::new(20, PlacementKind::FirstFit)).unwrap();
    player.seek(4, usize::MAX).unwrap();
    let mut painter = Painter::new();
    let mut colours_of = |colour_by| {
        let view = View { first: 0, units_per_pixel: 4, pixels: 6, colour_by };
        painter.paint(player.manager(), view, &[9, 1, 2, 3, 4, 5]).unwrap();
        painter.pixels().to_vec()
    };
    assert_eq!(colours_of(ColourBy::Age), [1, 2, 4, 5, 9, 0]);
    let blocks = colours_of(ColourBy::Block);
    assert_eq!(blocks[4..], [9, 0]);
    assert!(blocks[..4].windows(2).all(|pair| pair[0] != pair[1]), "{blocks:?}");
}

/// With fewer allocations than colours it had another.
#[test]
fn the_newest_block_has_the_last_colour_however_few_there_are() {
    let trace = Trace::parse(b"+4,+4,+4,+4,+4,+4,+4,+4,-7", None, "").unwrap();
    let mut player = Player::new(&trace, ReplayOptions::new(40, PlacementKind::FirstFit)).unwrap();
    let mut painter = Painter::new();
    let colours: Vec<u32> = (0..=5).collect();
    for count in 1..=8 {
        player.seek(count, usize::MAX).unwrap();
        let view = View { first: 0, units_per_pixel: 4, pixels: count, colour_by: ColourBy::Age };
        painter.paint(player.manager(), view, &colours).unwrap();
        assert_eq!(painter.pixels().last(), Some(&5), "{count}");
        assert!(painter.pixels().is_sorted(), "{count}");
    }
    // The colours of the others stay when it is freed.
    let before = painter.pixels().to_vec();
    player.seek(9, usize::MAX).unwrap();
    let view = View { first: 0, units_per_pixel: 4, pixels: 8, colour_by: ColourBy::Age };
    painter.paint(player.manager(), view, &colours).unwrap();
    assert_eq!(painter.pixels()[..7], before[..7]);
}

#[test]
fn rows_cover_the_buffer_from_any_unit_on() {
    let trace = random_trace(3, 300, 30, true);
    let mut player = Player::new(&trace, options(&trace, PlacementKind::Lifo)).unwrap();
    player.seek(250, usize::MAX).unwrap();
    let all = rows(player.manager(), 0, usize::MAX).unwrap();
    let mut end = 0;
    for row in &all {
        assert_eq!(row.start, end);
        end += row.length;
    }
    assert_eq!(end, player.manager().capacity());
    let some = rows(player.manager(), all[5].start + all[5].length - 1, 3).unwrap();
    assert_eq!(some, all[5..8]);
}

/// With `lifo` and `contiguous-first` they were listed as they are kept, one by one.
#[test]
fn free_rows_are_the_free_extents_of_a_snapshot() {
    for &placement in PlacementKind::ALL {
        let trace = random_trace(8, 400, 30, true);
        let mut player = Player::new(&trace, options(&trace, placement)).unwrap();
        for position in (0..=trace.operations()).step_by(20) {
            player.seek(position, usize::MAX).unwrap();
            let all = rows(player.manager(), 0, usize::MAX).unwrap();
            let free: Vec<_> = all.iter().filter(|row| row.block.is_none()).collect();
            let free: Vec<_> = free.iter().map(|row| (row.start, row.length)).collect();
            let snapshot = player.manager().snapshot();
            let known = snapshot.free_extents.iter().map(|free| (free.start, free.length));
            assert_eq!(free, known.collect::<Vec<_>>(), "{} at {position}", placement.name());
            for row in &all {
                let there = rows(player.manager(), row.start + row.length - 1, 1).unwrap();
                assert_eq!(there, [*row], "{} at {position}", placement.name());
            }
        }
    }
}

/// What freed units are kept as was said to be a whole free extent, though its neighbours were free.
#[test]
fn what_the_stack_of_freed_units_keeps_apart_is_not_said_to_be_cut() {
    let trace = Trace::parse(b"+4,+4,-0,-1,+4,+1", None, "").unwrap();
    for placement in [PlacementKind::Lifo, PlacementKind::ContiguousFirst] {
        let mut player = Player::new(&trace, ReplayOptions::new(10, placement)).unwrap();
        for position in 5..=6 {
            let why = player.seek_and_why(position).unwrap();
            assert!(why.starts_with(placement.name()), "{why}");
            assert!(!why.contains("free extent") && !why.contains("are cut"), "{why}");
        }
    }
}

#[test]
fn asking_on_the_way_says_what_asking_there_says() {
    let trace = random_trace(11, 3_000, 60, true);
    for &placement in PlacementKind::ALL {
        let mut stops = Player::new(&trace, options(&trace, placement)).unwrap();
        let mut asks = Player::new(&trace, options(&trace, placement)).unwrap();
        for jump in 0..60 {
            let position = jump * 1_237 % (trace.operations() + 1);
            stops.seek(position, usize::MAX).unwrap();
            assert_eq!(asks.seek_and_why(position).unwrap(), stops.why().unwrap(), "{position}");
            assert_eq!(asks.manager().snapshot(), stops.manager().snapshot(), "{position}");
        }
    }
}
