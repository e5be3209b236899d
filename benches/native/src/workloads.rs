//! The workloads of `../../workloads/`, draw for draw; see there.

use crate::peers::Peer;
use crate::random::Random;
use rustix::time::{ClockId, clock_gettime};

pub enum Figures {
    Churn { nanoseconds: f64, failures: u32 },
    Refill { util1: f64, util2: f64, counts: [usize; 2] },
    Recover { recov64k: f64, counts: [usize; 2] },
}

/// Pairs that are timed together.
const PAIRS: u32 = 10_000;

/// What [`churn`] took, part by part in nanoseconds, and how many requests were refused.
pub struct Churned {
    pub times: Vec<f64>,
    pub failures: u32,
    pub checksum: Checksum,
}

/// A random slot is freed and allocated anew, over and over.
pub fn churn<P: Peer>(peer: &mut P, blocks: u32, pairs: u32, mut random: Random) -> Churned {
    let mut checksum = Checksum(0);
    let mut slots = Vec::new();
    for _ in 0..blocks {
        let size = random.size();
        checksum.fold(size);
        slots.push(peer.alloc(size));
    }
    let mut failures = 0;
    let mut times = Vec::new();
    let mut begin = processor_time();
    for pair in 1..=pairs {
        let slot = random.next() % blocks;
        if let Some(block) = slots[slot as usize].take() {
            peer.free(block);
        }
        let size = random.size();
        checksum.fold(size + slot);
        let block = peer.alloc(size);
        failures += u32::from(block.is_none());
        slots[slot as usize] = block;
        if pair % PAIRS == 0 || pair == pairs {
            let end = processor_time();
            times.push(end - begin);
            begin = end;
        }
    }
    Churned { times, failures, checksum }
}

/// Nanoseconds that the processor has spent on this process.
fn processor_time() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 * 1e9 + time.tv_nsec as f64
}

/// How much of the arena can be filled, at first and after half of the blocks were freed.
pub fn refill<P: Peer>(peer: &mut P, arena: u32, mut random: Random) -> (Figures, Checksum) {
    let mut checksum = Checksum(0);
    let mut full = Full::new(peer, &mut random, &mut checksum);
    let live = full.halve(peer, &mut random);
    let more = Full::new(peer, &mut random, &mut checksum);
    let share = |units: u64| units as f64 / f64::from(arena);
    let counts = [full.blocks, more.blocks];
    let (util1, util2) = (share(full.units), share(live + more.units));
    (Figures::Refill { util1, util2, counts }, checksum)
}

/// How much of what is free then can still serve 64 Ki units in one block.
pub fn recover<P: Peer>(peer: &mut P, arena: u32, mut random: Random) -> (Figures, Checksum) {
    let mut checksum = Checksum(0);
    let mut full = Full::new(peer, &mut random, &mut checksum);
    let blocks = full.blocks;
    let free = u64::from(arena) - full.halve(peer, &mut random);
    let mut placed = 0;
    while peer.alloc(65_536).is_some() {
        placed += 1;
    }
    let recov64k = (placed * 65_536) as f64 / free as f64;
    (Figures::Recover { recov64k, counts: [blocks, placed] }, checksum)
}

/// What was allocated up to the first refusal.
struct Full<Block> {
    list: Vec<(Block, u32)>,
    blocks: usize,
    units: u64,
}

impl<Block> Full<Block> {
    fn new<P: Peer<Block = Block>>(
        peer: &mut P,
        random: &mut Random,
        checksum: &mut Checksum,
    ) -> Self {
        let mut full = Self { list: Vec::new(), blocks: 0, units: 0 };
        loop {
            let size = random.size();
            checksum.fold(size);
            let Some(block) = peer.alloc(size) else { return full };
            full.list.push((block, size));
            full.blocks += 1;
            full.units += u64::from(size);
        }
    }

    /// Frees half of the blocks; returns the units of the others.
    fn halve<P: Peer<Block = Block>>(&mut self, peer: &mut P, random: &mut Random) -> u64 {
        let mut live = self.units;
        for (block, size) in self.list.drain(..) {
            if random.next() & 1 == 1 {
                peer.free(block);
                live -= u64::from(size);
            }
        }
        live
    }
}

/// Of all sizes and slots drawn.
pub struct Checksum(pub i32);

impl Checksum {
    fn fold(&mut self, value: u32) {
        self.0 = self.0.wrapping_mul(31).wrapping_add(value as i32);
    }
}
