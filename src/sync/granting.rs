//! Memory for what cannot be refused: it is granted before, which can.
//!
//! What always holds: in the module for several workers no other takes in between what was granted.

use crate::fallible::NoMemory;
use std::sync::Arc;

/// As `Arc::new`.
///
/// # Errors
/// [`NoMemory`].
pub(crate) fn shared<T>(value: T) -> Result<Arc<T>, NoMemory> {
    // Beside the value there are two counts.
    grant::<(T, [usize; 2])>()?;
    Ok(Arc::new(value))
}

/// Makes sure that the next that this thread asks for is had, if it is no more than a `T`.
///
/// # Errors
/// [`NoMemory`].
pub(crate) fn grant<T>() -> Result<(), NoMemory> {
    #[cfg(all(feature = "npm", target_feature = "atomics"))]
    return super::heaps::grant(std::alloc::Layout::new::<T>());
    #[cfg(not(all(feature = "npm", target_feature = "atomics")))]
    crate::fallible::probe::<T>()
}
