//! The same requests, served by every placement: `cargo run --release --example placements`.
//!
//! A buffer is filled, and a fifth of its blocks are freed; then blocks come and go. What the
//! placements do differently shows in how many requests they refuse, and in how the free units lie.

use twingate_memory::{BlockId, Error, MemoryManager, Options, PlacementKind, Storage};

const UNITS: u32 = 1 << 20;

fn main() -> Result<(), Error> {
    println!("placement           refusals  free units  in extents  fragmentation");
    for &placement in PlacementKind::ALL {
        let options = Options { placement, storage: Storage::External, ..Options::default() };
        let mut memory = MemoryManager::with_options(UNITS, options)?;
        let mut random = Random(1);
        let mut blocks = fill(&mut memory, &mut random);
        for _ in 0..blocks.len() / 5 {
            free_one(&mut memory, &mut blocks, &mut random)?;
        }
        let refusals = replace(&mut memory, &mut blocks, &mut random)?;
        let stats = memory.stats();
        println!(
            "{:<18}{refusals:>10}{:>12}{:>12}{:>15.3}",
            placement.name(),
            stats.free_units,
            stats.free_extents,
            stats.external_fragmentation,
        );
    }
    Ok(())
}

/// Allocates until the first refusal.
fn fill(memory: &mut MemoryManager, random: &mut Random) -> Vec<BlockId> {
    std::iter::from_fn(|| memory.alloc(random.size()).ok()).collect()
}

fn free_one(
    memory: &mut MemoryManager,
    blocks: &mut Vec<BlockId>,
    random: &mut Random,
) -> Result<(), Error> {
    let place = random.below(blocks.len() as u32);
    memory.free(blocks.swap_remove(place as usize))
}

/// Frees and allocates one block, over and over; returns how many allocations were refused.
fn replace(
    memory: &mut MemoryManager,
    blocks: &mut Vec<BlockId>,
    random: &mut Random,
) -> Result<u32, Error> {
    let mut refusals = 0;
    for _ in 0..10_000 {
        free_one(memory, blocks, random)?;
        match memory.alloc(random.size()) {
            Ok(id) => blocks.push(id),
            Err(Error::OutOfMemory { .. } | Error::Fragmented { .. }) => refusals += 1,
            Err(error) => return Err(error),
        }
    }
    Ok(refusals)
}

/// xorshift32: the same numbers for every placement.
struct Random(u32);

impl Random {
    fn size(&mut self) -> u32 {
        16 + self.below(1_000)
    }

    fn below(&mut self, bound: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0 % bound
    }
}

#[test]
fn every_placement_serves_the_requests() {
    main().unwrap();
}
