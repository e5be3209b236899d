//! The peers behind one trait.

use offset_allocator::{Allocation, Allocator};
use rlsf::Tlsf;
use std::alloc::Layout;
use std::mem::MaybeUninit;
use std::ptr::NonNull;
use twingate_memory::{BlockId, MemoryManager, Options, PlacementKind, Storage};

pub trait Peer {
    type Block;
    fn alloc(&mut self, size: u32) -> Option<Self::Block>;
    fn free(&mut self, block: Self::Block);
}

/// This crate, without JavaScript.
pub struct Twingate(MemoryManager);

impl Twingate {
    pub fn new(arena: u32, placement: PlacementKind) -> Self {
        let options = Options { placement, storage: Storage::External, ..Options::default() };
        Self(MemoryManager::with_options(arena, options).expect("the arena is not empty"))
    }
}

impl Peer for Twingate {
    type Block = BlockId;

    fn alloc(&mut self, size: u32) -> Option<BlockId> {
        self.0.alloc(size).ok()
    }

    fn free(&mut self, block: BlockId) {
        self.0.free(block).expect("the block is live");
    }
}

/// Offsets only, as this crate with external storage.
pub struct Offset(Allocator);

impl Offset {
    pub fn new(arena: u32) -> Self {
        // Its own default, 128 Ki, is too few for 100,000 blocks and what is free between them.
        Self(Allocator::with_max_allocs(arena, 256 * 1024))
    }
}

impl Peer for Offset {
    type Block = Allocation;

    fn alloc(&mut self, size: u32) -> Option<Allocation> {
        self.0.allocate(size)
    }

    fn free(&mut self, block: Allocation) {
        self.0.free(block);
    }
}

/// Real memory, with its books between the blocks. Good for arenas up to 2^29.
pub struct Rlsf {
    tlsf: Tlsf<'static, u32, u32, 24, 32>,
}

impl Rlsf {
    /// The arena is never given back: a process measures once.
    pub fn new(arena: u32) -> Self {
        let pool = Box::leak(vec![MaybeUninit::uninit(); arena as usize].into_boxed_slice());
        let mut tlsf = Tlsf::new();
        let _ = tlsf.insert_free_block(pool);
        Self { tlsf }
    }
}

impl Peer for Rlsf {
    type Block = NonNull<u8>;

    fn alloc(&mut self, size: u32) -> Option<NonNull<u8>> {
        let layout = Layout::from_size_align(size as usize, 1).ok()?;
        self.tlsf.allocate(layout)
    }

    fn free(&mut self, block: NonNull<u8>) {
        // SAFETY: `block` comes from `alloc` of this pool, with this alignment, and is freed once.
        unsafe { self.tlsf.deallocate(block, 1) };
    }
}
