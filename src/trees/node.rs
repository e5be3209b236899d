//! The nodes of trees: leaves with entries, and branches with children.
//!
//! What always holds: the first `count` places are in use, in ascending order of their keys.

/// Entries or children that a node has room for.
pub(super) const WIDTH: usize = 16;
/// No node; also what a place that is not in use has for a value.
pub(super) const NO_NODE: u32 = u32::MAX;

/// A leaf or a branch: up to [`WIDTH`] entries, or children with a lower bound of the keys and the
/// greatest weight below each.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node<K, W> {
    pub keys: [K; WIDTH],
    pub weights: [W; WIDTH],
    pub values: [u32; WIDTH],
    pub count: u32,
    /// Where it is in the branch above.
    pub up: Position,
}

/// A value under a key, and its weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Keyed<K = u32, W = u32> {
    pub key: K,
    pub weight: W,
    pub value: u32,
}

/// A node and a place in it, as one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Position(u32);

impl Position {
    /// Where a root is.
    pub const NOWHERE: Self = Self(NO_NODE);

    pub fn of(node: u32, place: usize) -> Self {
        Self(node * WIDTH as u32 + place as u32)
    }

    pub fn node(self) -> u32 {
        self.0 / WIDTH as u32
    }

    pub fn place(self) -> usize {
        self.0 as usize % WIDTH
    }
}

impl<K: Copy + Ord + Default, W: Copy + Ord + Default> Node<K, W> {
    pub fn new() -> Self {
        Self {
            keys: [K::default(); WIDTH],
            weights: [W::default(); WIDTH],
            values: [NO_NODE; WIDTH],
            count: 0,
            up: Position::NOWHERE,
        }
    }

    pub fn len(&self) -> usize {
        self.count as usize
    }

    #[inline(always)]
    pub fn heaviest(&self) -> W {
        self.weights[..self.len()].iter().copied().max().unwrap_or_default()
    }

    #[inline(always)]
    pub fn entry(&self, place: usize) -> Keyed<K, W> {
        Keyed { key: self.keys[place], weight: self.weights[place], value: self.values[place] }
    }

    #[inline(always)]
    pub fn set(&mut self, place: usize, entry: Keyed<K, W>) {
        self.keys[place] = entry.key;
        self.weights[place] = entry.weight;
        self.values[place] = entry.value;
    }

    /// How many keys are at most `key`.
    #[inline(always)]
    pub fn rank(&self, key: K) -> usize {
        self.keys[..self.len()].iter().map(|&k| usize::from(k <= key)).sum()
    }

    /// The child of a branch in which `key` belongs.
    #[inline(always)]
    pub fn child(&self, key: K) -> u32 {
        self.values[self.rank(key).max(1) - 1]
    }

    /// The place of the entry with this key.
    #[inline(always)]
    pub fn place(&self, key: K) -> Option<usize> {
        let place = self.rank(key).checked_sub(1).filter(|&place| self.keys[place] == key);
        debug_assert!(place.is_some(), "the key is in the leaf");
        place
    }

    // Entries are shifted one by one: in WebAssembly, a memmove is a call out of the module, too slow
    // for so few.
    pub fn insert(&mut self, place: usize, entry: Keyed<K, W>) {
        for above in (place..self.len().min(WIDTH - 1)).rev() {
            self.set(above + 1, self.entry(above));
        }
        self.set(place, entry);
        self.count += 1;
    }

    pub fn remove(&mut self, place: usize) {
        self.count -= 1;
        for here in place..self.len().min(WIDTH - 1) {
            self.set(here, self.entry(here + 1));
        }
    }

    /// The first place from `from` on with at least this weight.
    #[inline(always)]
    pub fn heavy(&self, from: usize, weight: W) -> Option<usize> {
        (from..self.len()).find(|&place| self.weights[place] >= weight)
    }
}
