//! Pictures of which block has which units, straight from the extent table into pixels.
//!
//! What always holds: all pixels stand for the same number of units, beginning with the view's first
//! unit, from left to right and from top to bottom. A pixel whose units have several colours is their
//! mean. Pixels past the last unit are 0: transparent.
//!
//! Cost: O(extents up to the end of the view, and pixels).

use crate::manager::walk::Walked;
use crate::named::named;
use crate::{Error, MemoryManager};

/// What decides the colour of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ColourBy {
    /// The block: neighbours nearly always differ.
    Block,
    /// When it was allocated: the last colour is for the newest block, if it is still live.
    Age,
    /// Its size: a colour for each power of two from 1 on.
    Size,
    /// How many extents it has: a colour for each number from 1 on.
    Extents,
}

named! {
    /// Every one.
    ColourBy, "colour":
    Block "block",
    Age "age",
    Size "size",
    Extents "extents",
}

/// Which units are painted, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    /// The first unit of the first pixel.
    pub first: u32,
    /// How many units one pixel stands for; 0 counts as 1.
    pub units_per_pixel: u32,
    /// How many pixels, in all rows together.
    pub pixels: usize,
    /// What decides the colour of a block.
    pub colour_by: ColourBy,
}

/// Paints pictures, and keeps the pixels and the working memory for the next one.
#[derive(Debug, Default)]
pub struct Painter {
    pixels: Vec<u32>,
    /// For each slot, the number of extents of its block.
    extents: Vec<u32>,
}

/// Which colour each kind of unit has. The bytes of a colour, from the lowest: red, green, blue,
/// opacity.
struct Colours<'a> {
    free: u32,
    blocks: &'a [u32],
    by: ColourBy,
    /// The ID of the block that was allocated last.
    newest: u64,
    extents: &'a [u32],
}

impl Painter {
    /// A painter without a picture.
    pub fn new() -> Self {
        Self::default()
    }

    /// The last picture: one number for each pixel, with red, green, blue and opacity from the lowest
    /// byte up.
    pub fn pixels(&self) -> &[u32] {
        &self.pixels
    }

    /// Paints a picture. `colours` has the colour of free units first, then those of blocks, in the
    /// order that [`ColourBy`] gives.
    ///
    /// # Errors
    /// [`Error::Metadata`]: no memory for the pixels; the last picture is gone.
    pub fn paint(
        &mut self,
        manager: &MemoryManager,
        view: View,
        colours: &[u32],
    ) -> Result<(), Error> {
        self.pixels.clear();
        self.pixels.try_reserve_exact(view.pixels)?;
        self.pixels.resize(view.pixels, 0);
        self.count_extents(manager, view.colour_by)?;
        let (&free, blocks) = colours.split_first().unwrap_or((&0, &[]));
        let colours = Colours {
            free,
            blocks,
            by: view.colour_by,
            newest: manager.next_id().saturating_sub(1),
            extents: &self.extents,
        };
        let per_pixel = u64::from(view.units_per_pixel.max(1));
        let first = u64::from(view.first);
        let end = first + per_pixel * view.pixels as u64;
        let mut brush = Brush::new(&mut self.pixels, per_pixel);
        let below = |extent: &Walked| u64::from(extent.end()) <= first;
        for extent in manager.walk().skip_while(below) {
            let (low, high) = (u64::from(extent.lowest).max(first), u64::from(extent.end()));
            if low >= end {
                break;
            }
            brush.paint(low - first, high.min(end) - first, colours.of(manager, &extent));
        }
        brush.finish();
        Ok(())
    }

    fn count_extents(&mut self, manager: &MemoryManager, by: ColourBy) -> Result<(), Error> {
        self.extents.clear();
        if by != ColourBy::Extents {
            return Ok(());
        }
        self.extents.try_reserve(manager.slots())?;
        self.extents.resize(manager.slots(), 0);
        for slot in manager.walk().filter_map(|extent| extent.slot) {
            self.extents[slot as usize] += 1;
        }
        Ok(())
    }
}

impl Colours<'_> {
    #[inline(always)]
    fn of(&self, manager: &MemoryManager, extent: &Walked) -> u32 {
        let Some(slot) = extent.slot else { return self.free };
        let (id, size) = manager.in_slot(slot);
        let last = self.blocks.len() as u64;
        let place = match self.by {
            // Fibonacci hashing (Knuth, The Art of Computer Programming, section 6.4): IDs that
            // follow each other lie far apart.
            ColourBy::Block => {
                (u64::from((id.get() as u32).wrapping_mul(0x9E37_79B9)) * last) >> 32
            }
            // In floating point, where no product overflows.
            ColourBy::Age => {
                // The only one so far is the newest.
                let share = match self.newest {
                    0 | 1 => 1.0,
                    newest => (id.get() - 1) as f64 / (newest - 1) as f64,
                };
                (share * last.saturating_sub(1) as f64).round() as u64
            }
            ColourBy::Size => size.ilog2().into(),
            ColourBy::Extents => u64::from(self.extents[slot as usize]) - 1,
        };
        let place = place.min(last.saturating_sub(1)) as usize;
        self.blocks.get(place).copied().unwrap_or(self.free)
    }
}

/// Paints runs of units that follow each other.
struct Brush<'a> {
    pixels: &'a mut [u32],
    per_pixel: u64,
    /// The pixel begun but not finished, the units that it has so far, and the sums of their colours.
    pixel: usize,
    units: u64,
    sums: [u64; 4],
}

impl<'a> Brush<'a> {
    fn new(pixels: &'a mut [u32], per_pixel: u64) -> Self {
        Self { pixels, per_pixel, pixel: 0, units: 0, sums: [0; 4] }
    }

    /// Paints the units from `low` up to `high`, counted from the first of the view.
    #[inline(always)]
    fn paint(&mut self, low: u64, high: u64, colour: u32) {
        let mut low = low;
        if self.units > 0 {
            let rest = (self.per_pixel - self.units).min(high - low);
            self.mix(colour, rest);
            low += rest;
        }
        let (from, to) = (low / self.per_pixel, high / self.per_pixel);
        if from < to {
            self.pixels[from as usize..to as usize].fill(colour);
            low = to * self.per_pixel;
        }
        if low < high {
            self.pixel = to as usize;
            self.mix(colour, high - low);
        }
    }

    fn mix(&mut self, colour: u32, units: u64) {
        for (sum, part) in self.sums.iter_mut().zip(colour.to_le_bytes()) {
            *sum += u64::from(part) * units;
        }
        self.units += units;
        if self.units == self.per_pixel {
            self.finish();
        }
    }

    /// Gives the pixel the mean of the colours so far.
    fn finish(&mut self) {
        if self.units > 0 {
            let mean = self.sums.map(|sum| ((sum + self.units / 2) / self.units) as u8);
            self.pixels[self.pixel] = u32::from_le_bytes(mean);
            (self.units, self.sums) = (0, [0; 4]);
        }
    }
}
