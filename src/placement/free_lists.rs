//! Lists of free extents, linked through the extent table: one for each size class of `tlsf`, and for each
//! power of two of `buddy`.
//!
//! What always holds: `previous` of an extent is the one before it in its list, and [`NONE`] in the first.

use super::Choice;
use crate::entry::Entry;
use crate::extent_table::{ExtentTable, NONE};

#[derive(Debug)]
pub(crate) struct FreeLists<const LISTS: usize> {
    /// The first extent of each list; the others are linked by `next`.
    heads: [u32; LISTS],
}

impl<const LISTS: usize> Default for FreeLists<LISTS> {
    fn default() -> Self {
        Self { heads: [NONE; LISTS] }
    }
}

impl<const LISTS: usize> FreeLists<LISTS> {
    /// The first extent of a list, or [`NONE`].
    #[inline(always)]
    pub fn first(&self, list: usize) -> u32 {
        self.heads[list]
    }

    #[inline(always)]
    pub fn push(&mut self, table: &mut ExtentTable, list: usize, place: u32) {
        let head = std::mem::replace(&mut self.heads[list], place);
        let entry = table.other_mut(place);
        entry.next = head;
        entry.set_previous(NONE);
        // The sentinel takes what there is no extent for.
        table.other_mut(head).set_previous(place);
    }

    /// Takes an extent out of its list; returns whether the list is empty now.
    #[inline(always)]
    pub fn remove(&mut self, table: &mut ExtentTable, list: usize, place: u32) -> bool {
        let entry = table.other(place);
        let (next, previous) = (entry.next, entry.previous());
        table.other_mut(next).set_previous(previous);
        if previous != NONE {
            table.other_mut(previous).next = next;
            return false;
        }
        self.heads[list] = next;
        next == NONE
    }

    /// The first extent of a list for which `fits` returns a start, among at most `tries`.
    pub fn search(
        &self,
        table: &ExtentTable,
        list: usize,
        tries: usize,
        fits: &mut dyn FnMut(&Entry) -> Option<u32>,
    ) -> Option<Choice> {
        let mut place = self.heads[list];
        for _ in 0..tries {
            let entry = table.get_checked(place)?;
            if let Some(start) = fits(entry) {
                return Some(Choice { place, start });
            }
            place = entry.next;
        }
        None
    }

    /// Visits the extents of all lists, in their order.
    pub fn for_each(&self, table: &ExtentTable, visit: &mut dyn FnMut(u32)) {
        for &head in &self.heads {
            table.for_each_linked(head, visit);
        }
    }
}
