//! Bytes that JavaScript gives.

use crate::fallible::{NoMemory, room_for};
use js_sys::Uint8Array;

/// A copy of them in the module's memory.
pub(crate) fn copied(bytes: &Uint8Array) -> Result<Vec<u8>, NoMemory> {
    let length = bytes.length() as usize;
    let mut copy = room_for(length)?;
    copy.resize(length, 0);
    bytes.copy_to(&mut copy);
    Ok(copy)
}
