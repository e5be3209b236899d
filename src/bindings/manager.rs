//! The manager as WebAssembly exports it. The package's class `MemoryManager` stands above it.
//!
//! What always holds: of all refusals that nobody has asked for, the last is handed out. An allocation that
//! is refused empties what [`Kept`] keeps, and waits in `refused` until its error is asked for, if ever: making
//! that takes longer than all the rest. Every other refusal is kept by [`Kept`], and is later then, so
//! `takeError` looks there first.

use super::backing::{self, Manager, Refused};
use super::clock::now;
use super::copied::copied;
use super::error::Refusal;
use super::kept::Kept;
use super::options::{self, units};
use super::shapes::{ExplanationShape, extent_row, figures, snapshot_table, told};
use super::table::table;
use crate::fallible::{self, List};
use crate::manager::Rest;
use crate::{
    BlockId, DefragmentOptions, DefragmentReport, Error, Left, Options, Order, Relocation, Storage,
};
use js_sys::{Float64Array, Function, Uint8Array};
use std::cell::Cell;
use wasm_bindgen::prelude::*;

/// A memory manager over one fixed buffer. Low-level: see the head of `bindings` for how a
/// refusal is told, and the package's `MemoryManager` for the same with exceptions.
#[wasm_bindgen]
pub struct RawManager {
    manager: Kept<Manager>,
    /// The last allocation that was refused; what `manager` keeps was refused later.
    refused: Option<Refused>,
}

/// Bytes that any machine moves in a microsecond.
const BYTES_PER_MICRO: f64 = 1_000.0;

/// The share of a call's time after which it stops. Telling what moved takes up to an eighth.
const IN_MOVING: f64 = 7.0 / 8.0;

/// Units that can surely be moved within the time, at least one if there is any time; NaN without a limit,
/// or if the manager has no data to move.
fn units_in_time(manager: &Manager, micros: f64) -> f64 {
    match manager.options().storage {
        Storage::External => f64::NAN,
        Storage::Owned if micros > 0.0 => {
            (micros * BYTES_PER_MICRO / manager.options().unit.bytes() as f64).max(1.0)
        }
        Storage::Owned => micros,
    }
}

/// A bound, or none for NaN.
fn bound(value: f64) -> Option<u32> {
    (!value.is_nan()).then_some(value as u32)
}

#[wasm_bindgen]
impl RawManager {
    /// Makes a manager; an option that is not given has its default. Where it is refused, `takeError` says
    /// why and nothing else works.
    #[wasm_bindgen(constructor)]
    pub fn new(
        capacity: f64,
        unit: Option<String>,
        placement: Option<String>,
        storage: Option<String>,
        auto_defragment: bool,
    ) -> RawManager {
        let options = options::read(unit, placement, storage, auto_defragment);
        let made = options.and_then(|options| make(capacity, options));
        Self::of(made, || match units(capacity) {
            None => Refusal::invalid_capacity(capacity),
            Some(_) => Error::Metadata.into(),
        })
    }

    /// The manager that was saved as these bytes; as [`Self::new`] where they are refused.
    pub fn load(bytes: &Uint8Array) -> RawManager {
        let copy = copied(bytes.length(), |copy| bytes.copy_to(copy)).map_err(Error::from);
        let loaded = copy.and_then(|copy| backing::load(&copy));
        Self::of(loaded.map_err(Refusal::from), || Error::Metadata.into())
    }

    /// Writes the whole state into the array that `room` returns when it is called with how many bytes that is;
    /// -1 when refused.
    pub fn save(&mut self, room: &Function) -> f64 {
        let saved = self.with(|manager| {
            manager.save_with(|length| {
                let target = room.call1(&JsValue::UNDEFINED, &JsValue::from(length as f64));
                let target = target.map_err(|_| Error::Metadata)?.unchecked_into::<Uint8Array>();
                let mut first = 0;
                Ok(move |part: &[u8]| {
                    let end = first + part.len() as u32;
                    target.subarray(first, end).copy_from(part);
                    first = end;
                })
            })
        });
        saved.map_or(-1.0, |()| 0.0)
    }

    /// The last refusal, as `[name, code, message, …]`, or `undefined`.
    #[wasm_bindgen(js_name = takeError)]
    pub fn take_error(&mut self) -> JsValue {
        if !self.manager.keeps_refusal()
            && let (Some(manager), Some(refused)) = (self.manager.get(), self.refused.take())
        {
            let error = refused.error(manager);
            self.manager.keep(Some(error.into()));
        }
        self.manager.take_error()
    }

    /// Allocates a block and returns its ID; 0 when refused, -1 when refused for want of units. The error
    /// is made only when `takeError` asks for it, before anything else is done: it takes longer than all the
    /// rest.
    pub fn alloc(&mut self, size: f64) -> f64 {
        self.alloc_units(units(size), size)
    }

    /// As [`Self::alloc`], for a size that the engine has as an integer: an allocation would have to wait
    /// while it is converted to a float and back.
    #[wasm_bindgen(js_name = allocSmall)]
    pub fn alloc_small(&mut self, size: i32) -> f64 {
        self.alloc_units(u32::try_from(size).ok().filter(|&units| units > 0), size.into())
    }

    /// As [`Self::alloc`], for a block whose first unit is a multiple of `align`.
    #[wasm_bindgen(js_name = allocAligned)]
    #[inline(never)]
    pub fn alloc_aligned(&mut self, size: f64, align: f64) -> f64 {
        let asked = self.manager.checked(request(size, align));
        let allocated =
            asked.and_then(|(size, align)| self.with(|it| backing::alloc(it, size, align)));
        match allocated {
            Some(Ok(id)) => number(id),
            Some(Err(refused)) => self.refuse(refused),
            None => 0.0,
        }
    }

    /// Where a request would go and why, or why it cannot be served; `undefined` when refused.
    pub fn explain(&mut self, size: f64, align: f64) -> JsValue {
        let asked = self.manager.checked(request(size, align));
        let explanation = asked.and_then(|(size, align)| self.with(|it| it.explain(size, align)));
        explanation.map_or(JsValue::UNDEFINED, |it| told(&ExplanationShape::from(&it)))
    }

    /// Frees a block; false when refused. (`free` is wasm-bindgen's name for the destructor.)
    pub fn release(&mut self, id: f64) -> bool {
        self.release_block(block_id(id), id)
    }

    /// As [`Self::release`], for an ID that the engine has as an integer.
    #[wasm_bindgen(js_name = releaseSmall)]
    pub fn release_small(&mut self, id: i32) -> bool {
        self.release_block(u64::try_from(id).ok().map(BlockId::new), id.into())
    }

    /// Gives a block another size; false when refused.
    pub fn resize(&mut self, id: f64, size: f64) -> bool {
        let asked = self.manager.checked(size_of(size));
        asked.and_then(|size| self.with_block(id, |it, id| it.resize(id, size))).is_some()
    }

    /// Frees every block; false when refused.
    pub fn clear(&mut self) -> bool {
        self.with(backing::clear).is_some()
    }

    /// The IDs of all live blocks in allocation order; `undefined` when refused.
    pub fn ids(&mut self) -> Option<Float64Array> {
        let ids = self.with(|manager| backing::ids(manager))?;
        Some(table(&[], ids.iter().map(|&id| [number(id)])))
    }

    /// Whether a live block has this ID: 1 or 0; -1 when refused.
    pub fn has(&mut self, id: f64) -> i32 {
        let has = self.with(|manager| match block_id(id) {
            Some(id) => backing::has(manager, id),
            None => Ok(false),
        });
        has.map_or(-1, i32::from)
    }

    /// Units of a block; -1 when refused.
    pub fn size(&mut self, id: f64) -> f64 {
        self.with_block(id, |manager, id| manager.size(id)).map_or(-1.0, f64::from)
    }

    /// Units last written to a block; -1 when refused.
    pub fn length(&mut self, id: f64) -> f64 {
        self.with_block(id, |manager, id| manager.length(id)).map_or(-1.0, f64::from)
    }

    /// Whether a block is pinned, 1 or 0; -1 when refused.
    #[wasm_bindgen(js_name = isPinned)]
    pub fn is_pinned(&mut self, id: f64) -> i32 {
        self.with_block(id, |manager, id| manager.is_pinned(id)).map_or(-1, i32::from)
    }

    /// Refuses data of `count` units, which are more than a block has.
    #[wasm_bindgen(js_name = refuseData)]
    pub fn refuse_data(&mut self, id: f64, count: f64) {
        self.with_block(id, |manager, id| -> Result<(), Error> {
            let size = manager.size(id)?;
            Err(Error::OutOfBounds { id, given: count as usize, size })
        });
    }

    /// Makes a part of a block written and returns where it is in the module's memory, counted in
    /// units, for the caller to fill at once; -1 when refused, -2 where the block does not lie in one
    /// ascending extent.
    #[wasm_bindgen(js_name = placeToWrite)]
    pub fn place_to_write(&mut self, id: f64, offset: f64, count: f64) -> f64 {
        let width = self.width() as usize;
        let place = self.with_part(id, offset, count, backing::place_to_write);
        place_of(place, width)
    }

    /// Where a part of a block that was written is in the module's memory, as for `placeToWrite`;
    /// -2 where there is no such block or part, or it does not lie in one ascending extent.
    #[wasm_bindgen(js_name = placeToRead)]
    pub fn place_to_read(&mut self, id: f64, offset: f64, count: f64) -> f64 {
        let width = self.width() as usize;
        let place = self.with_part(id, offset, count, backing::place_to_read);
        place_of(place, width)
    }

    /// Overwrites a part of a block with the bytes of its units, and empties the units past it if it is to be
    /// `all` that the block has; false when refused.
    #[wasm_bindgen(js_name = writeAt)]
    pub fn write_at(&mut self, id: f64, offset: f64, bytes: &Uint8Array, all: bool) -> bool {
        let width = self.width();
        let count = f64::from(bytes.length() / width);
        let rest = if all { Rest::Emptied } else { Rest::Kept };
        let written = self.with_part(id, offset, count, |manager, id, offset, count| {
            manager.write_units(id, offset, count, rest, |given, part| {
                let first = given as u32 * width;
                bytes.subarray(first, first + part.len() as u32).copy_to(part);
            })
        });
        written.is_some()
    }

    /// Copies the bytes of a block's units from `offset` on into `target`, as many as were written
    /// and it has room for; returns how many units or, if `all` are wanted, how many there are; -1 when refused.
    #[wasm_bindgen(js_name = readAt)]
    pub fn read_at(&mut self, id: f64, offset: f64, target: &Uint8Array, all: bool) -> f64 {
        let (width, room) = (self.width(), target.length());
        let most = if all { f64::INFINITY } else { (room / width).into() };
        let read = self.with_part(id, offset, most, |manager, id, offset, most| {
            manager.read_at_with(id, offset, most, |given, part| {
                let first = given as u32 * width;
                let last = room.min(first + part.len() as u32);
                if first < last {
                    target.subarray(first, last).copy_from(&part[..(last - first) as usize]);
                }
            })
        });
        read.map_or(-1.0, |count| count as f64)
    }

    /// Where the extents of a block are in the module's memory, two numbers for each: the first unit,
    /// counted in units, and how many; `undefined` when refused. All of them are written then.
    pub fn views(&mut self, id: f64) -> Option<Float64Array> {
        let width = self.width() as usize;
        let views = self.with_block(id, |manager, id| {
            let mut views = List::default();
            backing::views(manager, id, &mut |bytes| {
                views.push([bytes.as_ptr() as usize / width, bytes.len() / width]);
            })?;
            Ok(views.finish()?)
        })?;
        Some(table(&[], views.iter().map(|view| view.map(|number| number as f64))))
    }

    /// Grows when a block that `views` was called for moved, shrank or was freed.
    #[wasm_bindgen(getter, js_name = viewsEpoch)]
    pub fn views_epoch(&self) -> f64 {
        self.manager.get().map_or(0.0, |manager| backing::views_epoch(manager) as f64)
    }

    /// First unit of a block that lies in one ascending extent; -1 when refused.
    pub fn address(&mut self, id: f64) -> f64 {
        self.with_block(id, |manager, id| manager.address(id)).map_or(-1.0, f64::from)
    }

    /// The extents of a block in block order, three numbers for each: start, length, step; `undefined`
    /// when refused.
    pub fn extents(&mut self, id: f64) -> Option<Float64Array> {
        let extents = self.with_block(id, |manager, id| {
            Ok(fallible::list(manager.extents(id)?.map(|extent| extent_row(&extent)))?)
        })?;
        Some(table(&[], extents.into_iter()))
    }

    /// Works towards an order, given by its place in [`Order::ALL`] or a number past them for the
    /// default, within a budget; a budget that is NaN is none. `undefined` when
    /// refused; else a table of numbers, one for each figure of the report (`done`, `moves`,
    /// `unitsMoved`, and of what was left `pinned`, `tooLarge`, `blocked`), then the relocations.
    pub fn defragment(
        &mut self,
        order: usize,
        max_moves: f64,
        max_units: f64,
        max_micros: f64,
    ) -> Option<Float64Array> {
        let in_time = !max_micros.is_nan();
        let end = if in_time { now() + max_micros * IN_MOVING / 1_000.0 } else { f64::NAN };
        // However short the time is, each call comes a step further.
        let is_first = Cell::new(max_micros > 0.0);
        let out_of_time = || !is_first.take() && now() >= end;
        let report = self.with(|manager| {
            let options = DefragmentOptions {
                order: Order::ALL.get(order).copied(),
                max_moves: bound(max_moves),
                max_units: bound(max_units),
                out_of_time: in_time.then_some(&out_of_time),
                units_in_time: bound(units_in_time(manager, max_micros)),
            };
            manager.defragment_with(&options)
        });
        let DefragmentReport { done, moves, units_moved, left, relocations } = report?;
        let Left { pinned, too_large, blocked } = left;
        let figures = [u32::from(done), moves, units_moved, pinned, too_large, blocked];
        Some(moved(&figures.map(f64::from), &relocations))
    }

    /// What resizing and allocations (with `autoDefragment`) moved in external storage since the
    /// last call: a table of relocations. Handed out once.
    #[wasm_bindgen(js_name = takeRelocations)]
    pub fn take_relocations(&mut self) -> Option<Float64Array> {
        let relocations = self.with(backing::take_relocations)?;
        Some(moved(&[], &relocations))
    }

    /// Pins a block, or lets it be moved again; false when refused.
    #[wasm_bindgen(js_name = setPinned)]
    pub fn set_pinned(&mut self, id: f64, pinned: bool) -> bool {
        let set = self.with_block(id, |manager, id| match pinned {
            true => manager.pin(id),
            false => manager.unpin(id),
        });
        set.is_some()
    }

    /// Figures about the manager.
    pub fn stats(&mut self) -> JsValue {
        let stats = self.with(|manager| backing::stats(manager));
        stats.map_or(JsValue::UNDEFINED, |stats| told(&figures(stats)))
    }

    /// Where everything is, without the values in the units, as [`snapshot_table`]; `undefined` when
    /// refused.
    pub fn snapshot(&mut self) -> Option<Float64Array> {
        let snapshot = self.with(|manager| backing::snapshot(manager))?;
        Some(snapshot_table(&snapshot))
    }

    /// Copies the bytes of every unit that holds a value to its place in `target`, which has room
    /// for all units, and sets its byte in `written` to 1; false when refused.
    pub fn contents(&mut self, target: &Uint8Array, written: &Uint8Array) -> bool {
        let width = self.width();
        let copied = self.with(|manager| {
            backing::visit_values(manager, |lowest, bytes| {
                let (first, units) = (lowest * width, bytes.len() as u32 / width);
                target.subarray(first, first + bytes.len() as u32).copy_from(bytes);
                written.fill(1, lowest, lowest + units);
            })
        });
        copied.is_some()
    }

    /// Units in the buffer.
    #[wasm_bindgen(getter)]
    pub fn capacity(&self) -> f64 {
        self.manager.get().map_or(0.0, |manager| manager.capacity().into())
    }

    /// Units that blocks have; -1 when refused.
    #[wasm_bindgen(getter, js_name = usedUnits)]
    pub fn used_units(&mut self) -> f64 {
        self.with(|manager| backing::used_units(manager)).map_or(-1.0, f64::from)
    }

    /// Live blocks; -1 when refused.
    #[wasm_bindgen(getter, js_name = blockCount)]
    pub fn block_count(&mut self) -> f64 {
        self.with(|manager| backing::block_count(manager)).map_or(-1.0, f64::from)
    }

    /// Who has the memory of the units.
    #[wasm_bindgen(getter)]
    pub fn storage(&self) -> JsValue {
        self.manager.get().map_or("", |manager| manager.options().storage.name()).into()
    }

    /// What a unit holds.
    #[wasm_bindgen(getter)]
    pub fn unit(&self) -> JsValue {
        self.manager.get().map_or("", |manager| manager.options().unit.name()).into()
    }

    /// Which policy chooses units.
    #[wasm_bindgen(getter)]
    pub fn placement(&self) -> JsValue {
        self.manager.get().map_or("", |manager| manager.options().placement.name()).into()
    }

    /// Whether it compacts when that is what a request needs.
    #[wasm_bindgen(getter, js_name = autoDefragment)]
    pub fn auto_defragment(&self) -> bool {
        self.manager.get().is_some_and(|manager| manager.options().auto_defragment)
    }
}

impl RawManager {
    /// What was made, or a refusal, as [`Kept::made`] says.
    pub(super) fn of(made: Result<Manager, Refusal>, refusal: impl FnOnce() -> Refusal) -> Self {
        Self { manager: Kept::made(made, refusal), refused: None }
    }

    pub(super) fn with<T>(
        &mut self,
        call: impl FnOnce(&mut Manager) -> Result<T, Error>,
    ) -> Option<T> {
        self.manager.with(call)
    }

    /// Bytes of a unit.
    fn width(&self) -> u32 {
        self.manager.get().map_or(1, |manager| manager.options().unit.bytes() as u32)
    }

    /// Allocates a block, if the size asked for is a whole number of units. A request that is not served at
    /// once is made again elsewhere, so that nothing here needs memory for a refusal.
    #[inline(always)]
    fn alloc_units(&mut self, units: Option<u32>, asked: f64) -> f64 {
        if let (Some(manager), Some(units)) = (self.manager.get_mut(), units)
            && let Some(id) = backing::alloc_at_once(manager, units)
        {
            return number(id);
        }
        self.alloc_aligned(asked, 1.0)
    }

    /// Frees a block, if the number given may be an ID; as [`Self::alloc_units`].
    #[inline(always)]
    fn release_block(&mut self, id: Option<BlockId>, given: f64) -> bool {
        if let (Some(manager), Some(id)) = (self.manager.get_mut(), id)
            && backing::free_at_once(manager, id)
        {
            return true;
        }
        self.release_or_refuse(given)
    }

    /// Keeps an allocation that was refused; returns the number that says so.
    fn refuse(&mut self, refused: Refused) -> f64 {
        let lacks_units = self.manager.get().is_some_and(|manager| refused.lacks_units(manager));
        self.manager.keep(None);
        self.refused = Some(refused);
        if lacks_units { -1.0 } else { 0.0 }
    }

    #[inline(never)]
    fn release_or_refuse(&mut self, id: f64) -> bool {
        self.with_block(id, |manager, id| manager.free(id)).is_some()
    }

    fn with_part<T>(
        &mut self,
        id: f64,
        offset: f64,
        count: f64,
        call: impl FnOnce(&mut Manager, BlockId, u32, usize) -> Result<T, Error>,
    ) -> Option<T> {
        let first = offset as u32;
        if f64::from(first) != offset {
            return self.manager.checked(Err(Refusal::invalid_offset(offset)));
        }
        self.with_block(id, |manager, id| call(manager, id, first, count as usize))
    }

    fn with_block<T>(
        &mut self,
        id: f64,
        call: impl FnOnce(&mut Manager, BlockId) -> Result<T, Error>,
    ) -> Option<T> {
        match block_id(id) {
            Some(block) => self.with(|manager| call(manager, block)),
            None => self.manager.checked(Err(Refusal::unknown_block(id))),
        }
    }
}

/// A place in memory, counted in units; -1 and -2 as [`RawManager::place_to_write`] says.
fn place_of(place: Option<Option<usize>>, width: usize) -> f64 {
    match place {
        None => -1.0,
        Some(None) => -2.0,
        Some(Some(address)) => (address / width) as f64,
    }
}

/// The memory of the module (`memory` is the name of its export).
#[wasm_bindgen(js_name = moduleMemory)]
pub fn module_memory() -> JsValue {
    wasm_bindgen::memory()
}

/// Figures, then four numbers a relocation: the ID, the lowest unit before and after, and how many
/// units.
fn moved(figures: &[f64], relocations: &[Relocation]) -> Float64Array {
    let row = |&Relocation { id, from, to, length }: &Relocation| {
        [number(id), from.into(), to.into(), length.into()]
    };
    table(figures, relocations.iter().map(row))
}

/// The size and the alignment of a request.
fn request(size: f64, align: f64) -> Result<(u32, u32), Refusal> {
    let size = size_of(size)?;
    let align = units(align).ok_or_else(|| Refusal::invalid_alignment(align))?;
    Ok((size, align))
}

fn size_of(size: f64) -> Result<u32, Refusal> {
    units(size).ok_or_else(|| Refusal::invalid_size(size))
}

fn make(capacity: f64, options: Options) -> Result<Manager, Refusal> {
    let units = units(capacity).ok_or_else(|| Refusal::invalid_capacity(capacity))?;
    Ok(backing::make(units, options)?)
}

#[inline(always)]
fn number(id: BlockId) -> f64 {
    // As a signed number it is converted by one instruction.
    id.get() as i64 as f64
}

#[inline(always)]
fn block_id(number: f64) -> Option<BlockId> {
    let id = number as i64;
    let whole = id as f64 == number && (0..=BlockId::MAX.get() as i64).contains(&id);
    whole.then(|| BlockId::new(id as u64))
}
