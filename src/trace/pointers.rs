//! Blocks known by their addresses, as in recordings of real programs.
//!
//! What always holds: an address is in `live` exactly while its block is live. Recordings begin in the
//! middle and miss calls; the rules for that are here, once for all such formats.

use std::collections::HashMap;

use super::Align;
use super::line::{Expected, MEMORY};
use super::recorder::Recorder;

#[derive(Debug, Default)]
pub(super) struct Pointers {
    pub(super) log: Recorder,
    live: HashMap<u64, u32>,
    /// Blocks before this one belong to earlier programs in the same process, and are freed.
    began: u32,
}

impl Pointers {
    /// `malloc(size) = pointer`. A null pointer, here and below: the call failed, whatever the size.
    pub(super) fn malloc(&mut self, pointer: u64, size: u64) -> Result<(), Expected> {
        self.memalign(pointer, 1, size)
    }

    /// `calloc(count, size) = pointer`.
    pub(super) fn calloc(&mut self, pointer: u64, count: u64, size: u64) -> Result<(), Expected> {
        // If the product does not fit 64 bits, neither does a block.
        self.malloc(pointer, count.saturating_mul(size))
    }

    /// `memalign(align, size) = pointer`.
    pub(super) fn memalign(&mut self, pointer: u64, align: u64, size: u64) -> Result<(), Expected> {
        if pointer == 0 {
            self.log.nothing();
            return Ok(());
        }
        if let Some(block) = self.live.remove(&pointer) {
            self.log.infer_free(block);
        }
        let align = Align::at_least(align).ok_or("an alignment of at most 2147483648 bytes")?;
        self.live.try_reserve(1).map_err(|_| MEMORY)?;
        self.live.insert(pointer, self.log.alloc(size, align)?);
        Ok(())
    }

    /// `realloc(old, size) = new`. The block keeps its index wherever it goes.
    pub(super) fn realloc(&mut self, old: u64, new: u64, size: u64) -> Result<(), Expected> {
        match (old, new, size) {
            (0, _, _) => self.malloc(new, size),
            (_, 0, 0) => {
                self.free(old);
                Ok(())
            }
            (_, 0, _) => {
                self.log.nothing();
                Ok(())
            }
            _ => match self.live.remove(&old) {
                None => self.malloc(new, size),
                Some(block) => self.resize(block, new, size),
            },
        }
    }

    pub(super) fn free(&mut self, pointer: u64) {
        if pointer == 0 {
            self.log.nothing();
        } else if let Some(block) = self.live.remove(&pointer) {
            self.log.free(block);
        } else {
            self.log.skip();
        }
    }

    /// Another program begins, with a heap of its own; the recording does not tell what became of the
    /// blocks before it.
    pub(super) fn begin_anew(&mut self) {
        self.live = HashMap::new();
        self.began = self.log.infer_frees(self.began);
    }

    /// A call that failed.
    pub(super) fn nothing(&mut self) {
        self.log.nothing();
    }

    fn resize(&mut self, block: u32, new: u64, size: u64) -> Result<(), Expected> {
        self.live.try_reserve(1).map_err(|_| MEMORY)?;
        if let Some(missed) = self.live.insert(new, block) {
            self.log.infer_free(missed);
        }
        self.log.resize(block, size)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{alloc, freed};
    use super::super::{Op, Trace, TraceFormat};
    use super::*;

    fn recorded(calls: impl FnOnce(&mut Pointers) -> Result<(), Expected>) -> Trace {
        let mut pointers = Pointers::default();
        calls(&mut pointers).unwrap();
        pointers.log.finish("", TraceFormat::Mtrace).unwrap()
    }

    #[test]
    fn an_address_used_again_is_another_block() {
        let trace = recorded(|p| {
            p.malloc(16, 1)?;
            p.free(16);
            p.malloc(16, 2)
        });
        assert_eq!(trace.ops(), [alloc(0, 1), freed(0), alloc(1, 2)]);
        assert_eq!((trace.skipped(), trace.inferred()), (0, 0));
    }

    #[test]
    fn a_block_that_moves_keeps_its_index() {
        let trace = recorded(|p| {
            p.realloc(0, 16, 1)?;
            p.realloc(16, 32, 9)?;
            p.realloc(32, 32, 0)?;
            p.free(32);
            Ok(())
        });
        let resize = |size| Op::Resize { block: 0, size };
        assert_eq!(trace.ops(), [alloc(0, 1), resize(9), resize(1), freed(0)]);
    }

    #[test]
    fn frees_of_unknown_pointers_are_skipped_and_counted() {
        let trace = recorded(|p| {
            p.free(48);
            p.malloc(16, 1)?;
            p.free(16);
            p.free(16);
            p.realloc(64, 0, 0)
        });
        assert_eq!(trace.ops(), [alloc(0, 1), freed(0)]);
        assert_eq!(trace.skipped(), 3);
    }

    #[test]
    fn a_resize_of_an_unknown_pointer_begins_a_block() {
        let trace = recorded(|p| p.realloc(16, 32, 5));
        assert_eq!(trace.ops(), [alloc(0, 5)]);
        assert_eq!(trace.skipped(), 0);
    }

    #[test]
    fn a_live_pointer_returned_again_was_freed_in_between() {
        let trace = recorded(|p| {
            p.malloc(16, 1)?;
            p.malloc(16, 2)?;
            p.malloc(32, 3)?;
            p.realloc(32, 16, 4)
        });
        assert_eq!(
            trace.ops(),
            [
                alloc(0, 1),
                freed(0),
                alloc(1, 2),
                alloc(2, 3),
                freed(1),
                Op::Resize { block: 2, size: 4 },
            ]
        );
        assert_eq!(trace.inferred(), 2);
    }

    #[test]
    fn calls_that_fail_change_nothing() {
        let trace = recorded(|p| {
            p.malloc(16, 1)?;
            p.malloc(0, u64::MAX)?;
            p.calloc(0, u64::MAX, u64::MAX)?;
            p.realloc(16, 0, u64::MAX)?;
            p.free(0);
            p.realloc(16, 0, 0)
        });
        assert_eq!(trace.ops()[1..5], [Op::Nothing; 4]);
        assert_eq!(trace.ops()[5], freed(0));
    }

    #[test]
    fn a_product_past_64_bits_is_refused() {
        assert!(Pointers::default().calloc(16, u64::MAX, 2).is_err());
    }
}
