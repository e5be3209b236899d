//! A manager as text: for people, and for developers.

use super::MemoryManager;
use super::values::character;
use crate::fallible::room_for;
use crate::{Unit, UnitValue};
use std::fmt::Write;

/// A line of counts, then the units in order, `-` for an empty one; with external storage, only the
/// counts. Costs O(units), and a bit of memory for each; without memory for these, [`std::fmt::Error`].
impl std::fmt::Display for MemoryManager {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (used, free, blocks) = (self.used_units(), self.free_units(), self.block_count());
        write!(f, "capacity {}, used {used}, free {free}, blocks {blocks}", self.capacity)?;
        let Some(buffer) = &self.buffer else { return Ok(()) };
        let words = self.capacity.div_ceil(u64::BITS) as usize;
        let mut written: Vec<u64> = room_for(words).map_err(|_| std::fmt::Error)?;
        written.resize(words, 0);
        let (place, bit) = (|unit: u32| (unit / 64) as usize, |unit: u32| 1_u64 << (unit % 64));
        let unit = self.options.unit;
        self.visit_values(|lowest, bytes| {
            let units = lowest..lowest + (bytes.len() / unit.bytes()) as u32;
            units.for_each(|unit| written[place(unit)] |= bit(unit));
        });
        for at in 0..self.capacity {
            f.write_char(if at == 0 { '\n' } else { ' ' })?;
            match written[place(at)] & bit(at) {
                0 => f.write_char('-')?,
                _ => show_value(f, unit, buffer.bytes(at, 1))?,
            }
        }
        Ok(())
    }
}

/// What it was made with, and how much it has: its records may have millions of entries.
impl std::fmt::Debug for MemoryManager {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MemoryManager")
            .field("capacity", &self.capacity)
            .field("options", &self.options)
            .field("free_units", &self.free_units())
            .field("block_count", &self.block_count())
            .finish_non_exhaustive()
    }
}

fn show_value(f: &mut std::fmt::Formatter<'_>, unit: Unit, bytes: &[u8]) -> std::fmt::Result {
    fn number<T: UnitValue>(f: &mut std::fmt::Formatter<'_>, bytes: &[u8]) -> std::fmt::Result {
        write!(f, "{}", bytemuck::pod_read_unaligned::<T>(bytes))
    }
    match unit {
        Unit::Char => f.write_char(character(bytes)),
        Unit::U8 => number::<u8>(f, bytes),
        Unit::I8 => number::<i8>(f, bytes),
        Unit::U16 => number::<u16>(f, bytes),
        Unit::I16 => number::<i16>(f, bytes),
        Unit::U32 => number::<u32>(f, bytes),
        Unit::I32 => number::<i32>(f, bytes),
        Unit::U64 => number::<u64>(f, bytes),
        Unit::I64 => number::<i64>(f, bytes),
        Unit::F32 => number::<f32>(f, bytes),
        Unit::F64 => number::<f64>(f, bytes),
    }
}

#[cfg(test)]
mod tests {
    use crate::MemoryManager;

    /// It used to print every record: 32 MB for 100,000 blocks.
    #[test]
    fn debugging_shows_figures_and_no_records() {
        let mut memory = MemoryManager::new(8).unwrap();
        let _ = memory.alloc(3).unwrap();
        assert_eq!(
            format!("{memory:?}"),
            "MemoryManager { capacity: 8, options: Options { unit: Char, placement: Lifo, storage: Owned, \
             auto_defragment: false }, free_units: 5, block_count: 1, .. }"
        );
    }
}
