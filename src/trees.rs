//! B+ trees of keyed entries, in which every branch knows the greatest weight below it. The trees share
//! their memory. If weights are not needed they are `()`, and cost nothing.
//!
//! What always holds:
//! - Entries are in ascending order of their keys, which are distinct. All leaves are at one depth.
//! - For each child, a branch has the greatest weight below it and a lower bound of its keys, which is
//!   above all keys of the child before.
//! - Every node knows where it is in the branch above. A caller that remembers an entry's leaf can
//!   change or remove it without descending the tree; `insert` tells when an entry moves to another
//!   leaf.
//! - Between calls no node is empty: a tree without entries has none. (A node is freed when it empties,
//!   not merged when it is half empty: Johnson and Shasha, *B-trees with inserts and deletes: why
//!   free-at-empty is better than merge-at-half*, 1993.)
//!
//! Cost, with n entries: every operation O(log n). Memory O(n).

mod node;

use crate::fallible::NoMemory;
use crate::promise::Promise;
pub(crate) use node::Keyed;
use node::{NO_NODE, Node, Position, WIDTH};
use std::cell::Cell;

/// Enough for 2^32 entries in nodes that are half full when they are made.
const DEEPEST: usize = 12;

/// One of the trees; [`Root::default`] is an empty one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Root {
    node: u32,
    /// Levels, including the leaves.
    height: u32,
}

impl Default for Root {
    fn default() -> Self {
        Self { node: NO_NODE, height: 0 }
    }
}

impl Root {
    pub fn is_empty(self) -> bool {
        self.height == 0
    }
}

/// See the head of this file.
#[derive(Debug)]
pub(crate) struct Trees<K, W> {
    nodes: Vec<Node<K, W>>,
    /// Freed nodes, linked through their first value.
    spare: u32,
    spare_count: usize,
    /// Insertions that [`Self::reserve`] has promised, besides those that follow a removal.
    promised: Promise,
    /// Entries, and children of branches, that searches have looked at.
    steps: Cell<u64>,
}

impl<K: Copy + Ord + Default, W: Copy + Ord + Default> Default for Trees<K, W> {
    fn default() -> Self {
        Self {
            nodes: Vec::new(),
            spare: NO_NODE,
            spare_count: 0,
            promised: Promise::default(),
            steps: Cell::default(),
        }
    }
}

// Long functions are not inlined, nor are those that call them: a call costs little in comparison, and
// every copy makes the module larger.
impl<K: Copy + Ord + Default, W: Copy + Ord + Default> Trees<K, W> {
    /// Empties all trees, which makes their roots invalid; keeps the memory.
    pub fn clear(&mut self) {
        self.nodes.clear();
        (self.spare, self.spare_count) = (NO_NODE, 0);
    }

    /// What [`Self::heavy_from`] has looked at so far, since the trees were made.
    pub fn steps(&self) -> u64 {
        self.steps.get()
    }

    /// The greatest weight in a tree; for an empty tree, the least possible. Constant time.
    pub fn heaviest(&self, root: Root) -> W {
        self.nodes.get(root.node as usize).map_or(W::default(), Node::heaviest)
    }

    /// Reserves for the next `inserts` insertions, into at most `trees` trees. Every full node may
    /// split at once, and after that at most one for each half node of insertions. Each node is an
    /// entry of the branch above, where the same holds, so that a seventh more would do (an eighth,
    /// and an eighth of that, and so on); a quarter is more, and takes no division. Besides that, each
    /// tree may begin or get one more level, and the last node of a level may split twice, since
    /// it stays full when a key comes that is above all its own.
    pub fn reserve(&mut self, inserts: usize, trees: usize) -> Result<(), NoMemory> {
        self.promised.make(inserts);
        let used = self.nodes.len() - self.spare_count;
        let splits = used + inserts / (WIDTH / 2);
        let splits = splits + splits / (WIDTH / 4) + DEEPEST + 2 * inserts.min(trees);
        let missing = splits.saturating_sub(self.spare_count);
        if self.nodes.len() + missing >= NO_NODE as usize / WIDTH {
            return Err(NoMemory);
        }
        Ok(self.nodes.try_reserve(missing)?)
    }

    /// The first entry with at least this key. Like all look-ups, `None` if there is none.
    pub fn at_least(&self, root: Root, key: K) -> Option<Keyed<K, W>> {
        self.heavy_from(root, key, W::default())
    }

    /// The first entry with at least this key and at least this weight. Counts in [`Self::steps`] every
    /// entry and every child of a branch that it looks at; where it goes by key, that is all of a node.
    #[inline(never)]
    pub fn heavy_from(&self, root: Root, key: K, weight: W) -> Option<Keyed<K, W>> {
        if root.is_empty() {
            return None;
        }
        if key == K::default() {
            return self.leftmost_heavy(root.node, root.height, weight);
        }
        let mut node = self.node(root.node);
        for _ in 1..root.height {
            self.count(node.len());
            node = self.node(node.child(key));
        }
        self.count(node.len());
        let rank = node.rank(key);
        let from = if rank > 0 && node.keys[rank - 1] == key { rank - 1 } else { rank };
        if let Some(place) = self.heavy(node, from, weight) {
            return Some(node.entry(place));
        }
        for levels in 1..root.height {
            let place = node.up.place();
            node = self.node(node.up.node());
            if let Some(place) = self.heavy(node, place + 1, weight) {
                return self.leftmost_heavy(node.values[place], levels, weight);
            }
        }
        None
    }

    #[inline(never)]
    fn leftmost_heavy(&self, node: u32, levels: u32, weight: W) -> Option<Keyed<K, W>> {
        let (mut node, mut below) = (self.node(node), levels - 1);
        loop {
            let place = self.heavy(node, 0, weight)?;
            if below == 0 {
                return Some(node.entry(place));
            }
            node = self.node(node.values[place]);
            below -= 1;
        }
    }

    /// As [`Node::heavy`]; counts what it looks at.
    #[inline(always)]
    fn heavy(&self, node: &Node<K, W>, from: usize, weight: W) -> Option<usize> {
        let found = node.heavy(from, weight);
        self.count(found.map_or(node.len(), |place| place + 1) - from);
        found
    }

    #[inline(always)]
    fn count(&self, looked_at: usize) {
        self.steps.set(self.steps.get() + looked_at as u64);
    }

    /// The last entry with at most this key.
    #[inline(never)]
    pub fn at_most(&self, root: Root, key: K) -> Option<Keyed<K, W>> {
        if root.is_empty() {
            return None;
        }
        let mut node = self.node(self.leaf(root, key));
        let rank = node.rank(key);
        if rank > 0 {
            return Some(node.entry(rank - 1));
        }
        for levels in 1..root.height {
            let place = node.up.place();
            node = self.node(node.up.node());
            if place > 0 {
                return self.rightmost(node.values[place - 1], levels);
            }
        }
        None
    }

    /// The last entry.
    pub fn last(&self, root: Root) -> Option<Keyed<K, W>> {
        self.rightmost(root.node, root.height)
    }

    fn rightmost(&self, node: u32, levels: u32) -> Option<Keyed<K, W>> {
        let mut node = self.nodes.get(node as usize)?;
        for _ in 1..levels {
            node = self.node(node.values[node.len() - 1]);
        }
        Some(node.entry(node.len() - 1))
    }

    /// The leaf in which `key` belongs; a tree that is not empty has one.
    #[inline(always)]
    pub fn leaf(&self, root: Root, key: K) -> u32 {
        let mut node = root.node;
        for _ in 1..root.height {
            node = self.node(node).child(key);
        }
        node
    }

    /// Inserts an entry with a new key. Calls `note` with the value and the leaf of every entry that is
    /// now in another leaf, and of the new one. Needs [`Self::reserve`] first.
    pub fn insert(&mut self, root: &mut Root, entry: Keyed<K, W>, mut note: impl FnMut(u32, u32)) {
        self.promised.keep();
        if root.is_empty() {
            *root = Root { node: self.store(Node::new()), height: 1 };
        }
        let mut leaf = self.leaf(*root, entry.key);
        if self.node(leaf).len() == WIDTH {
            let right = self.split(root, leaf, entry.key);
            let node = self.node(right);
            node.values[..node.len()].iter().for_each(|&value| note(value, right));
            if node.len() == 0 || node.keys[0] < entry.key {
                leaf = right;
            }
        }
        let node = self.node_mut(leaf);
        let place = node.rank(entry.key);
        node.insert(place, entry);
        if place == 0 {
            self.lower(leaf, entry.key);
        }
        note(entry.value, leaf);
        self.reweigh(leaf, W::default(), entry.weight);
    }

    /// Splits a full node to which `key` is about to be added; returns its right half. Because keys
    /// often ascend, the last node of a level stays full if the key is above all its own.
    #[inline(never)]
    fn split(&mut self, root: &mut Root, left: u32, key: K) -> u32 {
        let old = *self.node(left);
        let half = if key > old.keys[WIDTH - 1] && self.is_last(left) { WIDTH } else { WIDTH / 2 };
        let mut right = Node::new();
        for place in half..WIDTH {
            right.insert(place - half, old.entry(place));
        }
        let bound = if half < WIDTH { right.keys[0] } else { key };
        let right = self.store(right);
        self.node_mut(left).count = half as u32;
        self.adopt(root, left, bound, right);
        right
    }

    fn is_last(&self, node: u32) -> bool {
        let mut up = self.node(node).up;
        while up != Position::NOWHERE {
            let branch = self.node(up.node());
            if up.place() + 1 < branch.len() {
                return false;
            }
            up = branch.up;
        }
        true
    }

    /// Puts a node that was split off from the one on its left into the branch above.
    fn adopt(&mut self, root: &mut Root, left: u32, bound: K, right: u32) {
        if left == root.node {
            self.grow(root);
        }
        let branch = self.node(left).up.node();
        let mut other = branch;
        if self.node(branch).len() == WIDTH {
            other = self.split(root, branch, bound);
            self.settle(other, 0);
        }
        let up = self.node(left).up;
        let (branch, place) = (up.node(), up.place() + 1);
        let (branch, place) = if place < WIDTH { (branch, place) } else { (other, 0) };
        self.node_mut(branch)
            .insert(place, Keyed { key: bound, weight: W::default(), value: right });
        self.settle(branch, place);
        self.reweigh(right, W::default(), self.node(right).heaviest());
        // The heaviest entry of both may have been on either side.
        let up = self.node(left).up;
        let both = self.node(up.node()).weights[up.place()];
        self.reweigh(left, both, W::default());
    }

    fn grow(&mut self, root: &mut Root) {
        let mut branch = Node::new();
        let weight = self.node(root.node).heaviest();
        branch.insert(0, Keyed { key: K::default(), weight, value: root.node });
        *root = Root { node: self.store(branch), height: root.height + 1 };
        self.settle(root.node, 0);
    }

    /// Notes in the children of a branch, from a place on, where they are.
    fn settle(&mut self, branch: u32, from: usize) {
        for place in from..self.node(branch).len() {
            let child = self.node(branch).values[place];
            self.node_mut(child).up = Position::of(branch, place);
        }
    }

    /// Removes the entry with this key from its leaf; returns whether it was there.
    pub fn remove(&mut self, root: &mut Root, leaf: u32, key: K) -> bool {
        let Some(node) = self.nodes.get_mut(leaf as usize) else { return false };
        let Some(place) = node.place(key) else { return false };
        let weight = node.weights[place];
        node.remove(place);
        self.promised.renew();
        match self.node(leaf).len() {
            0 => self.discard(root, leaf),
            _ => self.reweigh(leaf, weight, W::default()),
        }
        true
    }

    /// Takes an empty node out of the tree.
    #[inline(never)]
    fn discard(&mut self, root: &mut Root, node: u32) {
        let up = self.node(node).up;
        self.leave(node);
        if up == Position::NOWHERE {
            *root = Root::default();
            return;
        }
        let (branch, place) = (up.node(), up.place());
        let node = self.node_mut(branch);
        let weight = node.weights[place];
        node.remove(place);
        if node.len() == 0 {
            return self.discard(root, branch);
        }
        self.settle(branch, place);
        self.reweigh(branch, weight, W::default());
        self.shrink(root);
    }

    /// Replaces a root that has only one child by that child.
    fn shrink(&mut self, root: &mut Root) {
        while root.height > 1 && self.node(root.node).len() == 1 {
            let child = self.node(root.node).values[0];
            self.leave(root.node);
            self.node_mut(child).up = Position::NOWHERE;
            *root = Root { node: child, height: root.height - 1 };
        }
    }

    /// Replaces the entry with key `old` in this leaf by one whose key lies between the same
    /// neighbours.
    #[inline(never)]
    pub fn change(&mut self, root: Root, leaf: u32, old: K, entry: Keyed<K, W>) {
        let Some(node) = self.nodes.get_mut(leaf as usize) else { return };
        let Some(place) = node.place(old) else { return };
        let weight = node.weights[place];
        node.set(place, entry);
        if place == 0 && entry.key < old {
            self.lower(leaf, entry.key);
        } else if place + 1 == node.len() && entry.key > old {
            self.raise(root, leaf, entry.key);
        }
        self.reweigh(leaf, weight, entry.weight);
    }

    /// Lowers the bounds of a node to the key that is now its least.
    fn lower(&mut self, node: u32, key: K) {
        let mut up = self.node(node).up;
        while up != Position::NOWHERE {
            let branch = self.node_mut(up.node());
            let bound = &mut branch.keys[up.place()];
            if *bound <= key {
                return;
            }
            *bound = key;
            up = branch.up;
        }
    }

    /// Raises the bound of the leaf after this one above the key that is now the greatest here, to
    /// its own least key.
    fn raise(&mut self, root: Root, leaf: u32, key: K) {
        let mut up = self.node(leaf).up;
        for levels in 1..root.height {
            let (branch, place) = (up.node(), up.place() + 1);
            let node = self.node(branch);
            if place < node.len() {
                if node.keys[place] <= key {
                    self.tighten(Position::of(branch, place), levels);
                }
                return;
            }
            up = node.up;
        }
    }

    /// Sets the bound of a child, with `levels` levels, to its least key.
    fn tighten(&mut self, child: Position, levels: u32) {
        let mut at = child;
        let mut first = self.node(at.node()).values[at.place()];
        for _ in 1..levels {
            first = self.node(first).values[0];
        }
        let least = self.node(first).keys[0];
        for _ in 0..levels {
            let branch = self.node_mut(at.node());
            branch.keys[at.place()] = least;
            at = Position::of(branch.values[at.place()], 0);
        }
    }

    /// Brings the branches above a node up to date after the weight of one of its entries has changed;
    /// stops where nothing changes any more.
    #[inline(never)]
    fn reweigh(&mut self, node: u32, mut old: W, mut new: W) {
        let mut node = self.node(node);
        while node.up != Position::NOWHERE {
            let (up, place) = (node.up.node(), node.up.place());
            let noted = self.node(up).weights[place];
            if new < noted {
                if old < noted {
                    return;
                }
                new = node.heaviest();
            }
            if new == noted {
                return;
            }
            self.node_mut(up).weights[place] = new;
            old = noted;
            node = self.node(up);
        }
    }

    #[inline(always)]
    fn node(&self, node: u32) -> &Node<K, W> {
        &self.nodes[node as usize]
    }

    #[inline(always)]
    fn node_mut(&mut self, node: u32) -> &mut Node<K, W> {
        &mut self.nodes[node as usize]
    }

    fn store(&mut self, node: Node<K, W>) -> u32 {
        if self.spare == NO_NODE {
            debug_assert!(self.nodes.len() < self.nodes.capacity(), "reserved");
            self.nodes.push(node);
            return (self.nodes.len() - 1) as u32;
        }
        let place = self.spare;
        self.spare = self.node(place).values[0];
        self.spare_count -= 1;
        *self.node_mut(place) = node;
        place
    }

    /// Frees a node, which is in no tree any more.
    fn leave(&mut self, node: u32) {
        self.node_mut(node).values[0] = self.spare;
        self.spare = node;
        self.spare_count += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use std::fmt::Debug;

    #[test]
    fn agrees_with_an_ordered_map() {
        for seed in 1..=10 {
            agrees(seed, u32::from);
            // Keys that differ in the high half, in the low half, and in both.
            agrees(seed, |key| u64::from(key / 7) << 32 | u64::from(key % 7));
        }
    }

    /// Two trees compared with two maps after each of many operations.
    fn agrees<K: Copy + Ord + Default + Debug>(seed: u32, key: impl Fn(u32) -> K) {
        let mut trees = Trees::default();
        let mut sides =
            [const { (Root { node: NO_NODE, height: 0 }, BTreeMap::new(), BTreeMap::new()) }; 2];
        let mut state = seed.wrapping_mul(0x9E37_79B9);
        let mut next = |below: u32| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state % below
        };
        for turn in 0..20_000 {
            let (root, map, leaves) = &mut sides[next(2) as usize];
            // Trees of some levels, which empty from their low ends.
            let lowest = map.keys().next().copied().filter(|_| turn % 10_000 > 6_000);
            let number = lowest.unwrap_or(next(4_000) * 3);
            let weight = next(50);
            let growing = (turn / 5_000) % 2 == 0;
            match (map.contains_key(&number), next(4)) {
                (false, 0..=2) | (false, 3) if growing || next(3) == 0 => {
                    trees.reserve(1, 2).unwrap();
                    let entry = Keyed { key: key(number), weight, value: number };
                    trees.insert(root, entry, |value, leaf| {
                        leaves.insert(value, leaf);
                    });
                    map.insert(number, weight);
                }
                (true, 0) => {
                    map.remove(&number);
                    let leaf = leaves.remove(&number).unwrap();
                    let low = map.range(..number).next_back().map_or(0, |(&low, _)| low + 1);
                    let high = map.range(number..).next().map_or(13_000, |(&high, _)| high);
                    let new = low + next(4) * (high - 1 - low) / 3;
                    let entry = Keyed { key: key(new), weight, value: new };
                    trees.change(*root, leaf, key(number), entry);
                    map.insert(new, weight);
                    leaves.insert(new, leaf);
                }
                (true, _) if !growing || next(3) == 0 => {
                    assert!(trees.remove(root, leaves.remove(&number).unwrap(), key(number)));
                    map.remove(&number);
                }
                _ => {}
            }
            compare((&trees, *root), map, &key, next(12_100), next(60), seed);
            if turn % 64 == 0 {
                check((&trees, *root), leaves);
            }
        }
    }

    fn compare<K: Copy + Ord + Default + Debug>(
        (trees, root): (&Trees<K, u32>, Root),
        map: &BTreeMap<u32, u32>,
        key: impl Fn(u32) -> K,
        from: u32,
        weight: u32,
        seed: u32,
    ) {
        let entry = |(&n, &weight): (&u32, &u32)| Keyed { key: key(n), weight, value: n };
        let heavy = map.range(from..).find(|&(_, &w)| w >= weight).map(entry);
        assert_eq!(trees.heavy_from(root, key(from), weight), heavy, "seed {seed}");
        let heavy = map.iter().find(|&(_, &w)| w >= weight).map(entry);
        assert_eq!(trees.heavy_from(root, key(0), weight), heavy, "seed {seed}");
        assert_eq!(
            trees.at_least(root, key(from)),
            map.range(from..).next().map(entry),
            "seed {seed}"
        );
        assert_eq!(
            trees.at_most(root, key(from)),
            map.range(..=from).next_back().map(entry),
            "seed {seed}"
        );
        assert_eq!(trees.last(root), map.iter().next_back().map(entry), "seed {seed}");
        assert_eq!(trees.heaviest(root), map.values().copied().max().unwrap_or(0), "seed {seed}");
    }

    /// Checks what always holds, and that every entry is in the leaf that was noted.
    fn check<K: Copy + Ord + Default + Debug>(
        (trees, root): (&Trees<K, u32>, Root),
        leaves: &BTreeMap<u32, u32>,
    ) {
        assert!(root.height <= 1 || trees.node(root.node).len() > 1, "a root with one child");
        for (&value, &leaf) in leaves {
            let mut node = trees.node(leaf);
            assert!(node.values[..node.len()].contains(&value), "{value} is in its leaf");
            let mut below = leaf;
            while node.up != Position::NOWHERE {
                let (up, place) = (node.up.node(), node.up.place());
                let branch = trees.node(up);
                assert_eq!(branch.values[place], below);
                assert_eq!(branch.weights[place], node.heaviest());
                assert!(branch.keys[place] <= node.keys[0]);
                assert!(
                    place + 1 == branch.len() || node.keys[node.len() - 1] < branch.keys[place + 1]
                );
                (below, node) = (up, branch);
            }
            assert_eq!(below, root.node);
        }
    }

    #[test]
    fn ascending_keys_fill_the_leaves() {
        let (mut trees, mut root) = (Trees::default(), Root::default());
        for key in 0..10_000_u32 {
            trees.reserve(1, 1).unwrap();
            trees.insert(&mut root, Keyed { key, weight: 1, value: key }, |_, _| {});
        }
        assert!(trees.nodes.len() < 10_000 / WIDTH * 9 / 8, "{} nodes", trees.nodes.len());
    }

    /// Keys so far apart that there are others between any two.
    const APART: u32 = 1 << 16;

    /// Trees of this many leaves each, all of them full, without room for another.
    fn full(count: usize, leaves: usize) -> (Trees<u32, ()>, Vec<Root>) {
        let (mut trees, mut roots) = (Trees::default(), vec![Root::default(); count]);
        for root in &mut roots {
            for number in 1..=(leaves * WIDTH) as u32 {
                trees.reserve(1, 1).unwrap();
                insert(&mut trees, root, number * APART);
            }
        }
        trees.nodes.shrink_to_fit();
        (trees, roots)
    }

    fn insert(trees: &mut Trees<u32, ()>, root: &mut Root, key: u32) {
        trees.insert(root, Keyed { key, weight: (), value: 0 }, |_, _| {});
    }

    /// The key that comes as the `turn`-th to each of the trees of this many leaves.
    type Next = fn(leaves: u32, turn: u32) -> u32;

    fn ascending(leaves: u32, turn: u32) -> u32 {
        (leaves + 1) * WIDTH as u32 * APART + turn
    }

    /// Always to the half that was just filled.
    fn descending(_: u32, turn: u32) -> u32 {
        APART - turn
    }

    /// One to each leaf.
    fn spread(leaves: u32, turn: u32) -> u32 {
        (turn % leaves * WIDTH as u32 + 8) * APART + 1 + turn / leaves
    }

    /// Above all keys, so that the last leaf stays full, then into that, and then to one half of it.
    fn last_twice(leaves: u32, turn: u32) -> u32 {
        let last = (leaves * WIDTH as u32).max(1) * APART;
        if turn == 0 { last + APART } else { last - turn }
    }

    #[test]
    fn a_search_counts_every_entry_and_child_that_it_looks_at() {
        let (trees, roots) = full(1, 2);
        let steps = |key| {
            let before = trees.steps();
            assert!(trees.at_least(roots[0], key).is_some());
            trees.steps() - before
        };
        assert_eq!(steps(0), 1 + 1, "the first of each node");
        assert_eq!(
            steps(20 * APART),
            2 + 16 + 1,
            "both children and a leaf, by key; then the entry"
        );
        assert_eq!(
            steps(16 * APART + 1),
            2 + 16 + 1 + 1,
            "the next child and its first entry, too"
        );
    }

    #[test]
    fn insertions_for_which_there_is_room_need_no_memory() {
        let ways: [Next; 4] = [ascending, descending, spread, last_twice];
        let trees = [(1, 0), (15, 0), (100, 0), (1, 1), (100, 1), (7, 16), (1, 256), (1, 600)];
        for (count, leaves) in trees {
            for each in [1, 2, 7, 9, 17, 18, 26, 600, 10_000 / count] {
                for (number, next) in ways.into_iter().enumerate() {
                    let at = format!("{count} trees of {leaves} leaves, {each} keys, way {number}");
                    println!("{at}");
                    let (mut trees, mut roots) = full(count, leaves);
                    trees.reserve(count * each, count).unwrap();
                    let room = trees.nodes.capacity();
                    for turn in 0..each as u32 {
                        for root in &mut roots {
                            insert(&mut trees, root, next(leaves.max(1) as u32, turn));
                        }
                    }
                    assert_eq!(trees.nodes.capacity(), room, "{at}");
                }
            }
        }
    }

    /// The excess is for all trees together, and far larger.
    #[test]
    fn a_tree_of_many_knots_may_grow() {
        let (mut trees, mut root) = (Trees::default(), Root::default());
        for key in 0..16_000 * WIDTH as u32 {
            assert_eq!(trees.reserve(1, 1), Ok(()));
            insert(&mut trees, &mut root, key);
        }
        assert_eq!(trees.reserve(usize::MAX / WIDTH, 1), Err(NoMemory));
    }

    #[test]
    fn what_was_emptied_or_removed_makes_room() {
        let (mut trees, mut roots) = full(1, 100);
        let (nodes, end) = (trees.nodes.len(), 100 * WIDTH as u32);
        for _ in 0..10 {
            trees.clear();
            roots[0] = Root::default();
            for key in 0..end {
                trees.reserve(1, 1).unwrap();
                insert(&mut trees, &mut roots[0], key);
            }
            assert_eq!(trees.nodes.len(), nodes);
        }
        for lowest in 0..10_000 + end {
            let leaf = trees.leaf(roots[0], lowest);
            assert!(trees.remove(&mut roots[0], leaf, lowest));
            if lowest < 10_000 {
                trees.reserve(1, 1).unwrap();
                insert(&mut trees, &mut roots[0], lowest + end);
            }
        }
        assert!(roots[0].is_empty());
        // A leaf that is not yet empty, one that is not yet full, and their branches.
        assert!(trees.nodes.len() <= nodes + 6, "{} after {nodes}", trees.nodes.len());
        assert_eq!(trees.spare_count, trees.nodes.len());
    }
}
