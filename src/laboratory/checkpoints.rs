//! States at positions along a trace, so that every position is near one.
//!
//! What always holds: positions ascend. There are at most [`MOST`] states with [`MOST_BYTES`] in all
//! (but always one), so memory is bounded however long the trace: when there are more, every other one
//! is dropped and the distance between new ones doubles. The position of the next one is past all
//! others, and past each position at which there was no memory for one.

use std::fmt;

const MOST: usize = 128;
const MOST_BYTES: usize = 128 << 20;
const LEAST_DISTANCE: usize = 1 << 10;

pub(super) struct Checkpoint {
    pub position: usize,
    /// Operations refused up to there.
    pub failures: u64,
    pub state: Vec<u8>,
}

pub(super) struct Checkpoints {
    all: Vec<Checkpoint>,
    distance: usize,
    next: usize,
    bytes: usize,
}

/// How many there are: they may have [`MOST_BYTES`].
impl fmt::Debug for Checkpoints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} states of {} bytes in all", self.all.len(), self.bytes)
    }
}

impl Checkpoints {
    /// For a trace of this many operations. If the states are not too large, none is dropped.
    pub fn new(operations: usize) -> Self {
        let distance = (operations / (MOST - 1) + 1).max(LEAST_DISTANCE);
        Self { all: Vec::new(), distance, next: 0, bytes: 0 }
    }

    /// The position at which the next one is wanted.
    pub fn next(&self) -> usize {
        self.next
    }

    /// Gives up the next one, for which there is no memory; there may be for the one after it.
    pub fn skip(&mut self) {
        self.next += self.distance;
    }

    /// Adds the next one, if there is memory for it.
    pub fn add(&mut self, checkpoint: Checkpoint) {
        if self.all.try_reserve(1).is_err() {
            return self.skip();
        }
        let position = checkpoint.position;
        self.bytes += checkpoint.state.len();
        self.all.push(checkpoint);
        while self.all.len() > MOST || (self.bytes > MOST_BYTES && self.all.len() > 1) {
            self.distance *= 2;
            let mut place = 0;
            self.all.retain(|_| {
                place += 1;
                place % 2 == 1
            });
            self.bytes = self.all.iter().map(|checkpoint| checkpoint.state.len()).sum();
        }
        let last = self.all.last().map_or(0, |last| last.position);
        self.next = last + ((position - last) / self.distance + 1) * self.distance;
    }

    /// The last one at or before a position.
    pub fn before(&self, position: usize) -> Option<&Checkpoint> {
        let after = self.all.partition_point(|checkpoint| checkpoint.position <= position);
        self.all.get(after.checked_sub(1)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(positions: usize, bytes: usize) -> Checkpoints {
        let mut checkpoints = Checkpoints::new(positions);
        for position in 0..positions {
            if position == checkpoints.next() {
                let checkpoint = Checkpoint { position, failures: 0, state: vec![0; bytes] };
                checkpoints.add(checkpoint);
            }
        }
        checkpoints
    }

    #[test]
    fn every_position_is_near_one_and_there_are_not_many() {
        let checkpoints = filled(1_000_000, 10);
        assert!(checkpoints.all.len() <= MOST);
        for position in (0..1_000_000).step_by(997) {
            let before = checkpoints.before(position).unwrap();
            assert!(position - before.position <= 1_000_000 / 120, "{position}");
        }
        assert_eq!(checkpoints.distance, 1_000_000 / (MOST - 1) + 1, "none was dropped");
    }

    #[test]
    fn what_was_skipped_is_not_wanted_again_but_later_ones_are() {
        let mut checkpoints = filled(2_000, 10);
        checkpoints.skip();
        assert_eq!(checkpoints.next(), 3 * LEAST_DISTANCE);
        // This one is dropped at once.
        let state = vec![0; MOST_BYTES];
        checkpoints.add(Checkpoint { position: 3 * LEAST_DISTANCE, failures: 0, state });
        assert_eq!(checkpoints.all.len(), 1);
        assert!(checkpoints.next() > 3 * LEAST_DISTANCE);
    }

    #[test]
    fn large_states_are_few() {
        let checkpoints = filled(100_000, MOST_BYTES / 3);
        assert!(checkpoints.bytes <= MOST_BYTES, "{}", checkpoints.bytes);
        assert_eq!(checkpoints.before(0).map(|first| first.position), Some(0));
    }
}
