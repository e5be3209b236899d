//! Values of every unit for the characters that the model knows.
//!
//! What always holds: equal characters have values of equal bytes. Floats among them are whatever
//! the bytes mean, NaN with a payload too.

use bytemuck::{bytes_of, cast_slice, pod_read_unaligned};
use twingate_memory::{BlockId, Error, MemoryManager, Unit, UnitValue};

/// An expression with the number type of a unit; `char` is left to the caller.
macro_rules! with_type {
    ($unit:expr, $type:ident => $expression:expr, $char:expr) => {
        with_type!(@match $unit, $type => $expression, $char,
            U8 u8, I8 i8, U16 u16, I16 i16, U32 u32, I32 i32, U64 u64, I64 i64, F32 f32, F64 f64)
    };
    (@match $unit:expr, $type:ident => $expression:expr, $char:expr, $($kind:ident $number:ty),*) => {
        match $unit {
            Unit::Char => $char,
            $(Unit::$kind => {
                type $type = $number;
                $expression
            })*
            other => panic!("the model does not know the unit {other}"),
        }
    };
}

/// The bytes that a text stands for.
pub fn of(unit: Unit, text: &str) -> Vec<u8> {
    text.chars().flat_map(|character| pattern(character)[..unit.bytes()].to_vec()).collect()
}

fn pattern(character: char) -> [u8; 8] {
    let code = u64::from(u32::from(character));
    // The upper half of a float, so that some are NaN.
    (code | code.wrapping_mul(0x7FF8_0001) << 32).to_ne_bytes()
}

pub fn write(manager: &mut MemoryManager, id: BlockId, text: &str) -> Result<(), Error> {
    let unit = manager.options().unit;
    with_type!(unit, T => manager.write(id, &numbers::<T>(text)), manager.write_text(id, text))
}

fn numbers<T: UnitValue>(text: &str) -> Vec<T> {
    text.chars()
        .map(|character| pod_read_unaligned(&pattern(character)[..size_of::<T>()]))
        .collect()
}

/// What a block holds, as bytes.
pub fn read(manager: &MemoryManager, id: BlockId) -> Vec<u8> {
    with_type!(manager.options().unit, T => cast_slice(&manager.read::<T>(id).unwrap()).to_vec(), {
        let text = manager.read_text(id).unwrap();
        text.chars().flat_map(|character| bytes_of(&u32::from(character)).to_vec()).collect()
    })
}

pub fn write_at(
    manager: &mut MemoryManager,
    id: BlockId,
    offset: u32,
    text: &str,
) -> Result<(), Error> {
    let unit = manager.options().unit;
    let count = text.chars().count();
    let bytes = of(unit, text);
    with_type!(unit, T => manager.write_at(id, offset, &numbers::<T>(text)), {
        manager.write_at_with(id, offset, count, |given, part| {
            part.copy_from_slice(&bytes[given * unit.bytes()..][..part.len()]);
        })
    })
}

/// At most so many units from the offset on, as bytes.
pub fn read_at(
    manager: &MemoryManager,
    id: BlockId,
    offset: u32,
    most: usize,
) -> Result<Vec<u8>, Error> {
    with_type!(manager.options().unit, T => {
        let mut values: Vec<T> = vec![T::default(); most];
        let count = manager.read_at(id, offset, &mut values)?;
        Ok(cast_slice(&values[..count]).to_vec())
    }, {
        let mut bytes = Vec::new();
        manager.read_at_with(id, offset, most, |_, part| bytes.extend_from_slice(part))?;
        Ok(bytes)
    })
}
