//! The cheapest window: where the fewest units need to move to make room for a block.
//!
//! What always holds: nothing moves here.

use crate::entry::Entry;
use crate::extent_table::ExtentTable;

/// The fewest units of blocks that overlap any window of `size` units without a pinned block.
/// Contiguous placements only: a block moves as a whole.
///
/// The best window begins where some block ends, or at unit 0: one that begins elsewhere can slide
/// down without meeting another block. Costs O(extents).
pub(crate) fn cheapest(table: &ExtentTable, size: u32) -> Option<u32> {
    let mut begins = table.iter().map(|(_, entry)| entry).peekable();
    let mut live = 0;
    let mut best = None;
    for (_, last) in table.iter() {
        if last.owner.is_pinned() {
            // The next window begins above it.
            while begins.next().is_some_and(|first| first.lowest != last.lowest) {}
            live = 0;
            continue;
        }
        live += units(last);
        // Drop what lies below the window as long as the window still reaches its size.
        while let Some(first) = begins.peek()
            && last.end() - first.lowest >= size
        {
            best = Some(best.map_or(live, |best: u32| best.min(live)));
            live -= units(first);
            begins.next();
        }
    }
    best
}

fn units(entry: &Entry) -> u32 {
    if entry.is_free() { 0 } else { entry.length }
}
