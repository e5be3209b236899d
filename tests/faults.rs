//! Memory that runs out, wherever that can be: the operation is refused, the state is what it was,
//! and with memory the same operation succeeds.
//!
//! The allocator of this program refuses the n-th allocation of an operation, and in a second sweep
//! all from the n-th on, for n = 0, 1, 2 and so on until the operation needs no more of them.

#![cfg(not(target_arch = "wasm32"))]
// The trait of allocators is unsafe to implement.
#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::fmt::Debug;
use twingate_memory::{
    BlockId, DefragmentOptions, Error, MemoryManager, Options, Order, PlacementKind, SharedManager,
    Snapshot, Stats, Storage, Waiting,
};

struct Scarce;

/// What this thread may still have.
#[derive(Clone, Copy)]
struct Supply {
    /// Allocations before one is refused.
    left: u32,
    /// Whether all after it are refused too.
    ends: bool,
    refused: u32,
}

const ENOUGH: Supply = Supply { left: u32::MAX, ends: false, refused: 0 };

thread_local! {
    static SUPPLY: Cell<Supply> = const { Cell::new(ENOUGH) };
    /// What was given back last, and can be had again at once.
    static RETURNED: Cell<Option<Layout>> = const { Cell::new(None) };
    /// Bytes that it has, as far as it took and gave back itself.
    static HELD: Cell<isize> = const { Cell::new(0) };
}

fn count(held: *mut u8, bytes: usize) -> *mut u8 {
    HELD.set(HELD.get() + if held.is_null() { 0 } else { bytes as isize });
    held
}

fn is_refused() -> bool {
    let mut supply = SUPPLY.get();
    if supply.left == u32::MAX {
        return false;
    }
    let refused = supply.left == 0;
    supply.refused += u32::from(refused);
    supply.left = match (refused, supply.ends) {
        (false, _) => supply.left - 1,
        (true, true) => 0,
        (true, false) => u32::MAX,
    };
    SUPPLY.set(supply);
    if refused && std::env::var_os("TRACE_FAULTS").is_some() {
        let supply = SUPPLY.replace(ENOUGH);
        eprintln!("{}", std::backtrace::Backtrace::force_capture());
        SUPPLY.set(supply);
    }
    refused
}

// SAFETY: what is not refused is the system's to do.
unsafe impl GlobalAlloc for Scarce {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let again = RETURNED.take() == Some(layout);
        if !again && is_refused() {
            return std::ptr::null_mut();
        }
        // SAFETY: as the caller promises.
        count(unsafe { System.alloc(layout) }, layout.size())
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if is_refused() {
            return std::ptr::null_mut();
        }
        // SAFETY: as the caller promises.
        count(unsafe { System.alloc_zeroed(layout) }, layout.size())
    }

    unsafe fn realloc(&self, old: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        match is_refused() {
            true => std::ptr::null_mut(),
            false => count(
                // SAFETY: as the caller promises.
                unsafe { System.realloc(old, layout, size) },
                size.wrapping_sub(layout.size()),
            ),
        }
    }

    unsafe fn dealloc(&self, old: *mut u8, layout: Layout) {
        RETURNED.set(Some(layout));
        count(old, layout.size().wrapping_neg());
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(old, layout) }
    }
}

#[global_allocator]
static SCARCE: Scarce = Scarce;

/// Does something with so many allocations; also returns how many were refused.
fn with_supply<R>(left: u32, ends: bool, act: impl FnOnce() -> R) -> (R, u32) {
    SUPPLY.set(Supply { left, ends, refused: 0 });
    let result = act();
    (result, SUPPLY.replace(ENOUGH).refused)
}

/// Makes something, does something with it, and looks at it, with ever more memory. Where it is
/// refused, nothing may be seen of it.
fn sweep<T, S: PartialEq + Debug, R: PartialEq + Debug>(
    what: &str,
    make: impl Fn() -> T,
    look: impl Fn(&mut T) -> S,
    act: impl Fn(&mut T) -> Result<R, Error>,
) {
    let mut whole = make();
    look(&mut whole);
    let expected = act(&mut whole);
    let afterwards = look(&mut whole);
    for ends in [false, true] {
        for left in 0.. {
            let mut it = make();
            let before = look(&mut it);
            let (result, refused) = with_supply(left, ends, || act(&mut it));
            let at = format!("{what}, refused after {left} allocations, for good: {ends}");
            if refused > 0 && result != expected {
                let error = result.expect_err(&at);
                assert!(matches!(error, Error::Metadata | Error::NoBuffer { .. }), "{at}: {error}");
                assert_eq!(look(&mut it), before, "{at}");
                assert_eq!(act(&mut it), expected, "{at}, once more");
            }
            assert_eq!(look(&mut it), afterwards, "{at}");
            if refused == 0 {
                break;
            }
        }
    }
}

/// All that can be seen of a manager: where everything is, what it holds, and which units come next.
#[derive(Debug, PartialEq)]
struct Sight {
    snapshot: Snapshot,
    stats: Stats,
    holdings: Holdings,
    next: Option<twingate_memory::Explanation>,
}

fn sight(memory: &mut MemoryManager) -> Sight {
    // A refusal may be counted.
    let mut stats = memory.stats();
    stats.failures = 0;
    let free = memory.free_units();
    let next = (free > 0).then(|| memory.explain(free.div_ceil(2), 1).unwrap());
    Sight { snapshot: memory.snapshot(), stats, holdings: holdings(memory), next }
}

/// Every block, its size and the bytes of what was written to it.
type Holdings = Vec<(BlockId, u32, Vec<u8>)>;

fn holdings(memory: &mut MemoryManager) -> Holdings {
    let holding = |id| {
        let mut bytes = Vec::new();
        let read = memory.read_with(id, |_, part| bytes.extend_from_slice(part));
        assert!(read.is_ok() || memory.options().storage == Storage::External);
        (id, memory.size(id).unwrap(), bytes)
    };
    memory.ids().map(holding).collect()
}

/// So many blocks, every third freed again, so that another allocation now and then needs room.
fn some(options: Options, blocks: u32) -> MemoryManager {
    let mut memory = MemoryManager::with_options(1_500, options).unwrap();
    let ids: Vec<BlockId> =
        (0..blocks).map(|number| memory.alloc(1 + number % 5).unwrap()).collect();
    for (number, id) in ids.into_iter().enumerate() {
        match (number % 3, options.storage) {
            (0, _) => memory.free(id).unwrap(),
            (_, Storage::Owned) => memory.write_text(id, "a").unwrap(),
            _ => {}
        }
    }
    memory
}

fn all_options() -> impl Iterator<Item = Options> {
    PlacementKind::ALL.iter().copied().flat_map(|placement| {
        Storage::ALL.iter().copied().flat_map(move |storage| {
            [false, true].map(|auto_defragment| Options {
                placement,
                storage,
                auto_defragment,
                ..Options::default()
            })
        })
    })
}

/// Numbers of blocks at which lists of this many double, and some between.
const BLOCKS: [u32; 14] = [0, 1, 2, 3, 5, 8, 9, 21, 33, 56, 57, 84, 112, 170];

/// Every option and many numbers of blocks, one of which, if there is any, is for the operation.
fn sweep_all<R: PartialEq + Debug>(
    what: &str,
    act: impl Fn(&mut MemoryManager, BlockId) -> Result<R, Error>,
) {
    for options in all_options() {
        for blocks in BLOCKS {
            let what = format!("{what}, {options:?}, {blocks} blocks");
            let make = || {
                let memory = some(options, blocks);
                let id = memory.ids().nth(blocks as usize / 3).unwrap_or(BlockId::new(0));
                (memory, id)
            };
            let act = |(memory, id): &mut (MemoryManager, BlockId)| act(memory, *id);
            match options.auto_defragment {
                false => sweep(&what, make, |(memory, _)| sight(memory), act),
                // What has been moved to make room stays where it is.
                true => sweep(&what, make, |(memory, _)| holdings(memory), act),
            }
        }
    }
}

#[test]
fn a_manager_is_made_or_not() {
    for options in all_options() {
        let make = |nothing: &mut Option<MemoryManager>| {
            *nothing = Some(MemoryManager::with_options(100, options)?);
            Ok(())
        };
        sweep("new", || None, |made| made.as_mut().map(sight), make);
    }
}

#[test]
fn what_was_taken_is_given_back() {
    let held = HELD.get();
    for options in all_options() {
        let mut memory = some(options, 84);
        memory.defragment_with(&DefragmentOptions::default()).ok();
        assert!(HELD.get() > held, "{options:?}");
        drop(memory);
        assert_eq!(HELD.get(), held, "{options:?}");
    }
}

#[test]
fn allocations() {
    sweep_all("alloc", |memory, _| memory.alloc(7));
    sweep_all("alloc, large", |memory, _| memory.alloc(memory.free_units()));
    sweep_all("alloc, aligned", |memory, _| memory.alloc_aligned(3, 4));
}

/// Where something is pinned, it is known before anything moves that there will be room, and that there
/// is memory to make it.
#[test]
fn room_beside_a_pin() {
    let contiguous = |it: &Options| it.auto_defragment && !it.placement.is_scattered();
    for options in all_options().filter(contiguous) {
        for blocks in BLOCKS {
            for ends in [false, true] {
                let refused = |left| sweep_room(options, blocks, left, ends);
                assert!((0..200).any(|left| refused(left) == 0), "{options:?}, {blocks} blocks");
            }
        }
    }
}

/// Full but for every third block, the lowest one left pinned: all that is free above it is wanted.
fn sweep_room(options: Options, blocks: u32, left: u32, ends: bool) -> u32 {
    let sizes = (0..blocks).map(|number| 1 + number % 5);
    let mut memory = MemoryManager::with_options(sizes.clone().sum::<u32>() + 1, options).unwrap();
    let ids: Vec<_> = sizes.map_while(|size| memory.alloc(size).ok()).collect();
    ids.iter().step_by(3).for_each(|&id| memory.free(id).unwrap());
    if let Some(lowest) = memory.ids().min_by_key(|&id| memory.address(id).unwrap()) {
        memory.pin(lowest).unwrap();
    }
    let before = sight(&mut memory);
    let above = memory.free_units() - memory.snapshot().free_extents[0].length.min(1);
    let (allocated, refused) = with_supply(left, ends, || memory.alloc(above.max(1)));
    if allocated.is_err() {
        let at = format!("{options:?}, {blocks} blocks, {left} allocations, for good: {ends}");
        assert_eq!(sight(&mut memory), before, "{at}");
    }
    refused
}

/// What frees must work when there is no memory at all.
#[test]
fn freeing_needs_no_memory() {
    for options in all_options() {
        for blocks in BLOCKS {
            let mut memory = some(options, blocks);
            let ids: Vec<BlockId> = memory.ids().collect();
            let freed = || ids.into_iter().step_by(2).try_for_each(|id| memory.free(id));
            assert_eq!(with_supply(0, true, freed), (Ok(()), 0), "{options:?}, {blocks} blocks");
            with_supply(0, true, || memory.clear());
            assert_eq!(memory.free_units(), memory.capacity());
        }
    }
}

#[test]
fn sizes() {
    sweep_all("resize, larger", |memory, id| memory.resize(id, 9));
    sweep_all("resize, smaller", |memory, id| memory.resize(id, 1));
    sweep_all("resize, to all that is free", |memory, id| {
        let size = memory.size(id)? + memory.free_units();
        memory.resize(id, size)
    });
}

/// Aligned blocks that are packed leave free extents below them, which need places; freeing needs none afterwards.
#[test]
fn aligned_blocks_are_packed_or_nothing_moves() {
    let packed = |it: &Options| {
        it.storage == Storage::Owned
            && !it.placement.is_scattered()
            && it.placement != PlacementKind::Buddy
    };
    for options in all_options().filter(packed) {
        for blocks in BLOCKS {
            let make = || {
                let mut memory = MemoryManager::with_options(8 * (blocks + 1), options).unwrap();
                let sizes = (0..blocks).map(|number| 1 + number % 3);
                let ids: Vec<_> =
                    sizes.map(|size| memory.alloc_aligned(size, 4).unwrap()).collect();
                ids.iter().step_by(3).for_each(|&id| memory.free(id).unwrap());
                // One that is loaded has no more places than it needs.
                MemoryManager::load(&memory.save().unwrap()).unwrap()
            };
            let what = format!("defragment, {options:?}, {blocks} blocks");
            sweep(&what, make, sight, |memory| memory.defragment());
            let mut memory = make();
            memory.defragment().unwrap();
            let ids: Vec<_> = memory.ids().collect();
            let (freed, refused) =
                with_supply(0, true, || ids.iter().all(|&id| memory.free(id).is_ok()));
            assert_eq!((freed, refused), (true, 0), "{what}");
        }
    }
}

#[test]
fn values() {
    sweep_all("write", |memory, id| memory.write_text(id, "b"));
    sweep_all("write a part", |memory, id| memory.write_at_with(id, 0, 1, |_, part| part.fill(1)));
    sweep_all("read", |memory, id| memory.read_text(id));
    sweep_all("views", |memory, id| memory.views_with(id, &mut |_| {}));
}

#[test]
fn pins() {
    sweep_all("pin", |memory, id| memory.pin(id));
    sweep_all("unpin", |memory, id| memory.unpin(id));
}

#[test]
fn what_there_is() {
    sweep_all("snapshot", |memory, _| memory.try_snapshot());
    sweep_all("ids", |memory, _| memory.try_ids());
    sweep_all("stats", |memory, _| Ok(memory.stats()));
    sweep_all("extents", |memory, id| memory.extents(id).map(Iterator::count));
    sweep_all("explain", |memory, _| memory.explain(5, 1));
    sweep_all("explain, large", |memory, _| memory.explain(memory.free_units().max(1), 1));
}

/// As text a manager goes wherever it is written to; here to where there is room.
#[test]
fn the_picture() {
    struct Nowhere;
    impl std::fmt::Write for Nowhere {
        fn write_str(&mut self, _: &str) -> std::fmt::Result {
            Ok(())
        }
    }
    sweep_all("the picture", |memory, _| {
        std::fmt::write(&mut Nowhere, format_args!("{memory}")).map_err(|_| Error::Metadata)
    });
}

/// Where memory runs out after something has moved, the report tells of it and is not `done`.
#[test]
fn compaction() {
    let bounds = [(None, None), (Some(2), None), (None, Some(20)), (Some(3), Some(9))];
    for options in all_options().filter(|options| !options.auto_defragment) {
        for (order, (max_moves, max_units)) in
            Order::ALL.iter().copied().flat_map(|order| bounds.map(|bound| (order, bound)))
        {
            let what = DefragmentOptions {
                order: Some(order),
                max_moves,
                max_units,
                ..Default::default()
            };
            for (blocks, left) in
                BLOCKS.into_iter().flat_map(|blocks| [(blocks, false), (blocks, true)])
            {
                sweep_compaction(&what, options, blocks, left);
            }
        }
    }
}

/// A call that has moved something, and then finds no memory for another pass, says that it is not done.
/// (The next one said that it was, and did nothing.)
#[test]
fn another_pass_without_memory_is_still_to_do() {
    let mut tried = 0;
    for (placement, left) in
        PlacementKind::ALL.iter().copied().flat_map(|it| (0..12).map(move |left| (it, left)))
    {
        let options = Options { placement, ..Options::default() };
        let what = DefragmentOptions {
            order: Some(Order::Allocation),
            max_moves: Some(5),
            ..Default::default()
        };
        let mut memory = MemoryManager::with_options(2_000, options).unwrap();
        let ids: Vec<BlockId> = (0..100).map(|n| memory.alloc(1 + n % 7).unwrap()).collect();
        ids.iter().skip(10).step_by(3).for_each(|&id| memory.free(id).unwrap());
        memory.defragment_with(&what).unwrap();
        [0, 2].iter().for_each(|&place| memory.free(ids[place]).unwrap());
        let found =
            std::iter::repeat_with(|| with_supply(left, true, || memory.defragment_with(&what)))
                .find(|(report, refused)| *refused > 0 || report.as_ref().is_ok_and(|it| it.done));
        let Some((Ok(report), 1..)) = found else { continue };
        if !report.done && report.moves > 0 {
            tried += 1;
            let next = memory.defragment_with(&what).unwrap();
            assert!(next.moves > 0, "{placement:?}, {left} allocations");
        }
    }
    assert!(tried > 0);
}

/// What finds no memory is no request that units were missing for.
#[test]
fn failures_are_for_want_of_units() {
    for options in all_options() {
        let mut memory = some(options, 100);
        let id = memory.alloc(1).unwrap();
        let failures = memory.stats().failures;
        let mut refused = |attempt: &dyn Fn(&mut MemoryManager) -> Result<(), Error>| {
            (0..1_000).find_map(|_| with_supply(0, true, || attempt(&mut memory)).0.err())
        };
        let errors = [refused(&|it| it.alloc(1).map(drop)), refused(&|it| it.resize(id, 2))];
        if errors.iter().flatten().all(|error| *error == Error::Metadata) {
            assert_eq!(memory.stats().failures, failures, "{options:?}");
        }
    }
}

/// The worker's own part had counted it, and that stayed when there was no memory to ask the others.
#[test]
fn a_request_for_which_the_others_could_not_be_asked_is_no_failure() {
    for options in all_options() {
        let memory = SharedManager::with_options(64, options, Waiting::default()).unwrap();
        let other = memory.attach().unwrap();
        let (id, _theirs) = (memory.alloc(1).unwrap(), other.alloc(8).unwrap());
        let attempts = [
            with_supply(0, true, || memory.alloc(40).map(drop)),
            with_supply(0, true, || memory.resize(id, 40)),
        ];
        assert!(
            attempts.iter().all(|(refused, _)| *refused == Err(Error::Metadata)),
            "{options:?}"
        );
        assert_eq!(memory.stats().unwrap().failures, 0, "{options:?}");
    }
}

/// It was counted before there was no memory for the figures that the refusal has.
#[test]
fn a_request_whose_refusal_could_not_be_told_is_no_failure() {
    for options in all_options() {
        let memory = SharedManager::with_options(64, options, Waiting::default()).unwrap();
        let other = memory.attach().unwrap();
        let (id, _theirs) = (memory.alloc(1).unwrap(), other.alloc(8).unwrap());
        for attempt in [&|| memory.alloc(60).map(drop), &|| memory.resize(id, 60)]
            as [&dyn Fn() -> Result<(), Error>; 2]
        {
            for left in 0.. {
                let before = memory.stats().unwrap().failures;
                let (told, refused) = with_supply(left, true, attempt);
                let counted = memory.stats().unwrap().failures - before;
                let want = told != Err(Error::Metadata);
                assert_eq!(counted, u64::from(want), "{options:?} with {left}: {told:?}");
                if refused == 0 {
                    break;
                }
            }
        }
    }
}

fn sweep_compaction(what: &DefragmentOptions, options: Options, blocks: u32, ends: bool) {
    let mut whole = some(options, blocks);
    if whole.defragment_with(what) == Err(Error::OrderUnsupported) {
        return;
    }
    for left in 0.. {
        let mut memory = some(options, blocks);
        let (before, held) = (sight(&mut memory), holdings(&mut memory));
        let (report, refused) = with_supply(left, ends, || memory.defragment_with(what));
        let at = format!("{what:?}, {options:?}, {blocks} blocks, {left} allocations, {ends}");
        match report {
            Err(error) => {
                assert_eq!(error, Error::Metadata, "{at}");
                assert_eq!(sight(&mut memory), before, "{at}");
            }
            Ok(report) => {
                let bounded = what.max_moves.is_some() || what.max_units.is_some();
                let goes_on = bounded && !report.done;
                assert!(refused == 0 || report.moves > 0 || goes_on, "{at}");
            }
        }
        assert_eq!(holdings(&mut memory), held, "{at}");
        assert!((0..5_000).any(|_| memory.defragment_with(what).unwrap().done), "{at}");
        assert_eq!(holdings(&mut memory), held, "{at}, done");
        if refused == 0 {
            return;
        }
    }
}

#[test]
fn saves() {
    sweep_all("save", |memory, _| memory.save());
    sweep_all("load", |memory, _| {
        let supply = SUPPLY.replace(ENOUGH);
        let saved = memory.save().unwrap();
        SUPPLY.set(supply);
        *memory = MemoryManager::load(&saved)?;
        Ok(())
    });
}

/// A trace is read whole or not at all, whatever format it has, in parts as at once.
#[cfg(feature = "trace")]
#[test]
fn traces() {
    use twingate_memory::trace::{Trace, TraceReader};

    let blocks = 1..40;
    let text = |line: &dyn Fn(u32) -> String| blocks.clone().map(line).collect::<String>();
    let texts = [
        format!("0 40 39 1\n{}", text(&|block| format!("a {block} {block}\n"))),
        text(&|block| format!("Alloc({block}),\n")),
        text(&|block| format!("1: malloc 0x{block}0 {block}\n")),
        format!("v 10400 3\n{}", text(&|block| format!("+ {block} 1 {block}0\n"))),
        text(&|block| format!("--1-- realloc(0x{block}0,9) = 0x{}0\n", block + 1)),
        {
            let calls = text(&|block| format!("--1-- malloc({block})free(0x0)\n"));
            calls + &text(&|block| format!("--1--  = 0x{block}0\n"))
        },
        {
            let calls = text(&|block| format!("--1-- realloc(0x0,{block})free(0x0)\n"));
            let results = text(&|block| format!("--1--  = 0x{block}0\n"));
            let again = text(&|block| format!("--1-- reallocarray(0x{block}0,2,3) = 0x{block}0\n"));
            calls + &results + &again + "==1== Command: another\n--1-- malloc(9) = 0x10\n"
        },
        format!("= Start\n{}", text(&|block| format!("+ 0x{block}0 0x9\n"))),
        text(&|block| format!("+{block},")),
    ];
    for text in texts {
        let whole = Trace::parse(text.as_bytes(), None, "a name").unwrap();
        for ends in [false, true] {
            for left in 0.. {
                let read = |most| {
                    let mut reader = TraceReader::new(&text, None);
                    while let Ok(false) = reader.run(most) {}
                    reader.finish("a name")
                };
                let [(in_parts, _), (result, refused)] = [7, usize::MAX].map(|most| {
                    RETURNED.set(None);
                    with_supply(left, ends, || read(most))
                });
                assert_eq!(in_parts, result, "{left} allocations");
                match result {
                    Ok(trace) => assert_eq!(trace, whole, "{left} allocations"),
                    Err(error) => {
                        assert!(refused > 0, "{error}");
                        assert!(error.to_string().contains("memory"), "{error}");
                    }
                }
                if refused == 0 {
                    break;
                }
            }
        }
    }
}

/// Two workers with blocks of their own. The first has pinned one of the second's, which has pinned
/// one of its own; after `gathered` all blocks are the first part's.
struct Workers {
    first: SharedManager,
    second: SharedManager,
    ids: Vec<BlockId>,
}

impl Workers {
    fn new(options: Options, blocks: u32, gathered: bool) -> Self {
        let first = SharedManager::with_options(1_500, options, Waiting::default()).unwrap();
        let second = first.attach().unwrap();
        let allocate = |number: u32| {
            let worker = if number.is_multiple_of(2) { &first } else { &second };
            worker.alloc(1 + number % 5).unwrap()
        };
        let mut ids: Vec<BlockId> = (0..blocks).map(allocate).collect();
        for (number, &id) in ids.iter().enumerate() {
            match number % 5 {
                0 => first.free(id).unwrap(),
                1 => first.pin(id).unwrap(),
                3 => second.pin(id).unwrap(),
                _ => {}
            }
        }
        ids.retain(|&id| first.has(id).unwrap());
        if gathered {
            first.saved_length().unwrap(); // gathers
        }
        Self { first, second, ids }
    }

    /// What is promised of them: which blocks there are, not where they lie, nor which part has them.
    fn sight(&mut self) -> (u32, Vec<(BlockId, u32, bool)>) {
        let block = |id| (id, self.first.size(id).unwrap(), self.first.is_pinned(id).unwrap());
        let mut blocks: Vec<_> = self.first.ids().unwrap().into_iter().map(block).collect();
        blocks.sort_unstable();
        (self.first.stats().unwrap().free_units, blocks)
    }
}

fn sweep_workers(what: &str, act: impl Fn(&mut Workers, BlockId) -> Result<(), Error>) {
    let states = [0, 1, 2, 7, 14, 28, 60].map(|blocks| [(blocks, false), (blocks, true)]);
    for options in all_options() {
        for &(blocks, gathered) in states.as_flattened() {
            let what = format!("{what}, {options:?}, {blocks} blocks, gathered: {gathered}");
            let make = || Workers::new(options, blocks, gathered);
            let act = |workers: &mut Workers| {
                let id = workers.ids.get(1).copied().unwrap_or(BlockId::new(0));
                act(workers, id)
            };
            sweep(&what, make, Workers::sight, act);
        }
    }
}

#[test]
fn workers_blocks() {
    sweep_workers("alloc", |workers, _| workers.second.alloc(7).map(drop));
    sweep_workers("alloc, large", |workers, _| workers.second.alloc(400).map(drop));
    sweep_workers("resize", |workers, id| workers.first.resize(id, 40));
    sweep_workers("pin", |workers, id| workers.first.pin(id));
    sweep_workers("free", |workers, id| workers.first.free(id));
    sweep_workers("clear", |workers, _| workers.first.clear());
}

/// A block of many extents, between which another worker's blocks lie, comes to a part that had
/// none. That there is room for it, the table itself sees to.
#[test]
fn freeing_what_was_gathered_needs_no_memory() {
    for placement in PlacementKind::ALL.iter().copied().filter(|placement| placement.is_scattered())
    {
        let options = Options { placement, ..Options::default() };
        let first = SharedManager::with_options(2_000, options, Waiting::default()).unwrap();
        let [second, third] = [(); 2].map(|()| first.attach().unwrap());
        let ids: Vec<BlockId> = (0..2_000).map(|_| third.alloc(1).unwrap()).collect();
        ids.iter().step_by(2).for_each(|&id| third.free(id).unwrap());
        let id = second.alloc(1_000).unwrap();
        assert!(second.extents(id).unwrap().len() > 900);
        // The second's is gathered, and nothing of the third's.
        let asked = Cell::new(false);
        let out_of_time = || asked.replace(true);
        let step = DefragmentOptions { out_of_time: Some(&out_of_time), ..Default::default() };
        assert!(!first.defragment_with(&step).unwrap().done);
        assert_eq!(with_supply(0, true, || first.free(id)), (Ok(()), 0), "{placement:?}");
    }
}

/// A lone worker goes on compacting on demand, which is for all parts together once there are several.
#[test]
fn a_worker_that_cannot_attach_changes_nothing() {
    let placement = PlacementKind::Tlsf;
    let options = Options { placement, auto_defragment: true, ..Options::default() };
    for left in 0.. {
        let lone = SharedManager::with_options(10, options, Waiting::default()).unwrap();
        let ids: Vec<BlockId> = (0..10).map(|_| lone.alloc(1).unwrap()).collect();
        ids.iter().step_by(2).for_each(|&id| lone.free(id).unwrap());
        let (attached, refused) = with_supply(left, false, || lone.attach());
        assert_eq!(attached.is_err(), refused > 0, "{left} allocations");
        drop(attached);
        _ = lone.alloc(5).unwrap_or_else(|error| panic!("{left} allocations: {error}"));
        if refused == 0 {
            return;
        }
    }
}

#[test]
fn workers_together() {
    sweep_workers("attach", |workers, _| workers.first.attach().map(drop));
    sweep_workers("snapshot", |workers, _| workers.first.snapshot().map(drop));
    sweep_workers("ids", |workers, _| workers.first.ids().map(drop));
    sweep_workers("stats", |workers, _| workers.first.stats().map(drop));
    sweep_workers("explain", |workers, _| workers.first.explain(5, 1).map(drop));
    sweep_workers("relocations", |workers, _| workers.first.take_relocations().map(drop));
    sweep_workers("defragment", |workers, _| {
        let order = Some(Order::Address);
        workers.first.defragment_with(&DefragmentOptions { order, ..Default::default() }).map(drop)
    });
    sweep_workers("save", |workers, _| workers.first.save().map(drop));
    sweep_workers("load", |workers, _| {
        let supply = SUPPLY.replace(ENOUGH);
        let saved = workers.first.save().unwrap();
        SUPPLY.set(supply);
        SharedManager::load(&saved, Waiting::default()).map(drop)
    });
}

/// What plays traces is refused, or does what it does with memory; of what was refused the next
/// attempt begins anew.
#[cfg(feature = "trace")]
#[test]
fn the_laboratory() {
    use twingate_memory::laboratory::{
        CapacitySearch, ColourBy, Painter, Player, Replay, ReplayOptions, View, rows,
    };
    use twingate_memory::trace::Trace;

    let lines = (0..60).map(|turn| match turn % 3 {
        2 => format!("f {}\n", turn - 1),
        _ => format!("a {turn} {}\n", 1 + turn % 7),
    });
    let text = format!("0 60 60 1\n{}", lines.collect::<String>());
    let trace = Trace::parse(text.as_bytes(), None, "a name").unwrap();
    let sweep_all = |what: &str, act: &dyn Fn(ReplayOptions) -> Result<(), Error>| {
        for &placement in PlacementKind::ALL {
            for auto_defragment in [false, true] {
                let options = ReplayOptions {
                    auto_defragment,
                    samples: 9,
                    ..ReplayOptions::new(150, placement)
                };
                sweep(&format!("{what}, {options:?}"), || (), |()| (), |()| act(options));
            }
        }
    };
    sweep_all("replay", &|options| Replay::new(&trace, options)?.run(usize::MAX, None).map(drop));
    sweep_all("player", &|options| {
        let mut player = Player::new(&trace, options)?;
        player.seek(30, usize::MAX)?;
        player.foresee()?;
        player.seek(7, usize::MAX)?;
        let (units_per_pixel, pixels, colour_by) = (1, 150, ColourBy::Extents);
        let view = View { first: 0, units_per_pixel, pixels, colour_by };
        Painter::new().paint(player.manager(), view, &[0, 1])?;
        rows(player.manager(), 0, usize::MAX).map(drop)
    });
    sweep_all("the smallest capacity", &|options| {
        CapacitySearch::new(&trace, options.placement)?.run(u64::MAX).map(drop)
    });
}

/// Without memory for one checkpoint there was none after it either.
#[cfg(feature = "trace")]
#[test]
fn a_checkpoint_for_which_there_is_no_memory_is_missing_alone() {
    use twingate_memory::laboratory::{Player, ReplayOptions};
    use twingate_memory::trace::Trace;

    let text = format!("0 1 10000 1\na 0 5\n{}", "f -1\n".repeat(9_999));
    let trace = Trace::parse(text.as_bytes(), None, "").unwrap();
    let options = ReplayOptions::new(9, PlacementKind::FirstFit);
    let distance = 1_024;
    let mut player = Player::new(&trace, options).unwrap();
    player.seek(distance, usize::MAX).unwrap();
    let (sought, refused) = with_supply(0, true, || player.seek(2 * distance, usize::MAX));
    assert_eq!(sought, Ok(true));
    assert!((1..distance as u32).contains(&refused), "{refused}: not tried at each operation");
    player.seek(usize::MAX, usize::MAX).unwrap();
    let near = (0..10).map(|turn| player.seek((10 - turn) * 999, distance).unwrap());
    let far: Vec<_> = near.enumerate().filter(|(_, near)| !near).map(|(turn, _)| turn).collect();
    assert_eq!(far, [8], "only after the one that is missing");
}

/// The operation for which there was no memory seemed done, and without the first checkpoint there was no
/// way back.
#[cfg(feature = "trace")]
#[test]
fn what_had_no_memory_on_the_way_through_a_trace_goes_on_where_it_stopped() {
    use twingate_memory::laboratory::{Player, Replay, ReplayOptions};
    use twingate_memory::trace::Trace;

    let lines = (0..90).map(|turn| match turn % 3 {
        2 => format!("f {}\n", turn - 1 - turn % 2),
        _ => format!("a {turn} {}\n", 1 + turn % 7),
    });
    let text = format!("0 90 90 1\n{}", lines.collect::<String>());
    let trace = Trace::parse(text.as_bytes(), None, "").unwrap();
    let all = usize::MAX;
    let played = |player: &mut Player<&Trace>| {
        let at_end = (player.seek(all, all), player.failures(), player.manager().stats());
        let back = (player.seek(3, all), player.position(), player.manager().snapshot());
        (at_end, back, player.seek_and_why(40))
    };
    let replayed = |replay: &mut Replay<&Trace>| {
        let ran = replay.run(all, None);
        let mut report = replay.report();
        report.search_steps = 0; // What is attempted again searches again.
        (ran, report)
    };
    for (&placement, auto_defragment) in
        PlacementKind::ALL.iter().flat_map(|placement| [(placement, false), (placement, true)])
    {
        let capacity = trace.peak_bytes() as u32;
        let options = ReplayOptions { auto_defragment, ..ReplayOptions::new(capacity, placement) };
        let player = || Player::new(&trace, options).unwrap();
        let replay = || Replay::new(&trace, options).unwrap();
        let expected = (played(&mut player()), replayed(&mut replay()));
        for ends in [false, true] {
            for left in 0.. {
                let at = format!("{options:?}, refused after {left} allocations, for good: {ends}");
                let (mut player, mut replay) = (player(), replay());
                let (_, refused) = with_supply(left, ends, || player.seek(all, all));
                let (_, missed) = with_supply(left, ends, || replay.run(all, None));
                assert_eq!((played(&mut player), replayed(&mut replay)), expected, "{at}");
                if refused + missed == 0 {
                    break;
                }
            }
        }
    }
}
