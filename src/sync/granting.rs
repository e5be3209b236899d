//! Reserves memory for allocations that must not fail. The reservation itself may fail.
//!
//! What always holds: in the module for several workers, no other worker can take what was reserved.

use crate::fallible::NoMemory;
use std::sync::Arc;

/// As `Arc::new`.
///
/// # Errors
/// [`NoMemory`].
pub(crate) fn shared<T>(value: T) -> Result<Arc<T>, NoMemory> {
    // Besides the value there are two counts.
    grant::<(T, [usize; 2])>()?;
    Ok(Arc::new(value))
}

/// Makes sure that the next allocation of this thread succeeds, if it is no larger than a `T`.
///
/// # Errors
/// [`NoMemory`].
pub(crate) fn grant<T>() -> Result<(), NoMemory> {
    #[cfg(all(feature = "npm", target_feature = "atomics"))]
    return super::heaps::grant(std::alloc::Layout::new::<T>());
    #[cfg(not(all(feature = "npm", target_feature = "atomics")))]
    crate::fallible::probe::<T>()
}
