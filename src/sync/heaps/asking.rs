//! Finds a heap to serve a request when any may be busy.
//!
//! What always holds: a request is refused only if each heap was asked or stayed busy for all rounds.

/// How many heaps there are.
pub(crate) const HEAPS: usize = u64::BITS as usize;
/// How often a worker looks at the heaps that are busy.
const ROUNDS: u32 = 1 << 16;

/// Asks the heaps in turn, beginning with `first`, and returns what the first one that has something
/// gives. `ask` returns `None` if the heap is busy, and `Some(None)` if it has nothing; such a heap is
/// not asked again.
pub(crate) fn ask<T>(first: usize, ask: impl Fn(usize) -> Option<Option<T>>) -> Option<T> {
    let mut asked = 0_u64;
    for _ in 0..ROUNDS {
        for turn in 0..HEAPS {
            let number = (first + turn) % HEAPS;
            if asked & (1 << number) > 0 {
                continue;
            }
            match ask(number) {
                None => {}
                Some(None) => asked |= 1 << number,
                Some(given) => return given,
            }
        }
        if asked == u64::MAX {
            break;
        }
    }
    None
}

#[cfg(all(test, not(loom), not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[test]
    fn a_heap_that_was_busy_is_asked_again_though_others_have_nothing() {
        let looks = Cell::new(0);
        let given = ask(60, |number| {
            looks.set(looks.get() + 1);
            match number {
                3 if looks.get() <= HEAPS => None,
                number => Some((number == 3).then_some("memory")),
            }
        });
        assert_eq!((given, looks.get()), (Some("memory"), HEAPS + 1));
    }

    #[test]
    fn who_has_nothing_is_asked_once_and_who_stays_busy_for_so_many_rounds() {
        for busy in [0, 1, 2] {
            let looks = Cell::new(0);
            let nothing = ask(5, |number| {
                looks.set(looks.get() + 1);
                if number < busy { None } else { Some(None::<()>) }
            });
            let rounds = ROUNDS as usize;
            assert_eq!((nothing, looks.get()), (None, HEAPS - busy + busy * rounds));
        }
    }
}
