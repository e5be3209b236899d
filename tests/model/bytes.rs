//! Programs made of bytes, so that a fuzzer can look for the ones that matter.
//!
//! What always holds: any bytes are a program, and the same ones the same program. The first few
//! say how the manager is made, and each operation takes a few of the others.

use super::pair::{Operation, Pair, Step};
use twingate_memory::{Options, Order, PlacementKind, Storage, Unit};

/// How often the whole state is compared, in operations; after each, what it did is.
const AUDIT: u64 = 8;

/// How long a manager that was saved goes on beside the loaded one, in operations.
const TOGETHER: u64 = 16;

/// Characters of one to four bytes, and the one that empty units become.
const ALPHABET: [char; 8] = ['a', 'é', '漢', '🦀', '\0', 'z', '-', '\u{FFFF}'];

pub struct Program<'a> {
    bytes: &'a [u8],
    options: Options,
    capacity: u32,
    /// The order of most steps: one that changes would begin a plan anew each time.
    order: Order,
}

impl<'a> Program<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        let (options, capacity, order) = (Options::default(), 0, Order::Allocation);
        let mut program = Self { bytes, options, capacity, order };
        let flags = program.byte();
        program.options = Options {
            placement: PlacementKind::ALL[program.below(PlacementKind::ALL.len())],
            unit: Unit::ALL[program.below(Unit::ALL.len())],
            storage: Storage::ALL[usize::from(flags & 3 == 3)],
            auto_defragment: flags & 12 == 12,
        };
        program.capacity = 1 + program.below(96) as u32;
        program.order = program.any_order();
        program
    }

    /// Runs it, and returns how many operations were compared. Prints them where `shown`.
    pub fn run(mut self, shown: bool) -> u64 {
        let mut pair = Pair::with_options(self.options, self.capacity);
        if shown {
            println!("{:?}, capacity {}", self.options, self.capacity);
        }
        let (mut count, mut saved) = (0, 0);
        while !self.bytes.is_empty() {
            let operation = self.operation(&pair);
            if shown {
                println!("{operation:?},");
            }
            pair.apply(&operation);
            count += 1;
            match operation {
                Operation::SaveAndLoad => saved = count,
                _ if count == saved + TOGETHER => pair.forget_saved(),
                _ => {}
            }
            if count % AUDIT == 0 || self.bytes.is_empty() {
                pair.compare();
            }
        }
        count
    }

    /// The next byte; 0 where there is none.
    fn byte(&mut self) -> u8 {
        let Some((&byte, rest)) = self.bytes.split_first() else { return 0 };
        self.bytes = rest;
        byte
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::from(self.byte()) % limit
    }

    fn operation(&mut self, pair: &Pair) -> Operation {
        match self.below(50) {
            0..14 => Operation::Alloc(self.size(), self.align()),
            14..20 => Operation::Resize(self.block(pair), self.size()),
            20..29 => Operation::Free(self.block(pair)),
            29..33 => Operation::Write(self.block(pair), self.text(13)),
            33..36 => {
                let offset = self.below(self.capacity as usize / 8 + 2) as u32;
                Operation::WriteAt(self.block(pair), offset, self.text(6))
            }
            36..38 => Operation::View(self.block(pair), ALPHABET[self.below(ALPHABET.len())]),
            38..43 => Operation::Step(self.step()),
            43 => Operation::Steps(self.step()),
            44..46 => Operation::Pin(self.block(pair)),
            46..48 => Operation::Unpin(self.block(pair)),
            48 => match self.below(16) {
                0 => Operation::Clear,
                _ => Operation::Defragment,
            },
            _ => Operation::SaveAndLoad,
        }
    }

    /// Mostly a live block.
    fn block(&mut self, pair: &Pair) -> usize {
        let number = usize::from(self.byte());
        let live = if number % 16 == 0 { None } else { pair.live(number / 16 + number % 16) };
        live.unwrap_or(number)
    }

    fn size(&mut self) -> u32 {
        let (number, capacity) = (u32::from(self.byte()), self.capacity);
        let limit = if number % 4 == 0 { capacity + 2 } else { capacity / 8 + 2 };
        number / 4 % limit
    }

    fn align(&mut self) -> u32 {
        let number = u32::from(self.byte());
        match (self.options.placement.is_scattered(), number % 16) {
            (false, 10..15) | (true, 14) => 1 << (number / 16 % 5),
            (_, 15) => number / 16,
            _ => 1,
        }
    }

    fn any_order(&mut self) -> Order {
        Order::ALL[self.below(Order::ALL.len())]
    }

    fn text(&mut self, limit: usize) -> String {
        let number = usize::from(self.byte());
        let from = ALPHABET.iter().cycle().skip(number / limit);
        from.take(number % limit).collect()
    }

    fn step(&mut self) -> Step {
        let order = if self.below(8) == 0 { self.any_order() } else { self.order };
        let (bounds, capacity) = (self.byte(), self.capacity as usize);
        let mut bound =
            |bit: u8, limit: usize| (bounds & bit != 0).then(|| self.below(limit) as u32);
        Step {
            order,
            max_moves: bound(1, 6),
            max_units: bound(2, capacity / 2 + 2),
            questions: bound(12, 40).filter(|_| bounds & 12 == 12),
        }
    }
}
