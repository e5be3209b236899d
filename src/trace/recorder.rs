//! Collects the operations of a trace, whatever its format.
//!
//! What always holds: `sizes[block]` is the size of a live block and 0 for a freed one; `live` is their
//! sum and `peak` its maximum so far. If memory runs out, operations are missing, and
//! [`Recorder::finish`] fails.

use super::line::{Expected, MEMORY, SIZE};
use super::{Align, Op, Trace, TraceFormat};
use crate::fallible::{self, List};

#[derive(Debug, Default)]
pub(super) struct Recorder {
    ops: List<Op>,
    sizes: Vec<u32>,
    live: u64,
    peak: u64,
    skipped: usize,
    inferred: usize,
}

impl Recorder {
    /// Begins a block; its index is the number of blocks before it.
    pub(super) fn alloc(&mut self, size: u64, align: Align) -> Result<u32, Expected> {
        let size = stored(size)?;
        let block = self.blocks();
        if block == u32::MAX {
            return Err("at most 4294967295 blocks");
        }
        self.sizes.try_reserve(1).map_err(|_| MEMORY)?;
        self.sizes.push(0);
        self.set_size(block, size);
        self.ops.push(Op::Alloc { block, size, align });
        Ok(block)
    }

    /// Resizes a live block.
    pub(super) fn resize(&mut self, block: u32, size: u64) -> Result<(), Expected> {
        let size = stored(size)?;
        self.set_size(block, size);
        self.ops.push(Op::Resize { block, size });
        Ok(())
    }

    /// Frees a live block.
    pub(super) fn free(&mut self, block: u32) {
        self.set_size(block, 0);
        self.ops.push(Op::Free { block });
    }

    /// Frees a live block whose `free` is missing from the recording.
    pub(super) fn infer_free(&mut self, block: u32) {
        self.free(block);
        self.inferred += 1;
    }

    /// As [`Self::infer_free`], for all live blocks from this one on; returns how many blocks there
    /// have been.
    pub(super) fn infer_frees(&mut self, from: u32) -> u32 {
        for block in from..self.blocks() {
            if self.sizes[block as usize] != 0 {
                self.infer_free(block);
            }
        }
        self.blocks()
    }

    /// A call without effect.
    pub(super) fn nothing(&mut self) {
        self.ops.push(Op::Nothing);
    }

    /// A free of a block that the recording does not know.
    pub(super) fn skip(&mut self) {
        self.skipped += 1;
    }

    /// For formats that number blocks in order: the block with that number, and whether it is live;
    /// `None` if it is still to come.
    pub(super) fn block(&self, number: u64) -> Option<(u32, bool)> {
        let size = self.sizes.get(usize::try_from(number).ok()?)?;
        Some((u32::try_from(number).ok()?, *size != 0))
    }

    /// The number that the next block gets.
    pub(super) fn next_block(&self) -> u64 {
        u64::from(self.blocks())
    }

    /// Whether it has operations, and all of them.
    pub(super) fn check(&self) -> Result<(), Expected> {
        if !self.ops.is_whole() {
            return Err(MEMORY);
        }
        if self.ops.is_empty() { Err("at least one operation") } else { Ok(()) }
    }

    pub(super) fn finish(self, name: &str, format: TraceFormat) -> Result<Trace, Expected> {
        Ok(Trace {
            format,
            blocks: self.blocks(),
            name: fallible::text(format_args!("{name}")).map_err(|_| MEMORY)?,
            ops: self.ops.finish().map_err(|_| MEMORY)?,
            peak_bytes: self.peak,
            skipped: self.skipped,
            inferred: self.inferred,
        })
    }

    /// Exact: [`alloc`](Self::alloc) keeps the number within 32 bits.
    fn blocks(&self) -> u32 {
        self.sizes.len() as u32
    }

    fn set_size(&mut self, block: u32, size: u32) {
        let place = &mut self.sizes[block as usize];
        self.live = self.live - u64::from(*place) + u64::from(size);
        self.peak = self.peak.max(self.live);
        *place = size;
    }
}

/// The size of a block; a request for 0 bytes gets a block too.
fn stored(size: u64) -> Result<u32, Expected> {
    u32::try_from(size.max(1)).map_err(|_| SIZE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peak_is_the_highest_sum_of_live_sizes() {
        let mut log = Recorder::default();
        let a = log.alloc(10, Align::ONE).unwrap();
        let b = log.alloc(20, Align::ONE).unwrap();
        log.free(a);
        log.resize(b, 25).unwrap();
        log.resize(b, 5).unwrap();
        let trace = log.finish("", TraceFormat::Rep).unwrap();
        assert_eq!((trace.peak_bytes(), trace.blocks(), trace.operations()), (30, 2, 5));
    }

    #[test]
    fn sizes_run_from_1_to_2_32_minus_1() {
        let mut log = Recorder::default();
        let zero = log.alloc(0, Align::ONE).unwrap();
        assert_eq!(log.alloc(1 << 32, Align::ONE), Err(SIZE));
        assert_eq!(log.resize(zero, u64::MAX), Err(SIZE));
        log.alloc((1 << 32) - 1, Align::ONE).unwrap();
        let trace = log.finish("", TraceFormat::Rep).unwrap();
        assert_eq!(trace.ops()[0], Op::Alloc { block: 0, size: 1, align: Align::ONE });
        assert_eq!(trace.peak_bytes(), 1 << 32);
    }

    #[test]
    fn numbers_of_blocks_to_come_name_none() {
        let mut log = Recorder::default();
        let block = log.alloc(1, Align::ONE).unwrap();
        assert_eq!(log.block(0), Some((block, true)));
        log.free(block);
        assert_eq!(log.block(0), Some((block, false)));
        assert_eq!(log.block(1), None);
        assert_eq!(log.block(u64::MAX), None);
    }
}
