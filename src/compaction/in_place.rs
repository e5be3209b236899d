//! Packing all blocks from unit 0 on in the order in which they were allocated, in place.
//!
//! What always holds: the units below the current block have their final content; the list by address
//! holds every other piece of a block. Afterwards aligned blocks, and those that come after them, are
//! lifted to where they belong.
//!
//! Blocks are finished one after the other. The final range of a block is first filled with its
//! own units, whatever their order, by exchanging each foreign piece in the range for a piece of
//! the block from above the range; then its pieces are sorted by rotations. Both work on whole
//! pieces: there is no second buffer, and no memory per unit.
//!
//! Cost, with E extents, B blocks and N units in blocks: O(E + B) to set up, in time and in memory.
//! Exchanges move at most 2 N units; sorting a block of n units in k pieces by divide and conquer moves
//! O(n log^2 k). The rotations are the classic stable partition of Stepanov (see *From Mathematics to
//! Generic Programming*, 2014), here with pieces for elements.

use super::DefragmentReport;
use crate::buffer::Buffer;
use crate::extent_table::{self, ExtentTable};
use crate::fallible::{NoMemory, room_for};
use crate::{Extent, Step};
use std::ops::Range;

const NO_PIECE: u32 = u32::MAX;

/// Units of one block that lie together.
#[derive(Clone, Copy, Debug)]
struct Piece {
    lowest: u32,
    length: u32,
    /// With [`Step::Down`] the lowest unit is the last in block order.
    step: Step,
    /// Place in the block of the piece's first unit in block order.
    offset: u32,
    block: u32,
    /// Another piece of the block.
    sibling: u32,
    below: u32,
    above: u32,
}

/// Where a block is to lie.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target {
    /// The place of the block's first extent in the table.
    pub first: u32,
    pub start: u32,
    pub size: u32,
}

/// Moves the data of all blocks, given in allocation order, so that each lies at its target in one
/// ascending extent. The targets follow each other from unit 0, with no more units between them than
/// alignments ask for. The table does not change. On error nothing has moved.
#[inline(never)]
pub(crate) fn pack(
    blocks: &[Target],
    table: &ExtentTable,
    buffer: &mut Buffer,
) -> Result<DefragmentReport, NoMemory> {
    let (mut packing, report) = Packing::new(blocks, table, buffer)?;
    let mut end = 0;
    for block in 0..blocks.len() {
        end += packing.place(block as u32, end);
    }
    lift(blocks, end, buffer);
    Ok(report)
}

/// Moves packed blocks up to their targets. The last comes first, so that nothing lies where the others go.
fn lift(blocks: &[Target], end: u32, buffer: &mut Buffer) {
    let mut end = end;
    for &Target { start, size, .. } in blocks.iter().rev() {
        end -= size;
        if start == end {
            return; // Those below it lie right, too.
        }
        buffer.relocate(end, start, size, Step::Up);
    }
}

struct Packing<'a> {
    buffer: &'a mut Buffer,
    pieces: Vec<Piece>,
    /// First piece of each block.
    blocks: Vec<u32>,
    /// The two ends of the list by address.
    lowest: u32,
    highest: u32,
    spare: u32,
    /// The pieces of the current block that lie above its range.
    outside: Vec<u32>,
    /// The pieces of the current block, by address.
    inside: Vec<Run>,
}

/// Ascending units of the current block.
#[derive(Clone, Copy, Debug)]
struct Run {
    offset: u32,
    length: u32,
}

impl<'a> Packing<'a> {
    fn new(
        blocks: &[Target],
        table: &ExtentTable,
        buffer: &'a mut Buffer,
    ) -> Result<(Self, DefragmentReport), NoMemory> {
        let mut packing = Packing {
            buffer,
            pieces: Vec::new(),
            blocks: Vec::new(),
            lowest: NO_PIECE,
            highest: NO_PIECE,
            spare: NO_PIECE,
            outside: Vec::new(),
            inside: Vec::new(),
        };
        let mut report = DefragmentReport { done: true, ..DefragmentReport::default() };
        let mut places = room_for(table.places())?;
        places.resize(table.places(), NO_PIECE);
        packing.blocks = room_for(blocks.len())?;
        for block in blocks {
            packing.add_block(block, table, &mut places, &mut report)?;
        }
        packing.reserve()?;
        for (place, _) in table.iter().filter(|(_, entry)| !entry.is_free()) {
            packing.insert_below(NO_PIECE, places[place as usize]);
        }
        Ok((packing, report))
    }

    /// Adds the pieces of a block, and notes in `places` which piece stands for which extent of the
    /// table.
    fn add_block(
        &mut self,
        &Target { first, start, .. }: &Target,
        table: &ExtentTable,
        places: &mut [u32],
        report: &mut DefragmentReport,
    ) -> Result<(), NoMemory> {
        let block = self.blocks.len() as u32;
        let (mut offset, mut sibling, mut place) = (0, NO_PIECE, first);
        while place != extent_table::NONE {
            let entry = table.get(place);
            let moved = units_moved(&entry.extent(), start + offset);
            report.units_moved += moved;
            report.moves += u32::from(moved > 0);
            self.pieces.try_reserve(1)?;
            self.pieces.push(Piece {
                lowest: entry.lowest,
                length: entry.length,
                step: entry.step(),
                offset,
                block,
                sibling,
                below: NO_PIECE,
                above: NO_PIECE,
            });
            sibling = (self.pieces.len() - 1) as u32;
            places[place as usize] = sibling;
            offset += entry.length;
            place = entry.next;
        }
        self.blocks.push(sibling);
        Ok(())
    }

    /// Reserves room for every piece that can be cut off. While a block is placed, each exchange cuts
    /// at most one piece, foreign or the block's own, and at most two are cut at the end of its range.
    /// Afterwards the block's own pieces are spare.
    fn reserve(&mut self) -> Result<(), NoMemory> {
        let peak = 2 * (self.pieces.len() + self.blocks.len()) + 4;
        let room = self.pieces.try_reserve_exact(peak - self.pieces.len());
        room?;
        self.outside = room_for(peak)?;
        self.inside = room_for(peak)?;
        Ok(())
    }

    /// Finishes one block; returns its size.
    fn place(&mut self, block: u32, start: u32) -> u32 {
        let size = self.gather(block);
        let end = start + size;
        if !self.slide(start, size) {
            self.set_outside(end);
            self.fill(block, start, end);
            self.sort(block, start);
        }
        self.release(block);
        size
    }

    /// Lists the pieces of the block in `outside`; returns their units.
    fn gather(&mut self, block: u32) -> u32 {
        self.outside.clear();
        let mut size = 0;
        let mut piece = self.blocks[block as usize];
        while piece != NO_PIECE {
            self.outside.push(piece);
            size += self.pieces[piece as usize].length;
            piece = self.pieces[piece as usize].sibling;
        }
        size
    }

    /// The common case: the block lies in one piece and nothing lies between it and its place.
    fn slide(&mut self, start: u32, size: u32) -> bool {
        let piece = self.outside[0];
        let Piece { lowest, step, .. } = self.pieces[piece as usize];
        let alone = self.outside.len() == 1 && self.lowest == piece;
        if alone && (lowest != start || step == Step::Down) {
            self.buffer.relocate(lowest, start, size, step);
        }
        alone
    }

    /// Reduces `outside` to what lies at or above `end`, cutting a piece that crosses it.
    fn set_outside(&mut self, end: u32) {
        for place in (0..self.outside.len()).rev() {
            let piece = self.outside[place];
            let Piece { lowest, length, .. } = self.pieces[piece as usize];
            if lowest + length <= end {
                self.outside.swap_remove(place);
            } else if lowest < end {
                self.outside[place] = self.cut(piece, end - lowest);
            }
        }
    }

    /// Brings all pieces of the block into its range.
    fn fill(&mut self, block: u32, start: u32, end: u32) {
        let mut at = start;
        let mut piece = self.lowest;
        while let Some(&own) = self.outside.last() {
            debug_assert!(at < end, "a block is as large as its range");
            piece = match self.pieces.get(piece as usize) {
                Some(here) if here.lowest == at && here.block == block => piece,
                Some(here) if here.lowest == at => self.exchange(piece, own),
                here => {
                    let free_until = here.map_or(end, |here| here.lowest.min(end));
                    self.move_down(own, at, free_until - at, piece)
                }
            };
            at += self.pieces[piece as usize].length;
            piece = self.pieces[piece as usize].above;
        }
    }

    /// Exchanges as much as possible of a foreign piece in the range for the block's piece `own` above
    /// the range, which has no more units than the range; returns the piece now in the range.
    fn exchange(&mut self, foreign: u32, own: u32) -> u32 {
        let Piece { lowest, length, .. } = self.pieces[foreign as usize];
        let length = length.min(self.pieces[own as usize].length);
        self.cut(foreign, length);
        self.take_outside(length);
        let source = self.pieces[own as usize].lowest;
        self.buffer.swap(lowest, source, length);
        let above_own = self.pieces[own as usize].above;
        self.unlink(own);
        self.insert_below(foreign, own);
        self.unlink(foreign);
        self.insert_below(above_own, foreign);
        self.pieces[own as usize].lowest = lowest;
        self.pieces[foreign as usize].lowest = source;
        own
    }

    /// Moves as much as possible of the block's piece `own` down to free units of the range,
    /// which end below `above`; returns the piece now in the range.
    fn move_down(&mut self, own: u32, to: u32, free: u32, above: u32) -> u32 {
        let length = free.min(self.pieces[own as usize].length);
        self.take_outside(length);
        let Piece { lowest: from, above: above_own, .. } = self.pieces[own as usize];
        self.buffer.relocate(from, to, length, Step::Up);
        self.unlink(own);
        self.insert_below(if above == own { above_own } else { above }, own);
        self.pieces[own as usize].lowest = to;
        own
    }

    /// Replaces the last piece of `outside` by what remains of it without its lowest units.
    fn take_outside(&mut self, length: u32) {
        if let Some(own) = self.outside.pop() {
            let rest = self.cut(own, length);
            if rest != own {
                self.outside.push(rest);
            }
        }
    }

    /// Puts the units of the range, which are all the block's own now, into block order.
    fn sort(&mut self, block: u32, start: u32) {
        self.inside.clear();
        let mut at = start;
        let mut piece = self.lowest;
        while let Some(&here) = self.pieces.get(piece as usize)
            && here.block == block
        {
            if here.step == Step::Down {
                self.buffer.reverse(at, here.length);
            }
            let Piece { offset, length, .. } = here;
            match self.inside.last_mut() {
                Some(run) if run.offset + run.length == offset => run.length += length,
                _ => self.inside.push(Run { offset, length }),
            }
            at += length;
            piece = here.above;
        }
        sort_runs(&mut self.inside, start, 0..at - start, self.buffer);
    }

    /// Takes the pieces of a finished block out of the list.
    fn release(&mut self, block: u32) {
        let mut piece = self.blocks[block as usize];
        while piece != NO_PIECE {
            let next = self.pieces[piece as usize].sibling;
            self.unlink(piece);
            self.pieces[piece as usize].sibling = self.spare;
            self.spare = piece;
            piece = next;
        }
    }

    /// Cuts a piece after its lowest `length` units; returns the part above the cut, or the piece
    /// itself if there is none.
    fn cut(&mut self, piece: u32, length: u32) -> u32 {
        let low = &mut self.pieces[piece as usize];
        let rest = low.length - length;
        if rest == 0 {
            return piece;
        }
        let mut high = *low;
        high.lowest += length;
        high.length = rest;
        low.length = length;
        match low.step {
            Step::Up => high.offset += length,
            Step::Down => low.offset += rest,
        }
        let (above, block) = (low.above, low.block as usize);
        high.sibling = self.blocks[block];
        let new = self.store(high);
        self.blocks[block] = new;
        self.insert_below(above, new);
        new
    }

    fn store(&mut self, piece: Piece) -> u32 {
        if self.spare == NO_PIECE {
            debug_assert!(self.pieces.len() < self.pieces.capacity(), "reserved");
            self.pieces.push(piece);
            return (self.pieces.len() - 1) as u32;
        }
        let place = self.spare;
        self.spare = self.pieces[place as usize].sibling;
        self.pieces[place as usize] = piece;
        place
    }

    fn unlink(&mut self, piece: u32) {
        let Piece { below, above, .. } = self.pieces[piece as usize];
        *self.above_of(below) = above;
        *self.below_of(above) = below;
    }

    /// Links `piece` just below `above`, or as the highest.
    fn insert_below(&mut self, above: u32, piece: u32) {
        let below = *self.below_of(above);
        *self.above_of(below) = piece;
        *self.below_of(above) = piece;
        *self.above_of(piece) = above;
        *self.below_of(piece) = below;
    }

    /// The link to the piece above; for [`NO_PIECE`], to the lowest piece.
    fn above_of(&mut self, piece: u32) -> &mut u32 {
        match self.pieces.get_mut(piece as usize) {
            Some(piece) => &mut piece.above,
            None => &mut self.lowest,
        }
    }

    /// The link to the piece below; for [`NO_PIECE`], to the highest piece.
    fn below_of(&mut self, piece: u32) -> &mut u32 {
        match self.pieces.get_mut(piece as usize) {
            Some(piece) => &mut piece.below,
            None => &mut self.highest,
        }
    }
}

/// How many units of an extent get a new address when its first unit goes to `target` and the others
/// follow upwards. One unit of a descending extent may stay.
fn units_moved(extent: &Extent, target: u32) -> u32 {
    match extent.step {
        Step::Up if extent.start == target => 0,
        Step::Up => extent.length,
        Step::Down => {
            let apart = extent.start.checked_sub(target);
            let one_stays = apart.is_some_and(|n| n % 2 == 0 && n / 2 < extent.length);
            extent.length - u32::from(one_stays)
        }
    }
}

fn units(runs: &[Run]) -> u32 {
    runs.iter().map(|run| run.length).sum()
}

/// Sorts runs that lie one after the other from `start` and have their offsets in `offsets`.
fn sort_runs(runs: &mut [Run], start: u32, offsets: Range<u32>, buffer: &mut Buffer) {
    if runs.len() < 2 {
        return;
    }
    let middle = offsets.start + (offsets.end - offsets.start) / 2;
    let split = partition(runs, start, middle, buffer);
    let (low, high) = runs.split_at_mut(split);
    sort_runs(low, start, offsets.start..middle, buffer);
    sort_runs(high, start + units(low), middle..offsets.end, buffer);
}

/// Brings the runs with offsets below `middle` before the others, keeping the order of both; returns
/// how many such runs there are.
fn partition(runs: &mut [Run], start: u32, middle: u32, buffer: &mut Buffer) -> usize {
    if let [run] = runs {
        return usize::from(run.offset < middle);
    }
    let half = runs.len() / 2;
    let (left, right) = runs.split_at_mut(half);
    let low_left = partition(left, start, middle, buffer);
    let low_right = partition(right, start + units(left), middle, buffer);
    let (high, low) = (units(&left[low_left..]), units(&right[..low_right]));
    if high > 0 && low > 0 {
        buffer.rotate(start + units(&left[..low_left]), high, low);
        runs[low_left..half + low_right].rotate_left(half - low_left);
    }
    low_left + low_right
}
