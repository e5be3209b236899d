//! Lists and texts that cope with running out of memory.
//!
//! What always holds: nothing here ends the program, except [`give_up`]. Callers that collect items
//! need not check each one: failure is reported at the end.

use crate::Error;
use std::alloc::{Layout, handle_alloc_error};
use std::collections::{HashMap, TryReserveError};
use std::fmt;
use std::hash::Hash;
#[cfg(not(all(feature = "npm", target_feature = "atomics")))]
use std::hint::black_box;
use std::ops::Deref;

/// The manager's own records cannot grow: there is no memory for them, or no ID is left. Zero-sized, so
/// that returning it is cheap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NoMemory;

impl From<TryReserveError> for NoMemory {
    fn from(_: TryReserveError) -> Self {
        Self
    }
}

impl From<TryReserveError> for Error {
    fn from(_: TryReserveError) -> Self {
        Self::Metadata
    }
}

impl From<NoMemory> for Error {
    fn from(_: NoMemory) -> Self {
        Self::Metadata
    }
}

/// A list under construction.
#[derive(Debug)]
pub(crate) struct List<T> {
    items: Vec<T>,
    failed: bool,
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self { items: Vec::new(), failed: false }
    }
}

impl<T> List<T> {
    #[inline(always)]
    pub fn push(&mut self, item: T) {
        match self.items.try_reserve(1) {
            Ok(()) => self.items.push(item),
            Err(_) => self.failed = true,
        }
    }

    pub fn last_mut(&mut self) -> Option<&mut T> {
        self.items.last_mut()
    }

    #[cfg(feature = "trace")]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Whether there was memory for every item.
    pub fn is_whole(&self) -> bool {
        !self.failed
    }

    /// # Errors
    /// [`NoMemory`]: there was no memory for an item.
    pub fn finish(self) -> Result<Vec<T>, NoMemory> {
        if self.is_whole() { Ok(self.items) } else { Err(NoMemory) }
    }
}

/// All items as a list.
///
/// # Errors
/// [`NoMemory`].
pub(crate) fn list<T>(items: impl IntoIterator<Item = T>) -> Result<Vec<T>, NoMemory> {
    let mut list = List::default();
    for item in items {
        list.push(item);
        if !list.is_whole() {
            break;
        }
    }
    list.finish()
}

/// An empty list with room for this many items.
///
/// # Errors
/// [`NoMemory`].
pub(crate) fn room_for<T>(count: usize) -> Result<Vec<T>, NoMemory> {
    let mut list = Vec::new();
    list.try_reserve_exact(count)?;
    Ok(list)
}

/// Reserves for inserting one more entry.
///
/// # Errors
/// [`NoMemory`].
pub(crate) fn reserve<K: Eq + Hash, V>(map: &mut HashMap<K, V>) -> Result<(), NoMemory> {
    Ok(map.try_reserve(1)?)
}

/// A box whose allocation can be refused, where that of a `Box` ends the program.
#[derive(Debug)]
pub(crate) struct TryBox<T>(Box<[T; 1]>);

impl<T> TryBox<T> {
    /// # Errors
    /// [`Error::Metadata`], and the errors of `make`.
    #[inline(always)] // A large value is copied less often.
    pub fn of(make: impl FnOnce() -> Result<T, Error>) -> Result<Self, Error> {
        let mut one = room_for(1)?;
        one.push(make()?);
        one.into_boxed_slice().try_into().map(Self).map_err(|_| Error::Metadata)
    }
}

impl<T> Deref for TryBox<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0[0]
    }
}

/// Checks that a `T` can be allocated, by allocating and freeing one. Another thread may take the
/// memory in between.
///
/// # Errors
/// [`NoMemory`].
#[cfg(not(all(feature = "npm", target_feature = "atomics")))]
pub(crate) fn probe<T>() -> Result<(), NoMemory> {
    // Otherwise the compiler may leave the unused allocation out.
    black_box(room_for::<T>(1)?);
    Ok(())
}

/// As `format!`.
///
/// # Errors
/// [`NoMemory`].
pub(crate) fn text(arguments: fmt::Arguments<'_>) -> Result<String, NoMemory> {
    let mut text = Text(String::new());
    fmt::write(&mut text, arguments).map_err(|_| NoMemory)?;
    Ok(text.0)
}

struct Text(String);

impl fmt::Write for Text {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        self.0.try_reserve(part.len()).map_err(|_| fmt::Error)?;
        self.0.push_str(part);
        Ok(())
    }
}

/// Ends the program, as `Vec` does, where a function has to return a list and there is no memory for
/// it.
pub(crate) fn give_up<T>() -> ! {
    handle_alloc_error(Layout::new::<T>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_collected_is_in_the_list() {
        assert_eq!(list(1..5), Ok(vec![1, 2, 3, 4]));
        assert_eq!(text(format_args!("{} of {:?}", 1, "é")), Ok("1 of \"é\"".into()));
    }
}
