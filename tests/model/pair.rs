//! The manager and the model side by side: each operation is applied to both, then the whole
//! state is compared.

use super::reference::{Choice, Reference, Refusal};
use super::values;
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use twingate_memory::{
    BlockId, DefragmentOptions, DefragmentReport, Error, Left, MemoryManager, Options, Order,
    PlacementKind, Relocation, Storage, Unit,
};

/// An operation; blocks are chosen by their place among all ever allocated, freed ones too.
#[derive(Clone, Debug)]
pub enum Operation {
    Alloc(u32, u32),
    Free(usize),
    Write(usize, String),
    WriteAt(usize, u32, String),
    /// Views of all extents, through which every unit gets this value.
    View(usize, char),
    Resize(usize, u32),
    Defragment,
    Step(Step),
    /// The same step until nothing is left to do.
    Steps(Step),
    Pin(usize),
    Unpin(usize),
    Clear,
    /// The loaded manager takes the place of the saved one, which does the same from then on.
    SaveAndLoad,
}

/// A call of `defragment` with an order and perhaps a budget.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    pub order: Order,
    pub max_moves: Option<u32>,
    pub max_units: Option<u32>,
    /// After so many questions for the time it is up.
    pub questions: Option<u32>,
}

impl Step {
    /// Without a budget.
    pub fn to(order: Order) -> Self {
        Self { order, max_moves: None, max_units: None, questions: None }
    }
}

pub struct Pair {
    manager: MemoryManager,
    model: Reference,
    /// All blocks ever: the manager's ID and the model's serial number.
    blocks: Vec<(BlockId, usize)>,
    pinned: BTreeSet<BlockId>,
    /// A copy of the buffer that follows writes and relocations, and looks at nothing else.
    mirror: Vec<char>,
    kind: PlacementKind,
    /// Whether compaction has left something where it was since it last was done.
    left: bool,
    /// Allocations and resizes refused for want of units.
    failures: u64,
    /// Blocks with views, and where their units were then.
    viewed: BTreeMap<BlockId, Vec<usize>>,
    /// Whether there ever were any.
    views: bool,
    views_epoch: u64,
    /// The manager that was saved last, with the same model.
    twin: Option<Box<Pair>>,
}

fn refusal(error: &Error) -> Refusal {
    match error {
        Error::OutOfMemory { .. } | Error::NoUnitsToGrow { .. } => Refusal::OutOfMemory,
        Error::Fragmented { .. } | Error::CannotGrow { .. } => Refusal::Fragmented,
        Error::Pinned { .. } => Refusal::Pinned,
        Error::OutOfBounds { .. } | Error::PastEnd { .. } => Refusal::OutOfBounds,
        _ => Refusal::Value,
    }
}

impl Pair {
    pub fn new(placement: PlacementKind, capacity: u32) -> Self {
        Self::with_options(Options { placement, ..Options::default() }, capacity)
    }

    pub fn with_options(options: Options, capacity: u32) -> Self {
        let placement = options.placement;
        Self {
            manager: MemoryManager::with_options(capacity, options).unwrap(),
            model: Reference::new(placement, capacity as usize),
            blocks: Vec::new(),
            pinned: BTreeSet::new(),
            mirror: vec!['-'; capacity as usize],
            kind: placement,
            left: false,
            failures: 0,
            viewed: BTreeMap::new(),
            views: false,
            views_epoch: 0,
            twin: None,
        }
    }

    /// Forgets the manager that was saved last.
    pub fn forget_saved(&mut self) {
        self.twin = None;
    }

    /// The place of a live block, if there is one.
    pub fn live(&self, number: usize) -> Option<usize> {
        let count = self.model.blocks.len().max(1);
        let serial = *self.model.blocks.keys().nth(number % count)?;
        self.blocks.iter().position(|&(_, its)| its == serial)
    }

    /// The place of the block that was allocated last.
    pub fn newest(&self) -> Option<usize> {
        self.blocks.len().checked_sub(1)
    }

    /// How many units a live block has.
    pub fn size(&self, place: usize) -> Option<usize> {
        Some(self.model.blocks.get(&self.blocks[place].1)?.units.len())
    }

    /// The units of all blocks, and the free ones in the order in which they will be taken.
    pub fn layout_and_free(&mut self) -> (Vec<Vec<usize>>, Vec<usize>) {
        (self.layout().into_iter().map(|(_, units)| units).collect(), self.next_units().0)
    }

    /// Scattered placements never need to.
    fn compacts_on_demand(&self) -> bool {
        self.manager.options().auto_defragment && !self.kind.is_scattered()
    }

    /// With external storage this program is the one that has the data: it writes into the mirror.
    fn is_external(&self) -> bool {
        self.manager.options().storage == Storage::External
    }

    fn chosen(&self, place: usize) -> (BlockId, usize) {
        match self.blocks.len() {
            0 => (BlockId::new(place as u64), usize::MAX),
            count => self.blocks[place % count],
        }
    }

    pub fn apply(&mut self, operation: &Operation) {
        if let Operation::SaveAndLoad = operation {
            return self.save_and_load();
        }
        self.apply_to_one(operation);
        self.compare_views();
        if let Some(twin) = &mut self.twin {
            twin.apply_to_one(operation);
            twin.compare_views();
        }
    }

    fn save_and_load(&mut self) {
        let saved = self.manager.save().unwrap();
        if let Some(twin) = &mut self.twin {
            assert!(twin.manager.save().unwrap() == saved, "the two went apart");
        }
        let mut loaded = MemoryManager::load(&saved).unwrap();
        assert!(loaded.save().unwrap() == saved, "saved, loaded and saved again");
        std::mem::swap(&mut self.manager, &mut loaded);
        self.twin = Some(Box::new(Self {
            manager: loaded,
            model: self.model.clone(),
            blocks: self.blocks.clone(),
            pinned: self.pinned.clone(),
            mirror: self.mirror.clone(),
            viewed: std::mem::take(&mut self.viewed),
            twin: None,
            ..*self
        }));
        self.views_epoch = self.manager.views_epoch();
    }

    fn apply_to_one(&mut self, operation: &Operation) {
        match operation {
            Operation::Alloc(size, align) => self.alloc(*size, *align),
            Operation::Free(place) => {
                let (id, serial) = self.chosen(*place);
                let ours = self.manager.free(id);
                assert_eq!(ours.map_err(|error| refusal(&error)), self.model.free(serial));
                self.pinned.remove(&id);
            }
            Operation::Write(place, text) => {
                let (id, serial) = self.chosen(*place);
                let ours = values::write(&mut self.manager, id, text);
                let theirs = self.model.write(serial, text);
                self.compare_written(ours, theirs);
                self.mirror_text(serial);
            }
            Operation::WriteAt(place, offset, text) => {
                let (id, serial) = self.chosen(*place);
                let ours = values::write_at(&mut self.manager, id, *offset, text);
                let theirs = self.model.write_at(serial, *offset as usize, text);
                self.compare_written(ours, theirs);
                self.mirror_text(serial);
                self.compare_part(id, serial, *offset);
            }
            Operation::View(place, character) => self.view(*place, *character),
            Operation::Resize(place, size) => self.resize(*place, *size),
            Operation::Step(step) => {
                self.step(step);
            }
            Operation::Steps(step) => self.steps(step),
            Operation::Pin(place) => {
                let (id, serial) = self.chosen(*place);
                let live = self.model.blocks.contains_key(&serial);
                assert_eq!(self.manager.pin(id).is_ok(), live);
                if live {
                    self.pinned.insert(id);
                }
            }
            Operation::Unpin(place) => {
                let (id, serial) = self.chosen(*place);
                let live = self.model.blocks.contains_key(&serial);
                assert_eq!(self.manager.unpin(id).is_ok(), live);
                self.pinned.remove(&id);
            }
            Operation::Defragment => self.defragment(),
            Operation::SaveAndLoad => {}
            Operation::Clear => {
                self.manager.clear();
                let serials: Vec<usize> = self.model.blocks.keys().copied().collect();
                serials.into_iter().for_each(|serial| self.model.free(serial).unwrap());
                self.pinned.clear();
            }
        }
    }

    fn compare_written(&self, ours: Result<(), Error>, theirs: Result<(), Refusal>) {
        match self.is_external() {
            true if theirs != Err(Refusal::Value) => assert_eq!(ours, Err(Error::NoStorage)),
            _ => assert_eq!(ours.map_err(|error| refusal(&error)), theirs),
        }
    }

    /// Why an allocation or a resize was refused, which is counted.
    fn refused(&mut self, error: &Error) -> Refusal {
        let refusal = refusal(error);
        let counts = matches!(refusal, Refusal::OutOfMemory | Refusal::Fragmented);
        self.failures += u64::from(counts);
        refusal
    }

    /// Asks first where the block would go; it must then go there.
    fn alloc(&mut self, size: u32, align: u32) {
        if self.compacts_on_demand() {
            return self.alloc_and_compact(size, align);
        }
        let explained = self.manager.explain(size, align);
        let choice = self.model.choose(size as usize, align as usize);
        let id = match (self.manager.alloc_aligned(size, align), &choice) {
            (Ok(id), Ok(_)) => id,
            (Err(error), Err(theirs)) => {
                assert_eq!(self.refused(&error), *theirs);
                return self.compare_refusal((size, align), *theirs, explained);
            }
            (ours, theirs) => panic!("{ours:?}, the model says {theirs:?}"),
        };
        assert!(self.blocks.iter().all(|&(old, _)| old != id), "{id} twice");
        let units = self.units(id);
        let explained: Vec<usize> =
            explained.unwrap().extents.iter().flat_map(|e| e.units()).map(|u| u as usize).collect();
        assert_eq!(explained, units);
        match choice.unwrap() {
            Choice::Units(expected) => assert_eq!(units, expected),
            Choice::Anywhere(multiple) => {
                assert_eq!(units.len(), size as usize);
                assert!(units.windows(2).all(|pair| pair[0] + 1 == pair[1]));
                assert_eq!(units[0] % multiple, 0);
            }
        }
        let serial = self.model.alloc(units, align as usize);
        self.blocks.push((id, serial));
    }

    /// With compaction on demand no request fails while its units exist, but for pins, alignment
    /// and rounding; and one that fails has moved nothing.
    fn alloc_and_compact(&mut self, size: u32, align: u32) {
        let choice = self.model.choose(size as usize, align as usize);
        let explained = self.manager.explain(size, align);
        let before = (self.manager.snapshot(), self.manager.units_moved());
        let allocated = self.manager.alloc_aligned(size, align);
        let moved = self.manager.units_moved() - before.1;
        match (&allocated, explained.map(|it| it.units_to_move)) {
            (Ok(_), Ok(Some(units))) => assert_eq!(moved, u64::from(units), "as was said"),
            (Ok(_), said) => panic!("explained before: {said:?}"),
            (Err(_), Ok(Some(units))) => panic!("{units} units make room, it was said"),
            (Err(_), _) => assert_eq!((self.manager.snapshot(), moved), (before.0, 0)),
        }
        if choice == Err(Refusal::Fragmented) && allocated.is_err() {
            self.sliding_makes_no_room((size, align));
        }
        let plain = self.is_plain() && align == 1;
        match (&allocated, &choice) {
            (Ok(_), Ok(_) | Err(Refusal::Fragmented)) => {}
            (Err(error), Err(theirs)) => assert_eq!(self.refused(error), *theirs),
            (ours, theirs) => panic!("{ours:?}, the model says {theirs:?}"),
        }
        if plain && choice == Err(Refusal::Fragmented) {
            assert!(allocated.is_ok(), "{allocated:?}");
        }
        let mut layout = self.layout();
        let new = allocated.is_ok().then(|| layout.pop()).flatten();
        let layout = layout.into_iter().map(|(_, units)| units).collect();
        self.model.adopt(layout, Vec::new(), 0, None);
        self.mirror_moves();
        if let (Ok(id), Some((_, units))) = (allocated, new) {
            assert_eq!(units.len(), size as usize);
            assert_eq!(units[0] % align as usize, 0);
            self.blocks.push((id, self.model.alloc(units, align as usize)));
        }
    }

    fn compare_refusal(
        &mut self,
        (size, align): (u32, u32),
        refusal: Refusal,
        explained: Result<twingate_memory::Explanation, Error>,
    ) {
        match refusal {
            Refusal::Value => assert!(explained.is_err()),
            Refusal::OutOfMemory => assert_eq!(explained.unwrap().units_to_move, None),
            _ => {
                let explained = explained.unwrap();
                assert!(!explained.fits);
                if self.is_plain() && align == 1 {
                    let window = self.model.cheapest_window(size as usize).unwrap();
                    assert!(explained.units_to_move.unwrap() as usize >= window);
                } else if explained.units_to_move.is_none() {
                    self.sliding_makes_no_room((size, align));
                }
            }
        }
    }

    /// A request that compaction is said not to help does not fit after everything has slid, either.
    fn sliding_makes_no_room(&mut self, (size, align): (u32, u32)) {
        let mut other = MemoryManager::load(&self.manager.save().unwrap()).unwrap();
        let options = DefragmentOptions { order: Some(Order::Address), ..Default::default() };
        assert!(other.defragment_with(&options).unwrap().done);
        assert!(!other.explain(size, align).unwrap().fits, "{size} units at {align}");
    }

    fn view(&mut self, place: usize, character: char) {
        let (id, serial) = self.chosen(place);
        if self.is_external() {
            assert!(self.manager.views_with(id, &mut |_| unreachable!()).is_err());
            return;
        }
        let unit = self.manager.options().unit;
        let value = values::of(unit, &character.to_string());
        let Ok(count) = self.manager.size(id) else { return };
        let written = self.manager.length(id).unwrap() as usize;
        let before = values::read(&self.manager, id);
        let (mut seen, value) = (Vec::new(), &value);
        let viewed = self.manager.views_with(id, &mut |bytes| {
            seen.extend_from_slice(bytes);
            bytes.chunks_mut(value.len()).for_each(|unit| unit.copy_from_slice(value));
        });
        let units = self.units(id);
        let ascends =
            self.manager.extents(id).unwrap().all(|e| e.step() == twingate_memory::Step::Up);
        assert_eq!(viewed.is_ok(), ascends, "{viewed:?}");
        if ascends {
            let (data, rest) = seen.split_at(written * unit.bytes());
            assert_eq!(data, before);
            assert!(rest.iter().all(|&byte| byte == 0), "what was there before shows");
            let text = character.to_string().repeat(count as usize);
            self.model.write_at(serial, 0, &text).unwrap();
            self.mirror_text(serial);
            self.viewed.insert(id, units);
            self.views = true;
        }
    }

    /// The epoch tells of every view that is no longer the block's, and of nothing while there are none.
    fn compare_views(&mut self) {
        let is_valid = |(id, units): (&BlockId, &Vec<usize>)| {
            self.manager.has(*id) && self.units(*id).starts_with(units)
        };
        let all_valid = self.viewed.iter().all(is_valid);
        let epoch = self.manager.views_epoch();
        if epoch == self.views_epoch {
            assert!(all_valid, "a view went without notice");
        } else {
            assert!(self.views, "nobody has a view");
            self.viewed.clear();
            self.views_epoch = epoch;
        }
    }

    fn compare_part(&self, id: BlockId, serial: usize, offset: u32) {
        let Ok(text) = self.model.read(serial) else { return };
        if self.is_external() {
            assert_eq!(values::read_at(&self.manager, id, offset, 5), Err(Error::NoStorage));
            return;
        }
        let rest: String = text.chars().skip(offset as usize).take(5).collect();
        let unit = self.manager.options().unit;
        match values::read_at(&self.manager, id, offset, 5) {
            Ok(read) => assert_eq!(read, values::of(unit, &rest)),
            Err(error) => {
                assert_eq!(refusal(&error), Refusal::OutOfBounds);
                assert!(offset > self.manager.size(id).unwrap());
            }
        }
    }

    fn resize(&mut self, place: usize, size: u32) {
        let (id, serial) = self.chosen(place);
        let pinned = self.pinned.contains(&id);
        let choice = self.model.choose_resized(serial, size as usize, pinned);
        let before = (self.manager.snapshot(), self.manager.units_moved());
        let stay: Vec<_> = self.pinned.iter().map(|&id| (id, self.units(id))).collect();
        let resized = self.manager.resize(id, size);
        for (pinned, old) in stay {
            let moved = self.units(pinned).iter().zip(&old).any(|(new, old)| new != old);
            assert!(!moved, "block {pinned} is pinned");
        }
        if resized.is_err() {
            assert_eq!((self.manager.snapshot(), self.manager.units_moved()), before);
        }
        if self.compacts_on_demand() {
            return self.resize_and_compact(place, size, choice, resized);
        }
        match (resized, choice) {
            (Ok(()), Ok(choice)) => {
                let units = self.units(id);
                match choice {
                    Choice::Units(expected) => assert_eq!(units, expected),
                    Choice::Anywhere(multiple) => {
                        assert_eq!(units.len(), size as usize);
                        assert!(units.windows(2).all(|pair| pair[0] + 1 == pair[1]));
                        assert_eq!(units[0] % multiple, 0);
                    }
                }
                self.model.resize(serial, units);
                self.mirror_moves();
            }
            (Err(error), Err(theirs)) => assert_eq!(self.refused(&error), theirs),
            (ours, theirs) => panic!("{ours:?}, the model says {theirs:?}"),
        }
    }

    /// As [`Self::alloc_and_compact`], for a block that grows to what could be a new one's size.
    fn resize_and_compact(
        &mut self,
        place: usize,
        size: u32,
        choice: Result<Choice, Refusal>,
        resized: Result<(), Error>,
    ) {
        let (id, serial) = self.chosen(place);
        match (&resized, &choice) {
            (Ok(()), Ok(_) | Err(Refusal::Fragmented | Refusal::Pinned)) => {}
            (Err(error), Err(theirs)) => assert_eq!(self.refused(error), *theirs),
            (ours, theirs) => panic!("{ours:?}, the model says {theirs:?}"),
        }
        if self.is_plain() && choice == Err(Refusal::Fragmented) {
            assert!(resized.is_ok(), "{resized:?}");
        }
        if resized.is_ok() {
            assert_eq!(self.units(id).len(), size as usize);
        }
        let layout = self.layout().into_iter().map(|(_, units)| units).collect();
        self.model.adopt(layout, Vec::new(), 0, resized.is_ok().then_some(serial));
        self.mirror_moves();
    }

    fn mirror_text(&mut self, serial: usize) {
        let Some(block) = self.model.blocks.get(&serial) else { return };
        let text = self.model.read(serial).unwrap();
        for (&unit, character) in block.units.iter().zip(text.chars()) {
            self.mirror[unit] = character;
        }
    }

    /// The default: the original's result, unless something is pinned, rounded, or takes more units
    /// for its alignment than there are.
    fn defragment(&mut self) {
        let before = self.addresses();
        if self.is_external() {
            return assert_eq!(self.manager.defragment(), Err(Error::OrderUnsupported));
        }
        if !self.is_packed() || !self.model.defragment() {
            self.step(&Step::to(Order::Allocation));
            return;
        }
        let report = self.manager.defragment().unwrap();
        let after = self.addresses();
        let moved = before.iter().zip(&after).filter(|(old, new)| old != new).count();
        assert!(report.done);
        assert_eq!(report.units_moved as usize, moved);
        self.mirror_all();
    }

    fn mirror_relocations(&mut self, relocations: &[Relocation]) {
        for relocation in relocations {
            let from = relocation.from as usize;
            let range = from..from + relocation.length as usize;
            self.mirror.copy_within(range, relocation.to as usize);
        }
    }

    /// What an allocation or a resize moved: with external storage it is told.
    fn mirror_moves(&mut self) {
        let relocations = self.manager.take_relocations();
        match self.is_external() {
            true => self.mirror_relocations(&relocations),
            false => assert_eq!(relocations, []),
        }
        if !self.is_external() {
            self.mirror_all();
        }
    }

    fn mirror_all(&mut self) {
        let all: Vec<_> = self.blocks.clone();
        all.into_iter().for_each(|(_, serial)| self.mirror_text(serial));
    }

    /// A step of compaction: budget, mirror, pins, and what the order promises when it is done.
    fn step(&mut self, step: &Step) -> bool {
        let live = self.manager.used_units() as usize;
        let before = self.layout();
        let in_address_order = self.in_address_order();
        let questions = Cell::new(step.questions.unwrap_or(0));
        let out_of_time = || questions.replace(questions.get().saturating_sub(1)) == 0;
        let options = DefragmentOptions {
            order: Some(step.order),
            max_moves: step.max_moves,
            max_units: step.max_units,
            out_of_time: step.questions.map(|_| &out_of_time as &dyn Fn() -> bool),
            units_in_time: step.questions,
        };
        let moved_before = self.manager.units_moved();
        let done = self.manager.defragment_with(&options);
        if self.is_external() && step.order == Order::Allocation {
            assert_eq!(done, Err(Error::OrderUnsupported));
            return true;
        }
        let report = done.unwrap();
        assert!(report.moves <= step.max_moves.unwrap_or(u32::MAX));
        assert!(report.units_moved <= step.max_units.unwrap_or(u32::MAX));
        assert_eq!(self.manager.units_moved(), moved_before + u64::from(report.units_moved));
        let after = self.layout();
        for ((id, old), (_, new)) in before.iter().zip(&after) {
            assert!(!self.pinned.contains(id) || old == new, "block {id} is pinned");
        }
        if step.order != Order::Allocation {
            let listed: u32 = report.relocations.iter().map(|listed| listed.length).sum();
            let listed = (report.relocations.len(), listed);
            assert_eq!((report.moves as usize, report.units_moved), listed);
        }
        self.mirror_relocations(&report.relocations);
        let layout = after.iter().map(|(_, units)| units.clone()).collect();
        let (freed, tail) = self.next_units();
        self.model.adopt(layout, freed, tail, None);
        if step.order == Order::Allocation {
            self.mirror_all();
        }
        if step.order == Order::Address {
            assert_eq!(self.in_address_order(), in_address_order);
        }
        let bounded =
            step.max_moves.is_some() || step.max_units.is_some() || step.questions.is_some();
        self.left |= report.left != Left::default();
        if report.done {
            let stayed = std::mem::take(&mut self.left);
            if !bounded || !stayed {
                self.compare_layout(step.order);
            }
        }
        if !bounded {
            assert!(report.done);
            self.compare_moves(step.order, live, &before, &report);
        }
        report.done
    }

    /// With any budget that allows a move, the steps come to an end.
    fn steps(&mut self, step: &Step) {
        let step = Step {
            max_moves: step.max_moves.map(|moves| moves.max(1)),
            max_units: step.max_units.map(|units| units.max(2)),
            questions: step.questions.map(|questions| questions.max(1)),
            ..*step
        };
        let most = 20 * (self.model.cells.len() + 10);
        assert!((0..most).any(|_| self.step(&step)), "{step:?} does not end");
    }

    /// Whether no pin, alignment or rounding keeps blocks from where they might go.
    fn is_plain(&self) -> bool {
        self.is_packed() && self.model.blocks.values().all(|block| block.align == 1)
    }

    /// Whether allocation order, without a budget, lays all blocks out from unit 0.
    fn is_packed(&self) -> bool {
        self.pinned.is_empty() && self.kind != PlacementKind::Buddy
    }

    /// What an order promises of where everything lies, when nothing is left to do.
    fn compare_layout(&self, order: Order) {
        if !self.is_plain() {
            return;
        }
        let free: Vec<usize> = self.model.shown_free().iter().map(|run| run.len()).collect();
        if order != Order::Any || self.kind.is_scattered() {
            let next = self.manager.snapshot().next_alloc_index;
            assert_eq!(next, self.manager.used_units(), "all that is free is in the tail");
        }
        match order {
            Order::Any if !self.kind.is_scattered() => {
                let (largest, total) =
                    (free.iter().max().unwrap_or(&0), free.iter().sum::<usize>());
                assert!(*largest >= total - total / 25, "{free:?}");
            }
            Order::Address | Order::Any => assert!(free.len() <= 1, "{free:?}"),
            Order::Allocation => {
                let mut expected = self.model.clone();
                expected.defragment();
                let units = |model: &Reference| -> Vec<Vec<usize>> {
                    model.blocks.values().map(|block| block.units.clone()).collect()
                };
                assert_eq!(units(&self.model), units(&expected));
            }
            other => panic!("the model does not know the order {other}"),
        }
    }

    /// What a call without a budget promises of how much it moves.
    fn compare_moves(
        &self,
        order: Order,
        live: usize,
        before: &[(BlockId, Vec<usize>)],
        report: &DefragmentReport,
    ) {
        if order == Order::Any && self.kind.is_scattered() {
            let all = before.iter().filter(|(id, _)| !self.pinned.contains(id));
            let high = all.flat_map(|(_, units)| units).filter(|&&unit| unit >= live).count();
            let units = report.units_moved as usize;
            assert!(if self.is_plain() { units == high } else { units <= high }, "{units} {high}");
        }
    }

    /// Every unit of every block by ascending address: whose it is, and which of its units.
    fn in_address_order(&self) -> Vec<(BlockId, usize)> {
        let mut all: Vec<(usize, BlockId, usize)> = Vec::new();
        for (id, units) in self.layout() {
            all.extend(units.into_iter().enumerate().map(|(place, unit)| (unit, id, place)));
        }
        all.sort_unstable();
        all.into_iter().map(|(_, id, place)| (id, place)).collect()
    }

    fn layout(&self) -> Vec<(BlockId, Vec<usize>)> {
        let ids: Vec<BlockId> = self.manager.ids().collect();
        ids.into_iter().map(|id| (id, self.units(id))).collect()
    }

    /// The order in which free units will be taken, newest last as on the stack, without the
    /// tail, and where the tail begins.
    fn next_units(&mut self) -> (Vec<usize>, usize) {
        let tail = self.manager.snapshot().next_alloc_index as usize;
        if !self.kind.is_scattered() || self.manager.free_units() == 0 {
            return (Vec::new(), tail);
        }
        let all = self.manager.explain(self.manager.free_units(), 1).unwrap().extents;
        let units = all.iter().flat_map(|extent| extent.units()).map(|unit| unit as usize);
        let mut freed: Vec<usize> = units.filter(|&unit| unit < tail).collect();
        freed.reverse();
        (freed, tail)
    }

    fn units(&self, id: BlockId) -> Vec<usize> {
        let extents = self.manager.extents(id).unwrap();
        extents.flat_map(|extent| extent.units()).map(|unit| unit as usize).collect()
    }

    /// The units of all blocks, in allocation and block order.
    fn addresses(&self) -> Vec<usize> {
        let ids: Vec<BlockId> = self.manager.ids().collect();
        ids.into_iter().flat_map(|id| self.units(id)).collect()
    }

    /// Compares the whole state.
    pub fn compare(&self) {
        if let Some(twin) = &self.twin {
            assert_eq!(twin.manager.snapshot(), self.manager.snapshot());
            assert_eq!(twin.manager.stats(), self.manager.stats());
            twin.compare();
        }
        let snapshot = self.manager.snapshot();
        let live = self.blocks.iter().filter(|(_, s)| self.model.blocks.contains_key(s));
        let live: Vec<_> = live.collect();
        assert_eq!(snapshot.blocks.len(), live.len());
        for (block, (id, serial)) in snapshot.blocks.iter().zip(live) {
            let model = &self.model.blocks[serial];
            assert_eq!(block.id, *id);
            assert_eq!(self.units(*id), model.units);
            assert_eq!(self.manager.is_pinned(*id).unwrap(), self.pinned.contains(id));
            assert_eq!(block.size as usize, model.units.len());
            let written = if self.is_external() { 0 } else { model.written };
            assert_eq!(block.length as usize, written);
            let text = self.model.read(*serial).unwrap();
            if !self.is_external() {
                let values = values::read(&self.manager, *id);
                assert_eq!(values, values::of(self.manager.options().unit, &text));
            }
            let mirrored = model.units.iter().take(model.written).map(|&unit| self.mirror[unit]);
            assert_eq!(mirrored.collect::<String>(), text);
            assert_eq!(
                self.manager.address(*id).ok().map(|unit| unit as usize),
                model.units.windows(2).all(|w| w[0] + 1 == w[1]).then_some(model.units[0]),
            );
        }
        let free = snapshot.free_extents.iter();
        let free: Vec<_> =
            free.map(|free| free.start as usize..(free.start + free.length) as usize).collect();
        assert_eq!(free, self.model.shown_free());
        let tail = self.model.tail();
        assert_eq!(snapshot.next_alloc_index as usize, tail);
        let below = free.iter().map(|run| run.end.min(tail) - run.start.min(tail)).sum::<usize>();
        assert_eq!(snapshot.freed_fragmented_units as usize, below);
        self.compare_stats();
    }

    fn compare_stats(&self) {
        let (stats, free) = (self.manager.stats(), self.model.shown_free());
        let handed: usize = self.model.blocks.values().map(|block| block.handed).sum();
        let asked: usize = self.model.blocks.values().map(|block| block.units.len()).sum();
        assert_eq!(stats.free_units as usize, self.model.free_units().len());
        assert_eq!(stats.used_units as usize, handed);
        assert_eq!(stats.internal_fragmentation as usize, handed - asked);
        assert_eq!(self.manager.internal_fragmentation(), stats.internal_fragmentation);
        assert_eq!(stats.free_extents as usize, free.len());
        let largest = free.iter().map(|run| run.len()).max().unwrap_or(0);
        assert_eq!(stats.largest_free_extent as usize, largest);
        assert_eq!(self.manager.largest_free_extent() as usize, largest);
        assert_eq!(stats.block_count as usize, self.model.blocks.len());
        assert_eq!(stats.allocations as usize, self.blocks.len());
        assert_eq!(stats.frees as usize, self.blocks.len() - self.model.blocks.len());
        assert_eq!(stats.failures, self.failures);
        assert_eq!(stats.units_moved, self.manager.units_moved());
        let extents = self.manager.ids().map(|id| self.manager.extents(id).unwrap().count());
        let (extents, blocks) = (extents.sum::<usize>() as f64, f64::from(stats.block_count));
        assert_eq!(stats.extents_per_block, if blocks > 0.0 { extents / blocks } else { 0.0 });
        assert_eq!(self.manager.extents_per_block(), stats.extents_per_block);
        if self.manager.options().unit == Unit::Char && !self.is_external() {
            let picture = self.manager.to_string();
            let cells = self.model.cells.iter().map(|cell| cell.unwrap_or('-').to_string());
            assert_eq!(picture.split_once('\n').unwrap().1, cells.collect::<Vec<_>>().join(" "));
        }
    }
}
