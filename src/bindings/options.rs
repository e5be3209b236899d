//! What is asked of the module, from JavaScript's names and numbers.

use super::error::Refusal;
#[cfg(feature = "trace")]
use crate::laboratory::ColourBy;
use crate::{Options, PlacementKind, Storage, Unit};

/// The options by their names; `None` is the default.
pub(crate) fn read(
    unit: Option<String>,
    placement: Option<String>,
    storage: Option<String>,
    auto_defragment: bool,
) -> Result<Options, Refusal> {
    let mut options = Options::default();
    if let Some(name) = unit {
        let known = Unit::ALL.into_iter().find(|unit| unit.name() == name);
        options.unit = known_or("unit", &name, &Unit::ALL.map(Unit::name), known)?;
    }
    if let Some(name) = placement {
        options.placement = self::placement(&name)?;
    }
    if let Some(name) = storage {
        let names = Storage::ALL.map(Storage::name);
        let known = Storage::ALL.into_iter().find(|storage| storage.name() == name);
        options.storage = known_or("storage", &name, &names, known)?;
    }
    options.auto_defragment = auto_defragment;
    Ok(options)
}

fn known_or<T>(option: &str, name: &str, names: &[&str], value: Option<T>) -> Result<T, Refusal> {
    value.ok_or_else(|| {
        let names = names.join(", ");
        Refusal::invalid_argument(format!("there is no {option} \"{name}\": use one of {names}"))
    })
}

/// The placement with this name.
pub(crate) fn placement(name: &str) -> Result<PlacementKind, Refusal> {
    let names = PlacementKind::ALL.map(PlacementKind::name);
    let known = PlacementKind::ALL.into_iter().find(|kind| kind.name() == name);
    known_or("placement", name, &names, known)
}

/// What decides the colour of a block.
#[cfg(feature = "trace")]
pub(crate) fn colour_by(name: &str) -> Result<ColourBy, Refusal> {
    let known = ColourBy::ALL.into_iter().find(|by| by.name() == name);
    known_or("colour", name, &ColourBy::ALL.map(ColourBy::name), known)
}

/// A whole number of units, from 1 to 2^32 - 1. By way of `i64`: processors have an instruction to
/// convert that, and none for unsigned numbers.
#[inline(always)]
pub(crate) fn units(value: f64) -> Option<u32> {
    let units = value as i64;
    (units > 0 && units as f64 == value).then(|| u32::try_from(units).ok()).flatten()
}
