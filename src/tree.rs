//! A B+ tree of keyed entries that knows the greatest weight below every branch.
//!
//! What always holds:
//! - Entries are in ascending order of their keys, which are distinct. All leaves are at one depth.
//! - A branch has the least key and the greatest weight of all entries below it.
//! - No knot but the root is empty. (A knot is freed when it empties, not merged when it is half
//!   empty: Johnson and Shasha, *B-trees with inserts and deletes: why free-at-empty is better than
//!   merge-at-half*, 1993.)
//!
//! Cost, with n entries: every operation O(log n). Memory O(n).

use crate::Error;

const NONE: u32 = u32::MAX;
const WIDTH: usize = 16;
/// Enough for 2^32 entries in knots that are half full when they are made.
const DEEPEST: usize = 12;

/// A leaf or a branch: up to [`WIDTH`] entries, or children with the least key and the greatest
/// weight below each.
#[derive(Clone, Copy, Debug)]
struct Knot {
    count: u32,
    keys: [u64; WIDTH],
    weights: [u32; WIDTH],
    values: [u32; WIDTH],
}

const EMPTY: Knot = Knot { count: 0, keys: [0; WIDTH], weights: [0; WIDTH], values: [NONE; WIDTH] };

/// An entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub key: u64,
    pub weight: u32,
    pub value: u32,
}

impl Knot {
    fn len(&self) -> usize {
        self.count as usize
    }

    fn heaviest(&self) -> u32 {
        self.weights[..self.len()].iter().copied().max().unwrap_or(0)
    }

    fn entry(&self, place: usize) -> Entry {
        Entry { key: self.keys[place], weight: self.weights[place], value: self.values[place] }
    }

    fn set(&mut self, place: usize, entry: Entry) {
        self.keys[place] = entry.key;
        self.weights[place] = entry.weight;
        self.values[place] = entry.value;
    }

    /// How many keys are at most `key`.
    fn rank(&self, key: u64) -> usize {
        self.keys[..self.len()].iter().map(|&k| usize::from(k <= key)).sum()
    }

    // Entries are shifted one by one: a memmove of so few leaves the module in WebAssembly.
    fn insert(&mut self, place: usize, entry: Entry) {
        for above in (place..self.len()).rev() {
            self.set(above + 1, self.entry(above));
        }
        self.set(place, entry);
        self.count += 1;
    }

    fn remove(&mut self, place: usize) {
        self.count -= 1;
        for here in place..self.len() {
            self.set(here, self.entry(here + 1));
        }
    }

    /// The first place from `from` on with at least this weight.
    fn heavy(&self, from: usize, weight: u32) -> Option<usize> {
        (from..self.len()).find(|&place| self.weights[place] >= weight)
    }
}

/// The way from the root to a leaf: the knot and the place in it, for each level.
#[derive(Clone, Copy)]
struct Path {
    steps: [(u32, usize); DEEPEST],
}

/// See the head of this file.
#[derive(Debug)]
pub(crate) struct Tree {
    knots: Vec<Knot>,
    /// Freed knots, linked through their first value.
    spare: u32,
    spare_count: usize,
    root: u32,
    /// Levels, leaves included.
    height: usize,
    len: usize,
}

impl Default for Tree {
    fn default() -> Self {
        Self::new()
    }
}

impl Tree {
    /// An empty tree, which needs [`Self::reserve`] before anything is inserted.
    pub fn new() -> Self {
        Self { knots: Vec::new(), spare: NONE, spare_count: 0, root: NONE, height: 0, len: 0 }
    }

    pub fn len(&self) -> usize {
        self.len
    }

    /// Removes every entry; keeps the memory.
    pub fn clear(&mut self) {
        self.knots.clear();
        (self.spare, self.spare_count) = (NONE, 0);
        (self.root, self.height, self.len) = (NONE, 0, 0);
    }

    /// The greatest weight of all, 0 in an empty tree. Constant time.
    pub fn heaviest(&self) -> u32 {
        self.knots.get(self.root as usize).map_or(0, Knot::heaviest)
    }

    /// Makes sure that the next `inserts` insertions need no memory. Every full knot may split at
    /// once, and after that no more than one for each half knot of insertions.
    pub fn reserve(&mut self, inserts: usize) -> Result<(), Error> {
        let used = self.knots.len() - self.spare_count;
        let splits = used + inserts / (WIDTH / 4) + DEEPEST;
        let missing = splits.saturating_sub(self.spare_count);
        self.knots.try_reserve(missing).map_err(|_| Error::Metadata)
    }

    /// The first entry with at least this key. So for all look-ups: `None` when there is none.
    pub fn at_least(&self, key: u64) -> Option<Entry> {
        self.heavy_from(key, 0)
    }

    /// The first entry with at least this key and at least this weight.
    pub fn heavy_from(&self, key: u64, weight: u32) -> Option<Entry> {
        if key == 0 && self.height > 0 {
            return self.leftmost_heavy(self.root, 0, weight);
        }
        let path = self.path(key)?;
        let (leaf, place) = path.steps[self.height - 1];
        let knot = self.knot(leaf);
        let from = if place < knot.len() && knot.keys[place] < key { place + 1 } else { place };
        if let Some(place) = knot.heavy(from, weight) {
            return Some(knot.entry(place));
        }
        (0..self.height - 1).rev().find_map(|level| {
            let (knot, place) = path.steps[level];
            let place = self.knot(knot).heavy(place + 1, weight)?;
            self.leftmost_heavy(self.knot(knot).values[place], level + 1, weight)
        })
    }

    fn leftmost_heavy(&self, knot: u32, level: usize, weight: u32) -> Option<Entry> {
        let mut knot = self.knot(knot);
        for _ in level..self.height - 1 {
            knot = self.knot(knot.values[knot.heavy(0, weight)?]);
        }
        Some(knot.entry(knot.heavy(0, weight)?))
    }

    /// The last entry with at most this key.
    pub fn at_most(&self, key: u64) -> Option<Entry> {
        let path = self.path(key)?;
        let (leaf, _) = path.steps[self.height - 1];
        let rank = self.knot(leaf).rank(key);
        if rank > 0 {
            return Some(self.knot(leaf).entry(rank - 1));
        }
        let left = (0..self.height - 1).rev().find(|&level| path.steps[level].1 > 0)?;
        let (knot, place) = path.steps[left];
        let mut knot = self.knot(self.knot(knot).values[place - 1]);
        for _ in left + 1..self.height - 1 {
            knot = self.knot(knot.values[knot.len() - 1]);
        }
        Some(knot.entry(knot.len() - 1))
    }

    /// Inserts an entry with a new key. Needs [`Self::reserve`] first.
    pub fn insert(&mut self, entry: Entry) {
        self.len += 1;
        let Some(mut path) = self.path(entry.key) else {
            self.root = self.store(EMPTY);
            self.height = 1;
            self.knot_mut(self.root).insert(0, entry);
            return;
        };
        let (leaf, _) = path.steps[self.height - 1];
        path.steps[self.height - 1].1 = self.knot(leaf).rank(entry.key);
        let mut entry = entry;
        for level in (0..self.height).rev() {
            let (knot, place) = path.steps[level];
            let place = if level == self.height - 1 { place } else { place + 1 };
            let Some(split) = self.insert_at(knot, place, entry) else {
                return self.update(&path, level);
            };
            match level.checked_sub(1) {
                Some(above) => self.describe(path.steps[above], knot),
                None => return self.grow(knot, split),
            };
            entry = split;
        }
    }

    /// Inserts into a knot; a full one splits, and the entry for its new right half is returned.
    fn insert_at(&mut self, knot: u32, place: usize, entry: Entry) -> Option<Entry> {
        if self.knot(knot).len() < WIDTH {
            self.knot_mut(knot).insert(place, entry);
            return None;
        }
        // Keys often ascend: a knot filled at its end stays fuller.
        let half = if place == WIDTH { WIDTH - 2 } else { WIDTH / 2 };
        let left = self.knot_mut(knot);
        let mut right = EMPTY;
        for from in half..WIDTH {
            right.insert(from - half, left.entry(from));
        }
        left.count = half as u32;
        match place <= half {
            true => left.insert(place, entry),
            false => right.insert(place - half, entry),
        }
        let (key, weight) = (right.keys[0], right.heaviest());
        let value = self.store(right);
        Some(Entry { key, weight, value })
    }

    fn grow(&mut self, left: u32, right: Entry) {
        let mut root = EMPTY;
        let old = self.knot(left);
        root.insert(0, Entry { key: old.keys[0], weight: old.heaviest(), value: left });
        root.insert(1, right);
        self.root = self.store(root);
        self.height += 1;
    }

    /// Brings a branch up to date with the knot below it; returns whether it was not.
    fn describe(&mut self, (parent, place): (u32, usize), child: u32) -> bool {
        let below = self.knot(child);
        let (key, weight) = (below.keys[0], below.heaviest());
        let parent = self.knot_mut(parent);
        let changed = parent.keys[place] != key || parent.weights[place] != weight;
        parent.keys[place] = key;
        parent.weights[place] = weight;
        changed
    }

    /// Removes the entry with this key.
    pub fn remove(&mut self, key: u64) {
        let Some(path) = self.path_to(key) else { return };
        self.len -= 1;
        for level in (0..self.height).rev() {
            let (knot, place) = path.steps[level];
            self.knot_mut(knot).remove(place);
            if self.knot(knot).len() > 0 {
                self.update(&path, level);
                break;
            }
            self.discard(knot);
        }
        self.shrink();
    }

    fn shrink(&mut self) {
        if self.len == 0 {
            self.root = NONE;
            self.height = 0;
        }
        while self.height > 1 && self.knot(self.root).len() == 1 {
            let child = self.knot(self.root).values[0];
            self.discard(self.root);
            self.root = child;
            self.height -= 1;
        }
    }

    /// Puts another entry in the place of the one with key `old`; its key lies between the same
    /// neighbours.
    pub fn change(&mut self, old: u64, entry: Entry) {
        let Some(path) = self.path_to(old) else { return };
        let (leaf, place) = path.steps[self.height - 1];
        self.knot_mut(leaf).set(place, entry);
        self.update(&path, self.height - 1);
    }

    /// Maps the value of every entry.
    pub fn renumber(&mut self, map: impl Fn(u32) -> u32) {
        if self.height > 0 {
            self.renumber_below(self.root, self.height - 1, &map);
        }
    }

    fn renumber_below(&mut self, knot: u32, levels: usize, map: &impl Fn(u32) -> u32) {
        for place in 0..self.knot(knot).len() {
            let value = self.knot(knot).values[place];
            match levels {
                0 => self.knot_mut(knot).values[place] = map(value),
                _ => self.renumber_below(value, levels - 1, map),
            }
        }
    }

    /// Brings the branches above `level` up to date; stops where nothing changes any more.
    fn update(&mut self, path: &Path, level: usize) {
        for above in (0..level).rev() {
            if !self.describe(path.steps[above], path.steps[above + 1].0) {
                return;
            }
        }
    }

    /// The way to the leaf in which `key` belongs; the last place is that of the last entry with
    /// at most this key, or 0.
    fn path(&self, key: u64) -> Option<Path> {
        let mut path = Path { steps: [(NONE, 0); DEEPEST] };
        let mut knot = self.root;
        for step in path.steps.get_mut(..self.height)? {
            let here = self.knots.get(knot as usize)?;
            let place = here.rank(key).saturating_sub(1);
            *step = (knot, place);
            knot = here.values[place];
        }
        (self.height > 0).then_some(path)
    }

    fn path_to(&self, key: u64) -> Option<Path> {
        let path = self.path(key)?;
        let (leaf, place) = path.steps[self.height - 1];
        let found = self.knot(leaf).keys[place] == key;
        debug_assert!(found, "{key} is in the tree");
        found.then_some(path)
    }

    fn knot(&self, knot: u32) -> &Knot {
        &self.knots[knot as usize]
    }

    fn knot_mut(&mut self, knot: u32) -> &mut Knot {
        &mut self.knots[knot as usize]
    }

    fn store(&mut self, knot: Knot) -> u32 {
        if self.spare == NONE {
            debug_assert!(self.knots.len() < self.knots.capacity(), "reserved");
            self.knots.push(knot);
            return (self.knots.len() - 1) as u32;
        }
        let place = self.spare;
        self.spare = self.knot(place).values[0];
        self.spare_count -= 1;
        *self.knot_mut(place) = knot;
        place
    }

    fn discard(&mut self, knot: u32) {
        self.knot_mut(knot).values[0] = self.spare;
        self.spare = knot;
        self.spare_count += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// The tree beside a map, after every one of many operations.
    #[test]
    fn agrees_with_an_ordered_map() {
        for seed in 1..=20_u32 {
            let (mut tree, mut map) = (Tree::new(), BTreeMap::new());
            let mut state = seed.wrapping_mul(0x9E37_79B9);
            let mut next = |below: u32| {
                state ^= state << 13;
                state ^= state >> 17;
                state ^= state << 5;
                state % below
            };
            for turn in 0..10_000 {
                let key = u64::from(next(600)) * 3;
                let weight = next(50);
                let growing = (turn / 2_500) % 2 == 0;
                match (map.contains_key(&key), next(4)) {
                    (false, 0..=2) | (false, 3) if growing || next(3) == 0 => {
                        tree.reserve(1).unwrap();
                        tree.insert(Entry { key, weight, value: key as u32 });
                        map.insert(key, weight);
                    }
                    (true, 0) => {
                        map.remove(&key);
                        let low = map.range(..key).next_back().map_or(0, |(&low, _)| low + 1);
                        let high = map.range(key..).next().map_or(20_000, |(&high, _)| high);
                        let new = low + u64::from(next(4)) * (high - 1 - low) / 3;
                        tree.change(key, Entry { key: new, weight, value: new as u32 });
                        map.insert(new, weight);
                    }
                    (true, _) if !growing || next(3) == 0 => {
                        tree.remove(key);
                        map.remove(&key);
                    }
                    _ => {}
                }
                compare(&tree, &map, u64::from(next(1_900)), next(60), seed);
            }
        }
    }

    #[test]
    fn renumbering_maps_the_values_alone() {
        let mut tree = Tree::new();
        tree.renumber(|_| panic!("no value"));
        for key in (0..1_000).rev() {
            tree.reserve(1).unwrap();
            tree.insert(Entry { key, weight: key as u32 % 7, value: key as u32 });
        }
        (0..400).for_each(|key| tree.remove(key * 2));
        tree.renumber(|value| value * 3);
        for key in 0..1_000 {
            let next = if key < 800 { key | 1 } else { key };
            let entry = Entry { key: next, weight: next as u32 % 7, value: next as u32 * 3 };
            assert_eq!(tree.at_least(key), Some(entry));
        }
    }

    fn compare(tree: &Tree, map: &BTreeMap<u64, u32>, key: u64, weight: u32, seed: u32) {
        let entry = |(&key, &weight): (&u64, &u32)| Entry { key, weight, value: key as u32 };
        let heavy = map.range(key..).find(|&(_, &w)| w >= weight).map(entry);
        assert_eq!(tree.heavy_from(key, weight), heavy, "seed {seed}");
        assert_eq!(tree.at_least(key), map.range(key..).next().map(entry), "seed {seed}");
        assert_eq!(tree.at_most(key), map.range(..=key).next_back().map(entry), "seed {seed}");
        assert_eq!(tree.heaviest(), map.values().copied().max().unwrap_or(0), "seed {seed}");
        assert_eq!(tree.len(), map.len(), "seed {seed}");
    }
}
