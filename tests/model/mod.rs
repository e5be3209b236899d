//! What the manager is compared with, natively and in a browser.

mod original;
mod pair;

pub use pair::{Operation, Pair};
