//! The constructor's options, by their names in JavaScript.

use super::error::Refusal;
use crate::{Options, PlacementKind, Unit};

const UNITS: [&str; 11] =
    ["char", "u8", "i8", "u16", "i16", "u32", "i32", "u64", "i64", "f32", "f64"];
const PLACEMENTS: [&str; 9] = [
    "lifo",
    "contiguous-first",
    "address-ordered",
    "first-fit",
    "next-fit",
    "best-fit",
    "worst-fit",
    "buddy",
    "tlsf",
];

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
        let known = PlacementKind::ALL.into_iter().find(|kind| kind.name() == name);
        options.placement = supported("placement", &name, &PLACEMENTS, known)?;
    }
    if let Some(name) = storage {
        let owned = (name == "owned").then_some(());
        supported("storage", &name, &["owned", "external"], owned)?;
    }
    if auto_defragment {
        return Err(Refusal::unsupported("autoDefragment is not supported yet".into()));
    }
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
