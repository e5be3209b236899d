//! The constructor's options, by their names in JavaScript.

use super::error::Refusal;
use crate::{Options, Order, PlacementKind, Storage, Unit};

const UNITS: [&str; 11] =
    ["char", "u8", "i8", "u16", "i16", "u32", "i32", "u64", "i64", "f32", "f64"];
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
        options.unit = supported("unit", &name, &UNITS, known)?;
    }
    if let Some(name) = placement {
        let names = PlacementKind::ALL.map(PlacementKind::name);
        let known = PlacementKind::ALL.into_iter().find(|kind| kind.name() == name);
        options.placement = supported("placement", &name, &names, known)?;
    }
    if let Some(name) = storage {
        let names = Storage::ALL.map(Storage::name);
        let known = Storage::ALL.into_iter().find(|storage| storage.name() == name);
        options.storage = supported("storage", &name, &names, known)?;
    }
    options.auto_defragment = auto_defragment;
    Ok(options)
}

fn supported<T>(option: &str, name: &str, names: &[&str], value: Option<T>) -> Result<T, Refusal> {
    let known = names.contains(&name);
    value.ok_or_else(|| match known {
        true => Refusal::unsupported(format!("the {option} \"{name}\" is not supported yet")),
        false => Refusal::invalid_argument(format!(
            "there is no {option} \"{name}\": use one of {}",
            names.join(", ")
        )),
    })
}

/// The order with this name.
pub(crate) fn order(name: Option<String>) -> Result<Option<Order>, Refusal> {
    let Some(name) = name else { return Ok(None) };
    let known = Order::ALL.into_iter().find(|order| order.name() == name);
    supported("order", &name, &Order::ALL.map(Order::name), known).map(Some)
}
