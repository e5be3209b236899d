//! The global allocator of the module for several workers: see [`super`].
//!
//! What always holds: only the worker that has a heap's lock uses the heap. Others at most add to the list of
//! what was freed meanwhile.

#![allow(unsafe_code)]

use super::asking::{HEAPS, ask};
use super::granted::Granted;
use super::pages::{Owners, PAGE};
use crate::fallible::NoMemory;
use crate::sync::growth;
use crate::sync::lock::{Guard, Lock};
use dlmalloc::{Allocator, Dlmalloc};
use std::alloc::{GlobalAlloc, Layout};
use std::cell::{Cell, UnsafeCell};
use std::ptr::{NonNull, null_mut};
use std::sync::atomic::AtomicPtr;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};

/// Workers' stacks are 2^18 bytes apart, so the bits above tell workers apart.
const STACK_BITS: u32 = 18;
/// Alignment of whatever a heap gives.
const ALIGN: usize = 2 * size_of::<usize>();
/// Bytes of a worker's reserve.
pub(crate) const RESERVE: usize = 512;

#[global_allocator]
static GLOBAL: Heaps = Heaps;
/// So many workers may be terminated inside, less one.
static ALL: [Heap; HEAPS] = [const { Heap::new() }; HEAPS];
static OWNERS: Owners = Owners::new();

thread_local! {
    /// What this worker gets where no heap has what it asks for.
    static GRANTED: Granted = const { Granted::nothing() };
    /// Memory that a worker has from the beginning, for one thing at a time.
    static MY_RESERVE: Reserve = const {
        Reserve { words: UnsafeCell::new([0; RESERVE / size_of::<u64>()]), taken: Cell::new(false) }
    };
}

struct Reserve {
    words: UnsafeCell<[u64; RESERVE / size_of::<u64>()]>,
    taken: Cell<bool>,
}

/// Makes sure that this worker gets this much once, whatever others take meanwhile. One grant takes the
/// place of another.
///
/// # Errors
/// [`NoMemory`].
pub(crate) fn grant(layout: Layout) -> Result<(), NoMemory> {
    if GRANTED.with(|granted| granted.fits(layout)) {
        return Ok(());
    }
    grant_instead(null_mut(), 0);
    // SAFETY: the layout has a size: what is granted is an object and what is kept with it.
    let block = unsafe { GLOBAL.alloc(layout) };
    grant_instead(block, layout.size());
    if block.is_null() { Err(NoMemory) } else { Ok(()) }
}

/// The same with the worker's reserve, unless something lies in it.
pub(crate) fn grant_reserve() {
    if !MY_RESERVE.with(|reserve| reserve.taken.get()) {
        grant_instead(my_reserve(), RESERVE);
    }
}

/// Takes the worker's reserve back, if it was granted and not used.
pub(crate) fn keep_reserve() {
    if GRANTED.with(|granted| granted.is(my_reserve())) {
        grant_instead(null_mut(), 0);
    }
}

fn grant_instead(block: *mut u8, size: usize) {
    let unused = GRANTED.with(|granted| granted.replace(block, size));
    // SAFETY: a block that was still granted was never handed out.
    unsafe { free(unused) };
}

/// What was granted, if it fits; else null.
///
/// A worker's reserve is freed by that worker alone, since [`free`] knows no other's: what lies in it is an
/// object of JavaScript's that says what was refused, and the worker that got it frees it at once
/// (`keepReserve` follows).
fn take_granted(layout: Layout) -> *mut u8 {
    let block = GRANTED.with(|granted| granted.take(layout));
    if !block.is_null() && block == my_reserve() {
        MY_RESERVE.with(|reserve| reserve.taken.set(true));
    }
    block
}

fn my_reserve() -> *mut u8 {
    MY_RESERVE.with(|reserve| reserve.words.get().cast())
}

/// All heaps together, as the allocator.
struct Heaps;

struct Heap {
    memory: Lock<Dlmalloc<Pages>>,
    /// What was freed while the heap was busy, linked.
    freed: AtomicPtr<Freed>,
}

/// What lies where something was freed; nothing that was allocated is smaller: a heap gives at least three words.
struct Freed {
    next: *mut Freed,
}

const _: () = assert!(align_of::<Freed>() <= ALIGN && size_of::<Freed>() <= ALIGN);

// SAFETY: each method hands on to the heap that owns the pointer, and the lock lets one worker at a time
// use a heap.
unsafe impl GlobalAlloc for Heaps {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the layout is the caller's, so its alignment is a power of two.
        let pointer = from_any(|heap| unsafe { heap.malloc(layout.size(), layout.align()) });
        if pointer.is_null() { take_granted(layout) } else { pointer }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as in `alloc`.
        from_any(|heap| unsafe { heap.calloc(layout.size(), layout.align()) })
    }

    unsafe fn dealloc(&self, pointer: *mut u8, _: Layout) {
        // SAFETY: the caller has it from here and does not use it any more.
        unsafe { free(pointer) };
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let (heap, number) = owner(pointer);
        if layout.align() <= ALIGN
            && pointer != my_reserve()
            && let Some(mut memory) = heap.open(number)
        {
            // SAFETY: the pointer is from this heap, which is ours meanwhile, and was not freed.
            let new = unsafe { memory.c_realloc(pointer, size) };
            if !new.is_null() {
                return new;
            }
        }
        // SAFETY: the caller says that the size is good for this alignment.
        let larger = unsafe { Layout::from_size_align_unchecked(size, layout.align()) };
        // SAFETY: the caller says that the size is not 0.
        let new = unsafe { self.alloc(larger) };
        if !new.is_null() {
            // SAFETY: the old block has as many bytes as its layout, the new one `size`, and they are two.
            unsafe { new.copy_from_nonoverlapping(pointer, layout.size().min(size)) };
            // SAFETY: the caller has the new block instead.
            unsafe { free(pointer) };
        }
        new
    }
}

/// Frees what was allocated; or nothing. What was granted may be longer than what was asked for, so it goes by
/// the pointer alone.
///
/// # Safety
/// It is from here and was not freed, nobody uses it, and it is no other worker's reserve (see [`take_granted`]).
unsafe fn free(pointer: *mut u8) {
    if pointer.is_null() {
        return;
    }
    if pointer == my_reserve() {
        return MY_RESERVE.with(|reserve| reserve.taken.set(false));
    }
    let (heap, number) = owner(pointer);
    match heap.open(number) {
        // SAFETY: the pointer is from this heap, as the owner of its page, and the heap is ours meanwhile.
        Some(mut memory) => unsafe { memory.c_free(pointer) },
        // SAFETY: the pointer is from this heap, and nobody uses it, as the caller says.
        None => unsafe { heap.leave(pointer) },
    }
}

/// What the first heap gives that is not busy and has any; null where none has, or some stay busy.
fn from_any(allocate: impl Fn(&mut Dlmalloc<Pages>) -> *mut u8) -> *mut u8 {
    let here = 0_u8;
    // No thread-local: a worker has its stack from here before it has any.
    let first = (&raw const here as usize) >> STACK_BITS;
    let given = ask(first, |number| {
        let mut memory = ALL[number].open(number as u8)?;
        Some(NonNull::new(allocate(&mut memory)))
    });
    given.map_or(null_mut(), NonNull::as_ptr)
}

/// The heap that a pointer is from, with its number.
fn owner(pointer: *mut u8) -> (&'static Heap, u8) {
    let number = OWNERS.of(pointer.addr());
    (&ALL[usize::from(number)], number)
}

impl Heap {
    const fn new() -> Self {
        let pages = Pages { heap: 0 };
        Self {
            memory: Lock::new(Dlmalloc::new_with_allocator(pages)),
            freed: AtomicPtr::new(null_mut()),
        }
    }

    /// The heap for this worker alone, unless it is busy.
    fn open(&self, number: u8) -> Option<Guard<'_, Dlmalloc<Pages>>> {
        let mut memory = self.memory.try_lock()?;
        // `ALL` is built of one constant, so a heap learns its number here.
        memory.allocator_mut().heap = number;
        if !self.freed.load(Relaxed).is_null() {
            let mut next = self.freed.swap(null_mut(), Acquire);
            while !next.is_null() {
                // SAFETY: `leave` wrote it before it published the pointer, and nobody else has it since the swap.
                let Freed { next: after } = unsafe { next.read() };
                // SAFETY: only what is from this heap is left here, once.
                unsafe { memory.c_free(next.cast()) };
                next = after;
            }
        }
        Some(memory)
    }

    /// Leaves what is freed for the next that opens the heap.
    ///
    /// # Safety
    /// The pointer is from this heap, and nobody uses it.
    unsafe fn leave(&self, pointer: *mut u8) {
        let freed: *mut Freed = pointer.cast();
        let mut next = self.freed.load(Relaxed);
        loop {
            // SAFETY: what a heap gives is large enough for a `Freed` and is aligned for it (asserted at `Freed`), and nobody
            // sees it before it is published.
            unsafe { freed.write(Freed { next }) };
            match self.freed.compare_exchange_weak(next, freed, Release, Relaxed) {
                Ok(_) => return,
                Err(other) => next = other,
            }
        }
    }
}

/// Pages of the module's memory, for one heap.
struct Pages {
    heap: u8,
}

// SAFETY: the memory grows by pages that nobody else has, and they are never given back.
unsafe impl Allocator for Pages {
    fn alloc(&self, size: usize) -> (*mut u8, usize, u32) {
        let given = OWNERS.give(self.heap, size, |pages| {
            let first = core::arch::wasm32::memory_grow(0, pages);
            (first != usize::MAX).then(|| {
                growth::tell(first + pages);
                first
            })
        });
        given.map_or((null_mut(), 0, 0), |(address, size)| (address as *mut u8, size, 0))
    }

    fn remap(&self, _: *mut u8, _: usize, _: usize, _: bool) -> *mut u8 {
        null_mut()
    }

    fn free_part(&self, _: *mut u8, _: usize, _: usize) -> bool {
        false
    }

    fn free(&self, _: *mut u8, _: usize) -> bool {
        false
    }

    fn can_release_part(&self, _: u32) -> bool {
        false
    }

    fn allocates_zeros(&self) -> bool {
        true
    }

    fn page_size(&self) -> usize {
        PAGE
    }
}
