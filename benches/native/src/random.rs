//! The random numbers of the workloads: xorshift32, the same bits in every language.

pub struct Random {
    state: u32,
}

impl Random {
    pub fn new(seed: u32) -> Self {
        let state = 0x9E37_79B9_u32.wrapping_add(seed.wrapping_mul(0x85EB_CA6B));
        let mut random = Self { state };
        for _ in 0..16 {
            random.next();
        }
        random
    }

    pub fn next(&mut self) -> u32 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 17;
        self.state ^= self.state << 5;
        self.state
    }

    /// From 16 to 4095, on average about 765; small sizes are the more frequent.
    pub fn size(&mut self) -> u32 {
        let random = self.next();
        let base = 16 << (random & 7);
        base + ((random >> 8) & (base - 1))
    }
}
