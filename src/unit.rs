//! What a unit holds.
//!
//! Only the buffer and the conversions at its edge look at this: the bookkeeping counts units and
//! never depends on their kind.

/// The kind of value that one unit holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Unit {
    /// One Unicode code point, the original's unit.
    #[default]
    Char,
}

impl Unit {
    /// Every kind of unit.
    pub const ALL: [Self; 1] = [Self::Char];

    /// The name used in the JavaScript interface.
    pub fn name(self) -> &'static str {
        match self {
            Self::Char => "char",
        }
    }

    /// Bytes that one unit takes in the buffer.
    pub fn bytes(self) -> usize {
        match self {
            Self::Char => 4,
        }
    }
}
