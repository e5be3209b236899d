//! What a unit holds.
//!
//! Only the buffer and the conversions at its edge depend on this: the bookkeeping counts units,
//! whatever their kind.

use crate::named::named;

/// The kind of value that one unit holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Unit {
    /// One Unicode code point; 4 bytes. The default.
    #[default]
    Char,
    /// Unsigned, 1 byte.
    U8,
    /// Signed, 1 byte.
    I8,
    /// Unsigned, 2 bytes.
    U16,
    /// Signed, 2 bytes.
    I16,
    /// Unsigned, 4 bytes.
    U32,
    /// Signed, 4 bytes.
    I32,
    /// Unsigned, 8 bytes.
    U64,
    /// Signed, 8 bytes.
    I64,
    /// Floating point, 4 bytes.
    F32,
    /// Floating point, 8 bytes.
    F64,
}

named! {
    /// Every kind of unit.
    Unit, "unit":
    Char "char",
    U8 "u8",
    I8 "i8",
    U16 "u16",
    I16 "i16",
    U32 "u32",
    I32 "i32",
    U64 "u64",
    I64 "i64",
    F32 "f32",
    F64 "f64",
}

impl Unit {
    /// Bytes that one unit takes in the buffer.
    pub const fn bytes(self) -> usize {
        match self {
            Self::U8 | Self::I8 => 1,
            Self::U16 | Self::I16 => 2,
            Self::Char | Self::U32 | Self::I32 | Self::F32 => 4,
            Self::U64 | Self::I64 | Self::F64 => 8,
        }
    }
}

/// A Rust number type that a unit can hold. Text has methods of its own.
///
/// No other type can implement it:
///
/// ```compile_fail,E0277
/// # use std::fmt;
/// use twingate_memory::{Unit, UnitValue};
///
/// #[derive(Clone, Copy)]
/// #[repr(transparent)]
/// struct Rgba([u8; 4]);
/// # unsafe impl bytemuck::Zeroable for Rgba {}
/// # unsafe impl bytemuck::Pod for Rgba {}
/// # impl fmt::Display for Rgba {
/// #     fn fmt(&self, _: &mut fmt::Formatter) -> fmt::Result { Ok(()) }
/// # }
///
/// impl UnitValue for Rgba {
///     const UNIT: Unit = Unit::U8;
/// }
/// ```
pub trait UnitValue: sealed::Sealed + bytemuck::Pod + std::fmt::Display {
    /// The kind of unit.
    const UNIT: Unit;
}

mod sealed {
    pub trait Sealed {}
}

macro_rules! unit_values {
    ($($type:ty: $unit:ident),*) => {$(
        impl sealed::Sealed for $type {}

        impl UnitValue for $type {
            const UNIT: Unit = Unit::$unit;
        }
    )*};
}

unit_values!(
    u8: U8, i8: I8, u16: U16, i16: I16, u32: U32, i32: I32, u64: U64, i64: I64, f32: F32, f64: F64
);
