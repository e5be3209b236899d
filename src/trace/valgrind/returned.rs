//! What a call returned: the result that valgrind tells of it.

use super::function::Function;
use crate::trace::line::pointer;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Returned {
    /// `0x10`.
    Pointer(u64),
    /// ` = 0`: valgrind itself refused the arguments. Or the call returns nothing.
    Nothing,
}

impl Returned {
    /// Reads a text that is a result and nothing else.
    pub(super) fn alone(text: &[u8]) -> Option<Self> {
        text.strip_prefix(b"= ").and_then(Self::read)
    }

    pub(super) fn read(text: &[u8]) -> Option<Self> {
        match text {
            b"0" => Some(Self::Nothing),
            _ => pointer(text).map(Self::Pointer),
        }
    }

    /// 0 for the null pointer, and for nothing.
    pub(super) fn pointer(self) -> u64 {
        match self {
            Self::Nothing => 0,
            Self::Pointer(pointer) => pointer,
        }
    }

    pub(super) fn may_be_of(self, function: Function) -> bool {
        self != Self::Nothing || function.may_be_refused()
    }
}
