//! The manager as WebAssembly exports it. The package's class `MemoryManager` stands above it.

use super::error::Refusal;
use super::options;
use super::shapes::{
    ExplanationShape, ExtentShape, ReportShape, SnapshotShape, StatsShape, object,
};
use crate::{BlockId, MemoryManager, Options};
use js_sys::{Int32Array, Uint8Array, Uint32Array};
use wasm_bindgen::prelude::*;

/// A memory manager over one fixed buffer. Low-level: see the head of `bindings` for how a
/// refusal is told, and the package's `MemoryManager` for the same with exceptions.
#[wasm_bindgen]
pub struct RawManager {
    manager: Option<MemoryManager>,
    refusal: Option<Refusal>,
}

/// A whole number of units, from 1 to 2^32 - 1.
fn units(value: f64) -> Option<u32> {
    let units = value as u32;
    (units > 0 && f64::from(units) == value).then_some(units)
}

#[wasm_bindgen]
impl RawManager {
    /// Makes a manager; an option that is not given has its default. Where it is refused, `takeError` says why and nothing else works.
    #[wasm_bindgen(constructor)]
    pub fn new(
        capacity: f64,
        unit: Option<String>,
        placement: Option<String>,
        storage: Option<String>,
        auto_defragment: bool,
    ) -> RawManager {
        let options = options::read(unit, placement, storage, auto_defragment);
        match options.and_then(|options| make(capacity, options)) {
            Ok(manager) => Self { manager: Some(manager), refusal: None },
            Err(refusal) => Self { manager: None, refusal: Some(refusal) },
        }
    }

    /// The last refusal, as `{ name, code, message, … }`, or `undefined`.
    #[wasm_bindgen(js_name = takeError)]
    pub fn take_error(&mut self) -> JsValue {
        self.refusal.take().map_or(JsValue::UNDEFINED, |refusal| object(&refusal))
    }

    /// Allocates a block and returns its ID; 0 when refused.
    pub fn alloc(&mut self, size: f64) -> f64 {
        self.alloc_aligned(size, 1.0)
    }

    /// Allocates a block whose first unit is a multiple of `align`; 0 when refused.
    #[wasm_bindgen(js_name = allocAligned)]
    pub fn alloc_aligned(&mut self, size: f64, align: f64) -> f64 {
        let id = self.with(|manager| {
            let (size, align) = request(size, align)?;
            Ok(manager.alloc_aligned(size, align)?)
        });
        id.map_or(0.0, |id| id.get() as f64)
    }

    /// Where a request would go and why, or why it cannot be served; `undefined` when refused.
    pub fn explain(&mut self, size: f64, align: f64) -> JsValue {
        let explanation = self.with(|manager| {
            let (size, align) = request(size, align)?;
            Ok(manager.explain(size, align)?)
        });
        explanation.map_or(JsValue::UNDEFINED, |it| object(&ExplanationShape::from(it)))
    }

    /// Frees a block; false when refused. (`free` is wasm-bindgen's name for the destructor.)
    pub fn release(&mut self, id: f64) -> bool {
        self.with_block(id, |manager, id| Ok(manager.free(id)?)).is_some()
    }

    /// Frees every block.
    pub fn clear(&mut self) {
        self.with(|manager| {
            manager.clear();
            Ok(())
        });
    }

    /// Whether a live block has this ID.
    pub fn has(&self, id: f64) -> bool {
        let block = block_id(id);
        self.manager.as_ref().zip(block).is_some_and(|(manager, id)| manager.has(id))
    }

    /// Units of a block; -1 when refused.
    pub fn size(&mut self, id: f64) -> f64 {
        self.with_block(id, |manager, id| Ok(manager.size(id)?)).map_or(-1.0, f64::from)
    }

    /// Units last written to a block; -1 when refused.
    pub fn length(&mut self, id: f64) -> f64 {
        self.with_block(id, |manager, id| Ok(manager.length(id)?)).map_or(-1.0, f64::from)
    }

    /// Overwrites a block with the code points; false when refused.
    pub fn write(&mut self, id: f64, code_points: &Uint32Array) -> bool {
        let count = code_points.length() as usize;
        let written = self.with_block(id, |manager, id| {
            Ok(manager.write_with(id, count, |offset, bytes| {
                let first = offset as u32;
                let part = code_points.subarray(first, first + bytes.len() as u32 / 4);
                as_bytes(&part).copy_to(bytes);
            })?)
        });
        written.is_some()
    }

    /// Copies what was last written to a block into `target`, which is as long as `length` says;
    /// false when refused.
    pub fn read(&mut self, id: f64, target: &Uint32Array) -> bool {
        let read = self.with_block(id, |manager, id| {
            Ok(manager.read_with(id, |offset, bytes| {
                let first = offset as u32;
                let part = target.subarray(first, first + bytes.len() as u32 / 4);
                as_bytes(&part).copy_from(bytes);
            })?)
        });
        read.is_some()
    }

    /// First unit of a block that lies in one ascending extent; -1 when refused.
    pub fn address(&mut self, id: f64) -> f64 {
        self.with_block(id, |manager, id| Ok(manager.address(id)?)).map_or(-1.0, f64::from)
    }

    /// The extents of a block as `[{ start, length, step }]`; `undefined` when refused.
    pub fn extents(&mut self, id: f64) -> JsValue {
        let extents = self.with_block(id, |manager, id| {
            Ok(manager.extents(id)?.map(ExtentShape::from).collect::<Vec<_>>())
        });
        extents.map_or(JsValue::UNDEFINED, |extents| object(&extents))
    }

    /// Lays all blocks out from unit 0 in allocation order; `undefined` when refused.
    pub fn defragment(&mut self) -> JsValue {
        let report = self.with(|manager| Ok(manager.defragment()?));
        report.map_or(JsValue::UNDEFINED, |report| object(&ReportShape::from(report)))
    }

    /// Figures about the manager.
    pub fn stats(&mut self) -> JsValue {
        let stats = self.with(|manager| Ok(manager.stats()));
        stats.map_or(JsValue::UNDEFINED, |stats| object(&StatsShape::from(stats)))
    }

    /// Where everything is, without the values in the units.
    pub fn snapshot(&mut self) -> JsValue {
        let snapshot = self.with(|manager| Ok(manager.snapshot()));
        snapshot.map_or(JsValue::UNDEFINED, |snapshot| object(&SnapshotShape::from(snapshot)))
    }

    /// Writes the code point of every unit that holds one to its place in `target`, which is as
    /// long as the capacity; other places stay as they are.
    pub fn contents(&mut self, target: &Int32Array) {
        self.with(|manager| {
            manager.visit_values(|unit, bytes| {
                target.set_index(unit, bytemuck::pod_read_unaligned(bytes));
            });
            Ok(())
        });
    }

    /// Units in the buffer.
    #[wasm_bindgen(getter)]
    pub fn capacity(&self) -> f64 {
        self.manager.as_ref().map_or(0.0, |manager| manager.capacity().into())
    }

    /// Units that blocks have.
    #[wasm_bindgen(getter, js_name = usedUnits)]
    pub fn used_units(&self) -> f64 {
        self.manager.as_ref().map_or(0.0, |manager| manager.used_units().into())
    }

    /// Live blocks.
    #[wasm_bindgen(getter, js_name = blockCount)]
    pub fn block_count(&self) -> f64 {
        self.manager.as_ref().map_or(0.0, |manager| manager.block_count().into())
    }

    /// Who has the memory of the units.
    #[wasm_bindgen(getter)]
    pub fn storage(&self) -> JsValue {
        self.manager.as_ref().map_or("", |manager| manager.options().storage.name()).into()
    }

    /// What a unit holds.
    #[wasm_bindgen(getter)]
    pub fn unit(&self) -> JsValue {
        self.manager.as_ref().map_or("", |manager| manager.options().unit.name()).into()
    }

    /// Which policy chooses units.
    #[wasm_bindgen(getter)]
    pub fn placement(&self) -> JsValue {
        self.manager.as_ref().map_or("", |manager| manager.options().placement.name()).into()
    }
}

impl RawManager {
    fn with<T>(
        &mut self,
        call: impl FnOnce(&mut MemoryManager) -> Result<T, Refusal>,
    ) -> Option<T> {
        let manager = self.manager.as_mut()?;
        call(manager).map_err(|refusal| self.refusal = Some(refusal)).ok()
    }

    fn with_block<T>(
        &mut self,
        id: f64,
        call: impl FnOnce(&mut MemoryManager, BlockId) -> Result<T, Refusal>,
    ) -> Option<T> {
        self.with(|manager| match block_id(id) {
            Some(block) => call(manager, block),
            None => Err(Refusal::unknown_block(id)),
        })
    }
}

/// The size and the alignment of a request.
fn request(size: f64, align: f64) -> Result<(u32, u32), Refusal> {
    let size = units(size).ok_or_else(|| Refusal::invalid_size(size))?;
    let align = units(align).ok_or_else(|| Refusal::invalid_alignment(align))?;
    Ok((size, align))
}

fn make(capacity: f64, options: Options) -> Result<MemoryManager, Refusal> {
    let units = units(capacity).ok_or_else(|| Refusal::invalid_capacity(capacity))?;
    Ok(MemoryManager::with_options(units, options)?)
}

fn block_id(number: f64) -> Option<BlockId> {
    let id = number as u64;
    (id as f64 == number && id <= BlockId::MAX.get()).then(|| BlockId::new(id))
}

fn as_bytes(array: &Uint32Array) -> Uint8Array {
    Uint8Array::new_with_byte_offset_and_length(
        &array.buffer(),
        array.byte_offset(),
        array.byte_length(),
    )
}
