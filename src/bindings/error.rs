//! Refusals on their way to JavaScript: the one place that maps them.

use crate::Error;
use crate::fallible::{self, NoMemory};
use serde::Serialize;
use std::borrow::Cow;
use std::fmt;

/// A number as JavaScript writes it, without the code that formats numbers in Rust.
fn shown(number: f64) -> String {
    js_sys::Number::from(number).to_string_with_radix(10).unwrap_or_default().into()
}

/// A message; where there is no memory for it, that it is so.
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

    /// A text that is no trace: `line` is the first bad one.
    #[cfg(feature = "trace")]
    pub fn invalid_trace(message: impl Into<Cow<'static, str>>, line: Option<usize>) -> Self {
        let message = message.into();
        Self { name: "MemoryError", code: "ERR_TRACE", message, line, ..Self::default() }
    }

    /// An offset that is no whole number.
    pub fn invalid_offset(offset: f64) -> Self {
        let message = said(format_args!(
            "no unit of a block has the offset {}: use a whole number from 0 to 2^32 - 1",
            shown(offset)
        ));
        Self::invalid_argument(message)
    }

    /// A capacity that is no whole number of units, or past all memory.
    pub fn invalid_capacity(capacity: f64) -> Self {
        let message = said(format_args!(
            "a capacity of {} units cannot be had: \
             use a whole number from 1 to {}, no more than memory allows, and, with owned storage, \
             than 2 GiB have",
            shown(capacity),
            u32::MAX
        ));
        let code = "ERR_INVALID_CAPACITY";
        Self { name: "RangeError", code, message, requested: Some(capacity), ..Self::default() }
    }

    /// A size that is no whole number of units.
    pub fn invalid_size(size: f64) -> Self {
        let message = said(format_args!(
            "a block of {} units cannot be had: ask for a whole number from 1 to {}",
            shown(size),
            u32::MAX
        ));
        let code = "ERR_INVALID_SIZE";
        Self { name: "RangeError", code, message, requested: Some(size), ..Self::default() }
    }

    /// An alignment that is no power of two.
    pub fn invalid_alignment(align: f64) -> Self {
        let message = said(format_args!(
            "an alignment of {} units cannot be had: use a power of two",
            shown(align)
        ));
        let code = "ERR_INVALID_ALIGNMENT";
        Self { name: "RangeError", code, message, requested: Some(align), ..Self::default() }
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
        let message = said(format_args!(
            "no block has the ID {}: it was never allocated by this manager, \
             or it was freed already",
            shown(id)
        ));
        let code = "ERR_UNKNOWN_BLOCK";
        Self { name: "MemoryError", code, message, id: Some(id), ..Self::default() }
    }
}

impl From<NoMemory> for Refusal {
    fn from(_: NoMemory) -> Self {
        Error::Metadata.into()
    }
}

impl From<Error> for Refusal {
    #[cold]
    #[inline(never)]
    fn from(error: Error) -> Self {
        let plain = Self {
            name: "MemoryError",
            code: error.code(),
            message: said(format_args!("{error}")),
            ..Self::default()
        };
        match error {
            Error::OutOfMemory { requested, free_units, largest_free_extent }
            | Error::Fragmented { requested, free_units, largest_free_extent } => Self {
                requested: Some(requested.into()),
                free_units: Some(free_units),
                largest_free_extent: Some(largest_free_extent),
                ..plain
            },
            Error::CannotGrow { id, requested, free_units, largest_free_extent } => Self {
                id: Some(id.get() as f64),
                requested: Some(requested.into()),
                free_units: Some(free_units),
                largest_free_extent: Some(largest_free_extent),
                ..plain
            },
            Error::UnknownBlock { id }
            | Error::Scattered { id }
            | Error::Pinned { id }
            | Error::PinnedElsewhere { id }
            | Error::NotPinned { id } => Self { id: Some(id.get() as f64), ..plain },
            Error::OutOfBounds { id, given, .. } => {
                Self { id: Some(id.get() as f64), requested: Some(given as f64), ..plain }
            }
            Error::PastEnd { id, count, .. } => {
                Self { id: Some(id.get() as f64), requested: Some(count as f64), ..plain }
            }
            Error::InvalidCapacity { capacity } => Self::invalid_capacity(capacity.into()),
            Error::InvalidSize { size } => Self::invalid_size(size.into()),
            Error::InvalidAlignment { align } => Self::invalid_alignment(align.into()),
            // Kinds are checked where values are JavaScript's.
            Error::UnitMismatch { .. } => Self { name: "TypeError", ..plain },
            Error::WorkerLost => Self { name: "Error", ..plain },
            #[cfg(feature = "trace")]
            Error::NoCapacity => Self { name: "RangeError", ..plain },
            Error::Metadata
            | Error::NoStorage
            | Error::CorruptSave { .. }
            | Error::OrderUnsupported
            | Error::AlignmentUnsupported { .. } => plain,
        }
    }
}
