//! A call that was read: which versions tell no result of it, and which other call it
//! leads to.

use std::ops::Range;

use super::call::{Call, Request};
use super::function::Function;
use crate::trace::line::{Expected, Line, Place};

/// A call that was read, and where.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) place: Place,
    pub(super) function: Function,
    pub(super) request: Request,
}

impl Asked {
    pub(super) fn read(line: Line, call: &Call) -> Result<Self, Expected> {
        Ok(Self { place: line.place(), function: call.function, request: call.request()? })
    }

    /// The versions, as the `x` of 3.x, in which such a call has no result:
    /// - `realloc` of a null pointer, or to 0 bytes, leads to another call up to 3.20, and has a result
    ///   of its own in later versions.
    /// - `aligned_alloc` leads to `memalign` in 3.21, has no result in 3.22 and 3.23, and has one since.
    /// - `posix_memalign` has no result from 3.21 to 3.23. Before that, it is written as a `memalign`.
    pub(super) fn versions_without_result(&self) -> Range<u64> {
        match (self.function, self.request) {
            (Function::Realloc, Request::Realloc { old: 0, .. }) => 0..21,
            (Function::Realloc, Request::Realloc { size: Some(0), .. }) => 0..21,
            (Function::AlignedAlloc | Function::PosixMemalign, _) => 21..24,
            _ => 0..0,
        }
    }

    /// Whether the call behind it is the one that it leads to.
    pub(super) fn leads_to(&self, next: &Call) -> bool {
        let (function, request) = match (self.function, self.request) {
            (Function::Realloc, Request::Realloc { old: 0, size }) => {
                (Function::Malloc, Request::Alloc { align: 1, size })
            }
            (Function::Realloc, Request::Realloc { old, .. }) => {
                (Function::Free, Request::Free { old })
            }
            (Function::AlignedAlloc, request) => (Function::Memalign, request),
            _ => return false,
        };
        next.function == function && next.request() == Ok(request)
    }
}
