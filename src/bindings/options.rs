//! Options and sizes, from JavaScript's names and numbers.

use super::error::Refusal;
use crate::{Options, UnknownName};
use std::str::FromStr;

/// The options by their names; `None` is the default.
pub(crate) fn read(
    unit: Option<String>,
    placement: Option<String>,
    storage: Option<String>,
    auto_defragment: bool,
) -> Result<Options, Refusal> {
    let mut options = Options::default();
    if let Some(name) = unit {
        options.unit = known(&name)?;
    }
    if let Some(name) = placement {
        options.placement = known(&name)?;
    }
    if let Some(name) = storage {
        options.storage = known(&name)?;
    }
    options.auto_defragment = auto_defragment;
    Ok(options)
}

/// The kind with this name.
pub(crate) fn known<T: FromStr<Err = UnknownName>>(name: &str) -> Result<T, Refusal> {
    name.parse().map_err(|unknown: UnknownName| Refusal::invalid_argument(unknown.to_string()))
}

/// A whole number of units, from 1 to 2^32 - 1. By way of `i64`: processors have an instruction to
/// convert that, and none for unsigned numbers.
#[inline(always)]
pub(crate) fn units(value: f64) -> Option<u32> {
    let units = value as i64;
    (units > 0 && units as f64 == value).then(|| u32::try_from(units).ok()).flatten()
}
