//! Block IDs.

/// Identifies a block for as long as it lives, wherever it is moved.
///
/// IDs start at 1, ascend, are never handed out twice by one manager, and stay within the integers
/// that a JavaScript number holds exactly. After about 2^53 of them the manager allocates no more.
///
/// A [`SharedManager`](crate::SharedManager) never hands out an ID twice either, but its IDs do not
/// start at 1, nor do they ascend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[must_use = "the block stays until its ID is given to `free`"]
pub struct BlockId(u64);

impl BlockId {
    /// The greatest ID: 2^53 - 1.
    pub const MAX: Self = Self((1 << 53) - 1);

    /// The ID with this number. Only a manager can tell whether a block has it.
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number of the ID.
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl std::fmt::Display for BlockId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}
