//! Refusals on their way to JavaScript: the one place that maps them.
//!
//! What always holds: a refusal can be made without memory. Its message then says so, and its code is as ever.

use crate::Error;
use crate::error::{Must, NoBlock, not_a_power, not_whole};
use crate::fallible::{self, NoMemory};
use serde::Serialize;
use std::borrow::Cow;
use std::fmt;

/// A number as JavaScript writes it, without the code that formats numbers in Rust.
fn shown(number: f64) -> String {
    js_sys::Number::from(number).to_string_with_radix(10).unwrap_or_default().into()
}

/// A message or, where there is no memory for it, one that says so.
fn said(message: fmt::Arguments<'_>) -> Cow<'static, str> {
    let unsaid = "there is no memory left to say more than the code of this error does";
    fallible::text(message).map_or(unsaid.into(), Cow::from)
}

/// A refusal as JavaScript is told it: `name` says which class of error to throw.
#[derive(Debug, Default)]
pub(crate) struct Refusal {
    name: &'static str,
    code: &'static str,
    message: Cow<'static, str>,
    requested: Option<f64>,
    free_units: Option<u32>,
    largest_free_extent: Option<u32>,
    id: Option<f64>,
    line: Option<usize>,
}

impl Refusal {
    /// Its fields in their order; see [`super::shapes`].
    pub fn shape(&self) -> impl Serialize + use<'_> {
        let Self { name, code, message, requested, free_units, largest_free_extent, id, line } =
            self;
        (name, code, message, requested, free_units, largest_free_extent, id, line)
    }

    /// A value of the wrong kind.
    pub fn invalid_argument(message: impl Into<Cow<'static, str>>) -> Self {
        let message = message.into();
        Self { name: "TypeError", code: "ERR_INVALID_ARGUMENT", message, ..Self::default() }
    }

    /// A text that is not a trace: `line` is the first bad one.
    #[cfg(feature = "trace")]
    pub fn invalid_trace(message: impl Into<Cow<'static, str>>, line: Option<usize>) -> Self {
        let message = message.into();
        Self { name: "MemoryError", code: "ERR_TRACE", message, line, ..Self::default() }
    }

    /// An offset that is not a whole number.
    pub fn invalid_offset(offset: f64) -> Self {
        let expected = "a whole number from 0 to 4294967295";
        Self::invalid_argument(said(format_args!(
            "{}",
            Must("the offset", expected, &shown(offset))
        )))
    }

    /// A capacity that is not a whole number of units.
    pub fn invalid_capacity(capacity: f64) -> Self {
        Self::out_of_range(
            "ERR_INVALID_CAPACITY",
            not_whole("the capacity", &shown(capacity)),
            capacity,
        )
    }

    /// A size that is not a whole number of units.
    pub fn invalid_size(size: f64) -> Self {
        Self::out_of_range("ERR_INVALID_SIZE", not_whole("the size", &shown(size)), size)
    }

    /// An alignment that is not a power of two.
    pub fn invalid_alignment(align: f64) -> Self {
        Self::out_of_range("ERR_INVALID_ALIGNMENT", not_a_power(&shown(align)), align)
    }

    fn out_of_range(code: &'static str, what: Must<'_>, found: f64) -> Self {
        let message = said(format_args!("{what}"));
        Self { name: "RangeError", code, message, requested: Some(found), ..Self::default() }
    }

    /// A manager to which nobody is attached any more.
    #[cfg(target_feature = "atomics")]
    pub fn disposed() -> Self {
        let message =
            "everyone who was attached to this manager has disposed of it: make a new one";
        Self {
            name: "MemoryError",
            code: "ERR_DISPOSED",
            message: message.into(),
            ..Self::default()
        }
    }

    /// A number that no block has ever had as its ID.
    #[cold]
    #[inline(never)]
    pub fn unknown_block(id: f64) -> Self {
        let message = said(format_args!("{}", NoBlock(&shown(id))));
        let code = "ERR_UNKNOWN_BLOCK";
        Self { name: "MemoryError", code, message, id: Some(id), ..Self::default() }
    }
}

/// The save of a manager of the other kind: here it is another entry's.
const OTHER_SAVE: &str = match cfg!(target_feature = "atomics") {
    true => {
        "this is a save of MemoryManager of twingate-memory: load it with MemoryManager.load of that entry, \
         not with SharedMemoryManager.load"
    }
    false => {
        "this is a save of SharedMemoryManager of twingate-memory/threads: load it with \
         SharedMemoryManager.load, not with MemoryManager.load"
    }
};

impl From<NoMemory> for Refusal {
    fn from(_: NoMemory) -> Self {
        Error::Metadata.into()
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        (&error).into()
    }
}

impl From<&Error> for Refusal {
    #[cold]
    #[inline(never)]
    fn from(error: &Error) -> Self {
        let mut refusal = Self {
            name: "MemoryError",
            code: error.code(),
            message: said(format_args!("{error}")),
            id: error.clone().block_mut().map(|id| id.get() as f64),
            ..Self::default()
        };
        match *error {
            Error::OutOfMemory { requested, free_units, largest_free_extent }
            | Error::Fragmented { requested, free_units, largest_free_extent, .. }
            | Error::NoUnitsToGrow { requested, free_units, largest_free_extent, .. }
            | Error::CannotGrow { requested, free_units, largest_free_extent, .. } => {
                refusal.requested = Some(requested.into());
                refusal.free_units = Some(free_units);
                refusal.largest_free_extent = Some(largest_free_extent);
            }
            Error::OutOfBounds { given: count, .. } | Error::PastEnd { count, .. } => {
                refusal.requested = Some(count as f64);
            }
            Error::InvalidCapacity { capacity: found }
            | Error::NoBuffer { capacity: found, .. }
            | Error::InvalidSize { size: found }
            | Error::InvalidAlignment { align: found } => {
                refusal.name = "RangeError";
                refusal.requested = Some(found.into());
            }
            Error::OtherSave { .. } => refusal.message = OTHER_SAVE.into(),
            // Kinds are checked where values are JavaScript's.
            Error::UnitMismatch { .. } => refusal.name = "TypeError",
            Error::WorkerLost => refusal.name = "Error",
            #[cfg(feature = "trace")]
            Error::NoCapacity => refusal.name = "RangeError",
            Error::UnknownBlock { .. }
            | Error::Scattered { .. }
            | Error::Repeated { .. }
            | Error::Pinned { .. }
            | Error::PinnedElsewhere { .. }
            | Error::NotPinned { .. }
            | Error::Metadata
            | Error::NoStorage
            | Error::CorruptSave { .. }
            | Error::OrderUnsupported
            | Error::AlignmentUnsupported { .. } => {}
        }
        refusal
    }
}
