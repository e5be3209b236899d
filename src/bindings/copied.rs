//! What JavaScript gives in an array.

use crate::fallible::{NoMemory, room_for};

/// A copy of so many values in the module's memory. Making room for it may end arrays onto that memory: `copy` is
/// not from one of those.
pub(crate) fn copied<T: Clone + Default>(
    length: u32,
    copy: impl FnOnce(&mut [T]),
) -> Result<Vec<T>, NoMemory> {
    let mut values = room_for(length as usize)?;
    values.resize(length as usize, T::default());
    copy(&mut values);
    Ok(values)
}
