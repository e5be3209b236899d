//! What the manager is compared with, natively and in a browser.

mod pair;
mod reference;

pub use pair::{Operation, Pair};
