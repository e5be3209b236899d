//! Kinds that have names: the list of them, what each is called, and the way back from a name.
//!
//! What always holds: the list has each kind exactly once, since the compiler refuses a name for a kind that
//! has one, and a kind without.

/// A text that names none of the kinds that were asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no {kind} \"{name}\": use one of {}", .names.join(", "))]
#[non_exhaustive]
pub struct UnknownName {
    /// What was asked for: "unit", "placement", "order", "storage", "colour" or "trace format".
    pub kind: &'static str,
    /// The name that was given.
    pub name: String,
    /// The names there are.
    pub names: &'static [&'static str],
}

/// Gives an enum its list, in the order given, and its names: `Display` and `FromStr` go by them.
macro_rules! named {
    ($(#[$doc:meta])* $type:ty, $kind:literal: $($variant:ident $name:literal),+ $(,)?) => {
        impl $type {
            $(#[$doc])*
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name, which is also that in the JavaScript interface.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name),+
                }
            }
        }

        /// The [name](Self::name).
        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.name())
            }
        }

        /// From the [name](Self::name).
        impl std::str::FromStr for $type {
            type Err = $crate::UnknownName;

            fn from_str(name: &str) -> Result<Self, Self::Err> {
                let found = Self::ALL.iter().copied().find(|known| known.name() == name);
                found.ok_or_else(|| $crate::UnknownName {
                    kind: $kind,
                    name: name.into(),
                    names: &[$($name),+],
                })
            }
        }
    };
}
pub(crate) use named;

#[cfg(test)]
mod tests {
    use crate::{Order, PlacementKind, Storage, Unit, UnknownName};
    use std::fmt::{Debug, Display};
    use std::str::FromStr;

    fn lead_back<T: FromStr<Err = UnknownName> + Display + Debug + PartialEq + Copy>(all: &[T]) {
        for &kind in all {
            assert_eq!(kind.to_string().parse(), Ok(kind));
        }
    }

    #[test]
    fn names_lead_back_to_their_kinds() {
        lead_back(PlacementKind::ALL);
        lead_back(Unit::ALL);
        lead_back(Order::ALL);
        lead_back(Storage::ALL);
        assert_eq!(format!("{:>6}|{:<6}|", Unit::U8, Order::Any), "    u8|any   |");
    }

    #[test]
    fn an_unknown_name_is_told_the_known_ones() {
        for name in ["Any", "any ", "", "luck"] {
            let unknown = name.parse::<Order>().unwrap_err();
            let message =
                format!("there is no order \"{name}\": use one of allocation, address, any");
            assert_eq!(unknown.to_string(), message);
        }
    }
}
