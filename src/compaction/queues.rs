//! Notes in size classes: which of them are long enough for a block, and which are the longest.
//!
//! What always holds: a note is in the queue of one class, or in none. Within a class notes are first
//! in, first out: noted by ascending address, they are taken by ascending address, close together in
//! memory.
//!
//! Cost: every operation O(1). Memory: the notes, reserved at the beginning.

use crate::fallible::{NoMemory, room_for};
use crate::placement::size_class::{CLASSES, Class, Occupied, class_of};

/// No note.
pub(crate) const NO_NOTE: u32 = u32::MAX;

/// See the head of this file.
#[derive(Debug)]
pub(crate) struct Queues<T> {
    notes: Vec<Queued<T>>,
    /// The first and the last note of each class.
    ends: Vec<[u32; 2]>,
    occupied: Occupied,
}

#[derive(Debug)]
struct Queued<T> {
    note: T,
    next: u32,
}

impl<T> Queues<T> {
    /// Empty queues with room for this many notes.
    pub fn new(notes: usize) -> Result<Self, NoMemory> {
        let (notes, mut ends) = (room_for(notes)?, room_for(CLASSES)?);
        ends.resize(CLASSES, [NO_NOTE; 2]);
        Ok(Self { notes, ends, occupied: Occupied::default() })
    }

    /// Adds a note, if there is room for one.
    #[inline(always)]
    pub fn add(&mut self, note: T, length: u32) {
        if self.notes.len() < self.notes.capacity() {
            self.notes.push(Queued { note, next: NO_NOTE });
            self.put((self.notes.len() - 1) as u32, length);
        }
    }

    /// Puts a note that is in no queue into the queue for a length.
    pub fn put(&mut self, note: u32, length: u32) {
        let class = class_of(length);
        self.notes[note as usize].next = NO_NOTE;
        let [first, last] = &mut self.ends[class];
        match std::mem::replace(last, note) {
            NO_NOTE => {
                *first = note;
                self.occupied.set(class);
            }
            last => self.notes[last as usize].next = note,
        }
    }

    /// How many notes there are, in queues or not. They are numbered from 0, in the order in which they
    /// were added.
    pub fn len(&self) -> u32 {
        self.notes.len() as u32
    }

    pub fn get(&self, note: u32) -> &T {
        &self.notes[note as usize].note
    }

    pub fn get_mut(&mut self, note: u32) -> &mut T {
        &mut self.notes[note as usize].note
    }

    /// The first class that has a note, from this one on.
    #[inline(always)]
    pub fn class_from(&self, class: Class) -> Option<Class> {
        self.occupied.from(class)
    }

    /// The highest class that has a note.
    #[inline(always)]
    pub fn highest(&self) -> Option<Class> {
        self.occupied.highest()
    }

    /// The first note of a class, or [`NO_NOTE`].
    pub fn first(&self, class: Class) -> u32 {
        self.ends[class][0]
    }

    /// Takes the first note out of a class that has one.
    #[inline(always)]
    pub fn take_first(&mut self, class: Class) -> u32 {
        let note = self.first(class);
        self.take(class, NO_NOTE, note);
        note
    }

    /// The note after another one of its class, or [`NO_NOTE`].
    pub fn after(&self, note: u32) -> u32 {
        self.notes[note as usize].next
    }

    /// Takes a note out of its class; `before` is the one before it, or [`NO_NOTE`].
    #[inline(always)]
    pub fn take(&mut self, class: Class, before: u32, note: u32) {
        let next = self.after(note);
        let [first, last] = &mut self.ends[class];
        if *last == note {
            *last = before;
        }
        match before {
            NO_NOTE => *first = next,
            before => self.notes[before as usize].next = next,
        }
        if *first == NO_NOTE {
            self.occupied.clear(class);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_come_first_in_first_out_and_from_anywhere() {
        let mut queues = Queues::new(4).unwrap();
        (0..5).for_each(|note| queues.add(note, 70));
        let class = queues.highest().unwrap();
        assert_eq!(class, class_of(70));
        let all = |queues: &Queues<i32>| -> Vec<i32> {
            let note = |note: u32| (note != NO_NOTE).then_some(note);
            let first = note(queues.first(class));
            let notes = std::iter::successors(first, |&last| note(queues.after(last)));
            notes.map(|note| *queues.get(note)).collect()
        };
        assert_eq!(all(&queues), [0, 1, 2, 3], "there is room for four");
        queues.take(class, 2, 3);
        queues.take(class, 0, 1);
        queues.put(3, 70);
        queues.take(class, NO_NOTE, 0);
        assert_eq!(all(&queues), [2, 3]);
        queues.take(class, NO_NOTE, 2);
        queues.take(class, NO_NOTE, 3);
        assert_eq!(queues.highest(), None);
        queues.put(1, 7);
        assert_eq!(queues.class_from(class_of(3)), Some(class_of(7)));
    }
}
