//! Memory that the manager does not own follows it: `cargo run --example mirror`.
//!
//! The manager keeps the books for a buffer of ours; it could be a GPU's, or a file. It compacts a
//! few blocks at a time, and each relocation that it tells is a memmove for us to make.

use twingate_memory::{
    BlockId, DefragmentOptions, Error, MemoryManager, Options, Order, PlacementKind, Storage,
};

const UNITS: u32 = 1 << 20;

fn main() -> Result<(), Error> {
    let mut bytes = vec![0_u8; UNITS as usize];
    let options = Options {
        placement: PlacementKind::Tlsf,
        storage: Storage::External,
        ..Options::default()
    };
    let mut memory = MemoryManager::with_options(UNITS, options)?;
    let kept = fill_and_thin_out(&mut memory, &mut bytes)?;

    let before = memory.stats();
    let calls = compact(&mut memory, &mut bytes)?;
    let after = memory.stats();
    println!("free units: {}", after.free_units);
    println!(
        "largest free extent: {} before, {} after",
        before.largest_free_extent, after.largest_free_extent
    );
    println!("{} units moved in {calls} calls", after.units_moved);

    for (value, id) in kept {
        assert!(bytes[place(&memory, id)?].iter().all(|&byte| byte == value), "block {id:?}");
    }
    println!("every block has its bytes");
    Ok(())
}

/// Fills the buffer with blocks and frees two of three; returns the others with their bytes.
fn fill_and_thin_out(
    memory: &mut MemoryManager,
    bytes: &mut [u8],
) -> Result<Vec<(u8, BlockId)>, Error> {
    let mut kept = Vec::new();
    let mut others = Vec::new();
    for number in 0.. {
        let id = match memory.alloc(500 + 37 * (number % 50)) {
            Ok(id) => id,
            Err(Error::OutOfMemory { .. } | Error::Fragmented { .. }) => break,
            Err(error) => return Err(error),
        };
        let value = number as u8;
        bytes[place(memory, id)?].fill(value);
        match number % 3 {
            0 => kept.push((value, id)),
            _ => others.push(id),
        }
    }
    for id in others {
        memory.free(id)?;
    }
    Ok(kept)
}

/// Compacts sixteen moves at a time, as one would in every frame; returns how many calls it took.
fn compact(memory: &mut MemoryManager, bytes: &mut [u8]) -> Result<u32, Error> {
    let step = DefragmentOptions {
        order: Some(Order::Any),
        max_moves: Some(16),
        ..DefragmentOptions::default()
    };
    for call in 1.. {
        let report = memory.defragment_with(&step)?;
        for relocation in report.relocations {
            let from = relocation.from as usize;
            bytes.copy_within(from..from + relocation.length as usize, relocation.to as usize);
        }
        if report.done {
            return Ok(call);
        }
    }
    unreachable!("compaction ends")
}

/// Where a block lies now.
fn place(memory: &MemoryManager, id: BlockId) -> Result<std::ops::Range<usize>, Error> {
    let start = memory.address(id)? as usize;
    Ok(start..start + memory.size(id)? as usize)
}

#[test]
fn the_mirror_keeps_every_byte() {
    main().unwrap();
}
