//! A manager as text.

use super::MemoryManager;
use super::values::character;
use crate::{Unit, UnitValue};

/// The original's picture: a line of counts, then the units in order, `-` for an empty one. With
/// external storage only the counts.
impl std::fmt::Display for MemoryManager {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (used, free, blocks) = (self.used_units(), self.free_units(), self.block_count());
        write!(f, "capacity {}, used {used}, free {free}, blocks {blocks}", self.capacity)?;
        let shown = if self.buffer.is_some() { self.capacity } else { 0 };
        let mut units = vec![String::from("-"); shown as usize];
        self.visit_values(|lowest, bytes| {
            for (unit, value) in (lowest as usize..).zip(bytes.chunks(self.options.unit.bytes())) {
                units[unit] = shown_value(self.options.unit, value);
            }
        });
        for (unit, value) in units.iter().enumerate() {
            let before = if unit == 0 { '\n' } else { ' ' };
            write!(f, "{before}{value}")?;
        }
        Ok(())
    }
}

fn shown_value(unit: Unit, bytes: &[u8]) -> String {
    fn number<T: UnitValue>(bytes: &[u8]) -> String {
        bytemuck::pod_read_unaligned::<T>(bytes).to_string()
    }
    match unit {
        Unit::Char => character(bytes).to_string(),
        Unit::U8 => number::<u8>(bytes),
        Unit::I8 => number::<i8>(bytes),
        Unit::U16 => number::<u16>(bytes),
        Unit::I16 => number::<i16>(bytes),
        Unit::U32 => number::<u32>(bytes),
        Unit::I32 => number::<i32>(bytes),
        Unit::U64 => number::<u64>(bytes),
        Unit::I64 => number::<i64>(bytes),
        Unit::F32 => number::<f32>(bytes),
        Unit::F64 => number::<f64>(bytes),
    }
}
