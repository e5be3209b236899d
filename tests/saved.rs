//! Saves that are whole, and those that are not.

#![cfg(not(target_arch = "wasm32"))]

mod saves;

use saves::{all_options, audit, busy, signed};
use twingate_memory::{
    Error, MemoryManager, Options, PlacementKind, SharedManager, Storage, Unit, Waiting,
};
use xxhash_rust::xxh64::xxh64;

fn is_corrupt(bytes: &[u8]) -> bool {
    matches!(MemoryManager::load(bytes), Err(Error::CorruptSave { .. }))
}

#[test]
fn a_loaded_manager_saves_the_same_bytes() {
    for (seed, options) in (1..).zip(all_options()) {
        let mut memory = busy(options, 90, seed);
        let saved = memory.save().unwrap();
        assert_eq!(saved.len(), memory.saved_length().unwrap());
        let mut loaded = MemoryManager::load(&saved).unwrap();
        assert_eq!(loaded.snapshot(), memory.snapshot());
        assert_eq!(loaded.stats(), memory.stats());
        assert_eq!(loaded.options(), memory.options());
        assert_eq!(loaded.take_relocations(), memory.take_relocations());
        assert_eq!(loaded.save().unwrap(), memory.save().unwrap());
    }
}

#[test]
fn a_save_tells_its_length_first_and_may_be_called_off_then() {
    for (seed, options) in (1..).zip(all_options()) {
        let mut memory = busy(options, 90, seed);
        let saved = memory.save().unwrap();
        let refused = memory.save_with(|length| {
            assert_eq!(length, saved.len());
            Err::<fn(&[u8]), _>(Error::Metadata)
        });
        assert_eq!(refused, Err(Error::Metadata));
        let mut told = 0;
        let mut written = Vec::new();
        let all = &mut written;
        let begin = |length| {
            told = length;
            Ok(move |part: &[u8]| all.extend_from_slice(part))
        };
        memory.save_with(begin).unwrap();
        assert_eq!((told, written), (saved.len(), saved), "seed {seed}");
    }
}

/// The form names these bytes, so that none may ever change.
#[test]
fn units_and_placements_have_the_bytes_that_the_form_names() {
    let saved = |options| MemoryManager::with_options(8, options).unwrap().save().unwrap();
    let units = ["char", "u8", "i8", "u16", "i16", "u32", "i32", "u64", "i64", "f32", "f64"];
    for (byte, name) in (0..).zip(units) {
        let options = Options { unit: name.parse().unwrap(), ..Options::default() };
        assert_eq!(saved(options)[5], byte, "{name}");
    }
    let placements = [
        "lifo",
        "contiguous-first",
        "address-ordered",
        "first-fit",
        "next-fit",
        "best-fit",
        "worst-fit",
        "buddy",
        "tlsf",
    ];
    for (byte, name) in (0..).zip(placements) {
        let options = Options { placement: name.parse().unwrap(), ..Options::default() };
        assert_eq!(saved(options)[6], byte, "{name}");
    }
    assert!(Unit::ALL.iter().map(|unit| unit.name()).eq(units));
    assert!(PlacementKind::ALL.iter().map(|placement| placement.name()).eq(placements));
}

#[test]
fn nothing_cut_short_lengthened_or_changed_is_loaded() {
    for (seed, options) in (1..).zip(all_options()) {
        let saved = busy(options, 50, seed).save().unwrap();
        for length in 0..saved.len() {
            assert!(is_corrupt(&saved[..length]), "{length} bytes");
        }
        assert!(is_corrupt(&[&saved[..], &[0]].concat()));
        for place in 0..saved.len() {
            for bit in 0..8 {
                let mut changed = saved.clone();
                changed[place] ^= 1 << bit;
                assert!(is_corrupt(&changed), "bit {bit} of byte {place}");
            }
        }
    }
}

#[test]
fn foreign_bytes_are_refused_and_the_reason_is_told() {
    let reason = |bytes: &[u8]| MemoryManager::load(bytes).unwrap_err().to_string();
    assert!(reason(b"").contains("not a save of this package"));
    assert!(reason(b"\x89PNG\r\n\x1a\n").contains("not a save of this package"));
    assert!(reason(b"TwgM").contains("cut short"));
    assert!(reason(b"TwgM\x02").contains("version"));
    assert!(reason(b"TwgM\x01 and more that is not right").contains("changed"));
    let shared = SharedManager::new(8).unwrap().save().unwrap();
    assert!(reason(&shared).contains(
        "this is a save of SharedManager: load it with SharedManager::load, not MemoryManager::load"
    ));
    let shared_reason =
        |bytes: &[u8]| SharedManager::load(bytes, Waiting::default()).unwrap_err().to_string();
    assert!(shared_reason(b"PK").contains("not a save of this package"));
    assert!(shared_reason(b"TwgS").contains("cut short"));
    assert!(shared_reason(b"TwgS\x02").contains("version"));
    let single = MemoryManager::new(8).unwrap().save().unwrap();
    assert!(shared_reason(&single).contains(
        "this is a save of MemoryManager: load it with MemoryManager::load, not SharedManager::load"
    ));
}

/// Someone who knows how the checksum is made gets no further: what loads keeps every promise.
#[test]
fn a_right_checksum_is_not_enough() {
    let mut loaded = 0;
    for (seed, options) in (1..).zip(all_options()) {
        let saved = busy(options, 50, seed).save().unwrap();
        for place in 5..saved.len() - 8 {
            for value in [0, 1, 2, 0x7F, 0x80, 0xFF, saved[place] ^ 1, saved[place].wrapping_add(2)]
            {
                let mut changed = saved.clone();
                changed[place] = value;
                if let Ok(memory) = MemoryManager::load(&signed(changed)) {
                    loaded += 1;
                    audit(memory);
                }
            }
            let mut shorter = saved.clone();
            shorter.remove(place);
            if let Ok(memory) = MemoryManager::load(&signed(shorter)) {
                audit(memory);
            }
        }
    }
    assert!(loaded > 100, "{loaded}");
}

/// A save of ten units with one block of two, whole but for what is written by hand.
#[derive(Clone, Copy)]
struct Forged {
    placement: u8,
    next: &'static [u8],
    slots: u8,
    id: &'static [u8],
    align: u8,
    beyond: u8,
    lengths: &'static [u8],
    /// How many extents the block has, and where.
    extents: &'static [u8],
    flags: u8,
    /// What the placement remembers, if not what it would.
    order: Option<&'static [u8]>,
    untold: &'static [u8],
}

const LIFO: u8 = 0;
const ADDRESS_ORDERED: u8 = 2;
const BUDDY: u8 = 7;
const TLSF: u8 = 8;
const EXTERNAL: u8 = 1;
const ALIGNS: u8 = 4;
const WHOLE: Forged = Forged {
    placement: LIFO,
    next: &[2],
    slots: 64,
    id: &[1],
    align: 0,
    beyond: 0,
    lengths: &[2, 8],
    extents: &[1, 0],
    flags: EXTERNAL | ALIGNS,
    order: None,
    untold: &[0],
};

impl Forged {
    fn bytes(self) -> Vec<u8> {
        let Self { placement, next, slots, id, align, beyond, lengths, extents, .. } = self;
        let mut bytes = b"TwgM\x01".to_vec();
        // Characters.
        bytes.extend([0, placement, self.flags, lengths.iter().sum(), 1, 0, 0, 0, 0, 0]);
        bytes.extend(next);
        bytes.extend([slots, lengths.len() as u8]);
        bytes.extend(lengths);
        bytes.push(1);
        bytes.extend(id);
        bytes.extend([align << 1, 0, beyond]);
        bytes.extend(extents);
        // The tail is no part of a stack, and in one of the lists of `tlsf`.
        let usual = if placement == TLSF { &[0, 1, 1 << 2][..] } else { &[0, 0] };
        bytes.extend(self.order.unwrap_or(usual));
        bytes.extend(self.untold);
        bytes.push(0);
        bytes.extend([0; 8]);
        signed(bytes)
    }
}

#[test]
fn scattered_blocks_have_the_units_asked_for_and_no_alignment() {
    for placement in [LIFO, TLSF] {
        let whole = Forged { placement, ..WHOLE };
        assert!(MemoryManager::load(&whole.bytes()).is_ok(), "{placement}");
        assert!(is_corrupt(&Forged { beyond: 1, ..whole }.bytes()), "{placement}");
        let aligned = Forged { align: 1, ..whole }.bytes();
        assert_eq!(is_corrupt(&aligned), placement == LIFO, "{placement}");
    }
}

#[test]
fn no_single_unit_descends() {
    for lengths in [&[2, 8], &[1, 9]] {
        let ascends = Forged { lengths, ..WHOLE };
        assert!(MemoryManager::load(&ascends.bytes()).is_ok(), "{lengths:?}");
        let descends = Forged { extents: &[1, 1], ..ascends }.bytes();
        assert_eq!(is_corrupt(&descends), lengths[0] == 1, "{lengths:?}");
    }
}

/// Of two extents or, in the other order, of the higher one first.
#[test]
fn extents_of_a_block_that_continue_each_other_are_one() {
    let up = Forged { lengths: &[1, 1, 8], extents: &[2, 0, 0], ..WHOLE };
    let down = Forged { extents: &[2, 1 << 2, 3 << 1], ..up };
    let longer = Forged { lengths: &[2, 2, 8], ..down };
    let descending = Forged { extents: &[1, 1], ..WHOLE };
    for (forged, lifo, address_ordered) in [
        (up, false, false),
        (down, false, true),
        (longer, true, true),
        (Forged { extents: &[2, 1 << 2 | 1, 3 << 1 | 1], ..longer }, false, false),
        (Forged { extents: &[2, 1, 1], ..longer }, true, false),
        (descending, true, false),
    ] {
        for (placement, loads) in [(LIFO, lifo), (ADDRESS_ORDERED, address_ordered)] {
            let bytes = Forged { placement, ..forged }.bytes();
            let (lengths, extents) = (forged.lengths, forged.extents);
            assert_eq!(!is_corrupt(&bytes), loads, "{placement} {lengths:?} {extents:?}");
        }
    }
}

#[test]
fn what_cannot_be_is_refused_whatever_the_checksum_says() {
    let tlsf = Forged { placement: TLSF, ..WHOLE };
    let stacked = Forged { lengths: &[2, 1, 7], order: Some(&[0, 1, 1 << 2]), ..WHOLE };
    let one_untold = Forged { untold: &[1, 1, 2, 0, 2], ..WHOLE };
    let order = Some(&[0, 4, 1 << 2, 0, 0, 0][..]);
    let buddy = Forged { placement: BUDDY, lengths: &[1, 1, 2, 4, 2], order, ..WHOLE };
    for whole in [WHOLE, tlsf, stacked, one_untold, buddy] {
        assert!(MemoryManager::load(&whole.bytes()).is_ok());
    }
    let wrong = [
        ("an extent of no units", Forged { lengths: &[2, 0, 8], ..WHOLE }),
        ("one on the stack", Forged { lengths: &[2, 0, 8], ..stacked }),
        ("another one, at the end", Forged { lengths: &[2, 8, 0], ..WHOLE }),
        ("a block of no units", Forged { beyond: 1, ..buddy }),
        ("the ID that comes next", Forged { next: &[1], ..WHOLE }),
        ("a multiple of 2^32", Forged { align: 32, ..tlsf }),
        ("an alignment where there is none", Forged { align: 1, flags: EXTERNAL, ..tlsf }),
        ("a last allocation", Forged { order: Some(&[3, 0]), ..WHOLE }),
        ("a last allocation past the end", Forged { order: Some(&[11, 0]), placement: 4, ..WHOLE }),
        ("one unit that descends", Forged { order: Some(&[0, 1, 1 << 2 | 1]), ..stacked }),
        ("a list that descends", Forged { order: Some(&[0, 1, 1 << 2 | 1]), ..tlsf }),
        ("a move of nothing", Forged { untold: &[1, 1, 2, 0, 0], ..WHOLE }),
        ("a move from past the end", Forged { untold: &[1, 1, 9, 0, 2], ..WHOLE }),
        ("a move to past the end", Forged { untold: &[1, 1, 0, 9, 2], ..WHOLE }),
        ("a move past the end", Forged { untold: &[1, 1, 9, 9, 2], ..WHOLE }),
        ("a move of more than all", Forged { untold: &[1, 1, 0, 0, 11], ..WHOLE }),
    ];
    for (what, forged) in wrong {
        assert!(is_corrupt(&forged.bytes()), "{what}");
    }
}

#[test]
fn a_block_needs_a_slot() {
    for id in [&[1][..], &[0x80, 0x80, 0x80, 0x80, 0x10]] {
        let next = &[0x80, 0x80, 0x80, 0x80, 0x20]; // 2^33
        assert!(MemoryManager::load(&Forged { id, next, ..WHOLE }.bytes()).is_ok());
        assert!(is_corrupt(&Forged { id, next, slots: 0, ..WHOLE }.bytes()));
    }
}

#[test]
fn ids_may_have_come_to_their_end() {
    // 2^53 is what follows the last ID; it is handed out to nobody.
    let next = &[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10];
    let mut memory = MemoryManager::load(&Forged { next, ..WHOLE }.bytes()).unwrap();
    assert_eq!(memory.alloc(1), Err(Error::Metadata));
    let again = memory.save().unwrap();
    assert_eq!(MemoryManager::load(&again).unwrap().alloc(1), Err(Error::Metadata));
    // 2^53 - 1 is the last, and not for the slot of the block: its ID must end in other bits.
    let (last, slot) = (&[0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F], &[63]);
    let mut memory =
        MemoryManager::load(&Forged { next: last, id: slot, ..WHOLE }.bytes()).unwrap();
    assert_eq!(memory.alloc(1), Err(Error::Metadata));
    assert!(MemoryManager::load(&memory.save().unwrap()).is_ok());
    let past = &[0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10];
    assert!(is_corrupt(&Forged { next: past, ..WHOLE }.bytes()));
}

#[test]
fn free_buddies_lie_at_multiples_of_their_lengths() {
    let save = |lengths: &[u8], order: &[u8]| {
        let mut bytes = b"TwgM\x01".to_vec();
        bytes.extend([0, 7, 1, 10, 0, 0, 0, 0, 0, 0, 1, 0]);
        let count = &[lengths.len() as u8][..];
        bytes.extend([count, lengths, &[0, 0], count, order, &[0, 0]].concat());
        bytes.extend([0; 8]);
        signed(bytes)
    };
    let (first_then_second, second_then_first) = (&[0, 0], &[1 << 2, 3 << 1]);
    assert!(MemoryManager::load(&save(&[8, 2], second_then_first)).is_ok());
    assert!(is_corrupt(&save(&[2, 8], first_then_second)), "8 units at unit 2");
    assert!(is_corrupt(&save(&[7, 3], second_then_first)), "no powers of two");
    assert!(is_corrupt(&save(&[4, 4, 2], &[0, 0, 0])), "two halves of 8 units");
}

#[test]
fn totals_go_on_from_the_highest_that_a_save_can_tell() {
    let most = [[0xFF; 8].as_slice(), &[0x7F]].concat();
    let save = |totals: [&[u8]; 6]| {
        let mut bytes = b"TwgM\x01".to_vec();
        bytes.extend([0, 3, 0, 10]);
        bytes.extend(totals.concat());
        bytes.extend([1, 0, 1, 10, 0, 0, 0, 0, 0]);
        bytes.extend([0; 8]);
        signed(bytes)
    };
    // As far as counting can come within anybody's life, but for units moved.
    let many = [[0xFF; 8].as_slice(), &[0x3F]].concat();
    let mut memory =
        MemoryManager::load(&save([&many, &many, &many, &most, &many, &many])).unwrap();
    let first = memory.alloc(1).unwrap();
    let second = memory.alloc(2).unwrap();
    memory.pin(second).unwrap();
    memory.unpin(second).unwrap();
    memory.resize(second, 3).unwrap();
    memory.free(first).unwrap();
    assert!(memory.alloc(10).is_err());
    assert!(memory.defragment().unwrap().units_moved > 0);
    let stats = memory.stats();
    assert_eq!((stats.units_moved, stats.frees), ((1 << 63) - 1, 1 << 62));
    assert_eq!(MemoryManager::load(&memory.save().unwrap()).unwrap().stats(), stats);
    let past = [[0xFF; 9].as_slice(), &[1]].concat();
    assert!(is_corrupt(&save([&past, &many, &many, &many, &many, &many])));
}

#[test]
fn a_few_bytes_describe_no_more_than_they_can_hold() {
    let unit = Unit::F64;
    let mut large =
        MemoryManager::with_options(1 << 24, Options { unit, ..Options::default() }).unwrap();
    let saved = large.save().unwrap();
    let justified = ((8 << 24) - (1 << 20)) / 256;
    assert!((justified..justified + 8).contains(&saved.len()), "{}", saved.len());
    assert!(MemoryManager::load(&saved).is_ok());
    let mut small =
        MemoryManager::with_options(100, Options { unit, ..Options::default() }).unwrap();
    let mut forged = small.save().unwrap();
    assert!(forged.len() < 40, "{}", forged.len());
    // The capacity follows the flags; the one extent comes after six counts, an ID and slots.
    assert_eq!((forged[8], forged[17], forged[18]), (100, 1, 100));
    let most = [0xFF, 0xFF, 0xFF, 0xFF, 0x0F];
    forged.splice(18..19, most);
    forged.splice(8..9, most);
    let error = MemoryManager::load(&signed(forged)).unwrap_err();
    assert!(error.to_string().contains("more than they can hold"), "{error}");
}

#[test]
fn the_form_is_what_the_documentation_says() {
    let options = Options { unit: Unit::U8, placement: PlacementKind::Tlsf, ..Options::default() };
    let mut memory = MemoryManager::with_options(100, options).unwrap();
    let [a, b] = [memory.alloc(3).unwrap(), memory.alloc_aligned(4, 4).unwrap()];
    memory.write(b, &[7_u8, 8]).unwrap();
    memory.pin(b).unwrap();
    memory.free(a).unwrap();
    let mut expected = b"TwgM\x01".to_vec();
    expected.extend([1, 8, 4, 100]);
    expected.extend([2, 1, 0, 0, 0, 1, 3, 64]);
    expected.extend([3, 4, 4, 92]);
    expected.extend([1, 2, 2 << 1 | 1, 2, 0, 1, 1 << 2]);
    expected.extend([0, 2, 0, 1 << 2]);
    expected.extend([0, 7, 8, 0]);
    let checksum = xxh64(&expected, 0);
    expected.extend(checksum.to_le_bytes());
    assert_eq!(memory.save().unwrap(), expected);
}

#[test]
fn what_moved_and_was_not_told_yet_is_saved() {
    let options = Options {
        placement: PlacementKind::FirstFit,
        storage: Storage::External,
        ..Options::default()
    };
    let mut memory = MemoryManager::with_options(40, options).unwrap();
    let ids = [5, 5].map(|size| memory.alloc(size).unwrap());
    memory.resize(ids[0], 9).unwrap();
    let mut loaded = MemoryManager::load(&memory.save().unwrap()).unwrap();
    let told = loaded.take_relocations();
    let parts: Vec<_> =
        told.iter().map(|told| (told.id, told.from, told.to, told.length)).collect();
    assert_eq!(parts, [(ids[0], 0, 10, 5)]);
    assert_eq!(memory.take_relocations(), told);
    assert_eq!(loaded.take_relocations(), []);
}
